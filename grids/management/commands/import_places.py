"""import_places TOWN FILE: building outlines (vector) or a register of dwellings (CSV, XLSX)."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.facilities.facility_tables import VECTOR_SUFFIXES
from grids.housing import footprints, registers
from grids.models import Stock
from grids.refusal_text import refusal_lines
from grids.town_import.report_text import report_lines
from grids.towns import require_town

COLUMN_KEYS = tuple(dict.fromkeys([*footprints.COLUMN_NAMES, *registers.COLUMN_NAMES]))


class Command(BaseCommand):
    help = "Load building outlines or a register of dwellings as the town's next stock, and put it to use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town")
        parser.add_argument("file")
        parser.add_argument("--crs", help="coordinate system of outlines whose file states none")
        parser.add_argument("--layer", help="layer of a GeoPackage with several")
        parser.add_argument("--sheet", help="sheet of a workbook with several")
        parser.add_argument(
            "--repair", action="store_true", help="mend invalid outlines instead of refusing them"
        )
        for key in COLUMN_KEYS:
            parser.add_argument(
                f"--{key.replace('_', '-')}-column", help=f"column of the {key.replace('_', ' ')}"
            )
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        with translation.override(options["language"]):
            try:
                stock = self._import(options, progress)
            except Refusal as refusal:
                raise CommandError("\n".join(refusal_lines(refusal))) from refusal
            finally:
                progress.finish()
            if options["json"]:
                self.stdout.write(json.dumps(stock.report, ensure_ascii=False, indent=1))
            else:
                self.stdout.write("\n".join(report_lines(stock.report, options["language"])))

    def _import(self, options: dict[str, Any], progress: TerminalProgress) -> Stock:
        town, file = require_town(options["town"]), Path(options["file"])
        columns = {key: options[f"{key}_column"] for key in COLUMN_KEYS if options[f"{key}_column"]}
        if file.suffix.lower() in VECTOR_SUFFIXES:
            return footprints.import_footprints(
                town,
                file,
                system=options["crs"],
                columns=columns,
                layer=options["layer"],
                repair=options["repair"],
                progress=progress,
            )
        return registers.import_register(
            town, file, columns=columns, sheet=options["sheet"], progress=progress
        )
