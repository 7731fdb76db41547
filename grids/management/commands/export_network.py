"""`export_network NAME --format csv|gpkg --output DIR`: streets and snaps, to compute the walks again."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from grids.coverage.network_exports import FORMATS, write_network
from grids.coverage.results import require_current_run
from grids.towns import require_town


class Command(BaseCommand):
    help = "Write the network of the current run: nodes, edges, and where buildings and facilities meet it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the town's slug or name")
        parser.add_argument("--format", choices=FORMATS, default="csv")
        parser.add_argument("--output", type=Path, required=True, help="folder to write to")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = require_current_run(require_town(options["name"]))
            written = write_network(run, options["format"], options["output"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        for name, count in written.items():
            self.stdout.write(f"{options['output']}/{name}: {count}")
