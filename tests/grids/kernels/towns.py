"""Small towns for the kernel tests, and a slow second opinion on every walk.

`split_walks` inserts every facility and every building into the network as a vertex of its own
and asks scipy, so it shares no idea with the kernels except the meaning of an edge.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from grids.kernels.graph import UNREACHED, Spots, StreetGraph, build_graph


@dataclass
class Town:
    """Edges as plain columns, and the spots on them."""

    xy_m: NDArray[np.float64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    length_dm: NDArray[np.int64]
    compound: NDArray[np.int64] | None = None
    facilities: Spots = field(default_factory=lambda: Spots.of([], []))
    category: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    buildings: Spots = field(default_factory=lambda: Spots.of([], []))

    def graph(self) -> StreetGraph:
        return build_graph(self.xy_m, self.source, self.target, self.length_dm, edge_compound=self.compound)

    @property
    def node_count(self) -> int:
        return len(self.xy_m)


def lattice(blocks: int, block_dm: int = 2000) -> Town:
    """(blocks + 1)² junctions; (x, y) has number y * (blocks + 1) + x; streets along x come first."""
    side = blocks + 1
    node = np.arange(side * side).reshape(side, side)
    source = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    target = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    rows, columns = np.divmod(np.arange(side * side), side)
    xy_m = np.column_stack([columns, rows]) * (block_dm / 10)
    return Town(xy_m, source, target, np.full(len(source), block_dm))


def random_town(seed: int, *, nodes: int = 60, categories: int = 5, longest_dm: int = 6000) -> Town:
    """A tangle with everything that goes wrong in real extracts.

    Parallel edges, self-loops, edges of no length, edges of 3 and 5 km, isolated nodes and
    components, spots at both ends of edges and outside them, spots that are not snapped.
    """
    rng = np.random.default_rng(seed)
    count = nodes * 3 // 2
    source, target = rng.integers(0, nodes, count), rng.integers(0, nodes, count)
    near = rng.random(count) < 0.7
    target[near] = np.clip(source[near] + rng.integers(-3, 4, near.sum()), 0, nodes - 1)
    length_dm = rng.integers(0, longest_dm, count)
    length_dm[rng.random(count) < 0.1] = 0
    twins = rng.integers(0, count, 12)
    source, target = np.r_[source, target[twins]], np.r_[target, source[twins]]
    length_dm = np.r_[length_dm, length_dm[twins] + rng.integers(0, 900, 12)]
    length_dm[rng.integers(0, len(length_dm), 2)] = [30_000, 50_000]
    town = Town(rng.uniform(-500, 500, (nodes, 2)), source, target, length_dm)
    town.facilities = random_spots(rng, 40, length_dm)
    town.category = rng.integers(0, categories, 40)
    town.buildings = random_spots(rng, 80, length_dm)
    return town


def random_spots(rng: np.random.Generator, count: int, length_dm: NDArray[np.int64]) -> Spots:
    edge = rng.integers(-1, len(length_dm), count)
    offset_dm = np.floor(rng.random(count) * (length_dm[edge] + 1)).astype(int)
    corner = rng.random(count)
    offset_dm = np.where(corner < 0.1, 0, np.where(corner > 0.9, length_dm[edge], offset_dm))
    offset_dm = np.where(corner < 0.02, offset_dm - 7, np.where(corner > 0.98, offset_dm + 7, offset_dm))
    return Spots.of(edge, offset_dm, rng.integers(0, 400, count) * (rng.random(count) < 0.7))


def split_walks(town: Town, cutoff_dm: int, category_count: int) -> NDArray[np.uint16]:
    """(K, b) walks from the split graph: facilities and buildings are vertices on their edges."""
    between = split_distances(town)
    walk_dm = np.full((category_count, len(town.buildings)), UNREACHED, np.uint16)
    for category in range(category_count):
        chosen = np.flatnonzero(town.category == category)
        if len(chosen) and len(town.buildings):
            nearest = between[:, chosen].min(axis=1)
            walk_dm[category] = np.where(nearest <= cutoff_dm, np.minimum(nearest, UNREACHED), UNREACHED)
    return walk_dm


def split_distances(town: Town) -> NDArray[np.float64]:
    """(b, f) walk of every building to every facility including access legs, inf where there is none."""
    spots = [*_placed(town.facilities, town.length_dm), *_placed(town.buildings, town.length_dm)]
    facility_count, spot_count = len(town.facilities), len(town.facilities) + len(town.buildings)
    first = town.node_count
    on_edge: dict[int, list[tuple[int, int]]] = {}
    links: list[tuple[int, int, int]] = []
    for number, (edge, along_dm, leg_dm) in enumerate(spots):
        if edge >= 0:
            on_edge.setdefault(edge, []).append((along_dm, first + number))
            links.append((first + number, first + spot_count + number, leg_dm))
    for edge, (a, b, length) in enumerate(zip(town.source, town.target, town.length_dm, strict=True)):
        stops = [(0, int(a)), *sorted(on_edge.get(edge, [])), (int(length), int(b))]
        links += [(p, q, t - s) for (s, p), (t, q) in pairwise(stops)]
    size = first + 2 * spot_count
    best: dict[tuple[int, int], int] = {}
    for p, q, dm in links:
        best[(p, q)] = min(dm, best.get((p, q), dm))
        best[(q, p)] = min(dm, best.get((q, p), dm))
    pairs = np.array(list(best), int).reshape(-1, 2)
    # scipy drops stored zeros: a thousandth of a decimetre stands for "no length", and is rounded off.
    lengths = np.maximum(np.array(list(best.values()), float), 1e-6)
    matrix = csr_array((lengths, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    if not spot_count:
        return np.zeros((0, 0))
    starts = first + spot_count + facility_count + np.arange(len(town.buildings))
    if not len(starts):
        return np.zeros((0, facility_count))
    walks = dijkstra(matrix, directed=True, indices=starts)
    return np.round(walks[:, first + spot_count : first + spot_count + facility_count], 1)


def _placed(spots: Spots, length_dm: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    placed = []
    for edge, offset_dm, leg_dm in zip(
        spots.edge.tolist(), spots.offset_dm.tolist(), spots.access_dm.tolist(), strict=True
    ):
        placed.append((edge, min(max(offset_dm, 0), int(length_dm[edge])) if edge >= 0 else 0, leg_dm))
    return placed
