"""What the page of the published result shows: one receipt at a time, offers by state, free flats, appeals.

Outcomes after moving in are shown as counts: they say how the rules did, not how a person did.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.permissions import may
from grids.housing.tenures import TENURES
from grids.models import Appeal, Applicant, Draw, Flat, Offer, PlacementProject
from grids.pages.placement.draw_page import Trouble
from grids.pages.placement.figures_shown import flat_words
from grids.pages.placement.scope import RUN, step_page
from grids.placement.building_names import building_names
from grids.placement.inclusion import inclusion
from grids.placement.offers import DAYS_TO_ANSWER, OPEN, in_line, months_after

ROWS_PER_PAGE, FREE_PER_PAGE, APPEALS_SHOWN = 25, 20, 50
MONTHS = (3, 12)
FREE = "free"
State = Offer.State
OUTCOME_WORDS = {
    "staying": gettext_lazy("仍居住"),
    "left": gettext_lazy("已搬走"),
    "unknown": gettext_lazy("不清楚"),
}


def result_page(
    request: HttpRequest, project: PlacementProject, *, trouble: Trouble | None = None, status: int = 200
) -> HttpResponse:
    draw = Draw.objects.filter(project=project, published_at__isnull=False).first()
    context: dict[str, Any] = {"draw": draw, "trouble": trouble, "may_run": may(request.user, RUN)}
    if draw is not None:
        draw.project = project
        asked = request.GET.get("receipt", "") or request.POST.get("receipt", "")
        context |= {
            "address": request.build_absolute_uri(reverse("verify", args=[draw.uid])),
            "asked": asked.strip()[:40],
            "typed": request.POST,
            "outcomes": outcomes_of(draw),
            "reasons": Appeal.Reason.choices,
            "today": timezone.localdate().isoformat(),
            **_receipt_context(draw, asked),
            **_table_context(request, draw),
            **_appeal_context(draw),
        }
    return step_page(request, "grids/placement/result.html", project, "result", context, status)


# --- One receipt ---------------------------------------------------------------------------------


def _receipt_context(draw: Draw, asked: str) -> dict[str, Any]:
    """The one receipt that was asked for, with what the rules looked at and the offers it had."""
    if not asked.strip():
        return {"found": None}
    found = inclusion(draw, asked)
    if not found.is_listed:
        return {"found": found}
    offers = list(draw.offers.filter(receipt=found.receipt))
    flats = flats_by_code(draw.project, [one.flat_code for one in offers])
    applicant = Applicant.objects.filter(project=draw.project, receipt=found.receipt).first()
    return {
        "found": found,
        "applicant": applicant,
        "tenure": TENURES.get(applicant.tenure, applicant.tenure) if applicant else "",
        "count": len(draw.full_archive["order"]),
        "offers": [offer_facts(one, flats) for one in offers],
        "has_open": any(one.state in OPEN for one in offers),
    }


def offer_facts(offer: Offer, flats: dict[str, dict[str, Any]]) -> dict[str, Any]:
    answer_by = timezone.localtime(offer.offered_at + timedelta(days=DAYS_TO_ANSWER))
    today = timezone.localdate()
    questions = []
    if offer.moved_in_on:
        for months in MONTHS:
            due = months_after(offer.moved_in_on, months)
            is_kept = bool(getattr(offer, f"months_{months}"))
            questions.append({"months": months, "due": due, "is_due": due <= today, "is_kept": is_kept})
    return {
        "row": offer,
        "flat": flats.get(offer.flat_code, {"code": offer.flat_code}),
        "answer_by": answer_by.date(),
        "is_late": timezone.now() >= answer_by,
        "questions": questions,
    }


def flats_by_code(project: PlacementProject, codes: list[str]) -> dict[str, dict[str, Any]]:
    """Flats with the names that people use."""
    rows = list(Flat.objects.filter(project=project, code__in=codes))
    names = building_names(project.stock_id, {one.building_code for one in rows})
    return {
        one.code: flat_words(one.code, {code: name or code for code, name in names.items()})
        | {"room_class": one.room_class, "is_accessible": one.is_accessible}
        for one in rows
    }


# --- The table: offers of one state, or the flats that nobody holds ---------------------------------


def _table_context(request: HttpRequest, draw: Draw) -> dict[str, Any]:
    counts = Counter(draw.offers.order_by().values_list("state", flat=True))
    open_count = sum(counts[state] for state in OPEN)
    free_count = draw.project.flats.count() - open_count
    tabs = [(state, label, counts[state]) for state, label in State.choices]
    shown = request.GET.get("state", "")
    if shown not in (*State.values, FREE):
        shown = next((state for state, _label, count in tabs if count), State.OFFERED)
    waiting = len(draw.full_archive["order"]) - open_count
    context = {
        "tabs": [*tabs, (FREE, _("空着的房"), free_count)],
        "shown": shown,
        "waiting": waiting,
        "days_to_answer": DAYS_TO_ANSWER,
    }
    if shown == FREE:
        return context | _free_flats(request, draw, waiting)
    rows = draw.offers.filter(state=shown).order_by("offered_at", "receipt")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    flats = flats_by_code(draw.project, [one.flat_code for one in page.object_list])
    return context | {"page": page, "rows": [offer_facts(one, flats) for one in page.object_list]}


def free_flats(draw: Draw) -> QuerySet[Flat]:
    held = draw.offers.filter(state__in=OPEN).values("flat_code")
    return draw.project.flats.exclude(code__in=held).order_by("code")


def _free_flats(request: HttpRequest, draw: Draw, waiting: int) -> dict[str, Any]:
    page = Paginator(free_flats(draw), FREE_PER_PAGE).get_page(request.GET.get("page"))
    codes = [one.code for one in page.object_list]
    flats = flats_by_code(draw.project, codes)
    rows = [{"flat": flats[code], "next": next(in_line(draw, code), "") if waiting else ""} for code in codes]
    return {"page": page, "rows": rows}


# --- After moving in, and objections -----------------------------------------------------------------


def outcomes_of(draw: Draw) -> dict[str, Any]:
    """Counts only: how many moved in, how many are due for each question, what was answered."""
    rows = list(
        draw.offers.filter(moved_in_on__isnull=False).values_list("moved_in_on", "months_3", "months_12")
    )
    today = timezone.localdate()
    asked = []
    for at, months in enumerate(MONTHS, start=1):
        told = Counter(row[at] for row in rows if row[at])
        due = sum(not row[at] and months_after(row[0], months) <= today for row in rows)
        asked.append([*(told[key] for key in OUTCOME_WORDS), due])
    labels = [*OUTCOME_WORDS.values(), _("到期未记")]
    lines = list(zip(labels, *asked, strict=True))
    return {"moved_in": len(rows), "months": MONTHS, "lines": lines}


def _appeal_context(draw: Draw) -> dict[str, Any]:
    appeals = Appeal.objects.filter(draw=draw)
    standing = list(appeals.filter(answer="")[:APPEALS_SHOWN])
    for one in standing:
        one.key = f"appeal-{one.pk}"
    return {
        "open_appeals": standing,
        "answered_appeals": appeals.exclude(answer="").order_by("-answered_at")[:APPEALS_SHOWN],
        "appeal_count": appeals.count(),
    }
