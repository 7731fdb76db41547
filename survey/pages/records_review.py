"""审核: what came in and waits for a person, filtered by what is to be done with it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.permissions import require
from gis_core.shell import is_number
from survey import review
from survey.access import REVIEW, visible_entities, visible_records, visible_uploads
from survey.conflicts import open_conflicts
from survey.held_reasons import HELD_WORDS
from survey.models import KeptUpload, Round, SendBack, Submission
from survey.pages.records_kept import UPLOAD_WORDS
from survey.pages.records_reading import door_labels, form_title
from survey.rounds import round_for

ROWS_PER_PAGE = 50
TABS = {
    "new": gettext_lazy("待审核"),
    "edited": gettext_lazy("已更正"),
    "held": gettext_lazy("待处理"),
    "returned": gettext_lazy("已退回"),
    "uploads": gettext_lazy("未成记录"),
    "approved": gettext_lazy("已通过"),
    "rejected": gettext_lazy("不采用"),
}


def records_of(user: Any, round_: Round | None) -> QuerySet[Submission]:
    """The newest version of each record, of one round or of none."""
    found = visible_records(user).exclude(state=Submission.State.ERASED)
    return found.filter(round=round_, is_current=True)


def uploads_of(user: Any, round_: Round | None) -> QuerySet[KeptUpload]:
    return visible_uploads(user).filter(round=round_, settled_at=None)


def in_tab(found: QuerySet[Submission], tab: str) -> QuerySet[Submission]:
    states, reviews = Submission.State, Submission.Review
    waiting = review.to_review(found)
    queries = {
        "new": waiting.filter(review=reviews.RECEIVED),
        "edited": waiting.filter(review=reviews.EDITED),
        "held": found.filter(state__in=[states.HELD, states.WAITING]).exclude(
            review__in=[reviews.REJECTED, reviews.SENT_BACK]
        ),
        "returned": found.filter(review=reviews.SENT_BACK),
        "approved": found.filter(review=reviews.APPROVED),
        "rejected": found.filter(review=reviews.REJECTED),
    }
    return queries[tab]


@never_cache
@require_safe
def review_page(request: HttpRequest, uid: Any = None) -> HttpResponse:
    """One round's queue; without a round what belongs to none."""
    require(request.user, REVIEW)
    round_ = round_for(request.user, uid, REVIEW) if uid else None
    found = records_of(request.user, round_)
    uploads = uploads_of(request.user, round_)
    counts = {tab: in_tab(found, tab).count() for tab in TABS if tab != "uploads"}
    counts["uploads"] = uploads.count()
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else next((key for key in TABS if counts[key]), "new")
    reason = request.GET.get("held", "")
    rows: Any = uploads if tab == "uploads" else _rows(in_tab(found, tab), reason)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": round_,
        "tab": tab,
        "tabs": [(key, label, counts[key]) for key, label in TABS.items()],
        "page": page,
        "rows": _shown(list(page.object_list), round_, tab, contested_doors(request.user, round_)),
        "held": reason,
        "held_reasons": _held_reasons(in_tab(found, "held")) if tab == "held" else [],
        "conflict_count": _conflict_count(request.user, round_),
        "may_accept": tab in ("new", "edited"),
        "has_any": any(counts.values()),
    }
    return render(request, "survey/records/review.html", context)


def _rows(found: QuerySet[Submission], held: str) -> QuerySet[Submission]:
    if held in HELD_WORDS:
        found = found.filter(held_reason=held)
    return (
        found.select_related("form", "by", "round", "visit")
        .annotate(
            photo_total=Count("attachments"),
            photo_count=Count("attachments", filter=Q(attachments__content__isnull=False)),
        )
        .order_by("-received_at", "-pk")
    )


def _held_reasons(found: QuerySet[Submission]) -> list[tuple[str, Any, int]]:
    rows = found.order_by().values_list("held_reason").annotate(count=Count("pk"))
    return sorted((code, HELD_WORDS.get(code, code), count) for code, count in rows if code)


def _conflict_count(user: Any, round_: Round | None) -> int:
    return open_conflicts(visible_entities(user)).filter(round=round_).count() if round_ else 0


def contested_doors(user: Any, round_: Round | None) -> set[str]:
    """Dwellings of which two visits said different things, and nobody has decided yet."""
    if round_ is None:
        return set()
    found = open_conflicts(visible_entities(user)).filter(round=round_)
    return set(found.values_list("dwelling_code", flat=True))


def _shown(rows: list[Any], round_: Round | None, tab: str, contested: set[str]) -> list[Any]:
    """Rows with the words that a template cannot work out."""
    if tab == "uploads":
        for row in rows:
            row.words = UPLOAD_WORDS.get(row.reason, row.reason)
        return rows
    labels = door_labels([row.dwelling_code for row in rows], round_)
    answered = set(
        SendBack.objects.filter(answered_by__in=[row.pk for row in rows]).values_list(
            "answered_by", flat=True
        )
    )
    for row in rows:
        row.door = labels.get(row.dwelling_code, row.dwelling_code)
        row.words = HELD_WORDS.get(row.held_reason, row.held_reason)
        row.form_title = form_title(row.form)
        row.outcome_words = row.visit.get_outcome_display() if hasattr(row, "visit") else ""
        row.answers_return = row.pk in answered
        row.is_contested = row.dwelling_code in contested
    return rows


@require_POST
def review_accept_many(request: HttpRequest, uid: Any) -> HttpResponse:
    """Accept the ticked rows; those that changed meanwhile stay for a second look."""
    require(request.user, REVIEW)
    round_ = round_for(request.user, uid, REVIEW)
    pks = [int(one) for one in request.POST.getlist("record") if is_number(one)]
    count = review.accept_many(records_of(request.user, round_), pks)
    if count:
        log_access(
            request.user,
            "review_record",
            f"accepted {count} of round {round_.pk}",
            area_code=round_.area_codes[0],
            request=request,
        )
    messages.success(request, _("%(count)d 份已通过。") % {"count": count})
    tab = request.POST.get("tab", "")
    return redirect(reverse("review", args=[round_.uid]) + (f"?tab={tab}" if tab in TABS else ""))
