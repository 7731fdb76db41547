"""import_areas TOWN FILE --code-column … --name-column … [--codes TABLE]: real administrative areas."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.refusal_text import refusal_lines
from grids.territory.area_tables import import_areas
from grids.town_import.report_text import report_lines
from grids.towns import require_town


class Command(BaseCommand):
    help = (
        "Load administrative areas from a polygon layer and hang the town's buildings on their communities."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town")
        parser.add_argument("file")
        parser.add_argument("--code-column")
        parser.add_argument("--name-column")
        parser.add_argument("--codes", help="CSV or XLSX with codes and names")
        parser.add_argument("--crs", help="coordinate system, when the file states none")
        parser.add_argument("--layer")
        parser.add_argument(
            "--repair", action="store_true", help="mend invalid outlines instead of refusing them"
        )
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        with translation.override(options["language"]):
            try:
                done = import_areas(
                    require_town(options["town"]),
                    options["file"],
                    code_column=options["code_column"],
                    name_column=options["name_column"],
                    codes=options["codes"],
                    system=options["crs"],
                    layer=options["layer"],
                    repair=options["repair"],
                    progress=progress,
                )
            except Refusal as refusal:
                raise CommandError("\n".join(refusal_lines(refusal))) from refusal
            finally:
                progress.finish()
            if options["json"]:
                self.stdout.write(json.dumps(done.report, ensure_ascii=False, indent=1))
            else:
                self.stdout.write("\n".join(report_lines(done.report, options["language"])))
