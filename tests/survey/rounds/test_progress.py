"""Every dwelling is counted once, in the state that its visits decide."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from survey.progress import STATES, door_states, progress_of
from tests.grids.two_towns import FIRST, GRID, OTHER_GRID
from tests.survey.rounds.visits import knock
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 4, 0, tzinfo=UTC)  # noon of a Wednesday in Shanghai
DOOR = f"{FIRST}00001010101"


@pytest.fixture
def field():
    return draw_field()


def state_after(field, *outcomes):
    for hours, outcome in enumerate(outcomes):
        knock(field, DOOR, outcome, at=NOW - timedelta(days=9) + timedelta(hours=hours))
    return door_states(field.round)[DOOR].state


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        (["met"], "recorded"),
        (["unchanged"], "recorded"),
        (["group_let"], "recorded"),
        (["no_one_in"], "no_one_in"),
        (["no_one_in", "no_one_in"], "no_one_in"),
        (["no_one_in", "no_one_in", "no_one_in"], "unreached"),
        (["no_one_in", "no_one_in", "no_one_in", "met"], "recorded"),
        (["no_one_in", "met"], "recorded"),
        (["met", "no_one_in"], "recorded"),
        (["met", "call_back"], "call_back"),
        (["vacant", "met"], "recorded"),
        (["not_found", "no_one_in"], "not_found"),
        (["declined", "met"], "declined"),
        (["call_back", "no_one_in"], "no_one_in"),
        (["vacant"], "vacant"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_visits_decide_the_state_of_a_door(field, outcomes, state):
    assert state_after(field, *outcomes) == state  # the round allows three attempts


def test_every_dwelling_is_counted_once_and_the_parts_add_up(field):
    knock(field, DOOR, "met")
    knock(field, f"{FIRST}00001020202", "no_one_in")
    knock(field, f"{FIRST}00004010101", "declined")
    found = progress_of(field.round)
    assert found.whole.total == 32
    assert sum(found.whole.states.values()) == 32
    assert set(found.whole.states) <= set(STATES)
    assert {code: tally.total for code, tally in found.by_grid.items()} == {GRID: 16, OTHER_GRID: 16}
    assert found.by_grid[GRID].states == {"recorded": 1, "no_one_in": 1, "none": 14}
    assert found.by_building[f"{FIRST}00001"].visited == 2
    assert (found.whole.finished, found.whole.attempts) == (2, 3)


def test_a_rejected_record_does_not_count(field):
    visit = knock(field, DOOR, "met")
    visit.is_current = False
    visit.save()
    assert progress_of(field.round).whole.visited == 0


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({"call_back_at": NOW + timedelta(hours=2)}, 1),  # later today
        ({"call_back_at": NOW + timedelta(hours=13)}, 0),  # one in the morning of tomorrow
        ({"call_back_at": NOW - timedelta(days=3)}, 1),
        ({"call_back_slot": "tonight"}, 1),  # asked for yesterday evening
        ({"call_back_slot": "tomorrow_morning"}, 1),  # yesterday's tomorrow
        ({"call_back_slot": "weekend"}, 0),
        ({}, 1),
    ],
    ids=["today", "tomorrow", "missed", "tonight", "morning", "weekend", "no time"],
)
def test_a_call_back_is_due_on_its_day_in_the_towns_zone(field, facts, due):
    knock(field, DOOR, "call_back", at=NOW - timedelta(days=1), **facts)
    assert progress_of(field.round, now=NOW).whole.due == due


def test_a_door_rests_while_the_cool_down_lasts(field):
    knock(field, DOOR, "no_one_in", at=NOW)
    soon, later = NOW + timedelta(hours=3, minutes=59), NOW + timedelta(hours=4)
    assert progress_of(field.round, now=soon).whole.resting == 1  # the round's cool-down is 4 hours
    assert progress_of(field.round, now=later).whole.resting == 0


def test_dwellings_that_nobody_visits_are_counted_where_they_are(field):
    field.set.assignments.update(ended_at=timezone.now())
    found = progress_of(field.round)
    assert found.whole.unassigned == 16
    assert found.by_grid[OTHER_GRID].unassigned == 0


def test_only_the_asked_buildings_are_counted(field):
    knock(field, DOOR, "met")
    found = progress_of(field.round, buildings=[f"{FIRST}00001"])
    assert (found.whole.total, found.whole.finished) == (8, 1)
    assert list(found.by_building) == [f"{FIRST}00001"]


def test_progress_takes_a_fixed_number_of_queries(field, django_assert_max_num_queries):
    for unit in (1, 2):
        for door in (1, 2):
            knock(field, f"{FIRST}0000{unit}01010{door}", "met")
    with django_assert_max_num_queries(5):
        progress_of(field.round)
