"""Tiles, values and arrays of a run, for those whose duties hold the town.

Addresses carry the run and the reader's scope token, so bytes never change behind an address and may be
kept for ever by the reader's own browser. A token that is not the reader's own is not found: neither an
old one of theirs, nor somebody else's. `Vary` is left out: browsers would miss their cache whenever a
cookie or the language changes.
"""

import gzip
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.errors import NotFound
from gis_core.permissions import require
from gis_core.sessions import asked_by_itself
from grids.coverage.results import run_by_id
from grids.maps import map_parts
from grids.maps.tile_file import TileAddress, open_tiles
from grids.maps.tiles import TileSet, active_tile_set, bake, tile_set_of
from grids.maps.values import masked_array, masked_values
from grids.models import CoverageRun, Town
from grids.scoping import building_mask, scope_token, visible_towns

FOR_EVER = "private, max-age=31536000, immutable"
MAP, VALUES = "read_map", "open_coverage"
BINARY, TILE, JSON = "application/octet-stream", "application/vnd.mapbox-vector-tile", "application/json"


class _WithoutVary(ResponseHeaders):
    """Headers that take no `Vary` from the middleware further out."""

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() != "vary":
            super().__setitem__(key, value)


def kept_for_ever(request: HttpRequest, packed: bytes | None, content_type: str, tag: str) -> HttpResponse:
    """An answer for ever: gzipped bytes as they lie on disk, or 204 where there is nothing."""
    response = HttpResponse(status=204) if packed is None else HttpResponse(packed, content_type=content_type)
    response.headers = _WithoutVary(dict(response.headers.items()))
    response["Cache-Control"] = FOR_EVER
    response["ETag"] = f'"{tag}"'
    if packed is not None:
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response["Content-Encoding"] = "gzip"
        else:
            response.content = gzip.decompress(packed)
        response["Content-Length"] = str(len(response.content))
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found if isinstance(found, HttpResponse) else response


def map_not_found() -> NotFound:
    return NotFound(_("没有找到这份地图数据，或者它不在您的职责范围内。请刷新页面。"))


def check_town(request: HttpRequest, town: Town, scope: str, action: str) -> None:
    require(request.user, action)
    if not visible_towns(request.user, action).filter(pk=town.pk).exists():
        raise map_not_found()
    if scope != scope_token(request.user, action, town):
        raise map_not_found()


def _run_for(request: HttpRequest, run_id: UUID, scope: str, action: str) -> CoverageRun:
    require(request.user, action)
    run = run_by_id(run_id)
    if run is None:
        raise map_not_found()
    check_town(request, run.town, scope, action)
    return run


def _tile(request: HttpRequest, tiles: TileSet, z: int, x: int, y: int) -> HttpResponse:
    address = TileAddress(z, x, y)
    if not address.is_possible:
        raise map_not_found()
    packed = open_tiles(bake(tiles)).tile(address)
    return kept_for_ever(request, packed, TILE, f"{tiles.name}-{z}-{x}-{y}")


@asked_by_itself
@require_safe
def run_tile(request: HttpRequest, run_id: UUID, scope: str, z: int, x: int, y: int) -> HttpResponse:
    run = _run_for(request, run_id, scope, MAP)
    return _tile(request, tile_set_of(run), z, x, y)


@asked_by_itself
@require_safe
def town_tile(request: HttpRequest, slug: str, name: str, scope: str, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the generations in use, for pages that need no run; `name` pins which they are."""
    require(request.user, MAP)
    town = None if "\x00" in slug else visible_towns(request.user, MAP).filter(slug=slug).first()
    if town is None:
        raise map_not_found()
    check_town(request, town, scope, MAP)
    tiles = active_tile_set(town)
    if tiles.name != name:
        raise map_not_found()
    return _tile(request, tiles, z, x, y)


def _answer(
    request: HttpRequest, run_id: UUID, scope: str, tag: str, content_type: str, make: Callable[..., bytes]
) -> HttpResponse:
    run = _run_for(request, run_id, scope, VALUES)
    mask = building_mask(request.user, VALUES, run.stock)
    return kept_for_ever(request, make(run, mask), content_type, f"{run.pk}-{scope}-{tag}")


@asked_by_itself
@require_safe
def values(request: HttpRequest, run_id: UUID, scope: str, mode: str, category: str) -> HttpResponse:
    tag = f"{mode}-{category}"
    return _answer(
        request, run_id, scope, tag, BINARY, lambda run, mask: masked_values(run, mode, category, mask)
    )


@asked_by_itself
@require_safe
def array(request: HttpRequest, run_id: UUID, scope: str, name: str) -> HttpResponse:
    return _answer(request, run_id, scope, name, BINARY, lambda run, mask: masked_array(run, name, mask))


@asked_by_itself
@require_safe
def facilities(request: HttpRequest, run_id: UUID, scope: str, category: str) -> HttpResponse:
    """The open facilities of one category, with those in the ring around the town."""
    tag = f"facilities-{category}"
    return _answer(
        request, run_id, scope, tag, JSON, lambda run, mask: map_parts.facilities_json(run, category)
    )


@asked_by_itself
@require_safe
def outlines(request: HttpRequest, run_id: UUID, scope: str, level: str) -> HttpResponse:
    """Outlines of the communities, or of the grids, within the reader's duties."""
    tag = f"outlines-{level}"
    return _answer(
        request,
        run_id,
        scope,
        tag,
        JSON,
        lambda run, mask: map_parts.outlines_json(run, request.user, VALUES, level),
    )
