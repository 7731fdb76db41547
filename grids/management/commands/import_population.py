"""`import_population TOWN FILE --source TEXT`: a published table of households and age groups by area."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from grids.refusal_text import refusal_lines
from grids.territory.populations import demand_groups, import_population
from grids.towns import require_town


class Command(BaseCommand):
    help = (
        "Load a published table (CSV, XLSX) by area code: household_size, persons, and shares of: "
        + ", ".join(demand_groups())
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town", help="the town's slug or name")
        parser.add_argument("file")
        parser.add_argument("--source", required=True, help="who published it, and where")
        parser.add_argument("--year", type=int, help="when the table has no column of its own for it")

    def handle(self, *args: Any, **options: Any) -> None:
        town = require_town(options["town"])
        try:
            count = import_population(town, options["file"], source=options["source"], year=options["year"])
        except Refusal as refusal:
            raise CommandError("\n".join(refusal_lines(refusal))) from refusal
        self.stdout.write(f"{town.slug}: {count}")
