"""Coverage of a town: which residents reach which services on foot.

A run pins the active generations, the city's thresholds, the walking profiles and what is
published about households; computes; writes; and becomes the town's current run in one switch.
Asked again with the same inputs, it gives the run that exists.
"""

import hashlib
import json
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Refusal
from gis_core.jobs import job
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from grids.catalogue import effective, walk_categories
from grids.coverage import run_files
from grids.coverage.area_shares import ShareTable, mode_thresholds_dm, share_tables
from grids.coverage.residents import resident_inputs
from grids.coverage.result_rows import write_shares, write_walks
from grids.coverage.run_files import modes
from grids.coverage.run_summary import summary_of
from grids.coverage.walking import Answer, Stopwatch, answer
from grids.generations import active
from grids.maps.publishing import publish_run
from grids.models import (
    CityProfile,
    CoverageRun,
    FacilityInventory,
    Generation,
    GridPlan,
    Stock,
    StreetNetwork,
    Town,
)
from grids.profiles import city_profile, profile_rows

METHOD = 1
"""Raised when the method changes, so that old inputs make a new run."""

CUTOFF_M, SNAP_LIMIT_M = 2000, 100
LARGEST_CUTOFF_M = 3276  # walks are kept as smallint decimetres


class NothingToCompute(Refusal):
    code = "nothing_to_compute"
    status = 409


class ThresholdBeyondCutoff(Refusal):
    code = "threshold_beyond_cutoff"


def run_coverage(
    town: Town,
    *,
    by: User | None = None,
    progress: Progress | None = None,
    force: bool = False,
    cutoff_m: int = CUTOFF_M,
) -> CoverageRun:
    """The coverage of a town from its active generations; the same inputs give the same run."""
    progress = progress or NoProgress()
    run = _pinned(town, cutoff_m)
    kept = None if force else _same_run(run)
    if kept is not None:
        _make_current(kept)
        return kept
    _check_thresholds(run)
    run.inputs["by"] = by.username if by else ""
    run.save()
    try:
        _compute(run, progress)
    except BaseException as error:
        CoverageRun.objects.filter(pk=run.pk).update(
            state=CoverageRun.State.FAILED,
            finished_at=timezone.now(),
            summary={"error": type(error).__name__},
        )
        raise
    return run


@job("run_coverage", label=gettext_lazy("计算生活圈"))
def run_coverage_job(progress: Progress, *, town_id: int, force: bool = False) -> None:
    run = run_coverage(Town.objects.get(pk=town_id), progress=progress, force=force)
    publish_run(run, progress)
    progress.result("/coverage/")


def _compute(run: CoverageRun, progress: Progress) -> None:
    watch = Stopwatch()
    progress.step(_("计算步行距离"))
    found = answer(run, watch)
    progress.step(_("写入结果"), total=len(modes(run.inputs["profiles"])) + 2)
    with watch.leg("files"):
        run_files.save(run.pk, found.arrays)
    progress.advance()
    with transaction.atomic():
        with watch.leg("write_walks"):
            write_walks(run, found.arrays)
        progress.advance()
        tables = list(_shares(run, found, watch, progress))
        with watch.leg("write_shares"):
            write_shares(run, tables, found.facility_count > 0)
        run.summary = summary_of(run, found, tables)
        run.summary["timings_s"] = watch.legs
        run.state, run.finished_at = CoverageRun.State.DONE, timezone.now()
        run.save()
        _make_current(run)


def _shares(run: CoverageRun, found: Answer, watch: Stopwatch, progress: Progress) -> Any:
    tables = share_tables(run, found)
    seen: set[str] = set()
    while True:
        with watch.leg("shares"):
            table: ShareTable | None = next(tables, None)
        if table is None:
            return
        if table.mode not in seen:
            seen.add(table.mode)
            progress.advance()
        yield table


# --- What a run pins --------------------------------------------------------------------


def _pinned(town: Town, cutoff_m: int) -> CoverageRun:
    """An unsaved run with everything it will read."""
    network, stock, inventory = (active(kind, town) for kind in (StreetNetwork, Stock, FacilityInventory))
    kinds = ((_("路网"), network), (_("房屋"), stock), (_("设施"), inventory))
    absent = [str(name) for name, found in kinds if found is None]
    if absent:
        raise NothingToCompute(
            _("“%(town)s”还没有启用的%(absent)s，无法计算生活圈。请先在“数据”中导入并启用。")
            % {"town": town.name_zh, "absent": "、".join(absent)},
            absent=absent,
        )
    plan = active(GridPlan, town)
    profile = city_profile(town)
    run = CoverageRun(
        town=town,
        network=network,
        stock=stock,
        inventory=inventory,
        plan=plan,
        profile=profile,
        cutoff_m=cutoff_m,
        snap_limit_m=SNAP_LIMIT_M,
        categories=[category.code for category in walk_categories()],
    )
    run.inputs = _inputs(run, profile)
    run.inputs["key"] = _key(run)
    return run


def _inputs(run: CoverageRun, profile: CityProfile) -> dict[str, Any]:
    rows = effective(profile)
    pinned: dict[str, dict[str, Any]] = {}
    for code in run.categories:
        row = rows[code]
        pinned[code] = {
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "group_code": row.group_code,
            "tier": row.tier,
            "provision": row.provision,
            "demand_group": row.demand_group,
            "threshold_m": row.threshold_m,
            "threshold_min": row.threshold_min or row.level_min,
        }
    return {
        "method": METHOD,
        "categories": pinned,
        "profiles": profile_rows(),
        "residents": resident_inputs(run.town, profile, [row["demand_group"] for row in pinned.values()]),
        "city_profile": {
            "code": profile.code,
            "version": profile.version,
            "name_zh": profile.name_zh,
            "name_en": profile.name_en,
            "source": profile.source,
        },
        "generations": [
            _generation(kind, one)
            for kind, one in (
                ("network", run.network),
                ("stock", run.stock),
                ("inventory", run.inventory),
                ("plan", run.plan),
            )
            if one is not None
        ],
    }


def _generation(kind: str, one: Generation) -> dict[str, Any]:
    source_date: date | None = one.source_date
    return {
        "kind": kind,
        "number": one.number,
        "uid": str(one.uid),
        "label": one.source_name,
        "date": source_date.isoformat() if source_date else "",
        "attribution": one.attribution,
        "sha256": one.source_sha256,
        "is_synthetic": one.is_synthetic,
    }


def _key(run: CoverageRun) -> str:
    """One hash of everything that decides the answer."""
    told = {**run.inputs, "categories_in_order": run.categories, "cutoff_m": run.cutoff_m}
    told["snap_limit_m"] = run.snap_limit_m
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _same_run(run: CoverageRun) -> CoverageRun | None:
    finished = CoverageRun.objects.filter(town=run.town, state=CoverageRun.State.DONE)
    kept: CoverageRun | None = finished.filter(inputs__key=run.inputs["key"]).first()
    return kept


def _check_thresholds(run: CoverageRun) -> None:
    """A threshold beyond the cutoff could never be judged: refuse, rather than call everything uncovered."""
    highest_m = max(int(np.max(mode_thresholds_dm(run, mode))) for mode in modes(run.inputs["profiles"])) / 10
    if highest_m > run.cutoff_m or run.cutoff_m > LARGEST_CUTOFF_M:
        raise ThresholdBeyondCutoff(
            _(
                "城市标准里最远的门槛是 %(highest)g 米，而计算只到 %(cutoff)d 米（最多可设 %(largest)d 米）。"
                "请调低门槛，或用更大的计算距离重算。"
            )
            % {"highest": highest_m, "cutoff": run.cutoff_m, "largest": LARGEST_CUTOFF_M},
            threshold_m=highest_m,
            cutoff_m=run.cutoff_m,
        )


def _make_current(run: CoverageRun) -> None:
    """Switch what pages show, in one step."""
    with transaction.atomic():
        Town.objects.select_for_update().get(pk=run.town_id)
        others = CoverageRun.objects.filter(town_id=run.town_id, is_current=True).exclude(pk=run.pk)
        others.update(is_current=False)
        CoverageRun.objects.filter(pk=run.pk).update(is_current=True)
    run.is_current = True
