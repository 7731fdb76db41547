"""`make_grids TOWN`: a first partition from the street blocks, checked; `--activate` puts it to use."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.generations import activate
from grids.partition.partition_blocks import GridRules
from grids.partition.partition_report import plan_lines
from grids.partition.plans import explain_sizes, make_plan, require_no_problems
from grids.towns import require_town


class Command(BaseCommand):
    help = "Make management grids of 300-500 households from the street blocks of a town."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town", help="the town's slug or name")
        parser.add_argument("--low", type=int, default=300, help="wanted households, at least")
        parser.add_argument("--high", type=int, default=500, help="wanted households, at most")
        parser.add_argument("--size-reason", default="", help="why grids may leave 250-600 households")
        parser.add_argument(
            "--activate", action="store_true", help="put the plan to use when nothing is wrong"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        try:
            rules = GridRules(low=options["low"], high=options["high"])
            plan = make_plan(require_town(options["town"]), progress=progress, rules=rules)
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
