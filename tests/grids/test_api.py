"""The interface for programs: filters, paging, tags, refusals, and requests that nobody sane would send."""

import json

import pytest
from django.core.cache import cache

from grids.maps.class_counts import class_counts
from grids.maps.legends import bounds_bytes, class_of
from grids.maps.values import value_bytes
from grids.models import Building, GenerationState, Stock
from grids.scoping import active, building_mask
from tests.grids.drawn_towns import degrees
from tests.grids.two_towns import FIRST, GRID, SECOND, TwoTowns, draw_two_towns
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture(autouse=True)
def _no_rate_limit():
    cache.clear()


@pytest.fixture
def towns() -> TwoTowns:
    return draw_two_towns()


@pytest.fixture
def planner(towns):
    return client_for(make_person("planner", "planner", area_code="330100"))


def numbers(response) -> list[int]:
    assert response.status_code == 200, response.content
    return [one["properties"]["number"] for one in response.json()["features"]]


def test_a_box_finds_what_it_touches(planner):
    west, south = degrees((290, 0))
    east, north = degrees((510, 30))
    assert numbers(planner.get(f"{API}buildings/?in_bbox={west},{south},{east},{north}")) == [1, 2]
    assert numbers(planner.get(f"{API}buildings/?in_bbox=-180,-90,180,90")) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "box",
    ["1,2,3", "a,b,c,d", "nan,0,1,1", "0,0,inf,1", "2,0,1,1", "0,1,1,0", "-181,0,1,1", "0,0,1,91", "1,1,1,1",
     "0,0,1,1,5", "0;0;1;1", "1e400,0,1,1", "0,0,1,1)--"],
)  # fmt: skip
def test_a_box_that_is_none_is_refused_by_name(planner, box):
    response = planner.get(f"{API}buildings/", {"in_bbox": box})
    assert response.status_code == 400
    assert response.json()["code"] == "wrong_bbox"
    assert response.json()["details"]["in_bbox"] == box


def test_filters_by_area_kind_code_and_grid(planner):
    assert numbers(planner.get(f"{API}buildings/?area={SECOND}")) == [4, 5]
    assert numbers(planner.get(f"{API}buildings/?kind=commercial")) == []
    assert numbers(planner.get(f"{API}buildings/?grid={GRID}")) == [0, 1]
    assert numbers(planner.get(f"{API}buildings/?code={FIRST}00001")) == [0]
    assert numbers(planner.get(f"{API}buildings/?code={GRID}")) == []
    assert numbers(planner.get(f"{API}facilities/?category=EDU-KIN")) == [0]


def test_pages_are_linked_and_have_a_largest_size(planner):
    first = planner.get(f"{API}buildings/?page_size=4").json()
    assert (first["count"], len(first["features"]), first["previous"]) == (6, 4, None)
    assert numbers(planner.get(first["next"])) == [4, 5]
    assert len(planner.get(f"{API}buildings/?page_size=100000").json()["features"]) == 6
    assert planner.get(f"{API}buildings/?page=99").status_code == 404


def test_ordering_by_an_offered_field_only(planner):
    assert numbers(planner.get(f"{API}buildings/?ordering=-number")) == [5, 4, 3, 2, 1, 0]
    assert planner.get(f"{API}buildings/?ordering=stock__town__slug").json()["code"] == "unknown_parameter"


def test_a_parameter_nobody_knows_is_refused_with_those_there_are(planner):
    response = planner.get(f"{API}buildings/?arae={SECOND}")
    assert response.status_code == 400
    body = response.json()
    assert body["code"] == "unknown_parameter"
    assert "arae" in body["sentence"]
    assert "area" in body["details"]["known"]


def test_an_unchanged_answer_costs_a_304(planner, towns):
    first = planner.get(f"{API}buildings/")
    assert first["Cache-Control"] == "private, no-cache"
    again = planner.get(f"{API}buildings/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = planner.get(f"{API}buildings/?kind=mixed", headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    Stock.objects.filter(town=towns.own).update(state=GenerationState.RETIRED)
    assert planner.get(f"{API}buildings/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_tag_of_another_duty_does_not_match(planner):
    tag = planner.get(f"{API}buildings/")["ETag"]
    director = client_for(make_person("d", "community_director", area_code=SECOND))
    response = director.get(f"{API}buildings/", headers={"If-None-Match": tag})
    assert numbers(response) == [4, 5]


def test_a_list_shows_the_stock_in_use_unless_another_is_named(planner, towns):
    old = active(Stock, towns.own)
    Stock.objects.filter(pk=old.pk).update(state=GenerationState.RETIRED)
    assert numbers(planner.get(f"{API}buildings/")) == []
    assert len(numbers(planner.get(f"{API}buildings/?stock={old.uid}"))) == 6


def test_shares_are_filtered_and_ordered(planner, towns):
    shares = f"{API}coverage/runs/{towns.own_run.pk}/shares/"
    rows = planner.get(f"{shares}?level=community&category=EDU-KIN&mode=norm").json()["results"]
    counts = [(row["code"], row["building_covered"], row["building_count"]) for row in rows]
    assert counts == [(FIRST, 2, 4), (SECOND, 0, 2)]
    turned = f"{shares}?level=community&category=EDU-KIN&mode=norm&ordering=building_count"
    assert [row["code"] for row in planner.get(turned).json()["results"]] == [SECOND, FIRST]
    for wrong in ("level=house", "mode=run", "category=NO", "ordering=pk", "x=1"):
        assert planner.get(f"{shares}?{wrong}").status_code == 400


@pytest.mark.parametrize("mode", ["norm", "straight", "step_free", "time-adult", "time-older"])
def test_the_database_counts_the_classes_that_the_map_shows(towns, mode):
    run = towns.own_run
    user = make_person("p", "planner", area_code="330100")
    mask = building_mask(user, "open_coverage", run.stock)
    row = run.inputs["categories"]["EDU-KIN"]
    threshold, unit = (row["threshold_min"], 1) if mode.startswith("time") else (row["threshold_m"], 10)
    bounds = bounds_bytes(threshold, unit)
    shown = [class_of(byte, bounds) for byte in value_bytes(run, mode, "EDU-KIN").tolist()]
    counted = class_counts(run, mode, "EDU-KIN", mask)
    assert [one["building_count"] for one in counted] == [*(shown.count(i) for i in range(6)), 0]
    assert sum(one["dwelling_count"] for one in counted) == 60


def test_a_category_without_data_counts_everything_as_unknown(planner, towns):
    answer = planner.get(f"{API}coverage/runs/{towns.own_run.pk}/classes/?category=ELD-HOME").json()
    counts = [(one["class"], one["building_count"], one["dwelling_count"]) for one in answer["classes"]]
    assert counts == [*((i, 0, 0) for i in range(6)), (None, 6, 60)]


def test_the_card_and_the_walk_of_a_building(planner, towns):
    building = f"{API}coverage/runs/{towns.own_run.pk}/buildings/1/"
    card = planner.get(building).json()
    [walk] = [one for one in card["walks"] if one["category"] == "EDU-KIN"]
    assert (walk["walk_m"], walk["covered"], walk["facility"]["number"]) == (225, True, 0)
    line = planner.get(f"{building}walk/?facility=0").json()
    assert line["geometry"]["type"] == "LineString"
    assert line["properties"]["walk_m"] == 225
    for wrong in ("", "?facility=x", "?facility=-1", "?facility=0&mode=run", "?facility=１"):
        response = planner.get(f"{building}walk/{wrong}")
        assert response.status_code == 400
    assert planner.get(f"{building}walk/?facility=99").status_code == 404
    assert planner.get(f"{API}coverage/runs/{towns.own_run.pk}/buildings/99/").status_code == 404


def test_town_wide_figures_go_to_those_who_hold_the_town(planner, towns):
    address = f"{API}coverage/runs/{towns.own_run.pk}/"
    assert planner.get(address).json()["summary"]["score"] is not None
    director = client_for(make_person("d", "community_director", area_code=SECOND))
    assert director.get(address).json()["summary"] is None


STRANGE = ["'; DROP TABLE grids_building; --", "%", "_", "\\", "%%s", "{0}", "\x00", "路' OR '1'='1", "🙂",
           "a" * 999, "-1", "1e309", "NaN", "../..", "$(id)", "\ud7ff", "9" * 30]  # fmt: skip
FIELDS = ["area", "code", "source_id", "kind", "estate", "grid", "stock", "town", "in_bbox", "page",
          "page_size", "ordering"]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_strange_values_of_a_filter_are_refused_or_find_nothing(planner, field):
    for value in STRANGE:
        response = planner.get(f"{API}buildings/", {field: value})
        assert response.status_code in (200, 400, 404), (field, value)
        if response.status_code == 200 and field not in ("page_size", "page"):
            assert numbers(response) == [], (field, value)
    assert Building.objects.count() == 8


@pytest.mark.parametrize("value", STRANGE)
def test_strange_searches_find_nothing_and_break_nothing(planner, value):
    response = planner.get(f"{API}search/", {"q": value, "town": "jia"})
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert isinstance(response.json(), list)
    refused = 400 if "\x00" in value else 404
    assert planner.get(f"{API}search/", {"q": "x", "town": value}).status_code == refused


@pytest.mark.parametrize(
    "path",
    ["buildings/abc/", "buildings/-1/", "buildings/99999999999999999/", "buildings/1.5/", "towns/%00/",
     "stocks/------------------------------------/", "stocks/not-a-uuid/", "coverage/runs/1/",
     "coverage/runs/00000000-0000-0000-0000-000000000000/", "walking-profiles/nobody/",
     "coverage/runs/00000000-0000-0000-0000-000000000000/buildings/1/", "grids/999999999999999999/"],
)  # fmt: skip
def test_malformed_and_unknown_ids_are_not_found(planner, path):
    response = planner.get(API + path)
    assert response.status_code == 404
    assert json.loads(response.content)["code"] == "not_found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_interface_only_reads(planner, method):
    assert getattr(planner, method)(f"{API}buildings/").status_code in (403, 405)


def test_a_loop_that_runs_away_is_told_to_wait(planner, monkeypatch):
    monkeypatch.setattr("grids.api.narrowing.ApiRate.rate", "3/min")
    answers = [planner.get(f"{API}towns/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_the_schema_names_every_endpoint_and_its_filters(planner):
    schema = planner.get("/api/schema/").json()
    assert schema["openapi"].startswith("3.")
    named = {one["name"] for one in schema["paths"]["/api/v1/buildings/"]["get"]["parameters"]}
    assert {"in_bbox", "area", "grid", "page", "page_size", "ordering"} <= named
    for path in ("towns/", "coverage/runs/{id}/shares/", "search/", "categories/", "facilities/{id}/"):
        assert API + path in schema["paths"]
