"""The page 混居: its state, its print view, and the map files that only it reads."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.permissions import require
from gis_core.sessions import asked_by_itself
from grids.maps import mix_outlines, mix_values
from grids.maps.mix_state import OPEN, page_state
from grids.maps.mix_words import mix_words
from grids.models import Stock, Town
from grids.pages.tile_views import BINARY, JSON, check_town, kept_for_ever, map_not_found
from grids.scoping import building_mask, visible_towns


@never_cache
@require_safe
def mix(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    return render(request, "grids/mix.html", {"state": page_state(request), "words": mix_words()})


@never_cache
@require_safe
def mix_print(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    return render(request, "grids/mix_print.html", {"state": page_state(request), "words": mix_words()})


@never_cache
@require_safe
def mix_state(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    return JsonResponse(page_state(request))


def _stock_for(request: HttpRequest, stock_uid: UUID, scope: str) -> Stock:
    require(request.user, OPEN)
    stock = Stock.objects.select_related("town").filter(uid=stock_uid).first()
    if stock is None:
        raise map_not_found()
    check_town(request, stock.town, scope, OPEN)
    return stock


@asked_by_itself
@require_safe
def values(request: HttpRequest, stock_uid: UUID, scope: str, dimension: str, figure: str) -> HttpResponse:
    """One byte a building of the stock: the map's colours."""
    stock = _stock_for(request, stock_uid, scope)
    packed = mix_values.masked_values(stock, dimension, figure, building_mask(request.user, OPEN, stock))
    tag = f"mix-{stock_uid}-{scope}-{dimension}-{figure}-{mix_values.FORMAT}"
    return kept_for_ever(request, packed, BINARY, tag)


@asked_by_itself
@require_safe
def array(request: HttpRequest, stock_uid: UUID, scope: str, name: str) -> HttpResponse:
    stock = _stock_for(request, stock_uid, scope)
    packed = mix_values.masked_array(stock, name, building_mask(request.user, OPEN, stock))
    return kept_for_ever(request, packed, BINARY, f"mix-{stock_uid}-{scope}-{name}-{mix_values.FORMAT}")


@asked_by_itself
@require_safe
def outlines(request: HttpRequest, slug: str, scope: str, version: str, level: str) -> HttpResponse:
    """Outlines of the grids of a plan, or of communities and streets, within the reader's duties."""
    require(request.user, OPEN)
    town = _town_named(request, slug)
    check_town(request, town, scope, OPEN)
    packed = mix_outlines.outlines_json(town, request.user, OPEN, level, version)
    if packed is None:
        raise map_not_found()
    return kept_for_ever(request, packed, JSON, f"mix-{town.pk}-{scope}-{version}-{level}")


def _town_named(request: HttpRequest, slug: str) -> Town:
    town = None if "\x00" in slug else visible_towns(request.user, OPEN).filter(slug=slug).first()
    if town is None:
        raise map_not_found()
    return town
