"""The base map under the figures: what is drawn, and from which zoom on. Never computed with."""

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.crs import area_m2
from gis_core.readers.osm import OsmMapFeature
from grids.bulk_load import copy_columns
from grids.models import MapFeature, StreetNetwork
from grids.names import has_han
from grids.streets.coastline import sea_polygons
from grids.streets.walkability import WALKED

# OSM layer -> our layer.
LAYERS = {
    "water": "water",
    "waterway": "water",
    "green": "green",
    "landuse": "land",
    "pier": "land",
    "aeroway": "land",
    "street": "road",
    "railway": "rail",
    "place": "label",
}
ROAD_ZOOMS = {
    **dict.fromkeys(["motorway", "trunk", "motorway_link", "trunk_link"], 10),
    **dict.fromkeys(["primary", "primary_link"], 11),
    **dict.fromkeys(["secondary", "secondary_link"], 12),
    **dict.fromkeys(["tertiary", "tertiary_link", "unclassified"], 13),
    **dict.fromkeys(["residential", "living_street", "pedestrian", "square", "road"], 14),
}
PATH_ZOOM = 15
RAIL_ZOOMS = {"rail": 10, "light_rail": 12, "subway": 12}
WATERWAY_ZOOMS = {"river": 10, "canal": 11}
PLACE_ZOOMS = {
    **dict.fromkeys(["city", "town", "county", "municipality"], 10),
    **dict.fromkeys(["borough", "suburb", "village", "district"], 12),
    **dict.fromkeys(["quarter", "neighbourhood", "hamlet", "city_block", "locality", "square"], 14),
}
# An area is drawn from the zoom on which it covers some 20 pixels a side at mid latitudes.
AREA_ZOOMS = ((4_000_000, 10), (1_000_000, 11), (250_000, 12), (60_000, 13), (15_000, 14))
SMALLEST_ZOOM = 15


class MapRow(NamedTuple):
    layer: str
    kind: str
    name_zh: str
    name_en: str
    min_zoom: int
    geometry: BaseGeometry


def map_rows(features: Sequence[OsmMapFeature], *, within: BaseGeometry | None = None) -> list[MapRow]:
    """What to draw, of the features that touch `within` when that is given."""
    chosen = [row for row in features if row.layer in LAYERS and _is_drawn(row)]
    if within is not None:
        shapely.prepare(within)
        chosen = [row for row in chosen if within.intersects(row.geometry)]
    coasts = [row.geometry for row in features if row.kind == "coastline"]
    return [*(MapRow("water", "sea", "", "", 10, sea) for sea in sea_polygons(coasts)), *map(_row, chosen)]


def save_map_rows(network: StreetNetwork, rows: Sequence[MapRow]) -> int:
    if not rows:
        return 0
    layer, kind, name_zh, name_en, min_zoom, geometry = zip(*rows, strict=True)
    return copy_columns(
        MapFeature,
        {
            "network_id": [network.pk] * len(rows),
            "layer": layer,
            "kind": kind,
            "name_zh": name_zh,
            "name_en": name_en,
            "min_zoom": min_zoom,
            "geom": geometry,
        },
    )


def _is_drawn(feature: OsmMapFeature) -> bool:
    """Roads that exist; tunnels of railways stay underground."""
    if feature.layer == "street":
        return feature.kind in WALKED or feature.kind == "square"
    if feature.layer == "railway":
        return feature.kind != "construction" and feature.tags.get("tunnel") in (None, "no")
    return True


def _row(feature: OsmMapFeature) -> MapRow:
    plain = feature.name
    name_zh = feature.name_zh or (plain if has_han(plain) else "")
    name_en = feature.name_en or ("" if has_han(plain) else plain)
    layer = LAYERS[feature.layer]
    return MapRow(
        layer, feature.kind[:30], name_zh[:100], name_en[:100], _min_zoom(feature), feature.geometry
    )


def _min_zoom(feature: OsmMapFeature) -> int:
    is_area = feature.geometry.geom_type in ("Polygon", "MultiPolygon")
    if feature.layer == "street":
        return ROAD_ZOOMS.get(feature.kind, PATH_ZOOM)
    if feature.layer == "railway":
        return RAIL_ZOOMS.get(feature.kind, 13)
    if feature.layer == "place":
        return PLACE_ZOOMS.get(feature.kind, 14)
    if is_area:
        size_m2 = area_m2(feature.geometry)
        return next((zoom for least_m2, zoom in AREA_ZOOMS if size_m2 >= least_m2), SMALLEST_ZOOM)
    return 10 if feature.kind == "coastline" else WATERWAY_ZOOMS.get(feature.kind, 14)
