"""GeoPackage and GeoJSON in lon/lat, with the attribution inside the file."""

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyogrio
import shapely

from gis_core.crs import WGS84
from gis_core.writers.columns import Column, Target

# 1e-7 degree is 1 cm: finer digits are noise, and on a public page too fine.
DECIMALS = 7
LETTERS: dict[str, Any] = {"integer": np.int64, "number": np.float64, "date": "datetime64[s]", "text": object}
BLANKS: dict[str, Any] = {"integer": 0, "number": np.nan, "date": np.datetime64("NaT"), "text": None}


def write_geopackage(
    path: Path | str,
    layer: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    geometries: Sequence[Any],
    *,
    attribution: str,
) -> int:
    """Write one layer and return its rows; a file that is there already gets a further layer."""
    shapes = np.asarray(geometries, dtype=object)
    table = list(rows)
    if len(table) != len(shapes):
        raise ValueError(f"{len(table)} rows, {len(shapes)} geometries")
    kind, shapes = _one_kind(shapes)
    values = list(zip(*table, strict=True)) if table else [() for _column in columns]
    arrays, masks = zip(
        *(_array(value, column.kind) for value, column in zip(values, columns, strict=True)), strict=True
    )
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(shapes),
        field_data=list(arrays),
        field_mask=list(masks),
        fields=[column.key for column in columns],
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        crs=WGS84,
        append=Path(path).exists(),
        layer_metadata={"attribution": attribution},
        layer_options={"DESCRIPTION": attribution, "SPATIAL_INDEX": "YES"},
    )
    return len(table)


def _one_kind(shapes: Any) -> tuple[str, Any]:
    """A layer has one type: single parts stand as multi beside multi, other mixtures stay mixed."""
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    if kinds == {"Polygon", "MultiPolygon"}:
        wrapped = [
            shapely.MultiPolygon([s]) if s is not None and s.geom_type == "Polygon" else s for s in shapes
        ]
        return "MultiPolygon", np.array(wrapped, dtype=object)
    return (kinds.pop() if len(kinds) == 1 else "Unknown"), shapes


def _array(values: Sequence[Any], kind: str) -> tuple[Any, Any]:
    """One column and where it is empty."""
    is_empty = np.array([value is None or value != value for value in values], dtype=bool)
    plain = [
        BLANKS[kind] if empty else (str(value) if kind == "text" else _plain_time(value))
        for value, empty in zip(values, is_empty, strict=True)
    ]
    return np.array(plain, dtype=LETTERS[kind]), is_empty


def _plain_time(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def write_geojson(
    target: Target,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    geometries: Iterable[Any],
    *,
    attribution: str,
) -> int:
    """Write features as they come and return their number; outer rings run against the clock (RFC 7946)."""
    opened = open(target, "wb") if isinstance(target, Path | str) else nullcontext(target)  # noqa: SIM115
    with opened as binary:
        return _write_features(binary, columns, rows, geometries, attribution)


def _write_features(
    binary: IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    geometries: Iterable[Any],
    attribution: str,
) -> int:
    keys = [column.key for column in columns]
    head = json.dumps({"type": "FeatureCollection", "attribution": attribution}, ensure_ascii=False)
    binary.write((head[:-1] + ', "features": [\n').encode())
    count = 0
    for count, (row, shape) in enumerate(zip(rows, geometries, strict=True), start=1):
        properties = {key: _json_value(value) for key, value in zip(keys, row, strict=True)}
        feature = {"type": "Feature", "properties": properties, "geometry": _rounded(shape)}
        binary.write(((",\n" if count > 1 else "") + json.dumps(feature, ensure_ascii=False)).encode())
    binary.write(b"\n]}\n")
    return count


def _rounded(shape: Any) -> Any:
    if shape is None:
        return None
    turned = shapely.orient_polygons(shape) if "Polygon" in shape.geom_type else shape
    plain = shapely.transform(turned, lambda lonlat: np.round(lonlat, DECIMALS))
    return json.loads(shapely.to_geojson(plain))


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
