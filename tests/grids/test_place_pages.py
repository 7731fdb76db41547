"""The page 房屋设施: lists, one place, and corrections that never touch a generation in use."""

import pytest
from django.urls import reverse

from gis_core.errors import Refusal
from gis_core.models import AccessLog
from grids.corrections import apply_corrections, correct_place, standing, undo_correction
from grids.models import Building, Dwelling, Facility, PlaceCorrection, Stock
from grids.pages.place_facts import flats_by_unit
from tests.grids.two_towns import FIRST, GRID, SECOND, draw_towns
from tests.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return draw_towns()[0]


@pytest.fixture
def planner(person):
    return client_for(person("planner", "330100"))


def building(town, number=0):
    return Building.objects.get(stock__town=town, number=number)


def listed(client, town, **query):
    page = client.get(reverse("places"), {"town": town.slug, **query})
    assert page.status_code == 200
    return [row.number for row in page.context["rows"]]


def test_buildings_are_found_by_name_address_and_code(town, planner):
    assert listed(planner, town, q="jia 3 号楼") == [3]
    assert listed(planner, town, q="民族路 4 号") == [4]
    assert listed(planner, town, q=building(town, 1).code) == [1]
    assert listed(planner, town, q="没有") == []


def test_buildings_are_filtered_by_community_and_grid(town, planner):
    assert sorted(listed(planner, town, community=SECOND)) == [4, 5]
    assert sorted(listed(planner, town, grid=GRID)) == [0, 1]


def test_buildings_without_floors_can_be_asked_for(town, planner):
    Building.objects.filter(stock__town=town).update(floors=6)
    Building.objects.filter(stock__town=town, number=2).update(floors=None)
    assert listed(planner, town, floors="no") == [2]
    assert 2 not in listed(planner, town, floors="yes")


def test_a_director_sees_the_own_community_only(town, person):
    director = client_for(person("community_director", SECOND))
    assert sorted(listed(director, town)) == [4, 5]
    assert director.get(reverse("building", args=[building(town, 0).pk])).status_code == 404
    assert director.get(reverse("building", args=[building(town, 4).pk])).status_code == 200


def test_facilities_are_filtered_by_category(town, planner):
    page = planner.get(reverse("places"), {"town": town.slug, "tab": "facilities", "category": "HLT-PHA"})
    assert ["HLT-PHA" in row.categories for row in page.context["rows"]] == [True]


def test_estates_are_listed_with_their_buildings(town, planner):
    page = planner.get(reverse("places"), {"town": town.slug, "tab": "estates"})
    assert [row.building_total for row in page.context["rows"]] == [2]


def test_an_unknown_page_number_and_sort_are_harmless(town, planner):
    assert len(listed(planner, town, page="999", sort="-nothing", kind="")) == 6


def test_a_correction_is_shown_at_once_and_leaves_the_generation_alone(town, planner):
    before = building(town)
    answer = planner.post(
        reverse("building_correct", args=[before.pk]),
        {"floors": "7", "has_lift": "yes", "reason": "现场核对"},
    )
    assert answer.status_code == 302
    after = building(town)
    assert (after.floors, after.has_lift) == (before.floors, before.has_lift)
    page = planner.get(reverse("building", args=[before.pk]))
    shown = {fact.field: fact for fact in page.context["facts"]}
    assert shown["floors"].words == 7
    assert shown["floors"].correction is not None
    assert shown["has_lift"].raw == "yes"
    assert AccessLog.objects.filter(action="correct_place").count() == 1


def test_a_correction_needs_its_reason_and_a_value_that_can_be(town, planner):
    url = reverse("building_correct", args=[building(town).pk])
    assert planner.post(url, {"floors": "7", "reason": " "}).status_code == 422
    assert planner.post(url, {"floors": "2.5", "reason": "看过"}).status_code == 422
    assert planner.post(url, {"floors": "999", "reason": "看过"}).status_code == 422
    assert planner.post(url, {"kind": "palace", "reason": "看过"}).status_code == 422
    assert not PlaceCorrection.objects.exists()


def test_the_same_value_again_is_no_correction(town, person):
    by, place = person("planner", "330100"), building(town)
    correct_place(place, {"floors": "7"}, reason="看过", code=place.code, by=by)
    with pytest.raises(Refusal) as refused:
        correct_place(place, {"floors": "7"}, reason="看过", code=place.code, by=by)
    assert refused.value.code == "nothing_changed"


def test_undoing_the_later_brings_back_the_earlier(town, person):
    by, place = person("planner", "330100"), building(town)
    [first] = correct_place(place, {"floors": "7"}, reason="看过", code=place.code, by=by)
    [second] = correct_place(place, {"floors": "8"}, reason="再看", code=place.code, by=by)
    assert standing(place)["floors"].new_value == 8
    undo_correction(second, by=by)
    assert standing(place)["floors"].new_value == 7
    undo_correction(first, by=by)
    assert standing(place) == {}
    with pytest.raises(Refusal):
        undo_correction(first, by=by)
    assert PlaceCorrection.objects.count() == 2


def test_corrections_are_written_into_the_next_generation_and_never_into_one_in_use(town, person):
    by, place = person("planner", "330100"), building(town)
    correct_place(place, {"floors": "7", "has_gas": "no"}, reason="看过", code=place.code, by=by)
    following = Stock.objects.create(town=town, number=99, source_name="next", state="loading")
    place.pk, place.stock = None, following
    place.save()
    assert apply_corrections(following, None) == 2
    written = Building.objects.get(stock=following)
    assert (written.floors, written.has_gas) == (7, False)
    with pytest.raises(ValueError, match="never changes"):
        apply_corrections(Stock.objects.get(town=town, state="active"), None)


def test_a_facility_is_closed_by_correction_and_opened_again_by_undoing(town, planner):
    facility = Facility.objects.filter(inventory__town=town).first()
    planner.post(reverse("facility_correct", args=[facility.pk]), {"status": "closed", "reason": "已停业"})
    row = PlaceCorrection.objects.get()
    assert (row.old_value, row.new_value) == ("open", "closed")
    assert planner.post(reverse("correction_undo", args=[row.pk])).status_code == 302
    assert standing(facility) == {}


def test_a_housing_official_reads_but_does_not_correct(town, person):
    official = client_for(person("housing_official", "330100"))
    place = building(town)
    assert official.get(reverse("building", args=[place.pk])).status_code == 200
    answer = official.post(reverse("building_correct", args=[place.pk]), {"floors": "7", "reason": "x"})
    assert answer.status_code == 403


def test_flats_stand_in_their_stairwell_with_the_top_floor_first(town):
    place = building(town)
    for unit, floor, door in ((1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1)):
        Dwelling.objects.create(
            building=place,
            code=f"{place.code}{unit:02d}{floor:02d}{door:02d}",
            unit=unit,
            floor=floor,
            door=door,
            source="register",
        )
    first, second = flats_by_unit(place)
    assert [floor for floor, _flats in first.floors] == [2, 1]
    assert [flat is not None for flat in first.floors[0][1]] == [True, False]
    assert (first.doors, second.doors) == ([1, 2], [1])


def test_a_footprint_on_the_map_leads_to_its_page(town, planner):
    answer = planner.get(reverse("building_by_number", args=[town.slug, 3]))
    assert answer.url == reverse("building", args=[building(town, 3).pk])
    assert planner.get(reverse("building_by_number", args=["yi", 0])).status_code == 404


def test_codes_of_first_community_do_not_show_in_the_second(town, planner):
    assert set(listed(planner, town, community=FIRST)) == {0, 1, 2, 3}
