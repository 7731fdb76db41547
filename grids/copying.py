"""Binary COPY, both ways: rows of PostgreSQL to columns of numpy and back.

The format is the one documented for COPY … (FORMAT binary): a header of 19 bytes, then per row a
count of fields and per field its length and its bytes, big-endian, then a trailer. Rows whose
fields all have a fixed width are read and written as one structured array.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray

SQL_DIR = Path(__file__).parent / "sql"
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

ARRAY_OIDS = {">i2": 21, ">i4": 23, ">f8": 701}

Float = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


def columns(sql_file: str, parameters: Mapping[str, Any], types: str) -> list[NDArray[Any]]:
    """The columns of a query whose values all have a fixed width and are never null.

    Args:
        types: numpy types of the columns, parted by blanks: "i4 f8 b1".
    """
    kinds = types.split()
    row = row_type(kinds)
    content = _copy_out(sql_file, parameters)
    count, rest = divmod(len(content) - len(HEADER) - len(TRAILER), row.itemsize)
    table = np.frombuffer(content, row, count if not rest else 0, len(HEADER))
    widths = [np.dtype(kind).itemsize for kind in kinds]
    if rest or any((table[f"length{i}"] != width).any() for i, width in enumerate(widths)):
        raise ValueError(f"{sql_file}: a value is null or not of the expected width ({types})")
    return [np.ascontiguousarray(table[f"value{i}"].astype(kind)) for i, kind in enumerate(kinds)]


def geometries(sql_file: str, parameters: Mapping[str, Any]) -> tuple[Int32, list[bytes]]:
    """Numbers and WKB of a query of two columns: int4 and bytea, neither null."""
    content = _copy_out(sql_file, parameters)
    numbers: list[int] = []
    wkb: list[bytes] = []
    at, end = len(HEADER), len(content) - len(TRAILER)
    while at < end:  # 2 bytes field count, 4 + 4 bytes number, 4 bytes length, then the geometry
        start = at + 14
        at = start + int.from_bytes(content[at + 10 : start], "big")
        numbers.append(int.from_bytes(content[start - 8 : start - 4], "big"))
        wkb.append(content[start:at])
    return np.array(numbers, np.int32), wkb


def lines(numbers: Int32, wkb: Sequence[bytes]) -> tuple[Float, Int64]:
    """Vertices of LineStrings, laid end to end in the order of their numbers, and where each begins."""
    ordered = [wkb[i] for i in np.argsort(numbers, kind="stable").tolist()]
    vertices = np.frombuffer(b"".join(line[9:] for line in ordered), "<f8").reshape(-1, 2).astype(np.float64)
    counts = np.fromiter((len(line) for line in ordered), np.int64, len(ordered)) // 16
    return vertices, np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def rings(numbers: Int32, wkb: Sequence[bytes]) -> tuple[Float, Int64, Int32]:
    """All rings of (multi)polygons: vertices, where each ring begins, and the number it belongs to."""
    order = np.argsort(numbers, kind="stable")
    shapes = np.asarray(shapely.from_wkb([wkb[i] for i in order.tolist()]), dtype=object)
    polygon, shape_of = shapely.get_parts(shapes, return_index=True)
    ring, polygon_of = shapely.get_rings(polygon, return_index=True)
    owner = shape_of[polygon_of]
    vertices, ring_of = shapely.get_coordinates(ring, return_index=True)
    counts = np.bincount(ring_of, minlength=len(ring))
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return vertices, starts, numbers[order][owner].astype(np.int32)


def dense(table: list[NDArray[Any]], what: str) -> list[NDArray[Any]]:
    """The rows in the order of their first column, which must number them 0 to n-1."""
    order = np.argsort(table[0], kind="stable")
    ordered = [column[order] for column in table]
    if not np.array_equal(ordered[0], np.arange(len(order))):
        raise ValueError(f"{what}: numbers are not 0 to {len(order) - 1}, each once")
    return ordered


def short_hash(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


def row_type(kinds: Sequence[str]) -> np.dtype[Any]:
    """The layout of one row of fixed-width fields, as COPY writes it."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for i, kind in enumerate(kinds):
        fields += [(f"length{i}", ">i4"), (f"value{i}", np.dtype(kind).newbyteorder(">").str)]
    return np.dtype(fields)


def _copy_out(sql_file: str, parameters: Mapping[str, Any]) -> bytes:
    query = (SQL_DIR / sql_file).read_text(encoding="utf-8")
    received = io.BytesIO()
    with connection.cursor() as cursor:
        raw = cursor.cursor  # psycopg2's own: Django has no COPY
        statement = b"COPY (" + raw.mogrify(query, dict(parameters)) + b") TO STDOUT (FORMAT binary)"
        raw.copy_expert(statement.decode(), received)
    return received.getvalue()


# --- Into the database ------------------------------------------------------------------


def copy_in(table: str, names: str, chunks: Iterable[bytes]) -> None:
    """Append rows, already in COPY's binary layout, to a table. Names are ours, never a user's."""
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, _Stream(chunks), size=1 << 18)


def row_of(fields: Sequence[NDArray[Any] | bytes | None], count: int) -> bytes:
    """`count` rows: an array gives each row its value, bytes are the same in every row, None is null."""
    layout: list[tuple[str, Any]] = [("fields", ">i2")]
    for i, field in enumerate(fields):
        layout.append((f"length{i}", ">i4"))
        if isinstance(field, np.ndarray):
            layout.append((f"value{i}", field.dtype))
        elif field is not None:
            layout.append((f"value{i}", f"V{len(field)}"))
    rows = np.zeros(count, np.dtype(layout))
    rows["fields"] = len(fields)
    for i, field in enumerate(fields):
        if field is None:
            rows[f"length{i}"] = -1
            continue
        rows[f"length{i}"] = field.dtype.itemsize if isinstance(field, np.ndarray) else len(field)
        rows[f"value{i}"] = field if isinstance(field, np.ndarray) else np.void(field)
    return rows.tobytes()


def array_field(values: NDArray[Any], is_null: NDArray[np.bool_], kind: str) -> NDArray[Any]:
    """(n, K) numbers as n PostgreSQL arrays of K elements; the same elements are null in all of them."""
    layout: list[tuple[str, Any]] = [("head", ">i4", (5,))]
    for i, null in enumerate(is_null.tolist()):
        layout.append((f"width{i}", ">i4"))
        if not null:
            layout.append((f"item{i}", kind))
    arrays = np.zeros(len(values), np.dtype(layout))
    # Dimensions, whether there are nulls, element type, size, number of the first element.
    arrays["head"] = (1, int(is_null.any()), ARRAY_OIDS[kind], len(is_null), 1)
    for i, null in enumerate(is_null.tolist()):
        arrays[f"width{i}"] = -1 if null else np.dtype(kind).itemsize
        if not null:
            arrays[f"item{i}"] = values[:, i]
    return arrays


class _Stream:
    """What psycopg2 reads a COPY from: chunks made while it asks for them."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._parts = self._all(chunks)
        self._held = memoryview(b"")

    @staticmethod
    def _all(chunks: Iterable[bytes]) -> Iterator[bytes]:
        yield HEADER
        yield from chunks
        yield TRAILER

    def read(self, size: int) -> bytes:
        while not len(self._held):
            part = next(self._parts, None)
            if part is None:
                return b""
            self._held = memoryview(part)
        given, self._held = self._held[:size], self._held[size:]
        return bytes(given)
