"""What the director decides about a record that came: accept, comment, reject, return, register.

A record that a rule held back can be registered after all (`apply_held`). One that must be corrected goes
back to the tablet it came from, with comments on single questions; its correction arrives as an edit of the
same record and answers the return. Nothing here counts or compares workers.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.denylist import has_id_number
from gis_core.errors import Refusal
from survey import access
from survey.answer_labels import questions_of
from survey.models import (
    AssignmentSet,
    Consent,
    Household,
    Occupancy,
    ReviewComment,
    Round,
    SendBack,
    Submission,
    Visit,
)

ACCEPT_AT_ONCE = 500
COMMENTS_AT_ONCE = 60
TEXT_MOST = 500


class NotReviewable(Refusal):
    """The record is not in a state in which this can be done."""

    code = "not_reviewable"
    status = 409


class NothingSaid(Refusal):
    code = "nothing_said"
    status = 422


def to_review(found: QuerySet[Submission]) -> QuerySet[Submission]:
    """Registered, the newest of their kind, and nobody has looked yet."""
    waiting = (Submission.Review.RECEIVED, Submission.Review.EDITED)
    return found.filter(is_current=True, state=Submission.State.APPLIED, review__in=waiting)


def open_returns(found: QuerySet[SendBack] | None = None) -> QuerySet[SendBack]:
    """Returns that wait for their correction: neither answered nor withdrawn, the record still the newest."""
    rows = SendBack.objects.all() if found is None else found
    return rows.filter(
        answered_by=None,
        withdrawn_at=None,
        submission__is_current=True,
        submission__review=Submission.Review.SENT_BACK,
    )


@transaction.atomic
def accept(record: Submission, *, by: Any) -> Submission:
    found = _locked(record)
    if found.state != Submission.State.APPLIED or not found.is_current:
        raise NotReviewable(_("只有已登记的最新记录可以通过。待处理的记录请先登记或不采用。"))
    return _decide(found, Submission.Review.APPROVED)


@transaction.atomic
def accept_many(found: QuerySet[Submission], pks: Iterable[int]) -> int:
    """Accept the chosen ones of `found` that still wait; the others stay as they are."""
    chosen = list(pks)[:ACCEPT_AT_ONCE]
    waiting = to_review(Submission.objects.filter(pk__in=found.filter(pk__in=chosen).values("pk")))
    return waiting.update(review=Submission.Review.APPROVED)


@transaction.atomic
def reject(record: Submission, *, by: Any, note: str) -> Submission:
    """The record counts for nothing any more; its bytes stay until they expire. Why is kept as a comment."""
    found = _locked(record)
    if found.state == Submission.State.ERASED or found.review == Submission.Review.REJECTED:
        raise NotReviewable(_("这份记录已删除或已标为不采用。"))
    comment(found, by=by, text=note)
    _decide(found, Submission.Review.REJECTED)
    _recount(found)
    return found


@transaction.atomic
def reopen(record: Submission, *, by: Any) -> Submission:
    """Take an acceptance or a rejection back."""
    found = _locked(record)
    if found.review not in (Submission.Review.APPROVED, Submission.Review.REJECTED):
        raise NotReviewable(_("只能撤回“通过”和“不采用”。"))
    was_rejected = found.review == Submission.Review.REJECTED
    _decide(found, _unseen(found))
    if was_rejected and found.is_current:
        _recount(found)
    return found


def _unseen(found: Submission) -> Any:
    return Submission.Review.EDITED if found.deprecated_id else Submission.Review.RECEIVED


# Of these the newest that stands is the current one; where each belongs, and what makes it new.
NEWEST_COUNTS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Household, "recorded_at", ("round_id", "dwelling_code")),
    (Consent, "at", ("round_id", "dwelling_code")),
    (Occupancy, "observed_on", ("town_id", "dwelling_code")),
)


def _recount(record: Submission) -> None:
    """A rejected record's visit does not count, and what another visit said stands in its stead."""
    rejected = Submission.Review.REJECTED
    Visit.objects.filter(submission=record).update(is_current=record.review != rejected)
    for table, newest, place in NEWEST_COUNTS:
        for row in table.objects.filter(submission=record):
            of_door = table.objects.filter(**{name: getattr(row, name) for name in place})
            standing = of_door.filter(submission__is_current=True).exclude(submission__review=rejected)
            found = standing.order_by(f"-{newest}", "-pk").first()
            of_door.update(is_current=False)
            of_door.filter(pk=found.pk if found else None).update(is_current=True)


def comment(record: Submission, *, by: Any, text: str) -> ReviewComment:
    """A note that stays at the desk."""
    return ReviewComment.objects.create(submission=record, by=by, text=_said(text, most=1000))


@transaction.atomic
def send_back(
    record: Submission, *, by: Any, message: str, comments: Iterable[tuple[str, str]] = ()
) -> SendBack:
    """Return a record to the tablet of the worker who sent it.

    Args:
        comments: path of a question and what is to be looked at there.

    Raises:
        NotReviewable: the round is not open, or the worker has nothing to visit in it any more.
        NothingSaid: neither a message nor a comment.
    """
    found = _locked(record)
    _require_returnable(found)
    told = _comments(found, comments)
    said = _said(message) if message.strip() or not told else ""
    open_returns(found.send_backs.all()).update(withdrawn_at=timezone.now())  # a second return replaces it
    made = SendBack.objects.create(submission=found, message=said, comments=told, by=by, to=found.by)
    _decide(found, Submission.Review.SENT_BACK)
    return made


def _require_returnable(found: Submission) -> None:
    if not found.is_current or found.state not in (Submission.State.APPLIED, Submission.State.HELD):
        raise NotReviewable(_("这份记录已有更新的版本，或者已删除，不能退回。"))
    if found.round is None or found.round.state != Round.State.OPEN:
        raise NotReviewable(_("这一轮走访不在进行中，平板收不到退回的记录。请在这里备注或不采用。"))
    if not AssignmentSet.objects.filter(round=found.round, worker=found.by, worker__is_active=True).exists():
        raise NotReviewable(_("提交人在这一轮没有任务，平板收不到退回的记录。请先分配，或在这里备注。"))


def _comments(found: Submission, comments: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Only on questions of the record's own form; empty ones are left out."""
    known = questions_of(found.form_version.outline)
    told = [(path, _said(text)) for path, text in comments if text.strip() and path in known]
    return [{"path": path, "text": text} for path, text in told[:COMMENTS_AT_ONCE]]


@transaction.atomic
def withdraw_return(row: SendBack, *, by: Any) -> None:
    """The record need not be corrected after all; the tablet no longer shows it after its next download."""
    if not open_returns().filter(pk=row.pk).exists():
        raise NotReviewable(_("这次退回已有更正，或已撤回。"))
    SendBack.objects.filter(pk=row.pk).update(withdrawn_at=timezone.now())
    found = _locked(row.submission)
    _decide(found, _unseen(found))


def answer_send_backs(correction: Submission) -> int:
    """Called when an edit has been stored: what was returned of this record is answered by it."""
    earlier = Submission.objects.filter(
        form=correction.form_id, root_instance_id=correction.root_instance_id
    ).exclude(pk=correction.pk)
    waiting = SendBack.objects.filter(submission__in=earlier, answered_by=None, withdrawn_at=None)
    return waiting.update(answered_by=correction)


def apply_held(record: Submission, *, by: Any) -> Submission:
    """Register a record that a rule held back."""
    if record.state != Submission.State.HELD:
        raise NotReviewable(_("这份记录不在待处理之列。"))
    from survey import judging  # imported here: judging and intake stand on this module

    judging.apply_held(record, by)
    record.refresh_from_db()
    return record


def returned_for(own: AssignmentSet) -> list[dict[str, Any]]:
    """Records to correct, as the day pack carries them (`ReturnedRecord` of the tablet)."""
    rows = open_returns().filter(to=own.worker, submission__round=own.round).order_by("at")
    rows = rows.select_related("submission__form", "submission__form_version", "by", "to")
    return [_returned(row) for row in rows]


def _returned(row: SendBack) -> dict[str, Any]:
    record = row.submission
    return {
        "instance_id": record.instance_id,
        "form_id": record.form.form_id,
        "form_version": record.form_version.version,
        "door": record.dwelling_code,
        "xml": access.xml_for_return(row),
        "files": list(record.attachments.values_list("name", flat=True)),
        "message": row.message,
        "comments": row.comments,
        "by": row.by.display_name,
        "at": row.at.isoformat(),
    }


def history(record: Submission) -> QuerySet[Submission]:
    """Every version of one record, the newest first."""
    same = Submission.objects.filter(form=record.form_id, root_instance_id=record.root_instance_id)
    return same.select_related("by", "form_version", "round").order_by("-received_at", "-pk")


def predecessor(record: Submission) -> Submission | None:
    """The version that this one corrects."""
    if not record.deprecated_id:
        return None
    found: Submission | None = history(record).filter(instance_id=record.deprecated_id).first()
    return found


def answered_returns(found: QuerySet[Submission]) -> QuerySet[Submission]:
    """Corrections of returned records that nobody has looked at yet."""
    answers = SendBack.objects.exclude(answered_by=None).values("answered_by")
    return to_review(found).filter(Q(pk__in=answers))


def _locked(record: Submission) -> Submission:
    rows = Submission.objects.select_for_update(of=("self",)).select_related("round", "form_version", "by")
    return rows.get(pk=record.pk)


def _decide(found: Submission, review: Any) -> Submission:
    found.review = review
    found.save(update_fields=["review"])
    return found


def _said(text: str, *, most: int = TEXT_MOST) -> str:
    said = text.replace("\x00", "").strip()[:most]
    if not said:
        raise NothingSaid(_("请写一句说明。"))
    if has_id_number(said):
        raise NothingSaid(_("说明中不要写身份证号。"))
    return said
