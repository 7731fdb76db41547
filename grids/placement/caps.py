"""Rules into numbers: how many flats of a cell a tenure may hold, and which flats wait for a need of access.

A cap is ⌈factor × the tenure's share of the applicants × flats of the cell⌉, inside each room class; the
official chooses the factor and says why. 1 is a copy of the whole in every cell, 2.5 hardly binds, none is no
rule at all.

Where somebody needs an accessible flat, the room class is split in two before the draw: accessible flats
under their part of the caps, and the rest. The split is made from a plan over the whole class (HiGHS, whole
numbers, no gap): of all plans that house as many in need as any can, one that houses most. So

- if everybody can be housed, the split keeps nobody out, and both parts are drawn on their own;
- if not, those in need come first, and the two parts together house as many as any plan that says so;
- which tenures of those in need go short is then the plan's doing where caps bind, and not the order's: caps
  are fixed before the order exists. Without caps the order alone decides;
- the plan counts people, not lists: where somebody takes listed buildings only, another split might have
  suited that list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Int = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """A room class in two parts. Cells keep their places; a part without applicants has no caps to speak of.

    Attributes:
        reserved: (C,) accessible flats kept for those who need one.
        cap_accessible, cap_rest: (T, C); their sum never exceeds the cap.
        housed: people that the plan houses; the draw houses as many, bar those who take none of what is left.
    """

    reserved: Int
    cap_accessible: Int
    cap_rest: Int
    housed: int


def caps_of(stock: Int, applicants: Int, factors: Sequence[Fraction | None]) -> Int:
    """(T, C) caps of one room class; exact fractions, so that a cap on the edge is not a matter of rounding.

    Args:
        stock: (C,) flats per cell.
        applicants: (T,) applicants per tenure.
        factors: per tenure, None for no cap.
    """
    total = int(applicants.sum())
    caps = np.empty((len(applicants), len(stock)), np.int64)
    for kind, factor in enumerate(factors):
        if factor is None or total == 0:
            caps[kind] = stock
            continue
        part = factor * int(applicants[kind]) / total
        caps[kind] = [
            min(int(flats), -(-(part.numerator * int(flats)) // part.denominator)) for flats in stock
        ]
    return caps


def split_accessible(flats: Int, accessible: Int, caps: Int, rest: Int, needing: Int) -> Split:
    """Divide a room class between those who need an accessible flat and all others.

    Args:
        flats: (C,) flats per cell, accessible ones included.
        accessible: (C,) accessible flats per cell.
        caps: (T, C) of the whole room class.
        rest, needing: (T,) applicants per tenure.
    """
    if needing.sum() == 0:
        nothing = np.zeros_like(flats)
        _, for_rest = _plan(flats, nothing, caps, rest, needing)
        return Split(nothing, np.zeros_like(caps), caps, int(for_rest.sum()))
    if (caps >= flats).all():
        return _split_without_caps(flats, accessible, caps, int(rest.sum()), int(needing.sum()))
    for_need, for_rest = _plan(flats, accessible, caps, rest, needing)
    reserved = np.minimum(accessible, flats - for_rest.sum(axis=0))
    spare = np.minimum(caps - for_need - for_rest, 1)  # one more choice each, without making the rest's rigid
    unusable = caps - (flats - reserved)[None, :]  # above what is left for the rest: all, where no cap binds
    cap_accessible = np.minimum(np.maximum(for_need + spare, unusable), reserved[None, :])
    return Split(reserved, cap_accessible, caps - cap_accessible, int(for_need.sum() + for_rest.sum()))


def _split_without_caps(flats: Int, accessible: Int, caps: Int, rest: int, needing: int) -> Split:
    """Only numbers matter then. Where the rest needs accessible flats, cells that have most give first."""
    all_in_need = min(needing, int(accessible.sum()))
    to_rest = max(0, rest - int((flats - accessible).sum()))
    reserved = _levelled(accessible, max(all_in_need, int(accessible.sum()) - to_rest))
    housed = all_in_need + min(rest, int((flats - reserved).sum()))
    others = np.broadcast_to(flats - reserved, caps.shape)
    return Split(reserved, np.minimum(reserved, caps), others.copy(), housed)


def _levelled(most: Int, total: int) -> Int:
    """`total` shared out over cells, none more than `most`, and otherwise as evenly as can be."""
    level = 0
    while np.minimum(most, level + 1).sum() <= total and level < most.max(initial=0):
        level += 1
    shares = np.minimum(most, level)
    more = np.flatnonzero(most > level)[: total - int(shares.sum())]
    shares[more] += 1
    return shares


def _plan(flats: Int, accessible: Int, caps: Int, rest: Int, needing: Int) -> tuple[Int, Int]:
    """(T, C) planned places with and without the need: as many people as possible, those in need first."""
    types, cells = caps.shape
    size = types * cells
    place = np.arange(size).reshape(types, cells)
    rows: list[NDArray[np.int64]] = []
    most: list[int] = []

    def at_most(columns: NDArray[np.int64], limit: int) -> None:
        rows.append(columns.ravel())
        most.append(int(limit))

    for kind in range(types):
        at_most(place[kind], needing[kind])
        at_most(place[kind] + size, rest[kind])
        for cell in range(cells):
            at_most(np.array([place[kind, cell], place[kind, cell] + size]), caps[kind, cell])
    for cell in range(cells):
        at_most(place[:, cell], accessible[cell])
        at_most(np.concatenate([place[:, cell], place[:, cell] + size]), flats[cell])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = csr_array((np.ones(starts[-1]), np.concatenate(rows), starts), shape=(len(rows), 2 * size))
    first = int(rest.sum()) + 1  # one place for a need outweighs all others
    worth = np.concatenate([np.full(size, first), np.ones(size)])
    found = milp(
        -worth,
        constraints=LinearConstraint(matrix, ub=np.array(most, float)),
        bounds=Bounds(0, np.inf),
        integrality=np.ones(2 * size),
        options={"mip_rel_gap": 0.0},  # HiGHS stops within 1 in 10,000 otherwise: some people of a city
    )
    if found.x is None:
        raise RuntimeError(f"HiGHS gave no plan: {found.message}")
    plan = np.rint(found.x).astype(np.int64).reshape(2, types, cells)
    return plan[0], plan[1]
