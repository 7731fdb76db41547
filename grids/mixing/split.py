"""Of all pairs of neighbours that differ: how many share a building, a grid, a community, a street.

The stock's pairs are counted, in integers. Of a sealed round only two parts exist: the same building, from
the noisy pair sums, and elsewhere in the same community or street, from the noisy pooled counts.
"""

import math
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.errors import NotFound
from grids.arrays import grid_numbers, stock_arrays
from grids.kernels.nesting import pair_split
from grids.mixing.areas import COMMUNITY_DIGITS, STREET_DIGITS, area_names, open_areas
from grids.mixing.choices import (
    BUILDING,
    COMMUNITY,
    COUNTED_IN_PERSONS,
    GRID,
    PUBLISHED,
    SEALED,
    STOCK,
    STREET,
    TOWN,
    why_no_measure,
)
from grids.mixing.dimensions import name_of
from grids.mixing.figures import notes_of, require_groups
from grids.mixing.noisy import Noisy, pooled_differing
from grids.mixing.place import Place, place_of
from grids.mixing.rows import DIGITS, LOWEST_RESPONSE
from grids.mixing.sealed import (
    FEWEST_ANSWERED,
    PairsWithin,
    pairs_in,
    pairs_of,
    sealed_areas,
    too_few_answered,
)
from grids.mixing.source_facts import source_json
from grids.mixing.sources import MixSource, NoSuchFigure, find_source, require_dimension
from grids.mixing.stock_tables import stock_counts
from grids.models import Grid

Int64 = NDArray[np.int64]

ELSEWHERE = "elsewhere"


def split_json(town: Any, source: str, dimension: str, area: str, user: Any) -> dict[str, Any]:
    """The split of one area; see `shapes.SplitShape`."""
    found = find_source(user, town, source)
    asked = require_dimension(found, dimension)
    require_groups(found, asked)
    if found.kind == PUBLISHED:
        raise NoSuchFigure(str(why_no_measure(PUBLISHED, COMMUNITY, "w")), source=found.key)
    parts = _stock(found, asked, area, user) if found.kind == STOCK else _sealed(found, asked, area, user)
    return {
        "source": source_json(found, asked),
        "dimension": {"code": asked, "name": name_of(asked)},
        **parts,
        "notes": notes_of(found),
    }


def level_words(level: str) -> str:
    return {
        BUILDING: _("同一栋楼"),
        GRID: _("同一网格的别的楼"),
        COMMUNITY: _("同一社区的别的网格"),
        STREET: _("同一街道的别的社区"),
        TOWN: _("同一城镇的别的街道"),
        ELSEWHERE: _("别的楼"),
    }[level]


# --- Stock --------------------------------------------------------------------------------


def _stock(source: MixSource, dimension: str, area: str, user: Any) -> dict[str, Any]:
    assert source.stock is not None
    place = place_of(source, area, user)
    levels = _levels_below(source, place)
    counts = stock_counts(source.stock, dimension).counts[place.mask]
    split = pair_split(counts, _parents(source, place, levels))
    found = zip(levels, split.differing.tolist(), split.pairs.tolist(), strict=True)
    rows = [(level, int(differing), int(pairs)) for level, differing, pairs in found if pairs]
    return {
        "area": place.as_group,
        "levels": [_level(*row, split.total_differing) for row in rows],
        "total_differing": split.total_differing,
        "total_pairs": split.total_pairs,
        "sentence": _sentence(rows, split.total_differing),
    }


def _levels_below(source: MixSource, place: Place) -> list[str]:
    """Levels from the building up to the place itself; one that does not divide anything is left out."""
    digits = len(place.code)
    top = GRID if digits > COMMUNITY_DIGITS else COMMUNITY if digits == COMMUNITY_DIGITS else STREET
    top = TOWN if digits < STREET_DIGITS else top
    order = [BUILDING, GRID, COMMUNITY, STREET, TOWN]
    if source.plan is None:
        order.remove(GRID)
    return order[: order.index(top) + 1]


def _parents(source: MixSource, place: Place, levels: list[str]) -> list[Int64]:
    """Chained numbers from the building up, of the place's buildings; the place is the one top area.

    A grid decides in which community its buildings are; a building in no grid is a grid by itself.
    """
    keys = _area_keys(source, place)
    found: list[Int64] = []
    below = np.arange(int(place.mask.sum()))
    for level in levels[1:-1]:
        _names, number = np.unique(keys[level], return_inverse=True)
        chained = np.zeros(int(below.max(initial=-1)) + 1, np.int64)
        chained[below] = number
        found.append(chained)
        below = number
    if len(levels) > 1:
        found.append(np.zeros(int(below.max(initial=-1)) + 1, np.int64))
    return found


def _area_keys(source: MixSource, place: Place) -> dict[str, NDArray[np.str_]]:
    """For every building of the place the code of its grid, community and street."""
    assert source.stock is not None
    arrays = stock_arrays(source.stock)
    community = arrays.community_codes[arrays.community].astype("U24")
    alone = np.array([f"-{i}" for i in range(len(arrays))], dtype="U24")
    community = np.where(community == "", alone, community)
    grid = community
    if source.plan is not None:
        codes = list(Grid.objects.filter(plan=source.plan).order_by("number").values_list("code", flat=True))
        number = grid_numbers(source.plan, source.stock, len(arrays))
        named = np.array([*codes, ""], dtype="U24")[number]
        grid = np.where(named == "", alone, named)
        community = np.where(named == "", community, named.astype("U12"))
    street = np.where(np.char.startswith(community, "-"), community, community.astype("U9"))
    return {GRID: grid[place.mask], COMMUNITY: community[place.mask], STREET: street[place.mask]}


# --- Sealed -------------------------------------------------------------------------------


def _sealed(source: MixSource, dimension: str, area: str, user: Any) -> dict[str, Any]:
    """Two parts: the same building, and elsewhere in the same community or street."""
    release = source.release
    assert release is not None
    if dimension in COUNTED_IN_PERSONS:
        raise NoSuchFigure(str(why_no_measure(SEALED, COMMUNITY, "w", dimension)), dimension=dimension)
    if len(area) > COMMUNITY_DIGITS:
        raise NoSuchFigure(str(why_no_measure(SEALED, GRID, "w", dimension)), area=area[:20])
    held = {
        **sealed_areas(release, dimension, COMMUNITY),
        **sealed_areas(release, dimension, STREET),
    }
    code = area or next(
        (one for one in sorted(held) if open_areas(user, source.action, (one,), plan=None)[0]), ""
    )
    if code not in held or not open_areas(user, source.action, (code,), plan=None)[0]:
        raise NotFound(_("没有这个社区或网格，或者不在您的职责范围内。"), area=code[:20])
    here, pairs = held[code], pairs_in(pairs_of(release, dimension), code)
    response = here.answered / here.dwellings if here.dwellings else 0.0
    if here.answered < FEWEST_ANSWERED or response < LOWEST_RESPONSE or pairs is None:
        raise NoSuchFigure(too_few_answered(), area=code)
    total_pairs = here.answered * (here.answered - 1) // 2
    all_differing = pooled_differing(here.tally)
    return {
        "area": {"code": code, "name": area_names(source.town, (code,))[code]},
        **two_parts(pairs, all_differing, total_pairs),
    }


def two_parts(within: PairsWithin, b: Noisy, total_pairs: int) -> dict[str, Any]:
    """Same building and elsewhere, from the noisy sum within and the noisy share among all."""
    total = max(b.value * total_pairs, 0.0)
    same = min(max(within.differing.value, 0.0), float(within.pairs), total)
    elsewhere = total - same
    share = same / total if total else 0.0
    # share = same / total: both are noisy, and elsewhere has the same margin since the two make up 1.
    margin = math.hypot(within.differing.margin, share * b.margin * total_pairs) / total if total else 1.0
    rows = [(BUILDING, same, within.pairs), (ELSEWHERE, elsewhere, total_pairs - within.pairs)]
    return {
        "levels": [{**_level(*row, total), "margin": round(min(margin, 1.0), DIGITS)} for row in rows],
        "total_differing": float(round(total)),
        "total_pairs": total_pairs,
        "sentence": _sentence(rows, total),
    }


# --- Words --------------------------------------------------------------------------------


def _level(level: str, differing: float, pairs: int, total: float) -> dict[str, Any]:
    return {
        "level": level,
        "name": level_words(level),
        "differing": differing if isinstance(differing, int) else float(round(differing)),
        "pairs": pairs,
        "share": round(differing / total, DIGITS) if total else 0.0,
        "rate": round(differing / pairs, DIGITS) if pairs else 0.0,
        "margin": None,
    }


def _sentence(rows: list[tuple[str, Any, int]], total: float) -> str:
    """One sentence a person can read."""
    if not total:
        return _("这里的住户在这一项上都一样，没有不同的两户。")
    parts = [
        _("%(share)s 在%(where)s") % {"share": _percent(differing / total), "where": level_words(level)}
        for level, differing, _pairs in rows
        if differing
    ]
    return _("类别不同的两户里，%(parts)s。") % {"parts": _("；").join(parts)}


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}%" if percent >= 10 or percent == 0 else f"{percent:.1f}%"
