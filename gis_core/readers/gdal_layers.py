"""GeoPackage, FlatGeobuf and Shapefile through GDAL, one local copy with a fixed name at a time.

GDAL opens whatever a path suggests: addresses, archives, virtual files that point at other
files. So it only ever sees a copy that we named, in a folder of its own, whose first bytes
we have looked at.
"""

import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _
from pyogrio.errors import DataSourceError

from gis_core.errors import TooLarge, UnreadableFile, UnsafeFile
from gis_core.readers.plain_layers import Layer, VectorLayer
from gis_core.readers.text_encoding import codec_named

GDAL_ERRORS = (DataSourceError, RuntimeError, ValueError, UnicodeDecodeError, shapely.errors.GEOSException)


def _damaged(named: str, cause: object) -> UnreadableFile:
    return UnreadableFile(
        _("“%(name)s”已损坏或不完整，无法读取（%(cause)s）。请重新导出后上传。")
        % {"name": named, "cause": str(cause)[:160]},
        file=named,
    )


def layers_in(path: Path, *, named: str) -> list[VectorLayer]:
    """The layers that carry geometry."""
    try:
        names = [name for name, kind in pyogrio.list_layers(path).tolist() if kind is not None]
        return [_described(path, name) for name in names]
    except GDAL_ERRORS as err:
        raise _damaged(named, err) from err


def _described(path: Path, layer: str) -> VectorLayer:
    found = pyogrio.read_info(path, layer=layer, force_feature_count=True)
    fields = [str(field) for field in found["fields"]]
    return VectorLayer(layer, str(found["geometry_type"]), int(found["features"]), fields, found["crs"])


def read_layer(
    path: Path, layer: VectorLayer, *, named: str, encoding: str | None = None, max_rows: int
) -> Layer:
    """Every row of a layer, or a refusal: a file that ends early gives no half of itself."""
    if layer.row_count > max_rows:
        raise TooLarge(
            _("“%(name)s”有 %(met)d 行，多于 %(limit)d 行。请分区后上传。")
            % {"name": named, "met": layer.row_count, "limit": max_rows},
            file=named,
            count=layer.row_count,
        )
    try:
        meta, _fids, geometry, fields = pyogrio.raw.read(
            path, layer=layer.name, encoding=encoding, force_2d=True
        )
        shapes = shapely.from_wkb(geometry, on_invalid="ignore").tolist()
    except GDAL_ERRORS as err:
        raise _damaged(named, err) from err
    if len(shapes) != layer.row_count:
        raise _damaged(named, f"{len(shapes)} / {layer.row_count}")
    kinds = [str(kind) for kind in meta.get("ogr_types", meta["dtypes"])]
    columns = [_plain_column(values, kind) for values, kind in zip(fields, kinds, strict=True)]
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _shape in shapes]
    return Layer(layer.name, [str(name) for name in meta["fields"]], rows, shapes, meta["crs"])


def _plain_column(values: Any, kind: str) -> list[Any]:
    """Python values with None for what is missing; whole numbers stay whole although GDAL's gaps are NaN."""
    if values.dtype.kind == "M":
        unit = "D" if values.dtype == np.dtype("datetime64[D]") else "ms"
        return list(values.astype(f"datetime64[{unit}]").tolist())
    if values.dtype.kind == "f":
        is_whole = "Integer" in kind or "int" in kind
        convert: Callable[[float], Any] = int if is_whole else float
        return [None if np.isnan(value) else convert(value) for value in values.tolist()]
    plain = values.tolist()
    return [value.decode("utf-8", "replace") if isinstance(value, bytes) else _text(value) for value in plain]


def _text(value: Any) -> Any:
    if isinstance(value, np.ndarray | list):
        return "；".join(map(str, value))
    return (value.strip() or None) if isinstance(value, str) else value


# --- Looks before GDAL does -------------------------------------------------------------


def check_geopackage(path: Path, *, named: str) -> None:
    """SQLite's own check, since GDAL reads a cut-off file as a shorter one."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            _require_plain_tables(database, named=named)
            database.execute("SELECT count(*) FROM gpkg_contents").fetchone()
    except sqlite3.DatabaseError as err:
        raise _damaged(named, err) from err
    if verdict != "ok":
        raise _damaged(named, verdict)


PLAIN_TABLES = "type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"


def _require_plain_tables(database: sqlite3.Connection, *, named: str) -> None:
    """What GDAL reads must be rows: a view is a program of the file's maker and may never end."""
    others = f"SELECT name FROM sqlite_master WHERE NOT ({PLAIN_TABLES}) AND type IN ('table', 'view')"  # noqa: S608
    frame = "(name LIKE 'gpkg~_%' ESCAPE '~' OR type = 'view' AND name LIKE 'rtree~_%' ESCAPE '~')"
    own = [str(name) for (name,) in database.execute(f"{others} AND {frame}")]
    if not own:
        layers = "SELECT lower(table_name) FROM gpkg_contents"
        own = [str(name) for (name,) in database.execute(f"{others} AND lower(name) IN ({layers})")]
    if own:
        raise UnsafeFile(
            _("“%(name)s”的图层“%(layer)s”是视图，不是数据表，未载入。请另存为普通图层后上传。")
            % {"name": named, "layer": own[0][:60]},
            file=named,
            layer=own[0][:60],
        )


def check_shapefile(shp: Path, *, named: str) -> None:
    """Compare what the headers of .shp and .dbf promise with what is there."""
    with shp.open("rb") as file:
        head = file.read(28)
    if len(head) < 28 or struct.unpack(">i", head[:4])[0] != 9994:
        raise _damaged(named, _(".shp 文件头无效"))
    promised_bytes = struct.unpack(">i", head[24:28])[0] * 2
    if promised_bytes > shp.stat().st_size:
        raise _damaged(named, _(".shp 应有 %(expected)d 字节，只有 %(met)d 字节") % {
            "expected": promised_bytes, "met": shp.stat().st_size,
        })  # fmt: skip
    dbf = shp.with_suffix(".dbf")
    if dbf.exists():
        with dbf.open("rb") as file:
            head = file.read(12)
        rows, header_bytes, row_bytes = struct.unpack("<IHH", head[4:12]) if len(head) == 12 else (1, 0, 1)
        if header_bytes + rows * row_bytes > dbf.stat().st_size:
            raise _damaged(named, _(".dbf 不完整"))


def shapefile_encoding(shp: Path) -> str:
    """What the .cpg says, else the encoding that the text of the .dbf can be read in."""
    cpg, dbf = shp.with_suffix(".cpg"), shp.with_suffix(".dbf")
    stated = codec_named(cpg.read_text("ascii", "ignore")) if cpg.exists() else None
    if stated:
        return stated
    content = dbf.read_bytes() if dbf.exists() else b""
    for candidate in ("utf-8", "gb18030"):
        try:
            content[32:].decode(candidate)
        except UnicodeDecodeError:
            continue
        return candidate
    return "gb18030"
