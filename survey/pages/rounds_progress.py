"""How far a round has come: on the map, by grid and building, and as a table to take away."""

import io
import json
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.permissions import may, require
from gis_core.sessions import asked_by_itself
from gis_core.shell import local_name
from gis_core.writers.columns import Column, Source
from gis_core.writers.delimited import write_csv
from gis_core.writers.workbook import write_xlsx
from grids.maps.map_state import town_map
from grids.models import Grid
from survey.models import Round
from survey.pages.rounds_views import OPEN, PLAN, draft_page, ending, form_title
from survey.pages.rounds_words import progress_words
from survey.progress import STATES, Progress, Tally, progress_of
from survey.round_scope import buildings_of, grids_of, map_numbers, seen_buildings
from survey.rounds import holds_round, round_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_VISITS_DAYS = 90


class UnknownExport(Refusal):
    code = "unknown_export"


@never_cache
@require_safe
def round_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A draft shows what is missing; any other round its progress."""
    require(request.user, OPEN)
    subject = round_for(request.user, uid, OPEN)
    if subject.state == Round.State.DRAFT:
        return draft_page(request, subject)
    state = town_map(request.user, subject.town)
    context = {
        "round": subject,
        "tab": "progress",
        "town": subject.town,
        "map_state": state,
        "form_title": form_title(subject),
        "states": list(STATES.items()),
        "may_change": may(request.user, PLAN) and holds_round(request.user, subject, PLAN),
        "visits_are_gone": _visits_are_gone(subject),
        **ending(subject),
        "page_state": {
            "map": state,
            "states": list(STATES),
            "data": reverse("round_progress_json", args=[subject.uid]),
        },
        "page_words": progress_words(),
    }
    return render(request, "survey/rounds/progress.html", context)


def _visits_are_gone(subject: Round) -> bool:
    """Single visits are erased after 90 days; an old round's figures are then too low, and say so."""
    return (timezone.now() - (subject.opened_at or timezone.now())).days > KEPT_VISITS_DAYS


@never_cache
@asked_by_itself
@require_safe
def round_progress_json(request: HttpRequest, uid: UUID) -> JsonResponse:
    require(request.user, OPEN)
    subject = round_for(request.user, uid, OPEN)
    now = timezone.now()
    facts = {row.code: row for row in buildings_of(request.user, subject, OPEN).defer("geom", "geom_3857")}
    found = progress_of(subject, now=now, buildings=facts)
    numbers = map_numbers(subject)
    grids = grids_of(request.user, subject, set(found.by_grid))
    return JsonResponse(
        {
            "at": now.isoformat(),
            "time": now.astimezone(ZoneInfo(subject.town.time_zone)).strftime("%H:%M"),
            "whole": figures(found.whole),
            "grids": [
                {
                    "code": grid.code,
                    "name": local_name(grid),
                    "geometry": json.loads(grid.geom.geojson),
                    **figures(found.by_grid[grid.code]),
                }
                for grid in grids
            ],
            "buildings": [
                {
                    "code": code,
                    "name": facts[code].name or facts[code].address or code[-5:],
                    "grid": found.grid_of[code],
                    "number": numbers.get(code, -1),
                    "at": [round(facts[code].point.x, 6), round(facts[code].point.y, 6)],
                    **figures(tally),
                }
                for code, tally in found.by_building.items()
            ],
        }
    )


def figures(tally: Tally) -> dict[str, Any]:
    return {
        "total": tally.total,
        "states": [tally.states[state] for state in STATES],
        "finished": tally.finished,
        "due": tally.due,
        "resting": tally.resting,
        "attempts": tally.attempts,
        "unassigned": tally.unassigned,
    }


@never_cache
@require_safe
def round_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The table by grid: counts of dwellings, nothing smaller than a grid."""
    require(request.user, OPEN)
    subject = round_for(request.user, uid, OPEN)
    kind = request.GET.get("format", "xlsx")
    if kind not in ("xlsx", "csv"):
        raise UnknownExport(_("没有“%(format)s”这种导出格式，请用 xlsx 或 csv。") % {"format": kind[:20]})
    found = progress_of(subject, buildings=seen_buildings(request.user, subject, OPEN))
    rows = area_rows(found, grids_of(request.user, subject, set(found.by_grid)))
    content = io.BytesIO()
    if kind == "csv":
        write_csv(content, columns(), rows, sources=[_source(subject)])
    else:
        title = _("%(round)s：各网格进度") % {"round": subject.name}
        now = timezone.localtime()
        write_xlsx(content, columns(), rows, title=title, sources=[_source(subject)], made_at=now)
    log_access(
        request.user,
        "export",
        f"export round-progress {subject.pk} {kind}",
        area_code=subject.area_codes[0],
        request=request,
    )
    answer = HttpResponse(
        content.getvalue(), content_type=XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="round-{subject.pk}-progress.{kind}"'
    return answer


def columns() -> list[Column]:
    counted = [
        Column(f"{state}_dwellings", str(label), _("户"), "integer") for state, label in STATES.items()
    ]
    return [
        Column("grid_code", _("网格代码")),
        Column("grid", pgettext("level", "网格")),
        Column("dwellings", _("户室"), _("户"), "integer"),
        *counted,
        Column("call_backs_due", _("约定已到"), _("户"), "integer"),
        Column("visits", _("上门次数"), _("次"), "integer"),
        Column("unassigned_dwellings", _("还没有分配"), _("户"), "integer"),
    ]


def area_rows(found: Progress, grids: list[Grid]) -> list[list[Any]]:
    rows = [_area_row(grid.code, local_name(grid), found.by_grid[grid.code]) for grid in grids]
    if "" in found.by_grid:
        rows.append(_area_row("", _("不在任何网格"), found.by_grid[""]))
    return [*rows, _area_row("", _("合计"), found.whole)]


def _area_row(code: str, name: str, tally: Tally) -> list[Any]:
    states = [tally.states[state] for state in STATES]
    return [code, name, tally.total, *states, tally.due, tally.attempts, tally.unassigned]


def _source(subject: Round) -> Source:
    mark = _("（虚构，仅供演示）") if subject.town.is_fictional else ""
    where = f"{local_name(subject.town)}{mark} · {subject.name}"
    return Source(_("走访进度"), where, "", timezone.localdate().isoformat())
