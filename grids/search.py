"""Finding things of a town by name, address, code or category, within a person's duties."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from gis_core.shell import local_name
from grids.catalogue import categories
from grids.models import (
    Facility,
    FacilityInventory,
    GenerationState,
    Stock,
    StreetEdge,
    StreetNetwork,
    Town,
)
from grids.scoping import active, visible_areas, visible_buildings, visible_estates, visible_grids

SHORTEST, LONGEST = 1, 60
EACH, ALTOGETHER = 8, 30
ACTION = "read_map"

Found = dict[str, Any]


class WrongSearch(Refusal):
    code = "wrong_search"


def search(user: Any, town: Town, text: str) -> list[Found]:
    """Up to `ALTOGETHER` things, at most `EACH` of a kind, the larger kinds first."""
    wanted = text.strip()
    if not SHORTEST <= len(wanted) <= LONGEST or "\x00" in wanted:
        raise WrongSearch(
            _("搜索词应为 %(low)d 至 %(high)d 个字，收到 %(met)d 个。")
            % {"low": SHORTEST, "high": LONGEST, "met": len(wanted)},
            met_length=len(wanted),
        )
    finders: tuple[Callable[[Any, Town, str], Iterator[Found]], ...] = (
        _areas, _grids, _estates, _facilities, _streets, _buildings,
    )  # fmt: skip
    return [row for find in finders for row in find(user, town, wanted)][:ALTOGETHER]


def _named(*fields: str, text: str) -> Q:
    """Any of the fields holds the words; Chinese has no capitals, which spares folding every row."""
    lookup = "contains" if text.upper() == text.lower() else "icontains"
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__{lookup}": text})
    return found


def _best_first(rows: QuerySet[Any], field: str, text: str) -> QuerySet[Any]:
    """Names that begin with the words before names that hold them further on."""
    return rows.annotate(place=StrIndex(F(field), Value(text))).order_by("place", field)


def _row(kind: str, name: str, note: str, lon: float, lat: float, **more: Any) -> Found:
    return {"kind": kind, "name": name, "note": note, "lon": round(lon, 6), "lat": round(lat, 6), **more}


def _with_bounds(kind: str, place: Any, name: str, note: str, **more: Any) -> Found:
    west, south, east, north = (round(degrees, 6) for degrees in place.geom.extent)
    bounds = [west, south, east, north]
    return _row(kind, name, note, (west + east) / 2, (south + north) / 2, bounds=bounds, **more)


def _areas(user: Any, town: Town, text: str) -> Iterator[Found]:
    found = visible_areas(user, ACTION).filter(town=town, valid_until=None).exclude(geom=None)
    matching = found.filter(_named("name_zh", "name_en", text=text) | Q(code__startswith=text))
    for area in _best_first(matching, "name_zh", text)[:EACH]:
        yield _with_bounds(
            "area", area, local_name(area), f"{area.get_level_display()} {area.code}", code=area.code
        )


def _grids(user: Any, town: Town, text: str) -> Iterator[Found]:
    plan = {"plan__town": town, "plan__state": GenerationState.ACTIVE}
    found = visible_grids(user, ACTION).filter(**plan)
    matching = found.filter(_named("name_zh", "name_en", text=text) | Q(code__startswith=text))
    for grid in _best_first(matching, "name_zh", text)[:EACH]:
        yield _with_bounds("grid", grid, local_name(grid), grid.code, code=grid.code, number=grid.number)


def _estates(user: Any, town: Town, text: str) -> Iterator[Found]:
    stock = active(Stock, town)
    if stock is None:
        return
    found = visible_estates(user, ACTION, stock).filter(_named("name_zh", "name_en", text=text))
    for estate in _best_first(found, "name_zh", text)[:EACH]:
        note = _("封闭小区") if estate.is_closed else _("开放小区")
        yield _with_bounds("estate", estate, local_name(estate), note, number=estate.number)


def _facilities(user: Any, town: Town, text: str) -> Iterator[Found]:
    inventory = active(FacilityInventory, town)
    if inventory is None:
        return
    names = {one.code: local_name(one) for one in categories()}
    lowered = text.lower()
    codes = [
        one.code
        for one in categories()
        if lowered in one.name_zh or lowered in one.name_en.lower() or one.code.lower() == lowered
    ]
    matching = _named("name_zh", "name_en", "address", text=text) | Q(source_id=text)
    if codes:
        matching |= Q(categories__overlap=codes)
    found = Facility.objects.filter(matching, inventory=inventory)
    for one in _best_first(found, "name_zh", text)[:EACH]:
        lon, lat = one.point.coords
        note = "、".join(names.get(code, code) for code in one.categories) or one.address
        yield _row("facility", local_name(one), note, lon, lat, number=one.number, categories=one.categories)


def _streets(user: Any, town: Town, text: str) -> Iterator[Found]:
    network = active(StreetNetwork, town)
    if network is None:
        return
    edges = StreetEdge.objects.filter(_named("name", text=text), network=network).order_by()
    for name, bounds in edges.values_list("name").annotate(bounds=Extent("geom")).order_by("name")[:EACH]:
        west, south, east, north = (round(degrees, 6) for degrees in bounds)
        middle = (west + east) / 2, (south + north) / 2
        yield _row("street", name, _("道路"), *middle, bounds=[west, south, east, north])


def _buildings(user: Any, town: Town, text: str) -> Iterator[Found]:
    stock = active(Stock, town)
    if stock is None:
        return
    found = visible_buildings(user, ACTION, stock)
    matching = _named("name", "address", text=text) | Q(source_id=text)
    if text.isascii() and text.isdigit() and len(text) >= 6:
        matching |= Q(code__startswith=text)
    for building in found.filter(matching).order_by("number")[:EACH]:
        lon, lat = building.point.coords
        name = building.name or building.address or building.code
        note = building.address if building.name else building.get_kind_display()
        yield _row("building", name, note, lon, lat, number=building.number, code=building.code)
