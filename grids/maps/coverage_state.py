"""Everything that the page 生活圈 starts from, as one JSON."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.models import Job
from gis_core.permissions import duties_for
from gis_core.shell import local_name
from grids.catalogue import headings
from grids.coverage.results import current_run
from grids.coverage.run_files import NORM, STEP_FREE, STRAIGHT, TIME
from grids.maps.legends import legend_json
from grids.maps.map_parts import communities_of, community_index, grids_of
from grids.maps.map_state import run_map, town_map
from grids.maps.values import ARRAYS, has_data
from grids.models import CoverageRun, Town
from grids.scoping import held_towns, holds_town, scope_token, town_of

OPEN = "open_coverage"


def page_state(request: HttpRequest) -> dict[str, Any]:
    """The state of the current run of the town that the request looks at."""
    town = town_of(request, OPEN)
    if town is None:
        return {"town": None, "run": None, "data_url": "/data/"}
    run = current_run(town)
    if run is None:
        return {**town_map(request.user, town), "run": None, **_how_to_run(request, town)}
    scope = scope_token(request.user, OPEN, town)
    profiles = run.inputs["profiles"]
    return {
        **run_map(request.user, run),
        "run": run_facts(run, holds_whole_town=holds_town(duties_for(request.user, OPEN), town)),
        "scope": scope,
        **_addresses(run, scope),
        "headings": _headings(run),
        "profiles": [_profile(one) for one in profiles],
        "modes": mode_names(profiles),
        "classes": legend_json(),
        "areas": _areas(run, request.user),
        **_how_to_run(request, town),
    }


SUMMARY_OF_ALL, SUMMARY_OF_DATA = ("score", "snap", "far_buildings", "missing"), ("no_data",)


def run_facts(run: CoverageRun, *, holds_whole_town: bool) -> dict[str, Any]:
    """What the run read and how far it looked: the page's 从何而来.

    Town-wide figures go only to duties that hold the whole town.
    """
    keys = SUMMARY_OF_DATA + (SUMMARY_OF_ALL if holds_whole_town else ())
    kinds = {
        "network": _("路网"),
        "stock": _("房屋"),
        "inventory": _("设施"),
        "plan": _("网格划分"),
    }
    inputs = [
        {
            "kind": one.get("kind", ""),
            "label": f"{kinds.get(one.get('kind'), one.get('kind', ''))} {one.get('label', '')}".strip(),
            "date": one.get("date"),
            "attribution": one.get("attribution", ""),
            "url": f"/data/?town={run.town.slug}",
        }
        for one in run.inputs.get("generations", [])
    ]
    residents = run.inputs.get("residents", {})
    return {
        "id": str(run.pk),
        "created_at": run.created_at.isoformat(),
        "inputs": inputs,
        "cutoff_m": run.cutoff_m,
        "snap_limit_m": run.snap_limit_m,
        "residents_note": local_text(residents, "note"),
        "summary": {key: run.summary.get(key) for key in keys},
    }


def local_text(row: dict[str, Any], name: str) -> str:
    """The text of `name_zh` / `name_en` keys in the reader's language."""
    return local_name(_Named(row.get(f"{name}_zh", ""), row.get(f"{name}_en", "")))


class _Named:
    def __init__(self, name_zh: str, name_en: str) -> None:
        self.name_zh, self.name_en = name_zh, name_en

    def __str__(self) -> str:
        return ""


def _addresses(run: CoverageRun, scope: str) -> dict[str, Any]:
    base = f"/values/{run.pk}/{scope}"
    api = f"/api/v1/coverage/runs/{run.pk}"
    outlines = {"community": f"{base}/outlines/community.json"}
    if run.plan:
        outlines["grid"] = f"{base}/outlines/grid.json"
    return {
        "values": base + "/{mode}/{category}.bin",
        "arrays": {name: f"{base}/arrays/{name}.bin" for name in ARRAYS},
        "facilities": base + "/facilities/{category}.json",
        "outlines": outlines,
        "card": api + "/buildings/{number}/",
        "walk": api + "/buildings/{number}/walk/",
        "shares": api + "/shares/",
        "search": reverse("api_search"),
        "export": reverse("coverage_export"),
    }


def _headings(run: CoverageRun) -> list[dict[str, Any]]:
    rows, found = run.inputs["categories"], run.summary.get("categories", {})
    return [
        {
            "code": heading.code,
            "name": local_name(heading),
            "categories": [
                {
                    "code": category.code,
                    "name": local_text(rows[category.code], "name"),
                    "provision": rows[category.code]["provision"],
                    "tier": rows[category.code]["tier"],
                    "demand_group": rows[category.code]["demand_group"],
                    "threshold_m": rows[category.code]["threshold_m"],
                    "threshold_min": rows[category.code]["threshold_min"],
                    "has_data": has_data(run, category.code),
                    "facility_count": found.get(category.code, {}).get("facility_count", 0),
                }
                for category in heading.categories
                if category.code in rows
            ],
        }
        for heading in headings()
    ]


def _profile(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": local_text(row, "name"),
        "speed_m_min": row["speed_m_min"],
        "avoids_steps": row["avoids_steps"],
    }


def mode_names(profiles: list[dict[str, Any]]) -> list[dict[str, str]]:
    fixed = [(NORM, _("按标准距离")), (STRAIGHT, _("直线距离")), (STEP_FREE, _("无台阶步行"))]
    timed = [
        (TIME + one["code"], _("按时间：%(who)s") % {"who": local_text(one, "name")}) for one in profiles
    ]
    return [{"code": code, "name": name} for code, name in fixed + timed]


def _areas(run: CoverageRun, user: Any) -> dict[str, list[dict[str, Any]]]:
    index_of = community_index(run)
    communities = [
        {"index": index_of[area.code], "code": area.code, "name": local_name(area)}
        for area in communities_of(run, user, OPEN).defer("geom")
        if area.code in index_of
    ]
    grids = [
        {"index": grid.number, "code": grid.code, "name": local_name(grid)}
        for grid in grids_of(run, user, OPEN).defer("geom")
    ]
    return {"community": communities, "grid": grids}


def _how_to_run(request: HttpRequest, town: Town) -> dict[str, Any]:
    """Whether this person may start a computation here, and the one that is under way."""
    waiting = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING)
    job = Job.objects.filter(waiting, kind="run_coverage", arguments__town_id=town.pk).first()
    return {
        "can_run": may_run(request.user, town),
        "run_url": f"{reverse('coverage_run')}?town={town.slug}",
        "running_job": f"/jobs/{job.pk}/" if job else None,
        "data_url": f"/data/?town={town.slug}",
    }


def may_run(user: Any, town: Town) -> bool:
    return held_towns(user, "run_coverage").filter(pk=town.pk).exists()
