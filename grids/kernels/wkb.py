"""Outlines and lines out of PostgreSQL's binary COPY, without an object per geometry.

The stream holds rows of two fields: a number (int4) and a little-endian WKB (bytea). Rows have
any length, so the first pass finds where each begins; the second counts, the third fills.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.graph import FloatArray, Int32Array
from grids.kernels.jit import compiled

Bytes = NDArray[np.uint8]
Int64Array = NDArray[np.int64]

LINE, POLYGON, MULTI_POLYGON = 2, 3, 6
ROW_HEAD = 14  # 2 bytes field count, 4 + 4 bytes number, 4 bytes length of the geometry
UNKNOWN = -1


@dataclass(frozen=True)
class Shapes:
    """Rings (or lines) laid end to end, geometries in the order of their numbers.

    Attributes:
        number: (g,) ascending.
        vertices: (c, 2) x, y.
        start: (r + 1,) where each ring begins in `vertices`.
        owner: (r,) the number of the geometry that each ring belongs to.
    """

    number: Int32Array
    vertices: FloatArray
    start: Int64Array
    owner: Int32Array


def parsed(stream: bytes, begin: int, end: int) -> Shapes:
    """Lines, polygons and multipolygons between two places of a COPY stream.

    Raises:
        ValueError: a geometry of another type, or one that is not little-endian.
    """
    content = np.frombuffer(stream, np.uint8)
    rows = _row_starts(content, begin, end)
    number = _numbers(content, rows)
    order = np.argsort(number, kind="stable")
    rows, number = rows[order], number[order]
    rings, vertices = _counted(content, rows)
    if rings == UNKNOWN:
        raise ValueError("WKB: expected little-endian lines, polygons or multipolygons")
    bits = np.empty((vertices, 2), np.uint64)
    start = np.zeros(rings + 1, np.int64)
    owner = np.empty(rings, np.int32)
    _fill(content, rows, number, bits, start, owner)
    return Shapes(number, bits.view(np.float64), start, owner)


@compiled
def _big(content: Bytes, at: int) -> int:
    """A signed big-endian int4."""
    value = 0
    for byte in range(4):
        value = (value << 8) | int(content[at + byte])
    return value - (1 << 32) if value >= (1 << 31) else value


@compiled
def _little(content: Bytes, at: int) -> int:
    """An unsigned little-endian int4."""
    value = 0
    for byte in range(4):
        value |= int(content[at + byte]) << (8 * byte)
    return value


@compiled
def _row_starts(content: Bytes, begin: int, end: int) -> Int64Array:
    count, at = 0, begin
    while at < end:
        at += ROW_HEAD + _big(content, at + ROW_HEAD - 4)
        count += 1
    rows = np.empty(count, np.int64)
    at = begin
    for row in range(count):
        rows[row] = at
        at += ROW_HEAD + _big(content, at + ROW_HEAD - 4)
    return rows


@compiled
def _numbers(content: Bytes, rows: Int64Array) -> Int32Array:
    numbers = np.empty(len(rows), np.int32)
    for i in range(len(rows)):
        numbers[i] = _big(content, rows[i] + 6)
    return numbers


@compiled
def _polygon_counts(content: Bytes, at: int) -> tuple[int, int, int]:
    """Rings, vertices and the end of one polygon that starts at its byte order."""
    rings, vertices = _little(content, at + 5), 0
    at += 9
    for _ in range(rings):
        count = _little(content, at)
        vertices += count
        at += 4 + 16 * count
    return rings, vertices, at


@compiled
def _counted(content: Bytes, rows: Int64Array) -> tuple[int, int]:
    rings, vertices = 0, 0
    for i in range(len(rows)):
        at = rows[i] + ROW_HEAD
        kind = _little(content, at + 1)
        if content[at] != 1 or kind not in (LINE, POLYGON, MULTI_POLYGON):
            return UNKNOWN, UNKNOWN
        if kind == LINE:
            rings += 1
            vertices += _little(content, at + 5)
            continue
        parts = 1
        if kind == MULTI_POLYGON:
            parts = _little(content, at + 5)
            at += 9
        for _ in range(parts):
            more_rings, more_vertices, at = _polygon_counts(content, at)
            rings += more_rings
            vertices += more_vertices
    return rings, vertices


@compiled
def _copy_points(content: Bytes, at: int, count: int, bits: NDArray[np.uint64], place: int) -> None:
    for i in range(count):
        for axis in range(2):
            value = np.uint64(0)
            for byte in range(8):
                value |= np.uint64(content[at + 16 * i + 8 * axis + byte]) << np.uint64(8 * byte)
            bits[place + i, axis] = value


@compiled
def _fill(
    content: Bytes,
    rows: Int64Array,
    number: Int32Array,
    bits: NDArray[np.uint64],
    start: Int64Array,
    owner: Int32Array,
) -> None:
    ring, place = 0, 0
    for i in range(len(rows)):
        at = rows[i] + ROW_HEAD
        kind = _little(content, at + 1)
        parts = 1
        if kind == MULTI_POLYGON:
            parts = _little(content, at + 5)
            at += 9
        for _ in range(parts):
            rings = 1
            if kind == LINE:
                at += 5
            else:
                rings = _little(content, at + 5)
                at += 9
            for _ring in range(rings):
                count = _little(content, at)
                _copy_points(content, at + 4, count, bits, place)
                at += 4 + 16 * count
                place += count
                owner[ring] = number[i]
                ring += 1
                start[ring] = place
