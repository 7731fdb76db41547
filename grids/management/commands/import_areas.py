"""import_areas TOWN FILE --code-column … --name-column … [--codes TABLE]: real administrative areas."""

from typing import Any

from django.core.management.base import CommandParser

from gis_core.progress import TerminalProgress
from grids.management.import_command import ImportCommand
from grids.territory.area_tables import import_areas
from grids.towns import require_town


class Command(ImportCommand):
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
        super().add_arguments(parser)

    def load(self, options: dict[str, Any], progress: TerminalProgress) -> Any:
        return import_areas(
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
