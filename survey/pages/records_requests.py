"""诉求: the ledger, one request with its steps, a new one, and counts by kind and month."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.permissions import COMMUNITY_DIGITS, may, require
from gis_core.shell import local_name
from grids.models import Area, Building, Dwelling, GenerationState
from grids.scoping import buildings_within
from survey import requests as ledger
from survey.models import Request
from survey.pages.records_reading import door_labels
from survey.requests import HANDLE, NEXT, REPORT, require_request, visible_requests

ROWS_PER_PAGE = 50
MONTHS = (3, 6, 12)
CHANNEL_WORDS = {
    "window": gettext_lazy("窗口"),
    "phone": gettext_lazy("电话"),
    "visit": gettext_lazy("走访"),
    "12345": "12345",
    "paper": gettext_lazy("意见箱"),
}
STEP_WORDS = {
    "dispatched": gettext_lazy("派给经办人"),
    "handling": gettext_lazy("开始处置"),
    "answered": gettext_lazy("反馈结果"),
    "rated": gettext_lazy("记录评价"),
    "closed": gettext_lazy("办结这件诉求"),
}
OPENED_AGAIN = gettext_lazy("退回重办")


@never_cache
@require_safe
def requests_page(request: HttpRequest) -> HttpResponse:
    require(request.user, REPORT)
    asked = {key: request.GET.get(key, "") for key in ("state", "category", "urgency", "due", "q")}
    found = _filtered(visible_requests(request.user), asked)
    page = Paginator(found.order_by("-opened_at", "-pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    labels = door_labels([row.dwelling_code for row in rows])
    today = timezone.localdate()
    for row in rows:
        row.door = labels.get(row.dwelling_code, row.dwelling_code)
        row.is_late = row.state != Request.State.CLOSED and row.due_on is not None and row.due_on < today
    standing = visible_requests(request.user).exclude(state=Request.State.CLOSED)
    context = {
        "page": page,
        "rows": rows,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "states": [("open", _("未办结")), *Request.State.choices],
        "categories": Request.Category.choices,
        "urgencies": Request.Urgency.choices,
        "open_count": standing.count(),
        "late_count": ledger.overdue(standing).count(),
        "may_handle": may(request.user, HANDLE),
    }
    return render(request, "survey/records/requests.html", context)


def _filtered(found: QuerySet[Request], asked: dict[str, str]) -> QuerySet[Request]:
    if asked["state"] in Request.State.values:
        found = found.filter(state=asked["state"])
    elif asked["state"] == "open":
        found = found.exclude(state=Request.State.CLOSED)
    if asked["category"] in Request.Category.values:
        found = found.filter(category=asked["category"])
    if asked["urgency"] in Request.Urgency.values:
        found = found.filter(urgency=asked["urgency"])
    if asked["due"] == "late":
        found = ledger.overdue(found)
    code = asked["q"].strip()
    return found.filter(dwelling_code__startswith=code) if code.isascii() and code.isdigit() else found


@never_cache
@require_safe
def request_page(request: HttpRequest, uid: Any) -> HttpResponse:
    require(request.user, REPORT)
    return _page(request, require_request(request.user, uid))


def _page(request: HttpRequest, found: Request, error: Refusal | None = None) -> HttpResponse:
    labels = door_labels([found.dwelling_code])
    may_handle = may(request.user, HANDLE)
    later = (Request.State.ANSWERED, Request.State.RATED, Request.State.CLOSED)
    steps = [
        (state, OPENED_AGAIN if state == "handling" and found.state in later else STEP_WORDS[state])
        for state in NEXT[found.state]
    ]
    context = {
        "one": found,
        "door": labels.get(found.dwelling_code, found.dwelling_code),
        "channel": CHANNEL_WORDS.get(found.channel, found.channel),
        "history": found.steps.select_related("by"),
        "steps": steps if may_handle else [],
        "levels": Request.Level.choices,
        "stars": range(1, 6),
        "error": error,
        "has_contact": may_handle and found.contact_sealed is not None,
        "is_late": found in ledger.overdue(Request.objects.filter(pk=found.pk)),
    }
    return render(request, "survey/records/request.html", context, status=error.status if error else 200)


@require_POST
def request_step(request: HttpRequest, uid: Any) -> HttpResponse:
    require(request.user, HANDLE)
    found = require_request(request.user, uid, to_handle=True)
    given = request.POST
    rating = given.get("rating", "")
    try:
        ledger.step(
            found,
            given.get("state", ""),
            by=request.user,
            note=given.get("note", ""),
            level=given.get("level", ""),
            rating=int(rating) if rating in "12345" and len(rating) == 1 else None,
        )
    except Refusal as refusal:
        return _page(request, found, refusal)
    log_access(
        request.user,
        "request_step",
        f"request {found.pk} {given.get('state', '')[:10]}",
        area_code=found.dwelling_code[:COMMUNITY_DIGITS],
        request=request,
    )
    return redirect("request", uid=found.uid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """First the building, then the door, then the need."""
    require(request.user, REPORT)
    error = None
    if request.method == "POST":
        try:
            return _reported(request)
        except Refusal as refusal:
            error = refusal
    given = request.POST or request.GET
    buildings = _buildings(request.user)
    chosen = next((row for row in buildings if row.code == given.get("building", "")), None)
    if chosen is None and len(buildings) == 1:
        chosen = buildings[0]
    doors = Dwelling.objects.filter(building=chosen).order_by("unit", "floor", "door") if chosen else []
    context = {
        "buildings": buildings,
        "chosen": chosen,
        "doors": doors,
        "categories": Request.Category.choices,
        "urgencies": Request.Urgency.choices,
        "channels": [one for one in CHANNEL_WORDS.items() if one[0] != "visit"],
        "posted": request.POST,
        "error": error,
    }
    return render(request, "survey/records/request_new.html", context, status=error.status if error else 200)


def _buildings(user: Any) -> list[Building]:
    rows = buildings_within(user, REPORT).filter(stock__state=GenerationState.ACTIVE, dwelling_count__gt=0)
    found = list(rows.defer("geom").order_by("community_code", "number")[:2000])
    for row in found:
        row.words = row.name or row.address or row.code
    return found


def _reported(request: HttpRequest) -> HttpResponse:
    given = request.POST
    dwelling = ledger.dwelling_for_report(request.user, given.get("dwelling", ""))
    made, is_new = ledger.report(
        dwelling,
        category=given.get("category", ""),
        urgency=given.get("urgency", ""),
        channel=given.get("channel", "window"),
        note=given.get("note", ""),
        by=request.user,
    )
    log_access(
        request.user,
        "request_step",
        f"request {made.pk} accepted",
        area_code=made.dwelling_code[:COMMUNITY_DIGITS],
        request=request,
    )
    if is_new:
        messages.success(request, _("已受理。"))
    else:
        messages.info(request, _("这一户已有同类诉求未办结，说明已加在那一件上。"))
    is_seen = visible_requests(request.user).filter(pk=made.pk).exists()
    return redirect("request", uid=made.uid) if is_seen else redirect("requests")


@never_cache
@require_safe
def request_counts(request: HttpRequest) -> HttpResponse:
    """How many matters of each kind were opened and closed, month by month, in each community."""
    require(request.user, HANDLE)
    asked = request.GET.get("months", "")
    months = int(asked) if asked in {str(one) for one in MONTHS} else 6
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _back in range(months - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    rows = ledger.counts_by_month(visible_requests(request.user), since=first)
    context = {
        "months": _months(first.date(), months),
        "asked": months,
        "choices": MONTHS,
        "communities": _tables(rows, _months(first.date(), months)),
    }
    return render(request, "survey/records/request_counts.html", context)


def _months(first: Any, count: int) -> list[Any]:
    found = [first]
    while len(found) < count:
        found.append((found[-1] + timedelta(days=32)).replace(day=1))
    return found


def _tables(rows: list[dict[str, Any]], months: list[Any]) -> list[dict[str, Any]]:
    """One table a community: a line a category, a cell a month."""
    words = dict(Request.Category.choices)
    areas = {row.code: local_name(row) for row in Area.objects.filter(valid_until=None).defer("geom")}
    cells = {(row["community"], row["category"], row["month"]): row for row in rows}
    communities = sorted({row["community"] for row in rows})
    return [
        {
            "name": areas.get(community, community),
            "code": community,
            "rows": [
                {"label": words[key], "cells": [cells.get((community, key, month)) for month in months]}
                for key in words
                if any((community, key, month) in cells for month in months)
            ],
        }
        for community in communities
    ]
