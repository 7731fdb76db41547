"""Towns whose walks can be worked out on paper."""

import numpy as np
import pytest

from gis_core.crs import geodesic_distance_m, metric_zone, to_metres
from grids.coverage.results import current_run, run_arrays
from grids.coverage.runs import METHOD, NothingToCompute, ThresholdBeyondCutoff, run_coverage
from grids.coverage.walks import drawn_walk, fact_card
from grids.models import AreaShare, BuildingWalk, CityProfile, CoverageRun, PopulationTable, Town
from tests.grids import drawn_towns
from tests.grids.drawn_towns import COMMUNITY, DrawnTown

pytestmark = pytest.mark.django_db
FAR = 32767


def walks(run: CoverageRun, code: str, table: str = "walk_dm") -> list[int | None]:
    """Decimetres to the nearest facility of a category, by building number; None: nothing known."""
    place = run.categories.index(code)
    rows = BuildingWalk.objects.filter(run=run).order_by("number")
    return [getattr(row, table)[place] if getattr(row, table) else None for row in rows]


def share(
    run: CoverageRun, code: str, *, level: str = "town", mode: str = "norm", area: str = ""
) -> AreaShare:
    rows = run.area_shares.filter(level=level, mode=mode).of_category(run, code)
    return rows.get(code=area) if area else rows.get()


def why(run: CoverageRun, number: int, code: str) -> str | None:
    return next(row["why"] for row in fact_card(run, number)["walks"] if row["category"] == code)


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


def test_no_data_is_not_no_service():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-PRI", (0, 0))
    town.facility("EDU-JUN", (0, 0))
    town.building((100, 0))
    town.building((600, 0))  # beyond the 500 m of the primary school
    run = run_coverage(town.build())
    assert "EDU-KIN" in run.summary["no_data"]
    assert "EDU-KIN" not in run.summary["missing"]
    assert not run.area_shares.of_category(run, "EDU-KIN").exists()
    scores = BuildingWalk.objects.filter(run=run).order_by("number").values_list("score", flat=True)
    assert list(scores) == [1.0, 0.5]
    assert why(run, 0, "EDU-KIN") == "no_facility"
    assert share(run, "ALL").score == 0.75
    assert share(run, "ALL").building_covered == 1


def test_shares_of_grids_add_up_to_the_town():
    other = "330100001002"
    town = DrawnTown()
    town.street((0, 0), (2000, 0))
    town.facility("EDU-PRI", (0, 0))
    for i, metres in enumerate((100, 400, 600, 700, 450, 900)):
        town.building(
            (metres, 0), dwelling_count=2**i, vacant_count=i % 2, community_code=COMMUNITY if i < 4 else other
        )
    town.grids = {f"{COMMUNITY}001": [0, 1], f"{COMMUNITY}002": [2, 3], f"{other}001": [4, 5]}
    run = run_coverage(town.build())
    fields = ("building_count", "building_covered", "dwelling_count", "dwelling_covered")
    fields += ("resident_count", "resident_covered")
    whole = share(run, "EDU-PRI")
    assert [getattr(whole, name) for name in fields[:4]] == [6, 3, 63, 1 + 2 + 16]
    assert whole.resident_covered == (1 + (2 - 1) + 16) * 2.5
    for level in ("county", "street", "community", "grid"):
        rows = list(run.area_shares.filter(level=level, mode="norm").of_category(run, "EDU-PRI"))
        assert len(rows) == {"county": 1, "street": 1, "community": 2, "grid": 3}[level]
        assert [sum(getattr(row, name) for row in rows) for name in fields] == [
            getattr(whole, n) for n in fields
        ]
    assert share(run, "ALL", level="grid", area=f"{COMMUNITY}002").missing == ["EDU-PRI"]


def test_published_figures_replace_the_assumption_for_their_area():
    # Street 330100001: 3 persons a household and 20 % children of 6-12; community …002: 2 persons.
    other = "330100001002"
    town = DrawnTown()
    town.street((0, 0), (2000, 0))
    town.facility("EDU-PRI COM-MKT", (0, 0))
    town.building((100, 0))
    town.building((200, 0), community_code=other)
    place = town.build()
    PopulationTable.objects.create(
        town=place,
        area_code="330100001",
        year=2020,
        household_size=3.0,
        group_shares={"age_6_12": 0.2},
        source="普查",
    )
    PopulationTable.objects.create(town=place, area_code=other, year=2020, household_size=2.0, source="普查")
    run = run_coverage(place)
    assert run_arrays(run).residents.tolist() == [30, 20]
    assert share(run, "EDU-PRI").group_count == pytest.approx(10)
    assert share(run, "COM-MKT").group_count == 50  # for everyone
    assert "普查 (2020)" in run.inputs["residents"]["note_zh"]


def test_a_group_without_a_published_share_is_unknown():
    town = DrawnTown()
    town.street((0, 0), (2000, 0))
    town.facility("EDU-PRI", (0, 0))
    town.building((100, 0))
    run = run_coverage(town.build())
    assert share(run, "EDU-PRI").group_count is None


def test_a_new_import_leaves_the_old_run_as_it_was():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-PRI", (500, 0))
    town.building((0, 0))
    place = town.build()
    before = run_coverage(place)
    town.facility("EDU-PRI", (100, 0))
    town.build_inventory(place, number=2)
    after = run_coverage(place)
    assert walks(before, "EDU-PRI") == [5000]
    assert walks(after, "EDU-PRI") == [1000]
    assert run_arrays(before).walk_dm[before.categories.index("EDU-PRI")].tolist() == [5000]
    assert current_run(place) == after
    assert not CoverageRun.objects.get(pk=before.pk).is_current


def test_the_same_inputs_give_the_same_run():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    place = town.build()
    first = run_coverage(place)
    assert run_coverage(place) == first
    assert run_coverage(place, force=True) != first
    place.profile = CityProfile.objects.create(
        code="own", name_zh="本市", categories={"EDU-PRI": {"threshold_m": 800}}
    )
    place.save()
    again = run_coverage(place)
    assert again.inputs["categories"]["EDU-PRI"]["threshold_m"] == 800
    assert again.inputs["method"] == METHOD == 1


def test_a_failed_run_is_never_shown(monkeypatch):
    place = DrawnTown().build()
    monkeypatch.setattr("grids.coverage.runs.summary_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_coverage(place)
    assert current_run(place) is None
    assert CoverageRun.objects.get(town=place).state == "failed"
    assert not BuildingWalk.objects.exists()


def test_files_that_were_lost_come_back_the_same(settings):
    town = closed_estate()
    town.street((0, -10), (0, -100), steps=True)
    town.facility("COM-CONV", (0, -12))
    town.facility("EDU-PRI", (0, -90))
    town.building((0, 30), estate=7)
    town.building((0, -80))
    run = run_coverage(town.build())
    kept = run_arrays(run)
    columns = {name: np.array(getattr(kept, name)) for name in kept.__dataclass_fields__}
    for file in settings.ARRAYS_DIR.rglob("*.np?"):
        file.unlink()
    again = run_arrays(CoverageRun.objects.get(pk=run.pk))
    assert again is not kept
    for name, column in columns.items():
        np.testing.assert_array_equal(column, getattr(again, name), err_msg=name)


@pytest.mark.parametrize("without", ["streets", "buildings", "facilities", "anything"])
def test_a_town_that_lacks_something_gets_an_honest_empty_answer(without):
    town = DrawnTown()
    if without not in ("streets", "anything"):
        town.street((0, 0), (1000, 0))
    if without not in ("buildings", "anything"):
        town.building((0, 0))
    if without not in ("facilities", "anything"):
        town.facility("EDU-PRI", (100, 0))
    run = run_coverage(town.build())
    assert run.state == "done"
    assert run.summary["far_buildings"] == (1 if without == "streets" else 0)
    assert share(run, "ALL").score is None
    if without == "buildings":
        assert share(run, "EDU-PRI").building_count == 0


def test_a_town_that_was_never_imported_is_refused():
    town = Town.objects.create(slug="new", name_zh="新镇", root_code="3302")
    with pytest.raises(NothingToCompute) as refused:
        run_coverage(town)
    assert refused.value.details["absent"] == ["路网", "房屋", "设施"]


def test_a_threshold_that_the_search_cannot_judge_is_refused():
    place = DrawnTown().build()
    place.profile = CityProfile.objects.create(
        code="far", name_zh="远", categories={"EDU-PRI": {"threshold_m": 2500}}
    )
    place.save()
    with pytest.raises(ThresholdBeyondCutoff):
        run_coverage(place)
    assert run_coverage(place, cutoff_m=2500).cutoff_m == 2500


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
