"""The sea of a base map, from OSM's coastlines: land on the left of a line, water on its right.

An extract rarely holds a whole coast, so loose ends are carried on in the direction of the stretch they end,
out to the frame of the drawing. That part is a drawing, not a survey; nothing is computed with it.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

MARGIN_DEG = 0.04  # how far beyond the coast the sea is drawn
BESIDE_DEG = 1e-6  # about 0.1 m: far enough to tell the sides apart, nearer than any other line


def sea_polygons(coastlines: Sequence[LineString]) -> list[Polygon]:
    """The water beside these coastlines, within a frame around them; none when there is no coast."""
    lines = [line for line in coastlines if line.length > 0]
    if not lines:
        return []
    merged = shapely.line_merge(shapely.MultiLineString(lines), directed=True)
    chains = [merged] if isinstance(merged, LineString) else list(merged.geoms)
    west, south, east, north = shapely.total_bounds(chains)
    frame = shapely.box(west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    carried = [_carry_on(chain, frame) for chain in chains]
    noded = shapely.node(shapely.GeometryCollection([frame.exterior, *carried]))
    faces = [face for face in shapely.polygonize([noded]).geoms if isinstance(face, Polygon)]
    wet = _water_votes(faces, chains)
    return [face for face, votes in zip(faces, wet, strict=True) if votes > 0]


def _carry_on(chain: LineString, frame: Polygon) -> LineString:
    """A chain whose loose ends reach the frame; a closed one is an island or a lake and stays."""
    points = shapely.get_coordinates(chain)
    if chain.is_closed:
        return chain
    reach = math.hypot(*(np.array(frame.bounds[2:]) - np.array(frame.bounds[:2])))
    way = points[-1] - points[0]
    step = way / max(float(np.hypot(*way)), 1e-12) * reach
    ends = []
    for point, outward in ((points[0], -step), (points[-1], step)):
        ray = shapely.intersection(LineString([point, point + outward]), frame)
        ends.append(shapely.get_coordinates(ray)[-1])
    return LineString(np.vstack([ends[0], points, ends[1]]))


def _water_votes(faces: Sequence[BaseGeometry], chains: Sequence[LineString]) -> np.ndarray:
    """Per face: coast segments that have it on their right, less those that have it on their left."""
    votes = np.zeros(len(faces), dtype=np.int64)
    if not faces:
        return votes
    tree = shapely.STRtree(faces)
    for chain in chains:
        points = shapely.get_coordinates(chain)
        along = np.diff(points, axis=0)
        across = np.column_stack([along[:, 1], -along[:, 0]])  # to the right of the direction
        length = np.maximum(np.hypot(across[:, 0], across[:, 1])[:, None], 1e-15)
        middle, side = (points[:-1] + points[1:]) / 2, across / length * BESIDE_DEG
        for offset, vote in ((side, 1), (-side, -1)):
            _, hit = tree.query(shapely.points(middle + offset), predicate="within")
            np.add.at(votes, hit, vote)
    return votes
