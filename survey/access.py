"""The one door through which a person reads what a household answered.

Whoever knocks is asked for a duty that holds the dwelling and for a reason. Who, when, which and why are
written to the access log first; only then is anything decrypted. Nothing is kept decrypted: every reading is
a new one, with its own row in the log.

A director reads the own community until its round is sealed; the data-protection officer one household at a
time, under a case number; a worker what lies in the own assignment while the round is open.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.denylist import has_id_number
from gis_core.errors import NotFound, Refusal
from gis_core.models import AccessLog
from gis_core.permissions import COMMUNITY_DIGITS, duties_for
from grids.models import Dwelling
from survey.assignments import visits_dwelling
from survey.keys import HOLDING, seal
from survey.models import (
    Attachment,
    Entity,
    Household,
    KeptUpload,
    Request,
    Round,
    SendBack,
    Submission,
)
from survey.record_scope import CASE as CASE
from survey.record_scope import ERASE as ERASE
from survey.record_scope import REVIEW as REVIEW
from survey.record_scope import require_record as require_record
from survey.record_scope import visible_entities as visible_entities
from survey.record_scope import visible_records as visible_records
from survey.record_scope import visible_uploads as visible_uploads
from survey.redaction import contact_paths, without_answers
from survey.unsealing import inside, opened_bytes, opened_json, version_content, xml_of

REASON_MOST = 200
PAGE_IS_OPEN_FOR = timedelta(minutes=30)


class ReasonMissing(Refusal):
    code = "reason_missing"
    status = 422


class RoundSealed(Refusal):
    """Sealing ended every reading of single households."""

    code = "round_sealed"
    status = 410


@dataclass(frozen=True)
class OpenedXml:
    """One record's XML, in clear, for the page that is being made; `xml` is None where its key is gone."""

    submission: Submission
    xml: bytes | None


@dataclass(frozen=True)
class OpenedHousehold:
    """What is known of one household in one round, in clear."""

    round: Round
    dwelling_code: str
    household: Household | None
    composition: dict[str, Any]
    contact: dict[str, str]


# --- Reading, each time with a reason -----------------------------------------------------


def require_reason(reason: str) -> str:
    """A sentence that says why; it goes into the log, so no identity number in it."""
    told = " ".join(reason.split())[:REASON_MOST]
    if not told or "\x00" in told:
        raise ReasonMissing(_("请写明查看的原因。原因会记入访问记录。"))
    if has_id_number(told):
        raise ReasonMissing(_("原因中不要写身份证号。"))
    return told


def open_xml(
    user: Any,
    submission: Submission,
    reason: str,
    *,
    case_number: str = "",
    request: HttpRequest | None = None,
) -> OpenedXml:
    """Read one record.

    Raises:
        NotFound: it is outside the duties. ReasonMissing. RoundSealed.
    """
    _require_may_read(user, submission.round, submission.dwelling_code, case_number, record=submission)
    _write_down(
        user, "read_record", _subject(submission), submission.dwelling_code, reason, case_number, request
    )
    return OpenedXml(submission, xml_of(submission))


def read_xml(user: Any, submission: Submission, reason: str, *, request: HttpRequest | None = None) -> bytes:
    """The XML as it was sent, for programs that a director lets in; written down like every reading."""
    return open_xml(user, submission, reason, request=request).xml or b""


def open_household(
    user: Any,
    round_: Round,
    dwelling_code: str,
    reason: str,
    *,
    case_number: str = "",
    request: HttpRequest | None = None,
) -> OpenedHousehold:
    """Read what one household told in one round.

    Raises:
        NotFound: it is outside the duties. ReasonMissing. RoundSealed.
    """
    _require_may_read(user, round_, dwelling_code, case_number)
    subject = f"household {dwelling_code} round {round_.pk}"
    _write_down(user, "read_household", subject, dwelling_code, reason, case_number, request)
    own = Household.objects.filter(round=round_, dwelling_code=dwelling_code, is_current=True).first()
    if own is None:
        return OpenedHousehold(round_, dwelling_code, None, {}, {})
    composition = opened_json(own.key_id, own.composition_sealed, "household.composition")
    contact = opened_json(own.key_id, own.contact_sealed, "household.contact")
    return OpenedHousehold(round_, dwelling_code, own, composition, contact)


def open_upload(
    user: Any, upload: KeptUpload, reason: str, *, request: HttpRequest | None = None
) -> bytes | None:
    """Read the bytes of an upload that could not become a record."""
    if not visible_uploads(user).filter(pk=upload.pk).exists():
        raise NotFound(_("没有这份上传，或者不在您的职责范围内。"))
    _require_not_sealed(upload.round)
    area_code = upload.round.area_codes[0] if upload.round and upload.round.area_codes else ""
    _write_down(user, "read_upload", f"kept upload {upload.pk}", area_code, reason, "", request)
    content = opened_bytes(upload.key_id, upload.raw, "kept_upload.raw")
    return inside(upload, content) if content is not None else None


def open_case_contact(
    user: Any, case: Request, reason: str, *, request: HttpRequest | None = None
) -> dict[str, Any]:
    """Whom to call about a case whose round was sealed; {} where nobody left a contact."""
    _write_down(user, "read_case_contact", f"request {case.pk}", case.dwelling_code, reason, "", request)
    return opened_json(HOLDING, case.contact_sealed, "request.contact")


def require_open(user: Any, submission: Submission) -> None:
    """A photo belongs to a page: its record must have been opened, with a reason, a short while ago."""
    _require_not_sealed(submission.round)
    since = timezone.now() - PAGE_IS_OPEN_FOR
    subject = _subject(submission)
    rows = AccessLog.objects.filter(user=user, action="read_record", subject=subject, at__gte=since)
    if not rows.exists():
        raise ReasonMissing(_("请先打开记录并写明原因，照片随记录一起看。"))


def open_photo(attachment: Attachment) -> bytes | None:
    """A file of a record whose page asked for the reason and wrote it down; see `require_open`."""
    return opened_bytes(attachment.submission.key_id, attachment.content, "attachment.content")


def open_entity(
    user: Any, entity: Entity, reason: str, *, request: HttpRequest | None = None
) -> dict[int, Any]:
    """Versions of an entity of a sealed list: {number: {"data", "received"}}. Lists in clear need no door."""
    if not visible_entities(user).filter(pk=entity.pk).exists():
        raise NotFound(_("没有这条冲突，或者不在您的职责范围内。"))
    _require_not_sealed(entity.round)
    subject = f"entity {entity.pk} dwelling {entity.dwelling_code}"
    _write_down(user, "read_record", subject, entity.dwelling_code, reason, "", request)
    return {row.version: version_content(row) for row in entity.versions.all()}


def xml_for_return(send_back: SendBack) -> str:
    """A record on its way back to the tablet that sent it; read by the day pack in the worker's name."""
    record = send_back.submission
    _write_down(send_back.to, "return_record", _subject(record), record.dwelling_code, "send back", "", None)
    return (xml_of(record) or b"").decode("utf-8", "replace")


def xml_for_export(user: Any, submissions: list[Submission], reason: str) -> dict[int, bytes]:
    """Many records for one export, which `exports.py` has checked and written down."""
    require_reason(reason)
    found = {row.pk: xml_of(row) for row in submissions}
    return {pk: xml for pk, xml in found.items() if xml is not None}


def names_in_upload(upload: KeptUpload, names: set[bytes]) -> bool:
    """Does a kept upload speak of one of these identifiers? For erasure: nobody sees the bytes."""
    content = opened_bytes(upload.key_id, upload.raw, "kept_upload.raw")
    return content is not None and any(name in content for name in names)


def forget_contact(household: Household) -> None:
    """Take a contact out of its household and out of every version of the record that brought it."""
    root = household.submission.root_instance_id
    versions = Submission.objects.select_for_update(of=("self",)).select_related("form_version")
    for record in versions.filter(form=household.submission.form_id, root_instance_id=root):
        paths = contact_paths(record.form_version.outline)
        xml = xml_of(record) if paths else None
        if xml is None:
            continue
        told = without_answers(xml, paths, root=record.form_version.outline.get("root") or "/data")
        record.xml, record.raw = seal(record.key_id, told, about="submission.xml"), None
        record.save(update_fields=["xml", "raw"])
        record.attachments.filter(name__endswith=".xml.enc").update(content=None)
    Household.objects.filter(pk=household.pk).update(contact_sealed=None)


# --- Inside -------------------------------------------------------------------------------


def _subject(record: Submission) -> str:
    return f"record {record.pk} dwelling {record.dwelling_code or '-'}"


def _require_may_read(
    user: Any, round_: Round | None, dwelling_code: str, case_number: str, record: Submission | None = None
) -> None:
    is_director = (
        visible_records(user).filter(pk=record.pk).exists()
        if record is not None
        else bool(dwelling_code) and duties_for(user, REVIEW).holds(dwelling_code)
    )
    is_case = bool(case_number.strip()) and duties_for(user, CASE).holds(dwelling_code or "-")
    if not (is_director or is_case or _is_own_door(user, round_, dwelling_code)):
        raise NotFound(_("没有这份记录，或者不在您的职责范围内。"))
    _require_not_sealed(round_)


def _is_own_door(user: Any, round_: Round | None, dwelling_code: str) -> bool:
    """Is this a worker's own assignment in an open round?"""
    if round_ is None or round_.state != Round.State.OPEN or duties_for(user, "visit_dwellings").is_empty:
        return False
    dwelling = Dwelling.objects.filter(building__stock=round_.stock_id, code=dwelling_code).first()
    return dwelling is not None and visits_dwelling(round_, user.pk, dwelling)


def _require_not_sealed(round_: Round | None) -> None:
    if round_ is not None and round_.state == Round.State.SEALED:
        raise RoundSealed(_("这一轮走访已封存，逐户记录不可再读；只有汇总数据保留。"))


def _write_down(
    user: Any,
    action: str,
    subject: str,
    code: str,
    reason: str,
    case_number: str,
    request: HttpRequest | None,
) -> None:
    told = require_reason(f"{case_number.strip()} {reason}" if case_number.strip() else reason)
    log_access(user, action, subject, area_code=code[:COMMUNITY_DIGITS], reason=told, request=request)
