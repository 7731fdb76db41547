"""Walking paths that are facilities themselves: named 步道 and 绿道."""

import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.readers.osm import OsmExtract
from grids.facilities.facility_matching import hint_of
from grids.names import words
from grids.streets.walkability import Permission, way_permission

TRAIL_WAYS = words("footway path pedestrian cycleway track")


def trails_of(extract: OsmExtract) -> dict[str, list[BaseGeometry]]:
    """Name of each trail and the ends of its ways, where one gets onto it."""
    hint = hint_of("GRN-TRAIL")
    found: dict[str, list[BaseGeometry]] = {}
    ways = extract.ways_walkable
    for at, tags in enumerate(ways.tags):
        name = tags.get("name", "")
        if not hint.search(name) or tags.get("highway") not in TRAIL_WAYS:
            continue
        rows = ways.rows(at)
        rows = rows[rows >= 0]
        if way_permission(tags) is Permission.PUBLIC and len(rows):
            ends = extract.nodes.lonlat[rows[[0, -1]]]
            found.setdefault(name, []).extend(shapely.points(ends).tolist())
    return found
