"""Figures of a sealed round as they may be shown; the sealed table itself stays where it is.

A place where fewer than 30 households answered shows nothing. Counts are rounded to 5, every figure has its
margin. A grid has shares and their entropy; a community or street also W, R* and the two-part split, from
pair sums that were sealed with noise of their own. Nothing exists below the grid.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from grids.mixing.areas import STREET_DIGITS, area_names, lies_in, open_areas
from grids.mixing.choices import COMMUNITY, COUNTED_IN_PERSONS, GRID, LEVELS, STREET
from grids.mixing.dimensions import SURVEYED_GROUPS
from grids.mixing.noisy import (
    LAPLACE_95,
    Noisy,
    Tally,
    entropy,
    pooled_differing,
    ratio_gap,
    share_margins,
    together,
)
from grids.mixing.rows import LOWEST_RESPONSE, Cell, Row, hidden, without_indices
from grids.mixing.sources import MixSource
from grids.models import SealedRelease
from grids.tallies import sealed_cells, sealed_pairs

FEWEST_ANSWERED = 30
ROUNDED_TO = 5
SHARE_STEP = 0.001


@dataclass(frozen=True, eq=False)
class SealedArea:
    """The sealed counts of one area."""

    code: str
    tally: Tally
    answered: int
    dwellings: int


@dataclass(frozen=True)
class PairsWithin:
    """Pairs of answering households that share a building, and how many of them differ."""

    pairs: int
    differing: Noisy

    @property
    def w(self) -> Noisy:
        value = min(max(self.differing.value / self.pairs, 0.0), 1.0)
        return Noisy(value, self.differing.margin / self.pairs)


def sealed_groups(release: SealedRelease, dimension: str) -> tuple[str, ...]:
    """Categories of the table, in the order of the form."""
    found = set(
        release.tallies.filter(dimension=dimension).order_by().values_list("category", flat=True).distinct()
    )
    usual = [code for code in SURVEYED_GROUPS.get(dimension, ()) if code in found]
    return (*usual, *sorted(found.difference(usual)))


def sealed_levels(release: SealedRelease, dimension: str) -> list[str]:
    there = set(
        release.tallies.filter(dimension=dimension).order_by().values_list("level", flat=True).distinct()
    )
    return [level for level in LEVELS if level in there]


def sealed_areas(release: SealedRelease, dimension: str, level: str) -> dict[str, SealedArea]:
    """Every area of a level with its counts in the order of `sealed_groups`."""
    place = {code: i for i, code in enumerate(sealed_groups(release, dimension))}
    found: dict[str, SealedArea] = {}
    for cell in sealed_cells(release, dimension, level):
        if cell.code not in found:
            total = None if dimension in COUNTED_IN_PERSONS else cell.answered
            tally = Tally(np.zeros(len(place)), np.zeros(len(place)), total)
            found[cell.code] = SealedArea(cell.code, tally, cell.answered, cell.dwellings)
        tally = found[cell.code].tally
        tally.counts[place[cell.category]], tally.sd[place[cell.category]] = cell.count, cell.sd
    return found


def pairs_of(release: SealedRelease, dimension: str) -> dict[str, PairsWithin]:
    """By community."""
    return {
        row.code: PairsWithin(row.within_pairs, Noisy(row.within_differing, LAPLACE_95 * row.sd))
        for row in sealed_pairs(release, dimension)
    }


def pairs_together(parts: list[PairsWithin]) -> PairsWithin | None:
    pairs = sum(part.pairs for part in parts)
    if not pairs:
        return None
    differing = sum(part.differing.value for part in parts)
    return PairsWithin(pairs, Noisy(differing, math.hypot(*(part.differing.margin for part in parts))))


def sealed_rows(source: MixSource, dimension: str, level: str, user: Any, area: str = "") -> list[Row]:
    """One row an area within the duties."""
    release = _release(source)
    held = sealed_areas(release, dimension, level)
    codes = tuple(held)
    is_open = open_areas(user, source.action, codes, plan=source.plan if level == GRID else None)
    names = area_names(source.town, codes, source.plan if level == GRID else None)
    pairs = pairs_of(release, dimension) if level in (COMMUNITY, STREET) else {}
    return [
        sealed_row(held[code], names[code], pairs_in(pairs, code))
        for i, code in enumerate(codes)
        if is_open[i] and (not area or lies_in(code, area))
    ]


def pairs_in(pairs: dict[str, PairsWithin], code: str) -> PairsWithin | None:
    """The pairs of a community, or of all communities of a street."""
    if len(code) > STREET_DIGITS:
        return pairs_together([pairs[code]]) if code in pairs else None
    return pairs_together([part for community, part in pairs.items() if community.startswith(code)])


def sealed_whole(source: MixSource, dimension: str, user: Any) -> Row | None:
    """All that the duties hold, on the highest level that has any of it."""
    release = _release(source)
    for level in reversed(sealed_levels(release, dimension)):
        held = sealed_areas(release, dimension, level)
        is_open = open_areas(user, source.action, tuple(held), plan=source.plan if level == GRID else None)
        mine = [one for one, opened in zip(held.values(), is_open, strict=True) if opened]
        if mine:
            row = sealed_row(
                joined(mine), _whole_name(source, mine), _pairs_of_all(release, dimension, level, mine)
            )
            return row if row.shown else None
    return None


def _whole_name(source: MixSource, mine: list[SealedArea]) -> str:
    if len(mine) > 1:
        return _("您负责的范围")
    code = mine[0].code
    return area_names(source.town, (code,), source.plan)[code]


def _pairs_of_all(
    release: SealedRelease, dimension: str, level: str, mine: list[SealedArea]
) -> PairsWithin | None:
    if level == GRID:
        return None
    pairs = pairs_of(release, dimension)
    parts = [part for one in mine if (part := pairs_in(pairs, one.code)) is not None]
    return pairs_together(parts)


def joined(areas: list[SealedArea]) -> SealedArea:
    """Areas of one level as one."""
    return SealedArea(
        areas[0].code if len(areas) == 1 else "",
        together([one.tally for one in areas]),
        sum(one.answered for one in areas),
        sum(one.dwellings for one in areas),
    )


def sealed_row(area: SealedArea, name: str, pairs: PairsWithin | None, *, is_estimate: bool = False) -> Row:
    """What may be shown of one area."""
    if area.answered < FEWEST_ANSWERED or area.tally.size < FEWEST_ANSWERED:
        return hidden(Row(area.code, name), too_few_answered())
    mixed = entropy(area.tally)
    row = Row(
        code=area.code,
        name=name,
        answered=area.answered,
        dwellings=area.dwellings,
        response=area.answered / area.dwellings if area.dwellings else None,
        counts=shown_counts(area.tally),
        entropy=mixed.value,
        entropy_margin=mixed.margin,
        effective_groups=math.exp(mixed.value),
        is_estimate=is_estimate,
        **_pair_figures(area.tally, pairs),
    )
    if (row.response or 0) < LOWEST_RESPONSE:
        return without_indices(
            row,
            _("作答的不到 %(percent)d%%，只列数量，不算指标。") % {"percent": round(LOWEST_RESPONSE * 100)},
        )
    return row


def too_few_answered() -> str:
    return _("作答的不到 %(fewest)d 户，不显示。") % {"fewest": FEWEST_ANSWERED}


def _pair_figures(tally: Tally, pairs: PairsWithin | None) -> dict[str, Any]:
    if pairs is None:
        return {}
    b = pooled_differing(tally)
    gap = ratio_gap(pairs.w, b)
    return {
        "w": pairs.w.value,
        "w_margin": pairs.w.margin,
        "b": b.value,
        "r_star": gap.value if gap else None,
        "r_star_margin": gap.margin if gap else None,
    }


def shown_counts(tally: Tally) -> tuple[Cell, ...]:
    """Counts to 5, shares to a thousandth; the margin of a count also covers the rounding."""
    margins = share_margins(tally)
    rounding = ROUNDED_TO**2 / 12
    return tuple(
        Cell(
            count=max(0, ROUNDED_TO * round(count / ROUNDED_TO)),
            share=round(share / SHARE_STEP) * SHARE_STEP,
            count_margin=math.ceil(LAPLACE_95 * math.sqrt(sd**2 + rounding)),
            share_margin=min(1.0, math.ceil(margin / SHARE_STEP) * SHARE_STEP),
        )
        for count, sd, share, margin in zip(
            tally.counts.tolist(), tally.sd.tolist(), tally.shares.tolist(), margins.tolist(), strict=True
        )
    )


def _release(source: MixSource) -> SealedRelease:
    if source.release is None:
        raise ValueError(f"{source.key} is no sealed round")
    return source.release
