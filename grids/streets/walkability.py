"""Who may walk where: OSM tags in, a permission out.

**Ways.** Walked are the `highway` values of `WALKED` and platforms; motorways and trunk roads only with
a sidewalk or a `foot` tag that opens them. `foot` decides before `access`: yes, designated, permissive,
official open a way, no closes it. `private` (and residents, delivery, …) means the people who live
there: such a way is walked inside a housing estate by that estate's residents only, and left out
elsewhere. Roads not built yet or no longer there, race tracks, bus lanes and ferries are not walked.
One-way rules, `conveying` of escalators among them, are ignored.

**Nodes.** A wall or a locked gate on a way stops everybody. A private gate stops strangers; on the edge of an
estate the estate's own paths begin there, so it needs no rule of its own.
"""

from collections.abc import Mapping
from enum import Enum

from grids.names import words

Tags = Mapping[str, str]


class Permission(Enum):
    PUBLIC = "public"
    PRIVATE = "private"  # those who live or work there
    NONE = "none"


WALKED = words(
    "motorway motorway_link trunk trunk_link primary primary_link secondary secondary_link tertiary "
    "tertiary_link unclassified residential living_street service pedestrian track road footway path "
    "steps cycleway bridleway corridor platform elevator crossing"
)
FAST = frozenset(["motorway", "motorway_link", "trunk", "trunk_link"])
THROUGH_STREETS = words(
    "motorway trunk primary secondary tertiary motorway_link trunk_link primary_link secondary_link "
    "tertiary_link unclassified busway"
)  # never the inside of an estate, whatever a roughly drawn outline says
FOOT_OPEN = words("yes designated permissive official destination customers permit public")
FOOT_PRIVATE = frozenset(["private", "residents", "members", "employees"])
ACCESS_PRIVATE = words("private residents members employees delivery agricultural forestry permit military")
ACCESS_CLOSED = frozenset(["no"])
WALLS = words("wall fence hedge retaining_wall city_wall guard_rail jersey_barrier debris")
SIDEWALKS = frozenset(["both", "left", "right", "yes"])


def way_permission(tags: Tags) -> Permission:
    """Who may walk along a way."""
    highway = tags.get("highway", "")
    if not _is_walking_kind(tags, highway):
        return Permission.NONE
    foot = tags.get("foot", "")
    if foot in FOOT_OPEN:
        return Permission.PUBLIC
    if foot == "no" or foot == "use_sidepath":
        return Permission.NONE
    if highway in FAST and not _has_sidewalk(tags):
        return Permission.NONE
    if foot in FOOT_PRIVATE:
        return Permission.PRIVATE
    access = tags.get("access", "")
    if access in ACCESS_PRIVATE:
        return Permission.PRIVATE
    return Permission.NONE if access in ACCESS_CLOSED else Permission.PUBLIC


def way_kind(tags: Tags) -> str:
    """The kind that the network keeps: OSM's highway value, else platform."""
    return tags.get("highway", "platform")[:20]


def is_steps(tags: Tags) -> bool:
    return tags.get("highway") == "steps"


def is_square(tags: Tags) -> bool:
    """An area that people cross, mapped by its outline."""
    return tags.get("area") == "yes" and tags.get("highway") in (
        "pedestrian",
        "footway",
        "path",
        "living_street",
    )


def node_permission(tags: Tags) -> Permission:
    """Who may pass a barrier standing on a way."""
    barrier, foot, access = tags.get("barrier", ""), tags.get("foot", ""), tags.get("access", "")
    if not barrier or foot in FOOT_OPEN:
        return Permission.PUBLIC
    if barrier in WALLS or foot == "no" or tags.get("locked") == "yes":
        return Permission.NONE
    if foot in FOOT_PRIVATE or (access in ACCESS_PRIVATE and barrier != "bollard"):
        return Permission.PRIVATE
    return Permission.NONE if access == "no" and barrier in _GATES else Permission.PUBLIC


_GATES = words("gate lift_gate swing_gate sliding_gate wicket_gate full-height_turnstile turnstile")


def _is_walking_kind(tags: Tags, highway: str) -> bool:
    if highway:
        return highway in WALKED and tags.get("route") != "ferry"
    return tags.get("railway") == "platform" or tags.get("public_transport") == "platform"


def _has_sidewalk(tags: Tags) -> bool:
    return any(
        tags.get(key) in SIDEWALKS for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    )
