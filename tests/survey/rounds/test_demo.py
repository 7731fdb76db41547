"""The demo's visits go the way of any other: through the intake, and every time the same."""

import pytest

from survey.demo.answering import Said, drawn_uuid, record_of
from survey.demo.sayings import Call, said_at
from survey.demo.visits import Post
from survey.intake import accept_submission
from survey.models import Entity, Household, Occupancy, Request, Submission, Visit
from survey.questionnaires.built_in import seed_forms
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def forms():
    return tuple(seed_forms())


@pytest.fixture
def field(forms):
    return draw_field(forms[0])


def call_at(field, outcome, unit=1):
    at = field.round.opened_at
    return Call(field.dwelling(0, unit=unit), outcome, at, 0)


@pytest.mark.parametrize(
    "outcome", ["met", "no_one_in", "call_back", "declined", "vacant", "not_found", "group_let"]
)
def test_a_drawn_visit_is_applied_with_its_outcome(field, forms, outcome):
    Post.of(field.round).send(field.worker, call_at(field, outcome))
    record = Submission.objects.get()
    assert (record.state, record.held_details) == ("applied", {})
    assert Visit.objects.get().outcome == outcome


def test_what_was_said_is_where_it_belongs(field, forms):
    door = Entity.objects.get(list_name="dwellings", dwelling_code=field.dwelling().code)
    said = Said(
        {"consent": "yes", "occupancy": "rented", "needs": "permits", "age_band:60-79": "2"},
        {"has_lift": "no"},
        (("permits", "week"),),
    )
    xml = record_of(forms[0], door, said, name="one", base_version=1)
    receipt = accept_submission(xml, by=field.worker, round_uid=str(field.round.uid))
    assert receipt.state == "applied"
    door.refresh_from_db()
    assert (door.version, door.data["has_lift"], door.data["occupancy"]) == (2, "no", "rented")
    assert Occupancy.objects.get().state == "rented"
    assert list(Request.objects.values_list("category", "urgency")) == [("permits", "week")]
    assert Household.objects.get().dwelling_code == door.dwelling_code
    assert b"permits" in xml


def test_two_tablets_that_knew_one_version_collide(field, forms):
    call = call_at(field, "met")
    Post.of(field.round).send(field.worker, call, base_version=1, has_heat="yes")
    again = Call(call.dwelling, "met", call.at, 1)
    Post.of(field.round).send(field.worker, again, base_version=1, has_heat="no")
    assert Entity.objects.get(list_name="dwellings", dwelling_code=call.dwelling.code).conflict == "hard"


def test_sending_a_visit_again_changes_nothing(field, forms):
    call, post = call_at(field, "met"), Post.of(field.round)
    first, again = post.send(field.worker, call), post.send(field.worker, call)
    assert (first.sha256, again.state) == (again.sha256, "applied")
    assert Submission.objects.count() == 1
    assert Entity.objects.get(list_name="dwellings", dwelling_code=call.dwelling.code).version == 2


def test_the_same_door_says_the_same_every_time(field):
    assert said_at(call_at(field, "met")) == said_at(call_at(field, "met"))
    assert drawn_uuid("a", 1) == drawn_uuid("a", 1) != drawn_uuid("a", 2)
    assert drawn_uuid("a", 1).version == 4
