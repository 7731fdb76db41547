"""Sums of weights per area: how many residents, dwellings or children are within a category's reach."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.graph import FloatArray, Int32Array, Uint16Array
from grids.kernels.jit import compiled


@dataclass(frozen=True, eq=False)
class CoveredWeights:
    """`covered` (areas, K, w) and `total` (areas, w); a share is covered[:, k] / total."""

    covered: FloatArray
    total: FloatArray


def covered_weights(
    walk_dm: Uint16Array,
    threshold_dm: ArrayLike,
    weights: ArrayLike,
    area_index: ArrayLike,
    *,
    area_count: int,
) -> CoveredWeights:
    """Weights of the buildings whose walk is at most the category's threshold, summed per area.

    Args:
        walk_dm: (K, b) walks, UNREACHED where there is none.
        threshold_dm: (K,) inclusive; a threshold never covers what is UNREACHED.
        weights: (w, b) or (b,) numbers per building, such as residents by age group.
        area_index: (b,) 0..area_count-1, or -1 for a building in no area.
        area_count: number of areas.

    Raises:
        ValueError: shapes that do not match, an area out of range.
    """
    walks = np.ascontiguousarray(walk_dm, np.uint16)
    thresholds = np.asarray(threshold_dm).reshape(-1).astype(np.int64)
    columns = np.ascontiguousarray(np.atleast_2d(np.asarray(weights, np.float64)))
    area = np.asarray(area_index).astype(np.int32).reshape(-1)
    category_count, building_count = walks.shape
    if len(thresholds) != category_count:
        raise ValueError(f"{len(thresholds)} thresholds for {category_count} categories")
    if columns.shape[1] != building_count or len(area) != building_count:
        raise ValueError(f"weights {columns.shape} and areas {area.shape} for {building_count} buildings")
    if building_count and (area.min() < -1 or area.max() >= area_count):
        raise ValueError(f"areas {area.min()}..{area.max()}, expected -1..{area_count - 1}")
    covered, total = _summed(
        walks, np.minimum(thresholds, 65_534), np.ascontiguousarray(columns.T), area, area_count
    )
    return CoveredWeights(covered, total)


@compiled
def _summed(
    walk_dm: Uint16Array,
    threshold_dm: NDArray[np.int64],
    weights: FloatArray,
    area: Int32Array,
    area_count: int,
) -> tuple[FloatArray, FloatArray]:
    category_count, building_count = walk_dm.shape
    column_count = weights.shape[1]
    covered = np.zeros((category_count, area_count, column_count))
    total = np.zeros((area_count, column_count))
    for building in range(building_count):
        if area[building] >= 0:
            for column in range(column_count):
                total[area[building], column] += weights[building, column]
    for category in range(category_count):
        within_dm = threshold_dm[category]
        for building in range(building_count):
            if walk_dm[category, building] <= within_dm and area[building] >= 0:
                for column in range(column_count):
                    covered[category, area[building], column] += weights[building, column]
    return covered.transpose((1, 0, 2)).copy(), total
