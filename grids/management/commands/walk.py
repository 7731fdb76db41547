"""`walk NAME --from way/1 --to node/2`, or `--pairs pairs.csv --output walks.csv`."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.readers.tables import read_table
from grids.coverage.pair_walks import PairWalk, walks_of_pairs
from grids.coverage.results import require_current_run
from grids.towns import require_town


class Command(BaseCommand):
    help = "Tell the walk from buildings to facilities, by the ids of their source."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the town's slug or name")
        parser.add_argument("--from", dest="start", help="building, such as way/123")
        parser.add_argument("--to", dest="end", help="facility, such as node/456")
        parser.add_argument("--pairs", type=Path, help="table with the columns from and to")
        parser.add_argument("--output", type=Path, help="CSV to write; default: printed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pairs = _pairs(options)
            answers = walks_of_pairs(require_current_run(require_town(options["name"])), pairs)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["output"]:
            with options["output"].open("w", encoding="utf-8", newline="") as file:
                _write(file, answers)
        else:
            _write(self.stdout, answers)


def _pairs(options: dict[str, Any]) -> list[tuple[str, str]]:
    if options["pairs"]:
        table = read_table(options["pairs"])
        if not {"from", "to"} <= set(table.columns):
            raise CommandError(f"{options['pairs']}: columns {table.columns}, expected from and to")
        return [(str(row.values["from"]), str(row.values["to"])) for row in table.rows]
    if not (options["start"] and options["end"]):
        raise CommandError("Give --from and --to, or --pairs.")
    return [(options["start"], options["end"])]


def _write(file: Any, answers: list[PairWalk]) -> None:
    writer = csv.writer(file)
    writer.writerow(["from", "to", "walk_m", "straight_m"])
    for one in answers:
        writer.writerow([one.start, one.end, "" if one.walk_m is None else one.walk_m, one.straight_m])
