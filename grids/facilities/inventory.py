"""OSM objects → facilities: matched to the catalogue, counted once, each with its doors.

- **Counted once.** A node inside an outline that has the same tag and the same name (or one of them has
  none) is the same facility: the outline stays and takes the node's missing facts. So are two objects
  of one tag and one name within ten metres.
- **Parent.** A facility inside another's outline is a position of it: the room in the centre, the pitch
  in the school.
- **Usable is not visible.** `access` decides who may use it; sports grounds and play grounds of a
  school or kindergarten belong to its members unless they are tagged as open, and what lies inside a
  closed estate belongs to its residents.
- **Not in use.** Disused, closed, planned and unfinished things are kept with their status and never counted.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.crs import area_m2
from gis_core.denylist import is_denied_name
from gis_core.readers.osm import OsmExtract, OsmPoi
from grids.coverage.trails import trails_of
from grids.facilities.counting_once import MAIN_KEYS, count_once
from grids.facilities.facility_doors import Door, doors_of, entry_nodes
from grids.facilities.facility_drafts import FacilityDraft
from grids.facilities.facility_matching import Matches, match_tags
from grids.housing.estates import EstateDraft, estate_numbers_at
from grids.housing.stock import address_of
from grids.kernels.graph import hilbert_order
from grids.names import local_names, words

OPEN, CLOSED, PLANNED = "open", "closed", "planned"  # values of Facility.Status
LIFECYCLES = {
    "disused": CLOSED,
    "abandoned": CLOSED,
    "demolished": CLOSED,
    "razed": CLOSED,
    "was": CLOSED,
    "construction": PLANNED,
    "proposed": PLANNED,
    "planned": PLANNED,
}
MEMBERS_ACCESS = words("private no members employees students staff")
RESIDENTS_ACCESS = frozenset(["residents", "delivery"])
SCHOOL_GROUNDS = ("SPT-", "GRN-PLAY", "GRN-PARK")  # of a school: its members', unless tagged as open
CUSTOMERS_ONLY = ("MUN-WC", "TRA-CAR", "TRA-BIKE")  # open to everybody, or no public service
PRIVATE_GARDENS = frozenset(["residential", "private"])
KEPT_TAGS = re.compile(
    r"^(amenity|shop|leisure|healthcare|office|craft|tourism|public_transport|emergency|man_made|social_facility"
    r"|railway|station|highway|isced:level|sport|wheelchair|opening_hours|access|fee|level|capacity|changing_table"
    r"|toilets:.*|operator|network|bus|self_service|building|name(:(zh|zh-Hans|en))?|ref|addr:.*)$"
)


@dataclass
class InventoryDraft:
    facilities: list[FacilityDraft]  # in the order of their numbers
    counts: Counter[str] = field(default_factory=Counter)


def draft_inventory(
    extract: OsmExtract, *, estates: Sequence[EstateDraft] = (), within: BaseGeometry | None = None
) -> InventoryDraft:
    """The facilities of an extract that the catalogue knows, of those inside `within` when that is given."""
    counts: Counter[str] = Counter()
    found = [draft for poi in extract.pois if (draft := _facility(poi, counts)) is not None]
    found += [_trail(name, points) for name, points in trails_of(extract).items()]
    if within is not None:
        shapely.prepare(within)
        inside = [row for row in found if within.intersects(row.point)]
        counts["facilities_outside"] = len(found) - len(inside)
        found = inside
    found = count_once(found, counts)
    set_parents(found)
    _restrict(found, estates)
    nodes = entry_nodes(extract)
    for row in found:
        row.doors = row.doors or doors_of(row.point, row.geometry, row.outline_nodes, nodes, extract)
    return InventoryDraft(in_spatial_order(found), counts)


def in_spatial_order(found: Sequence[FacilityDraft]) -> list[FacilityDraft]:
    if not found:
        return []
    places = np.array([(row.point.x, row.point.y) for row in found])
    return [found[at] for at in np.argsort(hilbert_order(places), kind="stable").tolist()]


def _facility(poi: OsmPoi, counts: Counter[str]) -> FacilityDraft | None:
    tags, status = in_use(poi.tags)
    size_m2 = area_m2(poi.geometry) if poi.geometry is not None else None
    matches = match_tags(tags, size_m2)
    if tags.get("shop") == "vacant" or tags.get("garden:type") in PRIVATE_GARDENS:
        matches = {}
    if not matches:
        counts["not_in_catalogue"] += 1
        return None
    name_zh, name_en = local_names(tags, longest=200)
    capacity = tags.get("capacity", "")
    return FacilityDraft(
        source_id=poi.source_id,
        name_zh=name_zh,
        name_en=name_en,
        matches=matches,
        point=shapely.Point(poi.lonlat),
        geometry=poi.geometry,
        area_m2=size_m2,
        address=address_of(tags),
        hours=tags.get("opening_hours", "")[:200],
        open_to=open_to(tags, matches),
        status=status,
        capacity=int(capacity) if re.fullmatch(r"\d{1,6}", capacity) else None,
        tags=kept_tags(tags),
        outline_nodes=frozenset(poi.outline_node_ids.tolist()),
    )


def _trail(name: str, points: Sequence[BaseGeometry]) -> FacilityDraft:
    """A named walking path: one facility, entered at the ends of each of its ways."""
    name_zh, name_en = local_names({"name": name})
    doors = [Door(point, "path") for point in points]
    tags = {"highway": "path", "name": name}
    middle = points[len(points) // 2]
    source_id = f"trail/{name}"[:40]
    return FacilityDraft(
        source_id, name_zh, name_en, {"GRN-TRAIL": "tag+name"}, middle, None, None, tags=tags, doors=doors
    )


def in_use(tags: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The tags as if the thing were in use, and its true status."""
    plain, status = dict(tags), OPEN
    for prefix, told in LIFECYCLES.items():
        if tags.get(prefix) == "yes":
            status = told
        for key in MAIN_KEYS:
            value = tags.get(f"{prefix}:{key}")
            if value and not any(main in tags for main in MAIN_KEYS):
                plain[key], status = value, told
    if tags.get("building") == "construction" or tags.get("operational_status") in ("closed", "out_of_order"):
        status = PLANNED if tags.get("building") == "construction" else CLOSED
    return plain, status


def open_to(tags: Mapping[str, str], matches: Matches) -> str:
    """Who may use it by its own tags."""
    access = tags.get("access", "")
    if access in RESIDENTS_ACCESS:
        return "residents"
    if access == "customers" and all(code.startswith(CUSTOMERS_ONLY) for code in matches):
        return "members"
    return "members" if access in MEMBERS_ACCESS else "public"


def kept_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """What is worth keeping of the tags, and nothing that the denylist names."""
    return {key: value for key, value in tags.items() if KEPT_TAGS.match(key) and not is_denied_name(key)}


def set_parents(found: Sequence[FacilityDraft]) -> None:
    """Each facility's parent is the smallest larger outline around it."""
    outlined = sorted((row for row in found if row.geometry is not None), key=lambda row: -(row.area_m2 or 0))
    if not outlined:
        return
    tree = shapely.STRtree([row.geometry for row in outlined])
    point, outline = tree.query([row.point for row in found], predicate="intersects")
    for at, which in sorted(zip(point.tolist(), outline.tolist(), strict=True), key=lambda pair: pair[1]):
        row, around = found[at], outlined[which]
        if row is not around and (around.area_m2 or 0) > (row.area_m2 or 0):
            row.parent = around


def _restrict(found: Sequence[FacilityDraft], estates: Sequence[EstateDraft]) -> None:
    """Grounds of schools to their members, things inside closed estates to the residents."""
    closed = [estate for estate in estates if estate.is_closed]
    inside = estate_numbers_at([row.point for row in found], closed)
    for row, number in zip(found, inside.tolist(), strict=True):
        stated = row.tags.get("access", "")
        is_ground = any(code.startswith(SCHOOL_GROUNDS) for code in row.matches)
        if is_ground and _in_school(row) and stated not in ("yes", "permissive", "public"):
            row.open_to = "members"
        elif number and row.open_to == "public" and stated not in ("yes", "permissive", "public"):
            row.open_to = "residents"


def _in_school(row: FacilityDraft) -> bool:
    around: Any = row.parent
    while around is not None:
        if around.is_school:
            return True
        around = around.parent
    return False
