"""Everything that the page 混居 starts from, as one JSON."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gis_core.permissions import may
from grids.maps.map_state import town_map
from grids.maps.mix_legends import legend_json
from grids.maps.mix_outlines import areas_version
from grids.maps.mix_values import ARRAYS
from grids.mixing.choices import LEVELS, MEASURES, choices_json
from grids.mixing.figures import sources_json
from grids.models import GridPlan, Stock, Town
from grids.scoping import active, held_towns, scope_token, town_of

OPEN = "open_mix"
API = "/api/v1/mix"


def page_state(request: HttpRequest) -> dict[str, Any]:
    """The state of the town that the request looks at."""
    town = town_of(request, OPEN)
    if town is None:
        return {"town": None, "sources": None}
    sources = sources_json(town, request.user)
    return {
        **town_map(request.user, town),
        "sources": sources,
        "has_source": any((sources.get("stock"), sources.get("sealed"), sources.get("published"))),
        "choices": choices_json(),
        "levels": [{"code": code, "name": str(name)} for code, name in level_names()],
        "measures": [{"code": code, "name": str(name)} for code, name in measure_names()],
        "legend": legend_json(),
        **_addresses(request.user, town),
        "may": _may(request.user, town),
    }


def level_names() -> list[tuple[str, str]]:
    names = (_("楼栋"), _("网格"), _("社区"), _("街道"), _("全城"))
    return list(zip(LEVELS, names, strict=True))


def measure_names() -> list[tuple[str, str]]:
    names = (
        _("楼内混合"),
        _("楼间分隔"),
        _("占比"),
        _("有效类别数"),
        _("信息量 H"),
        _("差异 D*"),
        _("与全城之比"),
    )
    return list(zip(MEASURES, names, strict=True))


def _addresses(user: Any, town: Town) -> dict[str, Any]:
    scope = scope_token(user, OPEN, town)
    outlines = f"/values/mix/outlines/{town.slug}/{scope}"
    areas = areas_version(town)
    plan = active(GridPlan, town)
    stock = active(Stock, town)
    values = f"/values/mix/{stock.uid}/{scope}" if stock else None
    return {
        "values": values and values + "/{dimension}/{figure}.bin",
        "arrays": {name: f"{values}/arrays/{name}.bin" for name in ARRAYS} if values else {},
        "outlines": {
            "community": f"{outlines}/{areas}/community.json",
            "street": f"{outlines}/{areas}/street.json",
            "grid": outlines + "/{plan}/grid.json",
        },
        "plan": str(plan.uid) if plan else None,
        "api": API,
        "export": _reverse("mix_export"),
        "search": reverse("api_search"),
        "uploads": reverse("data_upload"),
        "published_upload": _reverse("published_upload"),
    }


def _may(user: Any, town: Town) -> dict[str, bool]:
    """What this person may do about an empty page."""
    return {
        "import_stock": held_towns(user, "import_town").filter(pk=town.pk).exists(),
        "import_published": held_towns(user, "import_published").filter(pk=town.pk).exists(),
        "export": may(user, "export_mix"),
        "preview_sealing": may(user, "preview_sealing"),
    }


def _reverse(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
