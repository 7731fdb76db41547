"""工作台 of those who work at the doors, and the queue's mark for what two visits told differently."""

import pytest

from gis_core.models import Role
from survey import review
from tests.people import client_for, make_person
from tests.survey.records.kept import clash, draw_records_field, keep_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_records_field()


def home_of(user) -> str:
    return client_for(user).get("/").content.decode()


def test_a_grid_worker_is_shown_the_way_to_the_tablet(field):
    page = home_of(field.worker)
    assert "打开走访应用" in page
    assert 'href="/tablet/"' in page


def test_a_returned_record_waits_for_its_own_worker_until_it_is_withdrawn(field):
    record = keep_record(field, field.dwelling())
    sent = review.send_back(record, by=field.director, message="请核对")
    assert f"{field.round.name}：1 份记录退回给您" in home_of(field.worker)
    assert "退回给您" not in home_of(field.colleague)
    review.withdraw_return(sent, by=field.director)
    assert "退回给您" not in home_of(field.worker)


def test_a_building_leader_begins_with_reporting_a_need(field):
    leader = make_person("leader", Role.BUILDING_LEADER, building_code=field.dwelling().code[:17])
    page = home_of(leader)
    assert 'href="/requests/new/"' in page
    assert "打开走访应用" not in page


def test_the_queue_marks_a_door_of_which_two_visits_said_different_things(field):
    door, other = field.dwelling(0, door=1), field.dwelling(0, door=2)
    keep_record(field, other)
    address = f"/rounds/{field.round.uid}/review/?tab=new"
    desk = client_for(field.director)
    assert "tag-answer" not in desk.get(address).content.decode()
    clash(field, door, keep_record(field, door), keep_record(field, door, by=field.colleague))
    assert desk.get(address).content.decode().count("tag-answer") == 2
