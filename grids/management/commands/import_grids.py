"""`import_grids TOWN FILE`: a partition drawn elsewhere, taken as it is and checked."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from gis_core.readers.vector import read_vector
from grids.generations import activate
from grids.partition.partition_report import plan_lines
from grids.partition.plans import GridColumns, explain_sizes, import_plan, require_no_problems
from grids.towns import require_town


class Command(BaseCommand):
    help = "Import a grid partition from a polygon layer (GeoPackage, GeoJSON, FlatGeobuf, zipped Shapefile)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town", help="the town's slug or name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--layer", help="which layer, when the file has several")
        parser.add_argument(
            "--system", help="coordinate system when the file names none: wgs84, cgcs2000, gcj02 …"
        )
        parser.add_argument("--name-column", default="")
        parser.add_argument(
            "--code-column", default="", help="15-digit codes; without it they are made by the rule"
        )
        parser.add_argument("--kind-column", default="", help="专属 or dedicated marks a dedicated grid")
        parser.add_argument("--reason-column", default="", help="why a grid may leave 250-600 households")
        parser.add_argument("--size-reason", default="", help="why grids may leave 250-600 households")
        parser.add_argument(
            "--activate", action="store_true", help="put the plan to use when nothing is wrong"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        path: Path = options["file"]
        try:
            town = require_town(options["town"])
            rows = read_vector(
                path, layer=options["layer"], system=options["system"], geometry_kinds=["polygon"]
            ).rows
            columns = GridColumns(
                options["name_column"],
                options["code_column"],
                options["kind_column"],
                options["reason_column"],
            )
            source = {
                "source_name": path.name,
                "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            plan = import_plan(town, rows, columns, source=source, progress=progress)
            if options["size_reason"]:
                explain_sizes(plan, options["size_reason"])
            if options["activate"]:
                require_no_problems(plan)
                activate([plan])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        self.stdout.write("\n".join(plan_lines(plan)))
