"""A request's way from 受理 to 办结, who sees it, when it is due."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gis_core.errors import NotFound
from survey import requests
from survey.models import Request
from survey.requests import (
    RequestIncomplete,
    StepRefused,
    due_on,
    report,
    require_request,
    step,
    visible_requests,
)
from tests.grids.two_towns import FIRST, SECOND
from tests.people import make_person
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_field()


def opened(field, building=0, category="learning", by=None, **more):
    given = {"urgency": "week", "channel": "phone", "note": "", **more}
    made, _new = report(field.dwelling(building), category=category, by=by or field.director, **given)
    return made


def test_the_day_it_is_due_follows_from_its_urgency():
    assert due_on("week", date(2026, 3, 1)) == date(2026, 3, 8)
    assert due_on("month", date(2026, 3, 1)) == date(2026, 3, 31)
    assert due_on("sometime", date(2026, 3, 1)) == date(2026, 5, 30)


def test_the_whole_way_and_back_again(field):
    made = opened(field)
    for state in ("dispatched", "handling", "answered"):
        made = step(made, state, by=field.director)
    made = step(made, "rated", by=field.director, rating=2)
    made = step(made, "handling", by=field.director, note="评价不满意")  # a poor rating opens it again
    assert made.reopened_count == 1
    made = step(made, "answered", by=field.director)
    made = step(made, "closed", by=field.director, level="grid")
    assert made.closed_at is not None
    assert made.closed_level == "grid"
    made = step(made, "handling", by=field.director)
    assert (made.reopened_count, made.closed_level, made.closed_at) == (2, "", None)
    assert made.steps.count() == 9


@pytest.mark.parametrize("state", ["accepted", "answered", "rated", "closed", "nonsense"])
def test_no_step_is_skipped(field, state):
    with pytest.raises(StepRefused):
        step(opened(field), state, by=field.director)


def test_closing_says_at_which_level_and_rating_says_how_many_stars(field):
    made = opened(field)
    for state in ("handling", "answered"):
        made = step(made, state, by=field.director)
    with pytest.raises(RequestIncomplete):
        step(made, "closed", by=field.director)
    for rating in (None, 0, 6):
        with pytest.raises(RequestIncomplete):
            step(made, "rated", by=field.director, rating=rating)


def test_the_same_need_of_the_same_door_is_one_request(field):
    first = opened(field)
    second, is_new = report(
        field.dwelling(),
        category="learning",
        urgency="week",
        channel="paper",
        note="又来问",
        by=field.director,
    )
    assert (second, is_new) == (first, False)
    assert first.steps.count() == 2


def test_a_closed_request_does_not_open_beside_a_new_one(field):
    made = opened(field)
    for state in ("handling", "answered"):
        made = step(made, state, by=field.director)
    closed = step(made, "closed", by=field.director, level="grid")
    opened(field)
    with pytest.raises(StepRefused):
        step(closed, "handling", by=field.director)


def test_a_leader_sees_the_own_building_without_what_concerns_few(field):
    building = field.dwelling(0).building
    leader = make_person("leader", "building_leader", building_code=building.code)
    plain = opened(field, 0, "infrastructure")
    opened(field, 0, "health")
    opened(field, 1, "infrastructure")
    told = opened(field, 0, "mediation", by=leader)
    assert set(visible_requests(leader)) == {plain, told}
    with pytest.raises(NotFound):
        require_request(leader, plain.uid, to_handle=True)
    requests.dwelling_for_report(leader, field.dwelling(0).code)
    with pytest.raises(NotFound):
        requests.dwelling_for_report(leader, field.dwelling(1).code)


def test_a_director_sees_the_own_community_and_others_nothing(field):
    made = opened(field)
    assert list(visible_requests(field.director)) == [made]
    for role, code in (
        ("community_director", SECOND),
        ("grid_worker", FIRST),
        ("planner", FIRST),
        ("data_protection_officer", FIRST),
    ):
        assert not visible_requests(make_person(f"{role}-x", role, area_code=code)).exists()


@pytest.mark.parametrize("code", ["", "²", "9" * 40, "x", "\x00"])
def test_a_door_that_is_none_is_not_found(field, code):
    with pytest.raises(NotFound):
        requests.dwelling_for_report(field.director, code)


def test_counts_by_month_are_of_matters(field):
    opened(field, 0, "learning")
    opened(field, 1, "learning")
    opened(field, 0, "permits")
    since = timezone.now() - timedelta(days=40)
    rows = requests.counts_by_month(visible_requests(field.director), since=since)
    month = timezone.localdate().replace(day=1)
    assert [(row["category"], row["opened"], row["closed"]) for row in rows] == [
        ("learning", 2, 0),
        ("permits", 1, 0),
    ]
    assert {row["month"] for row in rows} == {month}
    assert {row["community"] for row in rows} == {FIRST}


def test_what_is_past_its_day_is_overdue_until_it_is_closed(field):
    made = opened(field)
    Request.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert list(requests.overdue(visible_requests(field.director))) == [made]
    Request.objects.update(state="closed", closed_level="grid")
    assert not requests.overdue(visible_requests(field.director)).exists()
