"""What a stored record changes, or why it waits for a person.

A record is judged once it can be read. Either all of its effects are written, or none and the record is
held with every reason that was found; a director may apply it all the same. An error of ours holds the
record too: it is on the server, nothing of it is lost.
"""

import logging
import traceback
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from survey.answers import Answers
from survey.corrections import forget_unnamed, give_back, set_aside
from survey.effects import visit_told, write_effects
from survey.entities import Locked, apply_changes, lock_entities
from survey.entity_changes import Change, EntityRefused, PredecessorMissing, changes_of
from survey.held_reasons import ENTITY_REFUSED, FINAL, HELD_WORDS, JUDGE_FAILED, WAITING_PREDECESSOR
from survey.keys import KeyDestroyed
from survey.models import Submission, WaitingUpdate
from survey.readings import Reading, read_again
from survey.rows import Batch
from survey.safe_xml import UnreadableXml
from survey.stored_xml import move_to_key

log = logging.getLogger("survey.judging")


class CannotApply(Refusal):
    """The record cannot be applied even on a director's word; the sentence says why."""

    code = "cannot_apply"
    status = 409


def hold(
    record: Submission, reasons: tuple[str, ...], *, reading: Reading | None = None, **details: Any
) -> None:
    """Set the fields; the caller writes them. The visit is told, so that the door is not rung again."""
    record.state, record.held_reason = Submission.State.HELD, reasons[0]
    record.held_details = {"reasons": list(reasons), **details}
    if reading is not None and reading.door is not None and reading.door.round_id is not None:
        told = visit_told(reading.answers, record.received_at, reading.door)
        record.held_details["visit"] = told
    record.judged_at = timezone.now()


def apply(
    record: Submission,
    reading: Reading,
    outline: dict[str, Any],
    *,
    is_forced: bool = False,
    leaves_out: bool = False,
) -> bool:
    """Write every effect of a stored record, or hold it. Inside the caller's transaction.

    `is_forced`: an offline update no longer waits for its predecessor. `leaves_out`: changes of entities that
    cannot be made are left out instead of holding the record.

    The entities are locked outside the savepoint: what is rolled back would give the locks away, and an
    update that waits would miss the predecessor that it waits for.
    """
    assert reading.door is not None
    locked: Locked | None = None
    try:
        changes = _changes(reading.answers, outline, leaves_out=leaves_out)
        locked = lock_entities(changes, reading.door)
        _write(record, reading, changes, locked, is_forced=is_forced, leaves_out=leaves_out)
    except PredecessorMissing as missing:
        _wait(record, missing, reading)
        return False
    except EntityRefused as refused:
        hold(record, (ENTITY_REFUSED,), reading=reading, code=refused.code)
        return False
    except OperationalError:
        raise  # a deadlock, a lost connection: nothing was stored, the sender tries again
    except Exception as err:
        if locked is None:
            raise  # the transaction itself is broken
        _tell(record, err)
        hold(record, (JUDGE_FAILED,), reading=reading, error=type(err).__name__)
        return False
    record.state, record.held_reason, record.judged_at = Submission.State.APPLIED, "", timezone.now()
    record.held_details.pop("visit", None)  # it has a row of its own now
    _replay(locked, changes)
    return True


def _changes(answers: Answers, outline: dict[str, Any], *, leaves_out: bool) -> list[Change]:
    try:
        return changes_of(answers, outline)
    except EntityRefused:
        if leaves_out:
            return []  # a director wants the visit registered although its entities cannot be
        raise


def _write(
    record: Submission,
    reading: Reading,
    changes: list[Change],
    locked: Locked,
    *,
    is_forced: bool,
    leaves_out: bool,
) -> None:
    assert reading.door is not None
    order = {"is_forced": is_forced, "leaves_out": leaves_out}
    batch = Batch()
    if not record.deprecated_id:
        write_effects(record, reading.answers, changes, reading.door, batch)
        apply_changes(record, changes, locked, reading.door, batch, **order)
        batch.write_or_nothing()
        return
    with transaction.atomic():
        set_aside(record)
        forget_unnamed(record, changes)
        give_back(record, changes)
        write_effects(record, reading.answers, changes, reading.door, batch)
        apply_changes(record, changes, locked, reading.door, batch, **order)
        batch.write()


def _tell(record: Submission, err: Exception) -> None:
    """The log gets the kind of error and its place; the words of a database error may hold answers."""
    last = traceback.extract_tb(err.__traceback__)[-1]
    where = f"{last.filename}:{last.lineno}"
    log.error("record %s could not be judged: %s at %s", record.pk, type(err).__name__, where)


# --- Offline updates that came before their predecessor ---------------------------------------


def _wait(record: Submission, missing: PredecessorMissing, reading: Reading) -> None:
    hold(record, (WAITING_PREDECESSOR,), reading=reading)
    WaitingUpdate.objects.get_or_create(
        submission=record,
        entity_uuid=missing.change.uuid,
        defaults={
            "branch_id": missing.change.branch,
            "branch_base_version": missing.change.base or 0,
            "held_at": timezone.now(),
        },
    )


def _replay(locked: Locked, changes: list[Change]) -> None:
    """Records that waited for one of these entities, in the order of their branch."""
    touched = [change.uuid for change in changes if change.uuid in locked.awaited]
    if not touched:
        return
    waiting = WaitingUpdate.objects.filter(entity_uuid__in=touched).order_by("branch_base_version")
    for pk in list(waiting.values_list("submission_id", flat=True)):
        apply_waiting(pk)


def apply_waiting(record_id: int, *, is_forced: bool = False) -> bool:
    """Try a waiting record again; one that somebody else is working on is left to them."""
    found = Submission.objects.select_for_update(skip_locked=True).filter(
        pk=record_id, held_reason=WAITING_PREDECESSOR
    )
    record = found.select_related("form", "form_version", "by").first()
    if record is None:
        return False
    WaitingUpdate.objects.filter(submission=record).delete()
    outline = record.form_version.outline
    apply(record, read_again(record), outline, is_forced=is_forced, leaves_out=is_forced)
    save_judgement(record)
    return record.state == Submission.State.APPLIED


# --- Records that are stored already -----------------------------------------------------------


def judge(record: Submission, answers: Answers) -> None:
    """Judge a stored record from the start: find its door, then apply or hold it."""
    reading = read_again(record, answers)
    if reading.reasons:
        hold(record, reading.reasons, reading=reading)
    else:
        _take_place(record, reading)
        apply(record, reading, record.form_version.outline)
    save_judgement(record)


@transaction.atomic
def apply_held(record: Submission, by: Any) -> Submission:
    """A director's word: apply a held record in spite of its reasons.

    One whose predecessor on the same tablet is not applied yet waits for that one first; a second word
    does not wait any longer.

    Raises:
        CannotApply: it names no dwelling of a round, its round is sealed, or it cannot be read.
    """
    found = Submission.objects.select_for_update(of=("self",)).select_related("form", "form_version", "by")
    record = found.get(pk=record.pk)
    if record.state != Submission.State.HELD:
        raise CannotApply(_("这条记录没有在等待处理。"), state=record.state)
    if not record.is_current:
        raise CannotApply(_("这条记录已经有更正，请处理更正后的那一条。"))
    try:
        reading = read_again(record)
    except (UnreadableXml, KeyDestroyed) as err:
        raise CannotApply(_("这条记录的内容无法读取，不能登记。")) from err
    _require_appliable(reading)
    WaitingUpdate.objects.filter(submission=record).delete()
    try:
        _take_place(record, reading)
    except KeyDestroyed as err:
        raise CannotApply(_("这一轮的密钥已经销毁，不能再登记。")) from err
    is_second_word = record.held_reason == WAITING_PREDECESSOR
    outline = record.form_version.outline
    is_applied = apply(record, reading, outline, is_forced=is_second_word, leaves_out=True)
    if not is_applied and record.held_reason != WAITING_PREDECESSOR:
        why = {name: said for name, said in record.held_details.items() if name != "visit"}
        raise CannotApply(_("不能登记：%(reason)s。") % {"reason": HELD_WORDS[record.held_reason]}, **why)
    save_judgement(record)
    return record


def _require_appliable(reading: Reading) -> None:
    stops = [reason for reason in reading.reasons if reason in FINAL]
    if stops:
        raise CannotApply(_("不能登记：%(reason)s。") % {"reason": HELD_WORDS[stops[0]]}, reasons=stops)


def _take_place(record: Submission, reading: Reading) -> None:
    """The round and the door of a record that was stored before either was known."""
    assert reading.door is not None
    record.round_id, record.dwelling_code = reading.door.round_id, reading.door.dwelling_code
    move_to_key(record, str(reading.door.round_uid))


JUDGED = ["state", "held_reason", "held_details", "judged_at", "round", "dwelling_code"]


def save_judgement(record: Submission) -> None:
    record.save(update_fields=JUDGED)
