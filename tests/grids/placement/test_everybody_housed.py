"""Whole draws of small cities, against plans over all their flats at once, and against false lists."""

from types import SimpleNamespace

import numpy as np
import pytest

from grids.placement.caps import split_accessible
from tests.bench.placement_oracles import accepted_places, possible_places
from tests.bench.placement_promises import misreports_gain_nothing
from tests.bench.placement_small import faults_of


@pytest.mark.parametrize("first", range(0, 120, 30))
def test_nobody_is_left_without_where_a_plan_over_all_flats_has_a_place(first: int):
    """Caps, needs of access, priorities, lists of any length, with and without those who take no other."""
    assert [one for seed in range(first, first + 30) for one in faults_of(seed)] == []


def test_false_lists_gain_nothing_in_whole_draws_with_needs_and_priorities():
    assert misreports_gain_nothing(200, first=40) == (0, 200)


def flat(code: str, *, accessible: bool = False) -> SimpleNamespace:
    return SimpleNamespace(code=code, building_code=code[0], room_class="两室", is_accessible=accessible)


def person(*choices: str, needs: bool = False, takes_any: bool = True) -> SimpleNamespace:
    return SimpleNamespace(
        tenure="public_rental",
        room_class="两室",
        needs_accessible=needs,
        choices=choices,
        takes_any=takes_any,
    )


def test_what_is_possible_on_paper():
    """A1 is accessible, B1 is not; of two who need access one waits, and B1 goes to the third."""
    flats, limits = [flat("A1", accessible=True), flat("B1")], SimpleNamespace(factor=lambda tenure: None)
    people = [person(needs=True), person(needs=True), person()]
    assert possible_places(flats, people, limits) == 2
    picky = [person("A", takes_any=False), person("A", takes_any=False)]
    assert (possible_places(flats, picky, limits), accepted_places(flats, picky, limits)) == (2, 1)


def test_without_caps_the_split_leaves_the_order_free_and_each_cell_some_accessible_flats():
    """Cells of 4 flats, 3 and 1 of them accessible; 5 others for the 4 ordinary ones: cell 0 gives one up.

    Of the three that are kept any tenure may hold all, whichever comes first.
    """
    flats, accessible = np.array([4, 4]), np.array([3, 1])
    found = split_accessible(
        flats, accessible, np.array([[4, 4], [4, 4]]), np.array([3, 2]), np.array([1, 2])
    )
    assert found.reserved.tolist() == [2, 1]
    assert found.cap_accessible.tolist() == [[2, 1], [2, 1]]
    assert found.cap_rest.tolist() == [[2, 3], [2, 3]]
    assert found.housed == 8
