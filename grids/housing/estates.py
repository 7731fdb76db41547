"""Housing estates 小区: their outline, their gates, and whether they are closed.

An estate is a named residential area, or a neighbourhood with an outline, of at most one square kilometre
(larger ones are districts). Closed is said only on evidence: at least one gate, **and** a wall or fence along
half of the outline or more, or a tag that says private, of the estate or of one of its gates. Every
other estate is walked through like any street, and the report says how many of those are unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.crs import LonLat, area_m2, geometry_to_lonlat, geometry_to_metres, metric_zone
from gis_core.readers.osm import OsmEstate, OsmExtract, OsmGate
from grids.names import local_names, words
from grids.streets.walkability import ACCESS_PRIVATE, Permission, node_permission

LARGEST_ESTATE_M2 = 1_000_000
GATE_REACH_M = 10.0  # from the outline; outlines are drawn by hand
WALL_REACH_M = 5.0
WALLED_SHARE = 0.5
INNER_MARGIN_M = 0.5
ESTATE_KINDS = frozenset({"residential", "neighbourhood"})
ESTATE_GATES = words(
    "gate lift_gate swing_gate sliding_gate wicket_gate kissing_gate entrance sally_port turnstile "
    "full-height_turnstile chain"
)
WALLS = words("wall fence hedge city_wall retaining_wall")


@dataclass(frozen=True)
class GateDraft:
    node_id: int
    lonlat: LonLat
    hours: str
    is_open_to_public: bool

    @property
    def source_id(self) -> str:
        return f"node/{self.node_id}"


@dataclass(frozen=True)
class EstateDraft:
    """An estate before it is saved; `number` is the one that network and stock share."""

    number: int
    source_id: str
    name_zh: str
    name_en: str
    geometry: BaseGeometry
    inner: BaseGeometry  # the outline drawn in by half a metre: what surely lies inside
    gates: tuple[GateDraft, ...] = field(default=())
    says_private: bool = False  # walled, or tagged private
    is_closed: bool = False
    closed_source: str = ""


def draft_estates(
    extract: OsmExtract, *, known_numbers: Mapping[str, int] | None = None
) -> list[EstateDraft]:
    """The estates of an extract; one that an earlier load knew keeps its number."""
    numbers = dict(known_numbers or {})
    fresh = max(numbers.values(), default=0)
    found = [row for row in extract.estates if row.kind in ESTATE_KINDS and _is_estate_sized(row)]
    drafts = []
    gates_of, walled = _gates_by_estate(found, extract.gates), _walled(found, extract)
    for at, row in enumerate(found):
        if row.source_id not in numbers:
            fresh += 1
            numbers[row.source_id] = fresh
        drafts.append(_draft(row, numbers[row.source_id], gates_of[at], walled[at]))
    return drafts


def estate_numbers_at(points: Sequence[BaseGeometry], estates: Sequence[EstateDraft]) -> np.ndarray:
    """(p,) number of the smallest estate that covers each point, 0 where none does."""
    numbers = np.zeros(len(points), dtype=np.int64)
    if not estates or not len(points):
        return numbers
    by_size = sorted(estates, key=lambda estate: -estate.geometry.area)
    tree = shapely.STRtree([estate.geometry for estate in by_size])
    point, which = tree.query(points, predicate="intersects")
    for at, estate in sorted(zip(point.tolist(), which.tolist(), strict=True), key=lambda pair: pair[1]):
        numbers[at] = by_size[estate].number  # the last written is the smallest
    return numbers


def _is_estate_sized(row: OsmEstate) -> bool:
    return (
        bool(row.tags.get("name") or row.kind == "neighbourhood")
        and area_m2(row.geometry) <= LARGEST_ESTATE_M2
    )


def _draft(row: OsmEstate, number: int, gates: Sequence[OsmGate], is_walled: bool) -> EstateDraft:
    name_zh, name_en = local_names(row.tags)
    says_private = (
        is_walled
        or row.tags.get("access") in ACCESS_PRIVATE | {"no"}
        or row.tags.get("gated") == "yes"
        or any(node_permission(gate.tags) is Permission.PRIVATE for gate in gates)
    )
    is_closed = bool(gates) and says_private
    return EstateDraft(
        number=number,
        source_id=row.source_id,
        name_zh=name_zh,
        name_en=name_en,
        geometry=row.geometry,
        inner=drawn_in(row.geometry),
        gates=tuple(_gate(gate, is_closed) for gate in gates),
        says_private=says_private,
        is_closed=is_closed,
        closed_source="osm" if is_closed else "",
    )


def _gate(gate: OsmGate, estate_is_closed: bool) -> GateDraft:
    hours = gate.tags.get("opening_hours", "")[:200]
    is_open = not estate_is_closed or gate.tags.get("foot") in ("yes", "permissive", "designated")
    return GateDraft(gate.node_id, gate.lonlat, hours, is_open)


def _gates_by_estate(estates: Sequence[OsmEstate], gates: Sequence[OsmGate]) -> list[list[OsmGate]]:
    """The gates on, or within reach of, each estate's outline."""
    found: list[list[OsmGate]] = [[] for _estate in estates]
    usable = [gate for gate in gates if gate.tags.get("barrier") in ESTATE_GATES]
    if not estates or not usable:
        return found
    zone = metric_zone(lon=usable[0].lonlat.lon, lat=usable[0].lonlat.lat)
    outlines = geometry_to_metres(
        np.array([shapely.boundary(row.geometry) for row in estates], dtype=object), zone
    )
    places = geometry_to_metres(shapely.points([gate.lonlat for gate in usable]), zone)
    gate, estate = shapely.STRtree(outlines).query(places, predicate="dwithin", distance=GATE_REACH_M)
    for g, e in zip(gate.tolist(), estate.tolist(), strict=True):
        found[e].append(usable[g])
    return found


def _walled(estates: Sequence[OsmEstate], extract: OsmExtract) -> list[bool]:
    """Whether walls or fences run along half of each outline or more."""
    walls = [row.geometry for row in extract.barriers if row.tags.get("barrier") in WALLS]
    own = [row.tags.get("barrier") in WALLS for row in estates]
    if not walls or not estates:
        return own
    centre = estates[0].geometry.centroid
    zone = metric_zone(lon=centre.x, lat=centre.y)
    walls_m = geometry_to_metres(np.array(walls, dtype=object), zone)
    tree = shapely.STRtree(walls_m)
    for at, row in enumerate(estates):
        outline = geometry_to_metres(shapely.boundary(row.geometry), zone)
        near = walls_m[tree.query(outline, predicate="dwithin", distance=WALL_REACH_M)]
        if len(near) and not own[at]:
            along_m = outline.intersection(shapely.union_all(shapely.buffer(near, WALL_REACH_M))).length
            own[at] = along_m >= WALLED_SHARE * outline.length
    return own


def drawn_in(geometry: BaseGeometry) -> BaseGeometry:
    """The outline half a metre further in: what surely lies inside."""
    centre = geometry.centroid
    zone = metric_zone(lon=centre.x, lat=centre.y)
    return geometry_to_lonlat(geometry_to_metres(geometry, zone).buffer(-INNER_MARGIN_M), zone)
