"""Areas of a level: which building lies in which, what they are called, and which of them a duty opens."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_core.permissions import Scope, duties_for
from gis_core.shell import local_name
from grids.arrays import grid_numbers, stock_arrays
from grids.generations import active
from grids.mixing.choices import COMMUNITY, GRID, STREET, TOWN
from grids.models import Area, Grid, GridPlan, Stock, Town

STREET_DIGITS, COMMUNITY_DIGITS, GRID_DIGITS = 9, 12, 15

Int32 = NDArray[np.int32]


@dataclass(frozen=True)
class AreasOfLevel:
    """`index[i]` is the place in `codes` of the area that holds building i, -1 where none does."""

    codes: tuple[str, ...]
    index: Int32


def areas_of_level(stock: Stock, plan: GridPlan | None, level: str) -> AreasOfLevel:
    """Grids, communities, streets, or the town, with the buildings of a stock in them."""
    arrays = stock_arrays(stock)
    if level == TOWN:
        return AreasOfLevel((stock.town.root_code,), np.zeros(len(arrays), np.int32))
    if level == GRID:
        return _grids(stock, plan, len(arrays))
    digits = {COMMUNITY: COMMUNITY_DIGITS, STREET: STREET_DIGITS}[level]
    named = np.array([code[:digits] for code in arrays.community_codes.tolist()], dtype="U12")
    codes, of_community = np.unique(named, return_inverse=True)
    kept = [code for code in codes.tolist() if code]
    place = np.array([kept.index(code) if code else -1 for code in codes.tolist()], np.int32)
    return AreasOfLevel(tuple(kept), place[of_community][arrays.community].astype(np.int32))


def _grids(stock: Stock, plan: GridPlan | None, building_count: int) -> AreasOfLevel:
    codes = tuple(Grid.objects.filter(plan=plan).order_by("number").values_list("code", flat=True))
    return AreasOfLevel(codes, grid_numbers(plan, stock, building_count))


def nested_parents(stock: Stock, plan: GridPlan | None, levels: tuple[str, ...]) -> list[Int32]:
    """For each level the area of every building, none missing: a building in no area is one by itself."""
    found = []
    for level in levels:
        areas = areas_of_level(stock, plan, level)
        alone = areas.index < 0
        index = areas.index.copy()
        index[alone] = len(areas.codes) + np.arange(int(alone.sum()), dtype=np.int32)
        found.append(index)
    return found


def area_names(town: Town, codes: tuple[str, ...], plan: GridPlan | None = None) -> dict[str, str]:
    """What people call these areas; a code without a name is its own."""
    wanted = set(codes)
    names = {grid.code: local_name(grid) for grid in Grid.objects.filter(plan=plan)} if plan else {}
    for area in Area.objects.filter(town=town, code__in=wanted).order_by("valid_from"):
        names[area.code] = local_name(area)
    if town.root_code in wanted:
        names.setdefault(town.root_code, local_name(town))
    return {code: names.get(code) or code for code in codes}


def open_areas(user: Any, action: str, codes: tuple[str, ...], *, plan: GridPlan | None) -> NDArray[np.bool_]:
    """Which areas or grids the duties for this action hold.

    A grid named by a duty is one of the plan in use: under another plan its code may be another place.
    """
    scope = duties_for(user, action)
    grids = _grid_codes(scope, plan)
    return np.array([scope.holds(code) or code in grids for code in codes], dtype=bool)


def _grid_codes(scope: Scope, plan: GridPlan | None) -> frozenset[str]:
    if plan is None or not scope.grid_codes:
        return frozenset()
    in_use = active(GridPlan, plan.town)
    return scope.grid_codes if in_use is not None and in_use.pk == plan.pk else frozenset()


def lies_in(code: str, area: str) -> bool:
    """Does the area or grid with this code lie in `area`? A grid's code is compared whole."""
    return code == area or (len(area) <= COMMUNITY_DIGITS and code.startswith(area))
