"""What a building is used for, as far as its tags tell: a value of `Building.Kind`."""

from collections.abc import Mapping

from grids.names import words

_VALUES: Mapping[str, str] = {
    "residential": (
        "residential apartments house detached semidetached_house terrace bungalow cabin villa farm hut "
        "static_caravan houseboat ger stilt_house tower_block"
    ),
    "mixed": "mixed mixed_use mixd_use residential;commercial residential;retail commercial;residential",
    "dormitory": "dormitory barracks boarding_house student_residence",
    "commercial": "commercial retail office hotel supermarket kiosk shop mall bank store restaurant pub",
    "public": (
        "public civic government school kindergarten university college hospital clinic church cathedral "
        "chapel "
        "mosque temple synagogue shrine religious monastery townhall library museum train_station "
        "transportation "
        "station stadium sports_hall sports_centre grandstand fire_station police toilets pavilion theatre "
        "cinema "
        "community_centre embassy gymnasium palace castle"
    ),
    "industrial": "industrial warehouse manufacture factory works hangar power_station brewery",
    "ancillary": (
        "garage garages carport shed roof parking service transformer_tower greenhouse farm_auxiliary barn "
        "stable "
        "sty cowshed bunker bridge construction ruins ruin collapsed guardhouse gatehouse hut_small tent "
        "container "
        "water_tower storage_tank tank silo digester boathouse substation elevator storage tower wall canopy "
        "collapsed demolished proposed entrance slurry_tank conservatory gasometer chimney"
    ),
}
_KIND_OF = {value: kind for kind, values in _VALUES.items() for value in values.split()}
_WORSHIP = words(
    "church cathedral chapel mosque temple synagogue shrine religious monastery presbytery convent"
)
# What a facility that *is* the building says of it.
_AMENITY_KINDS: Mapping[str, frozenset[str]] = {
    "public": words(
        "school kindergarten university college hospital clinic library townhall police fire_station "
        "community_centre courthouse place_of_worship theatre arts_centre social_facility public_building "
        "post_office toilets childcare nursing_home exhibition_centre embassy"
    ),
    "commercial": words(
        "restaurant cafe fast_food bar pub bank cinema marketplace fuel hotel karaoke_box nightclub car_wash"
    ),
    "ancillary": frozenset(["parking", "bicycle_parking", "shelter", "recycling"]),
}
_HAN_HOMES = ("住宅", "公寓", "居民楼", "家属楼")
_HAN_DORMITORIES = ("宿舍",)


def building_kind(tags: Mapping[str, str]) -> str:
    """The kind of a building from its own tags."""
    value = tags.get("building", "").strip().lower()
    kind = _KIND_OF.get(value, "unknown")
    if kind != "unknown":
        return kind
    return _kind_by_use(tags)


def is_place_of_worship(tags: Mapping[str, str]) -> bool:
    return tags.get("building") in _WORSHIP or tags.get("amenity") in ("place_of_worship", "monastery")


def _kind_by_use(tags: Mapping[str, str]) -> str:
    for kind, amenities in _AMENITY_KINDS.items():
        if tags.get("amenity") in amenities:
            return kind
    if tags.get("shop", "no") != "no" or tags.get("office", "no") != "no":
        return "commercial"
    if tags.get("tourism") in ("hotel", "hostel", "guest_house", "motel", "apartment"):
        return "commercial"
    if tags.get("tourism") in ("museum", "gallery") or tags.get("leisure") in ("sports_centre", "stadium"):
        return "public"
    if tags.get("railway") == "station" or tags.get("public_transport") == "station":
        return "public"
    if "man_made" in tags or "power" in tags:
        return "ancillary"
    name = tags.get("name", "")
    if any(word in name for word in _HAN_DORMITORIES):
        return "dormitory"
    return "residential" if any(word in name for word in _HAN_HOMES) else "unknown"
