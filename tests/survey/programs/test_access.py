"""Every address below /v1/ by role: the round's director, another's, a worker, other desk people."""

from collections.abc import Callable

import pytest
from django.test import Client

from gis_core.models import User
from survey.devices import make_device
from survey.models import Device
from tests.grids.two_towns import FIRST
from tests.people import make_person
from tests.survey.access_rows_programs import IN_A_PROJECT, address
from tests.survey.intake.records import Work, draw_work, new_id

pytestmark = pytest.mark.django_db
ROWS_LEAVE = {
    "v1_rows",
    "v1_submissions",
    "v1_submission",
    "v1_submission_xml",
    "v1_entities",
    "v1_entity",
    "v1_entity_rows",
}
DIRECTORS_ONLY = {
    *ROWS_LEAVE,
    "v1_comments",
    "v1_app_users",
    "v1_assignments",
    "v1_form_assignments",
    "v1_form_assignment",
}
# The address of a file takes posts only; entity 0 is nobody's.
NOT_200 = {"v1_attachment": 405, "v1_entity": 404}
DESK_ROLES = ["planner", "auditor", "housing_official", "building_leader", "administrator"]
ODD_QUESTIONS = ["$top=-1", "$skip=x", "$filter=nonsense", "$select=__id", "$top=99999999999"]
CLOSED = (403, 404, 405)
PROBLEM = {"message", "code", "details"}
SECOND = "330100001002"


@pytest.fixture
def work() -> Work:
    return draw_work(allows_row_export=True)


@pytest.fixture
def here(work: Work) -> Callable[..., str]:
    """`here("v1_comments")`: that address of the round, for a record that is there."""
    record = work.household()
    assert work.send(record)["state"] == "applied"
    return lambda name: address(name, work.round.pk, record.instance_id)


def ask(user: User, path: str, method: str = "get", **more):
    _device, token = make_device(user, str(Device.Kind.PROGRAM))
    return getattr(Client(), method)(path, HTTP_AUTHORIZATION=f"Bearer {token}", **more)


def send_xml(user: User, path: str, xml: bytes, method: str = "post"):
    return ask(user, path, method, data=xml, content_type="application/xml")


def test_a_director_of_the_round_may_read_everything(work, here):
    answers = {name: ask(work.field.director, here(name)).status_code for name in IN_A_PROJECT}
    assert answers == {name: NOT_200.get(name, 200) for name in IN_A_PROJECT}


def test_a_director_of_another_area_finds_nothing(here):
    other = make_person("other", "community_director", area_code="330101")
    assert {ask(other, here(name)).status_code for name in IN_A_PROJECT} <= {404, 405}


def test_a_worker_of_another_area_finds_nothing(here):
    stranger = make_person("stranger", "grid_worker", area_code="330101")
    assert {ask(stranger, here(name)).status_code for name in IN_A_PROJECT} <= set(CLOSED)


@pytest.mark.parametrize("role", DESK_ROLES)
def test_other_roles_of_the_area_find_nothing(here, role):
    person = make_person(role, role, area_code=FIRST)
    assert {ask(person, here(name)).status_code for name in IN_A_PROJECT} <= set(CLOSED)


def test_a_worker_reads_no_rows_not_even_the_own(work, here):
    answers = {name: ask(work.field.worker, here(name)).status_code for name in DIRECTORS_ONLY}
    assert answers == dict.fromkeys(DIRECTORS_ONLY, 403)


def test_a_worker_sees_the_rounds_forms_and_may_send_a_record(work):
    worker = work.field.worker
    assert ask(worker, address("v1_forms", work.round.pk)).status_code == 200
    record = work.household(work.field.dwelling(door=2))
    response = send_xml(worker, address("v1_submissions", work.round.pk), record.xml)
    assert response.status_code == 200
    assert response.json()["instanceId"] == record.instance_id


def test_a_director_of_the_other_half_gets_no_row_of_this_half(work, here):
    half = make_person("half", "community_director", area_code=SECOND)
    type(work.round).objects.update(area_codes=[FIRST, SECOND])
    assert ask(half, here("v1_rows")).json()["value"] == []
    assert ask(half, here("v1_entity_rows")).json()["value"] == []
    assert len(ask(work.field.director, here("v1_entity_rows")).json()["value"]) == 32


def test_xml_that_is_none_is_kept_and_answered(work):
    response = send_xml(work.field.director, address("v1_submissions", work.round.pk), b"<broken")
    assert response.status_code == 400
    assert set(response.json()) == PROBLEM


def test_a_record_of_another_form_is_refused(work):
    path = address("v1_submissions", work.round.pk)
    assert send_xml(work.field.director, path, work.visit("no_one_in").xml).status_code == 409


def test_a_correction_of_something_else_is_refused(work, here):
    record = work.household()
    stale = type(record)(record.form_id, record.version, record.answers, new_id(), deprecated_id=new_id())
    assert send_xml(work.field.director, here("v1_submission"), stale.xml, "put").status_code == 409


def test_a_review_state_that_is_none_is_refused(work, here):
    given = {"data": {"reviewState": "nice"}, "content_type": "application/json"}
    assert ask(work.field.director, here("v1_submission"), "patch", **given).status_code == 400


def test_a_file_of_a_record_joins_it(work):
    record = work.household(work.field.dwelling(door=2), place={"place_photo": "door.jpg"})
    assert work.send(record)["files_missing"] == ["door.jpg"]
    path = address("v1_attachment", work.round.pk, record.instance_id)
    photo = b"\xff\xd8\xff\xe0" + b"x" * 100
    response = ask(work.field.worker, path, "post", data=photo, content_type="image/jpeg")
    assert response.status_code == 200
    listed = ask(work.field.worker, path.removesuffix("/door.jpg")).json()
    assert listed == [{"name": "door.jpg", "exists": True}]


@pytest.mark.parametrize("table", ["Submissions.need", "Nothing"])
def test_other_tables_are_not_offered(work, table):
    path = address("v1_rows", work.round.pk).replace("Submissions", table)
    assert ask(work.field.director, path).status_code == 501


@pytest.mark.parametrize("query", ODD_QUESTIONS)
def test_odd_questions_are_answered_with_a_problem(work, query):
    response = ask(work.field.director, f"{address('v1_rows', work.round.pk)}?{query}")
    assert response.status_code in (400, 501)
    assert set(response.json()) == PROBLEM
