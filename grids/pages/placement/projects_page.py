"""The projects of a town: the list, a new one, another name, and taking one away."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.errors import Refusal
from gis_core.permissions import duties_for
from grids.generations import active
from grids.models import Applicant, Area, Draw, Flat, PlacementProject, Stock, Town
from grids.pages.grid_views import page_town, town_or_404
from grids.pages.placement.scope import OPEN, Step, current_step, project_in_duty, steps_of, visible_projects
from grids.placement.projects import begin_project, delete_project, rename_project

PROJECTS_A_PAGE = 20
LONGEST_NAME = 100


@dataclass(frozen=True)
class ProjectRow:
    """One line of the list; `done` counts the steps that are behind it."""

    project: Any
    step: Step
    done: int


@never_cache
@require_safe
def placements(request: HttpRequest) -> HttpResponse:
    town = page_town(request, OPEN)
    if town is None:
        return render(request, "grids/no_town.html", {"title": _("安置"), "may_import": False})
    found = visible_projects(request.user).filter(town=town).select_related("created_by")
    page = Paginator(_counted(found), PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "town": town,
        "page": page,
        "rows": [_row(project) for project in page],
        "has_stock": active(Stock, town) is not None,
    }
    return render(request, "grids/placement/projects.html", context)


def _counted(projects: Any) -> Any:
    """With how many flats and applicants each has, counted beside the rows and not by joining them."""

    def count_of(model: Any) -> Any:
        rows = model.objects.filter(project=OuterRef("pk")).order_by().values("project")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    return projects.annotate(flat_count=count_of(Flat), applicant_count=count_of(Applicant))


def _row(project: PlacementProject) -> ProjectRow:
    return ProjectRow(project, current_step(project), sum(step.is_done for step in steps_of(project)))


@never_cache
@require_http_methods(["GET", "POST"])
def placement_new(request: HttpRequest) -> HttpResponse:
    town = town_or_404(request, OPEN)
    places = _places_of(request.user, town)
    name, asked = request.POST.get("name", "")[:LONGEST_NAME], request.POST.get("place", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        place = asked if asked in dict(places) else places[0][0]
        try:
            made = begin_project(town, name, request.user, place)
            return redirect("placement_flats", uid=made.uid)
        except Refusal as met:
            refusal = met
    context = {"town": town, "places": places, "name": name, "place": asked, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "grids/placement/project_new.html", context, status=status)


def _places_of(user: Any, town: Town) -> list[tuple[str, str]]:
    """Where in the town this person may place: whoever has a part of it begins within that part."""
    codes = duties_for(user, OPEN).area_codes
    if any(town.root_code.startswith(code) for code in codes):
        return [(town.root_code, str(town.name_zh))]
    inside = sorted(code for code in codes if code.startswith(town.root_code))
    inside = [code for code in inside if not any(code.startswith(other) for other in inside if other != code)]
    names = dict(
        Area.objects.filter(town=town, code__in=inside, valid_until=None).values_list("code", "name_zh")
    )
    return [(code, names.get(code) or code) for code in inside]


@require_safe
def placement(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Whoever opens a project goes on where it stands."""
    return redirect(current_step(project_in_duty(request, uid)).url)


@never_cache
@require_http_methods(["GET", "POST"])
def placement_rename(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    if request.method == "POST":
        name = request.POST.get("name", "")[:LONGEST_NAME]
        try:
            rename_project(project, name, request.user)
        except Refusal as refusal:
            return _managed(request, project, name=name, rename_refusal=refusal)
        messages.success(request, _("已改名为“%(name)s”。") % {"name": project.name})
        return redirect("placement", uid=project.uid)
    return _managed(request, project)


@never_cache
@require_http_methods(["GET", "POST"])
def placement_delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    if request.method != "POST":
        return redirect("placement_rename", uid=project.uid)
    name, town = project.name, project.town
    try:
        delete_project(project, request.POST.get("typed_name", ""), request.user)
    except Refusal as refusal:
        return _managed(request, project, delete_refusal=refusal)
    messages.success(request, _("已删除配房项目“%(name)s”。") % {"name": name})
    return redirect(f"{reverse('placements')}?town={town.slug}")


def _managed(request: HttpRequest, project: PlacementProject, **told: Any) -> HttpResponse:
    refusal = told.get("rename_refusal") or told.get("delete_refusal")
    context = {
        "project": project,
        "name": project.name,
        "is_preparing": project.state == PlacementProject.State.PREPARING,
        "has_draw": Draw.objects.filter(project=project).exists(),
        **told,
    }
    status = refusal.status if refusal else 200
    return render(request, "grids/placement/project_manage.html", context, status=status)
