"""A town whose rounds are attacked through its own address: 300 buildings of 24 households in 20 grids.

community …001: grids 001 … 010     community …002: grids 001 … 010     both are the whole street
a grid is a square of 100 m, its 15 buildings stand in rows of five, 20 m apart
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import requests
from shapely import Polygon, contains_xy

from grids.models import Area, Building, Dwelling, Grid, Town
from survey.allocation import CATEGORIES
from survey.models import FormVersion
from tests.grids.drawn_towns import DrawnTown, box, degrees
from tests.people import client_for, make_person
from tests.survey.sealing.grounds import Ended, Told, asking_everything, ended_round

FIRST, SECOND = "330100001001", "330100001002"
GRIDS, BUILDINGS_A_GRID, HOUSEHOLDS = 20, 15, 24
SIDE_M, STEP_M = 100.0, 20.0
DIMENSION = "household_type"
GROUPS = CATEGORIES[DIMENSION]


@dataclass
class Ground:
    """The town, who ran the survey, and where everything stands."""

    town: Town
    director: Any
    version: FormVersion
    codes: list[str]  # of buildings, by number
    places_m: np.ndarray[Any, np.dtype[np.float64]]  # (300, 2)
    grid: np.ndarray[Any, np.dtype[np.int64]]  # (300,)

    def told(self, chance: Random) -> Told:
        """Buildings differ: each draws its own shares, then its households."""
        found: Told = {}
        for code in self.codes:
            weights = [chance.gammavariate(2.5, 1) + 0.05 for _group in GROUPS]
            for dwelling in dwelling_codes(code):
                kind = chance.choices(GROUPS, weights)[0]
                found[dwelling] = {"age_bands": {"15-59": 2}, "household_type": kind, "origin": "local"}
        return found

    def cells(self, told: Told) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The truth that is attacked: (300, K) households."""
        place = {code: number for number, code in enumerate(self.codes)}
        counts = np.zeros((len(self.codes), len(GROUPS)), np.int64)
        for dwelling, answer in told.items():
            counts[place[dwelling[:17]], GROUPS.index(answer[DIMENSION])] += 1
        return counts

    def ended(self, told: Told) -> Ended:
        return ended_round(
            self.town, self.director, area_codes=[FIRST, SECOND], told=told, version=self.version
        )


def dwelling_codes(building: str) -> Iterator[str]:
    for number in range(HOUSEHOLDS):
        yield f"{building}{1 + number // 12:02d}{1 + number % 12 // 2:02d}{1 + number % 2:02d}"


def draw_ground() -> Ground:
    drawn = DrawnTown(slug="attacked", root_code="330100")
    drawn.street((0, 0), (500, 0))
    drawn.facility("EDU-KIN", (10, 5))
    places, grid_of, codes = [], [], []
    for grid in range(GRIDS):
        community = FIRST if grid < GRIDS // 2 else SECOND
        west, south = corner(grid)
        members = []
        for number in range(BUILDINGS_A_GRID):
            place = (west + 10 + STEP_M * (number % 5), south + 20 + 30 * (number // 5))
            members.append(drawn.building(place, community_code=community))
            places.append(place)
            grid_of.append(grid)
        drawn.grids[f"{community}{grid % (GRIDS // 2) + 1:03d}"] = members
    town = drawn.build()
    for number, one in enumerate(Grid.objects.filter(plan__town=town).order_by("number")):
        west, south = corner(number)
        one.geom = box(west, south, west + SIDE_M, south + SIDE_M)
        one.area_m2 = SIDE_M * SIDE_M
        one.save()
    for code, level in ((FIRST[:9], "street"), (FIRST, "community"), (SECOND, "community")):
        outline = box(-10, -10, 510, 410)
        Area.objects.create(
            town=town, code=code, level=level, name_zh=code, valid_from="2026-01-01", geom=outline
        )
    for building in Building.objects.filter(stock__town=town):
        codes.append(building.code)
        Dwelling.objects.bulk_create(
            Dwelling(
                building=building,
                code=code,
                unit=int(code[17:19]),
                floor=int(code[19:21]),
                door=int(code[21:23]),
                source="register",
            )
            for code in dwelling_codes(building.code)
        )
    director = make_person("director", "community_director", area_code="330100")
    return Ground(town, director, asking_everything("330100"), codes, np.array(places), np.array(grid_of))


def corner(grid: int) -> tuple[float, float]:
    return SIDE_M * (grid % 5), SIDE_M * (grid // 5)


class Attacker:
    """A planner with a session and all the time in the world."""

    def __init__(self, address: str, town: Town) -> None:
        client = client_for(make_person("planner", "planner", area_code=town.root_code))
        self.session = requests.Session()
        self.session.cookies.set("sessionid", client.cookies["sessionid"].value)
        self.session.cookies.set("csrftoken", "a" * 32)
        self.session.headers.update({"X-CSRFToken": "a" * 32, "Referer": address})
        self.address, self.town, self.asked = address, town, 0

    def get(self, name: str, **query: Any) -> bytes:
        self.asked += 1
        asked = {"town": self.town.slug, **query}
        return self.session.get(f"{self.address}/api/v1/mix/{name}/", params=asked, timeout=60).content

    def area(self, source: str, outline: list[tuple[float, float]], dimension: str = DIMENSION) -> Any:
        """Figures of a polygon drawn in metres."""
        self.asked += 1
        ring = [list(degrees(place)) for place in [*outline, outline[0]]]
        body = {
            "town": self.town.slug,
            "source": source,
            "dimension": dimension,
            "polygon": {"type": "Polygon", "coordinates": [ring]},
        }
        answer = self.session.post(f"{self.address}/api/v1/mix/area/", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()


def counts_of(answer: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The finest numbers that can be won from an answer: shares times households, else rounded counts."""
    row = answer["row"]
    if row is None or not row["shown"]:
        return np.zeros(len(GROUPS))
    return np.array([cell["share"] * row["answered"] for cell in row["counts"]], float)


def rectangle(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north)]


def inside(outline: list[tuple[float, float]], places: Any) -> Any:
    """Which buildings lie in the polygon: what an attacker reads off the map."""
    return contains_xy(Polygon(outline), places[:, 0], places[:, 1])
