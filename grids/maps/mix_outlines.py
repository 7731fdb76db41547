"""Outlines of what the mix figures speak of: grids of one plan, communities and streets of today.

An address names what it draws (the plan's uid, or a digest of the areas as they are dated now), so that
its bytes never change and a browser may keep them.
"""

import gzip
import hashlib
import json
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from grids.maps.map_parts import with_shape
from grids.mixing.choices import COMMUNITY, GRID, STREET
from grids.models import Area, Grid, GridPlan, Town
from grids.scoping import visible_areas, visible_grids

AREA_LEVELS = (COMMUNITY, STREET)


def areas_of(town: Town, user: Any, action: str, level: str) -> QuerySet[Area]:
    """The town's areas of a level within the duties, as they are today."""
    return visible_areas(user, action).filter(town=town, level=level, valid_until=None).order_by("code")


def areas_version(town: Town) -> str:
    """Names the areas as they are drawn today."""
    drawn = Area.objects.filter(town=town, level__in=AREA_LEVELS, valid_until=None).order_by("code")
    rows = drawn.values_list("code", "valid_from", "pk")
    return hashlib.sha256(json.dumps([[code, str(day), pk] for code, day, pk in rows]).encode()).hexdigest()[
        :16
    ]


def plan_named(town: Town, version: str) -> GridPlan | None:
    try:
        uid = UUID(version)
    except ValueError:
        return None
    return GridPlan.objects.filter(town=town, uid=uid).first()


def outlines_json(town: Town, user: Any, action: str, level: str, version: str) -> bytes | None:
    """Gzipped GeoJSON with code and names; None where the address names nothing of this town."""
    places: QuerySet[Any]
    if level == GRID:
        plan = plan_named(town, version)
        if plan is None:
            return None
        places = visible_grids(user, action).filter(plan=plan).order_by("code")
    elif level in AREA_LEVELS and version == areas_version(town):
        places = areas_of(town, user, action, level).exclude(geom=None)
    else:
        return None
    return _packed([_feature(place) for place in with_shape(places)])


def _feature(place: Area | Grid) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": place.code, "name": place.name_zh, "name_en": place.name_en or place.name_zh},
        "geometry": json.loads(place.shape),  # type: ignore[union-attr]
    }


def _packed(features: list[dict[str, Any]]) -> bytes:
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 6, mtime=0)
