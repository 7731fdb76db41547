"""The vertices of all walked ways, end to end: what `network.py` cuts into stretches."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_core.crs import FloatArray
from gis_core.readers.osm import OsmExtract, WayTable
from grids.housing.estates import EstateDraft
from grids.streets.walkability import Permission, is_square, way_permission

IntArray = NDArray[np.int64]
SAME_PLACE_DEG = 1e-7  # OSM's own resolution, about a centimetre


@dataclass(frozen=True)
class Vertices:
    """Vertex i belongs to way `way[i]` and to an unbroken piece of it, `piece[i]`.

    Args:
        ref: (v,) OSM node ids; negative where a way crosses an estate's outline between two nodes.
        is_end: (v,) first or last of its piece.
        way_compound: (w,) estate whose residents alone use a private way, else 0.
    """

    ref: IntArray
    lonlat: FloatArray
    way: IntArray
    piece: IntArray
    is_end: NDArray[np.bool_]
    way_id: IntArray
    way_tags: tuple[dict[str, str], ...]
    way_compound: IntArray
    way_is_square: NDArray[np.bool_]

    @property
    def compound(self) -> IntArray:
        return self.way_compound[self.way]


def walked_vertices(
    extract: OsmExtract, *, estates: Sequence[EstateDraft], within: BaseGeometry | None, counts: Counter[str]
) -> Vertices:
    """Choose the ways that people walk, lay their vertices end to end, add crossings with closed estates."""
    ways, compound = _walked_ways(extract, estates, counts)
    if within is not None:
        kept = _touching(ways, extract.nodes.lonlat, within)
        ways, compound = ways.take(np.flatnonzero(kept)), compound[kept]
    counts["ways"] = len(ways)
    way = np.repeat(np.arange(len(ways)), ways.sizes)
    counts["missing_nodes"] = int((ways.row < 0).sum())
    present = ways.row >= 0
    # A piece ends where a node is missing from the file.
    piece = np.cumsum(~present) + way
    repeated = np.zeros(len(way), dtype=np.bool_)
    repeated[1:] = (ways.ref[1:] == ways.ref[:-1]) & (way[1:] == way[:-1])
    kept = present & ~repeated
    ref, row, way, piece = ways.ref[kept], ways.row[kept], way[kept], piece[kept]
    _values, number, size = np.unique(piece, return_inverse=True, return_counts=True)
    long_enough = size[number] > 1
    ref, row, way, piece = ref[long_enough], row[long_enough], way[long_enough], number[long_enough]
    lonlat = extract.nodes.lonlat[row]
    ref, lonlat, way, piece = _with_outline_crossings(ref, lonlat, way, piece, estates, counts)
    changes = np.flatnonzero(np.diff(piece))
    is_end = np.zeros(len(piece), dtype=np.bool_)
    is_end[changes] = is_end[changes + 1] = True
    is_end[:1] = is_end[-1:] = True
    squares = np.array([is_square(tags) for tags in ways.tags], dtype=np.bool_) & ways.is_closed
    return Vertices(ref, lonlat, way, piece, is_end, ways.id, ways.tags, compound, squares)


def _walked_ways(
    extract: OsmExtract, estates: Sequence[EstateDraft], counts: Counter[str]
) -> tuple[WayTable, IntArray]:
    """The ways that somebody may walk, and each one's estate when only its residents may."""
    table = extract.ways_walkable
    permission = [way_permission(tags) for tags in table.tags]
    counts["ferries"] = sum(tags.get("route") == "ferry" for tags in table.tags)
    is_private = np.array([value is Permission.PRIVATE for value in permission], dtype=np.bool_)
    compound = _estate_of_private_ways(table, np.flatnonzero(is_private), extract.nodes.lonlat, estates)
    counts["private_ways"] = int(is_private.sum())
    counts["private_ways_of_estates"] = int((compound > 0).sum())
    is_public = np.array([value is Permission.PUBLIC for value in permission], dtype=np.bool_)
    kept = np.flatnonzero(is_public | (compound > 0))
    return table.take(kept), compound[kept]


def _estate_of_private_ways(
    table: WayTable, private: IntArray, lonlat: FloatArray, estates: Sequence[EstateDraft]
) -> IntArray:
    """(w,) number of the smallest estate that holds the middle of each private way, else 0."""
    compound = np.zeros(len(table), dtype=np.int64)
    if not len(private) or not estates:
        return compound
    by_size = sorted(estates, key=lambda estate: -estate.geometry.area)
    tree = shapely.STRtree([estate.geometry for estate in by_size])
    for at in private.tolist():
        rows = table.rows(at)
        rows = rows[rows >= 0]
        if len(rows) > 1:
            middle = shapely.line_interpolate_point(shapely.linestrings(lonlat[rows]), 0.5, normalized=True)
            holding = tree.query(middle, predicate="within")
            if len(holding):
                compound[at] = by_size[int(holding.max())].number
    return compound


def _touching(ways: WayTable, lonlat: FloatArray, within: BaseGeometry) -> NDArray[np.bool_]:
    """(w,) ways with a vertex inside."""
    shapely.prepare(within)
    inside = np.zeros(len(ways.row), dtype=np.bool_)
    known = ways.row >= 0
    inside[known] = shapely.contains_xy(within, lonlat[ways.row[known]])
    hits = np.concatenate(([0], np.cumsum(inside)))
    return np.asarray(hits[ways.start[1:]] > hits[ways.start[:-1]])


def _with_outline_crossings(
    ref: IntArray,
    lonlat: FloatArray,
    way: IntArray,
    piece: IntArray,
    estates: Sequence[EstateDraft],
    counts: Counter[str],
) -> tuple[IntArray, FloatArray, IntArray, IntArray]:
    """Add a vertex wherever a way crosses the outline of a closed estate between two of its nodes."""
    outlines = [shapely.boundary(estate.geometry) for estate in estates if estate.is_closed]
    joined = np.flatnonzero(piece[1:] == piece[:-1]) if len(piece) else np.empty(0, dtype=np.int64)
    if not outlines or not len(joined):
        return ref, lonlat, way, piece
    segments = shapely.linestrings(np.stack([lonlat[joined], lonlat[joined + 1]], axis=1))
    segment, outline = shapely.STRtree(outlines).query(segments, predicate="crosses")
    found: list[tuple[int, float, float, float]] = []  # after which vertex, how far along, lon, lat
    for s, o in zip(segment.tolist(), outline.tolist(), strict=True):
        for x, y in shapely.get_coordinates(shapely.intersection(segments[s], outlines[o])):
            point = shapely.Point(x, y)
            along = segments[s].project(point)
            if SAME_PLACE_DEG < along < segments[s].length - SAME_PLACE_DEG:
                found.append((int(joined[s]), along, x, y))
    counts["outline_crossings"] = len(found)
    if not found:
        return ref, lonlat, way, piece
    found.sort()
    after = np.array([row[0] for row in found]) + 1
    return (
        np.insert(ref, after, -1 - np.arange(len(found))),
        np.insert(lonlat, after, [row[2:] for row in found], axis=0),
        np.insert(way, after, way[after - 1]),
        np.insert(piece, after, piece[after - 1]),
    )
