"""The page 数据: what a town's figures are computed from, and how new data come in."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import Conflict, NotFound
from gis_core.models import AccessLog, Job
from gis_core.permissions import duties_for, may, require
from grids.generations import activate, active
from grids.housing.stock_tables import assign_grids
from grids.models import (
    CoverageRun,
    FacilityInventory,
    Generation,
    GenerationState,
    GridPlan,
    PublishedTable,
    Stock,
    StreetNetwork,
    Town,
)
from grids.pages.grid_views import may_change_town, page_town
from grids.partition.plans import check_plan, require_no_problems
from grids.scoping import held_towns, holds_town, visible_towns
from grids.town_import.findings import counts_by_severity

OPEN, ACTIVATE, IMPORT = "open_data", "activate_generation", "import_town"
KINDS: dict[str, type[Generation]] = {
    "network": StreetNetwork,
    "stock": Stock,
    "inventory": FacilityInventory,
    "plan": GridPlan,
}
KIND_LABELS: dict[str, Any] = {
    "network": gettext_lazy("路网"),
    "stock": gettext_lazy("房屋"),
    "inventory": gettext_lazy("服务设施"),
    "plan": gettext_lazy("网格"),
}
LOST: dict[str, Any] = {
    "network": gettext_lazy("停用后没有路网可走：不能再计算生活圈，地图没有底图。"),
    "stock": gettext_lazy("停用后没有楼栋：房屋页空白，不能再计算生活圈。"),
    "inventory": gettext_lazy("停用后没有设施：设施页空白，不能再计算生活圈。"),
    "plan": gettext_lazy("停用后没有网格：按网格的数字不再更新，网格职责找不到楼栋。"),
}
GENERATIONS_SHOWN = 20


def kind_of(generation: Generation) -> str:
    return next(key for key, model in KINDS.items() if isinstance(generation, model))


def generation_for(request: HttpRequest, kind: str, pk: int, action: str) -> Any:
    """A generation of a town within the duties for this action; anything else is not found.

    What changes the town for everybody asks for a duty that holds it whole.
    """
    require(request.user, action)
    model = KINDS.get(kind)
    towns = (held_towns if action == ACTIVATE else visible_towns)(request.user, action)
    found = (
        model.objects.filter(pk=pk, town__in=towns).select_related("town", "created_by").first()
        if model
        else None
    )  # type: ignore[attr-defined]
    if found is None:
        raise NotFound(_("没有这份数据，或者不在您的职责范围内。"))
    return found


@never_cache
@require_safe
def data_page(request: HttpRequest) -> HttpResponse:
    town = page_town(request, OPEN)
    if town is None:
        context = {"title": _("数据"), "may_import": may(request.user, IMPORT)}
        return render(request, "grids/no_town.html", context)
    waiting = _waiting(town)
    context = {
        "town": town,
        "kinds": [_kind_rows(key, model, town) for key, model in KINDS.items()],
        "waiting": waiting,
        "waiting_findings": _joined_findings(waiting),
        "has_active": active(StreetNetwork, town) is not None,
        "has_run": CoverageRun.objects.filter(town=town, is_current=True).exists(),
        "runs": CoverageRun.objects.filter(town=town).defer("summary")[:GENERATIONS_SHOWN],
        "jobs": _open_jobs(request, town),
        "exports": _exports(request, town),
        "published_count": PublishedTable.objects.filter(town=town, withdrawn_at=None).count(),
        "may_activate": may_change_town(request.user, ACTIVATE, town),
        "may_import": may_change_town(request.user, IMPORT, town),
    }
    return render(request, "grids/data.html", context)


def _kind_rows(key: str, model: type[Generation], town: Town) -> dict[str, Any]:
    rows = list(model.objects.filter(town=town).select_related("created_by")[:GENERATIONS_SHOWN])  # type: ignore[attr-defined]
    for row in rows:
        row.size = size_of(row)
        row.severities = counts_by_severity(row.report)
    return {"key": key, "label": KIND_LABELS[key], "rows": rows}


def size_of(generation: Any) -> str:
    """How much there is of it, in a few words."""
    match generation:
        case StreetNetwork():
            return _("%(km)s 公里") % {"km": f"{generation.length_m / 1000:,.1f}"}
        case Stock():
            return _("%(buildings)s 栋 · %(dwellings)s 户") % {
                "buildings": f"{generation.building_count:,}",
                "dwellings": f"{generation.dwelling_count:,}",
            }
        case FacilityInventory():
            return _("%(count)s 处") % {"count": f"{generation.facility_count:,}"}
    return _("%(count)s 个") % {"count": f"{generation.report.get('counts', {}).get('grids', 0):,}"}


def _waiting(town: Town) -> list[Any]:
    """The newest checked load of each kind, if it is newer than the one in use."""
    found = []
    for key, model in KINDS.items():
        newest = model.objects.filter(town=town, state=GenerationState.CHECKED).first()  # type: ignore[attr-defined]
        current = active(model, town)
        if newest is not None and key != "plan" and (current is None or newest.number > current.number):
            newest.kind, newest.size = key, size_of(newest)
            newest.label = KIND_LABELS[key]
            found.append(newest)
    return found


def _joined_findings(waiting: list[Any]) -> list[dict[str, Any]]:
    """Generations of one file share their report: it is shown once."""
    from grids.town_import.findings import finding_rows

    seen: dict[str, dict[str, Any]] = {}
    for generation in waiting:
        for row in finding_rows(generation.report):
            seen.setdefault(row["sentence"], row)
    order = {"problem": 0, "warning": 1, "info": 2}
    return sorted(seen.values(), key=lambda row: order.get(row["severity"], 3))


def _open_jobs(request: HttpRequest, town: Town) -> QuerySet[Job]:
    states = (Job.State.QUEUED, Job.State.RUNNING)
    jobs = Job.objects.filter(owner=request.user, state__in=states)
    return jobs.filter(area_code__in=(town.root_code, ""))


def _exports(request: HttpRequest, town: Town) -> list[AccessLog]:
    """Who took which figures out; shown to people whose duty holds the town whole."""
    if not holds_town(duties_for(request.user, OPEN), town):
        return []
    rows = AccessLog.objects.filter(action="export", area_code=town.root_code).select_related("user")
    return list(rows[:GENERATIONS_SHOWN])


@require_POST
def activate_waiting(request: HttpRequest) -> HttpResponse:
    """Put the newest checked loads of a town to use together."""
    require(request.user, ACTIVATE)
    town = held_towns(request.user, ACTIVATE).filter(slug=request.POST.get("town", "")).first()
    if town is None:
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
    chosen = _waiting(town)
    if not chosen:
        raise Conflict(_("没有待启用的数据。"))
    put_to_use(request, chosen)
    return redirect(f"{reverse('data')}?town={town.slug}#next")


@require_POST
def generation_activate(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    generation = generation_for(request, kind, pk, ACTIVATE)
    if kind == "plan":
        check_plan(generation)
        require_no_problems(generation)
    put_to_use(request, [generation])
    return redirect("generation", kind=kind, pk=pk)


def put_to_use(request: HttpRequest, chosen: list[Any]) -> None:
    """One switch, the buildings placed into the grids in use, one row in the log each."""
    town = chosen[0].town
    activate(chosen)
    plan, stock = active(GridPlan, town), active(Stock, town)
    if plan is not None and stock is not None:
        assign_grids(stock, plan)
    for generation in chosen:
        subject = f"{kind_of(generation)} {generation.pk}"
        log_access(request.user, "activate", subject, area_code=town.root_code, request=request)


@require_POST
def generation_retire(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a generation out of use; the town's name must be typed, since pages go empty."""
    generation = generation_for(request, kind, pk, ACTIVATE)
    if generation.state != GenerationState.ACTIVE:
        raise Conflict(_("这份数据不在使用中。"))
    _require_name(request, generation.town)
    generation.state = GenerationState.RETIRED
    generation.save(update_fields=["state"])
    log_access(request.user, "retire", f"{kind} {pk}", area_code=generation.town.root_code, request=request)
    return redirect("generation", kind=kind, pk=pk)


@require_POST
def generation_discard(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Delete a load that was never used; what a run has read stays for ever."""
    generation = generation_for(request, kind, pk, ACTIVATE)
    if generation.state not in (GenerationState.CHECKED, GenerationState.LOADING) or generation.activated_at:
        raise Conflict(_("用过的数据不能删除：已有结果引用它。可以停用。"))
    _require_name(request, generation.town)
    log_access(request.user, "discard", f"{kind} {pk}", area_code=generation.town.root_code, request=request)
    slug = generation.town.slug
    generation.delete()
    return redirect(f"{reverse('data')}?town={slug}")


def _require_name(request: HttpRequest, town: Town) -> None:
    if request.POST.get("name", "").strip() != town.name_zh:
        raise Conflict(_("请输入城镇名称“%(town)s”确认。") % {"town": town.name_zh})
