"""Coordinate systems: the only file that transforms coordinates.

Tables and the wire speak lon/lat (EPSG:4326). Metres exist only inside a place's own
3-degree Gauss–Krüger zone. China's shifted systems, GCJ-02 (Amap, Tencent) and BD-09
(Baidu), are import options that the user must name: `shifted_systems.py` says how exact
they are.

Arrays are float64 of shape (n, 2), x before y, lon before lat. Nothing is changed in place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import ArrayLike
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from gis_core.coordinate_checks import WORLD, as_pairs, inside, wrong_row
from gis_core.coordinate_checks import Extent as Extent
from gis_core.coordinate_checks import FloatArray as FloatArray
from gis_core.coordinate_checks import require_lonlat as require_lonlat
from gis_core.errors import UnknownCRS
from gis_core.shifted_systems import bd09_to_gcj02 as bd09_to_gcj02
from gis_core.shifted_systems import bd09_to_wgs84 as bd09_to_wgs84
from gis_core.shifted_systems import gcj02_to_bd09 as gcj02_to_bd09
from gis_core.shifted_systems import gcj02_to_wgs84 as gcj02_to_wgs84
from gis_core.shifted_systems import in_china as in_china
from gis_core.shifted_systems import wgs84_to_bd09 as wgs84_to_bd09
from gis_core.shifted_systems import wgs84_to_gcj02 as wgs84_to_gcj02

WGS84 = "EPSG:4326"
CGCS2000 = "EPSG:4490"
MERCATOR = "EPSG:3857"
MERCATOR_MAX_LAT = 85.0511287798066

_GEOD = Geod(ellps="GRS80")


class LonLat(NamedTuple):
    """One place in degrees; the names keep the two numbers from being exchanged."""

    lon: float
    lat: float


# --- Metres ---------------------------------------------------------------------------


@dataclass(frozen=True)
class MetricZone:
    """A 3-degree Gauss–Krüger zone: metres with an error of scale below 1 in 3,000 anywhere in it.

    Inside China it is the registered CGCS2000 zone without zone prefix (EPSG 4534 to 4554,
    central meridians 75°E to 135°E); elsewhere the same projection is spelled out.
    """

    central_meridian: int
    south: bool = False
    epsg: int | None = None

    @property
    def definition(self) -> str:
        if self.epsg is not None:
            return f"EPSG:{self.epsg}"
        return (
            f"+proj=tmerc +lat_0=0 +lon_0={self.central_meridian} +k=1 +x_0=500000 "
            f"+y_0={10_000_000 if self.south else 0} +ellps=GRS80 +units=m +no_defs +type=crs"
        )

    @property
    def geographic(self) -> str:
        """Lon/lat on the zone's own datum, so that only the projection is computed, no datum shift.

        CGCS2000 and WGS-84 differ by less than survey error and are taken as one.
        """
        return CGCS2000 if self.epsg is not None else "+proj=longlat +ellps=GRS80 +no_defs +type=crs"


def metric_zone(*, lon: float, lat: float) -> MetricZone:
    """The zone whose central meridian is nearest to a place."""
    require_lonlat([(lon, lat)])
    meridian = round(lon / 3.0) * 3
    if 75 <= meridian <= 135 and bool(in_china([(lon, lat)])[0]):
        return MetricZone(meridian, epsg=4534 + (meridian - 75) // 3)
    return MetricZone(meridian, south=lat < 0)


@lru_cache(maxsize=128)
def _transformer(source: str, target: str) -> Transformer:
    """always_xy: the registry says lat/long for 4490 and northing first for 4513 to 4554."""
    return Transformer.from_crs(source, target, always_xy=True)


def _transform(points: ArrayLike, source: str, target: str) -> FloatArray:
    x, y = as_pairs(points).T
    return np.column_stack(_transformer(source, target).transform(x, y)).astype(np.float64)


def to_metres(lonlat: ArrayLike, zone: MetricZone) -> FloatArray:
    return _transform(lonlat, zone.geographic, zone.definition)


def to_lonlat(xy_m: ArrayLike, zone: MetricZone) -> FloatArray:
    return _transform(xy_m, zone.definition, zone.geographic)


def geometry_to_metres(geometry: Any, zone: MetricZone) -> Any:
    """A copy in metres of a shapely geometry, or of an array of them."""
    return shapely.transform(geometry, lambda lonlat: to_metres(lonlat, zone))


def geometry_to_lonlat(geometry: Any, zone: MetricZone) -> Any:
    """A copy in lon/lat of a shapely geometry in metres, or of an array of them."""
    return shapely.transform(geometry, lambda xy_m: to_lonlat(xy_m, zone))


def to_mercator(lonlat: ArrayLike) -> FloatArray:
    """Web Mercator, for drawing only: a length there is 28–32 % too long in northern China."""
    points = as_pairs(lonlat).copy()
    points[:, 1] = np.clip(points[:, 1], -MERCATOR_MAX_LAT, MERCATOR_MAX_LAT)
    return _transform(points, WGS84, MERCATOR)


def geodesic_distance_m(from_lonlat: ArrayLike, to_lonlat: ArrayLike) -> FloatArray:
    """Shortest length on the ellipsoid between places taken pairwise."""
    start, end = as_pairs(from_lonlat), as_pairs(to_lonlat)
    *_azimuths, distance_m = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(distance_m, dtype=np.float64)


def geodesic_segments_m(lonlat: ArrayLike, start: ArrayLike) -> FloatArray:
    """Length of every piece of many lines laid end to end.

    Args:
        lonlat: (c, 2) vertices of all lines, one line after the other.
        start: (w + 1,) where each line begins in `lonlat`; `start[-1] == c`, no line is empty.

    Returns:
        (c - w,) metres; the pieces of line i sit at `start[i] - i` to `start[i + 1] - i - 1`.
    """
    points, begin = as_pairs(lonlat), np.asarray(start, dtype=np.int64)
    if begin[-1] != len(points) or (np.diff(begin) < 1).any():
        raise ValueError("start must rise from 0 to the number of vertices, one vertex or more a line")
    inside = np.ones(max(len(points) - 1, 0), dtype=bool)
    inside[begin[1:-1] - 1] = False
    return geodesic_distance_m(points[:-1][inside], points[1:][inside])


def geodesic_length_m(lonlat: ArrayLike, start: ArrayLike) -> FloatArray:
    """(w,) length of each line; shapes as in `geodesic_segments_m`."""
    begin = np.asarray(start, dtype=np.int64)
    pieces = geodesic_segments_m(lonlat, begin)
    total = np.concatenate(([0.0], np.cumsum(pieces)))
    edge = begin - np.arange(len(begin))
    edge[-1] = len(pieces)
    return np.asarray(total[edge[1:]] - total[edge[:-1]], dtype=np.float64)


def area_m2(geometry: Any) -> float:
    """Area on the ellipsoid of a lon/lat polygon; holes count as holes whatever their winding."""
    ordered = shapely.orient_polygons(geometry)
    return abs(float(_GEOD.geometry_area_perimeter(ordered)[0]))


def areas_m2(geometries: Sequence[Any]) -> FloatArray:
    return np.array([area_m2(geometry) for geometry in geometries], dtype=np.float64)


# --- Coordinate systems of imported files ------------------------------------------------


@dataclass(frozen=True)
class SourceSystem:
    """A coordinate system that a user names for a file; `crs` is None for the shifted ones."""

    key: str
    label: str | Promise
    crs: str | None = None

    @property
    def is_shifted(self) -> bool:
        return self.crs is None


SOURCE_SYSTEMS: dict[str, SourceSystem] = {
    "wgs84": SourceSystem("wgs84", gettext_lazy("WGS-84 经纬度（GPS、OpenStreetMap）"), WGS84),
    "cgcs2000": SourceSystem("cgcs2000", gettext_lazy("CGCS2000 经纬度（国家大地坐标系、天地图）"), CGCS2000),
    "gcj02": SourceSystem("gcj02", gettext_lazy("GCJ-02（高德、腾讯地图）")),
    "bd09": SourceSystem("bd09", gettext_lazy("BD-09（百度地图）")),
}
_TO_WGS84 = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
_FROM_WGS84 = {"gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}


@lru_cache(maxsize=128)
def source_system(named: str) -> SourceSystem:
    """Read what a user or a file calls its system: a key, an EPSG code, a PROJ string or WKT."""
    text = named.strip()
    key = text.lower().replace("-", "").replace("_", "")
    if key in SOURCE_SYSTEMS:
        return SOURCE_SYSTEMS[key]
    try:
        if text.startswith("+") and "/" in text:  # a path to a grid file of this machine
            raise CRSError(text)
        found = CRS.from_user_input(int(text) if text.isdigit() else text)
    except (CRSError, OverflowError) as err:
        raise UnknownCRS(
            _(
                "不认识坐标系“%(met)s”。请填写 wgs84、cgcs2000、gcj02、bd09、"
                "EPSG 代码（如 EPSG:4547）或 PROJ 字符串。"
            )
            % {"met": text[:80]},
            met=text[:80],
        ) from err
    if not (found.is_geographic or found.is_projected):
        raise UnknownCRS(
            _("“%(met)s”不是平面或经纬度坐标系，无法用于地图数据。请填写经纬度或投影坐标系。")
            % {"met": text[:80]},
            met=text[:80],
        )
    authority = found.to_authority(min_confidence=70)
    if authority in {("EPSG", "4326"), ("EPSG", "4490")}:
        return SOURCE_SYSTEMS["wgs84" if authority[1] == "4326" else "cgcs2000"]
    key = ":".join(authority) if authority else found.to_wkt()
    return SourceSystem(key, found.name, key)


def _as_system(system: str | SourceSystem) -> SourceSystem:
    return system if isinstance(system, SourceSystem) else source_system(system)


# Cities use their zone somewhat beyond its edge; further out the zone or the axes are wrong.
AREA_OF_USE_MARGIN_DEG = 5.0


@lru_cache(maxsize=128)
def _area_of_use(crs: str) -> Extent | None:
    area = CRS.from_user_input(crs).area_of_use
    if area is None or area.west > area.east:
        return None
    margin = AREA_OF_USE_MARGIN_DEG
    return (area.west - margin, area.south - margin, area.east + margin, area.north + margin)


def _require_area_of_use(
    xy: FloatArray, lonlat: FloatArray, system: SourceSystem, rows: Sequence[int] | None
) -> None:
    """Refuse coordinates that a projected system sends to where it is not used."""
    assert system.crs is not None
    extent = _area_of_use(system.crs) or WORLD
    for index in np.flatnonzero(~inside(lonlat, extent))[:1]:
        swapped = _transform(xy[index : index + 1, ::-1], system.crs, WGS84)
        if bool(inside(swapped, extent)[0]):
            sentence = _(
                "第 %(row)d 行的坐标轴可能写反（%(x)s, %(y)s）：应为东坐标在前、北坐标在后。"
                "请交换两列后重新上传。"
            )
        else:
            sentence = _(
                "第 %(row)d 行的坐标（%(x)s, %(y)s）不在所选坐标系的适用范围内。"
                "请核对坐标系、带号和坐标轴顺序。"
            )
        raise wrong_row(sentence, index, xy, rows)


def from_source(
    xy: ArrayLike, system: str | SourceSystem, *, rows: Sequence[int] | None = None
) -> FloatArray:
    """Lon/lat of a file's coordinates, x (or longitude, easting) first whatever the registry says.

    Raises:
        UnknownCRS: `system` names no coordinate system.
        WrongCoordinates: swapped, out of range, or outside where the system is used.
    """
    points, source = as_pairs(xy), _as_system(system)
    if source.crs is None:
        require_lonlat(points, rows=rows)
        return _TO_WGS84[source.key](points)
    if source.crs in (WGS84, CGCS2000):
        require_lonlat(points, rows=rows)
        return points.copy()
    lonlat = _transform(points, source.crs, WGS84)
    _require_area_of_use(points, lonlat, source, rows)
    return lonlat


def to_source(lonlat: ArrayLike, system: str | SourceSystem) -> FloatArray:
    """Coordinates of an exported file in the system that its reader asked for."""
    points, target = as_pairs(lonlat), _as_system(system)
    if target.crs is None:
        return _FROM_WGS84[target.key](points)
    if target.crs in (WGS84, CGCS2000):
        return points.copy()
    return _transform(points, WGS84, target.crs)


def geometry_from_source(
    geometries: Any, system: str | SourceSystem, *, rows: Sequence[int] | None = None
) -> Any:
    """Lon/lat copies of an array of shapely geometries; `rows` name them one by one."""
    array = np.asarray(geometries, dtype=object)
    xy, owner = shapely.get_coordinates(array, return_index=True)
    names = None if rows is None else np.asarray(rows)[owner].tolist()
    if names is None:
        names = (owner + 1).tolist()
    return shapely.set_coordinates(shapely.force_2d(array), from_source(xy, system, rows=names))
