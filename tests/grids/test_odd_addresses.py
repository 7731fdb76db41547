"""Odd texts where a number, a day or an address of ours is expected; one city's standard is not another's."""

import pytest

from grids.models import CityProfile
from grids.profiles import STANDARD, city_profile, seed_profiles
from tests.grids.drawn_towns import DrawnTown
from tests.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(person):
    client = client_for(person("planner", "33"))
    client.raise_request_exception = False
    return client


@pytest.fixture
def town():
    drawn = DrawnTown(slug="jia", root_code="330100")
    drawn.street((0, 0), (600, 0))
    drawn.building((100.0, 15.0), community_code="330100001001")
    return drawn.build()


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000, "-1", "1e3"])
def test_a_number_that_is_none_is_not_found(planner, town, number):
    for address in ("/grids/", "/grids/plan.json", "/grids/export/"):
        assert planner.get(address, {"plan": number}).status_code == 404
    assert planner.get("/settings/profile/", {"profile": number}).status_code == 404
    assert planner.post("/settings/profile/new/", {"base": number}).status_code == 404
    given = {"town": town.slug, "profile": number}
    assert planner.post("/settings/profile/choose/", given).status_code == 404


@pytest.mark.parametrize("name", ["", "GB50180", "gb50180"])
def test_the_national_standard_is_not_changed_by_one_city(planner, town, name):
    seed_profiles()
    base = city_profile(town)
    given = {"base": base.pk, "name": name, "reason": "本市标准 3.1", "m-EDU-KIN": "900"}
    assert planner.post("/settings/profile/new/", given).status_code == 422
    assert CityProfile.objects.filter(code=STANDARD).count() == 1
    assert planner.post("/settings/profile/new/", {**given, "name": "某市标准"}).status_code == 302
    assert city_profile(town) == base
