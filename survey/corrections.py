"""What a correction takes back: rows, entities and facts of the records that it replaces.

Nothing is deleted but what nobody has begun to handle; the rest is history until the round is sealed.
"""

from typing import Any

from django.utils import timezone

from survey.entity_changes import Change, State
from survey.entity_versions import current_state, insert_version, versions_of, write_state
from survey.models import (
    Consent,
    Entity,
    EntityVersion,
    Household,
    Occupancy,
    Request,
    RequestStep,
    Submission,
    Visit,
)
from survey.rounds import DWELLINGS
from survey.rows import Batch

# Of these the newest of a door is current: when it was, and what makes the door.
NEWEST_STANDS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Occupancy, "observed_on", ("town_id", "dwelling_code")),
    (Consent, "at", ("round_id", "dwelling_code")),
    (Household, "recorded_at", ("round_id", "dwelling_code")),
)


def set_aside(record: Submission) -> None:
    """Rows of the records that this correction replaces are history from now on.

    What another visit had said at those doors stands again: the correction may be of another door, or say
    less. Requests that nobody has begun to handle go too; the correction brings its own.
    """
    replaced = Submission.objects.filter(
        form_id=record.form_id, root_instance_id=record.root_instance_id
    ).exclude(pk=record.pk)
    Visit.objects.filter(submission__in=replaced, is_current=True).update(is_current=False)
    for model, moment, place in NEWEST_STANDS:
        left = model.objects.filter(submission__in=replaced, is_current=True)
        doors = list(left.values(*place).distinct())
        left.update(is_current=False)
        for door in doors:
            _stand_again(model, moment, door)
    untouched = Request.objects.filter(submission__in=replaced, state=Request.State.ACCEPTED)
    RequestStep.objects.filter(request__in=untouched).delete()
    untouched.delete()


def _stand_again(model: Any, moment: str, door: dict[str, Any]) -> None:
    """The newest of the door whose record neither was corrected nor is marked as not to be used."""
    standing = model.objects.filter(
        **door, submission__is_current=True, submission__state=Submission.State.APPLIED
    ).exclude(submission__review=Submission.Review.REJECTED)
    newest = standing.order_by(f"-{moment}", "-pk").first()
    if newest is not None:
        model.objects.filter(pk=newest.pk).update(is_current=True)


def forget_unnamed(record: Submission, changes: list[Change]) -> int:
    """What the corrected record had made and its correction no longer names is gone; dwellings stay."""
    made = EntityVersion.objects.filter(
        version=1,
        submission__form_id=record.form_id,
        submission__root_instance_id=record.root_instance_id,
    ).exclude(submission=record)
    gone = Entity.objects.filter(pk__in=made.values("entity"), deleted_at=None).exclude(list_name=DWELLINGS)
    return gone.exclude(uuid__in=[change.uuid for change in changes]).update(deleted_at=timezone.now())


def give_back(record: Submission, changes: list[Change]) -> None:
    """A door that the corrected record had changed and its correction does not name gets its facts back.

    Only what still stands as that record wrote it: what others said since stays.
    """
    chain = {
        "versions__submission__form_id": record.form_id,
        "versions__submission__root_instance_id": record.root_instance_id,
    }
    left = Entity.objects.filter(list_name=DWELLINGS, deleted_at=None, **chain)
    left = left.exclude(uuid__in=[change.uuid for change in changes])
    keys = list(left.order_by("pk").values_list("pk", flat=True).distinct())
    for found in Entity.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        _give_back(found, record)


def _give_back(found: Entity, record: Submission) -> None:
    now, batch = timezone.now(), Batch()
    versions = versions_of(found, current_state(found))
    first = next((i for i, state in enumerate(versions) if state.root == record.root_instance_id), 0)
    if first == 0:
        return
    before, own = versions[first - 1].data, _written(versions[first:], record.root_instance_id)
    data = dict(found.data)
    for name, value in own.items():
        if data.get(name) == value and before.get(name) != value:
            data.pop(name)
            data |= {name: before[name]} if name in before else {}
    if data == found.data:
        return
    state = State(found.version + 1, found.label, data)
    row = EntityVersion(
        version=state.version,
        base_version=found.version,
        label=found.label,
        data=data,
        submission=record,
        at=now,
    )
    insert_version(row, found, batch)
    write_state(found, state, record, found.conflict, batch, now)
    batch.write()


def _written(versions: list[State], root: str) -> dict[str, str]:
    """What this chain of records had written last, property by property."""
    found: dict[str, str] = {}
    for earlier, state in zip([None, *versions], versions, strict=False):
        if state.root == root:
            then = earlier.data if earlier is not None else {}
            found |= {name: value for name, value in state.data.items() if then.get(name) != value}
    return found
