"""Towns whose walks can be worked out on paper: streets, doors, stairs, minutes."""

import numpy as np
import pytest

from gis_core.crs import geodesic_distance_m, metric_zone, to_metres
from grids.coverage.runs import run_coverage
from grids.coverage.walks import drawn_walk, fact_card
from tests.grids import drawn_towns
from tests.grids.drawn_towns import DrawnTown
from tests.grids.run_reading import FAR, share, walks, why

pytestmark = pytest.mark.django_db


def test_a_walk_of_exactly_the_threshold_is_covered():
    # 300 m for a kindergarten: doors 10 m from the street on both ends, 280.0 and 280.1 m along it.
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-KIN", (100, 10))
    town.building((380, 10))
    town.building((380.1, 10))
    run = run_coverage(town.build())
    assert walks(run, "EDU-KIN") == [3000, 3001]
    assert (share(run, "EDU-KIN").building_covered, share(run, "EDU-KIN").building_count) == (1, 2)
    assert (share(run, "EDU-KIN").dwelling_covered, share(run, "EDU-KIN").dwelling_count) == (10, 20)
    assert share(run, "EDU-KIN").resident_covered == 25  # 10 dwellings of 2.5 persons


def test_the_shorter_of_parallel_streets_counts_and_a_loop_is_a_street():
    # Two streets from (0, 0) to (400, 0): the straight 400 m and a bow given as 900 m.
    town = DrawnTown()
    town.street((0, 0), (200, 300), (400, 0), length_m=900)
    town.street((0, 0), (400, 0))
    town.street((400, 0), (450, 50), (500, 0), (400, 0), length_m=250)
    town.facility("COM-MKT", (0, 0))
    town.building((400, 0))
    town.building((450, 0))  # on the loop's last side, which is walked whichever way is shorter
    run = run_coverage(town.build())
    assert walks(run, "COM-MKT")[0] == 4000
    assert 4450 <= walks(run, "COM-MKT")[1] <= 4550


def test_both_on_one_edge_walk_straight_between_even_on_a_3_km_edge():
    town = DrawnTown()
    town.street((0, 0), (3000, 0))
    town.facility("EDU-JUN", (2000, 5))
    town.building((1000, 5))
    town.building((0, 5))
    run = run_coverage(town.build())
    assert walks(run, "EDU-JUN") == [10100, FAR]  # 1,000 m + 5 + 5; 2,010 m is beyond the cutoff


def test_a_building_far_from_any_street_is_reported_and_in_no_share():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-PRI", (500, 0))
    town.building((500, 20))
    town.building((500, 101))
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [200, None]
    assert run.summary["far_buildings"] == 1
    assert share(run, "EDU-PRI").building_count == 1
    assert share(run, "EDU-PRI", mode="straight").building_count == 2  # a straight line needs no street
    assert why(run, 1, "EDU-PRI") == "far_from_street"
    assert fact_card(run, 1)["snap"]["edge"] == -1
    assert fact_card(run, 1)["missing"] == []  # nothing known is not nothing there


def test_an_island_reaches_its_own_facilities_only():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.street((0, 500), (5000, 500))
    town.facility("EDU-PRI", (500, 0))
    town.facility("EDU-JUN", (500, 500))
    town.building((500, 490))
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [FAR]
    assert walks(run, "EDU-JUN") == [100]
    assert why(run, 0, "EDU-PRI") == "not_connected"


def test_a_courtyard_path_that_leads_nowhere_does_not_strand_a_building():
    # The door lies 2 m from a 30 m fragment and 30 m from the street.
    town = DrawnTown()
    town.street((0, 0), (5000, 0))
    town.street((480, 32), (510, 32))
    town.facility("EDU-PRI", (500, 0))
    town.building((490, 30))
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [400]


def test_a_facility_outside_the_town_counts():
    town = DrawnTown()
    town.street((0, 0), (2000, 0))
    town.facility("EDU-PRI", (700, 0))
    town.building((300, 0))
    run = run_coverage(town.build(boundary=None))
    assert walks(run, "EDU-PRI") == [4000]


def test_only_what_is_open_and_open_to_everyone_counts():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    for place, facts in enumerate(
        ({"status": "closed"}, {"status": "planned"}, {"open_to": "members"}), start=1
    ):
        town.facility("EDU-PRI", (100.0 * place, 0), **facts)
    town.facility("EDU-PRI", (500, 0))
    town.building((0, 0))
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [5000]
    assert run.summary["left_out_facilities"] == {"closed": 1, "planned": 1, "members": 1, "residents": 0}
    assert run.summary["categories"]["EDU-PRI"]["facility_count"] == 1


def test_a_park_is_entered_at_its_nearest_gate():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("GRN-PARK5", (900, 20), (300, 20), (700, 20))
    town.building((100, 0))
    run = run_coverage(town.build())
    assert walks(run, "GRN-PARK5") == [2200]


def test_a_building_without_a_door_is_left_from_the_side_that_faces_the_street():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-PRI", (500, 0))
    town.building((500, 60), size_m=80, has_door=False)  # its southern wall is 20 m from the street
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [200]
    assert run.summary["snap"]["by"] == {"side": 1}


def test_stairs_stop_wheels_only():
    # 100 m by the stairs, 500 m around them.
    town = DrawnTown()
    town.street((0, 0), (100, 0), steps=True)
    town.street((0, 0), (0, 200), (100, 200), (100, 0))
    town.street((100, 0), (400, 0))
    town.facility("EDU-PRI", (150, 0))
    town.building((0, 0))
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [1500]
    assert walks(run, "EDU-PRI", "step_free_dm") == [5500]
    assert why(run, 0, "EDU-PRI") == "steps_only"
    assert share(run, "EDU-PRI", mode="step_free").building_covered == 0
    assert share(run, "EDU-PRI", mode="time-wheels").building_covered == 0  # 550 m at 50 m/min: 11 minutes
    assert share(run, "EDU-PRI", mode="time-adult").building_covered == 1


def test_a_slower_walker_changes_the_minutes_not_the_metres():
    # 15 minutes: 1,000.0 m for an adult exactly, 720.0 m for an older person exactly.
    town = DrawnTown()
    town.street((0, 0), (2000, 0))
    town.facility("EDU-JUN", (0, 0))
    for metres in (720, 720.1, 1000, 1000.1):
        town.building((metres, 0))
    run = run_coverage(town.build())
    assert walks(run, "EDU-JUN") == [7200, 7201, 10000, 10001]
    assert share(run, "EDU-JUN", mode="time-adult").building_covered == 3
    assert share(run, "EDU-JUN", mode="time-older").building_covered == 1
    minutes = next(row["minutes"] for row in fact_card(run, 2)["walks"] if row["category"] == "EDU-JUN")
    assert minutes == {"adult": 15, "older": 21, "wheels": 20}


def test_straight_lines_are_geodesics():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    for east in (50, 400, 1200):
        town.building((east, 300))
    town.facility("EDU-PRI", (0, 0))
    place = town.build()
    run = run_coverage(place)
    buildings = [b.point.coords for b in run.stock.buildings.order_by("number")]
    facility = run.inventory.facilities.get().point.coords
    expected_m = geodesic_distance_m(buildings, [facility] * 3)
    assert np.array(walks(run, "EDU-PRI", "straight_dm")) / 10 == pytest.approx(
        expected_m, rel=0.001, abs=0.05
    )


@pytest.mark.parametrize(("lon", "lat"), [(-43.2, -22.9), (7.42, 43.73), (-76.6, 39.3)])
def test_south_of_the_equator_and_west_of_greenwich_too(monkeypatch, lon, lat):
    zone = metric_zone(lon=lon, lat=lat)
    monkeypatch.setattr(drawn_towns, "ZONE", zone)
    monkeypatch.setattr(drawn_towns, "ORIGIN_M", to_metres([(lon, lat)], zone)[0])
    town = DrawnTown()
    town.street((0, 0), (300, 400))
    town.street((300, 400), (900, 400))
    town.facility("EDU-PRI", (0, 0))
    town.building((500, 410))
    run = run_coverage(town.build())
    assert walks(run, "EDU-PRI") == [5000 + 2000 + 100]
    straight_m = walks(run, "EDU-PRI", "straight_dm")[0] / 10
    places = [run.stock.buildings.get().point.coords], [run.inventory.facilities.get().point.coords]
    assert straight_m == pytest.approx(geodesic_distance_m(*places)[0], rel=0.001)
    walk = drawn_walk(run, 0, 0)
    assert walk["geometry"]["coordinates"][0] == pytest.approx(places[0][0], abs=1e-6)
