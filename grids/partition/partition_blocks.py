"""Street blocks: the faces that streets, rails, water and estate walls cut a community into.

Everything here is in metres, on plain shapely geometries; no database. The faces cover their
community exactly: no gap, no overlap, because they come out of one noded set of lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Shapes = NDArray[np.object_]

PRECISION_M = 0.01
INSTITUTION_SHARE = 0.6  # of a block without households: above it the block is that institution's own grid
FOOTPRINT_STEP_M = 6.0
BOX_MARGIN_M = 5.0


@dataclass(frozen=True)
class GridRules:
    """Size of a grid in households, and how far two outlines may differ before it is a fault."""

    low: int = 300
    high: int = 500
    hard_low: int = 250
    hard_high: int = 600
    tolerance_m: float = 0.5

    def distance(self, households: int) -> int:
        """How many households a grid is away from the wanted band; outside the hard band thrice."""
        soft = max(self.low - households, households - self.high, 0)
        hard = max(self.hard_low - households, households - self.hard_high, 0)
        return soft + 2 * hard


@dataclass(frozen=True)
class CutLines:
    """What may bound a grid. Major lines are the ones nobody wants inside a grid."""

    minor: Shapes  # streets, lanes
    major: Shapes  # main roads, rails, water

    def around(self, shape: BaseGeometry) -> "CutLines":
        """The lines cut to the box of a shape: a town has thousands, a community a few dozen."""
        return CutLines(_within_box(self.minor, shape), _within_box(self.major, shape))


def _within_box(lines: Shapes, shape: BaseGeometry) -> Shapes:
    if not len(lines):
        return lines
    west, south, east, north = shape.bounds
    cut = shapely.clip_by_rect(
        lines, west - BOX_MARGIN_M, south - BOX_MARGIN_M, east + BOX_MARGIN_M, north + BOX_MARGIN_M
    )
    return cut[~shapely.is_empty(cut)]


@dataclass(frozen=True)
class Estates:
    """Estates of one community: never split unless they hold more than the hard upper bound."""

    shapes: Shapes
    households: IntArray


@dataclass(frozen=True)
class Standing:
    """Buildings of one community: where each stands and how many households it holds."""

    xy_m: FloatArray  # (n, 2) a point inside each
    footprints: Shapes
    households: IntArray


@dataclass(frozen=True)
class Blocks:
    """Faces with what stands in them; `building_block` gives each building's face."""

    shapes: Shapes
    households: IntArray
    building_block: IntArray
    is_institution: NDArray[np.bool_]


def blocks_of(
    community: BaseGeometry,
    lines: CutLines,
    estates: Estates,
    standing: Standing,
    institutions: Sequence[BaseGeometry],
    rules: GridRules,
) -> Blocks:
    """Cut one community into blocks; a block with too many households is cut again between its buildings."""
    faces = _faces(community, lines, estates, rules)
    faces = _cut_crowded(faces, standing, rules)
    building_block = _block_of_each(faces, standing.xy_m)
    households = np.zeros(len(faces), dtype=np.int64)
    np.add.at(households, building_block, standing.households)
    return Blocks(faces, households, building_block, _own_grid(faces, households, institutions))


def _faces(community: BaseGeometry, lines: CutLines, estates: Estates, rules: GridRules) -> Shapes:
    whole = shapely.set_precision(shapely.make_valid(community), PRECISION_M)
    keep_whole = estates.shapes[estates.households <= rules.hard_high]
    streets = shapely.union_all(np.concatenate([lines.minor, lines.major]))
    if len(keep_whole):
        streets = shapely.difference(streets, shapely.union_all(keep_whole))
    cuts = [streets, *shapely.boundary(estates.shapes)]
    inside = shapely.intersection(shapely.set_precision(shapely.union_all(cuts), PRECISION_M), whole)
    noded = shapely.union_all([inside, shapely.boundary(whole)], grid_size=PRECISION_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return _in_reading_order(faces[shapely.covers(whole, shapely.point_on_surface(faces))])


def _in_reading_order(faces: Shapes) -> Shapes:
    """A fixed order, whatever order the polygonizer used."""
    centre = shapely.get_coordinates(shapely.centroid(faces))
    return faces[np.lexsort((shapely.area(faces), np.round(centre[:, 0], 2), -np.round(centre[:, 1], 2)))]


def _block_of_each(faces: Shapes, xy_m: FloatArray) -> IntArray:
    """The face of each point; on a shared line the first face; beside all of them the nearest."""
    points = shapely.points(xy_m)
    tree = shapely.STRtree(faces)
    result = np.full(len(points), -1, dtype=np.int64)
    point, face = tree.query(points, predicate="intersects")
    order = np.lexsort((face, point))[::-1]
    result[point[order]] = face[order]
    stray = np.flatnonzero(result < 0)
    if len(stray):
        result[stray] = tree.nearest(points[stray])
    return result


def _own_grid(faces: Shapes, households: IntArray, institutions: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
    own = np.zeros(len(faces), dtype=bool)
    if not len(institutions):
        return own
    shapes = np.array(list(institutions), dtype=object)
    face, institution = shapely.STRtree(shapes).query(faces, predicate="intersects")
    share = shapely.area(shapely.intersection(faces[face], shapes[institution])) / shapely.area(faces[face])
    own[face[share >= INSTITUTION_SHARE]] = True
    return own & (households == 0)


def _cut_crowded(faces: Shapes, standing: Standing, rules: GridRules) -> Shapes:
    """Blocks above the hard bound fall apart into one cell a building; merging puts them together again."""
    block = _block_of_each(faces, standing.xy_m)
    households = np.zeros(len(faces), dtype=np.int64)
    np.add.at(households, block, standing.households)
    result: list[BaseGeometry] = []
    for index, face in enumerate(faces):
        inside = np.flatnonzero(block == index)
        if households[index] > rules.hard_high and len(inside) > 1:
            result.extend(_cells(face, standing.footprints[inside]))
        else:
            result.append(face)
    return _in_reading_order(np.array(result, dtype=object))


def _cells(face: BaseGeometry, footprints: Shapes) -> list[BaseGeometry]:
    """The part of a block nearest to each building: outlines run midway between walls, never through one."""
    rims = shapely.segmentize(shapely.boundary(footprints), FOOTPRINT_STEP_M)
    xy_m, owner = shapely.get_coordinates(shapely.set_precision(rims, PRECISION_M), return_index=True)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy_m), extend_to=face))
    _, first = np.unique(xy_m, axis=0, return_index=True)
    seeds = shapely.points(xy_m[first])
    cell, seed = shapely.STRtree(seeds).query(cells, predicate="contains")
    owner_of_cell = np.full(len(cells), -1, dtype=np.int64)
    owner_of_cell[cell] = owner[first][seed]
    walls = [
        shapely.boundary(shapely.union_all(cells[owner_of_cell == one], grid_size=PRECISION_M))
        for one in range(len(footprints))
    ]
    noded = shapely.union_all(
        [*shapely.intersection(walls, face), shapely.boundary(face)], grid_size=PRECISION_M
    )
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return [part for part in parts if shapely.covers(face, shapely.point_on_surface(part))]
