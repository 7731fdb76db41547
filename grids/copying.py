"""Binary COPY, both ways: rows of PostgreSQL to columns of numpy and back.

The format is the one documented for COPY … (FORMAT binary): a header of 19 bytes, then per row a
count of fields and per field its length and its bytes, big-endian, then a trailer. Rows whose
fields all have a fixed width are read and written as one structured array.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from grids.kernels.wkb import Shapes, parsed

SQL_DIR = Path(__file__).parent / "sql"
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

ARRAY_OIDS = {">i2": 21, ">i4": 23, ">f8": 701}


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


def shapes(sql_file: str, parameters: Mapping[str, Any]) -> Shapes:
    """Lines or outlines of a query of two columns: int4 and little-endian WKB, neither null."""
    content = _copy_out(sql_file, parameters)
    return parsed(content, len(HEADER), len(content) - len(TRAILER))


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
    """Append rows, already in COPY's binary layout, to a table. Names are ours, never a user's.

    The chunks are made in a second thread: they must not need the database.
    """
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT binary)"
    with ThreadPoolExecutor(1) as maker, connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, _Stream(chunks, maker), size=1 << 18)


def row_of(
    fields: Sequence[NDArray[Any] | bytes | None], count: int, *, last: Sequence[bytes] | None = None
) -> bytes:
    """`count` rows: an array gives each row its value, bytes are the same in every row, None is null.

    `last` is one more field, of any width in each row.
    """
    layout: list[tuple[str, Any]] = [("fields", ">i2")]
    for i, field in enumerate(fields):
        layout.append((f"length{i}", ">i4"))
        if isinstance(field, np.ndarray):
            layout.append((f"value{i}", field.dtype))
        elif field is not None:
            layout.append((f"value{i}", f"V{len(field)}"))
    rows = np.zeros(count, np.dtype(layout))
    rows["fields"] = len(fields) + (last is not None)
    for i, field in enumerate(fields):
        if field is None:
            rows[f"length{i}"] = -1
            continue
        rows[f"length{i}"] = field.dtype.itemsize if isinstance(field, np.ndarray) else len(field)
        rows[f"value{i}"] = field if isinstance(field, np.ndarray) else np.void(field)
    if last is None:
        return rows.tobytes()
    heads = memoryview(rows.tobytes())
    width = rows.itemsize
    return b"".join(
        part
        for i, tail in enumerate(last)
        for part in (heads[i * width : (i + 1) * width], len(tail).to_bytes(4, "big"), tail)
    )


def array_field(values: NDArray[Any], is_null: NDArray[np.bool_], kind: str) -> NDArray[Any]:
    """(n, K) numbers as n PostgreSQL arrays of K elements; the same elements are null in all of them."""
    layout: list[Any] = [("head", ">i4", (5,))]
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
    """What psycopg2 reads a COPY from; the next chunk is made while the last one is sent."""

    def __init__(self, chunks: Iterable[bytes], maker: ThreadPoolExecutor) -> None:
        self._parts = iter(chain([HEADER], chunks, [TRAILER]))
        self._maker = maker
        self._held = memoryview(b"")
        self._coming = maker.submit(next, self._parts, None)

    def read(self, size: int) -> bytes:
        while not len(self._held):
            part = self._coming.result()
            if part is None:
                return b""
            self._coming = self._maker.submit(next, self._parts, None)
            self._held = memoryview(part)
        given, self._held = self._held[:size], self._held[size:]
        return bytes(given)
