"""How mixed areas are: of units (buildings) with counts of groups, for every area at once.

The headline is W, the share of pairs of different households of the same building that differ, and
R* = 1 - W/B, where B is the same share among all pairs of the area. Both are U-statistics: they do not
depend on how large buildings are, nor on how many of their households are known as long as the known
ones are a random part. D, H and M do depend on it, so D comes with what it would be by chance.

Every figure is a number. Where one is not defined it is 0, and `has_pairs` or `is_defined` says so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from grids.kernels.chance import expected_deviation
from grids.kernels.counts import (
    X_LN_X,
    CountArray,
    Int64Array,
    added,
    as_areas,
    as_counts,
    by_area,
    quotient,
    x_ln_x,
)
from grids.kernels.graph import BoolArray, FloatArray
from grids.kernels.jit import compiled

# Columns of the sums per area.
UNITS, WEIGHTED_W, WEIGHT, DIFFERING, PAIRS, INSIDE, DEVIATION, BY_CHANCE = range(8)


@dataclass(frozen=True, eq=False)
class AreaMix:
    """Figures of A areas over K groups; a unit counts when it holds anybody.

    Attributes:
        counts: (A, K) residents by group.
        units: (A,) units with at least one resident.
        residents: (A,)
        w: (A,) share of differing pairs within units, units weighted by their residents. Units of one
            resident have no pair and no weight.
        w_pair: (A,) the same, units weighted by their pairs; goes with the pair split.
        b: (A,) share of differing pairs among all residents of the area.
        r_star: (A,) 1 - w/b: 0 where neighbours are as different as anybody, 1 where all are alike.
        has_pairs: (A,) some unit holds two residents, so that w means something.
        is_defined: (A,) has_pairs, and two groups are present: r_star, h and d mean something.
        entropy: (A,) E = -Σ P ln P of the pooled shares.
        effective_groups: (A,) exp(E); 0 for an empty area.
        m, h: (A,) mutual information of unit and group, and M/E (Theil).
        d: (A,) dissimilarity of many groups, Σ t|p - P| / (2 T I).
        d_expected: (A,) exact expectation of d if the same residents were spread over the same units
            at random (Carrington and Troske 1997; here for hypergeometric counts).
        d_corrected: (A,) (d - d_expected) / (1 - d_expected).
    """

    counts: CountArray
    units: Int64Array
    residents: CountArray
    w: FloatArray
    w_pair: FloatArray
    b: FloatArray
    r_star: FloatArray
    has_pairs: BoolArray
    is_defined: BoolArray
    entropy: FloatArray
    effective_groups: FloatArray
    m: FloatArray
    h: FloatArray
    d: FloatArray
    d_expected: FloatArray
    d_corrected: FloatArray


def mix_of_areas(counts: ArrayLike, area: ArrayLike, area_count: int) -> AreaMix:
    """Every figure of every area in one pass.

    Args:
        counts: (n, K) residents (or households, or dwellings) of each unit by group; whole numbers, or
            estimates of 0 and more. `d_expected` rounds estimates to whole numbers.
        area: (n,) 0..area_count-1, or -1 for a unit of no area.
        area_count: number of areas; an area without units is a row of zeros.

    Raises:
        ValueError: shapes that do not match, a negative count, an area out of range.
    """
    table = as_counts(counts)
    order, begin = by_area(as_areas(area, len(table), area_count), area_count)
    totals, sums = _area_sums(table, order, begin, X_LN_X)
    residents = totals.sum(axis=1)
    b = differing_share(totals)
    shares = quotient(totals, residents[:, None])
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    w = np.clip(quotient(sums[:, WEIGHTED_W], sums[:, WEIGHT]), 0.0, 1.0)
    has_pairs = sums[:, WEIGHT] > 0
    is_defined = has_pairs & (b > 0)
    m = np.where(entropy > 0, np.maximum(entropy - quotient(sums[:, INSIDE], residents), 0.0), 0.0)
    spread = 2.0 * residents * (shares * (1.0 - shares)).sum(axis=1)
    d, by_chance = quotient(sums[:, DEVIATION], spread), quotient(sums[:, BY_CHANCE], spread)
    return AreaMix(
        counts=totals,
        units=sums[:, UNITS].astype(np.int64),
        residents=residents,
        w=w,
        w_pair=quotient(sums[:, DIFFERING], sums[:, PAIRS]),
        b=b,
        r_star=np.where(is_defined, 1.0 - quotient(w, b), 0.0),
        has_pairs=has_pairs,
        is_defined=is_defined,
        entropy=entropy,
        effective_groups=np.where(residents > 0, np.exp(entropy), 0.0),
        m=m,
        h=quotient(m, entropy),
        d=d,
        d_expected=by_chance,
        d_corrected=np.where(by_chance < 1.0, quotient(d - by_chance, 1.0 - by_chance), 0.0),
    )


def differing_share(counts: ArrayLike) -> FloatArray:
    """(n,) share of the pairs of different members of each row that differ; 0 where there is no pair."""
    table = as_counts(counts)
    total = table.sum(axis=1).astype(np.float64)
    # Differing pairs as a sum of products, so that one group alone gives exactly 0.
    below = np.cumsum(table, axis=1) - table
    differing = (below.astype(np.float64) * table).sum(axis=1)
    return np.where(total > 1, np.minimum(quotient(2.0 * differing, total * (total - 1.0)), 1.0), 0.0)


def unit_mix(counts: ArrayLike) -> tuple[FloatArray, CountArray]:
    """(w, t) of every unit: its share of differing pairs (0 below two residents) and its residents."""
    table = as_counts(counts)
    return differing_share(table), table.sum(axis=1)


def shares(counts: ArrayLike) -> FloatArray:
    """(n, K) shares of each row; a row of nobody is zeros."""
    table = as_counts(counts)
    return quotient(table, table.sum(axis=1)[:, None])


def location_quotients(counts: ArrayLike, reference: ArrayLike | None = None) -> FloatArray:
    """(n, K) share in the row over share in the reference (the sum of all rows unless given).

    1 is as elsewhere. 0 where the row is empty or nobody of the group is in the reference.
    """
    table = as_counts(counts)
    whole = table.sum(axis=0) if reference is None else np.asarray(reference).reshape(-1)
    return quotient(shares(table), shares(whole[None, :]))


def exposure(counts: ArrayLike, area: ArrayLike, area_count: int) -> FloatArray:
    """(A, K, K) whom a member of the row's group meets among the others of the own unit.

    Element [a, g, h] is the mean, over members of g in area a who have a neighbour, of the share of h
    among their neighbours, oneself not counted. A row sums to 1; it is all 0 where nobody of g has
    a neighbour.
    """
    table = as_counts(counts)
    met, having = _met(table, as_areas(area, len(table), area_count), area_count)
    return quotient(met, having[:, :, None])


@compiled
def _area_sums(
    counts: CountArray, order: Int64Array, begin: Int64Array, table: FloatArray
) -> tuple[CountArray, FloatArray]:
    area_count, group_count = len(begin) - 1, counts.shape[1]
    totals = np.zeros((area_count, group_count), counts.dtype)
    sums = np.zeros((area_count, 8))
    residents_of = np.zeros(len(order))
    for area in range(area_count):
        entropy = 0.0
        lost = 0.0
        for at in range(begin[area], begin[area + 1]):
            row = counts[order[at]]
            residents = 0.0
            differing = 0.0
            inside = 0.0
            for group in range(group_count):
                count = row[group]
                differing += residents * count
                residents += count
                inside -= x_ln_x(count, table)
                totals[area, group] += count
            residents_of[at] = residents
            if residents > 0:
                sums[area, UNITS] += 1
                entropy, lost = added(entropy, lost, inside + x_ln_x(residents, table))
            if residents > 1:
                sums[area, WEIGHTED_W] += 2.0 * differing / (residents - 1.0)
                sums[area, WEIGHT] += residents
                sums[area, DIFFERING] += 2.0 * differing
                sums[area, PAIRS] += residents * (residents - 1.0)
        sums[area, INSIDE] = entropy
        everyone = 0.0
        for group in range(group_count):
            everyone += totals[area, group]
        if everyone > 0:
            for at in range(begin[area], begin[area + 1]):
                for group in range(group_count):
                    expected = residents_of[at] * totals[area, group] / everyone
                    sums[area, DEVIATION] += abs(counts[order[at], group] - expected)
            sums[area, BY_CHANCE] = expected_deviation(
                residents_of[begin[area] : begin[area + 1]], totals[area]
            )
    return totals, sums


@compiled
def _met(counts: CountArray, area: Int64Array, area_count: int) -> tuple[FloatArray, FloatArray]:
    unit_count, group_count = counts.shape
    met = np.zeros((area_count, group_count, group_count))
    having = np.zeros((area_count, group_count))
    for unit in range(unit_count):
        residents = 0.0
        for group in range(group_count):
            residents += counts[unit, group]
        if area[unit] < 0 or residents <= 1:
            continue
        for group in range(group_count):
            members = float(counts[unit, group])
            if members > 0:
                having[area[unit], group] += members
                part = members / (residents - 1.0)
                for other in range(group_count):
                    met[area[unit], group, other] += part * counts[unit, other]
                met[area[unit], group, group] -= part
    return met, having
