"""Straight-line distances: what the walk would be if nothing stood in the way."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree  # type: ignore[import-untyped,unused-ignore]

from grids.kernels.graph import UNREACHED, Uint16Array


def straight_distances(
    facility_xy_m: ArrayLike,
    facility_category: ArrayLike,
    building_xy_m: ArrayLike,
    *,
    category_count: int,
    cutoff_dm: int,
) -> Uint16Array:
    """The distance as the crow flies from every building to its nearest facility of every category.

    Args:
        facility_xy_m: (f, 2) metric coordinates.
        facility_category: (f,) 0..category_count-1.
        building_xy_m: (b, 2) metric coordinates.
        category_count: K.
        cutoff_dm: inclusive, compared after rounding to whole decimetres; at most 65,534.

    Returns:
        (K, b) decimetres, UNREACHED beyond the cutoff.
    """
    if not 0 <= cutoff_dm < UNREACHED:
        raise ValueError(f"cutoff of {cutoff_dm} dm, expected 0..{UNREACHED - 1}")
    facilities = np.asarray(facility_xy_m, np.float64).reshape(-1, 2)
    buildings = np.asarray(building_xy_m, np.float64).reshape(-1, 2)
    category = np.asarray(facility_category).reshape(-1)
    distance_dm = np.full((category_count, len(buildings)), UNREACHED, np.uint16)
    if not len(buildings):
        return distance_dm
    for chosen in range(category_count):
        here = facilities[category == chosen]
        if not len(here):
            continue
        # One decimetre beyond the cutoff may still round down to it.
        distance_m, _ = cKDTree(here).query(buildings, distance_upper_bound=(cutoff_dm + 1) / 10)
        rounded_dm = np.round(np.where(np.isfinite(distance_m), distance_m, UNREACHED) * 10)
        distance_dm[chosen] = np.where(rounded_dm <= cutoff_dm, rounded_dm, UNREACHED)
    return distance_dm
