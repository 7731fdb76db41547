"""import_places TOWN FILE: building outlines (vector) or a register of dwellings (CSV, XLSX)."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from gis_core.progress import TerminalProgress
from grids.facilities.facility_tables import VECTOR_SUFFIXES
from grids.housing import footprints, registers
from grids.management.import_command import ImportCommand, add_column_arguments, stated_columns
from grids.models import Stock
from grids.towns import require_town

COLUMN_KEYS = tuple(dict.fromkeys([*footprints.COLUMN_NAMES, *registers.COLUMN_NAMES]))


class Command(ImportCommand):
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
        add_column_arguments(parser, COLUMN_KEYS)
        super().add_arguments(parser)

    def load(self, options: dict[str, Any], progress: TerminalProgress) -> Stock:
        town, file = require_town(options["town"]), Path(options["file"])
        columns = stated_columns(options, COLUMN_KEYS)
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
