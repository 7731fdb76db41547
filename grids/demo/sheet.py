"""A sheet to draw a town on, in metres, and its fair copy as an OSM extract.

Points with the same coordinates are one node, so lines that meet in a vertex are connected, as in
OSM. `weld` gives crossing lines that common vertex.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point

FloatArray = NDArray[np.float64]
Tags = dict[str, str]
XY = tuple[float, float]

DECIMALS = 2  # one node per centimetre
DRAWN_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Way:
    points: list[XY]
    tags: Tags


@dataclass
class Sheet:
    """What has been drawn so far."""

    node_tags: dict[XY, Tags] = field(default_factory=lambda: defaultdict(dict))
    ways: list[Way] = field(default_factory=list)

    def point(self, xy: XY, **tags: str) -> XY:
        key = rounded(xy)
        self.node_tags[key].update(_keys(tags))
        return key

    def line(self, points: Iterable[XY], **tags: str) -> Way:
        way = Way(_without_repeats(rounded(p) for p in points), _keys(tags))
        self.ways.append(way)
        return way

    def area(self, ring: Iterable[XY], **tags: str) -> Way:
        points = _without_repeats(rounded(p) for p in ring)
        closed = points if points[0] == points[-1] else [*points, points[0]]
        way = Way(closed, _keys(tags))
        self.ways.append(way)
        return way

    def attach(self, xy: XY, ways: Iterable[Way]) -> XY:
        """Make a spot a vertex of each of these ways, at its nearest piece."""
        key = rounded(xy)
        for way in ways:
            way.points = _with_vertices(way.points, [Point(key)])
        return key

    def weld(self, is_welded: Callable[[Way], bool]) -> None:
        """Give every pair of crossing ways a common vertex where they cross."""
        ways = [way for way in self.ways if is_welded(way)]
        shapes = np.array([LineString(way.points) for way in ways], dtype=object)
        one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        meeting: dict[int, list[Point]] = defaultdict(list)
        for a, b in zip(one.tolist(), other.tolist(), strict=True):
            if a < b:
                for part in shapely.get_parts(shapely.intersection(shapes[a], shapes[b])):
                    if shapely.get_dimensions(part) == 0:
                        spot = Point(rounded((part.x, part.y)))
                        meeting[a].append(spot)
                        meeting[b].append(spot)
        for index, spots in meeting.items():
            ways[index].points = _with_vertices(ways[index].points, spots)


def rounded(xy: Sequence[float]) -> XY:
    return (round(float(xy[0]), DECIMALS), round(float(xy[1]), DECIMALS))


def _keys(tags: dict[str, str]) -> Tags:
    """`building__levels` is the tag building:levels, since a Python name has no colon."""
    return {key.replace("__", ":"): value for key, value in tags.items() if value}


def _without_repeats(points: Iterable[XY]) -> list[XY]:
    kept: list[XY] = []
    for point in points:
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def _with_vertices(points: list[XY], spots: Iterable[Point]) -> list[XY]:
    """The line with each spot as a vertex; a spot within 5 cm of a vertex moves that vertex onto it."""
    line = list(points)
    for spot in spots:
        here = rounded((spot.x, spot.y))
        if here in line:
            continue
        away = [Point(p).distance(spot) for p in line]
        nearest = int(np.argmin(away))
        if away[nearest] < 0.05:
            line = [here if p == line[nearest] else p for p in line]
            continue
        pieces = [LineString(line[i : i + 2]).distance(spot) for i in range(len(line) - 1)]
        line.insert(int(np.argmin(pieces)) + 1, here)
    return line


def way_ids(sheet: Sheet) -> dict[int, int]:
    """The OSM id that each way gets, by the identity of the way."""
    return {id(way): index + 1 for index, way in enumerate(sheet.ways)}


def write_extract(
    sheet: Sheet, path: Path, to_lonlat: Callable[[FloatArray], FloatArray], *, margin_m: float
) -> None:
    """The sheet as .osm.pbf: the same drawing gives the same bytes.

    The file says that it covers `margin_m` around everything drawn: what is not drawn is not there.
    """
    places = sorted({p for way in sheet.ways for p in way.points} | set(sheet.node_tags))
    number = {place: index + 1 for index, place in enumerate(places)}
    lonlat = to_lonlat(np.array(places))
    rim = np.array([np.min(places, axis=0) - margin_m, np.max(places, axis=0) + margin_m])
    (west, south), (east, north) = to_lonlat(rim)
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(osmium.osm.Location(west, south), osmium.osm.Location(east, north)))
    header.set("generator", "wangge: drawn, fictional")
    header.set("osmosis_replication_timestamp", DRAWN_AT.strftime("%Y-%m-%dT%H:%M:%SZ"))
    stamp: dict[str, Any] = {"version": 1, "timestamp": DRAWN_AT, "visible": True}
    ids = way_ids(sheet)
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for place, (lon, lat) in zip(places, lonlat, strict=True):
            tags = sheet.node_tags.get(place, {})
            node = osmium.osm.mutable.Node(
                id=number[place], location=(float(lon), float(lat)), tags=tags, **stamp
            )
            writer.add_node(node)
        for way in sheet.ways:
            nodes = [number[p] for p in way.points]
            writer.add_way(osmium.osm.mutable.Way(id=ids[id(way)], nodes=nodes, tags=way.tags, **stamp))
