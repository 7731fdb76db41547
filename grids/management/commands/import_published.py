"""`import_published TOWN FILE --name … --year … --unit … --source …`: an official table of counts by area."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from grids.mixing.published import Facts, Layout, import_published
from grids.refusal_text import refusal_lines
from grids.towns import require_town


class Command(BaseCommand):
    help = "Load a published table (CSV, XLSX): area code and a column a group, or area code, group, count"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town", help="the town's slug or name")
        parser.add_argument("file")
        parser.add_argument("--name", required=True, help="what the table counts")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--unit", required=True, help="what one is: 户, 人, 套")
        parser.add_argument("--source", required=True, help="who published it, and where")
        parser.add_argument("--code-column", default="")
        parser.add_argument("--groups", default="", help="columns of the groups, parted by commas")
        parser.add_argument("--group-column", default="", help="of a long table")
        parser.add_argument("--count-column", default="", help="of a long table")

    def handle(self, *args: Any, **options: Any) -> None:
        groups = tuple(name.strip() for name in options["groups"].split(",") if name.strip())
        stated = Layout(options["code_column"], groups, options["group_column"], options["count_column"])
        facts = Facts(options["name"], options["unit"], options["year"], options["source"])
        try:
            town = require_town(options["town"])
            layout = stated if options["code_column"] else None
            made = import_published(town, Path(options["file"]), facts, layout=layout)
        except Refusal as refusal:
            raise CommandError("\n".join(refusal_lines(refusal))) from refusal
        self.stdout.write(f"{town.slug}: {made} · {len(made.groups)} × {made.counts.count()} → {made.uid}")
