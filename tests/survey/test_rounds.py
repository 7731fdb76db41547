"""Opening a round pins its ground; assignments decide whose door it is."""

import pytest

from survey.assignments import Place, assign, assigned_dwellings, balance, visits_dwelling
from survey.errors import AssignmentRefused
from survey.keys import KeyDestroyed, destroy_key, seal, unseal
from survey.models import Entity
from tests.grids.two_towns import FIRST
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db


def test_opening_lists_each_dwelling_of_the_community_once():
    field = draw_field()
    assert Entity.objects.filter(list_name="dwellings").count() == 32  # 4 buildings × 8 doors
    assert field.round.stock is not None
    assert field.round.public_key


def test_two_workers_share_the_community_by_grid():
    field = draw_field()
    assert balance(field.round) == {field.set.pk: 16, field.colleague_set.pk: 16}
    assert {row.building.number for row in assigned_dwellings(field.set)} == {0, 1}


def test_the_most_exact_assignment_decides():
    field = draw_field()
    stairwell = Place(building_code=f"{FIRST}00001", unit=2)
    with pytest.raises(AssignmentRefused):  # the colleague has no duty in that grid
        assign(field.round, field.colleague, [stairwell], by=field.director)
    field.colleague.duties.update(grid_code="", area_code=FIRST)

    assign(field.round, field.colleague, [stairwell], by=field.director)
    assert balance(field.round) == {field.set.pk: 12, field.colleague_set.pk: 20}
    assert visits_dwelling(field.round, field.colleague.pk, field.dwelling(0, unit=2))
    assert not visits_dwelling(field.round, field.worker.pk, field.dwelling(0, unit=2))


def test_a_destroyed_key_opens_nothing():
    field = draw_field()
    key_id = str(field.round.uid)
    sealed = seal(key_id, "两人".encode(), about="household.composition")
    assert unseal(key_id, sealed, about="household.composition").decode() == "两人"
    with pytest.raises(ValueError, match="not sealed"):
        unseal(key_id, sealed, about="household.contact")
    destroy_key(key_id)
    with pytest.raises(KeyDestroyed):
        unseal(key_id, sealed, about="household.composition")
