"""The page 网格: a plan on the map and in a table, what the checker found, and who is responsible."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import Conflict, NotAllowed, NotFound
from gis_core.jobs import job, start_job
from gis_core.models import Duty
from gis_core.permissions import may, require
from gis_core.progress import Progress
from gis_core.shell import is_number, local_name
from grids.generations import activate
from grids.maps.map_state import town_map
from grids.models import Area, GenerationState, Grid, GridPlan, Town
from grids.partition.grid_band import size_band
from grids.partition.plans import check_plan, make_plan, require_no_problems
from grids.scoping import held_towns, town_of, visible_grids, visible_towns
from grids.town_import.findings import finding_rows

OPEN, EDIT, ACTIVATE = "open_grids", "edit_grids", "activate_generation"
SORTS = {
    "code": ("code",),
    "households": ("household_count", "code"),
    "buildings": ("building_count", "code"),
    "area": ("area_m2", "code"),
}


@job("make_grids", label=gettext_lazy("划分网格"))
def make_grids_job(progress: Progress, *, town_id: int) -> None:
    town = Town.objects.get(pk=town_id)
    plan = make_plan(town, progress=progress)
    progress.result(f"{reverse('grids')}?town={town.slug}&plan={plan.number}")


def page_town(request: HttpRequest, action: str) -> Town | None:
    require(request.user, action)
    return town_of(request, action)


def town_or_404(request: HttpRequest, action: str) -> Town:
    town = page_town(request, action)
    if town is None:
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
    return town


def may_here(user: Any, action: str, town: Town) -> bool:
    """May this person do this in this town?"""
    return may(user, action) and visible_towns(user, action).filter(pk=town.pk).exists()


def may_change_town(user: Any, action: str, town: Town) -> bool:
    """May this person do what changes the town for everybody? Only when the duty holds it whole."""
    return held_towns(user, action).filter(pk=town.pk).exists()


def plan_asked(request: HttpRequest, town: Town) -> GridPlan | None:
    """`?plan=3`, else the plan in use, else the newest."""
    plans = GridPlan.objects.filter(town=town).exclude(state=GenerationState.LOADING)
    asked = request.GET.get("plan", "")
    if asked:
        found = plans.filter(number=asked).first() if is_number(asked) else None
        if found is None:
            raise NotFound(_("这个城镇没有第 %(number)s 号网格方案。") % {"number": asked[:10]})
        return found
    return plans.filter(state=GenerationState.ACTIVE).first() or plans.first()


def plan_for_change(request: HttpRequest, pk: int, action: str) -> GridPlan:
    require(request.user, action)
    towns = held_towns if action == ACTIVATE else visible_towns
    plan = GridPlan.objects.filter(pk=pk, town__in=towns(request.user, action)).first()
    if plan is None:
        raise NotFound(_("没有这个网格方案，或者不在您的职责范围内。"))
    return plan


def shown_grids(request: HttpRequest, plan: GridPlan) -> QuerySet[Grid]:
    return visible_grids(request.user, OPEN).filter(plan=plan)


def grids_address(plan: GridPlan) -> str:
    return f"{reverse('grids')}?town={plan.town.slug}&plan={plan.number}"


@never_cache
@require_safe
def grids_page(request: HttpRequest) -> HttpResponse:
    town = page_town(request, OPEN)
    if town is None:
        return render(request, "grids/no_town.html", {"title": _("网格"), "section": "grids"})
    plan = plan_asked(request, town)
    context: dict[str, Any] = {
        "town": town,
        "plan": plan,
        "plans": GridPlan.objects.filter(town=town).exclude(state=GenerationState.LOADING)[:30],
        "may_edit": may_here(request.user, EDIT, town),
        "may_make": may_change_town(request.user, EDIT, town),
        "may_activate": may_change_town(request.user, ACTIVATE, town),
        "may_import": may_change_town(request.user, "import_town", town),
        "map_state": town_map(request.user, town),
    }
    if plan is not None:
        context |= _plan_context(request, plan)
    context["page_state"] = {"map": context["map_state"], "data_url": context.get("data_url")}
    context["page_words"] = {"households": _("户")}
    return render(request, "grids/grids.html", context)


def _plan_context(request: HttpRequest, plan: GridPlan) -> dict[str, Any]:
    asked = request.GET.get("sort", "code")
    key = asked.removeprefix("-") if asked.removeprefix("-") in SORTS else "code"
    fields = SORTS[key]
    if asked.startswith("-"):
        fields = (f"-{fields[0]}", *fields[1:])
    grids = list(shown_grids(request, plan).order_by(*fields).defer("geom"))
    _add_people(grids)
    _add_communities(grids, plan.town)
    findings = [row for row in finding_rows(plan.report) if _concerns(row, grids, plan)]
    households = [grid.household_count for grid in grids if grid.kind == Grid.Kind.GENERAL]
    for grid in grids:
        grid.shown_findings = finding_rows({"findings": grid.findings})  # type: ignore[attr-defined]
        grid.area_ha = f"{grid.area_m2 / 10_000:,.1f}"  # type: ignore[attr-defined]
        grid.needs_reason = not plan.rules["hard_low"] <= grid.household_count <= plan.rules["hard_high"]  # type: ignore[attr-defined]
        grid.worst = grid.shown_findings[0]["severity"] if grid.shown_findings else ""  # type: ignore[attr-defined]
    return {
        "grids": grids,
        "sort": asked,
        "findings": findings,
        "problem_count": sum(row["severity"] == "problem" for row in findings),
        "totals": {
            "grids": len(grids),
            "households": sum(grid.household_count for grid in grids),
            "buildings": sum(grid.building_count for grid in grids),
            "mean": round(sum(households) / len(households)) if households else 0,
            "in_band": sum(plan.rules["low"] <= count <= plan.rules["high"] for count in households),
            "general": len(households),
        },
        "band": size_band(grids, plan.rules),
        "data_url": f"{reverse('grids_plan_json')}?town={plan.town.slug}&plan={plan.number}",
    }


def _concerns(row: dict[str, Any], grids: list[Grid], plan: GridPlan) -> bool:
    """A finding about grids that this person does not see is not shown."""
    codes = {grid.code for grid in grids}
    return not row["grid_codes"] or bool(codes & set(row["grid_codes"]))


def _add_people(grids: list[Grid]) -> None:
    """Who is responsible: duties in force that name the grid's code."""
    duties = (
        Duty.objects.in_force().filter(grid_code__in=[grid.code for grid in grids]).select_related("user")
    )
    by_code: dict[str, list[Duty]] = {}
    for duty in duties:
        if duty.user.is_active:
            by_code.setdefault(duty.grid_code, []).append(duty)
    for grid in grids:
        grid.people = by_code.get(grid.code, [])  # type: ignore[attr-defined]


def _add_communities(grids: list[Grid], town: Town) -> None:
    """Every community numbers its grids from one: where there are several, each grid says whose it is."""
    codes = {grid.community_code for grid in grids}
    if len(codes) < 2:
        return
    areas = {
        area.code: area
        for area in Area.objects.filter(town=town, code__in=codes, valid_until=None).defer("geom")
    }
    for grid in grids:
        grid.community = areas.get(grid.community_code)  # type: ignore[attr-defined]


@never_cache
@require_safe
def plan_json(request: HttpRequest) -> JsonResponse:
    """The outlines of a plan, and the polygons of what is wrong, for the map."""
    town = town_or_404(request, OPEN)
    plan = plan_asked(request, town)
    if plan is None:
        raise NotFound(_("这个城镇还没有网格方案。"))
    grids = list(shown_grids(request, plan))
    return JsonResponse({"grids": _grid_features(grids), "findings": _finding_features(plan, grids)})


def _grid_features(grids: list[Grid]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": grid.code,
            "properties": {
                "code": grid.code,
                "name": local_name(grid),
                "households": grid.household_count,
                "kind": grid.kind,
                "worst": _worst(grid.findings),
            },
            "geometry": json.loads(grid.geom.geojson),
        }
        for grid in grids
    ]
    return {"type": "FeatureCollection", "features": features}


def _worst(findings: list[dict[str, Any]]) -> str:
    severities = {finding["severity"] for finding in findings}
    return next((s for s in ("problem", "warning", "info") if s in severities), "")


def _finding_features(plan: GridPlan, grids: list[Grid]) -> dict[str, Any]:
    features = []
    for index, row in enumerate(finding_rows(plan.report)):
        first, end = row.get("parts", (0, 0))
        if plan.findings_geom is None or first == end or not _concerns(row, grids, plan):
            continue
        for part in range(first, end):
            features.append(
                {
                    "type": "Feature",
                    "properties": {
                        "finding": index,
                        "severity": row["severity"],
                        "sentence": row["sentence"],
                    },
                    "geometry": json.loads(plan.findings_geom[part].geojson),
                }
            )
    return {"type": "FeatureCollection", "features": features}


@require_POST
def grids_make(request: HttpRequest) -> HttpResponse:
    town = town_or_404(request, EDIT)
    if not may_change_town(request.user, EDIT, town):
        raise NotAllowed(_("划分整个城镇的网格需要覆盖全城的职责。"), town=town.slug)
    made = start_job("make_grids", owner=request.user, area_code=town.root_code, town_id=town.pk)
    return redirect("job", pk=made.pk)


@require_POST
def grids_check(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_for_change(request, pk, EDIT)
    check_plan(plan)
    return redirect(grids_address(plan))


@require_POST
def grids_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a checked plan to use; its predecessor retires and keeps its grids."""
    plan = plan_for_change(request, pk, ACTIVATE)
    check_plan(plan)
    require_no_problems(plan)
    activate([plan])
    log_access(
        request.user, "activate", f"grid plan {plan.pk}", area_code=plan.town.root_code, request=request
    )
    return redirect(grids_address(plan))


@require_POST
def grid_reason(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Why one grid may leave the hard bounds; only while its plan is not yet in use."""
    plan = plan_for_change(request, pk, EDIT)
    if plan.state != GenerationState.CHECKED:
        raise Conflict(_("方案 %(number)d 已启用或停用，不能再改。请另建方案。") % {"number": plan.number})
    changed = (
        shown_grids(request, plan)
        .filter(code=code)
        .update(size_reason=request.POST.get("reason", "").strip()[:200])
    )
    if not changed:
        raise NotFound(_("方案中没有这个网格，或者不在您的职责范围内。"))
    check_plan(plan)
    return redirect(f"{grids_address(plan)}#grid-{code}")
