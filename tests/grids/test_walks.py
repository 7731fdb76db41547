"""Single walks: the line on the map has the length that the table counts."""

import numpy as np
import pytest

from gis_core.crs import geodesic_length_m
from gis_core.errors import NotFound
from grids.coverage.runs import run_coverage
from grids.coverage.walks import NoWalk, drawn_walk, fact_card
from grids.models import CoverageRun
from tests.grids.drawn_towns import DrawnTown, degrees

pytestmark = pytest.mark.django_db


def length_m(feature: dict) -> float:
    line = feature["geometry"]["coordinates"]
    return float(geodesic_length_m(line, [0, len(line)])[0])


@pytest.fixture
def run() -> CoverageRun:
    # A bent street, stairs as a short cut, a school with two gates and one across the water.
    town = DrawnTown()
    town.street((0, 0), (100, 0), (100, 100), (200, 100))
    town.street((200, 100), (200, 200), steps=True)
    town.street((200, 100), (400, 100), (400, 200), (200, 200))
    town.street((200, 200), (200, 400))
    town.street((0, 3000), (3000, 3000))
    town.facility(
        "EDU-PRI", (210, 300), (190, 390), name_zh="小学", name_en="School", hours="Mo-Fr 08:00-17:00"
    )
    town.facility("EDU-JUN", (500, 3000))
    town.building((50, 10))
    town.building((500, 2000))
    return run_coverage(town.build())


def test_the_line_is_as_long_as_the_walk(run):
    # 10 to the street, 50 + 100 + 100 along it, 100 stairs, 100 on, 10 to the gate.
    walk = drawn_walk(run, 0, 0)
    assert walk["properties"] == {
        "walk_m": 470.0,
        "steps": 1,
        "minutes": {"adult": 8, "older": 10},  # nothing for wheels: there are stairs
        "mode": "norm",
        "facility": 0,
    }
    assert length_m(walk) == pytest.approx(470, abs=0.5)
    corners = [(50, 10), (50, 0), (100, 0), (100, 100), (200, 100), (200, 200), (200, 300), (210, 300)]
    assert walk["geometry"]["coordinates"] == [pytest.approx(degrees(corner), abs=2e-7) for corner in corners]


def test_without_stairs_the_line_goes_around(run):
    walk = drawn_walk(run, 0, 0, "time-wheels")
    assert walk["properties"]["walk_m"] == 470 - 100 + 500
    assert walk["properties"]["steps"] == 0
    assert walk["properties"]["minutes"]["wheels"] == 18  # 870 m at 50 m/min
    assert length_m(walk) == pytest.approx(870, abs=0.5)
    assert drawn_walk(run, 0, 0, "step_free")["properties"]["walk_m"] == 870


def test_the_straight_mode_draws_a_straight_line(run):
    walk = drawn_walk(run, 0, 0, "straight")
    assert len(walk["geometry"]["coordinates"]) == 2
    assert walk["properties"]["walk_m"] == pytest.approx(np.hypot(160, 290), rel=0.001)


def test_a_walk_that_does_not_exist_is_refused(run):
    with pytest.raises(NoWalk):
        drawn_walk(run, 0, 1)
    with pytest.raises(NoWalk):
        drawn_walk(run, 1, 1)
    with pytest.raises(NotFound):
        drawn_walk(run, 9, 0)
    with pytest.raises(NotFound):
        fact_card(run, 9)


def test_the_card_names_the_nearest_facility_and_its_hours(run):
    card = fact_card(run, 0)
    row = next(row for row in card["walks"] if row["category"] == "EDU-PRI")
    assert (row["walk_m"], row["step_free_m"], row["covered"], row["why"]) == (
        470.0,
        870.0,
        True,
        "steps_only",
    )
    assert row["facility"]["name"] == "小学"
    assert row["facility"]["hours"] == "Mo-Fr 08:00-17:00"
    assert card["snap"]["resolved_by"] == "tagged"
    assert card["snap"]["distance_m"] == 10.0
    assert card["residents_estimate"] == 25.0
    assert len(card["walks"]) == 82
    missing = next(row for row in card["walks"] if row["category"] == "EDU-JUN")
    assert (missing["walk_m"], missing["why"], missing["facility"]) == (None, "not_connected", None)
    assert card["missing"] == ["EDU-JUN"]
