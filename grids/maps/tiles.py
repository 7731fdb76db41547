"""Baking a town into vector tiles: footprints, base map and facilities of pinned generations.

One PMTiles file holds what never changes: geometry, kinds, names. Figures are byte arrays indexed by
Building.number (`values.py`), so another category, mode or run recolours the map without a new tile.
The file is named by the generations' uids and by `DRAWING`, hence it can never be stale.
"""

import fcntl
import gzip
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_core.crs import to_mercator
from gis_core.progress import NoProgress, Progress
from grids.arrays import BUILDING_KINDS, stock_arrays
from grids.copying import SQL_DIR
from grids.kernels.footprints import STEPS, Footprints, draw_zoom
from grids.maps.tile_file import TileAddress, write_tiles
from grids.models import CoverageRun, FacilityInventory, Stock, StreetNetwork, Town
from grids.scoping import active

DRAWING = 2  # raise it when the drawing changes: old files are then baked anew under another name
WORLD_M = 40_075_016.685578488  # side of the Web Mercator square
FACILITY_ZOOM = 14
WIDEST_DEG = 0.7  # of a town on tiles of zoom 10: two tiles of 512 pixels
EDGE_STEPS = 64  # how far lines and areas reach over their tile's edge, so that no seam shows
LAYERS = {  # MapFeature.layer → the tile's layer
    "water": "water",
    "green": "green",
    "land": "land",
    "road": "roads",
    "rail": "rails",
    "label": "labels",
}

Bounds = tuple[float, float, float, float]
Zoom = dict[TileAddress, bytes]


@dataclass(frozen=True)
class TileSet:
    """The generations that one tile file draws; a kind that a town lacks is simply not drawn."""

    town: Town
    network: StreetNetwork | None
    stock: Stock | None
    inventory: FacilityInventory | None

    @cached_property
    def name(self) -> str:
        uids = [str(part.uid) if part else "-" for part in (self.network, self.stock, self.inventory)]
        return hashlib.sha256("/".join([str(DRAWING), *uids]).encode()).hexdigest()[:24]

    @property
    def path(self) -> Path:
        return Path(settings.TILES_DIR) / f"{self.name}.pmtiles"

    @property
    def building_count(self) -> int:
        return self.stock.building_count if self.stock else 0

    @cached_property
    def bounds(self) -> Bounds:
        return bounds_of(self.town, self.stock)

    @property
    def min_zoom(self) -> int:
        """The lowest tiles: 10, or less where the town would not fit on a screen."""
        west, _south, east, _north = self.bounds
        return 10 if east - west <= WIDEST_DEG else 9 if east - west <= 2 * WIDEST_DEG else 8

    @property
    def max_zoom(self) -> int:
        """Deepest tiles; the page enlarges them further. At zoom 15 a grid step is below 0.3 m."""
        return 15 if self.building_count > 100_000 else 16

    @property
    def footprint_zoom(self) -> int:
        """The lowest zoom with footprints, so that a screen shows about 100,000 at most."""
        return 13 if self.building_count > 100_000 else 12 if self.building_count > 20_000 else 11


def tile_set_of(run: CoverageRun) -> TileSet:
    return TileSet(run.town, run.network, run.stock, run.inventory)


def active_tile_set(town: Town) -> TileSet:
    return TileSet(town, active(StreetNetwork, town), active(Stock, town), active(FacilityInventory, town))


def bake(tiles: TileSet, progress: Progress | None = None) -> Path:
    """Make the tile file unless it is there; two callers at once make it once."""
    if not tiles.path.exists():
        with _only_one(tiles.path):
            if not tiles.path.exists():
                with transaction.atomic():
                    _bake(tiles, progress or NoProgress())
    return tiles.path


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bake(tiles: TileSet, progress: Progress) -> None:
    zooms = range(tiles.min_zoom, tiles.max_zoom + 1)
    progress.step(_("绘制地图瓦片"), total=len(zooms))
    footprints = footprints_of(tiles)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
    metadata = {
        "name": tiles.name,
        "attribution": tiles.network.attribution if tiles.network else "",
        "footprint_zoom": tiles.footprint_zoom,
        "vector_layers": [{"id": name} for name in (*LAYERS.values(), "buildings", "facilities")],
    }
    drawn = (_draw(tiles, footprints, z, progress) for z in zooms)
    write_tiles(tiles.path, drawn, bounds=tiles.bounds, metadata=metadata)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tile_piece")


def _draw(tiles: TileSet, footprints: Footprints, z: int, progress: Progress) -> Zoom:
    """All layers of one zoom, joined and gzipped. A tile is its layers laid end to end."""
    layers: dict[TileAddress, list[bytes]] = {}
    if tiles.network:
        _collect(layers, z, _base_layers(tiles, z))
    if z >= tiles.footprint_zoom:
        _collect(layers, z, building_layers(footprints, tiles.max_zoom - z))
    if tiles.inventory and z >= min(FACILITY_ZOOM, tiles.max_zoom):
        _collect(layers, z, _rows("tile_facilities.sql", z, inventory=tiles.inventory.pk))
    with ThreadPoolExecutor(2) as pool:  # zlib works without the interpreter lock
        packed = pool.map(lambda parts: gzip.compress(b"".join(parts), 6, mtime=0), layers.values())
        found = dict(zip(layers, packed, strict=True))
    progress.advance()
    return found


def _collect(layers: dict[TileAddress, list[bytes]], z: int, rows: Iterator[tuple[int, int, bytes]]) -> None:
    for x, y, layer in rows:
        address = TileAddress(z, x, y)
        if layer and address.is_possible:
            layers.setdefault(address, []).append(layer)


def _rows(sql_file: str, z: int, **parameters: Any) -> Iterator[tuple[int, int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(*_statement(sql_file, z, parameters))
        for x, y, layer in cursor.fetchall():
            yield x, y, bytes(layer)


def _statement(sql_file: str, z: int, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    tile_m = WORLD_M / 2**z
    given = {"z": z, "tile_m": tile_m, "half_m": WORLD_M / 2, "buffer_m": tile_m * EDGE_STEPS / STEPS}
    return (SQL_DIR / sql_file).read_text(encoding="utf-8"), {**given, **parameters}


def _execute(sql_file: str, z: int, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*_statement(sql_file, z, parameters))


def _base_layers(tiles: TileSet, z: int) -> Iterator[tuple[int, int, bytes]]:
    if z == tiles.min_zoom:
        _execute("tile_base_start.sql", z, network=cast(StreetNetwork, tiles.network).pk)
    else:
        _execute("tile_base_split.sql", z)
    return _rows(
        "tile_base_draw.sql",
        z,
        layers=list(LAYERS),
        layer_names=list(LAYERS.values()),
        simplify_m=0 if z == tiles.max_zoom else WORLD_M / 2**z / STEPS * 2,
    )


def footprints_of(tiles: TileSet) -> Footprints:
    """Outlines on the grid of the deepest zoom: x right, y down."""
    if tiles.stock is None:
        nothing = np.zeros(0)
        empty = np.zeros(0, np.int32)
        return Footprints(nothing, nothing, np.zeros(1, np.int64), empty, np.zeros(0, np.uint8))
    arrays = stock_arrays(tiles.stock)
    xy = to_mercator(arrays.ring_lonlat) if len(arrays.ring_lonlat) else np.zeros((0, 2))
    step_m = WORLD_M / 2**tiles.max_zoom / STEPS
    x, y = (xy[:, 0] + WORLD_M / 2) / step_m, (WORLD_M / 2 - xy[:, 1]) / step_m
    return Footprints(x, y, arrays.ring_start, arrays.ring_building, arrays.kind)


def bounds_of(town: Town, stock: Stock | None) -> Bounds:
    """West, south, east, north of the town: its boundary, else its buildings, else the whole world."""
    if town.boundary:
        return cast(Bounds, town.boundary.extent)
    lonlat = stock_arrays(stock).lonlat if stock else np.zeros((0, 2))
    if not len(lonlat):
        return (-180.0, -85.0, 180.0, 85.0)
    return cast(Bounds, (*lonlat.min(axis=0).tolist(), *lonlat.max(axis=0).tolist()))


def building_layers(footprints: Footprints, steps_down: int) -> Iterator[tuple[int, int, bytes]]:
    zoom = draw_zoom(footprints, steps_down=steps_down)
    content = zoom.content.tobytes()
    for i, (x, y) in enumerate(zip(zoom.tile_x.tolist(), zoom.tile_y.tolist(), strict=True)):
        layer = _LAYER_HEAD + content[zoom.start[i] : zoom.start[i + 1]] + _LAYER_TAIL
        yield x, y, b"\x1a" + _varint(len(layer)) + layer


def _varint(value: int) -> bytes:
    low = bytearray()
    while value > 127:
        low.append(value & 127 | 128)
        value >>= 7
    return bytes([*low, value])


# The buildings layer around its features: version 2 and name before; the key `k`, its values, extent after.
_LAYER_HEAD = b"\x78\x02\x0a\x09buildings"
_LAYER_TAIL = (
    b"\x1a\x01k"
    + b"".join(bytes([0x22, 2, 0x28, code]) for code in range(len(BUILDING_KINDS)))
    + b"\x28"
    + _varint(STEPS)
)
