"""GeoJSON, read by the standard library.

Some JSON files are programs to GDAL (pipelines that open other files and addresses), so
JSON is never handed to it. Rows keep the order of the file.
"""

import json
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from gis_core.errors import UnknownFormat, UnreadableFile
from gis_core.readers.plain_layers import Layer
from gis_core.readers.text_encoding import decoded

BARE_KINDS = {
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
}
WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_geojson(path: Path, *, encoding: str | None = None) -> Layer:
    """All features of a GeoJSON file; a geometry that cannot be built becomes None.

    Raises:
        UnreadableFile: not JSON, or cut off, with the line.
        UnknownFormat: JSON of another kind.
    """
    text, _encoding = decoded(path.read_bytes(), named=path.name, encoding=encoding)
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as err:
        line = getattr(err, "lineno", 0)
        raise UnreadableFile(
            _("“%(name)s”第 %(line)d 行起不是完整的 JSON。请重新导出后上传。")
            % {"name": path.name, "line": line},
            file=path.name,
            line=line,
        ) from err
    features = _features(document, named=path.name)
    columns = list(dict.fromkeys(key for feature in features for key in _properties(feature)))
    return Layer(
        name=str(document.get("name") or path.stem),
        columns=columns,
        values=[[_plain(_properties(feature).get(column)) for column in columns] for feature in features],
        geometries=[_geometry(feature.get("geometry")) for feature in features],
        crs=_crs(document),
    )


def _features(document: Any, *, named: str) -> list[dict[str, Any]]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        return [document]
    if kind in BARE_KINDS:  # a boundary is often saved as its geometry alone
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    features = document.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise UnknownFormat(
            _("“%(name)s”是 JSON，但不是 GeoJSON 要素集合（type 为“%(met)s”）。请导出为 FeatureCollection。")
            % {"name": named, "met": str(kind)[:40]},
            file=named,
        )
    return features


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _geometry(member: Any) -> shapely.Geometry | None:
    if not isinstance(member, dict):
        return None
    try:
        return shapely.force_2d(shapely.from_geojson(json.dumps(member)))
    except (shapely.errors.GEOSException, ValueError):
        return None


def _crs(document: dict[str, Any]) -> str:
    """The old `crs` member if there is one; the format itself says WGS-84."""
    member = document.get("crs")
    properties = member.get("properties") if isinstance(member, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not name or name.endswith(WGS84_NAMES):
        return "EPSG:4326"
    return name.replace("urn:ogc:def:crs:EPSG::", "EPSG:")
