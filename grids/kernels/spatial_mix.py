"""How mixed the surroundings are: segregation between environments (Reardon and O'Sullivan 2004).

Every unit sees the groups around it, its own residents in full and others less the farther they live.
H̃ and R̃ compare these environments with the whole, each unit weighted by its own population (PySAL weighs
by the population of the environment, which counts the centre of a town many times). A profile over radii
tells whether separation is a matter of a courtyard or of a quarter (Reardon and others 2008).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from grids.kernels.counts import Int64Array, as_counts
from grids.kernels.graph import FloatArray
from grids.kernels.jit import compiled

FALLOFFS = {"triangular": 0, "biweight": 1, "flat": 2}


@dataclass(frozen=True, eq=False)
class SpatialProfile:
    """(R,) values, one a radius; 0 where one group lives alone, or nobody.

    Attributes:
        radii_m: as asked.
        h: 1 - Σ t Ẽ / (T E), spatial information theory.
        r: 1 - Σ t Ĩ / (T I), spatial relative diversity.
        neighbours: mean number of other inhabited units that an inhabited unit sees.
    """

    radii_m: FloatArray
    h: FloatArray
    r: FloatArray
    neighbours: FloatArray


def spatial_profile(
    points_m: ArrayLike, counts: ArrayLike, radii_m: ArrayLike, *, falloff: str = "triangular"
) -> SpatialProfile:
    """H̃ and R̃ with straight distances.

    Args:
        points_m: (n, 2) x, y in metres.
        counts: (n, K) residents by group; units of nobody neither see nor are seen.
        radii_m: (R,) beyond which nobody is seen, > 0.
        falloff: weight at distance d < R: "triangular" 1 - d/R, "biweight" (1 - (d/R)²)², "flat" 1.

    Raises:
        ValueError: shapes that do not match, a point or a radius that is not a number, another falloff.
    """
    table, points = as_counts(counts), np.ascontiguousarray(points_m, np.float64).reshape(-1, 2)
    radii = _checked_radii(radii_m)
    if len(points) != len(table):
        raise ValueError(f"{len(points)} points for {len(table)} units")
    if falloff not in FALLOFFS:
        raise ValueError(f"falloff {falloff!r}, expected one of {', '.join(FALLOFFS)}")
    inhabited = table.sum(axis=1) > 0
    own, xy_m = table[inhabited].astype(np.float64), points[inhabited]
    if not np.isfinite(xy_m).all():
        raise ValueError("a point of an inhabited unit is not a number")
    sums = np.zeros((len(radii), 3))
    for at, radius_m in enumerate(radii):
        order, begin, across = _cells(xy_m, float(radius_m))
        sums[at] = _sums_around(xy_m[order], own[order], begin, across, float(radius_m), FALLOFFS[falloff])
    return _profile(radii, own, sums)


def walking_profile(
    start: ArrayLike, neighbour: ArrayLike, walk_dm: ArrayLike, counts: ArrayLike, radii_m: ArrayLike
) -> SpatialProfile:
    """The same along the walking network, with weight 1 - walk/R.

    Args:
        start: (n + 1,) where the neighbours of each unit begin in the next two.
        neighbour, walk_dm: (m,) other units and the walk to them in decimetres. A unit sees itself
            without being named; a pair is to be listed from both sides.
        counts: (n, K), radii_m: (R,) as above.

    Raises:
        ValueError: shapes that do not match, a neighbour out of range.
    """
    table, radii = as_counts(counts), _checked_radii(radii_m)
    begin = np.ascontiguousarray(start, np.int64).reshape(-1)
    other = np.ascontiguousarray(neighbour, np.int64).reshape(-1)
    walk = np.ascontiguousarray(walk_dm, np.int64).reshape(-1)
    if len(begin) != len(table) + 1 or begin[0] != 0 or begin[-1] != len(other) or len(other) != len(walk):
        raise ValueError(
            f"{len(begin)} starts, {len(other)} neighbours, {len(walk)} walks, {len(table)} units"
        )
    if (np.diff(begin) < 0).any() or (len(other) and not 0 <= other.min() <= other.max() < len(table)):
        raise ValueError("starts must rise and neighbours be units")
    own = table.astype(np.float64)
    sums = np.stack([_sums_along(begin, other, walk, own, radius_m * 10.0) for radius_m in radii])
    return _profile(radii, own, sums)


def _checked_radii(radii_m: ArrayLike) -> FloatArray:
    radii = np.asarray(radii_m, np.float64).reshape(-1)
    if not len(radii) or not (np.isfinite(radii) & (radii > 0)).all():
        raise ValueError(f"radii {radii.tolist()}, expected metres above 0")
    return radii


def _profile(radii_m: FloatArray, own: FloatArray, sums: FloatArray) -> SpatialProfile:
    pooled = own.sum(axis=0)
    everyone, units = pooled.sum(), max(int((own.sum(axis=1) > 0).sum()), 1)
    none = np.zeros(len(radii_m))
    if (pooled > 0).sum() < 2:
        return SpatialProfile(radii_m, none, none, sums[:, 2] / units)
    whole = pooled[pooled > 0] / everyone
    entropy, interaction = -(whole * np.log(whole)).sum(), (whole * (1.0 - whole)).sum()
    return SpatialProfile(
        radii_m,
        1.0 - sums[:, 0] / (everyone * entropy),
        1.0 - sums[:, 1] / (everyone * interaction),
        sums[:, 2] / units,
    )


# --- Around a point -------------------------------------------------------------------------


def _cells(xy_m: FloatArray, radius_m: float) -> tuple[Int64Array, Int64Array, int]:
    """Points in order of square cells, where each cell begins, cells in a row; a margin of one all round.

    Cells are a radius wide, or wider where the points lie so far apart that most cells would be empty.
    """
    if not len(xy_m):
        return np.zeros(0, np.int64), np.zeros(2, np.int64), 1
    low, extent = xy_m.min(axis=0), np.ptp(xy_m, axis=0)
    width_m = radius_m
    while np.prod(extent / width_m + 3.0) > 4.0 * len(xy_m) + 64.0:
        width_m *= 1.25
    across, down = (np.floor(extent / width_m) + 3.0).astype(np.int64)
    column, row = (np.floor((xy_m - low) / width_m).astype(np.int64) + 1).T
    cell = row * across + column
    order = np.argsort(cell, kind="stable")
    begin = np.zeros(across * down + 1, np.int64)
    begin[1:] = np.cumsum(np.bincount(cell, minlength=across * down))
    return order, begin, int(across)


@compiled
def _weight(relative: float, falloff: int) -> float:
    if falloff == 0:
        return 1.0 - float(np.sqrt(relative))
    if falloff == 1:
        return (1.0 - relative) ** 2
    return 1.0


@compiled
def _add_environment(around: FloatArray, residents: float, sums: FloatArray) -> None:
    """Add one unit's t Ẽ and t Ĩ."""
    total = around.sum()
    entropy = 0.0
    same = 0.0
    for group in range(len(around)):
        share = around[group] / total
        if share > 0:
            entropy -= share * np.log(share)
            same += share * share
    sums[0] += residents * entropy
    sums[1] += residents * (1.0 - same)


@compiled
def _sums_around(
    xy_m: FloatArray, own: FloatArray, begin: Int64Array, across: int, radius_m: float, falloff: int
) -> FloatArray:
    """(3,) Σ t Ẽ, Σ t Ĩ, neighbours seen. Three rows of three cells are three runs of points."""
    sums = np.zeros(3)
    group_count = own.shape[1]
    around = np.zeros(group_count)
    limit = radius_m * radius_m
    for cell in range(len(begin) - 1):
        for unit in range(begin[cell], begin[cell + 1]):
            x, y = xy_m[unit]
            around[:] = 0.0
            for row in range(-1, 2):
                middle = cell + row * across
                for other in range(begin[middle - 1], begin[middle + 2]):
                    squared = (xy_m[other, 0] - x) ** 2 + (xy_m[other, 1] - y) ** 2
                    if squared < limit:
                        weight = _weight(squared / limit, falloff)
                        sums[2] += 1.0
                        for group in range(group_count):
                            around[group] += weight * own[other, group]
            sums[2] -= 1.0
            _add_environment(around, own[unit].sum(), sums)
    return sums


@compiled
def _sums_along(
    start: Int64Array, neighbour: Int64Array, walk_dm: Int64Array, own: FloatArray, radius_dm: float
) -> FloatArray:
    sums = np.zeros(3)
    for unit in range(len(start) - 1):
        residents = own[unit].sum()
        if residents <= 0:
            continue
        around = own[unit].copy()
        for at in range(start[unit], start[unit + 1]):
            other = neighbour[at]
            if other != unit and walk_dm[at] < radius_dm and own[other].sum() > 0:
                around += (1.0 - walk_dm[at] / radius_dm) * own[other]
                sums[2] += 1.0
        _add_environment(around, residents, sums)
    return sums
