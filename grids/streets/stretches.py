"""Stretches of street between junctions while a network is made: cut, crossed, contracted."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_core.crs import FloatArray, geodesic_segments_m
from grids.streets.squares import crossing_edges
from grids.streets.street_vertices import Vertices

IntArray = NDArray[np.int64]


@dataclass
class Stretches:
    """Edges while they are made: ends are node keys, vertices lie end to end."""

    source: IntArray
    target: IntArray
    way: IntArray  # position in the way table
    length_m: FloatArray
    length_dm: IntArray
    lonlat: FloatArray
    start: IntArray
    is_crossing: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.source)

    def take(self, chosen: NDArray[np.bool_] | IntArray) -> "Stretches":
        at = np.flatnonzero(chosen) if np.asarray(chosen).dtype == np.bool_ else np.asarray(chosen)
        sizes = np.diff(self.start)[at]
        start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        flat = np.repeat(self.start[at] - start[:-1], sizes) + np.arange(start[-1])
        return Stretches(
            self.source[at],
            self.target[at],
            self.way[at],
            self.length_m[at],
            self.length_dm[at],
            self.lonlat[flat],
            start,
            self.is_crossing[at],
        )


def cut_at_junctions(
    vertices: Vertices, is_junction: NDArray[np.bool_], node_key: tuple[IntArray, IntArray]
) -> Stretches:
    """Cut every piece of way at its junctions."""
    cuts = np.flatnonzero(is_junction)
    same_piece = vertices.piece[cuts[:-1]] == vertices.piece[cuts[1:]] if len(cuts) else np.empty(0, bool)
    first, last = cuts[:-1][same_piece], cuts[1:][same_piece]
    along_m = _metres_along(vertices)
    along_dm = np.rint(along_m * 10).astype(np.int64)
    sizes = last - first + 1
    start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    flat = np.repeat(first - start[:-1], sizes) + np.arange(start[-1])
    return Stretches(
        source=node_key[0][first],
        target=node_key[1][last],
        way=vertices.way[first],
        length_m=along_m[last] - along_m[first],
        length_dm=along_dm[last] - along_dm[first],
        lonlat=vertices.lonlat[flat],
        start=start,
        is_crossing=np.zeros(len(first), dtype=np.bool_),
    )


def _metres_along(vertices: Vertices) -> FloatArray:
    """(v,) geodesic metres from the start of each vertex's piece of way."""
    if not len(vertices.ref):
        return np.empty(0)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(vertices.piece) != 0)))
    pieces_m = geodesic_segments_m(vertices.lonlat, np.append(starts, len(vertices.ref)))
    step_m = np.zeros(len(vertices.ref))
    inner = np.ones(len(vertices.ref), dtype=np.bool_)
    inner[starts] = False
    step_m[inner] = pieces_m
    total_m = np.cumsum(step_m)
    piece_number = np.cumsum(~inner) - 1
    return np.asarray(total_m - total_m[starts][piece_number])


def with_square_crossings(
    edges: Stretches,
    vertices: Vertices,
    is_junction: NDArray[np.bool_],
    node_key: tuple[IntArray, IntArray],
    counts: Counter[str],
) -> Stretches:
    found = crossing_edges(vertices, is_junction)
    if not len(found.source):
        return edges
    lonlat = np.stack([vertices.lonlat[found.source], vertices.lonlat[found.target]], axis=1).reshape(-1, 2)
    length_m = geodesic_segments_m(lonlat, np.arange(0, len(lonlat) + 1, 2))
    counts["area_crossings"] = len(found.source)
    return Stretches(
        source=np.concatenate([edges.source, node_key[0][found.source]]),
        target=np.concatenate([edges.target, node_key[0][found.target]]),
        way=np.concatenate([edges.way, vertices.way[found.source]]),
        length_m=np.concatenate([edges.length_m, length_m]),
        length_dm=np.concatenate([edges.length_dm, np.rint(length_m * 10).astype(np.int64)]),
        lonlat=np.concatenate([edges.lonlat, lonlat]),
        start=np.concatenate([edges.start, edges.start[-1] + np.arange(2, len(lonlat) + 1, 2)]),
        is_crossing=np.concatenate([edges.is_crossing, np.ones(len(found.source), dtype=np.bool_)]),
    )


def contract_points(edges: Stretches, counts: Counter[str]) -> Stretches:
    """Join the ends of stretches whose vertices all lie in one place, and drop those stretches."""
    is_point = edges.length_m <= 0.0
    if not is_point.any():
        return edges
    size = int(max(edges.source.max(), edges.target.max())) + 1
    links = coo_array(
        (np.ones(int(is_point.sum())), (edges.source[is_point], edges.target[is_point])), shape=(size, size)
    )
    label = connected_components(links, directed=False)[1].astype(np.int64)
    lowest = np.full(int(label.max()) + 1, size, dtype=np.int64)
    np.minimum.at(lowest, label, np.arange(size))
    counts["points_contracted"] = int(is_point.sum())
    kept = edges.take(~is_point)
    kept.source, kept.target = lowest[label[kept.source]], lowest[label[kept.target]]
    return kept
