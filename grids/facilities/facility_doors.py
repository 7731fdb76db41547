"""Where one enters a facility, best knowledge first: tagged door, gate on the outline, path onto it, a
point."""

from collections.abc import Mapping, Set
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.readers.osm import OsmExtract
from grids.streets.walkability import Permission, node_permission, way_permission

MOST_DOORS = 40  # a long park outline touches hundreds of paths; spread over it, these are enough


class Door(NamedTuple):
    point: BaseGeometry
    resolved_by: str  # tagged | gate | path | point


def doors_of(
    point: BaseGeometry,
    outline: BaseGeometry | None,
    outline_nodes: Set[int],
    nodes: Mapping[int, str],
    extract: OsmExtract,
) -> list[Door]:
    """The doors of one facility, at least one; `nodes` from `entry_nodes`."""
    if outline is not None:
        for kind in ("tagged", "gate", "path"):
            doors = sorted(node for node in outline_nodes if nodes.get(node) == kind)
            if doors:
                step = -(-len(doors) // MOST_DOORS)
                rows = extract.nodes.rows_of(np.array(doors[::step]))
                places = extract.nodes.lonlat[rows[rows >= 0]]
                return [Door(place, kind) for place in shapely.points(places)]
    return [Door(point, "point")]


def entry_nodes(extract: OsmExtract) -> dict[int, str]:
    """What each node of the extract would be to an outline that it lies on."""
    ways = extract.ways_walkable
    is_public = [way_permission(tags) is Permission.PUBLIC for tags in ways.tags]
    nodes = dict.fromkeys(ways.ref[np.repeat(is_public, ways.sizes)].tolist(), "path") if len(ways) else {}
    nodes |= {
        gate.node_id: "gate" for gate in extract.gates if node_permission(gate.tags) is Permission.PUBLIC
    }
    for node_id, tags in extract.node_tags.items():
        if tags.get("entrance", "no") not in ("no", "emergency", "exit", "service"):
            nodes[node_id] = "tagged"
    return nodes
