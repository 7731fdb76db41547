"""Which services the flats of a site reach on foot: per category, from the town's coverage run."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from grids.models import Building, BuildingWalk, CoverageRun, PlacementProject
from grids.placement.lists import SomeFlat

DIGITS = 4


def site_coverage(project: PlacementProject, flats: Iterable[SomeFlat]) -> dict[str, Any]:
    """Shares of the flats whose building reaches each category within the standard's metres.

    `gap` where the town has such a facility and some flat does not reach it. A category that nobody has
    mapped has no share: no data is not no service. `run` is None where coverage was never computed.
    """
    run = CoverageRun.objects.filter(
        town=project.town_id, is_current=True, state=CoverageRun.State.DONE
    ).first()
    count = Counter(flat.building_code for flat in flats)
    if run is None or not count:
        return {"run": None, "flats": sum(count.values()), "unknown": sum(count.values()), "categories": []}
    # The run may stand on a later stock than the project: buildings are found by their code.
    number = dict(Building.objects.filter(stock=run.stock_id, code__in=count).values_list("code", "number"))
    walks = dict(
        BuildingWalk.objects.filter(run=run, number__in=number.values()).values_list("number", "walk_dm")
    )
    known = {code: walks[at] for code, at in number.items() if walks.get(at)}
    total = sum(count[code] for code in known)
    return {
        "run": str(run.pk),
        "flats": sum(count.values()),
        "unknown": sum(count.values()) - total,  # no street near, or a building that the run does not have
        "categories": [_category(run, i, known, count, total) for i in range(len(run.categories))],
    }


def _category(
    run: CoverageRun, i: int, known: dict[str, list[int]], count: Counter[str], total: int
) -> dict[str, Any]:
    code = run.categories[i]
    pinned = run.inputs["categories"][code]
    has_data = bool(run.summary["categories"][code]["has_data"]) and total > 0
    short = [building for building, walk_dm in known.items() if walk_dm[i] > pinned["threshold_m"] * 10]
    missing = sum(count[building] for building in short)
    return {
        "category": code,
        "name": pinned["name_zh"] if (get_language() or "zh").startswith("zh") else pinned["name_en"],
        "provision": pinned["provision"],
        "threshold_m": pinned["threshold_m"],
        "has_data": has_data,
        "share": round(1 - missing / total, DIGITS) if has_data else None,
        "gap": has_data and missing > 0,
        "flats_without": missing if has_data else None,
        "buildings_without": sorted(short) if has_data else [],
    }
