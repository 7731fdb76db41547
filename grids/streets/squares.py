"""Straight walks over pedestrian squares: people cross a square, they do not walk round it."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.streets.street_vertices import Vertices

IntArray = NDArray[np.int64]
MOST_WAYS_IN = 24  # squares with more entries are walked round only


class CrossingEdges(NamedTuple):
    """Straight edges between vertices, as positions in `Vertices`."""

    source: IntArray
    target: IntArray


def crossing_edges(vertices: Vertices, is_junction: NDArray[np.bool_]) -> CrossingEdges:
    """Every straight line inside a square between two places where other ways meet its outline."""
    met = _met_by_other_ways(vertices) & is_junction
    pairs: list[tuple[int, int]] = []
    for way in np.flatnonzero(vertices.way_is_square).tolist():
        corners = np.flatnonzero(vertices.way == way)
        if len(corners) < 4 or vertices.ref[corners[0]] != vertices.ref[corners[-1]]:
            continue  # cut by the edge of the file
        pairs += _across(vertices, corners[:-1], met)
    made = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return CrossingEdges(made[:, 0], made[:, 1])


def _met_by_other_ways(vertices: Vertices) -> NDArray[np.bool_]:
    """(v,) the vertex's node is used by more than one way."""
    used = np.unique(np.column_stack([vertices.ref, vertices.way]), axis=0)
    refs, ways = np.unique(used[:, 0], return_counts=True)
    return np.isin(vertices.ref, refs[ways > 1])


def _across(vertices: Vertices, corners: IntArray, met: NDArray[np.bool_]) -> list[tuple[int, int]]:
    entries = np.flatnonzero(met[corners])
    if not 2 <= len(entries) <= MOST_WAYS_IN:
        return []
    outline = shapely.polygons(vertices.lonlat[corners])
    if not outline.is_valid:
        return []
    chosen = []
    for a, b in combinations(entries.tolist(), 2):
        is_side = b - a in (1, len(corners) - 1)  # the outline itself goes straight there
        line = shapely.linestrings(vertices.lonlat[corners[[a, b]]])
        if not is_side and outline.covers(line):
            chosen.append((int(corners[a]), int(corners[b])))
    return chosen
