"""摇号: the page of the walk from a closed list to the publication, and one address for each of its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.errors import Refusal
from grids.models import Draw, PlacementProject
from grids.pages.placement.draw_forms import CloseForm, unlike
from grids.pages.placement.draw_page import Trouble, draw_of, draw_page
from grids.pages.placement.scope import RUN, project_in_duty
from grids.placement import draw_steps
from grids.placement.again import begin_again
from grids.placement.draw_refusals import WrongStep

Step = Callable[[Draw], Any]


class NotConfirmed(Refusal):
    """The name that was typed is not the project's: nothing was done."""

    code = "not_confirmed"
    status = 422


@never_cache
@require_safe
def placement_draw(request: HttpRequest, uid: UUID) -> HttpResponse:
    return draw_page(request, project_in_duty(request, uid))


@require_POST
def placement_draw_close(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid, RUN)
    form = CloseForm(project, request.POST)
    if not form.is_valid() and project.state == PlacementProject.State.PREPARING:
        return draw_page(request, project, form=form, status=422)
    try:
        if not form.is_valid():
            raise WrongStep(_("这个项目的名单已经封闭，不能再次封闭。"), state=project.state)
        draw_steps.close_list(project, form.cleaned_data["rules"], **form.plan(), by=request.user)
    except Refusal as refusal:
        project.refresh_from_db(fields=["state"])
        return _again(request, project, Trouble("close", refusal), form)
    messages.success(request, _("名单已封闭。请打印回执，并请各方提交承诺。"))
    return _back(project)


@require_POST
def placement_draw_commit(request: HttpRequest, uid: UUID) -> HttpResponse:
    party = request.POST.get("party", "")

    def step(draw: Draw) -> None:
        if request.POST.get("kept") != "1":
            raise NotConfirmed(_("请先把随机数另外记下，并勾选。忘了它，摇号就只能中止。"))
        draw_steps.commit(draw, party, request.POST.get("sha256", ""), by=request.user)

    return _step(request, uid, "commit", step, _("“%(party)s”的承诺已登记。") % {"party": party}, party)


@require_POST
def placement_draw_reveal(request: HttpRequest, uid: UUID) -> HttpResponse:
    party, nonce = request.POST.get("party", ""), request.POST.get("nonce", "")

    def step(draw: Draw) -> None:
        draw_steps.reveal(draw, party, nonce, by=request.user)

    return _step(request, uid, "reveal", step, _("“%(party)s”的随机数已公开。") % {"party": party}, party)


@require_POST
def placement_draw_run(request: HttpRequest, uid: UUID) -> HttpResponse:
    def step(draw: Draw) -> None:
        require_named(request, draw.project)
        draw_steps.draw_now(
            draw, request.POST.get("beacon", ""), request.POST.get("proof", ""), by=request.user
        )

    return _step(request, uid, "run", step, _("已摇号。请核对，再公示。"))


@require_POST
def placement_draw_publish(request: HttpRequest, uid: UUID) -> HttpResponse:
    def step(draw: Draw) -> None:
        require_named(request, draw.project)
        draw_steps.publish(draw, by=request.user)

    return _step(request, uid, "publish", step, _("已公示。验证页对所有人开放。"), goes_on="placement_result")


@require_POST
def placement_draw_stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    def step(draw: Draw) -> None:
        require_named(request, draw.project)
        draw_steps.stop(draw, request.POST.get("reason", ""), by=request.user)

    return _step(request, uid, "stop", step, _("摇号已中止，理由已公布在验证页上。"))


@require_POST
def placement_draw_again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new project with the same lists, after a draw that was stopped."""
    project = project_in_duty(request, uid, RUN)
    try:
        made = begin_again(project, request.POST.get("name", ""), request.user)
    except Refusal as refusal:
        return _again(request, project, Trouble("again", refusal))
    messages.success(request, _("新项目已建好：房源、申请和规则照旧。摇号要从封闭名单重新开始。"))
    return _back(made)


def require_named(request: HttpRequest, project: PlacementProject) -> None:
    if request.POST.get("name", "").strip() != project.name:
        raise NotConfirmed(unlike(project))


def _step(
    request: HttpRequest,
    uid: UUID,
    key: str,
    step: Step,
    done: str,
    party: str = "",
    *,
    goes_on: str = "placement_draw",
) -> HttpResponse:
    """Take a step and go on; where it is refused, the page again with what was typed."""
    project = project_in_duty(request, uid, RUN)
    try:
        draw = draw_of(project)
        if draw is None:
            raise WrongStep(_("名单还没有封闭。"), state=project.state)
        step(draw)
    except Refusal as refusal:
        project.refresh_from_db(fields=["state"])
        return _again(request, project, Trouble(key, refusal, party))
    messages.success(request, done)
    return _back(project, goes_on)


def _again(
    request: HttpRequest, project: PlacementProject, trouble: Trouble, form: CloseForm | None = None
) -> HttpResponse:
    status = trouble.refusal.status if trouble.refusal.status == 409 else 422
    return draw_page(request, project, form=form, trouble=trouble, status=status)


def _back(project: PlacementProject, name: str = "placement_draw") -> HttpResponse:
    return redirect(name, uid=project.uid)
