"""Entities: actions, versions, soft and hard conflicts, offline branches; ODK Central's recorded answers."""

import itertools
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from survey.keys import unseal
from survey.models import Entity, Submission, WaitingUpdate
from survey.waiting import apply_overdue
from tests.survey.intake.records import Mark, update


def versions(entity: Entity) -> list[tuple[int, str, list[str]]]:
    rows = entity.versions.order_by("version")
    return list(rows.values_list("version", "conflict", "conflicting_properties"))


def branch_update(work, occupancy: str, base: int, branch: str, trunk: int | None = 1, **more):
    """One offline update of the first door, made on version `base` of a tablet that left at `trunk`."""
    mark = update(str(work.entity().uuid), base, trunk=trunk, branch=branch)
    return work.household(mark=mark, home={"occupancy": occupancy, **more})


# --- Actions -----------------------------------------------------------------------------------


def test_a_household_is_created_sealed(work):
    work.send(work.household())
    made = Entity.objects.get(list_name="households")
    assert (made.version, made.data, made.dwelling_code) == (1, {}, work.field.dwelling().code)
    assert unseal(made.key_id, made.data_sealed, about="entity.data") == b"{}"
    assert versions(made) == [(1, "", [])]


def test_an_update_keeps_what_it_does_not_say(work):
    work.send(work.household(home={"has_lift": "yes"}))
    work.send(work.household(home={"has_lift": "", "occupancy": "vacant"}))
    data = work.entity().data
    assert (data["has_lift"], data["occupancy"]) == ("yes", "vacant")
    assert [row[0] for row in versions(work.entity())] == [1, 2, 3]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('update="1"', "base_version_missing"),
        ('update="1" baseVersion="x"', "bad_version"),
        ('update="1" baseVersion="1" trunkVersion="1"', "trunk_without_branch"),
        ('update="1" baseVersion="9"', "base_version_unknown"),
        ('create="1"', "not_declared"),
        (
            'update="1" baseVersion="1" trunkVersion="5" branchId="fc66b6ac-ba80-4d1e-b6f1-e5c6ea1af22e"',
            "trunk_ahead",
        ),
    ],
)
def test_what_cannot_be_done_to_an_entity_holds_the_record(work, attributes, code):
    mark = Mark(str(work.entity().uuid), attributes, label="x")
    assert work.send(work.household(mark=mark))["held_reason"] == "entity_refused"
    assert Submission.objects.get().held_details["code"] == code
    assert work.entity().version == 1


@pytest.mark.parametrize(
    "said", ['update="true" baseVersion="1"', 'update="1" baseVersion="1" trunkVersion="" branchId=""']
)
def test_both_ways_to_write_truth_and_empty_attributes(work, said):
    mark = Mark(f"uuid:{work.entity().uuid}", said)
    assert work.send(work.household(mark=mark))["state"] == "applied"
    assert work.entity().version == 2


def test_an_entity_is_created_once(work):
    made = Mark(str(uuid.uuid4()), 'create="true"', "households", "甲")
    work.send(work.household(made=made))
    receipt = work.send(work.household(made=made))
    assert receipt["held_reason"] == "entity_refused"
    assert Submission.objects.get(state="held").held_details["code"] == "entity_exists"


def test_a_household_without_a_label_is_not_created(work):
    work.send(work.household(made=Mark(str(uuid.uuid4()), 'create="1"', "households")))
    assert Submission.objects.get().held_details["code"] == "label_missing"


def test_another_dwelling_than_the_one_visited_is_out_of_reach(work):
    other = work.entity(work.field.dwelling(3))
    work.send(work.household(mark=update(str(other.uuid), 1)))
    assert Submission.objects.get().held_details["code"] == "other_dwelling"
    assert work.entity(work.field.dwelling(3)).version == 1


def test_an_id_that_is_no_random_uuid_is_refused(work):
    made = Mark("00000000-0000-1000-8000-000000000000", 'create="1"', "households", "甲")
    work.send(work.household(made=made))
    assert Submission.objects.get().held_details["code"] == "bad_entity_id"


# --- Conflicts -----------------------------------------------------------------------------------


def test_two_updates_of_different_facts_are_a_soft_conflict(work):
    door = str(work.entity().uuid)
    work.send(work.visit("vacant", mark=update(door, 1)))
    record = work.household(mark=update(door, 1), home={"occupancy": "", "has_lift": "yes", "has_heat": ""})
    work.send(record)
    assert versions(work.entity())[1:] == [(2, "", []), (3, "soft", [])]
    assert work.entity().conflict == "soft"
    assert work.entity().data == {"occupancy": "vacant", "has_lift": "yes"}


def test_the_same_value_twice_is_no_hard_conflict(work):
    door = str(work.entity().uuid)
    for _ in range(2):
        work.send(work.visit("vacant", mark=update(door, 1)))
    assert versions(work.entity())[2] == (3, "soft", [])


def test_a_hard_conflict_keeps_both_values_and_is_never_played_down(work):
    door = str(work.entity().uuid)
    work.send(work.household(mark=update(door, 1), home={"occupancy": "rented"}))
    work.send(work.household(mark=update(door, 1), home={"occupancy": "vacant"}))
    assert versions(work.entity())[2] == (3, "hard", ["occupancy"])
    work.send(work.household(mark=update(door, 3), home={"occupancy": "dormitory"}))
    assert work.entity().conflict == "hard"
    stored = [row.data.get("occupancy") for row in work.entity().versions.order_by("version")]
    assert stored == [None, "rented", "vacant", "dormitory"]
    received = [row.received.get("occupancy") for row in work.entity().versions.order_by("version")]
    assert received == [None, "rented", "vacant", "dormitory"]


# --- Offline branches, as ODK Central answered them -------------------------------------------------


def test_three_updates_of_one_tablet_in_reverse_come_out_in_order(work):
    """C3, C2, C1 sent in reverse: held, held, then versions 2, 3, 4 in the right order, no conflict."""
    branch = str(uuid.uuid4())
    c1, c2, c3 = (
        branch_update(work, value, base, branch)
        for base, value in enumerate(("rented", "vacant", "dormitory"), start=1)
    )
    assert work.send(c3)["held_reason"] == "waiting_predecessor"
    assert work.send(c2)["held_reason"] == "waiting_predecessor"
    assert work.send(c1)["state"] == "applied"
    assert [row[:2] for row in versions(work.entity())] == [(1, ""), (2, ""), (3, ""), (4, "")]
    said = [row.data.get("occupancy") for row in work.entity().versions.order_by("version")]
    assert said == [None, "rented", "vacant", "dormitory"]
    assert not WaitingUpdate.objects.exists()
    assert set(Submission.objects.values_list("state", flat=True)) == {"applied"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_arrival_gives_the_same_history(work, order):
    branch = str(uuid.uuid4())
    values = ["rented", "vacant", "dormitory", "other_use"]
    records = [branch_update(work, value, base, branch) for base, value in enumerate(values, start=1)]
    for i in order:
        work.send(records[i])
    said = [row.data.get("occupancy") for row in work.entity().versions.order_by("version")]
    assert said == [None, *values]
    assert work.entity().conflict == ""


def test_two_tablets_at_one_door(work):
    """A1, B1, A2: version 2 is fine, 3 and 4 are hard conflicts, the stored value is A2's."""
    a, b = str(uuid.uuid4()), str(uuid.uuid4())
    a1, b1, a2 = (
        branch_update(work, "rented", 1, a),
        branch_update(work, "vacant", 1, b),
        branch_update(work, "dormitory", 2, a),
    )
    for record in (a1, b1, a2):
        assert work.send(record)["state"] == "applied"
    assert versions(work.entity())[1:] == [
        (2, "", []),
        (3, "hard", ["occupancy"]),
        (4, "hard", ["occupancy"]),
    ]
    assert work.entity().data["occupancy"] == "dormitory"


def test_a_branch_that_another_interrupted_is_soft(work):
    a, b = str(uuid.uuid4()), str(uuid.uuid4())
    alone = {"has_lift": "", "has_heat": ""}
    work.send(branch_update(work, "rented", 1, b, **alone))
    work.send(branch_update(work, "", 1, a, has_lift="yes", has_heat=""))
    work.send(branch_update(work, "", 2, a, has_lift="no", has_heat=""))
    assert [row[1] for row in versions(work.entity())] == ["", "", "soft", "soft"]


def test_an_update_whose_predecessor_never_comes_is_forced_after_five_days(work):
    late = branch_update(work, "vacant", 2, str(uuid.uuid4()))
    work.send(late)
    assert apply_overdue() == 0
    WaitingUpdate.objects.update(held_at=timezone.now() - timedelta(days=5, minutes=1))
    assert apply_overdue() == 1
    assert work.entity().data["occupancy"] == "vacant"
    assert versions(work.entity())[1] == (2, "soft", [])
    assert Submission.objects.get().state == "applied"


def test_a_correction_builds_on_its_own_record(work):
    """It names the version that the tablet had then; only a foreign change since is a conflict."""
    record = work.household(home={"occupancy": "rented"})
    work.send(record)
    work.send(record.edited(answers=record.answers.replace("rented", "vacant")))
    assert [row[1] for row in versions(work.entity())] == ["", "", ""]
    other = work.household(home={"occupancy": "dormitory"})
    work.send(other)
    first = Submission.objects.get(is_current=True, root_instance_id=record.instance_id)
    edit = record.edited(answers=record.answers.replace("rented", "other_use"))
    again = type(edit)(edit.form_id, edit.version, edit.answers, edit.instance_id, first.instance_id)
    work.send(again)
    assert versions(work.entity())[4] == (5, "hard", ["occupancy"])


def test_a_correction_that_names_another_household_replaces_the_first(work):
    record = work.household()
    work.send(record)
    (made,) = Entity.objects.filter(list_name="households")
    work.send(record.edited(answers=record.answers.replace(str(made.uuid), str(uuid.uuid4()))))
    made.refresh_from_db()
    assert made.deleted_at is not None
    assert Entity.objects.filter(list_name="households", deleted_at=None).count() == 1
