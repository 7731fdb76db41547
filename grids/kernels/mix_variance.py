"""W and R* of all households from the answers of some, with the variance of both.

Every household answers by itself with the area's response rate r. The estimate of W weighs a building's
answers n by κ = 1/(1 - (1-r)^(N-1)), so that buildings too small to yield two answers are made up for by
those of their size that did. To first order the estimate is a sum over buildings of u = Σ over pairs of
answers in it; buildings are independent, so the variance is the sum of Var(u). Var(u) = E(u²) - (E u)², and
(E u)² has an unbiased estimate from pairs of pairs of answers that share nobody (Hoeffding's
decomposition), the finite population entering by how many pairs of pairs share none, one or two households
among N. How much the number of answers varies between buildings is taken from the numbers themselves, so
the interval also holds when a fixed share of every building is asked. The quantile is Student's, with as
many degrees of freedom as the buildings' parts are steady. Nothing is drawn, so the same answers give the
same interval. The bootstrap within buildings, which this replaces, cannot see the buildings with one answer
or none and falls short for small buildings and low response.
"""

import numpy as np

from grids.kernels.counts import Int64Array
from grids.kernels.graph import FloatArray
from grids.kernels.jit import compiled

LIKELY = 0.05  # below this chance of four answers, a building's (E u)² is left in: a little too wide


@compiled
def estimates(
    counts: Int64Array, size: Int64Array, order: Int64Array, begin: Int64Array
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per area: (W, R*, weight, response); variances and degrees of freedom of W and R*."""
    area_count, group_count = len(begin) - 1, counts.shape[1]
    estimate = np.zeros((area_count, 4))
    variance = np.zeros((area_count, 2))
    freedom = np.zeros((area_count, 2))
    none = np.zeros(group_count)
    for area in range(area_count):
        units = order[begin[area] : begin[area + 1]]
        pooled = np.zeros(group_count)
        households = 0.0
        for unit in units:
            households += size[unit]
            for group in range(group_count):
                pooled[group] += counts[unit, group]
        answers = pooled.sum()
        if answers < 2:
            continue
        rate = answers / households
        differing, weight = _weighted(counts, size, units, rate)
        estimate[area, 2:] = weight, rate
        if weight <= 0:
            continue
        w = differing / weight
        uneven = _unevenness(counts, size, units, rate)
        pairs = answers * (answers - 1.0)
        b = 1.0 - (pooled * (pooled - 1.0)).sum() / pairs
        estimate[area, 0] = w
        variance[area, 0], freedom[area, 0] = _variance(
            counts, size, units, rate, uneven, w, 1.0 / weight, none
        )
        if b > 0:
            estimate[area, 1] = 1.0 - w / b
            slope = (1.0 - 2.0 * pooled + (1.0 - b) * (2.0 * answers - 1.0)) / pairs
            variance[area, 1], freedom[area, 1] = _variance(
                counts, size, units, rate, uneven, w, -1.0 / (b * weight), slope * w / b**2
            )
    return estimate, variance, freedom


@compiled
def _weighted(counts: Int64Array, size: Int64Array, units: Int64Array, rate: float) -> tuple[float, float]:
    differing = 0.0
    weight = 0.0
    for unit in units:
        below = 0.0
        pairs = 0.0
        for group in range(counts.shape[1]):
            pairs += below * counts[unit, group]
            below += counts[unit, group]
        if below > 1:
            made_up = 1.0 / (1.0 - (1.0 - rate) ** (size[unit] - 1.0))
            differing += made_up * 2.0 * pairs / (below - 1.0)
            weight += made_up * below
    return differing, weight


@compiled
def _unevenness(counts: Int64Array, size: Int64Array, units: Int64Array, rate: float) -> float:
    """Variance of the numbers of answers over what it is if every household decides by itself.

    1 then; near 0 when every building was asked for the same share; more when buildings differ.
    """
    met = 0.0
    expected = 0.0
    for unit in units:
        met += (counts[unit].sum() - size[unit] * rate) ** 2
        expected += size[unit] * rate * (1.0 - rate)
    return met / expected * len(units) / (len(units) - 1.0) if expected > 0 and len(units) > 1 else 1.0


@compiled
def _variance(
    counts: Int64Array,
    size: Int64Array,
    units: Int64Array,
    rate: float,
    uneven: float,
    w: float,
    slope_w: float,
    slope: FloatArray,
) -> tuple[float, float]:
    """Variance of Σ u, u = slope_w κ n (w_i - W) + Σ slope_k n_k, and its degrees of freedom."""
    total = 0.0
    spread = 0.0
    count = 0.0
    least = 0.0
    known = 0.0
    by_number = 0.0
    if rate >= 1.0:
        return 0.0, 1.0
    for unit in units:
        row = counts[unit]
        answers = float(row.sum())
        if answers < 1:
            continue
        households = float(size[unit])
        made_up = 1.0 / (1.0 - (1.0 - rate) ** max(households - 1.0, 1.0))
        mean, weighed, of_pairs = _squares(row, answers, households, w, slope_w * made_up, slope)
        chance, square = _four_or_more(households, rate)
        part = (answers * mean) ** 2
        known += answers - 1.0
        if answers >= 4 and chance > LIKELY:
            _, plain, _ = _squares(row, answers, households, w, slope_w, slope)
            least += (
                2.0 * answers / (answers - 1.0) * max(of_pairs - max(plain, 0.0), 0.0) * (1.0 - rate) ** 2
            )
            of_number = uneven * households * rate * (1.0 - rate) / chance * weighed
            by_number += of_number
            part += (square / chance - answers**2) * weighed - (households * rate) ** 2 * plain / chance
            part += of_number
        total += part
        spread += part**2
        count += 1.0
    if total < least:
        return least, max(known, 1.0)
    noise = spread - total**2 / count + 2.0 * by_number**2 / count  # the unevenness is an estimate, too
    return total, 2.0 * total**2 / noise if noise > 0 else known


@compiled
def _squares(
    row: Int64Array, answers: float, households: float, w: float, slope_w: float, slope: FloatArray
) -> tuple[float, float, float]:
    """Over the pairs of answers: the mean of g, an estimate without bias of the square of its mean over
    all N households (0 below four answers), and the mean of g².

    g of a pair = slope_w (1 if they differ, else 0, less W) + half of both members' slopes.
    """
    linear = 0.0
    for group in range(len(row)):
        linear += row[group] * slope[group]
    if answers < 2:
        return linear, 0.0, 0.0
    sum_ = 0.0
    squares = 0.0
    sharing = 0.0
    for group in range(len(row)):
        if row[group] > 0:
            same = slope[group] - slope_w * w
            of_one = (row[group] - 1.0) * same
            squares_of_one = (row[group] - 1.0) * same**2
            for other in range(len(row)):
                if other != group:
                    g = slope_w * (1.0 - w) + 0.5 * (slope[group] + slope[other])
                    of_one += row[other] * g
                    squares_of_one += row[other] * g**2
            sum_ += 0.5 * row[group] * of_one
            squares += 0.5 * row[group] * squares_of_one
            sharing += row[group] * (of_one**2 - squares_of_one)
    pairs = answers * (answers - 1.0) / 2.0
    mean = sum_ / pairs
    if answers < 4:
        return mean, 0.0, 0.0
    apart = sum_**2 - squares - sharing
    all_pairs = households * (households - 1.0) / 2.0
    square = squares / pairs
    square += 2.0 * (households - 2.0) * sharing / (pairs * 2.0 * (answers - 2.0))
    square += (
        (households - 2.0)
        * (households - 3.0)
        / 2.0
        * apart
        / (pairs * (answers - 2.0) * (answers - 3.0) / 2.0)
    )
    return mean, square / all_pairs, squares / pairs


@compiled
def _four_or_more(households: float, rate: float) -> tuple[float, float]:
    """P(n >= 4), and (E n)² less E(n²; n < 4), of a binomial count."""
    chance = 1.0
    square = (households * rate) ** 2
    term = (1.0 - rate) ** households
    for count in range(4):
        chance -= term
        square -= count**2 * term
        term *= (households - count) / (count + 1.0) * rate / (1.0 - rate)
    return chance, square
