"""What `read_osm` gives: plain values, flat arrays where there are many."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_core.crs import Extent, FloatArray, LonLat

IntArray = NDArray[np.int64]
Tags = dict[str, str]  # shared between objects tagged alike: read, never change
NO_TAGS: Tags = {}
NO_NODES: IntArray = np.empty(0, dtype=np.int64)

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0, https://www.openstreetmap.org/copyright"


@dataclass(frozen=True)
class OsmHeader:
    bounds: Extent | None  # as the file states them
    extent: Extent | None  # of its nodes
    timestamp: datetime | None  # as the file states it, else of its newest way
    generator: str
    node_count: int
    way_count: int
    relation_count: int


@dataclass(frozen=True)
class NodeTable:
    """Every node of the file: `id` (n,) ascending and unique, `lonlat` (n, 2), NaN where unknown."""

    id: IntArray
    lonlat: FloatArray

    def rows_of(self, ids: Any) -> IntArray:
        """Row of each node id, -1 where the file has no such node."""
        wanted = np.asarray(ids, dtype=np.int64)
        if not len(self.id):
            return np.full(wanted.shape, -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.id, wanted), len(self.id) - 1)
        return np.where(self.id[at] == wanted, at, -1).astype(np.int64)

    def place(self, node_id: int) -> LonLat | None:
        row = int(self.rows_of([node_id])[0])
        if row < 0 or np.isnan(self.lonlat[row, 0]):
            return None
        return LonLat(float(self.lonlat[row, 0]), float(self.lonlat[row, 1]))


@dataclass(frozen=True)
class WayTable:
    """Many ways end to end: way i has node ids `ref[start[i]:start[i + 1]]`.

    `row` are the same nodes as rows of the node table, -1 where the node is missing.
    """

    id: IntArray
    tags: tuple[Tags, ...]
    start: IntArray
    ref: IntArray
    row: IntArray

    def __len__(self) -> int:
        return len(self.id)

    def refs(self, i: int) -> IntArray:
        return self.ref[self.start[i] : self.start[i + 1]]

    def rows(self, i: int) -> IntArray:
        return self.row[self.start[i] : self.start[i + 1]]

    @property
    def sizes(self) -> IntArray:
        return np.diff(self.start)

    @property
    def is_closed(self) -> NDArray[np.bool_]:
        """First node is the last, and the ring has at least three corners."""
        closed = self.sizes >= 4
        closed[closed] = self.ref[self.start[:-1][closed]] == self.ref[self.start[1:][closed] - 1]
        return closed

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """No node is missing."""
        gaps = np.concatenate(([0], np.cumsum(self.row < 0)))
        whole: NDArray[np.bool_] = gaps[self.start[1:]] == gaps[self.start[:-1]]
        return whole

    def take(self, chosen: Any) -> "WayTable":
        """The ways at these positions, in this order."""
        at = np.asarray(chosen, dtype=np.int64)
        sizes = self.sizes[at]
        start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        flat = np.repeat(self.start[at] - start[:-1], sizes) + np.arange(start[-1])
        return WayTable(self.id[at], tuple(self.tags[i] for i in at), start, self.ref[flat], self.row[flat])


@dataclass(frozen=True, slots=True)
class OsmBuilding:
    source_id: str
    tags: Tags
    geometry: Polygon | MultiPolygon
    outline_way_ids: tuple[int, ...]
    outline_node_ids: IntArray
    is_part: bool = False  # a building:part that lies in no building


@dataclass(frozen=True, slots=True)
class OsmEntrance:
    node_id: int
    lonlat: LonLat
    tags: Tags
    way_ids: tuple[int, ...]  # building outlines that the node sits on
    building_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OsmGate:
    node_id: int
    lonlat: LonLat
    tags: Tags
    way_ids: tuple[int, ...]  # every way through it: walls, streets, outlines of estates


@dataclass(frozen=True, slots=True)
class OsmPoi:
    source_id: str
    tags: Tags
    lonlat: LonLat  # inside its area, if it has one
    geometry: Polygon | MultiPolygon | None = None
    outline_node_ids: IntArray = field(default_factory=lambda: NO_NODES)
    building_id: str | None = None  # it is this building, or a corner of its outline


@dataclass(frozen=True, slots=True)
class OsmEstate:
    """Where an estate 小区 may be: a named residential area, or a neighbourhood with an outline."""

    source_id: str
    kind: str
    tags: Tags
    geometry: Polygon | MultiPolygon
    outline_node_ids: IntArray


@dataclass(frozen=True, slots=True)
class OsmLine:
    source_id: str
    tags: Tags
    geometry: LineString
    node_ids: IntArray


@dataclass(frozen=True, slots=True)
class OsmBoundary:
    """An administrative boundary; `geometry` is None where the extract cuts it."""

    source_id: str
    admin_level: int | None
    name: str
    name_zh: str
    name_en: str
    ref: str
    tags: Tags
    geometry: MultiPolygon | None
    is_complete: bool
    missing_ways: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OsmMapFeature:
    layer: str
    kind: str
    source_id: str
    name: str
    name_zh: str
    name_en: str
    tags: Tags
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class OsmProblem:
    source_id: str
    code: str
    sentence: str
    lonlat: LonLat | None = None


@dataclass(frozen=True)
class OsmExtract:
    header: OsmHeader
    nodes: NodeTable
    node_tags: dict[int, Tags]
    ways_walkable: WayTable
    buildings: tuple[OsmBuilding, ...]
    entrances: tuple[OsmEntrance, ...]
    gates: tuple[OsmGate, ...]
    pois: tuple[OsmPoi, ...]
    estates: tuple[OsmEstate, ...]
    barriers: tuple[OsmLine, ...]
    boundaries: tuple[OsmBoundary, ...]
    map_features: tuple[OsmMapFeature, ...]
    problems: tuple[OsmProblem, ...]
    counts: dict[str, int]
    attribution: str = ATTRIBUTION
