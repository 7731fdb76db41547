"""A building before it is saved."""

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from gis_core.readers.osm import OsmEntrance
from grids.housing.dwelling_estimates import Homes


@dataclass
class BuildingDraft:
    """A building before it is saved."""

    source_id: str
    geometry: BaseGeometry
    point: BaseGeometry
    footprint_m2: float
    kind: str
    osm_value: str
    name: str
    address: str
    floors: int | None
    height_m: float | None
    built_year: int | None
    stated_flats: int | None
    entrances: list[OsmEntrance] = field(default_factory=list)
    estate_number: int = 0
    community_code: str = ""
    code: str = ""
    homes: Homes = field(default_factory=Homes)

    @property
    def stairwells(self) -> int:
        return sum(entrance.tags.get("entrance") == "staircase" for entrance in self.entrances)
