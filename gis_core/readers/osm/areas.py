"""Every object of the file that encloses something, and the administrative boundaries."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from shapely import MultiPolygon, Polygon

from gis_core.crs import LonLat
from gis_core.readers.osm import kinds
from gis_core.readers.osm.rings import Assembly, assemble, closed_way_polygons, missing_sentence
from gis_core.readers.osm.tables import OsmTables, Relation
from gis_core.readers.osm.types import IntArray, OsmBoundary, OsmProblem, Tags, WayTable

AREA_RELATIONS = frozenset({"multipolygon", "boundary"})


@dataclass(frozen=True, slots=True)
class Area:
    """A closed way or an assembled relation; an incomplete one holds what the extract left of it."""

    source_id: str
    tags: Tags
    geometry: Polygon | MultiPolygon
    way_ids: tuple[int, ...]
    node_ids: IntArray
    is_complete: bool = True


def areas_of_ways(tables: OsmTables) -> list[Area]:
    """Closed ways whose tags say that they enclose; building outlines that do not are reported."""
    ways = tables.ways
    claims = np.array([bool(tags) and kinds.is_area(tags) for tags in ways.tags], dtype=bool)
    for at in np.flatnonzero(claims & ~(ways.is_closed & ways.is_whole)).tolist():
        _report_open(tables, at)
    polygons = closed_way_polygons(tables.nodes, ways, np.flatnonzero(claims), tables.problems)
    found = ways.take(list(polygons))
    return [
        Area(f"way/{way_id}", tags, shape, (way_id,), corners)
        for way_id, tags, shape, corners in zip(
            found.id.tolist(), found.tags, polygons.values(), _corners(found), strict=True
        )
    ]


def _corners(rings: WayTable) -> list[IntArray]:
    """Sorted node ids of each closed way, its first not told twice; slices of one array."""
    is_last = np.zeros(len(rings.ref), dtype=bool)
    is_last[rings.start[1:] - 1] = True
    ref = rings.ref[~is_last]
    owner = np.repeat(np.arange(len(rings)), rings.sizes - 1)
    ordered = ref[np.lexsort((ref, owner))]
    return np.split(ordered, (rings.start - np.arange(len(rings.start)))[1:-1]) if len(rings) else []


def _report_open(tables: OsmTables, at: int) -> None:
    """Say what is wrong with an outline; an unclosed way of another kind may well be a line."""
    ways, tags = tables.ways, tables.ways.tags[at]
    source_id = f"way/{ways.id[at]}"
    gaps = int((ways.rows(at) < 0).sum())
    is_building = kinds.is_building(tags) or kinds.is_building_part(tags)
    if gaps:
        code = "missing_nodes"
        sentence = _("%(id)s 的轮廓缺少 %(count)d 个点（不在文件中），已忽略。请下载更大的范围。") % {
            "id": source_id,
            "count": gaps,
        }
    elif is_building:
        code = "unclosed_building"
        sentence = _("建筑 %(id)s 的轮廓没有闭合，已忽略。请在 OpenStreetMap 中改正后重新下载。") % {
            "id": source_id
        }
    else:
        return
    there = ways.refs(at)[ways.rows(at) >= 0]
    place = tables.nodes.place(int(there[0])) if len(there) else None
    tables.problems.append(OsmProblem(source_id, code, sentence, place))


def areas_of_relations(tables: OsmTables) -> tuple[list[Area], list[OsmBoundary]]:
    """Assemble every multipolygon and boundary that has a meaning of its own."""
    areas: list[Area] = []
    boundaries: list[OsmBoundary] = []
    for relation in tables.relations:
        if relation.tags.get("type") not in AREA_RELATIONS or len(relation.tags) < 2:
            continue
        assembly = assemble(relation, tables.nodes, tables.ways)
        source_id = f"relation/{relation.id}"
        if not assembly.is_complete:
            tables.problems.append(_incomplete(source_id, assembly, tables))
        if assembly.geometry is not None:
            complete = assembly.is_complete
            areas.append(
                Area(
                    source_id,
                    relation.tags,
                    assembly.geometry,
                    assembly.way_ids,
                    assembly.node_ids,
                    complete,
                )
            )
        if relation.tags.get("boundary") == "administrative":
            boundaries.append(_boundary(relation, assembly))
    return areas, boundaries


def _incomplete(source_id: str, assembly: Assembly, tables: OsmTables) -> OsmProblem:
    code = "missing_members" if assembly.missing_ways else "not_assembled"
    place: LonLat | None = assembly.open_ends[0] if assembly.open_ends else None
    if place is None and len(assembly.node_ids):
        place = tables.nodes.place(int(assembly.node_ids[0]))
    return OsmProblem(source_id, code, missing_sentence(source_id, assembly), place)


def _boundary(relation: Relation, assembly: Assembly) -> OsmBoundary:
    tags = relation.tags
    level = tags.get("admin_level", "")
    shape = assembly.geometry if assembly.is_complete else None
    return OsmBoundary(
        source_id=f"relation/{relation.id}",
        admin_level=int(level) if level.isascii() and level.isdigit() else None,
        name=tags.get("name", ""),
        name_zh=kinds.name_zh(tags),
        name_en=tags.get("name:en", ""),
        ref=_code(tags),
        tags=tags,
        geometry=MultiPolygon([shape]) if isinstance(shape, Polygon) else shape,
        is_complete=assembly.is_complete,
        missing_ways=assembly.missing_ways,
    )


def _code(tags: Tags) -> str:
    """The division code as mappers write it; China's is 12 digits in several keys."""
    for key in ("china_code", "ref:CN", "ref:GB", "ISO3166-2", "ref:INSEE", "ref:SIREN", "ref"):
        if tags.get(key):
            return tags[key]
    return ""


def unassembled_buildings(relations: Iterable[Relation]) -> list[OsmProblem]:
    """Relations that are tagged as buildings but are no multipolygon: they have no outline of their own."""
    return [
        OsmProblem(
            f"relation/{relation.id}",
            "not_assembled",
            _("关系 %(id)s 标为建筑，但类型是“%(met)s”而不是 multipolygon，已忽略。")
            % {"id": f"relation/{relation.id}", "met": relation.tags.get("type", "")},
        )
        for relation in relations
        if kinds.is_building(relation.tags) and relation.tags.get("type") not in AREA_RELATIONS
    ]
