"""Erasing what one household told, because it asked to; the proof stays, the content does not.

Instance id and SHA-256 of every record remain, so that a tablet that sends it again still gets its receipt
(state: erased) and nothing comes back. The receipt names counts and hashes. What was exported before, lost
tablets of other programs, and backups of the last seven days are beyond this; the page says so.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.errors import NotFound, Refusal
from gis_core.permissions import COMMUNITY_DIGITS, duties_for
from grids.models import Town
from survey import access
from survey.models import (
    Attachment,
    Consent,
    Entity,
    ErasureReceipt,
    Household,
    KeptFile,
    KeptUpload,
    Request,
    ReviewComment,
    Round,
    SendBack,
    Submission,
    Visit,
    WaitingUpdate,
)
from survey.rounds import DWELLINGS

CASE_MOST = 60


class CaseMissing(Refusal):
    code = "case_missing"
    status = 422


@dataclass(frozen=True)
class Subject:
    """Whose records: one door of one town, in one round or in all of them."""

    town: Town
    dwelling_code: str
    round: Round | None = None

    def rounds(self) -> Q:
        return Q(round=self.round) if self.round else Q()

    def records(self) -> QuerySet[Submission]:
        """Every version of every record of the door; a correction may have moved a record to another."""
        here = Submission.objects.filter(self.rounds(), dwelling_code=self.dwelling_code)
        here = here.filter(Q(round__town=self.town) | Q(round=None))
        roots = here.values_list("form", "root_instance_id").distinct()
        same = Q(pk__in=[])
        for form, root in roots:
            same |= Q(form=form, root_instance_id=root)
        return Submission.objects.filter(same).exclude(state=Submission.State.ERASED)


def require_may_erase(user: Any, dwelling_code: str) -> None:
    if not duties_for(user, access.ERASE).holds(dwelling_code):
        raise NotFound(_("没有这个户室，或者不在您的职责范围内。"))


def what_is_lost(subject: Subject) -> dict[str, int]:
    """Counts of what an erasure would take away, for the page that asks."""
    records = subject.records()
    own = {"dwelling_code": subject.dwelling_code}
    return {
        "records": records.count(),
        "photos": Attachment.objects.filter(submission__in=records, content__isnull=False).count(),
        "households": Household.objects.filter(subject.rounds(), **own).count(),
        "entities": _personal_entities(subject).count(),
        "visits": Visit.objects.filter(subject.rounds(), **own).count(),
        "consents": Consent.objects.filter(subject.rounds(), **own).count(),
        "kept_uploads": len(_kept_uploads(subject, records)),
    }


def erase_household(
    subject: Subject,
    *,
    by: Any,
    case_number: str,
    cause: str = "request",
    with_requests: bool = False,
    request: HttpRequest | None = None,
) -> ErasureReceipt:
    """Erase, and give the receipt. Doing it twice gives a second receipt with nothing in it.

    Raises:
        NotFound: the door is outside the duties. CaseMissing: no case number.
    """
    require_may_erase(by, subject.dwelling_code)
    case = " ".join(case_number.replace("\x00", "").split())[:CASE_MOST]
    if not case:
        raise CaseMissing(_("请填写受理编号：凭它能查到居民的申请。"))
    log_access(
        by,
        "erase_household",
        f"household {subject.dwelling_code}",
        area_code=subject.dwelling_code[:COMMUNITY_DIGITS],
        reason=f"{cause} {case}",
        request=request,
    )
    with transaction.atomic():
        return _erase(subject, by, case, cause, with_requests)


def _erase(subject: Subject, by: Any, case: str, cause: str, with_requests: bool) -> ErasureReceipt:
    records = list(subject.records().select_for_update(of=("self",)))
    counts = what_is_lost(subject)
    hashes = sorted(row.sha256 for row in records)
    own = {"dwelling_code": subject.dwelling_code}
    forget_uploads(_kept_uploads(subject, Submission.objects.filter(pk__in=[row.pk for row in records])))
    _forget_entities(subject)
    Household.objects.filter(subject.rounds(), **own).delete()
    Consent.objects.filter(subject.rounds(), **own).delete()
    _forget_visits(subject)
    Request.objects.filter(town=subject.town, **own).update(contact_sealed=None)
    if with_requests:
        requests = Request.objects.filter(town=subject.town, **own)
        counts["requests"] = requests.count()
        requests.delete()
    forget_records(records)
    return ErasureReceipt.objects.create(
        town=subject.town,
        round=subject.round,
        dwelling_code=subject.dwelling_code,
        case_number=case,
        cause=cause,
        counts=counts,
        instance_hashes=hashes,
        by=by,
    )


def forget_records(records: list[Submission]) -> None:
    """Take the bytes away; instance id, hash, form, sender and time stay, the door does not."""
    pks = [row.pk for row in records]
    Attachment.objects.filter(submission__in=pks).delete()
    SendBack.objects.filter(submission__in=pks).delete()
    ReviewComment.objects.filter(submission__in=pks).delete()
    WaitingUpdate.objects.filter(submission__in=pks).delete()
    Request.objects.filter(submission__in=pks).update(submission=None)
    Submission.objects.filter(pk__in=pks).update(
        raw=None,
        xml=None,
        state=Submission.State.ERASED,
        held_reason="",
        held_details={},
        dwelling_code="",
        device=None,
    )


def forget_uploads(uploads: list[KeptUpload]) -> None:
    """Bytes and files of kept uploads; reason, hash and size stay, so that the same bytes are known again."""
    pks = [row.pk for row in uploads]
    KeptFile.objects.filter(upload__in=pks).delete()
    KeptUpload.objects.filter(pk__in=pks).update(raw=None, files=[], details={})


def _personal_entities(subject: Subject) -> QuerySet[Entity]:
    """Rows of every list but `dwellings`: what a form wrote down about the people behind the door."""
    rows = Entity.objects.filter(town=subject.town, dwelling_code=subject.dwelling_code, deleted_at=None)
    return rows.filter(subject.rounds()).exclude(list_name=DWELLINGS)


def _forget_entities(subject: Subject) -> None:
    """The ids stay as deleted, so that a tablet that still has one learns of it."""
    for entity in _personal_entities(subject).select_for_update():
        entity.versions.all().delete()
        entity.data, entity.data_sealed, entity.label, entity.conflict = {}, None, "", ""
        entity.deleted_at = timezone.now()
        entity.save()


def _forget_visits(subject: Subject) -> None:
    """No visit stays, but one: in a round under way the door is left alone from now on."""
    own = Visit.objects.filter(subject.rounds(), dwelling_code=subject.dwelling_code)
    last = own.filter(round__state=Round.State.OPEN).order_by("-at").first()
    own.exclude(pk=last.pk if last else None).delete()
    if last is not None:
        own.filter(pk=last.pk).update(
            outcome=Visit.Outcome.DECLINED, call_back_at=None, call_back_slot="", is_current=True
        )


def _kept_uploads(subject: Subject, records: QuerySet[Submission]) -> list[KeptUpload]:
    """Uploads that speak of the door or its records; looked for inside, and nobody sees the inside."""
    waiting = KeptUpload.objects.filter(Q(round__town=subject.town) | Q(round=None), raw__isnull=False)
    if subject.round is not None:
        waiting = waiting.filter(Q(round=subject.round) | Q(round=None))
    ids = set(records.values_list("instance_id", flat=True))
    rows = Entity.objects.filter(town=subject.town, dwelling_code=subject.dwelling_code)
    names = {str(uuid).encode() for uuid in rows.values_list("uuid", flat=True)}
    names |= {one.encode() for one in ids}
    return [row for row in waiting if row.instance_id in ids or access.names_in_upload(row, names)]
