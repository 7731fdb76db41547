"""Buildings, points of interest and candidate estates out of areas, nodes and lines."""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.crs import LonLat
from gis_core.readers.osm import kinds
from gis_core.readers.osm.areas import Area
from gis_core.readers.osm.incidence import Incidence
from gis_core.readers.osm.rings import lines_of, positions
from gis_core.readers.osm.tables import OsmTables, Relation
from gis_core.readers.osm.types import OsmBuilding, OsmEstate, OsmPoi, OsmProblem


def buildings_of(areas: Sequence[Area], problems: list[OsmProblem]) -> list[OsmBuilding]:
    """Complete outlines tagged as buildings, and the building parts that lie in none of them."""
    whole = [_building(area) for area in areas if area.is_complete and kinds.is_building(area.tags)]
    _report_doubled(whole, problems)
    parts = [area for area in areas if area.is_complete and kinds.is_building_part(area.tags)]
    if not parts:
        return whole
    tree = shapely.STRtree([building.geometry for building in whole])
    inner = [part.geometry.representative_point() for part in parts]
    in_building = set(tree.query(inner, predicate="within")[0].tolist()) if whole else set()
    alone = [_building(part, is_part=True) for i, part in enumerate(parts) if i not in in_building]
    return whole + alone


def _building(area: Area, *, is_part: bool = False) -> OsmBuilding:
    return OsmBuilding(area.source_id, area.tags, area.geometry, area.way_ids, area.node_ids, is_part)


def _report_doubled(buildings: Sequence[OsmBuilding], problems: list[OsmProblem]) -> None:
    """Name buildings drawn twice: same corners, or a relation whose outer way is tagged as well."""
    by_corners: dict[bytes, str] = {}
    by_way = {b.outline_way_ids[0]: b for b in buildings if b.source_id.startswith("way/")}
    for building in buildings:
        first = by_corners.setdefault(building.outline_node_ids.tobytes(), building.source_id)
        if first == building.source_id and building.source_id.startswith("relation/"):
            for way_id in building.outline_way_ids:
                twin = by_way.get(way_id)
                if twin and twin.geometry.representative_point().within(building.geometry):
                    first = twin.source_id
        if first != building.source_id:
            place = LonLat(*building.geometry.representative_point().coords[0])
            problems.append(
                OsmProblem(
                    building.source_id,
                    "duplicate_outline",
                    _("建筑 %(id)s 与 %(twin)s 的轮廓重复，请核对是否为同一幢。")
                    % {"id": building.source_id, "twin": first},
                    place,
                )
            )


def estates_of(areas: Iterable[Area]) -> list[OsmEstate]:
    found = []
    for area in areas:
        kind = kinds.estate_kind(area.tags)
        if kind and area.is_complete:
            found.append(OsmEstate(area.source_id, kind, area.tags, area.geometry, area.node_ids))
    return found


# --- Points of interest -------------------------------------------------------------------


def pois_of(tables: OsmTables, areas: Sequence[Area], on_buildings: Incidence) -> list[OsmPoi]:
    """Every object tagged as a place to go to: nodes, areas, then lines and other relations."""
    found = _node_pois(tables, on_buildings)
    found += [_area_poi(area) for area in areas if kinds.is_poi(area.tags)]
    done = {poi.source_id for poi in found}
    found += _line_pois(tables, done)
    found += _relation_pois(tables, done)
    return found


def _node_pois(tables: OsmTables, on_buildings: Incidence) -> list[OsmPoi]:
    found = []
    for node_id, tags in tables.node_tags.items():
        if not kinds.is_poi(tags):
            continue
        place = tables.nodes.place(node_id)
        if place is not None:
            building_ids = on_buildings.of(node_id)
            found.append(
                OsmPoi(f"node/{node_id}", tags, place, building_id=building_ids[0] if building_ids else None)
            )
    return found


def _area_poi(area: Area) -> OsmPoi:
    is_building = kinds.is_building(area.tags) and area.is_complete
    return OsmPoi(
        area.source_id,
        area.tags,
        LonLat(*area.geometry.representative_point().coords[0]),
        area.geometry,
        area.node_ids,
        area.source_id if is_building else None,
    )


def _line_pois(tables: OsmTables, done: set[str]) -> list[OsmPoi]:
    ways = tables.ways
    chosen = [
        at for at, tags in enumerate(ways.tags) if kinds.is_poi(tags) and f"way/{ways.id[at]}" not in done
    ]
    return [
        OsmPoi(
            f"way/{ways.id[at]}",
            ways.tags[at],
            LonLat(*line.interpolate(0.5, normalized=True).coords[0]),
            outline_node_ids=np.unique(ways.refs(at)),
        )
        for at, line in lines_of(tables.nodes, ways, chosen).items()
    ]


def _relation_pois(tables: OsmTables, done: set[str]) -> list[OsmPoi]:
    found = []
    for relation in tables.relations:
        source_id = f"relation/{relation.id}"
        if source_id in done or not kinds.is_poi(relation.tags):
            continue
        place = _middle_of_members(relation, tables)
        if place is None:
            sentence = _("%(id)s 的成员都不在文件中，没有位置，已忽略。") % {"id": source_id}
            tables.problems.append(OsmProblem(source_id, "missing_members", sentence))
        else:
            found.append(OsmPoi(source_id, relation.tags, place))
    return found


def _middle_of_members(relation: Relation, tables: OsmTables) -> LonLat | None:
    """The member place nearest to the mean of all, so that it is a place that exists."""
    nodes = np.array([m.ref for m in relation.members if m.kind == "n"], dtype=np.int64)
    at = positions(
        tables.ways.id, np.array([m.ref for m in relation.members if m.kind == "w"], dtype=np.int64)
    )
    rows = [tables.nodes.rows_of(nodes), *(tables.ways.rows(i) for i in at[at >= 0])]
    known = np.concatenate(rows)
    lonlat = tables.nodes.lonlat[known[known >= 0]]
    if not len(lonlat):
        return None
    nearest = np.argmin(((lonlat - lonlat.mean(axis=0)) ** 2).sum(axis=1))
    return LonLat(float(lonlat[nearest, 0]), float(lonlat[nearest, 1]))
