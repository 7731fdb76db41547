"""The walk between any building and any facility, by the ids that their source gave them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.crs import geodesic_distance_m
from gis_core.errors import RowError, RowErrors
from grids.coverage.walk_ground import Ground, ground_of
from grids.kernels.paths import NO_WALK, pair_walks
from grids.models import Building, CoverageRun, Facility


@dataclass(frozen=True)
class PairWalk:
    """One answer; `walk_m` is None when there is no way, or no street near the building."""

    start: str
    end: str
    walk_m: float | None
    straight_m: float


def walks_of_pairs(run: CoverageRun, pairs: Iterable[tuple[str, str]]) -> list[PairWalk]:
    """Walks of (building id, facility id) pairs without a cutoff, by a facility's best access point.

    Raises:
        RowErrors: an id is no building or no facility of this run; nothing is computed then.
    """
    asked = list(pairs)
    ground = ground_of(run)
    buildings = _numbers(Building.objects.filter(stock=run.stock).values_list("source_id", "number"))
    facilities = _numbers(Facility.objects.filter(inventory=run.inventory).values_list("source_id", "number"))
    _require_known(asked, buildings, facilities)
    points_of = _points_by_facility(ground)

    pair, start, point = [], [], []
    for i, (building, facility) in enumerate(asked):
        for number in buildings[building]:
            for access in (one for own in facilities[facility] for one in points_of.get(own, ())):
                pair.append(i)
                start.append(number)
                point.append(access)
    walk_dm = _walks(ground, np.array(start, np.intp), np.array(point, np.intp))
    best_dm = np.full(len(asked), NO_WALK, np.int64)
    np.minimum.at(best_dm, np.array(pair, np.intp), walk_dm)
    straight_m = _straight(
        ground, np.array(pair, np.intp), np.array(start, np.intp), np.array(point, np.intp), len(asked)
    )
    return [
        PairWalk(*ids, None if dm == NO_WALK else dm / 10, round(float(straight), 1))
        for ids, dm, straight in zip(asked, best_dm.tolist(), straight_m, strict=True)
    ]


def _walks(ground: Ground, start: NDArray[np.intp], point: NDArray[np.intp]) -> NDArray[np.int64]:
    walk_dm = np.full(len(start), NO_WALK, np.int64)
    origins, ends = ground.starts().take(start), ground.ends(point)
    on_street = np.flatnonzero((origins.edge >= 0) & (ends.edge >= 0))
    if len(on_street):
        walk_dm[on_street] = pair_walks(ground.graph, origins.take(on_street), ends.take(on_street))
    return walk_dm


def _straight(
    ground: Ground, pair: NDArray[np.intp], start: NDArray[np.intp], point: NDArray[np.intp], count: int
) -> NDArray[np.float64]:
    straight_m = np.full(count, np.inf)
    gap_m = geodesic_distance_m(ground.town.stock.lonlat[start], ground.town.inventory.access_lonlat[point])
    np.minimum.at(straight_m, pair, gap_m)
    return straight_m


def _numbers(rows: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for source_id, number in rows:
        found.setdefault(source_id, []).append(number)
    return found


def _points_by_facility(ground: Ground) -> dict[int, list[int]]:
    points: dict[int, list[int]] = {}
    for point, number in enumerate(ground.arrays.facility_number.tolist()):
        points.setdefault(number, []).append(point)
    return points


def _require_known(
    asked: list[tuple[str, str]], buildings: dict[str, list[int]], facilities: dict[str, list[int]]
) -> None:
    wrong = []
    for row, (building, facility) in enumerate(asked, start=1):
        if building not in buildings:
            wrong.append(RowError(row, "from", building, _("这次计算里的楼栋来源编号，如 way/123")))
        if facility not in facilities:
            wrong.append(RowError(row, "to", facility, _("这次计算里的设施来源编号，如 node/123")))
    if wrong:
        raise RowErrors(wrong)
