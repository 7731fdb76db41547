"""Giving, taking and taking back: what is selected is what changes, and nothing that was done is deleted."""

from datetime import date

import pytest
from django.utils import timezone

from survey.assignments import (
    Place,
    assign,
    assigned_dwellings,
    balance,
    last_change,
    take_back,
    visits_dwelling,
    withdraw,
    worker_of,
    workers_for,
)
from survey.errors import AssignmentRefused
from survey.models import Assignment, Round
from survey.rounds import close_round
from tests.grids.two_towns import COLLIDING, FIRST, GRID, OTHER_GRID, SECOND
from tests.people import make_person
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db
HOUSE = f"{FIRST}00001"  # building 0, in grid …001


@pytest.fixture
def field():
    """Worker has grid …001 (16 dwellings), colleague grid …002 (16); both may be sent anywhere in FIRST."""
    found = draw_field()
    for person in (found.worker, found.colleague):
        person.duties.update(grid_code="", area_code=FIRST)
    return found


def test_asking_whose_door_it_is_takes_two_queries(field, django_assert_num_queries):
    dwelling = field.dwelling(0, unit=2)
    with django_assert_num_queries(2):
        assert worker_of(field.round, dwelling) == field.worker.pk


def test_stairwell_comes_before_building_before_grid(field):
    assign(field.round, field.colleague, [Place(building_code=HOUSE)], by=field.director)
    assign(field.round, field.worker, [Place(building_code=HOUSE, unit=2)], by=field.director)
    assert worker_of(field.round, field.dwelling(0, unit=1)) == field.colleague.pk
    assert worker_of(field.round, field.dwelling(0, unit=2)) == field.worker.pk
    assert worker_of(field.round, field.dwelling(1, unit=1)) == field.worker.pk
    assert balance(field.round) == {field.set.pk: 12, field.colleague_set.pk: 20}
    assert assigned_dwellings(field.set).count() == 12


def test_a_building_whose_code_begins_with_a_grids_code_is_not_of_that_grid(field):
    assert COLLIDING.startswith(GRID)
    dwelling = field.dwelling(2)
    assert dwelling.building.code == COLLIDING
    assert visits_dwelling(field.round, field.colleague.pk, dwelling)
    assert not visits_dwelling(field.round, field.worker.pk, dwelling)


def test_a_grid_given_away_leaves_its_exceptions_unless_asked_for_them(field):
    assign(field.round, field.colleague, [Place(building_code=HOUSE)], by=field.director)
    third = make_person("third", "grid_worker", area_code=FIRST)
    assign(field.round, third, [Place(grid_code=GRID)], by=field.director)
    assert worker_of(field.round, field.dwelling(0)) == field.colleague.pk
    assign(field.round, third, [Place(grid_code=GRID)], by=field.director, takes_exceptions=True)
    assert worker_of(field.round, field.dwelling(0)) == third.pk


def test_withdrawing_one_stairwell_of_a_grid_leaves_everything_else(field):
    withdraw(field.round, [Place(building_code=HOUSE, unit=2)], by=field.director)
    assert balance(field.round) == {field.set.pk: 12, field.colleague_set.pk: 16, None: 4}
    assert worker_of(field.round, field.dwelling(0, unit=1)) == field.worker.pk
    assert worker_of(field.round, field.dwelling(0, unit=2)) is None
    assert worker_of(field.round, field.dwelling(1, unit=2)) == field.worker.pk


def test_withdrawing_a_building_that_was_an_exception_does_not_hand_it_to_the_grids_worker(field):
    assign(field.round, field.colleague, [Place(building_code=HOUSE)], by=field.director)
    withdraw(field.round, [Place(building_code=HOUSE)], by=field.director)
    assert worker_of(field.round, field.dwelling(0)) is None
    assert balance(field.round) == {field.set.pk: 8, field.colleague_set.pk: 16, None: 8}


def test_withdrawing_where_nobody_goes_is_refused(field):
    withdraw(field.round, [Place(grid_code=GRID)], by=field.director)
    with pytest.raises(AssignmentRefused, match="没有分配"):
        withdraw(field.round, [Place(grid_code=GRID)], by=field.director)


def test_taking_back_restores_the_balance_and_doing_it_twice_does_it_again(field):
    before = balance(field.round)
    assign(field.round, field.colleague, [Place(grid_code=GRID)], by=field.director)
    after = balance(field.round)
    assert after == {field.colleague_set.pk: 32}
    take_back(field.round, by=field.director)
    assert balance(field.round) == before
    take_back(field.round, by=field.director)
    assert balance(field.round) == after


def test_rows_are_ended_never_deleted(field):
    made = Assignment.objects.count()
    assign(field.round, field.colleague, [Place(grid_code=GRID)], by=field.director)
    take_back(field.round, by=field.director)
    assert Assignment.objects.count() == made + 2
    ended = Assignment.objects.filter(ended_at__isnull=False)
    assert {row.ended_by for row in ended} == {field.director}


def test_one_change_is_one_moment(field):
    places = [Place(building_code=f"{FIRST}0000{n}") for n in (1, 2)]
    assign(field.round, field.colleague, places, by=field.director)
    change = last_change(field.round)
    assert len(change.made) == 2
    assert {row.made_at for row in change.made} == {change.at}


def test_nothing_to_take_back_is_refused():
    field = draw_field()
    Assignment.objects.all().delete()
    with pytest.raises(AssignmentRefused):
        take_back(field.round, by=field.director)


@pytest.mark.parametrize(
    "place",
    [
        Place(grid_code=SECOND + "001"),
        Place(building_code=SECOND + "00001"),
        Place(building_code=HOUSE, unit=9),
    ],
    ids=["grid elsewhere", "building of the other community", "stairwell that does not exist"],
)
def test_a_place_outside_the_round_is_refused(field, place):
    with pytest.raises(AssignmentRefused, match="不在这一轮"):
        assign(field.round, field.worker, [place], by=field.director)


def test_a_worker_whose_duty_ended_cannot_be_sent(field):
    field.colleague.duties.update(valid_until=date(2020, 12, 31))
    with pytest.raises(AssignmentRefused, match="没有网格员职责"):
        assign(field.round, field.colleague, [Place(grid_code=GRID)], by=field.director)


def test_a_building_in_the_grid_of_a_duty_may_be_given(field):
    field.colleague.duties.update(grid_code=GRID, area_code="")
    assign(field.round, field.colleague, [Place(building_code=HOUSE)], by=field.director)
    with pytest.raises(AssignmentRefused):
        assign(field.round, field.colleague, [Place(building_code=COLLIDING)], by=field.director)


def test_a_closed_round_is_not_assigned_any_more(field):
    closed = close_round(field.round, by=field.director)
    for change in (
        lambda: assign(closed, field.worker, [Place(grid_code=OTHER_GRID)], by=field.director),
        lambda: withdraw(closed, [Place(grid_code=GRID)], by=field.director),
        lambda: take_back(closed, by=field.director),
    ):
        with pytest.raises(AssignmentRefused, match="不再更改"):
            change()


def test_workers_are_those_with_a_duty_in_the_communities_and_those_who_take_part(field):
    make_person("elsewhere", "grid_worker", area_code=SECOND)
    make_person("street", "grid_worker", area_code=FIRST[:9])
    make_person("planner", "planner", area_code=FIRST)
    field.colleague.duties.update(revoked_at=timezone.now())
    names = {person.username for person in workers_for(field.round)}
    assert names == {"worker", "colleague", "street"}


def test_a_draft_is_assigned_by_the_plan_in_use(field):
    Round.objects.filter(pk=field.round.pk).update(state="draft", stock=None, plan=None)
    draft = Round.objects.get(pk=field.round.pk)
    assert balance(draft) == {field.set.pk: 16, field.colleague_set.pk: 16}
    assign(draft, field.worker, [Place(grid_code=OTHER_GRID)], by=field.director)
    assert balance(draft) == {field.set.pk: 32}
