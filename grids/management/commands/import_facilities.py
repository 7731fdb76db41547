"""import_facilities TOWN FILE --crs SYSTEM: a list of facilities beside those in use."""

from typing import Any

from django.core.management.base import CommandParser

from gis_core.progress import TerminalProgress
from grids.facilities.facility_columns import COLUMN_NAMES
from grids.facilities.facility_tables import import_facilities
from grids.management.import_command import ImportCommand, add_column_arguments, stated_columns
from grids.towns import require_town


class Command(ImportCommand):
    help = (
        "Load facilities from CSV, XLSX or a vector layer, merge them with those in use, and put them to use."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town")
        parser.add_argument("file")
        parser.add_argument("--crs", help="wgs84, cgcs2000, gcj02, bd09 or an EPSG code; required for tables")
        parser.add_argument("--lon-column", help="longitude, or easting of a projected system")
        parser.add_argument("--lat-column", help="latitude, or northing")
        add_column_arguments(parser, COLUMN_NAMES)
        super().add_arguments(parser)

    def load(self, options: dict[str, Any], progress: TerminalProgress) -> Any:
        return import_facilities(
            require_town(options["town"]),
            options["file"],
            system=options["crs"],
            columns=stated_columns(options, COLUMN_NAMES),
            x_column=options["lon_column"],
            y_column=options["lat_column"],
            progress=progress,
        )
