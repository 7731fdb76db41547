"""A record as its judge sees it: its answers, the door it belongs to, and every reason to hold it."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from gis_core.denylist import has_id_number
from gis_core.models import User
from gis_core.permissions import duties_for
from survey.answers import Answers, all_text, answers_of
from survey.assignment_places import VISIT
from survey.doors import Door, find_door
from survey.form_versions import AnsweredForm
from survey.held_reasons import ROUND_SEALED, UNKNOWN_DWELLING
from survey.models import Round, Submission
from survey.questionnaires.built_in import VISIT as VISIT_FORM
from survey.round_locks import hold_shared, require_still
from survey.safe_xml import read_xml
from survey.stored_xml import sealed_xml


@dataclass(frozen=True)
class Reading:
    """A record as its judge sees it."""

    answers: Answers
    door: Door | None
    reasons: tuple[str, ...]


def look(
    answers: Answers, root: Element, form: AnsweredForm, *, by: User, root_id: str, round_uid: str | None
) -> Reading:
    """Find the door and every reason to hold the record. Reads only."""
    door = find_door(
        answers.one("dwelling"),
        form_id=form.form_id,
        is_visit_form=form.is_visit_form,
        worker_id=by.pk,
        root=root_id,
        round_uid=round_uid,
    )
    reasons = [*_of_the_door(door, by), *(["id_number"] if has_id_number("\n".join(all_text(root))) else [])]
    return Reading(answers, door, tuple(reasons))


def _of_the_door(door: Door | None, by: User) -> list[str]:
    if door is None:
        return [UNKNOWN_DWELLING]
    if door.round_id is None:
        return ["no_round"]
    found = []
    if not door.is_in_round:
        found.append(UNKNOWN_DWELLING)
    if door.round_state == Round.State.SEALED:
        found.append(ROUND_SEALED)
    if door.round_state == Round.State.CLOSED:
        found.append("round_closed")
    if not _holds(door, by):
        found.append("outside_duty")
    if not door.is_assigned:
        found.append("assignment_ended" if door.was_assigned else "not_assigned")
    if door.has_declined:
        found.append("declined_before")
    return found


def _holds(door: Door, by: User) -> bool:
    """Does a duty of today let this person visit the dwelling?"""
    scope = duties_for(by, VISIT)
    return (
        scope.holds(door.dwelling_code)
        or door.building_code in scope.building_codes
        or door.grid_code in scope.grid_codes
    )


def read_again(record: Submission, answers: Answers | None = None) -> Reading:
    """The stored record with its door as it is now, its round kept from being sealed meanwhile.

    Raises:
        UnreadableXml
        KeyDestroyed
        SealedMeanwhile: its round was found, and sealed a moment later.
    """
    hold_shared(record.round_id)
    version = record.form_version
    root = read_xml(sealed_xml(record))
    form = AnsweredForm(
        version_id=version.pk,
        form_id=record.form_id,
        xform_md5=version.xform_md5,
        area_code=record.form.area_code,
        is_visit_form=record.form.is_built_in and record.form.form_id == VISIT_FORM,
    )
    found = look(
        answers or answers_of(root, version.outline),
        root,
        form,
        by=record.by,
        root_id=record.root_instance_id,
        round_uid=str(record.round.uid) if record.round else None,
    )
    if found.door is not None and found.door.round_id != record.round_id:
        require_still(found.door.round_id, found.door.round_state)
    return found
