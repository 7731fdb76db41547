"""W and R* of tenure before and after: of the site, of its buildings, of the communities that hold it.

Before is what the register says of everybody who lives there; the flats to be placed are left out of it.
After adds those placed. Nothing but tenure is looked at.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from grids.arrays import dwelling_arrays, grid_numbers, stock_arrays
from grids.generations import active
from grids.kernels.diversity import AreaMix, mix_of_areas
from grids.kernels.nesting import PairSplit, pair_split
from grids.models import Area, Building, Dwelling, GridPlan, PlacementProject
from grids.placement.placed import Placed

DIGITS = 6
STREET_DIGITS = 9
LEVELS = {
    "building": _("同一栋楼"),
    "grid": _("同一网格"),
    "community": _("同一社区"),
    "street": _("同一街道"),
}

Int = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Site:
    """Dwellings by building and tenure in the communities of a project, before anything happens.

    Attributes:
        rows: (n,) Building.number of the buildings of these communities.
        counts: (n, K) dwellings by tenure; the project's own flats left out.
        community: (n,) place in `communities`.
        grid: (n,) dense number of the grid; buildings without one share one in each community.
        row_of: row of each building of the site by its code.
    """

    tenures: tuple[str, ...]
    rows: Int
    counts: Int
    community: Int
    communities: tuple[str, ...]
    grid: Int | None
    row_of: dict[str, int]
    names: dict[str, str]


def site_of(project: PlacementProject, codes: set[str], flats: set[str], tenures: set[str]) -> Site:
    """Read once per check.

    Args:
        codes: buildings of the site. flats: the project's flats. tenures: those of its applicants.
    """
    stock = project.stock
    told, arrays = dwelling_arrays(stock), stock_arrays(stock)
    known = Building.objects.filter(stock=stock, code__in=codes).order_by("number")
    site = list(known.values_list("number", "code", "name", "address"))
    concerned = np.unique(arrays.community[[number for number, *_rest in site]])
    rows = np.flatnonzero(np.isin(arrays.community, concerned)).astype(np.int64)
    place = {int(number): at for at, number in enumerate(rows)}
    occurring = tuple(told.tenures.tolist())
    groups = occurring + tuple(sorted(tenures - set(occurring)))
    counts = np.zeros((len(rows), len(groups)), np.int64)
    counts[:, : len(occurring)] = told.by_tenure[rows]
    there = Dwelling.objects.filter(building__stock=stock, building__code__in=codes).exclude(tenure="")
    for number, tenure, code in there.values_list("building__number", "tenure", "code"):
        if code in flats:
            counts[place[number], groups.index(tenure)] -= 1
    community = np.searchsorted(concerned, arrays.community[rows]).astype(np.int64)
    return Site(
        tenures=groups,
        rows=rows,
        counts=counts,
        community=community,
        communities=tuple(arrays.community_codes[concerned].tolist()),
        grid=_grids(project, rows, community, len(arrays)),
        row_of={code: place[number] for number, code, *_rest in site},
        names={code: name or address or code for _number, code, name, address in site},
    )


def _grids(project: PlacementProject, rows: Int, community: Int, building_count: int) -> Int | None:
    plan = active(GridPlan, project.town)
    if plan is None:
        return None
    grid = grid_numbers(plan, project.stock, building_count)[rows].astype(np.int64)
    if (grid < 0).all():
        return None
    without = grid.max() + 1 + community
    return np.unique(np.where(grid < 0, without, grid), return_inverse=True)[1].astype(np.int64)


def after(site: Site, found: Placed) -> Int:
    """(n, K) with everybody placed."""
    counts = site.counts.copy()
    for code, tenure in found.tenure_of.items():
        counts[site.row_of[found.flats[code].building_code], site.tenures.index(tenure)] += 1
    return counts


def site_figures(site: Site, counts: Int) -> dict[str, float | None]:
    """W and R* of the site's buildings together."""
    at = np.array(sorted(site.row_of.values()), np.int64)
    return _figures(mix_of_areas(counts[at], np.zeros(len(at), np.int32), 1), 0)


def mix_findings(site: Site, found: Placed) -> dict[str, Any]:
    counts = after(site, found)
    return {
        "tenures": list(site.tenures),
        "before": site_figures(site, site.counts),
        "after": site_figures(site, counts),
        "split": _split(site, counts),
        "by_building": _by_building(site, counts),
        "by_community": _by_community(site, counts),
    }


def _figures(mix: AreaMix, i: int) -> dict[str, float | None]:
    return {
        "w": round(float(mix.w[i]), DIGITS) if mix.has_pairs[i] else None,
        "r_star": round(float(mix.r_star[i]), DIGITS) if mix.is_defined[i] else None,
    }


def _by_building(site: Site, counts: Int) -> list[dict[str, Any]]:
    codes = sorted(site.row_of)
    at = np.array([site.row_of[code] for code in codes], np.int64)
    own = np.arange(len(at), dtype=np.int32)
    states = {
        "before": (site.counts[at], mix_of_areas(site.counts[at], own, len(at))),
        "after": (counts[at], mix_of_areas(counts[at], own, len(at))),
    }
    return [
        {
            "code": code,
            "name": site.names[code],
            "number": int(site.rows[at[i]]),
            **{
                state: {"w": _figures(mix, i)["w"], "counts": table[i].tolist()}
                for state, (table, mix) in states.items()
            },
        }
        for i, code in enumerate(codes)
    ]


def _by_community(site: Site, counts: Int) -> list[dict[str, Any]]:
    area, count = site.community.astype(np.int32), len(site.communities)
    before, now = mix_of_areas(site.counts, area, count), mix_of_areas(counts, area, count)
    names = dict(
        Area.objects.filter(code__in=site.communities).order_by("valid_from").values_list("code", "name_zh")
    )
    return [
        {
            "code": code,
            "name": names.get(code, code),
            "before": _figures(before, i),
            "after": _figures(now, i),
        }
        for i, code in enumerate(site.communities)
    ]


def _split(site: Site, counts: Int) -> list[dict[str, Any]]:
    """Of the pairs of households that differ: how many share a building, a grid, a community, a street."""
    levels, parents = ["building"], []
    street_of = np.unique([code[:STREET_DIGITS] for code in site.communities], return_inverse=True)[1]
    if site.grid is not None:
        first = np.unique(site.grid, return_index=True)[1]
        parents += [site.grid, site.community[first]]
        levels += ["grid", "community"]
    else:
        parents += [site.community]
        levels += ["community"]
    parents.append(street_of)
    levels.append("street")
    before, now = pair_split(site.counts, parents), pair_split(counts, parents)
    return [
        {"level": level, "name": str(LEVELS[level]), "before": _part(before, i), "after": _part(now, i)}
        for i, level in enumerate(levels)
        if now.pairs[i]
    ]


def _part(split: PairSplit, i: int) -> dict[str, Any]:
    differing, pairs = int(split.differing[i]), int(split.pairs[i])
    return {
        "differing": differing,
        "pairs": pairs,
        "share": round(differing / split.total_differing, DIGITS) if split.total_differing else None,
        "rate": round(differing / pairs, DIGITS) if pairs else None,
    }
