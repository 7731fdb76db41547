"""The one way in: an upload becomes a record exactly once, whatever the network does to it.

Store, receipt, then judge. The same bytes under the same id are the same record for ever and get the same
receipt. Other bytes under a known id, a correction of something that was corrected already and what cannot
be read are kept as they came, under the reason that the sender is told.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from gis_core.models import User
from survey.answers import Heading, heading_of
from survey.form_versions import AnsweredForm, answered_form, is_known_form
from survey.held_reasons import RECORD_ERASED, STALE_EDIT, UNKNOWN_PREDECESSOR
from survey.kept import ABOUT, ABOUT_FILE, keep_upload
from survey.keys import key_exists, unseal
from survey.models import Device, KeptUpload, Submission
from survey.models.identifiers import new_uuid
from survey.opening import Opened, open_record
from survey.receipts import Receipt, receipt_of
from survey.round_locks import SealedMeanwhile
from survey.rows import insert_once
from survey.safe_xml import UnreadableXml, read_xml
from survey.sent import Sent, SentFile
from survey.stored_xml import sealed_xml
from survey.storing import finish, more_of, read_record, replace, row_of

__all__ = ["Receipt", "Sent", "SentFile", "accept", "accept_submission", "adopt_kept", "sealed_xml"]

NO_INSTANCE_ID = "no_instance_id"
INSTANCE_CONFLICT = "instance_conflict"
UNKNOWN_FORM, UNKNOWN_VERSION = "unknown_form", "unknown_version"


def accept_submission(
    payload: bytes,
    *,
    files: Sequence[SentFile] = (),
    by: User,
    device: Device | None = None,
    round_uid: str | None = None,
    is_incomplete: bool = False,
) -> Receipt:
    """Take one finished record, or a part of its files; sending it again is harmless."""
    return accept(Sent(payload, files, by, device, round_uid, is_incomplete))


def accept(sent: Sent) -> Receipt:
    """The same for an upload that is put together already."""
    try:
        return _accept(sent)
    except SealedMeanwhile:
        return _accept(sent)  # sealed is sealed: the second look finds it so


def _accept(sent: Sent) -> Receipt:
    heading = Heading("", "", "", "", False)
    try:
        root = read_xml(sent.payload)
        heading = heading_of(root)
        if not heading.instance_id:
            return _keep(sent, heading, NO_INSTANCE_ID, 400)
        form = answered_form(heading.form_id, heading.version, by=sent.by)
        if form is None:
            known = is_known_form(heading.form_id)
            return _keep(sent, heading, UNKNOWN_VERSION if known else UNKNOWN_FORM, 404)
        opened = open_record(root, heading, form, sent)
    except UnreadableXml as err:
        return _keep(sent, heading, err.code, 400)
    deprecated_id = _corrects(heading, opened)
    if deprecated_id:
        with transaction.atomic():
            return _take_correction(sent, heading, form, opened, deprecated_id)
    return _take(sent, heading, form, opened)


def _corrects(heading: Heading, opened: Opened) -> str:
    """The id of the record that this one corrects; a sealed one may say it inside only."""
    inner = opened.answers.heading.deprecated_id if opened.answers is not None else ""
    return inner or heading.deprecated_id


def _take(sent: Sent, heading: Heading, form: AnsweredForm, opened: Opened) -> Receipt:
    reading = read_record(sent, form, opened, root_id=heading.instance_id)
    with transaction.atomic():
        record = row_of(sent, heading, form, opened, reading)
        record.root_instance_id = heading.instance_id
        if not insert_once(record):
            return _again(sent, heading, form, opened)
        return finish(record, sent, form, opened, reading, form_id=heading.form_id)


def _take_correction(
    sent: Sent, heading: Heading, form: AnsweredForm, opened: Opened, deprecated_id: str
) -> Receipt:
    """A correction replaces the current record of its chain; of two at once the second finds it replaced."""
    records = Submission.objects.select_for_update().filter(form_id=form.form_id)
    before = records.filter(instance_id=deprecated_id).first()
    if Submission.objects.filter(form_id=form.form_id, instance_id=heading.instance_id).exists():
        return _again(sent, heading, form, opened)
    if before is None:
        return _keep(sent, heading, UNKNOWN_PREDECESSOR, 404, opened=opened)
    if before.state == Submission.State.ERASED:
        return _keep(sent, heading, RECORD_ERASED, 409, like=before, opened=opened)
    if not before.is_current:
        return _keep(sent, heading, STALE_EDIT, 409, like=before, opened=opened)
    return _store_correction(sent, heading, form, opened, before)


def _store_correction(
    sent: Sent, heading: Heading, form: AnsweredForm, opened: Opened, before: Submission
) -> Receipt:
    reading = read_record(sent, form, opened, root_id=before.root_instance_id)
    record = row_of(sent, heading, form, opened, reading)
    record.root_instance_id, record.deprecated_id = before.root_instance_id, before.instance_id
    record.review = Submission.Review.EDITED
    if not insert_once(record):
        return _again(sent, heading, form, opened)
    replace(before, record)
    return finish(record, sent, form, opened, reading, form_id=heading.form_id, before=before)


def _again(sent: Sent, heading: Heading, form: AnsweredForm, opened: Opened) -> Receipt:
    """A record under an id that is known: the same again, more of its files, or something else."""
    known = Submission.objects.select_for_update(of=("self",)).select_related("round", "form_version", "by")
    record = known.select_related("form").get(form_id=form.form_id, instance_id=heading.instance_id)
    is_erased = record.state == Submission.State.ERASED
    if record.sha256 != sent.sha256:
        reason = RECORD_ERASED if is_erased else INSTANCE_CONFLICT
        return _keep(sent, heading, reason, 409, like=record, opened=opened)
    if not is_erased:
        more_of(record, sent, opened)
    return receipt_of(record, form_id=heading.form_id)


def _keep(
    sent: Sent,
    heading: Heading,
    reason: str,
    status: int,
    *,
    like: Submission | None = None,
    opened: Opened | None = None,
) -> Receipt:
    """Not a record, and not thrown away. `like` is the record beside which it is kept, under the same key."""
    return keep_upload(
        sent,
        reason=reason,
        status=status,
        form_id=heading.form_id,
        instance_id=heading.instance_id,
        round_id=like.round_id if like is not None else None,
        key_id=like.key_id if like is not None and key_exists(like.key_id) else "",
        expected=opened.as_sent if opened is not None else (),
    )


class CannotAdopt(Refusal):
    """A kept upload that still cannot become a record; the sentence says why."""

    code = "cannot_adopt"
    status = 409


def adopt_kept(upload: KeptUpload, *, by: User) -> Submission:
    """Make a record of a kept upload, on a director's word: a correction of the record it collided with, or
    the record that it could not be when its form was unknown.

    Raises:
        CannotAdopt: its bytes are gone, cannot be read, or name a form that is not here.
    """
    sent = _as_sent(upload)
    try:
        root = read_xml(sent.payload)
        heading = heading_of(root)
        form = answered_form(heading.form_id, heading.version, by=sent.by)
        if form is None:
            raise CannotAdopt(_("没有这张表或这个版本，先上传表单再采用。"), form_id=heading.form_id)
        opened = open_record(root, heading, form, sent)
    except UnreadableXml as err:
        raise CannotAdopt(_("内容无法读取，不能采用；可以下载原文核对。"), reason=err.code) from err
    with transaction.atomic():
        return _adopt(sent, heading, form, opened)


def _adopt(sent: Sent, heading: Heading, form: AnsweredForm, opened: Opened) -> Submission:
    named = [one for one in (heading.instance_id, _corrects(heading, opened)) if one]
    records = Submission.objects.filter(form_id=form.form_id)
    root_ids = records.filter(instance_id__in=named).values("root_instance_id")
    before = records.select_for_update().filter(root_instance_id__in=root_ids, is_current=True).first()
    reading = read_record(sent, form, opened, root_id=before.root_instance_id if before else "")
    record = row_of(sent, heading, form, opened, reading)
    if before is not None or not record.instance_id:
        record.instance_id = f"uuid:{new_uuid()}"
    record.root_instance_id = before.root_instance_id if before is not None else record.instance_id
    if before is not None:
        record.deprecated_id, record.review = before.instance_id, Submission.Review.EDITED
    insert_once(record)
    if before is not None:
        replace(before, record)
    finish(record, sent, form, opened, reading, form_id=heading.form_id, before=before)
    return record


def _as_sent(upload: KeptUpload) -> Sent:
    if upload.raw is None:
        raise CannotAdopt(_("这份上传的内容已经删除。"))
    payload = unseal(upload.key_id, upload.raw, about=ABOUT)
    files = [
        SentFile(one.name, "", lambda one=one: unseal(upload.key_id, one.content, about=ABOUT_FILE))  # type: ignore[misc]
        for one in upload.kept_files.order_by("pk")
    ]
    round_uid = str(upload.round.uid) if upload.round else None
    return Sent(payload, files, upload.by, upload.device, round_uid)
