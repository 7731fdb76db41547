"""`check_grids TOWN`: every rule on the plan in use, or on the newest; exit status 1 when one is broken."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from grids.generations import active
from grids.models import GridPlan
from grids.partition.partition_report import plan_lines, plan_report
from grids.partition.plans import check_plan
from grids.towns import require_town


class Command(BaseCommand):
    help = "Check a town's grids: gaps, overlaps, buildings, estates, sizes, codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town", help="the town's slug or name")
        parser.add_argument(
            "--plan", type=int, help="number of the plan (default: the one in use, else the newest)"
        )
        parser.add_argument("--json", action="store_true", help="print counts, grids and findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            town = require_town(options["town"])
            plans = GridPlan.objects.filter(town=town)
            plan = plans.filter(number=options["plan"]).first() if options["plan"] else active(GridPlan, town)
            plan = plan or (None if options["plan"] else plans.first())
            if plan is None:
                raise CommandError(f"{town.slug} has no such plan; make one with make_grids or import_grids")
            verdict = check_plan(plan)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        told = json.dumps(plan_report(plan), ensure_ascii=False, indent=1) if options["json"] else None
        self.stdout.write(told or "\n".join(plan_lines(plan)))
        if verdict.has_problems:
            sys.exit(1)
