"""Unit × group counts as the mix kernels take them, and the words that they share."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.graph import FloatArray
from grids.kernels.jit import compiled

Int64Array = NDArray[np.int64]
CountArray = NDArray[Any]  # int64 or float64

# n ln n of small whole numbers: a look-up instead of a logarithm for every cell of the table.
TABLE_SIZE = 1 << 15
X_LN_X: FloatArray = np.concatenate(([0.0], np.arange(1.0, TABLE_SIZE) * np.log(np.arange(1.0, TABLE_SIZE))))


def as_counts(counts: ArrayLike) -> CountArray:
    """(n, K) int64, or float64 where a table is an estimate; a row is a unit, a column a group.

    Raises:
        ValueError: not two-dimensional, a negative or a missing number.
    """
    table = np.asarray(counts)
    if table.ndim != 2:
        raise ValueError(f"counts of shape {table.shape}, expected (units, groups)")
    table = np.ascontiguousarray(table, np.float64 if table.dtype.kind == "f" else np.int64)
    if table.size and not table.min() >= 0:
        raise ValueError(f"counts from {table.min()}, expected 0 or more")
    return table


def as_areas(area: ArrayLike, unit_count: int, area_count: int) -> Int64Array:
    """(n,) area of every unit, -1 for none.

    Raises:
        ValueError: another length, or an area out of range.
    """
    index = np.ascontiguousarray(np.asarray(area).reshape(-1), np.int64)
    if len(index) != unit_count:
        raise ValueError(f"{len(index)} areas for {unit_count} units")
    if unit_count and (index.min() < -1 or index.max() >= area_count):
        raise ValueError(f"areas {index.min()}..{index.max()}, expected -1..{area_count - 1}")
    return index


def quotient(top: ArrayLike, bottom: ArrayLike) -> FloatArray:
    """top / bottom, and 0 where the bottom is not positive: a figure that is not defined is never NaN."""
    above, below = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    result: FloatArray = np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
    return result


@compiled
def x_ln_x(x: float, table: FloatArray) -> float:
    """x ln x, 0 at 0."""
    if x <= 0:
        return 0.0
    whole = int(x)
    if whole < len(table) and whole == x:
        return float(table[whole])
    return float(x * np.log(x))


@compiled
def by_area(area: Int64Array, area_count: int) -> tuple[Int64Array, Int64Array]:
    """Units in order of their area, and where each area begins; units of no area are left out."""
    begin = np.zeros(area_count + 1, np.int64)
    for unit in range(len(area)):
        if area[unit] >= 0:
            begin[area[unit] + 1] += 1
    for index in range(area_count):
        begin[index + 1] += begin[index]
    place = begin[:-1].copy()
    order = np.empty(begin[area_count], np.int64)
    for unit in range(len(area)):
        if area[unit] >= 0:
            order[place[area[unit]]] = unit
            place[area[unit]] += 1
    return order, begin


@compiled
def added(total: float, lost: float, term: float) -> tuple[float, float]:
    """Kahan's sum: half a million terms lose no digit. Returns the new total and what it lost."""
    due = term - lost
    after = total + due
    return after, (after - total) - due
