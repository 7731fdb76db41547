"""What of a town one person may see: towns, buildings, and the mask that hides the rest.

Duties name places by code (`gis_core/permissions.py`). Here the codes meet the tables: an area code
holds the buildings of the communities below it, a building code is compared whole, and a grid code
reaches its buildings through `GridMembership` of the plan in use, never by the look of its digits.
"""

import hashlib
from collections import OrderedDict
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from gis_core.errors import NotFound
from gis_core.permissions import COMMUNITY_DIGITS, Scope, duties_for
from gis_core.shell import TownChoice, current_town_slug
from grids.models import (
    Area,
    Building,
    Estate,
    FacilityInventory,
    GenerationState,
    Grid,
    GridMembership,
    GridPlan,
    Stock,
    StreetNetwork,
    Town,
)

BoolArray = NDArray[np.bool_]

MASKS_KEPT = 64
_masks: "OrderedDict[tuple[str, str, str], BoolArray]" = OrderedDict()


def visible_towns(user: Any, action: str = "read_map") -> QuerySet[Town]:
    """Towns that a duty lies in, or that lie in a duty's area."""
    scope = duties_for(user, action)
    found = Q(root_code__in=sorted(scope.ancestor_codes))
    for code in sorted(scope.area_codes):
        found |= Q(root_code__startswith=code)
    return Town.objects.filter(found) if not scope.is_empty else Town.objects.none()


def held_towns(user: Any, action: str) -> QuerySet[Town]:
    """Towns that lie whole within the duties: what changes a town for everybody asks for these."""
    held = Q(pk__in=[])
    for code in sorted(duties_for(user, action).area_codes):
        held |= Q(root_code__startswith=code)
    return Town.objects.filter(held)


def town_choices(user: Any) -> list[TownChoice]:
    """The towns of the page's switcher, with the remark that synthetic ones carry everywhere."""
    networks = StreetNetwork.objects.filter(state=GenerationState.ACTIVE).values_list("town", "attribution")
    attributions = dict(networks)
    return [
        TownChoice(
            slug=town.slug,
            name_zh=town.name_zh,
            name_en=town.name_en,
            note=_note_of(town),
            code=town.root_code,
            attribution=attributions.get(town.pk, ""),
        )
        for town in visible_towns(user)
    ]


def _note_of(town: Town) -> Any:
    if town.is_fictional:
        return gettext_lazy("虚构城镇，仅供演示")
    return gettext_lazy("区划代码为自拟") if town.codes_are_synthetic else ""


def root_codes() -> list[str]:
    """Of every town of the database."""
    return list(Town.objects.values_list("root_code", flat=True).order_by())


def town_of(request: HttpRequest, action: str) -> Town | None:
    """The town this request looks at: `?town=`, else the one looked at last, else the first.

    None when the person sees no town for this action; a town out of sight is not found.
    """
    towns = visible_towns(request.user, action)
    slug = current_town_slug(request)
    if slug is None:
        return None
    town: Town | None = towns.filter(slug=slug).first()
    if town is None and request.GET.get("town"):
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"), town=slug)
    return town if town is not None else towns.first()


def active(model: type[Any], town: Town) -> Any:
    """The generation in use of a kind, or None."""
    return model.objects.filter(town=town, state=GenerationState.ACTIVE).first()


def active_generations(town: Town) -> dict[str, Any]:
    kinds = {"network": StreetNetwork, "stock": Stock, "inventory": FacilityInventory, "plan": GridPlan}
    return {name: active(model, town) for name, model in kinds.items()}


def _allowed_buildings(scope: Scope) -> Q:
    allowed = Q(code__in=sorted(scope.building_codes))
    for code in sorted(scope.area_codes):
        allowed |= Q(community_code__startswith=code)
    if scope.grid_codes:
        plan_in_use = GridMembership.objects.filter(plan__state=GenerationState.ACTIVE)
        members = plan_in_use.filter(grid__code__in=sorted(scope.grid_codes))
        allowed |= Q(pk__in=members.values("building"))
    return allowed


def buildings_within(user: Any, action: str) -> QuerySet[Building]:
    """Buildings of every stock within the person's duties for this action."""
    scope = duties_for(user, action)
    if scope.is_empty:
        return Building.objects.none()
    towns = visible_towns(user, action)
    return Building.objects.filter(_allowed_buildings(scope), stock__town__in=towns)


def visible_buildings(user: Any, action: str, stock: Stock) -> QuerySet[Building]:
    """Buildings of one stock within the person's duties for this action."""
    if holds_town(duties_for(user, action), stock.town):
        return Building.objects.filter(stock=stock)
    return buildings_within(user, action).filter(stock=stock)


def holds_town(scope: Scope, town: Town) -> bool:
    """Does one area of the scope hold the town whole?"""
    return any(town.root_code.startswith(code) for code in scope.area_codes)


def building_mask(user: Any, action: str, stock: Stock) -> BoolArray:
    """(b,) True where `Building.number` lies within the duties; kept per scope, stock and plan."""
    scope = duties_for(user, action)
    plan = active(GridPlan, stock.town) if scope.grid_codes else None
    key = (scope.token, str(stock.uid), str(plan.uid) if plan else "")
    mask = _masks.get(key)
    if mask is None:
        mask = _masks[key] = _make_mask(scope, stock)
        mask.setflags(write=False)
        while len(_masks) > MASKS_KEPT:
            _masks.popitem(last=False)
    else:
        _masks.move_to_end(key)
    return mask


def _make_mask(scope: Scope, stock: Stock) -> BoolArray:
    count = Building.objects.filter(stock=stock).count()
    if holds_town(scope, stock.town):
        return np.ones(count, dtype=bool)
    mask = np.zeros(count, dtype=bool)
    if not scope.is_empty:
        allowed = Building.objects.filter(_allowed_buildings(scope), stock=stock)
        mask[np.fromiter(allowed.values_list("number", flat=True).order_by(), dtype=np.int64)] = True
    return mask


def scope_token(user: Any, action: str, town: Town) -> str:
    """Names what this person may see of this town for this action; part of every cached address.

    Only the part of the duties that touches the town counts, and the plan in use where a grid duty
    does: when either changes the address changes, so a cache that never asks again cannot show more
    than the duties of the day allow.
    """
    scope = duties_for(user, action)
    touching = [code for code in scope.area_codes if _related(code, town.root_code)]
    grids = [code for code in scope.grid_codes if code.startswith(town.root_code)]
    plan = active(GridPlan, town) if grids else None
    buildings = [code for code in scope.building_codes if code.startswith(town.root_code)]
    parts = [touching, grids, buildings, [str(plan.uid)] if plan else [], [action]]
    return hashlib.sha256("|".join(",".join(sorted(part)) for part in parts).encode()).hexdigest()[:12]


def _related(code: str, root_code: str) -> bool:
    return code.startswith(root_code) or root_code.startswith(code)


def visible_areas(user: Any, action: str) -> QuerySet[Area]:
    """Areas within the duties, and those above them (whose names a page needs)."""
    scope = duties_for(user, action)
    allowed = Q(code__in=sorted(scope.ancestor_codes))
    for code in sorted(scope.area_codes):
        allowed |= Q(code__startswith=code)
    areas = Area.objects.filter(allowed, town__in=visible_towns(user, action))
    return areas if not scope.is_empty else Area.objects.none()


def visible_grids(user: Any, action: str) -> QuerySet[Grid]:
    """Grids of communities within the duties, and grids named by a duty."""
    scope = duties_for(user, action)
    allowed = Q(code__in=sorted(scope.grid_codes))
    for code in sorted(scope.area_codes):
        allowed |= Q(community_code__startswith=code[:COMMUNITY_DIGITS])
    grids = Grid.objects.filter(allowed, plan__town__in=visible_towns(user, action))
    return grids if not scope.is_empty else Grid.objects.none()


def visible_estates(user: Any, action: str, stock: Stock) -> QuerySet[Estate]:
    """Estates in which at least one building lies within the duties."""
    if holds_town(duties_for(user, action), stock.town):
        return Estate.objects.filter(stock=stock)
    inside = visible_buildings(user, action, stock).exclude(estate=None)
    return Estate.objects.filter(stock=stock, pk__in=inside.values("estate"))
