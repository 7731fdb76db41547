"""base.pmtiles: the town's own tiles around the doors to visit, so that the map works in a basement.

Cut out of the file that the desk's maps are served from, tile for tile. Streets and footprints are no secret,
so the cut-out is kept on disk, under the name of what it was cut from.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from gis_core.crs import metric_zone, to_lonlat, to_mercator, to_metres
from grids.maps.tile_file import TileAddress, TileFile, open_tiles, write_tiles
from grids.maps.tiles import WORLD_M, Bounds, TileSet, Zoom, bake
from grids.models import FacilityInventory, StreetNetwork
from grids.scoping import active
from survey.models import Round

MARGIN_M = 500
LOWEST_ZOOM = 12  # the whole community on one screen


def base_map(round_: Round, lonlats: list[list[float]]) -> Path:
    """The cut-out around these points, made now unless it is there."""
    tiles = TileSet(
        round_.town, active(StreetNetwork, round_.town), round_.stock, active(FacilityInventory, round_.town)
    )
    bounds = bounds_around(lonlats)
    name = hashlib.sha256(f"{tiles.name} {bounds} {LOWEST_ZOOM}".encode()).hexdigest()[:24]
    path = Path(settings.TILES_DIR) / "packs" / f"{name}.pmtiles"
    if not path.exists():
        whole = open_tiles(bake(tiles))
        lowest = min(max(LOWEST_ZOOM, tiles.min_zoom), tiles.max_zoom)
        zooms = (cut_out(whole, bounds, z) for z in range(lowest, tiles.max_zoom + 1))
        write_tiles(path, zooms, bounds=bounds, metadata={**whole.metadata, "name": name})
    return path


def bounds_around(lonlats: list[list[float]]) -> Bounds:
    """West, south, east, north of the points, with the margin on every side."""
    points = np.asarray(lonlats, dtype=np.float64)
    zone = metric_zone(lon=float(points[0, 0]), lat=float(points[0, 1]))
    xy_m = to_metres(points, zone)
    low, high = xy_m.min(axis=0) - MARGIN_M, xy_m.max(axis=0) + MARGIN_M
    corners = to_lonlat(np.array([low, high, (low[0], high[1]), (high[0], low[1])]), zone)
    west, south = corners.min(axis=0).round(6).tolist()
    east, north = corners.max(axis=0).round(6).tolist()
    return west, south, east, north


def cut_out(whole: TileFile, bounds: Bounds, z: int) -> Zoom:
    found = ((address, whole.tile(address)) for address in addresses_in(bounds, z))
    return {address: content for address, content in found if content is not None}


def addresses_in(bounds: Bounds, z: int) -> Iterator[TileAddress]:
    west, south, east, north = bounds
    corners: Any = to_mercator(np.array([[west, north], [east, south]]))
    tile_m = WORLD_M / 2**z
    x = np.floor((corners[:, 0] + WORLD_M / 2) / tile_m).astype(int)
    y = np.floor((WORLD_M / 2 - corners[:, 1]) / tile_m).astype(int)
    for column in range(int(x[0]), int(x[1]) + 1):
        for row in range(int(y[0]), int(y[1]) + 1):
            yield TileAddress(z, column, row)
