"""One PMTiles file: written aside and renamed whole, read through a memory map.

The library's reader unpacks the directory for every tile; here it is unpacked once into arrays.
"""

import gzip
import json
import os
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pmtiles import reader as pmtiles_reader
from pmtiles import writer as pmtiles_writer
from pmtiles.tile import Compression, TileType, deserialize_directory, deserialize_header, zxy_to_tileid

# The library carries no types.
Writer: Any = pmtiles_writer.Writer
open_mapped: Any = pmtiles_reader.MmapSource

DEEPEST_ZOOM = 26
FILES_OPEN = 32


class TileAddress(NamedTuple):
    z: int
    x: int
    y: int

    @property
    def is_possible(self) -> bool:
        side = 1 << self.z if 0 <= self.z <= DEEPEST_ZOOM else 0
        return 0 <= self.x < side and 0 <= self.y < side


def write_tiles(
    path: Path,
    zooms: Iterable[dict[TileAddress, bytes]],
    *,
    bounds: tuple[float, float, float, float],
    metadata: dict[str, Any],
) -> None:
    """Write the gzipped tiles of each zoom, lowest first; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".baking-", delete=False) as file:
        try:
            writer = Writer(file)
            for tiles in zooms:
                for address in sorted(tiles, key=lambda one: zxy_to_tileid(*one)):
                    writer.write_tile(zxy_to_tileid(*address), tiles[address])
            _finish(writer, bounds, metadata)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            os.unlink(file.name)
            raise
    os.chmod(file.name, 0o640)
    os.replace(file.name, path)


def _finish(writer: Any, bounds: tuple[float, float, float, float], metadata: dict[str, Any]) -> None:
    if not writer.tile_entries:  # the format knows no empty file: one empty tile stands for the world
        writer.write_tile(0, gzip.compress(b"", mtime=0))
    west, south, east, north = (round(degrees * 1e7) for degrees in bounds)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 0,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
    writer.finalize(header, metadata)


class TileFile:
    """An open PMTiles file. `tile` gives the gzipped bytes, or None for ground without anything."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._read = open_mapped(file)
        self.header: Any = deserialize_header(self._read(0, 127))
        rows = np.array(list(self._entries(self.header["root_offset"], self.header["root_length"])), np.int64)
        self._first, self._count, self._offset, self._length = rows.reshape(-1, 4).T
        packed = self._read(self.header["metadata_offset"], self.header["metadata_length"])
        self.metadata: dict[str, Any] = json.loads(gzip.decompress(packed))

    def _entries(self, offset: int, length: int) -> Iterable[tuple[int, int, int, int]]:
        for entry in deserialize_directory(self._read(offset, length)):
            if entry.run_length:
                yield entry.tile_id, entry.run_length, entry.offset, entry.length
            else:
                yield from self._entries(self.header["leaf_directory_offset"] + entry.offset, entry.length)

    def tile(self, address: TileAddress) -> bytes | None:
        if not address.is_possible:
            return None
        wanted = zxy_to_tileid(*address)
        at = int(np.searchsorted(self._first, wanted, side="right")) - 1
        if at < 0 or wanted >= self._first[at] + self._count[at]:
            return None
        start = self.header["tile_data_offset"] + int(self._offset[at])
        return bytes(self._read(start, int(self._length[at])))

    def addresses(self) -> NDArray[np.int64]:
        """Tile ids in the file, each first of a run of equal ones."""
        return self._first


@lru_cache(maxsize=FILES_OPEN)
def open_tiles(path: Path) -> TileFile:
    """The file behind a content-addressed name; a name never gets other content."""
    return TileFile(path)
