"""The side of a building that faces a street: the nearest place of many outlines to one point each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Outlines:
    """Rings of many things, in metres; ring j belongs to thing `owner[j]`, owners ascending."""

    xy_m: Float
    start: NDArray[np.int64]
    owner: NDArray[np.int32]


def nearest_on_outline(outlines: Outlines, target_xy_m: Float) -> Float:
    """The place of each thing's outline nearest to its own target.

    Args:
        outlines: rings; things without a ring are allowed.
        target_xy_m: (n, 2) one point per thing.

    Returns:
        (n, 2) metres; the target itself where a thing has no outline.
    """
    nearest = target_xy_m.copy()
    first = np.ones(len(outlines.xy_m), bool)
    first[outlines.start[1:] - 1] = False  # the last vertex of a ring begins no side
    begin = np.flatnonzero(first)
    if not len(begin):
        return nearest
    thing = np.repeat(outlines.owner, np.diff(outlines.start))[begin]
    from_xy, to_xy, target = outlines.xy_m[begin], outlines.xy_m[begin + 1], target_xy_m[thing]
    side = to_xy - from_xy
    length2 = np.einsum("ij,ij->i", side, side)
    along = np.einsum("ij,ij->i", target - from_xy, side) / np.where(length2 > 0, length2, 1.0)
    place = from_xy + np.clip(along, 0.0, 1.0)[:, None] * side
    gap = place - target
    distance2 = np.einsum("ij,ij->i", gap, gap)

    group_start = np.flatnonzero(np.concatenate(([True], thing[1:] != thing[:-1])))
    least = np.minimum.reduceat(distance2, group_start)
    is_least = np.flatnonzero(distance2 == np.repeat(least, np.diff(np.append(group_start, len(thing)))))
    chosen, at = np.unique(thing[is_least], return_index=True)
    nearest[chosen] = place[is_least[at]]
    return nearest
