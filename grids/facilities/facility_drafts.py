"""A facility before it is saved."""

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from grids.facilities.facility_doors import Door
from grids.facilities.facility_matching import Matches

SCHOOLS = frozenset(["school", "kindergarten", "university", "college"])


@dataclass
class FacilityDraft:
    """A facility before it is saved."""

    source_id: str
    name_zh: str
    name_en: str
    matches: Matches
    point: BaseGeometry
    geometry: BaseGeometry | None
    area_m2: float | None
    address: str = ""
    hours: str = ""
    open_to: str = "public"
    status: str = "open"
    capacity: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    source: str = "osm"
    outline_nodes: frozenset[int] = frozenset()
    parent: "FacilityDraft | None" = None
    doors: list[Door] = field(default_factory=list)
    raw_point: BaseGeometry | None = None
    raw_system: str = ""
    yearly_users: int | None = None

    @property
    def name(self) -> str:
        return self.name_zh or self.name_en

    @property
    def is_school(self) -> bool:
        return self.tags.get("amenity") in SCHOOLS
