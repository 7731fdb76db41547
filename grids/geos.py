"""Between Django's geometries and shapely's: the only crossing."""

from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from shapely.geometry.base import BaseGeometry

from gis_core.crs import geometry_to_lonlat, geometry_to_metres, metric_zone

SRID = 4326


def to_shapely(geometry: GEOSGeometry | None) -> Any:
    """A shapely copy; None stays None."""
    return None if geometry is None else shapely.from_wkb(bytes(geometry.wkb))


def to_geos(geometry: BaseGeometry) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=SRID)


def as_multipolygon(geometry: BaseGeometry) -> BaseGeometry:
    """A polygon as a multipolygon; a collection loses what is not a polygon."""
    if geometry.geom_type == "Polygon":
        return shapely.multipolygons([geometry])
    if geometry.geom_type == "GeometryCollection":
        parts = [part for part in shapely.get_parts(geometry) if "Polygon" in part.geom_type]
        return as_multipolygon(shapely.union_all(parts)) if parts else shapely.MultiPolygon()
    return geometry


def wider(outline: BaseGeometry, by_m: float) -> BaseGeometry:
    """A lon/lat outline drawn out by so many metres."""
    centre = outline.centroid
    zone = metric_zone(lon=centre.x, lat=centre.y)
    return geometry_to_lonlat(geometry_to_metres(outline, zone).buffer(by_m, quad_segs=4), zone)
