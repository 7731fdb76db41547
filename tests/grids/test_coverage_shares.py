"""How the walks of buildings become shares of areas and of groups."""

import pytest

from grids.coverage.results import run_arrays
from grids.coverage.runs import run_coverage
from grids.models import BuildingWalk, PopulationTable
from tests.grids.drawn_towns import COMMUNITY, DrawnTown
from tests.grids.run_reading import share, why

pytestmark = pytest.mark.django_db


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
