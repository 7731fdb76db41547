"""import_facilities TOWN FILE --crs SYSTEM: a list of facilities beside those in use."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.facilities.facility_columns import COLUMN_NAMES
from grids.facilities.facility_tables import import_facilities
from grids.refusal_text import refusal_lines
from grids.town_import.report_text import report_lines
from grids.towns import require_town


class Command(BaseCommand):
    help = (
        "Load facilities from CSV, XLSX or a vector layer, merge them with those in use, and put them to use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town")
        parser.add_argument("file")
        parser.add_argument("--crs", help="wgs84, cgcs2000, gcj02, bd09 or an EPSG code; required for tables")
        parser.add_argument("--lon-column", help="longitude, or easting of a projected system")
        parser.add_argument("--lat-column", help="latitude, or northing")
        for key in COLUMN_NAMES:
            parser.add_argument(
                f"--{key.replace('_', '-')}-column", help=f"column of the {key.replace('_', ' ')}"
            )
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        columns = {key: options[f"{key}_column"] for key in COLUMN_NAMES if options[f"{key}_column"]}
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        with translation.override(options["language"]):
            try:
                inventory = import_facilities(
                    require_town(options["town"]),
                    options["file"],
                    system=options["crs"],
                    columns=columns,
                    x_column=options["lon_column"],
                    y_column=options["lat_column"],
                    progress=progress,
                )
            except Refusal as refusal:
                raise CommandError("\n".join(refusal_lines(refusal))) from refusal
            finally:
                progress.finish()
            if options["json"]:
                self.stdout.write(json.dumps(inventory.report, ensure_ascii=False, indent=1))
            else:
                self.stdout.write("\n".join(report_lines(inventory.report, options["language"])))
