"""Many rows into one table by COPY: the only way that an import writes its bulk."""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import shapely
from django.db import connection, models

ROWS_AT_ONCE = 20_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""})


def copy_columns(model: type[models.Model], columns: Mapping[str, Any], *, table: str = "") -> int:
    """Append rows given column by column; returns how many.

    Keys are column names of the model's table (or of `table`). Numbers, booleans, text, None, lists
    of text, dicts (JSON) and shapely geometries in lon/lat are understood.
    """
    texts = [_texts(values) for values in columns.values()]
    lengths = {len(column) for column in texts}
    if len(lengths) != 1:
        raise ValueError(f"columns of different lengths: {sorted(lengths)}")
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    target = connection.ops.quote_name(table or model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} ({names}) FROM STDIN", _Rows(texts))
    return lengths.pop()


def primary_keys(queryset: "models.QuerySet[Any]", key: str) -> dict[Any, int]:
    """What the database called the rows just written, by their own number or id."""
    return dict(queryset.values_list(key, "pk"))


def _texts(values: Sequence[Any]) -> list[str]:
    """One column as COPY text."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        return list(map(str, values.tolist()))
    if isinstance(values, np.ndarray) and values.dtype.kind == "b":
        return ["t" if value else "f" for value in values.tolist()]
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if listed and isinstance(listed[0], shapely.Geometry) and all(listed):
        return _geometries(listed)
    return [_text(value) for value in listed]


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool | np.bool_):
        return "t" if value else "f"
    if isinstance(value, shapely.Geometry):
        return _geometries([value])[0]
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(value, list | tuple):
        quoted = (str(part).replace("\\", "\\\\").replace('"', '\\"') for part in value)
        return ("{" + ",".join(f'"{part}"' for part in quoted) + "}").translate(_ESCAPES)
    return str(value)


def _geometries(geometries: Sequence[shapely.Geometry]) -> list[str]:
    marked = shapely.set_srid(np.array(geometries, dtype=object), 4326)
    return list(shapely.to_wkb(marked, hex=True, include_srid=True))


class _Rows:
    """What psycopg2 reads from: rows joined a block at a time, so that the table is not held twice."""

    def __init__(self, columns: Sequence[Sequence[str]]) -> None:
        self._rows = zip(*columns, strict=True)
        self._block = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        if self._at >= len(self._block):
            rows = islice(self._rows, ROWS_AT_ONCE)
            self._block = "".join("\t".join(row) + "\n" for row in rows).encode()
            self._at = 0
        part = self._block[self._at : self._at + size] if size >= 0 else self._block[self._at :]
        self._at += len(part)
        return part
