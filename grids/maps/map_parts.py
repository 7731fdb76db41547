"""Small parts of the coverage map that are not figures: facilities of a category, outlines of areas."""

import gzip
import json
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, Func, QuerySet
from django.utils.translation import gettext as _

from grids.arrays import stock_arrays
from grids.maps.value_files import NoSuchValues
from grids.models import Area, CoverageRun, Facility, Grid
from grids.scoping import visible_areas, visible_grids

DECIMALS = 5  # of a degree: about a metre
SIMPLIFY_DEG = 0.00003


def _packed(thing: Any) -> bytes:
    return gzip.compress(json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode(), 6, mtime=0)


def facilities_json(run: CoverageRun, category: str) -> bytes:
    if category not in run.categories:
        raise NoSuchValues(_("这次计算没有类别“%(code)s”。") % {"code": category}, category=category)
    found = Facility.objects.filter(
        inventory=run.inventory, status=Facility.Status.OPEN, categories__contains=[category]
    )
    rows = list(found.order_by("number").values_list("number", "point", "name_zh", "name_en"))
    return _packed(
        {
            "number": [number for number, _point, _zh, _en in rows],
            "lon": [round(point.x, DECIMALS) for _number, point, _zh, _en in rows],
            "lat": [round(point.y, DECIMALS) for _number, point, _zh, _en in rows],
            "name": [zh or en for _number, _point, zh, en in rows],
            "name_en": [en or zh for _number, _point, zh, en in rows],
        }
    )


class _Simplified(Func):
    function = "ST_SimplifyPreserveTopology"
    arity = 2


def community_index(run: CoverageRun) -> dict[str, int]:
    """Community code → its number in the `community` array."""
    codes = stock_arrays(run.stock).community_codes.tolist()
    return {code: index for index, code in enumerate(codes) if code}


def communities_of(run: CoverageRun, user: Any, action: str) -> QuerySet[Area]:
    """The town's communities within the duties, as they are today."""
    areas = visible_areas(user, action).filter(town=run.town, level=Area.Level.COMMUNITY, valid_until=None)
    return areas.order_by("code")


def grids_of(run: CoverageRun, user: Any, action: str) -> QuerySet[Grid]:
    """Grids of the plan that the run pinned, within the duties."""
    if run.plan is None:
        return Grid.objects.none()
    return visible_grids(user, action).filter(plan=run.plan).order_by("number")


def outlines_json(run: CoverageRun, user: Any, action: str, level: str) -> bytes:
    """GeoJSON; `index` of a feature is its number in the array of that level."""
    if level == "community":
        index_of = community_index(run)
        areas = with_shape(communities_of(run, user, action).exclude(geom=None))
        pairs = [(index_of[area.code], area) for area in areas if area.code in index_of]
    elif level == "grid":
        pairs = [(grid.number, grid) for grid in with_shape(grids_of(run, user, action))]
    else:
        raise NoSuchValues(_("没有“%(level)s”这一级的边界。") % {"level": level}, level=level)
    features = [
        {
            "type": "Feature",
            "properties": {"index": index, "code": place.code, "name": place.name_zh},
            "geometry": json.loads(place.shape),
        }
        for index, place in pairs
    ]
    return _packed({"type": "FeatureCollection", "features": features})


def with_shape(places: QuerySet[Any]) -> QuerySet[Any]:
    simple = _Simplified(F("geom"), SIMPLIFY_DEG, output_field=GeometryField())
    return places.defer("geom").annotate(shape=AsGeoJSON(simple, precision=DECIMALS))
