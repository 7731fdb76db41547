"""房屋设施: buildings, facilities and estates in a table beside the map; one place with its history."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.errors import NotFound, Refusal
from gis_core.permissions import require
from gis_core.shell import local_name
from grids.corrections import FACTS, Fact, correct_place, history, standing, subject_of, undo_correction
from grids.generations import active
from grids.maps.map_state import town_map
from grids.models import (
    Building,
    Estate,
    Facility,
    FacilityInventory,
    GridMembership,
    GridPlan,
    PlaceCorrection,
    Stock,
)
from grids.pages import place_lists
from grids.pages.grid_views import page_town
from grids.pages.place_facts import fact_rows, flats_by_unit, history_rows
from grids.pages.place_scope import may_edit_building, may_edit_facility, visible_facilities
from grids.scoping import visible_buildings, visible_estates, visible_towns

OPEN, EDIT = "open_places", "edit_places"
ROWS_PER_PAGE = 50
POINTS_SHOWN = 3_000


@never_cache
@require_safe
def places_page(request: HttpRequest) -> HttpResponse:
    town = page_town(request, OPEN)
    if town is None:
        return render(request, "grids/no_town.html", {"title": _("房屋设施")})
    tab = request.GET.get("tab", "buildings")
    tab = tab if tab in place_lists.LISTS else "buildings"
    asked = place_lists.Asked.of(request.GET)
    stock, inventory = active(Stock, town), active(FacilityInventory, town)
    rows = place_lists.LISTS[tab](_sources(request, stock, inventory)[tab], asked)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    plan = active(GridPlan, town)
    state = town_map(request.user, town)
    context = {
        "town": town,
        "tab": tab,
        "tabs": place_lists.TABS,
        "page": page,
        "rows": place_lists.shown(tab, list(page.object_list)),
        "asked": asked,
        "is_filtered": asked.is_filtered,
        "choices": place_lists.choices(request.user, town, stock, plan, tab),
        "stock": stock,
        "inventory": inventory,
        "corrected_count": PlaceCorrection.objects.standing().filter(town=town).count(),
        "map_state": state,
        "page_state": {"map": state, "places": _marks(tab, list(page.object_list)), "tab": tab,
                       "open": reverse("building_by_number", args=[town.slug, 0])},
    }  # fmt: skip
    return render(request, "grids/places.html", context)


def _sources(
    request: HttpRequest, stock: Stock | None, inventory: FacilityInventory | None
) -> dict[str, Any]:
    user = request.user
    return {
        "buildings": visible_buildings(user, OPEN, stock) if stock else Building.objects.none(),
        "estates": visible_estates(user, OPEN, stock) if stock else Estate.objects.none(),
        "facilities": visible_facilities(user, OPEN, inventory) if inventory else Facility.objects.none(),
    }


def _marks(tab: str, rows: list[Any]) -> list[dict[str, Any]]:
    """What the map needs of the rows on this page of the table."""
    if tab == "buildings":
        return [{"id": row.pk, "number": row.number, "at": [row.point.x, row.point.y]} for row in rows]
    if tab == "facilities":
        return [{"id": row.pk, "at": [row.point.x, row.point.y], "name": local_name(row)} for row in rows]
    found = []
    for row in rows:
        west, south, east, north = row.geom.extent
        found.append({"id": row.pk, "at": [(west + east) / 2, (south + north) / 2], "name": local_name(row),
                      "rings": [[list(ring) for ring in part.coords] for part in row.geom]})  # fmt: skip
    return found


# --- One building -----------------------------------------------------------------------


def building_for(request: HttpRequest, pk: int, action: str) -> Building:
    """A building of a stock in use (or an earlier one) within the duties for this action."""
    require(request.user, action)
    found = Building.objects.filter(pk=pk).select_related("stock__town", "estate").first()
    if found is None or not visible_buildings(request.user, action, found.stock).filter(pk=pk).exists():
        raise NotFound(_("没有这栋楼，或者不在您的职责范围内。"))
    return found


@require_safe
def building_by_number(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """From a footprint on the map to its page."""
    require(request.user, OPEN)
    town = visible_towns(request.user, OPEN).filter(slug=slug).first()
    stock = active(Stock, town) if town else None
    found = visible_buildings(request.user, OPEN, stock).filter(number=number).first() if stock else None
    if found is None:
        raise NotFound(_("没有这栋楼，或者不在您的职责范围内。"))
    return redirect("building", pk=found.pk)


@never_cache
@require_safe
def building_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _building_page(request, building_for(request, pk, OPEN))


def _building_page(request: HttpRequest, building: Building, error: Refusal | None = None) -> HttpResponse:
    town = building.stock.town
    membership = GridMembership.objects.filter(
        building=building, plan__town=town, plan__state="active"
    ).select_related("grid")
    state = town_map(request.user, town)
    context = {
        "town": town,
        "building": building,
        "source_words": place_lists.DWELLING_SOURCES.get(building.dwelling_source, ""),
        "is_current": building.stock.state == "active",
        "grid": next((row.grid for row in membership), None),
        "facts": fact_rows(building, standing(building)),
        "units": flats_by_unit(building),
        "entrances": building.entrances.order_by("unit", "pk"),
        "history": history_rows(history(building)),
        "may_edit": building.stock.state == "active" and may_edit_building(request.user, building),
        "error": error,
        "map_state": state,
        "page_state": {
            "map": state,
            "selected": building.number if building.stock.state == "active" else -1,
            "at": [building.point.x, building.point.y],
            "doors": [[door.point.x, door.point.y, door.unit] for door in building.entrances.all()],
        },
    }
    return render(request, "grids/building.html", context, status=error.status if error else 200)


@require_POST
def building_correct(request: HttpRequest, pk: int) -> HttpResponse:
    building = building_for(request, pk, EDIT)
    try:
        correct_place(
            building,
            _texts(request, FACTS[subject_of(building)]),
            reason=request.POST.get("reason", ""),
            code=building.code,
            by=request.user,
            request=request,
        )
    except Refusal as refusal:
        return _building_page(request, building, refusal)
    return redirect(f"{reverse('building', args=[pk])}#history")


def _texts(request: HttpRequest, facts: dict[str, Fact]) -> dict[str, str]:
    return {field: request.POST[field] for field in facts if field in request.POST}


# --- One facility -----------------------------------------------------------------------


def facility_for(request: HttpRequest, pk: int, action: str) -> Facility:
    require(request.user, action)
    found = Facility.objects.filter(pk=pk).select_related("inventory__town", "parent").first()
    if found is None or not visible_facilities(request.user, action, found.inventory).filter(pk=pk).exists():
        raise NotFound(_("没有这处设施，或者不在您的职责范围内。"))
    return found


@never_cache
@require_safe
def facility_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _facility_page(request, facility_for(request, pk, OPEN))


def _facility_page(request: HttpRequest, facility: Facility, error: Refusal | None = None) -> HttpResponse:
    town = facility.inventory.town
    state = town_map(request.user, town)
    is_current = facility.inventory.state == "active"
    context = {
        "town": town,
        "facility": facility,
        "is_current": is_current,
        "categories": place_lists.category_names(facility),
        "facts": fact_rows(facility, standing(facility)),
        "history": history_rows(history(facility)),
        "positions": facility.positions.all()[:20],
        "may_edit": is_current and may_edit_facility(request.user, facility),
        "error": error,
        "map_state": state,
        "page_state": {
            "map": state,
            "selected": -1,
            "at": [facility.point.x, facility.point.y],
            "doors": [[spot.point.x, spot.point.y, ""] for spot in facility.access_points.all()],
        },
    }
    return render(request, "grids/facility.html", context, status=error.status if error else 200)


@require_POST
def facility_correct(request: HttpRequest, pk: int) -> HttpResponse:
    facility = facility_for(request, pk, EDIT)
    try:
        correct_place(
            facility,
            _texts(request, FACTS[subject_of(facility)]),
            reason=request.POST.get("reason", ""),
            code=facility.inventory.town.root_code,
            by=request.user,
            request=request,
        )
    except Refusal as refusal:
        return _facility_page(request, facility, refusal)
    return redirect(f"{reverse('facility', args=[pk])}#history")


@require_POST
def correction_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a correction back, on the page of the place it is about."""
    require(request.user, EDIT)
    towns = visible_towns(request.user, EDIT)
    row = PlaceCorrection.objects.filter(pk=pk, town__in=towns).select_related("town").first()
    place = _place_of(row) if row else None
    if row is None or place is None or not _may_edit(request.user, place):
        raise NotFound(_("没有这项更正，或者不在您的职责范围内。"))
    undo_correction(row, by=request.user, request=request)
    name = "building" if isinstance(place, Building) else "facility"
    return redirect(f"{reverse(name, args=[place.pk])}#history")


def _may_edit(user: Any, place: Building | Facility) -> bool:
    return may_edit_building(user, place) if isinstance(place, Building) else may_edit_facility(user, place)


def _place_of(row: PlaceCorrection) -> Building | Facility | None:
    if row.subject == PlaceCorrection.Subject.BUILDING:
        stock = active(Stock, row.town)
        return Building.objects.filter(stock=stock, source_id=row.source_id).first()
    inventory = active(FacilityInventory, row.town)
    return Facility.objects.filter(inventory=inventory, source_id=row.source_id).first()
