"""One record: its answers beside what was said before, its receipt, and what the director decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.permissions import COMMUNITY_DIGITS, require
from survey import access, review
from survey.access import REVIEW, require_record
from survey.answer_labels import AnswerGroup, Value, answer_groups
from survey.answers import read_answers
from survey.held_reasons import HELD_WORDS
from survey.models import EntityVersion, SendBack, Submission
from survey.pages.records_photos import photo_response
from survey.pages.records_reading import (
    ask_reason,
    back_to,
    door_labels,
    entity_names,
    form_title,
    reason_given,
)
from survey.pages.records_review import TABS, in_tab, records_of
from survey.rounds import DWELLINGS
from survey.safe_xml import UnreadableXml

COMMENT = "comment:"


@never_cache
@require_safe
def record_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, REVIEW)
    record = require_record(request.user, pk)
    labels = door_labels([record.dwelling_code], record.round)
    door = labels.get(record.dwelling_code, record.dwelling_code)
    context = {
        "record": record,
        "round": record.round,
        "door": door,
        "form_title": form_title(record.form),
        **_neighbours(request, record),
    }
    if record.state == Submission.State.ERASED:
        return render(request, "survey/records/record_erased.html", context)
    subject = f"record:{record.pk}"
    reason = reason_given(request, subject)
    if not reason:
        return ask_reason(request, subject, door or _("没有户室的记录"), **context)
    opened = access.open_xml(request.user, record, reason, request=request)
    context |= _answers(request, record, opened.xml, reason, labels) | _facts(record)
    return render(request, "survey/records/record.html", context)


def _answers(
    request: HttpRequest, record: Submission, xml: bytes | None, reason: str, labels: dict[str, str]
) -> dict[str, Any]:
    if xml is None:
        return {"groups": [], "is_unreadable": True}
    outline = record.form_version.outline
    names = entity_names(record, labels)
    before = _before(request, record, reason)
    try:
        values = read_answers(xml, outline).values
        whole = bool(record.deprecated_id)
        groups = answer_groups(outline, values, before=before, is_whole=whole, names=names)
    except UnreadableXml:
        return {"groups": [], "is_unreadable": True}
    return {"groups": groups, "has_before": before is not None, "change_count": _changes(groups)}


def _changes(groups: list[AnswerGroup]) -> int:
    return sum(answer.is_changed for group in groups for answer in group.answers)


def _before(request: HttpRequest, record: Submission, reason: str) -> list[Value] | None:
    """What the version said that this one corrects; else what was known of the dwelling before it came."""
    earlier = review.predecessor(record)
    if earlier is not None and earlier.state != Submission.State.ERASED:
        opened = access.open_xml(request.user, earlier, reason, request=request)
        try:
            return read_answers(opened.xml, earlier.form_version.outline).values if opened.xml else None
        except UnreadableXml:
            return None
    return _known_before(record)


def _known_before(record: Submission) -> list[Value] | None:
    """Facts of the dwelling as the version before this record's own has them: only what it also saves."""
    own = EntityVersion.objects.filter(submission=record, entity__list_name=DWELLINGS).first()
    if own is None or own.version < 2:
        return None
    last = EntityVersion.objects.filter(entity=own.entity_id, version=own.version - 1).first()
    if last is None:
        return None
    return [
        (question["path"], (), str(last.data[target["property"]]))
        for question in record.form_version.outline.get("questions", [])
        for target in question.get("save_to", [])
        if target["list"] == DWELLINGS and target["property"] in last.data and not question.get("repeats")
    ]


def _facts(record: Submission) -> dict[str, Any]:
    files = list(record.attachments.defer("content"))
    here = set(record.attachments.filter(content__isnull=False).values_list("pk", flat=True))
    shown = [one for one in files if not one.name.endswith(".enc")]
    return {
        "held_words": HELD_WORDS.get(record.held_reason, record.held_reason),
        "held_reasons": [HELD_WORDS.get(code, code) for code in record.held_details.get("reasons", [])],
        "photos": [one for one in shown if one.pk in here],
        "missing": [one.name for one in shown if one.pk not in here],
        "file_count": len(shown),
        "versions": list(review.history(record)),
        "comments": record.comments.select_related("by"),
        "returns": record.send_backs.select_related("by", "to", "answered_by"),
        "open_return": review.open_returns(record.send_backs.all()).first(),
        "visit": getattr(record, "visit", None),
        "may_accept": record.state == Submission.State.APPLIED
        and record.is_current
        and record.review != Submission.Review.APPROVED,
        "may_return": record.is_current and record.round is not None and record.round.state == "open",
        "is_decided": record.review in (Submission.Review.APPROVED, Submission.Review.REJECTED),
    }


def _neighbours(request: HttpRequest, record: Submission) -> dict[str, Any]:
    """The records before and after this one in the tab that it was opened from."""
    tab = request.GET.get("tab", "")
    found: dict[str, Any] = {"tab": tab if tab in TABS and tab != "uploads" else ""}
    if not found["tab"]:
        return found
    rows = in_tab(records_of(request.user, record.round), tab)
    pks = list(rows.values_list("pk", flat=True))
    at = pks.index(record.pk) if record.pk in pks else -1
    if at > 0:
        found["previous"] = pks[at - 1]
    if at + 1 < len(pks):
        found["next"] = pks[at + 1]
    return found


@never_cache
@require_safe
def record_photo(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """A photo of a record that this person has open: the reason was given there."""
    require(request.user, REVIEW)
    record = require_record(request.user, pk)
    found = record.attachments.filter(pk=photo).select_related("submission").first()
    if found is None:
        raise NotFound(_("没有这张照片。"))
    access.require_open(request.user, record)
    return photo_response(found, access.open_photo(found))


# --- Decisions ----------------------------------------------------------------------------


def _decided(request: HttpRequest, record: Submission, what: str, sentence: str) -> HttpResponse:
    log_access(
        request.user,
        "review_record",
        f"{what} record {record.pk}",
        area_code=record.dwelling_code[:COMMUNITY_DIGITS],
        request=request,
    )
    messages.success(request, sentence)
    return redirect(back_to(request, "record", record.pk))


def _asked(request: HttpRequest, pk: int) -> Submission:
    require(request.user, REVIEW)
    return require_record(request.user, pk)


@require_POST
def record_accept(request: HttpRequest, pk: int) -> HttpResponse:
    record = review.accept(_asked(request, pk), by=request.user)
    return _decided(request, record, "accepted", _("已通过。"))


@require_POST
def record_reject(request: HttpRequest, pk: int) -> HttpResponse:
    record = review.reject(_asked(request, pk), by=request.user, note=request.POST.get("note", ""))
    return _decided(request, record, "rejected", _("已标为不采用。"))


@require_POST
def record_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    record = review.reopen(_asked(request, pk), by=request.user)
    return _decided(request, record, "reopened", _("已撤回，重新待审。"))


@require_POST
def record_comment(request: HttpRequest, pk: int) -> HttpResponse:
    record = _asked(request, pk)
    review.comment(record, by=request.user, text=request.POST.get("text", ""))
    return _decided(request, record, "commented", _("备注已保存。"))


@require_POST
def record_apply(request: HttpRequest, pk: int) -> HttpResponse:
    record = review.apply_held(_asked(request, pk), by=request.user)
    return _decided(request, record, "applied", _("已登记。"))


@require_POST
def record_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    record = _asked(request, pk)
    comments = [
        (name.removeprefix(COMMENT), text) for name, text in request.POST.items() if name.startswith(COMMENT)
    ]
    made = review.send_back(
        record, by=request.user, message=request.POST.get("message", ""), comments=comments
    )
    return _decided(request, record, "returned", _("已退回，%(name)s下次同步时收到。") % {"name": made.to})


@require_POST
def send_back_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, REVIEW)
    row = SendBack.objects.filter(pk=pk).select_related("submission").first()
    if row is None:
        raise NotFound(_("没有这次退回。"))
    record = require_record(request.user, row.submission_id)
    review.withdraw_return(row, by=request.user)
    return _decided(request, record, "withdrew return of", _("已撤回退回。"))


def review_address(record: Submission) -> str:
    """The queue that this record waits in."""
    return reverse("review", args=[record.round.uid]) if record.round else reverse("review_unplaced")
