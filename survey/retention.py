"""How long what is kept, and the nightly work that erases the rest.

Each rule finds what has outlived its purpose and erases it; what was erased is written down as counts.
The access log itself is kept for a year by the ground floor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.access_log import log_access
from gis_core.jobs import job
from gis_core.models import AccessLog
from gis_core.progress import NoProgress, Progress
from survey import access
from survey.erasure import forget_records, forget_uploads
from survey.models import (
    Consent,
    ErasureReceipt,
    Household,
    KeptUpload,
    Request,
    Round,
    Submission,
    Visit,
    WorkListItem,
)

VISIT_DAYS = 90
CONTACT_DAYS = 7  # a contact without a case: long enough for the call-back it was left for
SETTLED_UPLOAD_DAYS = 30
UNSETTLED_UPLOAD_DAYS = 365
RECORD_DAYS = 365  # of forms that ship with the product and hang on no work-list item
REQUEST_DAYS = 365
LATE_RECORD_DAYS = 30
CONSENT_DAYS = 365
AT_ONCE = 500
ACTION = "erase_expired"


@dataclass(frozen=True)
class Rule:
    """One kind of thing, how long it is kept, and how it goes."""

    key: str
    what: Any
    how_long: Any
    expired: Callable[[datetime], QuerySet[Any]]
    erase: Callable[[list[Any]], None]


def old_visits(now: datetime) -> QuerySet[Visit]:
    """A refusal is respected until its round ends, however long that takes."""
    found = Visit.objects.filter(at__lt=now - timedelta(days=VISIT_DAYS))
    return found.exclude(outcome=Visit.Outcome.DECLINED, round__state=Round.State.OPEN)


def old_held_visits(now: datetime) -> QuerySet[Submission]:
    """A record that nobody looked at for so long says no more that somebody was at the door."""
    long_ago = now - timedelta(days=VISIT_DAYS)
    return Submission.objects.filter(received_at__lt=long_ago, held_details__has_key="visit")


def closed_contacts(now: datetime) -> QuerySet[Household]:
    """Contacts whose case is closed; those that never had one go after a week."""
    open_case = Request.objects.filter(
        town=OuterRef("round__town"), dwelling_code=OuterRef("dwelling_code")
    ).exclude(state=Request.State.CLOSED)
    found = Household.objects.filter(contact_sealed__isnull=False).exclude(round__state=Round.State.SEALED)
    had_case = Request.objects.filter(town=OuterRef("round__town"), dwelling_code=OuterRef("dwelling_code"))
    is_old = Q(recorded_at__lt=now - timedelta(days=CONTACT_DAYS))
    return found.filter(~Exists(open_case)).filter(Exists(had_case) | is_old)


def old_uploads(now: datetime) -> QuerySet[KeptUpload]:
    settled = Q(settled_at__lt=now - timedelta(days=SETTLED_UPLOAD_DAYS))
    waiting = Q(settled_at=None, received_at__lt=now - timedelta(days=UNSETTLED_UPLOAD_DAYS))
    return KeptUpload.objects.filter(settled | waiting, raw__isnull=False)


def old_records(now: datetime) -> QuerySet[Submission]:
    """Older than the work-list item of their form allows."""
    kept = Submission.objects.exclude(state=Submission.State.ERASED)
    found = Q(form__item=None, received_at__lt=now - timedelta(days=RECORD_DAYS))
    for item in WorkListItem.objects.all():
        found |= Q(form__item=item, received_at__lt=now - timedelta(days=item.retention_days))
    return kept.filter(found)


def late_records(now: datetime) -> QuerySet[Submission]:
    """Came after their round was sealed: nobody can register them, and nobody should keep them for long."""
    kept = Submission.objects.exclude(state=Submission.State.ERASED)
    return kept.filter(
        round__state=Round.State.SEALED, received_at__lt=now - timedelta(days=LATE_RECORD_DAYS)
    )


def old_consents(now: datetime) -> QuerySet[Consent]:
    """That consent was given is kept for a year after the answers are gone."""
    return Consent.objects.filter(
        round__state=Round.State.SEALED, round__sealed_at__lt=now - timedelta(days=CONSENT_DAYS)
    )


def old_requests(now: datetime) -> QuerySet[Request]:
    return Request.objects.filter(closed_at__lt=now - timedelta(days=REQUEST_DAYS))


def _delete(rows: list[Any]) -> None:
    type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).delete()


def _forget_held_visits(rows: list[Submission]) -> None:
    for row in rows:
        row.held_details.pop("visit", None)
        row.save(update_fields=["held_details"])


def _forget_contacts(rows: list[Household]) -> None:
    """Out of the household's row, and out of every version of the record that brought it."""
    for row in rows:
        access.forget_contact(row)


def _forget_records(rows: list[Submission]) -> None:
    """Bytes and what was read from them; a receipt per town keeps the hashes."""
    pks = [row.pk for row in rows]
    for town, round_id in {(row.round.town_id, row.round_id) for row in rows if row.round}:
        hashes = sorted(row.sha256 for row in rows if row.round_id == round_id)
        ErasureReceipt.objects.create(
            town_id=town,
            round_id=round_id,
            cause="retention",
            counts={"records": len(hashes)},
            instance_hashes=hashes,
        )
    for table in (Household, Consent, Visit):
        table.objects.filter(submission__in=pks).delete()
    forget_records(rows)


RULES = (
    Rule("visits", _("上门情况"), _("90 天"), old_visits, _delete),
    Rule("held_visits", _("待处理记录的上门情况"), _("90 天"), old_held_visits, _forget_held_visits),
    Rule("contacts", _("联系方式"), _("诉求办结即删；没有诉求的 7 天"), closed_contacts, _forget_contacts),
    Rule(
        "uploads",
        _("留存的上传"),
        _("处理后 30 天；未处理的 365 天"),
        old_uploads,
        forget_uploads,
    ),
    Rule("records", _("走访记录"), _("按事项清单规定的天数"), old_records, _forget_records),
    Rule("late", _("封存以后才传到的记录"), _("30 天"), late_records, _forget_records),
    Rule("consents", _("已封存走访的同意记录"), _("封存后 365 天"), old_consents, _delete),
    Rule("requests", _("已办结的诉求"), _("办结后 365 天"), old_requests, _delete),
)


@job(ACTION, label=_("删除到期内容"))
def erase_expired_job(progress: Progress) -> None:
    erase_expired(progress=progress)


def erase_expired(
    *, now: datetime | None = None, progress: Progress | None = None, by: Any = None
) -> dict[str, int]:
    """Erase everything that is due; running it twice erases nothing more.

    Returns:
        How many of each kind were erased.
    """
    at = now or timezone.now()
    shown = progress or NoProgress()
    counts = {}
    shown.step(str(_("删除到期内容")), total=len(RULES))
    for rule in RULES:
        counts[rule.key] = _erase_all(rule, at)
        if counts[rule.key]:
            log_access(by, ACTION, f"{rule.key} {counts[rule.key]}")
        shown.advance()
    return counts


def _erase_all(rule: Rule, now: datetime) -> int:
    """In batches, each a transaction of its own: a run that is cut short goes on where it stopped."""
    count = 0
    while True:
        with transaction.atomic():
            rows = list(rule.expired(now)[:AT_ONCE])
            if rows:
                rule.erase(rows)
        count += len(rows)
        if len(rows) < AT_ONCE:
            return count


def runs() -> QuerySet[AccessLog]:
    """What was erased when, the newest first."""
    return AccessLog.objects.filter(action=ACTION).order_by("-at", "-pk")
