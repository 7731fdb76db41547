"""One generation's quality report: counts, findings row by row, and where they lie."""

import json
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.errors import Refusal
from gis_core.permissions import duties_for
from gis_core.shell import local_name
from grids.catalogue import by_code
from grids.maps.map_state import town_map
from grids.models import (
    Building,
    CoverageRun,
    Facility,
    FacilityInventory,
    GridPlan,
    Stock,
    StreetEdge,
    StreetNetwork,
)
from grids.pages.data_views import ACTIVATE, KIND_LABELS, LOST, OPEN, generation_for, size_of
from grids.pages.grid_views import may_change_town
from grids.scoping import holds_town
from grids.town_import.findings import counts_by_severity, finding_rows

FEATURES_SHOWN = 3_000
RUN_FIELDS = {"network": "network", "stock": "stock", "inventory": "inventory", "plan": "plan"}


class WrongBox(Refusal):
    code = "wrong_box"


@never_cache
@require_safe
def generation_page(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    generation = generation_for(request, kind, pk, OPEN)
    town = generation.town
    sees_all = holds_town(duties_for(request.user, OPEN), town)
    report = generation.report
    state = {"map": town_map(request.user, town), "features": request.path + "features.json"}
    context = {
        "town": town,
        "kind": kind,
        "kind_label": KIND_LABELS[kind],
        "generation": generation,
        "size": size_of(generation),
        "counts": _counts(report),
        "categories": _categories(report),
        "findings": finding_rows(report),
        "severities": counts_by_severity(report),
        "files": report.get("files", []),
        "runs": CoverageRun.objects.filter(**{RUN_FIELDS[kind]: generation})[:5],
        "lost": LOST[kind],
        "may_activate": may_change_town(request.user, ACTIVATE, town),
        "map_state": state["map"],
        "page_state": state if sees_all else {**state, "features": None},
    }
    return render(request, "grids/generation.html", context)


def _counts(report: dict[str, Any]) -> list[tuple[str, Any]]:
    """The numbers of a report with their words, in one fixed order; numbers without a word are not shown."""
    counts = report.get("counts", {})
    flat = {**counts, **{f"network.{key}": value for key, value in counts.get("network", {}).items()}}
    words = [
        ("buildings", _("楼栋")),
        ("dwellings_estimated", _("户（估算）")),
        ("dwellings", _("户（登记）")),
        ("registered_buildings", _("有登记的楼栋")),
        ("estates", _("小区")),
        ("closed_estates", _("封闭小区")),
        ("facilities", _("设施")),
        ("network.length_km", _("步行路网，公里")),
        ("network.nodes", _("路口")),
        ("network.edges", _("路段")),
        ("network.islands", _("孤岛")),
        ("grids", _("网格")),
        ("households", _("户")),
        ("communities", _("社区")),
        ("rows", _("行")),
    ]
    return [(word, flat[key]) for key, word in words if isinstance(flat.get(key), int | float)]


def _categories(report: dict[str, Any]) -> list[dict[str, Any]]:
    found = report.get("counts", {}).get("facilities_by_category", {})
    rows = [
        {"name": local_name(by_code()[code]), "count": n} for code, n in found.items() if code in by_code()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["name"]))


@never_cache
@require_safe
def generation_features(request: HttpRequest, kind: str, pk: int) -> JsonResponse:
    """What lies in the window: at most a few thousand things, and the things that findings name."""
    generation = generation_for(request, kind, pk, OPEN)
    if not holds_town(duties_for(request.user, OPEN), generation.town):
        return JsonResponse({"loaded": _collection([]), "named": _collection([]), "is_cut": False})
    window = _window(request)
    loaded = _loaded(generation, window)
    return JsonResponse(
        {
            "loaded": _collection(loaded[:FEATURES_SHOWN]),
            "named": _collection(_named(generation)),
            "is_cut": len(loaded) > FEATURES_SHOWN,
        }
    )


def _window(request: HttpRequest) -> Polygon:
    """`bbox=west,south,east,north` in degrees."""
    try:
        west, south, east, north = (float(part) for part in request.GET.get("bbox", "").split(","))
    except ValueError as err:
        raise WrongBox(_("bbox 应为“西,南,东,北”四个经纬度。"), met=request.GET.get("bbox", "")[:60]) from err
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise WrongBox(_("bbox 应为“西,南,东,北”四个经纬度。"), met=request.GET.get("bbox", "")[:60])
    return Polygon.from_bbox((west, south, east, north))


def _loaded(generation: Any, window: Polygon) -> list[dict[str, Any]]:
    most = FEATURES_SHOWN + 1
    match generation:
        case Stock():
            rows = Building.objects.filter(stock=generation, geom__bboverlaps=window).only(
                "geom", "kind", "source_id"
            )
            return [_feature(row.geom, kind=row.kind) for row in rows[:most]]
        case FacilityInventory():
            points = Facility.objects.filter(inventory=generation, point__bboverlaps=window)
            return [_feature(row.point, name=local_name(row)) for row in points[:most]]
        case StreetNetwork():
            edges = StreetEdge.objects.filter(network=generation, geom__bboverlaps=window).only(
                "geom", "is_steps"
            )
            return [_feature(row.geom, steps=row.is_steps) for row in edges[:most]]
        case GridPlan():
            return [
                _feature(row.geom, name=local_name(row))
                for row in generation.grids.filter(geom__bboverlaps=window)
            ]
    return []


def _named(generation: Any) -> list[dict[str, Any]]:
    """The places of the source ids that findings give as examples."""
    by_id: dict[str, int] = {}
    for row in finding_rows(generation.report):
        for example in row["examples"]:
            by_id.setdefault(str(example).split(" ")[0].split(":")[0], row["index"])
    ids = list(by_id)[:500]
    found: list[dict[str, Any]] = []
    town = generation.town_id
    same_file = Q(town=town, source_sha256=generation.source_sha256)
    for stock in Stock.objects.filter(same_file)[:1]:
        found += [
            _feature(row.point, finding=by_id[row.source_id], name=str(row))
            for row in Building.objects.filter(stock=stock, source_id__in=ids)
        ]
    for inventory in FacilityInventory.objects.filter(same_file)[:1]:
        found += [
            _feature(row.point, finding=by_id[row.source_id], name=local_name(row))
            for row in Facility.objects.filter(inventory=inventory, source_id__in=ids)
        ]
    return found


def _feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shape.geojson)}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
