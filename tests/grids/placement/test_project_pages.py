"""The pages of projects: begun, listed, renamed, deleted, each within the duty of whoever asks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gis_core.models import AccessLog, Duty
from grids.models import Flat, PlacementProject
from grids.pages.placement.list_counts import natural, room_order
from grids.pages.placement.scope import steps_of
from grids.placement.imports import import_applicants
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant
from tests.grids.drawn_towns import COMMUNITY
from tests.grids.placement.draw_projects import Clock, closed, drawn_project
from tests.grids.placement.list_senders import TOWN_CODE, send, text_of
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    ROOM,
    applicant,
    flats_csv,
    table,
)
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db


def test_an_official_begins_a_project_and_goes_on_to_the_flats(official, town):
    answer = official.post(reverse("placement_new") + "?town=quarter", {"name": " 东苑第一批 "})
    made = PlacementProject.objects.get()
    assert answer.url == reverse("placement_flats", args=[made.uid])
    assert (made.name, made.area_code, made.town) == ("东苑第一批", TOWN_CODE, town)
    assert "东苑第一批" in text_of(official.get(reverse("placements")))


@pytest.mark.parametrize("name", ["", "   ", "东苑配房"])
def test_a_project_without_a_name_of_its_own_is_refused_with_what_was_typed(official, project, name):
    answer = official.post(reverse("placement_new") + "?town=quarter", {"name": name})
    assert answer.status_code == 422
    assert answer.context["name"] == name
    assert PlacementProject.objects.count() == 1


def test_whoever_looks_after_one_community_sees_what_they_began(town):
    director = client_for(make_person("one", "housing_official", area_code=COMMUNITY))
    director.post(reverse("placement_new") + "?town=quarter", {"name": "小项目"})
    made = PlacementProject.objects.get()
    assert made.area_code == COMMUNITY
    assert director.get(reverse("placement_flats", args=[made.uid])).status_code == 200
    elsewhere = client_for(make_person("two", "housing_official", area_code=COMMUNITY[:-1] + "9"))
    assert elsewhere.get(reverse("placement_flats", args=[made.uid])).status_code == 404


def test_flats_of_two_duties_do_not_vanish_into_a_project_that_neither_opens(project):
    """Each duty holds one building's community; the whole of both is the street, which neither holds."""
    person = make_person("two", "housing_official", area_code=COMMUNITY)
    Duty.objects.create(
        user=person, role="housing_official", area_code=COMMUNITY[:-1] + "2", valid_from="2020-01-01"
    )
    moved = COMMUNITY[:-1] + "2" + EAST_2[-5:]
    project.stock.buildings.filter(code=EAST_2).update(code=moved, community_code=moved[:12])
    PlacementProject.objects.filter(pk=project.pk).update(area_code=COMMUNITY)
    content = table([{"房源编码": f"{code}010101", "户型": ROOM} for code in (EAST_1, moved)])
    answer = send(client_for(person), "placement_flats", project, content)
    assert answer.status_code == 422
    assert "分属您的几处职责" in text_of(answer)
    assert not Flat.objects.exists()


def test_the_list_says_how_far_each_project_is(official, with_flats):
    [row] = official.get(reverse("placements")).context["rows"]
    assert (row.step.key, row.done) == ("applicants", 1)
    assert (row.project.flat_count, row.project.applicant_count) == (10, 0)
    opened = official.get(reverse("placement", args=[with_flats.uid]))
    assert opened.url == reverse("placement_applicants", args=[with_flats.uid])


def test_the_strip_counts_each_list_by_itself(with_flats):
    """Joined, 5,000 flats and 5,000 applicants would be 25 million rows: the pages took twenty seconds."""
    with CaptureQueriesContext(connection) as asked:
        steps_of(with_flats)
    assert not [one["sql"] for one in asked if " JOIN " in one["sql"]]


def test_buildings_and_room_classes_stand_in_the_order_of_their_numbers():
    assert sorted(["10号楼", "2号楼", "1号楼"], key=natural) == ["1号楼", "2号楼", "10号楼"]
    assert sorted(["三室", "一室", "12室", "两室", "loft"], key=room_order) == [
        "一室",
        "两室",
        "三室",
        "12室",
        "loft",
    ]


def test_the_workbench_names_the_next_step(official, with_flats):
    page = official.get("/").content.decode()
    assert "东苑配房：下一步 申请" in page
    assert reverse("placement_applicants", args=[with_flats.uid]) in page


def test_a_project_is_deleted_with_its_name_typed_and_everything_in_it(official, with_flats):
    import_applicants(with_flats, table([applicant("A1", 申报房源=FLATS[0])]), "a.csv", None)
    rules = make_rules(with_flats, name="r", reason="试")
    make_variant(with_flats, "given", rules, "v", None)
    address = reverse("placement_delete", args=[with_flats.uid])
    assert official.post(address, {"typed_name": "东苑"}).status_code == 422
    assert PlacementProject.objects.exists()
    assert official.post(address, {"typed_name": "东苑配房"}).status_code == 302
    assert not PlacementProject.objects.exists()
    assert AccessLog.objects.filter(action="delete_placement").count() == 1


def test_a_project_with_a_draw_can_neither_be_deleted_nor_renamed(clock: Clock):
    project, rules = drawn_project()
    closed(project, rules)
    official = client_for(make_person("official", "housing_official", area_code=project.area_code))
    address = reverse("placement_delete", args=[project.uid])
    assert official.post(address, {"typed_name": project.name}).status_code == 409
    assert official.post(reverse("placement_rename", args=[project.uid]), {"name": "别的"}).status_code == 409
    project.refresh_from_db()
    assert project.name == "新桥配房"
    flats = official.get(reverse("placement_flats", args=[project.uid]))
    assert b'type="file"' not in flats.content
    before = project.flats.count()
    assert send(official, "placement_flats", project, flats_csv()).status_code == 409
    assert project.flats.count() == before
