"""公示: the published result, and what is written down after it: answers, moving in, appeals."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.errors import NotFound, Refusal
from grids.models import Appeal, Draw, Offer, PlacementProject
from grids.pages.placement.draw_page import Trouble
from grids.pages.placement.result_page import result_page
from grids.pages.placement.scope import RUN, project_in_duty
from grids.placement import offers
from grids.placement.appeals import answer_appeal, file_appeal
from grids.placement.draw_refusals import WrongAnswer, WrongStep

Answer = Callable[[Offer, HttpRequest], str]


@never_cache
@require_safe
def placement_result(request: HttpRequest, uid: UUID) -> HttpResponse:
    return result_page(request, project_in_duty(request, uid))


@require_POST
def placement_offer(request: HttpRequest, uid: UUID, pk: int, step: str) -> HttpResponse:
    """An answer to an offer, or what came of it."""
    project = project_in_duty(request, uid, RUN)
    offer = Offer.objects.filter(pk=pk, draw__project=project).first()
    if offer is None or step not in ANSWERS:
        raise NotFound(_("没有这次选房通知。"))
    try:
        messages.success(request, ANSWERS[step](offer, request))
    except Refusal as refusal:
        return _again(request, project, Trouble("offer", refusal))
    return _to_receipt(project, offer.receipt)


def _accept(offer: Offer, request: HttpRequest) -> str:
    offers.accept(offer, by=request.user)
    return _("已登记：%(receipt)s 接受。") % {"receipt": offer.receipt}


def _refuse(offer: Offer, request: HttpRequest) -> str:
    return _passed_on(
        offers.refuse(offer, by=request.user),
        _("已登记：%(receipt)s 不接受，没有任何后果。") % {"receipt": offer.receipt},
    )


def _lapse(offer: Offer, request: HttpRequest) -> str:
    return _passed_on(
        offers.lapse(offer, by=request.user), _("已登记：%(receipt)s 逾期未答。") % {"receipt": offer.receipt}
    )


def _passed_on(made: Offer | None, told: str) -> str:
    if made is None:
        return told + _("没有符合条件的人在等这套房。")
    return told + _("这套房已通知下一位：%(receipt)s。") % {"receipt": made.receipt}


def _move_in(offer: Offer, request: HttpRequest) -> str:
    try:
        day = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        raise WrongAnswer(_("请填入住日期。")) from None
    offers.move_in(offer, day, by=request.user)
    return _("入住日期已登记。")


def _outcome(offer: Offer, request: HttpRequest) -> str:
    months = request.POST.get("months", "")
    offers.record_outcome(
        offer, int(months) if months in ("3", "12") else 0, request.POST.get("outcome", ""), by=request.user
    )
    return _("已记录，只计入总数。")


ANSWERS: dict[str, Answer] = {
    "accept": _accept,
    "refuse": _refuse,
    "lapse": _lapse,
    "move-in": _move_in,
    "outcome": _outcome,
}


@require_POST
def placement_offer_next(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A free flat goes to the next in line."""
    project, flat_code = project_in_duty(request, uid, RUN), request.POST.get("flat", "")[:23]
    try:
        made = offers.offer_next(_published(project), flat_code, by=request.user)
    except Refusal as refusal:
        return _again(request, project, Trouble("next", refusal))
    if made is None:
        messages.warning(request, _("没有符合条件的人在等这套房。"))
        return redirect(_address(project, state="free"))
    messages.success(request, _passed_on(made, ""))
    return _to_receipt(project, made.receipt)


@require_POST
def placement_appeal(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid, RUN)
    try:
        appeal = file_appeal(_published(project), request.POST.get("appellant", ""), by=request.user)
    except Refusal as refusal:
        return _again(request, project, Trouble("appeal", refusal))
    messages.success(request, _("%(receipt)s 的异议已登记。") % {"receipt": appeal.receipt})
    return redirect(f"{_address(project)}#appeals")


@require_POST
def placement_appeal_answer(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    project = project_in_duty(request, uid, RUN)
    appeal = Appeal.objects.filter(pk=pk, draw__project=project).first()
    if appeal is None:
        raise NotFound(_("没有这份异议。"))
    try:
        given = answer_appeal(
            appeal, request.POST.get("answer", ""), request.POST.get("reason", ""), by=request.user
        )
    except Refusal as refusal:
        return _again(request, project, Trouble(f"appeal-{pk}", refusal))
    messages.success(request, _("%(receipt)s 的异议已答复。") % {"receipt": given.receipt})
    return redirect(f"{_address(project)}#appeals")


def _published(project: PlacementProject) -> Draw:
    draw = Draw.objects.filter(project=project).first()
    if draw is None:
        raise WrongStep(_("摇号并公示以后才有。"), state=project.state)
    return draw


def _again(request: HttpRequest, project: PlacementProject, trouble: Trouble) -> HttpResponse:
    status = trouble.refusal.status if trouble.refusal.status == 409 else 422
    return result_page(request, project, trouble=trouble, status=status)


def _address(project: PlacementProject, **query: Any) -> str:
    address = reverse("placement_result", kwargs={"uid": project.uid})
    return f"{address}?{urlencode(query)}" if query else address


def _to_receipt(project: PlacementProject, receipt: str) -> HttpResponse:
    return redirect(f"{_address(project, receipt=receipt)}#receipt")
