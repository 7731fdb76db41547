"""Both values of a conflict are shown with who and when; settling writes a version and clears the mark."""

import json

import pytest

from gis_core.errors import Conflict
from survey import access, conflicts
from survey.conflicts import ChoiceMissing, clear_contents, contested, settle
from survey.keys import seal
from survey.models import Entity, EntityVersion, Occupancy
from tests.survey.records.kept import clash, draw_records_field, keep_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_records_field()


@pytest.fixture
def entity(field):
    door = field.dwelling()
    first = keep_record(field, door)
    second = keep_record(field, door, by=field.colleague)
    return clash(field, door, first, second)


def test_a_hard_conflict_shows_the_value_before_and_both_after(entity):
    (one,) = contested(entity, clear_contents(entity))
    assert (one.name, one.label, one.is_hard) == ("has_lift", "有没有电梯", True)
    assert [(side.value, side.sender) for side in one.sides] == [
        ("", ""),
        ("yes", "worker"),
        ("no", "colleague"),
    ]
    assert [side.is_base for side in one.sides] == [True, False, False]
    assert [side.is_current for side in one.sides] == [False, False, True]
    assert one.choices == [("yes", "有"), ("no", "没有")]


def test_settling_writes_a_version_and_clears_the_mark(field, entity):
    settled = settle(entity, clear_contents(entity), {"has_lift": "yes"}, version=3, by=field.director)
    assert (settled.version, settled.conflict, settled.data) == (4, "", {"has_lift": "yes"})
    made = EntityVersion.objects.get(entity=entity, version=4)
    assert made.settled_by == field.director
    assert contested(settled, clear_contents(settled)) == []
    assert list(conflicts.open_conflicts(Entity.objects.all())) == []


def test_a_stale_page_settles_nothing(field, entity):
    with pytest.raises(Conflict):
        settle(entity, clear_contents(entity), {"has_lift": "yes"}, version=2, by=field.director)


@pytest.mark.parametrize("chosen", [{}, {"has_lift": "perhaps"}])
def test_each_contested_property_needs_a_value_of_its_list(field, entity, chosen):
    with pytest.raises(ChoiceMissing):
        settle(entity, clear_contents(entity), chosen, version=3, by=field.director)


def test_a_soft_conflict_lists_only_what_the_visits_said_differently(field, entity):
    def say(version, **values):
        EntityVersion.objects.filter(entity=entity, version=version).update(
            conflict="soft" if version == 3 else "", conflicting_properties=[], received=values, data=values
        )

    say(2, has_lift="yes", occupancy="rented")
    say(3, has_lift="yes", occupancy="owner_occupied")
    Entity.objects.filter(pk=entity.pk).update(conflict="soft")
    entity.refresh_from_db()
    (one,) = contested(entity, clear_contents(entity))
    assert (one.name, one.is_hard) == ("occupancy", False)


def test_visits_that_only_took_turns_are_settled_without_a_choice(field, entity):
    for version in (2, 3):
        EntityVersion.objects.filter(entity=entity, version=version).update(
            conflict="soft" if version == 3 else "", conflicting_properties=[], received={"has_lift": "yes"}
        )
    settled = settle(entity, clear_contents(entity), {}, version=3, by=field.director)
    assert settled.conflict == ""
    assert settled.data == {"has_lift": "no"}


def test_a_settled_occupancy_becomes_the_current_observation(field, entity):
    for number, state in ((2, "rented"), (3, "owner_occupied")):
        EntityVersion.objects.filter(entity=entity, version=number).update(
            received={"occupancy": state},
            data={"occupancy": state},
            conflicting_properties=["occupancy"] if number == 3 else [],
        )
    settle(entity, clear_contents(entity), {"occupancy": "rented"}, version=3, by=field.director)
    assert Occupancy.objects.get(is_current=True).state == "rented"


def test_a_sealed_list_is_opened_through_the_door_and_sealed_again(field, entity):
    key_id = str(field.round.uid)
    for row in entity.versions.all():
        content = json.dumps({"data": row.data, "received": row.received}).encode()
        EntityVersion.objects.filter(pk=row.pk).update(
            content_sealed=seal(key_id, content, about="entity_version.content"),
            data={},
            received={},
            key_id=key_id,
        )
    Entity.objects.filter(pk=entity.pk).update(key_id=key_id, list_name="households", data={})
    entity.refresh_from_db()
    contents = access.open_entity(field.director, entity, "合并冲突")
    assert contents[3]["received"] == {"has_lift": "no"}
    settled = settle(entity, contents, {"has_lift": "yes"}, version=3, by=field.director)
    assert settled.data == {}
    assert access.open_entity(field.director, settled, "核对")[4]["data"] == {"has_lift": "yes"}
