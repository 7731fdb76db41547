"""Assignment: who visits what, on the map and in a table, with the balance of what is still to plan."""

import json
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.errors import Conflict, NotFound, Refusal
from gis_core.models import User
from gis_core.permissions import duties_for, may, require
from gis_core.shell import local_name
from gis_core.templatetags.shell import moment
from grids.maps.map_state import town_map
from survey.assignment_places import VISIT, owners_of, stairwells_of
from survey.assignments import Change, Place, assign, last_change, take_back, withdraw, workers_for
from survey.models import AssignmentSet, Round
from survey.pages.round_log import log_round
from survey.pages.rounds_views import OPEN, PLAN, round_to_change
from survey.pages.rounds_words import assign_words
from survey.round_scope import buildings_of, grids_of, map_numbers, seen_buildings
from survey.rounds import holds_round, round_for

PLACE = re.compile(r"g:(?P<grid>\d{15})|b:(?P<building>\d{17})(?:/(?P<unit>\d{1,3}))?")
MOST_PLACES = 20_000


class PlaceUnknown(Refusal):
    code = "place_unknown"
    status = 422


@never_cache
@require_safe
def round_assign(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(request.user, OPEN)
    subject = round_for(request.user, uid, OPEN)
    state = town_map(request.user, subject.town)
    context = {
        "round": subject,
        "tab": "assign",
        "town": subject.town,
        "map_state": state,
        "may_change": _may_change(request.user, subject),
        "page_state": _page_state(subject, state, may_change=_may_change(request.user, subject)),
        "page_words": assign_words(),
    }
    return render(request, "survey/rounds/assign.html", context)


def _page_state(subject: Round, state: dict[str, Any], *, may_change: bool) -> dict[str, Any]:
    addresses = {"data": "round_assign_json", "change": "round_assign_change", "undo": "round_assign_undo"}
    urls = {key: reverse(name, args=[subject.uid]) for key, name in addresses.items()}
    return {"map": state, "may_change": may_change, "urls": urls}


def _may_change(user: Any, subject: Round) -> bool:
    is_open = subject.state in (Round.State.DRAFT, Round.State.OPEN)
    return is_open and may(user, PLAN) and holds_round(user, subject, PLAN)


@never_cache
@require_safe
def round_assign_json(request: HttpRequest, uid: UUID) -> JsonResponse:
    """Everything the page needs at once: places, workers, and whose each place is."""
    require(request.user, OPEN)
    subject = round_for(request.user, uid, OPEN)
    buildings = _buildings(request.user, subject)
    grids = grids_of(request.user, subject, {row["grid"] for row in buildings})
    return JsonResponse(
        {
            "buildings": buildings,
            "grids": [
                {"code": grid.code, "name": local_name(grid), "geometry": json.loads(grid.geom.geojson)}
                for grid in grids
            ],
            "workers": _workers(subject),
            **_standing(request.user, subject),
        }
    )


def _buildings(user: Any, subject: Round) -> list[dict[str, Any]]:
    facts = {row.code: row for row in buildings_of(user, subject, OPEN).defer("geom", "geom_3857")}
    numbers = map_numbers(subject)
    found: dict[str, dict[str, Any]] = {}
    for row in stairwells_of(subject):
        building = facts.get(row.building_code)
        if building is None:
            continue
        known = found.setdefault(
            row.building_code,
            {
                "code": row.building_code,
                "name": building.name or building.address or row.building_code[-5:],
                "grid": row.grid_code,
                "number": numbers.get(row.building_code, -1),
                "at": [round(building.point.x, 6), round(building.point.y, 6)],
                "units": [],
            },
        )
        known["units"].append([row.unit, row.dwellings])
    return list(found.values())


def _workers(subject: Round) -> list[dict[str, Any]]:
    """Workers with a letter each; where each may be sent, so that the page can say it before saving."""
    found = []
    for index, worker in enumerate(workers_for(subject)):
        scope = duties_for(worker, VISIT)
        found.append(
            {
                "id": worker.pk,
                "name": worker.display_name,
                "label": _letter(index),
                "areas": sorted(scope.area_codes),
                "grids": sorted(scope.grid_codes),
                "buildings": sorted(scope.building_codes),
            }
        )
    return found


def _letter(index: int) -> str:
    turn, at = divmod(index, 26)
    return chr(ord("A") + at) + (str(turn + 1) if turn else "")


def _standing(user: Any, subject: Round) -> dict[str, Any]:
    """What changes when somebody assigns."""
    change = last_change(subject)
    return {
        "version": change.at.isoformat() if change else "",
        "last": _sentence(change) if change else "",
        "owners": _owners(user, subject),
    }


def _owners(user: Any, subject: Round) -> list[int]:
    """The worker of every stairwell, 0 where nobody goes, in the order in which the page got them."""
    workers = dict(AssignmentSet.objects.filter(round=subject).values_list("pk", "worker"))
    owners, seen = owners_of(subject), seen_buildings(user, subject, OPEN)
    rows = (row for row in stairwells_of(subject) if row.building_code in seen)
    return [workers.get(owners.of(row) or 0, 0) for row in rows]


def _sentence(change: Change) -> str:
    """「14:02 刘建国：12 处分给 陈小燕」"""
    row = (change.made or change.ended)[0]
    who = row.made_by if change.made else row.ended_by
    facts = {"time": moment(change.at), "who": who or "—", "worker": row.set.worker}
    if change.made:
        count = len(change.made)
        words = _("%(time)s %(who)s：%(count)d 处分给%(worker)s")
    else:
        count = len(change.ended)
        words = _("%(time)s %(who)s：收回 %(count)d 处")
    return words % {**facts, "count": count}


@require_POST
def round_assign_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give places to a worker, or take them from whoever has them (no worker named)."""
    subject = round_to_change(request, uid)
    _require_seen(request, subject)
    places = places_of(request.POST.get("places", ""))
    name = request.POST.get("worker", "")
    if name:
        worker = _worker(subject, name)
        # What is selected is what is given: nothing inside it stays behind with somebody else.
        assign(subject, worker, places, by=request.user, takes_exceptions=True)
        log_round(request, subject, "assign_dwellings", f"{len(places)} → {worker.username}")
    else:
        withdraw(subject, places, by=request.user)
        log_round(request, subject, "assign_dwellings", f"{len(places)} → —")
    return _answer(request, subject)


@require_POST
def round_assign_undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    subject = round_to_change(request, uid)
    _require_seen(request, subject)
    take_back(subject, by=request.user)
    log_round(request, subject, "assign_dwellings", "undo")
    return _answer(request, subject)


def _answer(request: HttpRequest, subject: Round) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(_standing(request.user, subject))
    messages.success(request, _("分配已保存。"))
    return redirect("round_assign", uid=subject.uid)


def places_of(text: str) -> list[Place]:
    """Places as the page writes them, separated by spaces."""
    words = text.split()
    if not words or len(words) > MOST_PLACES:
        raise PlaceUnknown(_("没有选中任何网格、楼栋或单元。"))
    found = []
    for word in words:
        match = PLACE.fullmatch(word)
        if match is None:
            raise PlaceUnknown(_("“%(place)s”不是网格、楼栋或单元。") % {"place": word[:40]})
        unit = match["unit"]
        found.append(Place(match["grid"] or "", match["building"] or "", int(unit) if unit else None))
    return found


def _worker(subject: Round, name: str) -> User:
    """Somebody who may be sent somewhere in the round; nobody else is even known to exist."""
    found = next((one for one in workers_for(subject) if str(one.pk) == name), None)
    if found is None:
        raise NotFound(_("没有这位网格员，或者不在您的职责范围内。"))
    return found


def _require_seen(request: HttpRequest, subject: Round) -> None:
    """Two directors at once: the second is shown what the first did before changing it."""
    seen = request.POST.get("seen")
    change = last_change(subject)
    if seen is not None and seen != (change.at.isoformat() if change else ""):
        raise Conflict(_("刚才有人改过分配，页面已换成最新的。请看过再保存。"))
