"""What a tagged object is. Rules only: tags in, a word out.

They say what an object may be used for; which facility category it is, whether people may
walk there, and how many live there is decided further in.
"""

from gis_core.readers.osm.types import Tags

# fmt: off
POI_KEYS = frozenset({
    "amenity", "shop", "leisure", "healthcare", "office", "craft", "tourism", "public_transport", "emergency",
    "man_made", "social_facility",
})
STATIONS = frozenset({
    "station", "halt", "tram_stop", "subway_entrance", "platform", "stop", "train_station_entrance",
})
GATES = frozenset({
    "gate", "lift_gate", "swing_gate", "sliding_gate", "wicket_gate", "kissing_gate", "hampshire_gate",
    "entrance", "sally_port", "turnstile", "full-height_turnstile", "bollard", "cycle_barrier", "block",
    "chain", "toll_booth", "border_control",
})
WALLS = frozenset({"wall", "fence", "hedge", "retaining_wall", "guard_rail", "city_wall"})
RAILS = frozenset({
    "rail", "subway", "light_rail", "tram", "narrow_gauge", "monorail", "funicular", "construction",
})
STREAMS = frozenset({"river", "stream", "canal", "drain", "ditch"})
GREEN_LEISURE = frozenset({
    "park", "garden", "pitch", "playground", "golf_course", "nature_reserve", "common", "dog_park", "track",
})
GREEN_LANDUSE = frozenset({
    "forest", "grass", "meadow", "recreation_ground", "village_green", "cemetery", "orchard", "allotments",
    "vineyard", "flowerbed", "plant_nursery", "greenfield",
})
GREEN_NATURAL = frozenset({
    "wood", "scrub", "grassland", "heath", "wetland", "beach", "sand", "shrubbery",
})
CAMPUSES = frozenset({"school", "kindergarten", "university", "college", "hospital", "parking"})
AREA_KEYS = frozenset({
    "building", "building:part", "landuse", "natural", "leisure", "amenity", "shop", "tourism", "office",
    "healthcare", "craft", "place", "public_transport", "man_made", "aeroway", "water", "historic",
    "military", "emergency", "social_facility",
})
# fmt: on
# Values that are lines although their key is usually an area.
LINE_VALUES = {
    "natural": frozenset({"coastline", "tree_row", "cliff", "ridge", "arete", "earth_bank", "valley"}),
    "man_made": frozenset({"embankment", "cutline", "pipeline", "breakwater", "groyne", "dyke"}),
    "aeroway": frozenset({"runway", "taxiway", "parking_position", "navigationaid"}),
    "leisure": frozenset({"slipway"}),
}
AREA_RAILWAYS = frozenset({"station", "platform", "halt"})
AREA_WATERWAYS = frozenset({"riverbank", "dock", "boatyard", "dam"})


def is_building(tags: Tags) -> bool:
    return tags.get("building", "no") != "no"


def is_building_part(tags: Tags) -> bool:
    return not is_building(tags) and tags.get("building:part", "no") != "no"


def is_walkable_material(tags: Tags) -> bool:
    """Every way that the walking network may want to judge."""
    return (
        "highway" in tags
        or tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
        or tags.get("route") == "ferry"
        or tags.get("man_made") == "pier"
        or tags.get("foot") in ("yes", "designated", "permissive")
    )


def is_poi(tags: Tags) -> bool:
    return (
        any(tags[key] != "no" for key in POI_KEYS & tags.keys())
        or tags.get("highway") == "bus_stop"
        or tags.get("place") == "square"
        or tags.get("railway") in STATIONS
    )


def is_entrance(tags: Tags) -> bool:
    return tags.get("entrance", "no") != "no" or tags.get("building") == "entrance"


def is_gate(tags: Tags) -> bool:
    return tags.get("barrier") in GATES


def is_area(tags: Tags) -> bool:
    """Whether a closed way with these tags encloses something, or is a line that comes back."""
    area = tags.get("area")
    if area in ("yes", "no"):
        return area == "yes"
    if tags.get("railway") in AREA_RAILWAYS or tags.get("waterway") in AREA_WATERWAYS:
        return True
    if "highway" in tags and not is_building(tags):
        return False
    if tags.get("barrier") in WALLS and not (is_building(tags) or "landuse" in tags or "amenity" in tags):
        return "leisure" in tags
    return any(tags[key] not in LINE_VALUES.get(key, ()) for key in AREA_KEYS & tags.keys())


def estate_kind(tags: Tags) -> str | None:
    if tags.get("place") in ("neighbourhood", "quarter", "city_block"):
        return tags["place"]
    if tags.get("landuse") == "residential" and named(tags):
        return "residential"
    return None


def named(tags: Tags) -> str:
    return tags.get("name") or tags.get("name:zh") or tags.get("name:en") or ""


def name_zh(tags: Tags) -> str:
    return tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name:zh-CN") or ""


def line_layer(tags: Tags) -> tuple[str, str] | None:
    """Map layer and kind of a line."""
    if "highway" in tags:
        return "street", tags["highway"]
    if tags.get("railway") in RAILS:
        return "railway", tags["railway"]
    if tags.get("waterway") in STREAMS:
        return "waterway", tags["waterway"]
    if tags.get("natural") == "coastline":
        return "water", "coastline"
    if tags.get("man_made") in ("pier", "breakwater", "groyne"):
        return "pier", tags["man_made"]
    if tags.get("aeroway") in ("runway", "taxiway"):
        return "aeroway", tags["aeroway"]
    return None


def area_layer(tags: Tags) -> tuple[str, str] | None:
    """Map layer and kind of a polygon."""
    natural, landuse, leisure = tags.get("natural"), tags.get("landuse"), tags.get("leisure")
    if natural in ("water", "bay") or tags.get("waterway") in ("riverbank", "dock"):
        return "water", tags.get("water") or natural or tags["waterway"]
    if landuse in ("reservoir", "basin"):
        return "water", landuse
    if leisure == "swimming_pool":
        return "water", leisure
    if leisure in GREEN_LEISURE:
        return "green", leisure
    if landuse in GREEN_LANDUSE:
        return "green", landuse
    if natural in GREEN_NATURAL:
        return "green", natural
    if "aeroway" in tags:
        return "aeroway", tags["aeroway"]
    if tags.get("man_made") == "pier":
        return "pier", "pier"
    if "highway" in tags or tags.get("place") == "square":
        return "street", tags.get("highway", "square")
    if tags.get("amenity") in CAMPUSES:
        return "landuse", tags["amenity"]
    if landuse:
        return "landuse", landuse
    return None
