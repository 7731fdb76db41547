"""How sure W and R* are when only some households answered, and what they could be at the very worst.

`mix_variance.py` tells how. Nothing is drawn: the same answers give the same interval, and no seed is needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from grids.kernels.counts import Int64Array, as_areas, as_counts, by_area, quotient
from grids.kernels.graph import BoolArray, FloatArray
from grids.kernels.jit import compiled
from grids.kernels.mix_variance import estimates


@dataclass(frozen=True, eq=False)
class MixInterval:
    """(A,) estimates and their interval; where `is_defined` is False all but `response` is 0.

    Attributes:
        w, w_low, w_high: W of all households of the area, within what `bounds_of_w` allows.
        r_star, r_star_low, r_star_high: R*, at most 1; 0 where all answers are of one group.
        response: answers over households.
        is_defined: some building has two answers.
    """

    w: FloatArray
    w_low: FloatArray
    w_high: FloatArray
    r_star: FloatArray
    r_star_low: FloatArray
    r_star_high: FloatArray
    response: FloatArray
    is_defined: BoolArray


@dataclass(frozen=True, eq=False)
class MixBounds:
    """(A,) the least and the greatest W that any answers of the silent households could lead to."""

    low: FloatArray
    high: FloatArray


def interval_of_w(
    counts: ArrayLike, size: ArrayLike, area: ArrayLike, area_count: int, *, level: float = 0.95
) -> MixInterval:
    """Interval for W and R* of all households when a random part of them answered.

    Args:
        counts: (n, K) answering households of each building by group, whole numbers.
        size: (n,) households of each building, answering or not.
        area: (n,) 0..area_count-1, or -1.
        level: how often the interval shall hold the truth.

    Silence that has to do with the answer is not covered by this; see `bounds_of_w`.

    Raises:
        ValueError: more answers than households, shapes that do not match.
    """
    table, households = _checked(counts, size)
    order, begin = by_area(as_areas(area, len(table), area_count), area_count)
    estimate, variance, freedom = estimates(table, households, order, begin)
    half = np.sqrt(variance) * np.where(
        variance > 0, student.ppf(0.5 + level / 2, np.maximum(freedom, 1.0)), 0
    )
    is_defined = estimate[:, 2] > 0
    w, r_star = estimate[:, 0], estimate[:, 1]
    possible = bounds_of_w(counts, size, area, area_count)
    w_and_ends = [np.clip(end, possible.low, possible.high) for end in (w, w - half[:, 0], w + half[:, 0])]
    w, w_low, w_high = (np.where(is_defined, end, 0.0) for end in w_and_ends)
    return MixInterval(
        w=w,
        w_low=w_low,
        w_high=w_high,
        r_star=r_star,
        r_star_low=r_star - half[:, 1],
        r_star_high=np.minimum(r_star + half[:, 1], 1.0),
        response=estimate[:, 3],
        is_defined=is_defined,
    )


def bounds_of_w(counts: ArrayLike, size: ArrayLike, area: ArrayLike, area_count: int) -> MixBounds:
    """Bounds on W without any assumption about who did not answer; sharp for the K groups named.

    Least: the silent of every building all belong to its largest group. Greatest: they fill its
    groups up to one level. Buildings are weighted by their households; those of one have no pair.
    """
    table, households = _checked(counts, size)
    low, high, weight = _extremes(table, households, as_areas(area, len(table), area_count), area_count)
    return MixBounds(quotient(low, weight), quotient(high, weight))


def noisy_pooled(counts: ArrayLike, variance: ArrayLike, total: ArrayLike | None = None) -> FloatArray:
    """(A,) B of areas whose group counts carry noise of known variance, the noise's own share removed.

    Args:
        counts: (A, K) noisy counts, negative ones as they are.
        variance: (A, K), (A, 1) or a number: variance of the noise of each count.
        total: (A,) residents where they are known exactly; else the noisy counts are added up.

    The squares of noisy counts are too large by the variance on average. Within 0..1; 0 without a pair.
    """
    noisy = np.asarray(counts, np.float64)
    spread = np.broadcast_to(np.asarray(variance, np.float64), noisy.shape)
    everyone = noisy.sum(axis=1) if total is None else np.asarray(total, np.float64).reshape(-1)
    square = everyone**2 - (spread.sum(axis=1) if total is None else 0.0)
    same = (noisy**2 - spread).sum(axis=1) - everyone
    pairs = square - everyone
    return np.where(everyone > 1, np.clip(quotient(pairs - same, pairs), 0.0, 1.0), 0.0)


def _checked(counts: ArrayLike, size: ArrayLike) -> tuple[Int64Array, Int64Array]:
    table = as_counts(counts)
    if table.dtype.kind == "f":
        raise ValueError("answers are whole numbers, these counts are fractions")
    households = np.ascontiguousarray(np.asarray(size).reshape(-1), np.int64)
    if len(households) != len(table):
        raise ValueError(f"{len(households)} sizes for {len(table)} units")
    over = np.flatnonzero(table.sum(axis=1) > households)
    if len(over):
        met = int(table[over[0]].sum())
        raise ValueError(f"unit {over[0]} has {met} answers of {households[over[0]]} households")
    return table, households


# --- The least and the greatest mix -----------------------------------------------------------


@compiled
def _extremes(
    table: Int64Array, size: Int64Array, area: Int64Array, area_count: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    low, high, weight = np.zeros(area_count), np.zeros(area_count), np.zeros(area_count)
    group_count = table.shape[1]
    if group_count == 0:
        return low, high, weight
    rising = np.zeros(group_count, np.int64)
    for unit in range(len(table)):
        if area[unit] < 0 or size[unit] < 2:
            continue
        for group in range(group_count):  # sorted by insertion: there are few groups
            at = group
            while at > 0 and rising[at - 1] > table[unit, group]:
                rising[at] = rising[at - 1]
                at -= 1
            rising[at] = table[unit, group]
        silent = size[unit] - rising.sum()
        alike = _same_pairs(rising[:-1]) + (rising[-1] + silent) * (rising[-1] + silent - 1)
        households = float(size[unit])
        weight[area[unit]] += households
        low[area[unit]] += households - alike / (households - 1.0)
        high[area[unit]] += households - _levelled_pairs(rising, silent) / (households - 1.0)
    return low, high, weight


@compiled
def _same_pairs(row: Int64Array) -> int:
    """Ordered pairs of the same group."""
    pairs = 0
    for count in row:
        pairs += count * (count - 1)
    return pairs


@compiled
def _levelled_pairs(rising: Int64Array, silent: int) -> int:
    """Pairs of the same group after the silent are poured onto the lowest groups until they stand level."""
    poured = silent
    for width in range(1, len(rising) + 1):
        poured += rising[width - 1]
        if width == len(rising) or poured <= width * rising[width]:
            level, more = poured // width, poured % width
            pairs = more * (level + 1) * level + (width - more) * level * (level - 1)
            return int(pairs + _same_pairs(rising[width:]))
    return 0
