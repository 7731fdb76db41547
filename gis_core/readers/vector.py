"""Vector files of survey offices → plain rows with lon/lat geometry, all of them or none.

A geometry without a coordinate system is refused unless the user names one. GCJ-02 and
BD-09 cannot be seen in a file, so they count only when the user names them; the file's
own coordinates are then kept beside the result.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import (
    MissingChoice,
    MissingCRS,
    RowError,
    RowErrors,
    UnknownCRS,
    UnreadableFile,
)
from gis_core.readers.gdal_layers import layers_in, read_layer, shapefile_encoding
from gis_core.readers.geojson import read_geojson
from gis_core.readers.plain_layers import Layer
from gis_core.readers.plain_layers import VectorLayer as VectorLayer
from gis_core.readers.vector_files import recognised_vector_file

MAX_ROWS = 2_000_000
GEOMETRY_KINDS = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}


@dataclass(frozen=True, slots=True)
class VectorRow:
    row: int  # 1-based place in the file
    values: dict[str, Any]
    geometry: Any  # shapely, lon/lat
    raw_geometry: Any = None  # as in the file, when its coordinates were other than lon/lat


@dataclass(frozen=True)
class VectorRows:
    layer: str
    columns: list[str]
    rows: list[VectorRow]
    system: str  # key of the coordinate system that the coordinates were read in
    source_crs: str | None  # what the file itself states
    repaired: list[int]  # rows whose invalid outline was mended on request


def layers_of(path: Path | str) -> list[VectorLayer]:
    """Layers to choose from."""
    with recognised_vector_file(Path(path)) as (file, kind):
        if kind == "geojson":
            layer = read_geojson(file)
            return [VectorLayer(layer.name, "Unknown", len(layer.values), layer.columns, layer.crs)]
        return layers_in(file, named=Path(path).name)


def read_vector(
    path: Path | str,
    *,
    layer: str | None = None,
    system: str | None = None,
    encoding: str | None = None,
    repair: bool = False,
    geometry_kinds: Collection[str] | None = None,
    max_rows: int = MAX_ROWS,
) -> VectorRows:
    """Read one layer of a GeoPackage, GeoJSON, FlatGeobuf or Shapefile (zip or folder).

    Args:
        layer: needed when the file has several.
        system: what the user says the coordinates are; see `crs.source_system`.
        encoding: of the text; found out when absent.
        repair: mend invalid outlines and list their rows instead of refusing them.
        geometry_kinds: of "point", "line", "polygon"; others are refused by row.

    Raises:
        UnreadableFile, UnknownFormat, UnsafeFile, TooLarge, MissingChoice, MissingCRS,
        UnknownCRS, WrongCoordinates, RowErrors: nothing was loaded.
    """
    path = Path(path)
    with recognised_vector_file(path) as (file, kind):
        if kind == "geojson":
            found = read_geojson(file, encoding=encoding)
        else:
            text = encoding or (shapefile_encoding(file) if kind == "shp" else None)
            chosen = _chosen(layers_in(file, named=path.name), layer, named=path.name)
            found = read_layer(file, chosen, named=path.name, encoding=text, max_rows=max_rows)
    if not found.values:
        raise UnreadableFile(
            _("“%(name)s”里没有任何要素。请检查导出范围。") % {"name": path.name}, file=path.name
        )
    source = _source_system(found.crs, system, named=path.name)
    return _located(found, source, repair=repair, kinds=geometry_kinds)


def _chosen(layers: list[VectorLayer], wanted: str | None, *, named: str) -> VectorLayer:
    matching = [layer for layer in layers if wanted is None or layer.name == wanted]
    if len(matching) == 1:
        return matching[0]
    if not layers:
        raise UnreadableFile(_("“%(name)s”里没有带几何的图层。") % {"name": named}, file=named)
    names = [layer.name for layer in layers]
    raise MissingChoice(
        _("“%(name)s”有 %(count)d 个图层（%(listed)s）。请指明要导入哪一个。")
        % {"name": named, "count": len(names), "listed": "、".join(names[:20])},
        file=named,
        choices=names,
    )


# --- Where it is --------------------------------------------------------------------------


def _source_system(stated: str | None, named_by_user: str | None, *, named: str) -> crs.SourceSystem:
    """The user's word for lon/lat files; the file's own word for projected ones."""
    by_file = crs.source_system(stated) if stated else None
    if named_by_user is None:
        if by_file is None:
            raise MissingCRS(
                _("“%(name)s”没有写明坐标系（缺少 .prj 或图层坐标系）。请选择它使用的坐标系后重新导入。")
                % {"name": named},
                file=named,
            )
        return by_file
    by_user = crs.source_system(named_by_user)
    if by_file is None or by_file.key in ("wgs84", "cgcs2000") or by_file.key == by_user.key:
        return by_user
    raise UnknownCRS(
        _("“%(name)s”自带坐标系 %(met)s，与所选的 %(expected)s 不一致。请核对后重新选择。")
        % {"name": named, "met": str(by_file.label), "expected": str(by_user.label)},
        file=named,
    )


def _located(
    found: Layer, source: crs.SourceSystem, *, repair: bool, kinds: Collection[str] | None
) -> VectorRows:
    shapes = np.array(found.geometries, dtype=object)
    repaired = _checked_shapes(shapes, repair=repair, kinds=kinds)
    lonlat = crs.geometry_from_source(shapes, source)
    keeps_raw = source.key not in ("wgs84", "cgcs2000")
    rows = [
        VectorRow(
            i + 1,
            dict(zip(found.columns, values, strict=True)),
            lonlat[i],
            found.geometries[i] if keeps_raw else None,
        )
        for i, values in enumerate(found.values)
    ]
    return VectorRows(found.name, found.columns, rows, source.key, found.crs, repaired)


def _checked_shapes(shapes: Any, *, repair: bool, kinds: Collection[str] | None) -> list[int]:
    """Refuse rows without a usable geometry; with `repair`, mend in place and name the rows."""
    errors: list[RowError] = []
    repaired: list[int] = []
    for i in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)).tolist():
        if repair:
            shapes[i] = shapely.make_valid(shapes[i], method="structure", keep_collapsed=False)
            repaired.append(i + 1)
        else:
            met = shapely.is_valid_reason(shapes[i])
            errors.append(RowError(i + 1, "geometry", met, _("不自相交的有效图形（或选择自动修正）")))
    allowed = {number for kind in kinds or GEOMETRY_KINDS for number in GEOMETRY_KINDS[kind]}
    for i, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            errors.append(RowError(i + 1, "geometry", _("无几何"), _("每行都有几何")))
        elif shapely.get_type_id(shape) not in allowed:
            errors.append(RowError(i + 1, "geometry", shape.geom_type, "、".join(kinds or GEOMETRY_KINDS)))
    if errors:
        raise RowErrors(sorted(errors))
    return repaired
