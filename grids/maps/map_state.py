"""What a page with a map gets to start from: where the tiles are, how deep, of what and from whom."""

from typing import Any

from django.conf import settings

from gis_core.shell import local_name
from grids.maps.tiles import TileSet, active_tile_set, tile_set_of
from grids.models import CoverageRun, Town
from grids.scoping import scope_token


def town_state(town: Town, tiles: TileSet) -> dict[str, Any]:
    """The town as the map's head and its corner show it."""
    parts = [part for part in (tiles.network, tiles.stock, tiles.inventory) if part is not None]
    attributions = dict.fromkeys(part.attribution for part in parts if part.attribution)
    return {
        "slug": town.slug,
        "name": local_name(town),
        "root_code": town.root_code,
        "bounds": list(tiles.bounds),
        "is_fictional": town.is_fictional,
        "is_synthetic": any(part.is_synthetic for part in parts),
        "codes_are_synthetic": town.codes_are_synthetic,
        "attribution": " · ".join(attributions),
        "review_number": town.review_number or settings.PUBLIC_MAP["review_number"],
        "time_zone": town.time_zone,
    }


def tile_state(tiles: TileSet, address: str) -> dict[str, Any]:
    return {
        "tiles": address + "/{z}/{x}/{y}.mvt",
        "min_zoom": tiles.min_zoom,
        "max_zoom": tiles.max_zoom,
        "footprint_zoom": tiles.footprint_zoom,
        "building_count": tiles.building_count,
    }


def town_map(user: Any, town: Town) -> dict[str, Any]:
    """State of a map of the generations in use: for the pages of grids and places."""
    tiles = active_tile_set(town)
    scope = scope_token(user, "read_map", town)
    return {
        "town": town_state(town, tiles),
        **tile_state(tiles, f"/tiles/town/{town.slug}/{tiles.name}/{scope}"),
    }


def run_map(user: Any, run: CoverageRun) -> dict[str, Any]:
    """State of a map of the generations that a run pinned."""
    tiles = tile_set_of(run)
    scope = scope_token(user, "read_map", run.town)
    return {"town": town_state(run.town, tiles), **tile_state(tiles, f"/tiles/{run.pk}/{scope}")}
