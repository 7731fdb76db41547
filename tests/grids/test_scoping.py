"""Codes meet tables: what a duty reaches, and what only looks as if it did."""

from datetime import date

import pytest

from gis_core.models import Duty
from grids.models import Building, GenerationState, GridPlan, Stock
from grids.scoping import (
    active,
    building_mask,
    scope_token,
    visible_areas,
    visible_buildings,
    visible_estates,
    visible_grids,
    visible_towns,
)
from tests.grids.two_towns import COLLIDING, FIRST, GRID, OTHER_GRID, SECOND, draw_towns
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns():
    return draw_towns()


def seen(user, town, action: str = "read_map") -> list[int]:
    stock = active(Stock, town)
    mask = building_mask(user, action, stock)
    numbers = visible_buildings(user, action, stock).order_by("number").values_list("number", flat=True)
    assert [int(i) for i in mask.nonzero()[0]] == list(numbers)
    return list(numbers)


def test_towns_whose_codes_begin_alike_are_told_apart(towns):
    own, other = towns
    planner = make_person("p", "planner", area_code="330100")
    assert list(visible_towns(planner)) == [own]
    assert seen(planner, own) == [0, 1, 2, 3, 4, 5]
    assert seen(planner, other) == []


def test_a_province_holds_both_towns(towns):
    own, other = towns
    planner = make_person("p", "planner", area_code="33")
    assert set(visible_towns(planner)) == {own, other}


def test_a_community_duty_sees_its_buildings_only(towns):
    own, _other = towns
    director = make_person("d", "community_director", area_code=SECOND)
    assert list(visible_towns(director)) == [own]
    assert seen(director, own) == [4, 5]
    assert visible_estates(director, "read_map", active(Stock, own)).count() == 0


def test_a_grid_duty_does_not_open_the_building_whose_code_begins_with_it(towns):
    own, _other = towns
    assert COLLIDING.startswith(GRID)
    worker = make_person("w", "grid_worker", grid_code=GRID)
    assert seen(worker, own) == [0, 1]
    assert [grid.code for grid in visible_grids(worker, "read_map")] == [GRID]


def test_a_building_duty_is_compared_whole(towns):
    own, _other = towns
    leader = make_person("l", "building_leader", building_code=COLLIDING)
    assert seen(leader, own) == [2]
    assert list(visible_grids(leader, "read_map")) == []


def test_a_grid_of_a_plan_that_is_not_in_use_opens_nothing(towns):
    own, _other = towns
    worker = make_person("w", "grid_worker", grid_code=GRID)
    before = scope_token(worker, "read_map", own)
    GridPlan.objects.filter(town=own).update(state=GenerationState.RETIRED)
    assert seen(worker, own) == []
    assert scope_token(worker, "read_map", own) != before


def test_areas_above_a_duty_are_named_and_those_beside_it_are_not(towns):
    own, _other = towns
    director = make_person("d", "community_director", area_code=FIRST)
    codes = {area.code for area in visible_areas(director, "read_map")}
    assert codes == {"330100", "330100001", FIRST}
    assert own.root_code in codes


def test_an_expired_duty_sees_nothing(towns):
    own, _other = towns
    gone = make_person("g", "planner", area_code="330100", valid_until=date(2020, 12, 31))
    assert not visible_towns(gone).exists()
    assert seen(gone, own) == []


def test_a_role_without_the_action_sees_nothing(towns):
    auditor = make_person("a", "auditor", area_code="330100")
    assert not visible_towns(auditor).exists()


def test_two_duties_add_up_and_change_the_token(towns):
    own, _other = towns
    director = make_person("d", "community_director", area_code=SECOND)
    alone = scope_token(director, "read_map", own)
    Duty.objects.create(user=director, role="grid_worker", grid_code=OTHER_GRID, valid_from=date(2020, 1, 1))
    assert seen(director, own) == [2, 3, 4, 5]
    assert scope_token(director, "read_map", own) != alone
    # The worker's duty says nothing about coverage.
    assert seen(director, own, "open_coverage") == [4, 5]


def test_people_with_the_same_duties_share_a_token_and_others_do_not(towns):
    own, _other = towns
    one, same = (make_person(name, "planner", area_code="330100") for name in "ab")
    wider = make_person("c", "planner", area_code="3301")
    director = make_person("d", "community_director", area_code=SECOND)
    tokens = [scope_token(user, "open_coverage", own) for user in (one, same, wider, director)]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3


def test_a_new_stock_has_its_own_mask(towns):
    own, _other = towns
    planner = make_person("p", "planner", area_code="330100")
    old = active(Stock, own)
    assert building_mask(planner, "read_map", old).sum() == 6
    Stock.objects.filter(pk=old.pk).update(state=GenerationState.RETIRED)
    new = Stock.objects.create(town=own, number=2, source_name="second", state=GenerationState.ACTIVE)
    assert len(building_mask(planner, "read_map", new)) == 0
    assert Building.objects.filter(stock=old).count() == 6
