"""The stock's mix as arrays: counts of every building, and every measure of every area of a level, kept.

All of it hangs on a stock and a plan that never change, so it is computed once a process.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from grids.arrays import BUILDING_KINDS, dwelling_arrays, stock_arrays
from grids.kernels.diversity import AreaMix, mix_of_areas
from grids.mixing.areas import AreasOfLevel, areas_of_level
from grids.mixing.dimensions import BUILDING_KIND
from grids.mixing.rows import FEWEST_DWELLINGS
from grids.models import GridPlan, Stock

TABLES_KEPT = 24

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StockCounts:
    """`counts[i, k]` known dwellings of group k in building i; `dwellings[i]` all there are."""

    groups: tuple[str, ...]
    counts: Counts
    dwellings: Counts

    @property
    def known(self) -> Counts:
        found: Counts = self.counts.sum(axis=1)
        return found


@dataclass(frozen=True, eq=False)
class MixTable:
    """Measures of the areas of one level; `dwellings` counts the ones of unknown group too."""

    areas: AreasOfLevel
    mix: AreaMix
    dwellings: Counts


def stock_counts(stock: Stock, dimension: str) -> StockCounts:
    return _counts(str(stock.uid), dimension)


@lru_cache(maxsize=TABLES_KEPT)
def _counts(stock_uid: str, dimension: str) -> StockCounts:
    stock = Stock.objects.get(uid=stock_uid)
    arrays, told = stock_arrays(stock), dwelling_arrays(stock)
    dwellings = arrays.dwellings.astype(np.int64)
    if dimension == BUILDING_KIND:
        groups, counts = _by_kind(arrays.kind, dwellings)
    else:
        groups, counts = told.groups[dimension], told.counts[dimension].astype(np.int64)
    return StockCounts(groups, counts, np.maximum(dwellings, counts.sum(axis=1)))


def _by_kind(kind: NDArray[np.uint8], dwellings: Counts) -> tuple[tuple[str, ...], Counts]:
    counts = np.zeros((len(kind), len(BUILDING_KINDS)), np.int64)
    counts[np.arange(len(kind)), kind] = dwellings
    occurs: NDArray[np.bool_] = counts.sum(axis=0) > 0
    groups = tuple(name for name, there in zip(BUILDING_KINDS, occurs.tolist(), strict=True) if there)
    return groups, np.ascontiguousarray(counts[:, occurs])


def mix_table(stock: Stock, plan: GridPlan | None, dimension: str, level: str) -> MixTable:
    """Every area of a level above the building."""
    return _table(str(stock.uid), str(plan.uid) if plan else "", dimension, level)


@lru_cache(maxsize=TABLES_KEPT)
def _table(stock_uid: str, plan_uid: str, dimension: str, level: str) -> MixTable:
    stock = Stock.objects.select_related("town").get(uid=stock_uid)
    plan = GridPlan.objects.get(uid=plan_uid) if plan_uid else None
    held = stock_counts(stock, dimension)
    areas = areas_of_level(stock, plan, level)
    return MixTable(areas, *_measured(held, areas.index, len(areas.codes)))


def _measured(held: StockCounts, index: NDArray[np.int32], count: int) -> tuple[AreaMix, Counts]:
    there = index >= 0
    dwellings = np.bincount(index[there], held.dwellings[there], minlength=count).astype(np.int64)
    return mix_of_areas(held.counts, index, count), dwellings


def measured(held: StockCounts, index: NDArray[np.int32], count: int) -> tuple[AreaMix, Counts]:
    """Measures of areas that somebody drew just now: nothing is kept."""
    return _measured(held, index, count)


@dataclass(frozen=True, eq=False)
class BuildingTable:
    """Measures per building; one with too few known dwellings carries its estate's (`estate` > 0)."""

    mix: AreaMix
    dwellings: Counts
    estate: NDArray[np.int32]  # Estate.number where the estate's figure stands, else 0
    is_shown: NDArray[np.bool_]


def building_table(stock: Stock, dimension: str) -> BuildingTable:
    return _buildings(str(stock.uid), dimension)


@lru_cache(maxsize=TABLES_KEPT)
def _buildings(stock_uid: str, dimension: str) -> BuildingTable:
    """Each building as an area of its own; for a small one the whole of its estate, building by building."""
    stock = Stock.objects.get(uid=stock_uid)
    held, estate = stock_counts(stock, dimension), stock_arrays(stock).estate
    count = len(held.counts)
    is_small = held.known < FEWEST_DWELLINGS
    own = np.where(is_small, -1, np.arange(count, dtype=np.int32)).astype(np.int32)
    alone, dwellings = _measured(held, own, count)
    numbers, place = np.unique(estate, return_inverse=True)
    estates, estate_dwellings = _measured(
        held, np.where(estate > 0, place, -1).astype(np.int32), len(numbers)
    )
    joined = is_small & (estate > 0) & (held.dwellings > 0)
    joined &= estates.residents[place] >= FEWEST_DWELLINGS
    mix = _joined_mix(alone, estates, joined, place)
    dwellings = np.where(joined, estate_dwellings[place], np.where(is_small, held.dwellings, dwellings))
    return BuildingTable(mix, dwellings, np.where(joined, estate, 0).astype(np.int32), ~is_small | joined)


def _joined_mix(
    alone: AreaMix, estates: AreaMix, joined: NDArray[np.bool_], place: NDArray[np.intp]
) -> AreaMix:
    """The estates' rows where buildings are joined with theirs."""
    found = {}
    for name in AreaMix.__dataclass_fields__:
        own, theirs = getattr(alone, name), getattr(estates, name)[place]
        found[name] = np.where(joined.reshape(-1, *[1] * (own.ndim - 1)), theirs, own)
    return AreaMix(**found)
