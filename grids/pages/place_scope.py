"""Which facilities a person sees and which places may be corrected by whom.

A facility has no code of its own: it belongs to everybody whose duty holds the town whole, and to a
community when it lies in its outline.
"""

from typing import Any

from django.db.models import Q, QuerySet

from gis_core.permissions import duties_for
from grids.models import Area, Building, Facility, FacilityInventory
from grids.scoping import holds_town, visible_buildings


def visible_facilities(user: Any, action: str, inventory: FacilityInventory) -> QuerySet[Facility]:
    scope = duties_for(user, action)
    found = Facility.objects.filter(inventory=inventory)
    if scope.is_empty:
        return found.none()
    if holds_town(scope, inventory.town):
        return found
    outlines = Area.objects.filter(
        town=inventory.town,
        valid_until=None,
        geom__isnull=False,
        code__in=_inside(scope.area_codes, inventory),
    )
    allowed = Q(pk__in=[])
    for area in outlines:
        allowed |= Q(point__within=area.geom)
    return found.filter(allowed)


def _inside(codes: frozenset[str], inventory: FacilityInventory) -> list[str]:
    return [code for code in codes if code.startswith(inventory.town.root_code)]


def may_edit_building(user: Any, building: Building) -> bool:
    return visible_buildings(user, "edit_places", building.stock).filter(pk=building.pk).exists()


def may_edit_facility(user: Any, facility: Facility) -> bool:
    return visible_facilities(user, "edit_places", facility.inventory).filter(pk=facility.pk).exists()
