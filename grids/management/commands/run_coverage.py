"""`run_coverage NAME`: compute the coverage of a town from its active generations."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.coverage.runs import CUTOFF_M, run_coverage
from grids.maps.publishing import publish_run
from grids.models import CoverageRun
from grids.towns import require_town


class Command(BaseCommand):
    help = "Compute which residents of a town reach which services on foot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the town's slug or name")
        parser.add_argument("--json", action="store_true", help="print the whole summary as JSON")
        parser.add_argument("--force", action="store_true", help="compute again although nothing changed")
        parser.add_argument(
            "--no-map", action="store_true", help="leave tiles and value files to the first reader"
        )
        parser.add_argument("--cutoff-m", type=int, default=CUTOFF_M, help="how far to search, metres")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        try:
            run = run_coverage(
                require_town(options["name"]),
                progress=progress,
                force=options["force"],
                cutoff_m=options["cutoff_m"],
            )
            if not options["no_map"]:
                publish_run(run, progress)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        self.stdout.write(_as_json(run) if options["json"] else _as_text(run))


def _as_json(run: CoverageRun) -> str:
    told = {
        "run": str(run.pk),
        "town": run.town.slug,
        "created_at": run.created_at.isoformat(),
        "cutoff_m": run.cutoff_m,
        "snap_limit_m": run.snap_limit_m,
        "generations": run.inputs["generations"],
        **run.summary,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _as_text(run: CoverageRun) -> str:
    told = run.summary
    lines = [
        f"{run.town.name_zh}  {run.pk}",
        f"{told['building_count']} buildings, {told['dwelling_count']} dwellings, "
        f"about {told['resident_count']:.0f} residents",
        f"{told['far_buildings']} buildings without a street within {run.snap_limit_m} m",
        f"score {told['score']}  missing: {' '.join(told['missing']) or '-'}",
    ]
    for code, row in told["categories"].items():
        if row["has_data"]:
            shares = "  ".join(f"{_percent(row[key]):>6}" for key in ("building_share", "resident_share"))
            threshold_m = run.inputs["categories"][code]["threshold_m"]
            name = run.inputs["categories"][code]["name_zh"]
            lines.append(f"{code:12}{threshold_m:>6} m {row['facility_count']:>6}  {shares}  {name}")
    lines.append(f"no data: {' '.join(told['no_data']) or '-'}")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
