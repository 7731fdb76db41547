"""OpenStreetMap files → plain rows: `read_osm(path)` gives an `OsmExtract`, or refuses.

The reader knows no tables and no facility categories. It keeps what the town needs —
walkable ways, buildings, entrances, gates, points of interest, candidate estates,
boundaries, a base map — and lists every object that it could not use, with the reason.
"""

from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from gis_core.readers.osm import kinds
from gis_core.readers.osm.areas import areas_of_relations, areas_of_ways, unassembled_buildings
from gis_core.readers.osm.base_map import map_features_of
from gis_core.readers.osm.files import checked_osm_file
from gis_core.readers.osm.incidence import buildings_through, entrances_of, gates_of, walls_of
from gis_core.readers.osm.places import buildings_of, estates_of, pois_of
from gis_core.readers.osm.tables import OsmTables, Progress, read_tables
from gis_core.readers.osm.types import ATTRIBUTION as ATTRIBUTION
from gis_core.readers.osm.types import NodeTable as NodeTable
from gis_core.readers.osm.types import OsmBoundary as OsmBoundary
from gis_core.readers.osm.types import OsmBuilding as OsmBuilding
from gis_core.readers.osm.types import OsmEntrance as OsmEntrance
from gis_core.readers.osm.types import OsmEstate as OsmEstate
from gis_core.readers.osm.types import OsmExtract as OsmExtract
from gis_core.readers.osm.types import OsmGate as OsmGate
from gis_core.readers.osm.types import OsmHeader as OsmHeader
from gis_core.readers.osm.types import OsmLine as OsmLine
from gis_core.readers.osm.types import OsmMapFeature as OsmMapFeature
from gis_core.readers.osm.types import OsmPoi as OsmPoi
from gis_core.readers.osm.types import OsmProblem as OsmProblem
from gis_core.readers.osm.types import Tags as Tags
from gis_core.readers.osm.types import WayTable as WayTable
from gis_core.readers.unpacking import MAX_UNPACKED_BYTES


def read_osm(
    path: Path | str, *, on_progress: Progress | None = None, max_bytes: int = MAX_UNPACKED_BYTES
) -> OsmExtract:
    """Read .osm.pbf, .osm, .osm.gz or .osm.bz2, recognised by content.

    Args:
        path: a local file; nothing is ever fetched.
        on_progress: called with a share from 0 to 1 and a sentence.
        max_bytes: refuse a file that unpacks to more.

    Raises:
        UnreadableFile, UnknownFormat, UnsafeFile, TooLarge: nothing was read.
    """
    path = Path(path)
    report = on_progress or _silent
    report(0.0, _("检查文件"))
    with checked_osm_file(path, max_bytes=max_bytes) as file:
        tables = read_tables(file, named=path.name, on_progress=report)
    report(0.7, _("拼接轮廓"))
    extract = _extract(tables)
    report(1.0, _("读取完成"))
    return extract


def _silent(_share: float, _sentence: str) -> None:
    return None


def _extract(tables: OsmTables) -> OsmExtract:
    relation_areas, boundaries = areas_of_relations(tables)
    areas = areas_of_ways(tables) + relation_areas
    tables.problems.extend(unassembled_buildings(tables.relations))
    buildings = buildings_of(areas, tables.problems)
    on_buildings = buildings_through(tables, buildings)
    entrances = entrances_of(tables, buildings, on_buildings)
    gates, pois = gates_of(tables), pois_of(tables, areas, on_buildings)
    walkable = [at for at, tags in enumerate(tables.ways.tags) if kinds.is_walkable_material(tags)]
    ways = tables.ways.take(np.array(walkable, dtype=np.int64))
    counts = {
        "nodes": tables.header.node_count,
        "ways": tables.header.way_count,
        "relations": tables.header.relation_count,
        "highways": sum("highway" in tags for tags in tables.ways.tags),
        "building_objects": _building_objects(tables),
        "building_nodes": sum(kinds.is_building(tags) for tags in tables.node_tags.values()),
        "buildings": sum(not building.is_part for building in buildings),
        "building_parts": sum(building.is_part for building in buildings),
        "entrances": len(entrances),
        "gates": len(gates),
        "pois": len(pois),
        "boundaries": len(boundaries),
        "problems": len(tables.problems),
    }
    return OsmExtract(
        header=tables.header,
        nodes=tables.nodes,
        node_tags=tables.node_tags,
        ways_walkable=ways,
        buildings=tuple(buildings),
        entrances=tuple(entrances),
        gates=tuple(gates),
        pois=tuple(pois),
        estates=tuple(estates_of(areas)),
        barriers=tuple(walls_of(tables)),
        boundaries=tuple(boundaries),
        map_features=tuple(map_features_of(tables, areas)),
        problems=tuple(tables.problems),
        counts=counts,
    )


def _building_objects(tables: OsmTables) -> int:
    """Ways and relations tagged as buildings, whether or not an outline came of them."""
    tagged = sum(kinds.is_building(tags) for tags in tables.ways.tags)
    return tagged + sum(kinds.is_building(relation.tags) for relation in tables.relations)
