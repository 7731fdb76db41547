"""Receipts: what the server holds of one upload, so that the sender may let go of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gis_core.models import User
from survey.envelopes import SUFFIX
from survey.models import Attachment, KeptUpload, Submission

IDS_AT_ONCE = 500
KEPT_AS_CONFLICT = "kept_as_conflict"
KEPT_UNREADABLE = "kept_unreadable"
SEALED_XML = "submission.xml.enc"  # as clients of the encrypted layout call it


@dataclass(frozen=True)
class Receipt:
    """`status` is the answer's HTTP status, `reason` the code behind it; the rest goes to the tablet."""

    instance_id: str
    form_id: str
    sha256: str
    state: str
    received_at: datetime
    status: int = 201
    reason: str = ""
    server_version: int = 1
    photos_expected: int = 0
    photos_received: int = 0
    files_missing: tuple[str, ...] = ()

    @property
    def may_delete(self) -> bool:
        """Every byte of the record is here. An erased record needs no bytes any more."""
        if self.state == Submission.State.ERASED:
            return True
        return self.state != Submission.State.WAITING and not self.files_missing

    def as_json(self) -> dict[str, Any]:
        return {
            "instance_id": self.instance_id,
            "form_id": self.form_id,
            "sha256": self.sha256,
            "server_version": self.server_version,
            "photos_received": self.photos_received,
            "photos_expected": self.photos_expected,
            "files_missing": list(self.files_missing),
            "state": self.state,
            "held_reason": self.reason if self.state == Submission.State.HELD else "",
            "received_at": self.received_at.isoformat(),
            "server_time": timezone.now().isoformat(),
            "may_delete": self.may_delete,
        }


def receipt_of(
    subject: Submission, *, form_id: str, names: Iterable[tuple[str, bool]] | None = None
) -> Receipt:
    """The receipt of a stored record; `names` are its files and whether each came, when known already."""
    if names is None:
        names = [
            (name, at is not None) for name, at in subject.attachments.values_list("name", "received_at")
        ]
    expected = list(names)
    missing = [name for name, came in expected if not came]
    if subject.is_sealed:
        missing = [*(_as_posted(name) for name in missing), *_missing_xml(subject)]
    return Receipt(
        instance_id=subject.instance_id,
        form_id=form_id,
        sha256=subject.sha256,
        state=subject.state,
        received_at=subject.received_at,
        reason=subject.held_reason,
        server_version=_version_of(subject),
        photos_expected=len(expected),
        photos_received=sum(came for _name, came in expected),
        files_missing=tuple(missing),
    )


def _as_posted(name: str) -> str:
    return name if name.endswith(SUFFIX) else f"{name}{SUFFIX}"


def _missing_xml(subject: Submission) -> list[str]:
    return [SEALED_XML] if subject.state == Submission.State.WAITING else []


def _version_of(subject: Submission) -> int:
    """1 for a first record, 2 for its first correction …"""
    if not subject.deprecated_id:
        return 1
    chain = Submission.objects.filter(form_id=subject.form_id, root_instance_id=subject.root_instance_id)
    return chain.filter(pk__lte=subject.pk).count()


def receipt_of_kept(kept: KeptUpload) -> Receipt:
    missing = tuple(one["name"] for one in kept.files if not one["sha256"])
    return Receipt(
        instance_id=kept.instance_id,
        form_id=kept.form_id,
        sha256=kept.sha256,
        state=KEPT_AS_CONFLICT if kept.status == 409 else KEPT_UNREADABLE,
        received_at=kept.received_at,
        status=kept.status,
        reason=kept.reason,
        photos_expected=len(kept.files),
        photos_received=len(kept.files) - len(missing),
        files_missing=missing,
    )


def receipts_for(user: User, instance_ids: Iterable[str]) -> list[Receipt]:
    """What the server holds of these records of this person: each record, and each upload kept beside one."""
    asked = list(dict.fromkeys(instance_ids))[:IDS_AT_ONCE]
    stored = Submission.objects.filter(by=user, instance_id__in=asked).select_related("form")
    files = _files_of(stored)
    found = [
        receipt_of(one, form_id=one.form.form_id, names=files.get(one.pk, []))
        for one in stored.defer("raw", "xml").order_by("pk")
    ]
    kept = KeptUpload.objects.filter(by=user, instance_id__in=asked).exclude(instance_id="").defer("raw")
    return [*found, *(receipt_of_kept(one) for one in kept.order_by("pk"))]


def _files_of(stored: QuerySet[Submission]) -> dict[int, list[tuple[str, bool]]]:
    rows = Attachment.objects.filter(submission__in=stored.values("pk")).order_by("pk")
    found: dict[int, list[tuple[str, bool]]] = {}
    for submission_id, name, received_at in rows.values_list("submission_id", "name", "received_at"):
        found.setdefault(submission_id, []).append((name, received_at is not None))
    return found
