"""Which placements one person may open, and how far each has come along its seven steps."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import NotFound
from gis_core.permissions import require, within_duty
from grids.models import PlacementProject

OPEN, RUN = "open_placement", "run_draw"
State = PlacementProject.State

# Step, url name, label. Every page of a project shows them all; a step that cannot be taken says why.
STEPS = (
    ("flats", "placement_flats", gettext_lazy("房源")),
    ("applicants", "placement_applicants", gettext_lazy("申请")),
    ("rules", "placement_rules", gettext_lazy("规则")),
    ("check", "placement_check", gettext_lazy("校核")),
    ("compare", "placement_compare", gettext_lazy("方案比较")),
    ("draw", "placement_draw", gettext_lazy("摇号")),
    ("result", "placement_result", gettext_lazy("公示")),
)


@dataclass(frozen=True)
class Step:
    """One of the seven. `waits_for` is why it cannot be taken yet, "" where it can."""

    key: str
    label: Any
    url: str
    number: int
    is_done: bool
    waits_for: str


def visible_projects(user: Any, action: str = OPEN) -> QuerySet[PlacementProject]:
    rows = PlacementProject.objects.select_related("town", "stock")
    return within_duty(rows, user, action, code_field="area_code")


def project_in_duty(request: HttpRequest, uid: UUID, action: str = OPEN) -> PlacementProject:
    """The project of this address; not found outside the duties."""
    require(request.user, action)
    found = visible_projects(request.user, action).filter(uid=uid).first()
    if found is None:
        raise NotFound(_("没有这个配房项目，或者不在您的职责范围内。"))
    return found


def steps_of(project: PlacementProject) -> list[Step]:
    # Asked one by one: joined, 5,000 flats and 5,000 applicants are 25 million rows.
    counted = ("flats", "applicants", "rules", "variants")
    counts = {name: getattr(project, name).order_by()[:2].count() for name in counted}
    is_closed = project.state != State.PREPARING
    is_published = project.state == State.PUBLISHED
    lists = _("先导入房源和申请。") if not (counts["flats"] and counts["applicants"]) else ""
    waits = {
        "applicants": "" if counts["flats"] else _("先导入房源。"),
        "check": lists,
        "compare": lists,
        "draw": lists or ("" if counts["rules"] else _("先定规则。")),
        "result": "" if is_published else _("摇号并公示以后才有。"),
    }
    done = {
        "flats": bool(counts["flats"]),
        "applicants": bool(counts["applicants"]),
        "rules": bool(counts["rules"]),
        "check": bool(counts["variants"]),
        "compare": counts["variants"] > 1,
        "draw": is_closed and project.state in (State.DRAWN, State.PUBLISHED),
        "result": is_published,
    }
    return [
        Step(key, label, reverse(name, kwargs={"uid": project.uid}), number, done[key], waits.get(key, ""))
        for number, (key, name, label) in enumerate(STEPS, start=1)
    ]


def current_step(project: PlacementProject) -> Step:
    """The first step that is not done: where whoever opens the project goes on."""
    steps = steps_of(project)
    if project.state != State.PREPARING:  # a closed list leaves the draw, and what follows it
        steps = steps[[step.key for step in steps].index("draw") :]
    return next((step for step in steps if not step.is_done and not step.waits_for), steps[-1])


def step_page(
    request: HttpRequest,
    template: str,
    project: PlacementProject,
    key: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of one step, with the strip of all seven above it."""
    steps = steps_of(project)
    at = [step.key for step in steps].index(key)
    shared = {
        "project": project,
        "step": steps[at],
        "steps": steps,
        "step_after": steps[at + 1] if at + 1 < len(steps) else None,
        "is_preparing": project.state == State.PREPARING,
    }
    return render(request, template, {**shared, **context}, status=status)
