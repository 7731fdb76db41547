"""走访普查: the list of rounds, preparing one, opening and ending it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.errors import Refusal
from gis_core.permissions import may, require
from gis_core.shell import local_name
from grids.models import Area, Town
from grids.scoping import town_of
from survey.models import Round
from survey.pages.round_log import log_round
from survey.pages.rounds_forms import RoundForm, typed_of
from survey.progress import progress_of
from survey.round_drafts import (
    RoundRefused,
    discard_draft,
    overlapping_rounds,
    save_draft,
    steps_to_open,
    usual_dates,
)
from survey.round_scope import seen_buildings
from survey.rounds import close_round, holds_round, open_round, visible_rounds, whole_round_for

OPEN, PLAN = "open_rounds", "plan_rounds"
ROUNDS_PER_PAGE = 20


def page_town(request: HttpRequest, action: str) -> Town | None:
    require(request.user, action)
    return town_of(request, action)


@never_cache
@require_safe
def rounds_page(request: HttpRequest) -> HttpResponse:
    """Rounds of the town, each with how far it has come."""
    town = page_town(request, OPEN)
    if town is None:
        return render(request, "grids/no_town.html", {"title": _("走访普查"), "section": "rounds"})
    found = visible_rounds(request.user, OPEN).filter(town=town)
    page = Paginator(found, ROUNDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "town": town,
        "page": page,
        "rows": [round_row(request.user, one) for one in page],
        "may_plan": may(request.user, PLAN),
    }
    return render(request, "survey/rounds/rounds.html", context)


def round_row(user: Any, subject: Round) -> dict[str, Any]:
    """A round in the list; progress only where there can be some."""
    row: dict[str, Any] = {
        "round": subject,
        "communities": community_names(subject),
        "form_title": form_title(subject),
        **ending(subject),
    }
    if subject.state in (Round.State.OPEN, Round.State.CLOSED):
        tally = progress_of(subject, buildings=seen_buildings(user, subject, OPEN)).whole
        row |= {"tally": tally, "percent": round(100 * tally.finished / tally.total, 1) if tally.total else 0}
    return row


def community_names(subject: Round) -> list[str]:
    areas = Area.objects.filter(town=subject.town_id, code__in=subject.area_codes, valid_until=None)
    names = {area.code: local_name(area) for area in areas.defer("geom")}
    return [names.get(code, code) for code in subject.area_codes]


def form_title(subject: Round) -> str:
    """The form's title in the reader's language."""
    form = subject.form_version.form
    return form.title_en or form.title_zh if get_language() == "en" else form.title_zh


def ending(subject: Round) -> dict[str, Any]:
    """How many days an open round still has; past its end it stays open until somebody ends it."""
    left = (subject.ends_on - timezone.localdate()).days
    return {"days_left": left, "is_late": subject.state == Round.State.OPEN and left < 0}


@never_cache
@require_http_methods(["GET", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    town = page_town(request, PLAN)
    if town is None:
        return render(request, "grids/no_town.html", {"title": _("走访普查"), "section": "rounds"})
    starts_on, ends_on = usual_dates(timezone.localdate())
    usual = {
        "name": usual_name(starts_on),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "attempt_cap": 3,
        "cool_down_hours": 4,
    }
    return _edit_page(request, town, None, usual)


def usual_name(day: date) -> str:
    """A name to start from: the year and the season of the first day."""
    seasons = (_("冬季"), _("春季"), _("夏季"), _("秋季"))
    return _("%(year)d 年%(season)s走访") % {"year": day.year, "season": seasons[day.month % 12 // 3]}


@never_cache
@require_http_methods(["GET", "POST"])
def round_edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    subject = round_to_change(request, uid)
    if subject.state != Round.State.DRAFT:
        messages.error(request, _("这一轮已经开始，内容不能再改。"))
        return redirect("round", uid=uid)
    return _edit_page(request, subject.town, subject, typed_of(subject))


def round_to_change(request: HttpRequest, uid: UUID) -> Round:
    return whole_round_for(request.user, uid, PLAN)


def _edit_page(
    request: HttpRequest, town: Town, subject: Round | None, initial: dict[str, Any]
) -> HttpResponse:
    form = RoundForm(request.user, town, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_draft(town, form.facts(), by=request.user, subject=subject)
            messages.success(request, _("已保存。现在可以分配户室，然后开始。"))
            return redirect("round", uid=saved.uid)
        except RoundRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
    if not form.is_bound and len(form.communities) == 1:
        form.initial.setdefault("area_codes", [form.communities[0].code])
    forms = list(form.fields["form_version"].queryset[:2])  # type: ignore[attr-defined]
    if not form.is_bound and len(forms) == 1:
        form.initial.setdefault("form_version", forms[0].pk)
    context = {"town": town, "round": subject, "form": form}
    return render(request, "survey/rounds/edit.html", context, status=400 if form.errors else 200)


def draft_page(request: HttpRequest, subject: Round) -> HttpResponse:
    """A round being prepared: what it will do, what is missing, and the button."""
    steps = steps_to_open(subject)
    context = {
        "round": subject,
        "town": subject.town,
        "communities": community_names(subject),
        "form_title": form_title(subject),
        "steps": steps,
        "may_open": all(step.is_done for step in steps if step.stops),
        "overlapping": list(overlapping_rounds(subject)),
        "may_change": holds_round(request.user, subject, PLAN) and may(request.user, PLAN),
    }
    return render(request, "survey/rounds/draft.html", context)


@require_POST
def round_open(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _turn(request, uid, open_round, "open_round", _("走访已开始。网格员现在可以下载当天的资料。"))


@require_POST
def round_close(request: HttpRequest, uid: UUID) -> HttpResponse:
    subject = round_to_change(request, uid)
    if request.POST.get("name", "").strip() != subject.name:
        messages.error(request, _("输入的名称与“%(name)s”不一致，走访没有结束。") % {"name": subject.name})
        return redirect("round", uid=uid)
    done = _("走访已结束。还在路上的记录到达后会进入待处理。")
    return _turn(request, uid, close_round, "close_round", done)


def _turn(request: HttpRequest, uid: UUID, turn: Any, action: str, done: str) -> HttpResponse:
    subject = round_to_change(request, uid)
    try:
        turn(subject, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        log_round(request, subject, action)
        messages.success(request, done)
    return redirect("round", uid=uid)


@require_POST
def round_discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    subject = round_to_change(request, uid)
    try:
        discard_draft(subject, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("round", uid=uid)
    log_round(request, subject, "discard_round")
    messages.success(request, _("“%(name)s”已删除。") % {"name": subject.name})
    return redirect("rounds")
