"""Which ways or buildings pass through a node, for the few nodes that anyone asks about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gis_core.readers.osm import kinds
from gis_core.readers.osm.rings import lines_of
from gis_core.readers.osm.tables import OsmTables
from gis_core.readers.osm.types import IntArray, OsmBuilding, OsmEntrance, OsmGate, OsmLine


@dataclass(frozen=True)
class Incidence:
    """Node id → names of what passes through it."""

    found: dict[int, tuple[str, ...]]

    def of(self, node_id: int) -> tuple[str, ...]:
        return self.found.get(node_id, ())


def passing_through(node_ids: Iterable[int], flat: IntArray, owner: Sequence[str] | IntArray) -> Incidence:
    """Look up only the asked nodes in flat node lists; `owner` names each entry of `flat`."""
    asked = np.fromiter(node_ids, dtype=np.int64)
    found: dict[int, dict[str, None]] = {}
    for at in np.flatnonzero(np.isin(flat, asked)).tolist():
        found.setdefault(int(flat[at]), {})[str(owner[at])] = None
    return Incidence({node: tuple(names) for node, names in found.items()})


def buildings_through(tables: OsmTables, buildings: Sequence[OsmBuilding]) -> Incidence:
    """Buildings whose outline has this tagged node as a corner."""
    if not buildings:
        return Incidence({})
    flat = np.concatenate([building.outline_node_ids for building in buildings])
    sizes = [len(building.outline_node_ids) for building in buildings]
    owner = np.repeat(np.array([building.source_id for building in buildings], dtype=object), sizes)
    return passing_through(tables.node_tags, flat, owner)


def entrances_of(
    tables: OsmTables, buildings: Sequence[OsmBuilding], on_buildings: Incidence
) -> list[OsmEntrance]:
    nodes = {node: tags for node, tags in tables.node_tags.items() if kinds.is_entrance(tags)}
    outlines = {way for building in buildings for way in building.outline_way_ids}
    ways = _ways_through(tables, nodes)
    found = []
    for node_id, tags in nodes.items():
        place = tables.nodes.place(node_id)
        if place is not None:
            way_ids = tuple(way for way in map(int, ways.of(node_id)) if way in outlines)
            found.append(OsmEntrance(node_id, place, tags, way_ids, on_buildings.of(node_id)))
    return found


def gates_of(tables: OsmTables) -> list[OsmGate]:
    nodes = {node: tags for node, tags in tables.node_tags.items() if kinds.is_gate(tags)}
    ways = _ways_through(tables, nodes)
    found = []
    for node_id, tags in nodes.items():
        place = tables.nodes.place(node_id)
        if place is not None:
            found.append(OsmGate(node_id, place, tags, tuple(map(int, ways.of(node_id)))))
    return found


def _ways_through(tables: OsmTables, nodes: Iterable[int]) -> Incidence:
    return passing_through(nodes, tables.ways.ref, np.repeat(tables.ways.id, tables.ways.sizes))


def walls_of(tables: OsmTables) -> list[OsmLine]:
    """Walls and fences, the edges of closed estates."""
    ways = tables.ways
    chosen = [at for at, tags in enumerate(ways.tags) if tags.get("barrier") in kinds.WALLS]
    return [
        OsmLine(f"way/{ways.id[at]}", ways.tags[at], line, ways.refs(at))
        for at, line in lines_of(tables.nodes, ways, chosen).items()
    ]
