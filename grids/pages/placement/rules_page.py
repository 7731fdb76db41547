"""The third step: rules with the reason for them. Rules once made are not changed; others are added."""

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.errors import NotFound, Refusal
from gis_core.shell import is_number
from grids.housing.tenures import TENURES
from grids.models import PlacementProject, PlacementRules, Variant
from grids.pages.placement.list_counts import room_order
from grids.pages.placement.rules_form import RulesForm, initial_of
from grids.pages.placement.rules_words import sentences_of
from grids.pages.placement.scope import project_in_duty, step_page
from grids.placement.errors import WrongRules
from grids.placement.rules import delete_rules, make_rules

FLATS_OF_EXAMPLE = 10


@never_cache
@require_http_methods(["GET", "POST"])
def placement_rules(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    asking = _asking(project)
    model = _asked_model(request, project)
    known = set(asking) | set(model.cap_factors if model else ())
    tenures = [tenure for tenure in TENURES if not asking or tenure in known]
    form = RulesForm(tenures, request.POST or None, initial=initial_of(model))
    status = 200
    if request.method == "POST":
        made = _made(request, project, form) if form.is_valid() else None
        if made is not None:
            messages.success(request, _("已保存规则“%(name)s”。") % {"name": made.name})
            return redirect("placement_rules", uid=project.uid)
        status = 422
    context = {
        "form": form,
        "rules": _listed(project),
        "like": model,
        "opens_form": request.method == "POST" or model is not None,
        **_caps(form, asking),
    }
    return step_page(request, "grids/placement/rules.html", project, "rules", context, status)


def _asked_model(request: HttpRequest, project: PlacementProject) -> PlacementRules | None:
    """`?from=12`: the rules that new ones are to start from."""
    asked = request.GET.get("from", "")
    return project.rules.filter(pk=asked).first() if is_number(asked) else None


def _made(request: HttpRequest, project: PlacementProject, form: RulesForm) -> PlacementRules | None:
    given = form.cleaned_data
    try:
        return make_rules(
            project,
            name=given["name"],
            reason=given["reason"],
            cap_level=given["cap_level"],
            cap_factors=form.factors(),
            reserves_accessible=given["reserves_accessible"],
            most_in_cluster=given["most_in_cluster"],
            shares_entrances=given["shares_entrances"],
            by=request.user,
        )
    except WrongRules as refusal:
        form.add_error("name", refusal.sentence)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
    return None


def _listed(project: PlacementProject) -> list[dict[str, Any]]:
    """Newest first, each with its sentences and how many alternatives were worked out under it."""
    variants = Variant.objects.filter(project=project, rules__isnull=False).order_by().values("rules")
    used = dict(variants.annotate(n=Count("pk")).values_list("rules", "n"))
    rows = project.rules.select_related("made_by").order_by("-made_at")
    return [
        {"rules": rules, "sentences": sentences_of(rules), "used": used.get(rules.pk, 0)} for rules in rows
    ]


def _asking(project: PlacementProject) -> dict[str, Counter[str]]:
    """{tenure: applicants by room class}, of those that somebody asks for."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    cells = project.applicants.order_by().values("tenure", "room_class").annotate(n=Count("pk"))
    for tenure, room_class, count in cells.values_list("tenure", "room_class", "n"):
        found[tenure][room_class] = count
    return found


def _caps(form: RulesForm, asking: dict[str, Counter[str]]) -> dict[str, Any]:
    """The lines of the table of factors, with the room class that serves as the example."""
    by_room: Counter[str] = sum(asking.values(), Counter())
    example = max(by_room, key=lambda room: (by_room[room], room_order(room)), default="")
    whole = by_room[example]
    lines = []
    for tenure in form.tenures:
        count = asking[tenure][example] if tenure in asking else 0
        lines.append(
            {
                "tenure": tenure,
                "label": TENURES[tenure],
                "field": form.factor_field(tenure),
                "count": count,
                "percent": round(100 * count / whole, 1) if whole else None,
            }
        )
    return {"caps": lines, "example": example, "whole": whole, "flats_of_example": FLATS_OF_EXAMPLE}


@require_POST
def placement_rules_delete(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    project = project_in_duty(request, uid)
    rules = project.rules.filter(pk=pk).first()
    if rules is None:
        raise NotFound(_("这个项目没有这份规则。"))
    try:
        delete_rules(project, rules, request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("已删除规则“%(name)s”。") % {"name": rules.name})
    return redirect("placement_rules", uid=project.uid)
