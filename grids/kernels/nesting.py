"""Where difference lives: exact splits over areas in areas (building, grid, community, street).

Of all pairs of residents that differ, so many live in the same building, so many in the same grid but
another building, and so on: integers that add up to the last pair. The mutual information M of group and
place splits over the same levels (Theil 1972; Mora and Ruiz-Castillo 2011), as floating-point numbers.

`parents` is a list from leaf to root: parents[0] gives every unit its grid, parents[1] every grid its
community, … A parent of -1 is none: units below it take part in nothing, and `left_out` counts them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.counts import X_LN_X, CountArray, Int64Array, added, as_counts, x_ln_x
from grids.kernels.graph import FloatArray
from grids.kernels.jit import compiled

IntegerArray = NDArray[Any]  # int64, or object with Python's integers
MAX_EXACT = 3_000_000_000  # its square still fits 63 bits


@dataclass(frozen=True, eq=False)
class PairSplit:
    """Pairs of residents of the same top area, by the smallest area that holds both.

    Attributes:
        differing: (L+1,) pairs of different groups: in the same unit, in the same parents[0] but another
            unit, … in the same top area but another area of the level below it.
        pairs: (L+1,) all pairs, so that differing/pairs is the share that differ at each level.
        left_out: units with no way to the top.

    They are int64, or Python's own integers (dtype object) beyond three milliard residents.
    """

    differing: IntegerArray
    pairs: IntegerArray
    left_out: int

    @property
    def total_differing(self) -> int:
        return int(self.differing.sum())

    @property
    def total_pairs(self) -> int:
        return int(self.pairs.sum())


@dataclass(frozen=True, eq=False)
class AreaPairSplit:
    """`PairSplit` of every top area: `differing` and `pairs` are (A, L+1)."""

    differing: IntegerArray
    pairs: IntegerArray
    left_out: int


@dataclass(frozen=True, eq=False)
class NestedInformation:
    """Segregation M = H(group) - H(group | unit) as a sum over levels.

    Attributes:
        m_levels: (L+1,) between the units of a parents[0], between those of a parents[1], … and last
            between the top areas. Each is 0 or more; they add up to m.
        h_levels: (L+1,) m_levels / entropy; they add up to h.
        m, h: of the units against the whole.
        entropy: E of the whole; where it is 0 (one group, nobody) everything is 0.
    """

    m_levels: FloatArray
    h_levels: FloatArray
    m: float
    h: float
    entropy: float
    left_out: int


def pair_split(counts: ArrayLike, parents: Sequence[ArrayLike]) -> PairSplit:
    """Split the pairs within all top areas together; see `PairSplit`.

    Args:
        counts: (n, K) whole numbers.
        parents: L arrays from leaf to root; without any, the units are the top.

    Raises:
        ValueError: counts that are no whole numbers, arrays that do not chain.
    """
    split = pair_split_of_areas(counts, parents)
    return PairSplit(split.differing.sum(axis=0), split.pairs.sum(axis=0), split.left_out)


def pair_split_of_areas(
    counts: ArrayLike, parents: Sequence[ArrayLike], *, top_count: int | None = None
) -> AreaPairSplit:
    """The same for every top area by itself.

    Args:
        top_count: number of top areas, by default one more than the highest number that occurs.
    """
    table = as_counts(counts)
    if table.dtype.kind == "f":
        raise ValueError("a split in pairs needs whole numbers, these counts are fractions")
    tops = _tops(len(table), parents, top_count)
    if float(table.sum(dtype=np.float64)) > MAX_EXACT:
        table = table.astype(object)
    within = []
    for level, sums in enumerate(_levels(table, parents, tops)):
        count = _pairs_of_large if sums.dtype == object else _pairs
        within.append(count(sums, tops[level], len(tops[-1])))
    split = np.stack(within, axis=2)  # (2, A, L+1)
    split[:, :, 1:] -= split[:, :, :-1].copy()
    return AreaPairSplit(split[0], split[1], int((tops[0] < 0).sum()))


def nested_information(counts: ArrayLike, parents: Sequence[ArrayLike]) -> NestedInformation:
    """Split M over the levels; counts may be estimates. See `NestedInformation`.

    Raises:
        ValueError: arrays that do not chain, a negative count.
    """
    table = as_counts(counts)
    tops = _tops(len(table), parents, None)
    levels = _levels(table, parents, tops)
    everyone = levels[-1].sum(axis=0)[None, :]
    left_out = int((tops[0] < 0).sum())
    if (everyone > 0).sum() < 2:
        none = np.zeros(len(levels))
        return NestedInformation(none, none, 0.0, 0.0, 0.0, left_out)
    inside = np.array([_entropy_inside(sums, X_LN_X) for sums in [*levels, everyone]]) / everyone.sum()
    m_levels = np.maximum(np.diff(inside), 0.0)
    m, entropy = float(m_levels.sum()), float(inside[-1])
    return NestedInformation(m_levels, m_levels / entropy, m, m / entropy, entropy, left_out)


# --- Levels -------------------------------------------------------------------------------


def _tops(unit_count: int, parents: Sequence[ArrayLike], top_count: int | None) -> list[Int64Array]:
    """For every level the top area of each of its areas, -1 where a parent is missing on the way."""
    steps = [np.asarray(step).reshape(-1).astype(np.int64) for step in parents]
    highest = int(steps[-1].max(initial=-1)) + 1 if steps else unit_count
    sizes = (
        [unit_count, *(len(step) for step in steps[1:]), max(highest, top_count or 0)] if steps else [highest]
    )
    for level, step in enumerate(steps):
        above = sizes[level + 1] if top_count is None or level + 1 < len(steps) else top_count
        if len(step) != sizes[level]:
            raise ValueError(f"{len(step)} parents at level {level}, expected {sizes[level]}")
        if len(step) and (step.min() < -1 or step.max() >= above):
            raise ValueError(f"parents {step.min()}..{step.max()} at level {level}, expected -1..{above - 1}")
    tops = [np.arange(sizes[-1])]
    for step in reversed(steps):
        tops.insert(0, np.append(tops[0], -1)[step])  # -1 picks the last
    return tops


def _levels(table: CountArray, parents: Sequence[ArrayLike], tops: list[Int64Array]) -> list[CountArray]:
    """Counts of the units, of the grids, …, of the top areas, without units that have no top."""
    if (tops[0] < 0).any():
        table = np.where((tops[0] >= 0)[:, None], table, 0)
    levels = [table]
    for level, step in enumerate(parents):
        add = _add_large if table.dtype == object else _add_rows
        levels.append(add(levels[-1], np.asarray(step).reshape(-1).astype(np.int64), len(tops[level + 1])))
    return levels


@compiled
def _add_rows(table: CountArray, parent: Int64Array, count: int) -> CountArray:
    sums = np.zeros((count, table.shape[1]), table.dtype)
    for row in range(len(table)):
        if parent[row] >= 0:
            for group in range(table.shape[1]):
                sums[parent[row], group] += table[row, group]
    return sums


@compiled
def _pairs(table: Int64Array, top: Int64Array, top_count: int) -> Int64Array:
    """(2, A) differing and all pairs within the rows, summed per top area."""
    pairs = np.zeros((2, top_count), np.int64)
    for row in range(len(table)):
        if top[row] >= 0:
            total = 0
            differing = 0
            for group in range(table.shape[1]):
                differing += total * table[row, group]
                total += table[row, group]
            pairs[0, top[row]] += differing
            pairs[1, top[row]] += total * (total - 1) // 2
    return pairs


@compiled
def _entropy_inside(table: CountArray, logarithms: FloatArray) -> float:
    """Σ over rows of t E = t ln t - Σ n ln n."""
    inside = 0.0
    lost = 0.0
    for row in range(len(table)):
        total = 0.0
        of_row = 0.0
        for group in range(table.shape[1]):
            total += table[row, group]
            of_row -= x_ln_x(table[row, group], logarithms)
        inside, lost = added(inside, lost, of_row + x_ln_x(total, logarithms))
    return inside


def _add_large(table: CountArray, parent: Int64Array, count: int) -> CountArray:
    sums = np.zeros((count, table.shape[1]), object)
    np.add.at(sums, parent[parent >= 0], table[parent >= 0])
    return sums


def _pairs_of_large(table: CountArray, top: Int64Array, top_count: int) -> IntegerArray:
    pairs = np.zeros((2, top_count), object)
    below = np.cumsum(table, axis=1) - table
    total = table.sum(axis=1)
    for row, per_row in enumerate(((below * table).sum(axis=1), total * (total - 1) // 2)):
        np.add.at(pairs[row], top[top >= 0], per_row[top >= 0])
    return pairs
