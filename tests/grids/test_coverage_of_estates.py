"""A closed estate is left and entered by its gates."""

import pytest

from grids.coverage.runs import run_coverage
from tests.grids.drawn_towns import DrawnTown, closed_estate
from tests.grids.run_reading import FAR, walks, why

pytestmark = pytest.mark.django_db


def test_a_closed_estate_is_left_by_its_gate():
    # Straight through the wall the shop is 62 m away; by the gate 20 + 200 + 20 + 60 + 220 + 2.
    town = closed_estate()
    town.building((0, 30), estate=7)
    town.facility("COM-CONV", (0, -12))
    run = run_coverage(town.build())
    assert walks(run, "COM-CONV") == [200 + 2000 + 200 + 600 + 2200 + 20]
    assert why(run, 0, "COM-CONV") == "detour"


def test_the_wall_binds_even_a_building_that_stands_at_the_street():
    # Its door is 7 m from the street outside and 53 m from the path inside.
    town = closed_estate()
    town.building((100, -3), estate=7)
    town.facility("COM-CONV", (100, -10))
    run = run_coverage(town.build())
    assert walks(run, "COM-CONV") == [530 + 1000 + 200 + 600 + 1200]


def test_nobody_else_walks_through_a_closed_estate_nor_uses_what_is_for_its_residents():
    # The estate's path also leaves by the west, so crossing it would be shorter for the outsider.
    town = DrawnTown()
    town.street((0, 0), (0, 500), (300, 500), (300, 0))
    town.street((0, 0), (300, 0), estate=3)
    town.estate(3, (10, -50), (290, 50), gates=((0, 0), (300, 0)))
    town.facility("EDU-PRI", (300, 100))
    town.facility("SPT-SMALL", (150, 0), open_to="residents")
    town.facility("GRN-PARK5", (150, 10), open_to="public")
    town.building((0, 100))
    town.building((100, 0), estate=3)
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [11000, 3000]
    assert walks(run, "SPT-SMALL") == [FAR, 500]
    assert walks(run, "GRN-PARK5") == [2600, 600]
    assert why(run, 0, "EDU-PRI") == "gate"  # with the gates open it would be 500 m


def test_an_estate_without_a_mapped_path_is_left_by_its_nearest_gate():
    # Door (50, 50) to the gate (200, 50): 150 m as the crow flies, then 20 m to the street outside.
    town = DrawnTown()
    town.street((220, -500), (220, 500))
    town.street((0, -30), (220, -500))
    town.estate(5, (0, 0), (200, 100), gates=((200, 50),))
    town.building((50, 50), estate=5)
    town.facility("COM-CONV", (220, 150))
    run = run_coverage(town.build())
    assert walks(run, "COM-CONV") == [1500 + 200 + 1000]
    assert run.summary["snap"]["by"] == {"gate": 1}
