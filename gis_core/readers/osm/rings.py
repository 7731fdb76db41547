"""Closed ways and multipolygon relations → valid polygons in lon/lat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely import MultiPolygon, Polygon

from gis_core.crs import LonLat
from gis_core.readers.osm.tables import Relation
from gis_core.readers.osm.types import IntArray, NodeTable, OsmProblem, WayTable

RING_ROLES = frozenset({"", "outer", "inner", "exclave", "enclave"})


def closed_way_polygons(
    nodes: NodeTable, ways: WayTable, chosen: IntArray, problems: list[OsmProblem]
) -> dict[int, Polygon | MultiPolygon]:
    """Polygon of each chosen way that is closed and whole, keyed by position in `ways`.

    A ring that crosses itself is mended and reported: the building stands, its outline
    was drawn badly.
    """
    whole = chosen[(ways.is_closed & ways.is_whole)[chosen]]
    table = ways.take(whole)
    if not len(table):
        return {}
    owner = np.repeat(np.arange(len(table)), table.sizes)
    shapes = shapely.polygons(shapely.linearrings(nodes.lonlat[table.row], indices=owner))
    for i in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        source_id = f"way/{table.id[i]}"
        shapes[i] = polygonal(shapely.make_valid(shapes[i]))
        place = nodes.place(int(table.refs(i)[0]))
        problems.append(
            OsmProblem(
                source_id,
                "invalid_outline" if shapes[i] is not None else "not_assembled",
                _("%(id)s 的轮廓自相交，已自动修正，请核对。") % {"id": source_id}
                if shapes[i] is not None
                else _("%(id)s 的轮廓没有面积，已忽略。") % {"id": source_id},
                place,
            )
        )
    return {int(at): shape for at, shape in zip(whole, shapes, strict=True) if shape is not None}


def polygonal(shape: shapely.Geometry) -> Polygon | MultiPolygon | None:
    """The areas of a geometry; None if it has none."""
    parts = [part for part in shapely.get_parts([shape]).tolist() if part.area > 0]
    areas = [area for part in parts for area in shapely.get_parts([part]) if isinstance(area, Polygon)]
    if not areas:
        return None
    return areas[0] if len(areas) == 1 else MultiPolygon(areas)


@dataclass(frozen=True)
class Assembly:
    """What became of a relation: its area, what was missing, what did not close."""

    geometry: Polygon | MultiPolygon | None
    way_ids: tuple[int, ...]
    node_ids: IntArray
    missing_ways: tuple[int, ...]
    open_ends: tuple[LonLat, ...]

    @property
    def is_complete(self) -> bool:
        return self.geometry is not None and not self.missing_ways and not self.open_ends


def assemble(relation: Relation, nodes: NodeTable, ways: WayTable) -> Assembly:
    """Area enclosed by the member ways of a relation.

    The ways are cut into pieces between neighbouring nodes; a piece that comes twice lies
    between two touching parts and is dropped; the rest encloses by the even-odd rule.
    Roles inner and outer are not believed, as mappers mix them up.
    """
    wanted = np.array(
        [m.ref for m in relation.members if m.kind == "w" and m.role in RING_ROLES], dtype=np.int64
    )
    at = positions(ways.id, wanted)
    found = ways.take(np.unique(at[at >= 0]))
    is_gap = ~found.is_whole
    missing = tuple(wanted[at < 0].tolist()) + tuple(found.id[is_gap].tolist())
    whole = found.take(np.flatnonzero(~is_gap & (found.sizes >= 2)))
    pieces = _pieces(whole)
    ends, degree = np.unique(pieces, return_counts=True)
    open_rows = ends[degree % 2 == 1]
    geometry = None
    if len(pieces):
        lines = shapely.linestrings(nodes.lonlat[pieces])
        geometry = polygonal(shapely.build_area(shapely.geometrycollections(lines)))
    if geometry is not None and not geometry.is_valid:
        geometry = polygonal(shapely.make_valid(geometry))
    return Assembly(
        geometry,
        tuple(whole.id.tolist()),
        np.unique(whole.ref),
        missing,
        tuple(LonLat(*map(float, nodes.lonlat[row])) for row in open_rows[:20]),
    )


def positions(sorted_ids: IntArray, wanted: IntArray) -> IntArray:
    """Where each wanted id stands in rising ids, -1 where it does not."""
    if not len(sorted_ids):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(sorted_ids, wanted), len(sorted_ids) - 1)
    return np.where(sorted_ids[at] == wanted, at, -1).astype(np.int64)


def _pieces(ways: WayTable) -> IntArray:
    """(p, 2) node rows of pieces that occur an odd number of times."""
    if not len(ways):
        return np.empty((0, 2), dtype=np.int64)
    inside = np.ones(max(len(ways.row) - 1, 0), dtype=bool)
    inside[ways.start[1:-1] - 1] = False
    pairs = np.column_stack((ways.row[:-1], ways.row[1:]))[inside]
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    once, count = np.unique(pairs, axis=0, return_counts=True)
    odd: IntArray = once[count % 2 == 1]
    return odd


def missing_sentence(source_id: str, assembly: Assembly) -> str:
    sentence: str = _("%(id)s 的成员围不成面，已忽略。") % {"id": source_id}
    if assembly.missing_ways:
        sentence = _(
            "%(id)s 有 %(count)d 条边界线不在文件中（%(listed)s 等），无法拼成面。请下载更大的范围。"
        ) % {
            "id": source_id,
            "count": len(assembly.missing_ways),
            "listed": "、".join(str(way) for way in assembly.missing_ways[:5]),
        }
    elif assembly.open_ends:
        lon, lat = assembly.open_ends[0]
        sentence = _("%(id)s 的边界在 (%(lon).6f, %(lat).6f) 处没有闭合，无法拼成面。") % {
            "id": source_id,
            "lon": lon,
            "lat": lat,
        }
    return sentence


def lines_of(
    nodes: NodeTable, ways: WayTable, chosen: Sequence[int] | IntArray
) -> dict[int, shapely.LineString]:
    """Line of each chosen way through the nodes that are there; two or more are needed."""
    table = ways.take(chosen)
    there = table.row >= 0
    owner = np.repeat(np.arange(len(table)), table.sizes)[there]
    size = np.bincount(owner, minlength=len(table))
    usable = size >= 2
    inside = usable[owner]
    if not inside.any():
        return {}
    rank = np.cumsum(usable) - 1
    shapes = shapely.linestrings(nodes.lonlat[table.row[there][inside]], indices=rank[owner[inside]])
    positions = np.asarray(chosen, dtype=np.int64)[usable]
    return dict(zip(positions.tolist(), shapes.tolist(), strict=True))
