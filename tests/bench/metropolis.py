"""A synthetic metropolis of any size: the same town on every machine, so that figures can be compared.

A square grid of junctions, 100 m apart and jittered by up to 20 m, keeps each street with
probability 0.64 (just above the percolation threshold of 0.5: long detours, many dead ends) and
then its largest component. Twelve density centres draw facilities and buildings. Node numbers
are shuffled, since a real import does not arrive in a helpful order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array  # type: ignore[import-untyped,unused-ignore]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped,unused-ignore]

from grids.kernels.graph import Spots

SIDES = {"10 k": 107, "106 k": 331, "1.05 M": 1040, "4.2 M": 2078}
PITCH_M = 100.0
JITTER_M = 20.0
KEEP_PROBABILITY = 0.64
CENTRE_COUNT = 12
CATEGORY_COUNT = 30
FULL_SIDE = 1040
FULL_FACILITIES, FULL_BUILDINGS, FULL_RESIDENTS = 100_001, 500_000, 10_100_000
FEWEST, MOST = 282, 15_784  # facilities of the rarest and of the commonest category in the full town


@dataclass(frozen=True)
class Metropolis:
    xy_m: NDArray[np.float64]
    edge_source: NDArray[np.int32]
    edge_target: NDArray[np.int32]
    edge_length_dm: NDArray[np.int32]
    facilities: Spots
    facility_category: NDArray[np.int32]
    buildings: Spots
    residents: NDArray[np.int32]


def build_metropolis(side: int, seed: int = 20240607) -> Metropolis:
    """A town of `side` x `side` junctions before the largest component is kept."""
    rng = np.random.default_rng(seed)
    xy_m, source, target = _streets(side, rng)
    gap_m = np.hypot(*(xy_m[source] - xy_m[target]).T)
    length_dm = np.ceil(gap_m * rng.uniform(1.0, 1.12, len(gap_m)) * 10).astype(np.int32)

    scale = (side / FULL_SIDE) ** 2
    chance = _edge_density(xy_m, source, target, side, rng)
    category = np.repeat(np.arange(CATEGORY_COUNT, dtype=np.int32), _facility_counts(scale))
    rng.shuffle(category)
    facilities = _spots_on_edges(len(category), chance, length_dm, rng)
    buildings = _spots_on_edges(round(FULL_BUILDINGS * scale), chance, length_dm, rng)
    mean_residents = FULL_RESIDENTS / FULL_BUILDINGS
    residents = rng.poisson(rng.gamma(2.0, mean_residents / 2.0, len(buildings))).astype(np.int32)
    return Metropolis(xy_m, source, target, length_dm, facilities, category, buildings, residents)


def _streets(
    side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    node = np.arange(side * side).reshape(side, side)
    source = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    target = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    kept = rng.random(len(source)) < KEEP_PROBABILITY
    source, target = source[kept], target[kept]
    rows, columns = np.divmod(np.arange(side * side), side)
    xy_m = np.column_stack([columns, rows]) * PITCH_M + rng.uniform(-JITTER_M, JITTER_M, (side * side, 2))

    links = coo_array((np.ones(len(source), np.int8), (source, target)), shape=(side * side, side * side))
    label = connected_components(links, directed=False)[1]
    in_giant = label == np.bincount(label).argmax()
    file_number = np.full(side * side, -1, np.int32)
    file_number[in_giant] = rng.permutation(in_giant.sum()).astype(np.int32)
    in_file = np.empty((in_giant.sum(), 2))
    in_file[file_number[in_giant]] = xy_m[in_giant]
    edges = rng.permutation(np.flatnonzero(in_giant[source]))
    return in_file, file_number[source[edges]], file_number[target[edges]]


def _edge_density(
    xy_m: NDArray[np.float64],
    source: NDArray[np.int32],
    target: NDArray[np.int32],
    side: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """(e,) cumulative chance of each edge to be drawn: a flat share plus twelve centres."""
    extent_m = side * PITCH_M
    middle_m = (xy_m[source] + xy_m[target]) / 2
    weight = np.full(len(source), 0.04)
    for centre_m in rng.uniform(0.1, 0.9, (CENTRE_COUNT, 2)) * extent_m:
        weight += np.exp(-np.hypot(*(middle_m - centre_m).T) / (0.05 * extent_m))
    return np.asarray(np.cumsum(weight / weight.sum()))


def _spots_on_edges(
    count: int, chance: NDArray[np.float64], length_dm: NDArray[np.int32], rng: np.random.Generator
) -> Spots:
    edge = np.minimum(np.searchsorted(chance, rng.random(count)), len(chance) - 1)
    offset_dm = np.floor(rng.random(count) * (length_dm[edge] + 1)).astype(np.int32)
    return Spots.of(edge, offset_dm, rng.integers(0, 300, count))


def _facility_counts(scale: float) -> NDArray[np.int64]:
    """(30,) facilities per category, from rare to common, at least one each."""
    place = np.arange(CATEGORY_COUNT) / (CATEGORY_COUNT - 1)
    counts = np.round(FEWEST * (MOST / FEWEST) ** (place**1.3311)).astype(np.int64)
    counts[-2] += FULL_FACILITIES - counts.sum()  # the curve alone misses the total by a few
    return np.asarray(np.maximum(1, np.round(counts * scale)), np.int64)
