"""Small towns drawn in metres, with answers that can be worked out on paper.

The origin lies on the central meridian of its metric zone, where a metre on the map is a metre on
the ground. Every building is a square of 2 m with a tagged door at its centre of choice, so a walk
is: door to street, along the street, street to facility.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon

from gis_core.crs import metric_zone, to_lonlat
from grids.models import (
    Building,
    Entrance,
    Estate,
    EstateGate,
    Facility,
    FacilityAccess,
    FacilityInventory,
    GenerationState,
    Grid,
    GridMembership,
    GridPlan,
    Stock,
    StreetEdge,
    StreetNetwork,
    StreetNode,
    Town,
)

Place = tuple[float, float]
ORIGIN_M = np.array([500_000.0, 3_320_000.0])
ZONE = metric_zone(lon=120.0, lat=30.0)
COMMUNITY = "330100001001"


def degrees(place: Place) -> Place:
    lon, lat = to_lonlat([ORIGIN_M + place], ZONE)[0]
    return float(lon), float(lat)


@dataclass
class DrawnTown:
    """Add streets, buildings and facilities, then `build()`."""

    slug: str = "drawn"
    root_code: str = "330100"
    nodes: dict[Place, int] = field(default_factory=dict)
    streets: list[dict] = field(default_factory=list)
    estates: list[dict] = field(default_factory=list)
    buildings: list[dict] = field(default_factory=list)
    facilities: list[dict] = field(default_factory=list)
    grids: dict[str, list[int]] = field(default_factory=dict)

    def street(
        self, *places: Place, length_m: float | None = None, steps: bool = False, estate: int = 0
    ) -> int:
        """One edge from the first place to the last; its length is the drawn one unless given."""
        for end in (places[0], places[-1]):
            self.nodes.setdefault(end, len(self.nodes))
        drawn_m = sum(float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in pairwise(places))
        self.streets.append(
            {
                "places": places,
                "length_dm": round((length_m or drawn_m) * 10),
                "steps": steps,
                "estate": estate,
            }
        )
        return len(self.streets) - 1

    def estate(
        self, number: int, corner: Place, opposite: Place, *, closed: bool = True, gates: tuple = ()
    ) -> None:
        self.estates.append({"number": number, "box": (corner, opposite), "closed": closed, "gates": gates})

    def building(self, door: Place, *, size_m: float = 2.0, has_door: bool = True, **facts) -> int:
        """A square building around its door; returns its number."""
        self.buildings.append({"door": door, "size_m": size_m, "has_door": has_door, **facts})
        return len(self.buildings) - 1

    def facility(self, categories: str, *places: Place, **facts) -> int:
        """A facility at its first place, with access points at all of them."""
        self.facilities.append({"categories": categories.split(), "places": places, **facts})
        return len(self.facilities) - 1

    def build(self, **facts) -> Town:
        town = Town.objects.create(
            slug=self.slug, name_zh="画出来的镇", name_en="Drawn town", root_code=self.root_code, **facts
        )
        self.build_network(town)
        stock = self.build_stock(town)
        self.build_inventory(town)
        self.build_plan(town, stock)
        return town

    def build_network(self, town: Town, number: int = 1) -> StreetNetwork:
        network = StreetNetwork.objects.create(town=town, number=number, source_name="drawn")
        StreetNode.objects.bulk_create(
            StreetNode(network=network, number=i, source_id=i + 1, point=Point(*degrees(place), srid=4326))
            for place, i in self.nodes.items()
        )
        StreetEdge.objects.bulk_create(
            StreetEdge(
                network=network,
                number=i,
                source_id=100 + i,
                source_node=self.nodes[one["places"][0]],
                target_node=self.nodes[one["places"][-1]],
                length_dm=one["length_dm"],
                kind="steps" if one["steps"] else "residential",
                is_steps=one["steps"],
                compound=one["estate"],
                geom=LineString([degrees(place) for place in one["places"]], srid=4326),
            )
            for i, one in enumerate(self.streets)
        )
        return activated(network)

    def build_stock(self, town: Town, number: int = 1) -> Stock:
        stock = Stock.objects.create(town=town, number=number, source_name="drawn")
        estates = {}
        for one in self.estates:
            (west, south), (east, north) = one["box"]
            estate = estates[one["number"]] = Estate.objects.create(
                stock=stock, number=one["number"], is_closed=one["closed"], geom=box(west, south, east, north)
            )
            for gate in one["gates"]:
                EstateGate.objects.create(estate=estate, point=Point(*degrees(gate), srid=4326))
        for i, one in enumerate(self.buildings):
            self._build_building(stock, i, dict(one), estates)
        return activated(stock)

    def _build_building(self, stock: Stock, number: int, one: dict, estates: dict[int, Estate]) -> None:
        (x, y), half = one.pop("door"), one.pop("size_m") / 2
        has_door, estate = one.pop("has_door"), estates.get(one.pop("estate", 0))
        community = one.pop("community_code", COMMUNITY)
        building = Building.objects.create(
            stock=stock,
            number=number,
            code=f"{community}{number + 1:05d}",
            community_code=community,
            source_id=f"way/{number + 1}",
            estate=estate,
            geom=box(x - half, y - half, x + half, y + half),
            point=Point(*degrees((x, y)), srid=4326),
            footprint_m2=4 * half * half,
            **{"kind": "residential", "dwelling_count": 10, **one},
        )
        if has_door:
            Entrance.objects.create(building=building, kind="main", point=Point(*degrees((x, y)), srid=4326))

    def build_inventory(self, town: Town, number: int = 1) -> FacilityInventory:
        inventory = FacilityInventory.objects.create(town=town, number=number, source_name="drawn")
        for i, one in enumerate(self.facilities):
            facts = {key: value for key, value in one.items() if key not in ("places", "categories")}
            facility = Facility.objects.create(
                inventory=inventory,
                number=i,
                source_id=f"node/{i + 1}",
                categories=one["categories"],
                point=Point(*degrees(one["places"][0]), srid=4326),
                **{"name_zh": f"设施{i}", **facts},
            )
            for place in one["places"]:
                FacilityAccess.objects.create(
                    facility=facility, point=Point(*degrees(place), srid=4326), resolved_by="tagged"
                )
        return activated(inventory)

    def build_plan(self, town: Town, stock: Stock) -> GridPlan | None:
        if not self.grids:
            return None
        plan = GridPlan.objects.create(town=town, number=1, source_name="drawn", valid_from=date(2026, 1, 1))
        for i, (code, members) in enumerate(self.grids.items()):
            grid = Grid.objects.create(
                plan=plan,
                number=i,
                code=code,
                community_code=code[:12],
                name_zh=code,
                geom=box(0, 0, 1, 1),
                area_m2=1,
            )
            for building in stock.buildings.filter(number__in=members):
                GridMembership.objects.create(plan=plan, building=building, grid=grid)
        return activated(plan)


def activated(generation: Any) -> Any:
    """Make a generation the active one, retiring the one before."""
    kind = type(generation)
    kind.objects.filter(town=generation.town, state=GenerationState.ACTIVE).update(
        state=GenerationState.RETIRED
    )
    generation.state = GenerationState.ACTIVE
    generation.save()
    return generation


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return MultiPolygon(Polygon([degrees(corner) for corner in corners]), srid=4326)


# A closed estate of 200 x 100 m north of the street, its only gate at its eastern end:
#
#   y=100  +-----------------------+
#          |  b  path at y=50      |
#   y=0    +=======================+-- gate (200, 50) -> (220, 50) -> (220, 0)
#   y=-10  street from x=-500 to x=500
def closed_estate(*, closed: bool = True) -> DrawnTown:
    town = DrawnTown()
    town.street((-500, -10), (220, -10))
    town.street((220, -10), (500, -10))
    town.street((200, 50), (220, 50), (220, -10))
    town.street((0, 50), (200, 50), estate=7)
    town.estate(7, (-10, 0), (200, 100), closed=closed, gates=((200, 50),))
    return town
