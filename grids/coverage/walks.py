"""The fact card of one building: every category's walk, the nearest facility, and why it fails."""

from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.errors import NotFound
from grids.coverage.street_snaps import RESOLVED_BY
from grids.coverage.walk_ground import Ground, ground_of
from grids.coverage.walk_lines import NoWalk as NoWalk
from grids.coverage.walk_lines import drawn_walk as drawn_walk
from grids.kernels.graph import UNREACHED
from grids.kernels.paths import walks_from
from grids.models import Area, Building, CoverageRun, Facility, GridMembership


def fact_card(run: CoverageRun, number: int) -> dict[str, Any]:
    """Everything a run knows of one building, as JSON."""
    buildings = Building.objects.select_related("estate").defer("geom", "geom_3857", "estate__geom")
    building = buildings.filter(stock=run.stock, number=number).first()
    if building is None:
        raise NotFound(_("这次计算里没有这栋楼。"), building=number)
    ground = ground_of(run)
    rows = _category_rows(ground, number)
    score = float(ground.arrays.score[number])
    return {
        **_building_facts(run, building),
        "residents_estimate": round(float(ground.arrays.residents[number]), 1),
        "snap": _snap(ground, number),
        "score": None if np.isnan(score) else round(score, 4),
        "missing": [row["category"] for row in rows if _is_missing(run, row)],
        "walks": rows,
    }


def _building_facts(run: CoverageRun, building: Building) -> dict[str, Any]:
    membership = (
        GridMembership.objects.filter(plan=run.plan, building=building).select_related("grid").first()
    )
    areas = (
        Area.objects.filter(town=run.town, code=building.community_code).defer("geom").order_by("-valid_from")
    )
    lon, lat = building.point.coords
    return {
        "number": building.number,
        "code": building.code,
        "source_id": building.source_id,
        "name": building.name,
        "address": building.address,
        "kind": building.kind,
        "floors": building.floors,
        "lon": lon,
        "lat": lat,
        "dwellings": building.dwelling_count,
        "dwelling_source": building.dwelling_source,
        "community": _place(areas.first()) or {"code": building.community_code, "name": ""},
        "grid": _place(membership.grid) if membership else None,
        "estate": {"name": _name(building.estate), "is_closed": building.estate.is_closed}
        if building.estate
        else None,
    }


def _snap(ground: Ground, number: int) -> dict[str, Any]:
    arrays = ground.arrays
    lon, lat = arrays.snap_lonlat[number].tolist()
    distance_m = float(arrays.snap_distance_m[number])
    return {
        "edge": int(arrays.edge[number]),
        "distance_m": round(distance_m, 1) if np.isfinite(distance_m) else None,
        "resolved_by": RESOLVED_BY[arrays.resolved_by[number]],
        "lon": round(lon, 7),
        "lat": round(lat, 7),
    }


# --- One row per category ---------------------------------------------------------------


def _category_rows(ground: Ground, number: int) -> list[dict[str, Any]]:
    nearest, open_walk_dm = _nearest_access(ground, number)
    facilities = _facilities(ground, nearest)
    why = _Reasons(ground, number, open_walk_dm)
    arrays, run = ground.arrays, ground.run
    rows = []
    for i, code in enumerate(run.categories):
        walk, step_free, straight = (
            int(table[i, number]) for table in (arrays.walk_dm, arrays.step_free_dm, arrays.straight_dm)
        )
        threshold_dm = run.inputs["categories"][code]["threshold_m"] * 10
        rows.append(
            {
                "category": code,
                "walk_m": _metres(walk),
                "straight_m": _metres(straight),
                "step_free_m": _metres(step_free),
                "minutes": _minutes(run, walk, step_free),
                "covered": walk <= threshold_dm,
                "why": why.of(i, walk, step_free, straight, threshold_dm),
                "facility": facilities.get(int(ground.arrays.facility_number[nearest[i]]))
                if nearest[i] >= 0
                else None,
            }
        )
    return rows


def _nearest_access(ground: Ground, number: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Per category the access point of the shortest walk (-1 none), and that walk were all estates open."""
    count = len(ground.run.categories)
    nearest = np.full(count, -1, np.intp)
    open_walk_dm = np.full(count, UNREACHED, np.int64)
    points = ground.nearby(number)
    if ground.arrays.edge[number] < 0 or not len(points):
        return nearest, open_walk_dm
    start, ends, cutoff_dm = ground.start(number), ground.ends(points), ground.run.cutoff_m * 10
    walk_dm = np.full(len(ground.access_xy_m), UNREACHED, np.int64)
    walk_dm[points] = walks_from(ground.graph, start, ends, cutoff_dm=cutoff_dm).walk_dm
    rows = np.flatnonzero(walk_dm[ground.point] <= cutoff_dm)
    best_first = rows[np.lexsort((ground.point[rows], walk_dm[ground.point[rows]], ground.category[rows]))]
    found, at = np.unique(ground.category[best_first], return_index=True)
    nearest[found] = ground.point[best_first[at]]
    if ground.open_graph is ground.graph:
        return nearest, open_walk_dm
    walk_dm[points] = walks_from(ground.open_graph, start, ends, cutoff_dm=cutoff_dm).walk_dm
    np.minimum.at(open_walk_dm, ground.category, walk_dm[ground.point])
    return nearest, open_walk_dm


class _Reasons:
    """Why a category is not covered, in one word."""

    def __init__(self, ground: Ground, number: int, open_walk_dm: NDArray[np.int64]) -> None:
        self.run, self.open_walk_dm = ground.run, open_walk_dm
        self.is_far = bool(ground.arrays.edge[number] < 0)
        component = -1 if self.is_far else int(ground.component_of_edge[ground.arrays.edge[number]])
        self.reachable = ground.categories_of_component.get(component, set())

    def of(
        self, row: int, walk_dm: int, step_free_dm: int, straight_dm: int, threshold_dm: int
    ) -> str | None:
        if not self.run.summary["categories"][self.run.categories[row]]["has_data"]:
            return "no_facility"
        if self.is_far:
            return "far_from_street"
        if walk_dm <= threshold_dm:
            return "steps_only" if step_free_dm > threshold_dm else None
        if row not in self.reachable:
            return "not_connected"
        if self.open_walk_dm[row] <= threshold_dm:
            return "gate"
        return "detour" if straight_dm <= threshold_dm else "too_far"


def _facilities(ground: Ground, nearest: NDArray[np.intp]) -> dict[int, dict[str, Any]]:
    """The nearest facilities, read in one query."""
    numbers = {int(number) for number in ground.arrays.facility_number[nearest[nearest >= 0]]}
    return {
        one.number: {
            "number": one.number,
            "source_id": one.source_id,
            "name": _name(one),
            "lon": round(one.point.x, 7),
            "lat": round(one.point.y, 7),
            "hours": one.hours,
            "status": one.status,
            "open_to": one.open_to,
        }
        for one in Facility.objects.filter(inventory=ground.run.inventory, number__in=numbers).defer(
            "geom", "raw_lonlat", "tags", "matched_by"
        )
    }


def _minutes(run: CoverageRun, walk_dm: int, step_free_dm: int) -> dict[str, int | None]:
    """Whole minutes, rounded up, for every walking profile."""
    minutes: dict[str, int | None] = {}
    for one in run.inputs["profiles"]:
        distance_dm = step_free_dm if one["avoids_steps"] else walk_dm
        metres, in_minutes = one["speed"]
        is_known = distance_dm < UNREACHED
        minutes[one["code"]] = -(-distance_dm * in_minutes // (10 * metres)) if is_known else None
    return minutes


def _is_missing(run: CoverageRun, row: dict[str, Any]) -> bool:
    asked = run.inputs["categories"][row["category"]]["provision"] == "shall"
    return asked and not row["covered"] and row["why"] not in ("no_facility", "far_from_street")


def _metres(distance_dm: int) -> float | None:
    return None if distance_dm >= UNREACHED else distance_dm / 10


def _place(place: Any) -> dict[str, str] | None:
    return {"code": place.code, "name": _name(place)} if place else None


def _name(thing: Any) -> str:
    """In the reader's language, else in the other one."""
    is_chinese = (get_language() or "zh").startswith("zh")
    names = (thing.name_zh, thing.name_en) if is_chinese else (thing.name_en, thing.name_zh)
    return next((name for name in names if name), "")
