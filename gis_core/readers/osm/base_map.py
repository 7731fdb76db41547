"""Streets, rails, water, green, land use and place names for a base map of our own."""

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from gis_core.readers.osm import kinds
from gis_core.readers.osm.areas import Area
from gis_core.readers.osm.rings import lines_of
from gis_core.readers.osm.tables import OsmTables
from gis_core.readers.osm.types import OsmMapFeature, Tags


def map_features_of(tables: OsmTables, areas: Sequence[Area]) -> list[OsmMapFeature]:
    found = []
    drawn_as_area = {area.source_id for area in areas}
    for area in areas:
        layer = kinds.area_layer(area.tags)
        if layer is not None:
            found.append(_feature(*layer, area.source_id, area.tags, area.geometry))
    return found + _lines(tables, drawn_as_area) + _labels(tables)


def _lines(tables: OsmTables, drawn_as_area: set[str]) -> list[OsmMapFeature]:
    ways = tables.ways
    layers = {
        at: layer
        for at, tags in enumerate(ways.tags)
        if tags and (layer := kinds.line_layer(tags)) and f"way/{ways.id[at]}" not in drawn_as_area
    }
    return [
        _feature(*layers[at], f"way/{ways.id[at]}", ways.tags[at], line)
        for at, line in lines_of(tables.nodes, ways, list(layers)).items()
    ]


def _labels(tables: OsmTables) -> list[OsmMapFeature]:
    found = []
    for node_id, tags in tables.node_tags.items():
        place = tables.nodes.place(node_id) if "place" in tags and kinds.named(tags) else None
        if place is not None:
            found.append(_feature("place", tags["place"], f"node/{node_id}", tags, shapely.Point(place)))
    return found


def _feature(layer: str, kind: str, source_id: str, tags: Tags, geometry: BaseGeometry) -> OsmMapFeature:
    return OsmMapFeature(
        layer,
        kind,
        source_id,
        tags.get("name", ""),
        kinds.name_zh(tags),
        tags.get("name:en", ""),
        tags,
        geometry,
    )
