"""Finding things by name, address, code and category, inside the duties only."""

import pytest

from gis_core.errors import Refusal
from grids.models import Building, Estate, Facility, StreetEdge
from grids.search import search
from tests.grids.two_towns import FIRST, GRID, SECOND, draw_towns
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    own, _other = draw_towns()
    Estate.objects.filter(stock__town=own).update(name_zh="幸福家园", name_en="Happy Homes")
    StreetEdge.objects.filter(network__town=own, number=0).update(name="民族路")
    Facility.objects.filter(inventory__town=own, number=1).update(
        name_zh="益民大药房", name_en="Yimin Pharmacy"
    )
    return own


@pytest.fixture
def planner():
    return make_person("planner", "planner", area_code="330100")


def kinds(found) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for one in found:
        grouped.setdefault(one["kind"], []).append(one["name"])
    return grouped


def test_an_estate_is_found_by_either_name(town, planner):
    assert kinds(search(planner, town, "幸福")) == {"estate": ["幸福家园"]}
    assert kinds(search(planner, town, "happy")) == {"estate": ["幸福家园"]}


def test_an_address_finds_its_street_and_its_buildings(town, planner):
    found = kinds(search(planner, town, "民族路"))
    assert found["street"] == ["民族路"]
    assert len(found["building"]) == 6


def test_a_category_finds_its_facilities_in_both_languages(town, planner):
    assert kinds(search(planner, town, "药店")) == {"facility": ["益民大药房"]}
    assert kinds(search(planner, town, "pharmacy")) == {"facility": ["益民大药房"]}
    assert kinds(search(planner, town, "hlt-pha")) == {"facility": ["益民大药房"]}


def test_codes_find_areas_grids_and_buildings(town, planner):
    assert kinds(search(planner, town, SECOND)).keys() == {"area", "building"}
    assert kinds(search(planner, town, GRID))["grid"] == [GRID]
    [one] = search(planner, town, f"{FIRST}00001")
    assert (one["kind"], one["number"]) == ("building", 0)


def test_found_things_say_where_they_are(town, planner):
    [estate] = search(planner, town, "幸福家园")
    west, south, east, north = estate["bounds"]
    assert west < estate["lon"] < east
    assert south < estate["lat"] < north


def test_a_director_finds_buildings_of_the_own_community_only(town):
    director = make_person("d", "community_director", area_code=SECOND)
    found = search(director, town, "号楼")
    assert {one["number"] for one in found} == {4, 5}
    assert search(director, town, "幸福") == []
    assert "grid" not in kinds(search(director, town, FIRST))


def test_signs_of_sql_patterns_are_taken_as_they_are(town, planner):
    assert search(planner, town, "%") == []
    assert search(planner, town, "_") == []
    Building.objects.filter(stock__town=town, number=0).update(name="100% 楼")
    assert [one["name"] for one in search(planner, town, "100%")] == ["100% 楼"]


@pytest.mark.parametrize("text", ["", "   ", "字" * 61, "a\x00b"])
def test_a_search_for_nothing_or_too_much_is_refused(town, planner, text):
    with pytest.raises(Refusal):
        search(planner, town, text)
