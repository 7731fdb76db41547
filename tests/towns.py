"""Small drawn towns as OSM files: places in metres from a corner, ids given in order, tags as keywords.

    town = DrawnTown()
    a, b = town.node(0, 0), town.node(100, 0)
    town.way([a, b], highway="residential")
    path = town.write(tmp_path / "town.osm")

Keys with a colon or a hyphen are passed in a dict: `town.node(0, 0, {"building:levels": "2.5"})`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from gis_core.crs import metric_zone, to_lonlat, to_metres

NANJING = (118.78, 32.04)
RIO = (-43.19, -22.91)  # south of the equator and west of Greenwich: a swapped pair fails


@dataclass
class DrawnTown:
    """A town under the pen; x runs east and y north, in metres from `corner` (lon, lat)."""

    corner: tuple[float, float] = NANJING
    nodes: dict[int, tuple[float, float, dict[str, str]]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: dict[int, tuple[list[tuple[str, int, str]], dict[str, str]]] = field(default_factory=dict)
    bounds_m: tuple[float, float, float, float] | None = None

    def node(self, x_m: float, y_m: float, more: dict[str, str] | None = None, **tags: str) -> int:
        number = len(self.nodes) + 1
        self.nodes[number] = (x_m, y_m, {**(more or {}), **tags})
        return number

    def way(self, refs: list[int], more: dict[str, str] | None = None, **tags: str) -> int:
        number = len(self.ways) + 1001
        self.ways[number] = (refs, {**(more or {}), **tags})
        return number

    def street(self, *places: tuple[float, float], **tags: str) -> int:
        """A way over new nodes."""
        return self.way([self.node(*place) for place in places], {"highway": "residential"} | tags)

    def box(
        self,
        x_m: float,
        y_m: float,
        width_m: float,
        depth_m: float,
        more: dict[str, str] | None = None,
        **tags: str,
    ) -> int:
        """A closed way round a rectangle whose south-west corner is given."""
        corners = [(0, 0), (width_m, 0), (width_m, depth_m), (0, depth_m)]
        refs = [self.node(x_m + dx, y_m + dy) for dx, dy in corners]
        return self.way([*refs, refs[0]], more, **tags)

    def relation(
        self, members: list[tuple[str, int, str]], more: dict[str, str] | None = None, **tags: str
    ) -> int:
        number = len(self.relations) + 5001
        self.relations[number] = (members, {**(more or {}), **tags})
        return number

    def lonlat(self, *places_m: tuple[float, float]) -> np.ndarray:
        """(n, 2) degrees of places in the town's metres."""
        zone = metric_zone(lon=self.corner[0], lat=self.corner[1])
        origin = to_metres([self.corner], zone)[0]
        return to_lonlat(np.asarray(places_m, dtype=float) + origin, zone)

    def xml(self) -> str:
        rows = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="drawn">']
        if self.bounds_m:
            west, south, east, north = self.bounds_m
            (w, s), (e, n) = self.lonlat((west, south), (east, north))
            rows.append(f'<bounds minlon="{w:.7f}" minlat="{s:.7f}" maxlon="{e:.7f}" maxlat="{n:.7f}"/>')
        places = self.lonlat(*[(x, y) for x, y, _tags in self.nodes.values()]) if self.nodes else []
        for (number, (_x, _y, tags)), (lon, lat) in zip(self.nodes.items(), places, strict=True):
            rows.append(
                f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>'
            )
        for number, (refs, tags) in self.ways.items():
            members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
            rows.append(f'<way id="{number}" version="1">{members}{_tags(tags)}</way>')
        for number, (parts, tags) in self.relations.items():
            members = "".join(
                f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in parts
            )
            rows.append(f'<relation id="{number}" version="1">{members}{_tags(tags)}</relation>')
        return "\n".join([*rows, "</osm>"])

    def write(self, path: Path) -> Path:
        path.write_text(self.xml(), encoding="utf-8")
        return path


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def crossroads(corner: tuple[float, float] = NANJING) -> DrawnTown:
    """Two streets that cross, four houses, a pharmacy and a school.

          N (200,400)
          |
    W ----X---- E      X (200,200); W (0,200); E (400,200); S (200,0)
          |
          S            houses of 10 x 10 m at (20,210) (300,210) (210,20) (210,300)
    """
    town = DrawnTown(corner)
    middle = town.node(200, 200)
    town.way([town.node(0, 200), middle, town.node(400, 200)], highway="residential", name="东西路")
    town.way([town.node(200, 0), middle, town.node(200, 400)], highway="residential", name="南北路")
    for x_m, y_m in [(20, 210), (300, 210), (210, 20), (210, 300)]:
        town.box(x_m, y_m, 10, 10, {"building:levels": "6"}, building="apartments")
    town.node(205, 205, amenity="pharmacy", name="便民药店")
    town.box(230, 230, 60, 40, amenity="school", name="实验小学")
    return town
