"""The row of a record as it is stored, and what follows once it is: files, effects, a receipt."""

from django.utils import timezone

from survey.answers import Heading
from survey.attachments import first_files, later_files
from survey.form_versions import AnsweredForm
from survey.held_reasons import STALE_EDIT, UNKNOWN_PREDECESSOR
from survey.judging import apply, hold, judge, save_judgement
from survey.kept import holding_key
from survey.keys import key_exists, seal
from survey.models import Round, Submission
from survey.opening import Opened
from survey.readings import Reading, look
from survey.receipts import Receipt, receipt_of
from survey.round_locks import require_still
from survey.rows import Batch
from survey.sent import Sent
from survey.stored_xml import RAW, XML


def read_record(sent: Sent, form: AnsweredForm, opened: Opened, *, root_id: str) -> Reading | None:
    """The record's door and what speaks against it; None while its answers are not here."""
    if opened.answers is None or opened.root is None:
        return None
    return look(
        opened.answers,
        opened.root,
        form,
        by=sent.by,
        root_id=root_id,
        round_uid=opened.round_uid or sent.round_uid,
    )


def row_of(
    sent: Sent, heading: Heading, form: AnsweredForm, opened: Opened, reading: Reading | None
) -> Submission:
    """The row as it will stand if nothing goes wrong while its effects are written.

    Raises:
        SealedMeanwhile
    """
    now = timezone.now()
    door = reading.door if reading is not None else None
    round_id = door.round_id if door is not None else _round_of(opened)
    require_still(round_id, door.round_state if door is not None else opened.round_state)
    record = Submission(
        form_id=form.form_id,
        form_version_id=form.version_id,
        instance_id=heading.instance_id,
        sha256=sent.sha256,
        size_bytes=len(sent.payload),
        is_sealed=heading.is_sealed,
        by=sent.by,
        device=sent.device,
        received_at=now,
    )
    record.round_id = round_id
    record.dwelling_code = door.dwelling_code if door is not None else ""
    record.key_id = _key_for(reading, opened)
    record.raw = seal(record.key_id, sent.payload, about=RAW)
    record.xml = seal(record.key_id, opened.xml, about=XML) if opened.xml is not None else None
    if opened.problem:
        hold(record, (opened.problem,))
    elif reading is None:
        record.state = Submission.State.WAITING
    elif reading.reasons:
        hold(record, reading.reasons, reading=reading)
    else:
        record.state, record.judged_at = Submission.State.APPLIED, now
    return record


def _round_of(opened: Opened) -> int | None:
    if opened.round_uid is None:
        return None
    return Round.objects.filter(uid=opened.round_uid).values_list("pk", flat=True).first()


def _key_for(reading: Reading | None, opened: Opened) -> str:
    """The key of the round it belongs to; the holding key where there is none (any more)."""
    door = reading.door if reading is not None else None
    uid = str(door.round_uid) if door is not None and door.round_uid else opened.round_uid
    return uid if uid and key_exists(uid) else holding_key()


def finish(
    record: Submission,
    sent: Sent,
    form: AnsweredForm,
    opened: Opened,
    reading: Reading | None,
    *,
    form_id: str,
    before: Submission | None = None,
) -> Receipt:
    """Files and effects of a record that was stored a moment ago, in the same transaction."""
    batch = Batch()
    names = first_files(record, opened, sent, before=before, batch=batch)
    batch.write()
    if reading is not None and record.state == Submission.State.APPLIED:
        was_applied = apply(record, reading, form.outline)
        if not was_applied:
            save_judgement(record)
    return receipt_of(record, form_id=form_id, names=names)


def replace(before: Submission, record: Submission) -> None:
    """The correction is current from now on, and answers what was sent back to the tablet."""
    from survey.review import answer_send_backs  # imported here: the review stands on this module

    Submission.objects.filter(pk=before.pk).update(is_current=False)
    answer_send_backs(record)


def more_of(record: Submission, sent: Sent, opened: Opened) -> None:
    """Files that followed a record, its sealed XML perhaps among them."""
    if sent.files:
        later_files(record, opened, sent)
    if record.is_sealed and record.xml is None and opened.xml is not None:
        _read_at_last(record, opened)


def _read_at_last(record: Submission, opened: Opened) -> None:
    assert opened.xml is not None
    record.xml = seal(record.key_id, opened.xml, about=XML)
    record.save(update_fields=["xml"])
    problem = opened.problem or _find_chain(record, opened)
    if problem:
        hold(record, (problem,))
        save_judgement(record)
    elif opened.answers is not None:
        judge(record, opened.answers)


def _find_chain(record: Submission, opened: Opened) -> str:
    """Only the sealed XML says what a sealed correction corrects."""
    deprecated_id = opened.answers.heading.deprecated_id if opened.answers else ""
    if not deprecated_id or record.deprecated_id:
        return ""
    chain = Submission.objects.select_for_update().filter(form_id=record.form_id)
    before = chain.filter(instance_id=deprecated_id).first()
    if before is None:
        return UNKNOWN_PREDECESSOR
    if not before.is_current:
        return STALE_EDIT
    record.root_instance_id, record.deprecated_id = before.root_instance_id, deprecated_id
    record.review = Submission.Review.EDITED
    record.save(update_fields=["root_instance_id", "deprecated_id", "review"])
    replace(before, record)
    return ""
