"""Generations: loaded aside, activated together, numbered without gaps."""

import pytest

from grids.generations import NotReady, activate, active, begin, mark_checked
from grids.models import FacilityInventory, Stock, StreetNetwork, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town.objects.create(slug="a", name_zh="甲", root_code="990001")


def test_numbers_run_within_town_and_kind(town: Town) -> None:
    assert [begin(Stock, town).number for _i in range(3)] == [1, 2, 3]
    assert begin(StreetNetwork, town).number == 1


def test_activation_retires_the_predecessor_of_the_same_kind_only(town: Town) -> None:
    first, network = begin(Stock, town), begin(StreetNetwork, town)
    for generation in (first, network):
        mark_checked(generation)
    activate([first, network])
    second = begin(Stock, town)
    mark_checked(second)
    activate([second])
    first.refresh_from_db()
    assert first.state == "retired"
    assert active(Stock, town) == second
    assert active(StreetNetwork, town) == network
    assert active(FacilityInventory, town) is None
    activate([first])  # back again
    assert active(Stock, town) == first


def test_what_is_still_loading_is_refused_and_nothing_switches(town: Town) -> None:
    ready, loading = begin(Stock, town), begin(StreetNetwork, town)
    mark_checked(ready)
    with pytest.raises(NotReady):
        activate([ready, loading])
    ready.refresh_from_db()
    assert ready.state == "checked"


def test_generations_of_two_towns_are_not_switched_together(town: Town) -> None:
    other = Town.objects.create(slug="b", name_zh="乙", root_code="990002")
    with pytest.raises(ValueError, match="different towns"):
        activate([begin(Stock, town), begin(Stock, other)])
