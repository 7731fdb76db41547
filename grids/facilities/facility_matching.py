"""Which catalogue categories an OSM object, an Amap code or a table's cell belongs to.

The catalogue gives each category alternatives of tag clauses. A clause that one category holds
decides alone. A clause that several hold (a clinic, a community centre, a pitch) is settled, in
this order:

1. **Name.** The categories whose name hint occurs in one of the object's names have it, together
   with those of its default holders that have no hint of their own.
2. **Size.** Parks, pitches and tracks serve every class whose least area their outline reaches; without
   an outline, or below the least of them, they count for the smallest class only and are marked
   "tag?size".
3. **Default holders** (`DEFAULT_HOLDERS`): what the tag means when the name does not tell. An empty
   entry means that the tag alone is too wide: without a hint there is no match.

A clause of several conditions also matches by its first condition and the name hint: a school named
…小学 is a primary school though nobody mapped its level. A plain school of which neither level nor
name tells anything counts as primary *and* junior, marked "tag?level", and the import reports how many.

What a match rests on is kept per category: "tag", "tag+name", "tag+size", "tag?size", "tag?level",
"amap", "amap+name", "amap?", "table".
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from grids.catalogue import Category, Clause, Condition, by_code, categories, category_named, parse_clauses

Matches = dict[str, str]  # catalogue code -> what the match rests on

# What a tag means when neither name nor size tells. Every clause that several categories share stands here
# (a test compares), and so do clauses of one category that are wider than it: an estate agent is not the
# property management, a law firm is not the justice office, not every craft is a craft room.
DEFAULT_HOLDERS: Mapping[str, tuple[str, ...]] = {
    "amenity=training": ("EDU-TRAIN",),
    "amenity=childcare": ("CHD-NUR",),
    "amenity=clinic": ("HLT-STA", "HLT-OPD"),
    "amenity=doctors": ("HLT-STA", "HLT-OPD"),
    "amenity=hospital": ("HLT-HOSP",),
    "amenity=library": ("CUL-LIB",),
    "amenity=community_centre": ("CUL-STA",),
    "amenity=arts_centre": ("CUL-CTR",),
    "amenity=cafe": ("COM-CAFE", "CAT-REST"),
    "amenity=fast_food": ("CAT-REST",),
    "amenity=restaurant": ("CAT-REST",),
    "amenity=social_centre": (),
    "amenity=townhall": ("ADM-CTR", "ADM-STREET"),
    "amenity=waste_disposal": ("MUN-WPT",),
    "leisure=pitch": (),  # by size
    "leisure=park": (),  # by size
    "leisure=garden": (),  # by size
    "leisure=track": ("GRN-TRAIL",),  # and by size
    "shop=greengrocer": ("COM-CONV", "COM-FRUIT"),
    "shop=supermarket": ("COM-SUP", "COM-MKT"),
    "office=government": (),
    "office=estate_agent": (),
    "office=lawyer": (),
    "craft=*": (),
    "highway=footway": (),
    "highway=path": (),
    "building=service": (),
}

# Least area in m² of each class, smallest first (GB 50180-2018 tables B.0.1, B.0.2, 4.0.4).
SIZE_CLASSES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "leisure=pitch": (("SPT-OUT", 150), ("SPT-SMALL", 770), ("SPT-MID", 1310), ("SPT-LARGE", 3150)),
    "leisure=park": (("GRN-PARK5", 4_000), ("GRN-PARK10", 10_000), ("GRN-PARK15", 50_000)),
    "leisure=garden": (("GRN-PARK5", 4_000), ("GRN-PARK10", 10_000)),
    "leisure=track": (("SPT-LARGE", 3150),),
}
NO_SMALLER_CLASS = frozenset({"leisure=track"})  # a running track of unknown size is no large sports ground

NAME_KEYS = ("name", "name:zh", "name:zh-Hans", "official_name", "alt_name", "short_name", "name:en")
# Schools that are neither primary nor junior secondary although nobody mapped their level.
OTHER_SCHOOLS = re.compile(
    r"高中|高级中学|职业|中专|技校|技工|大学|学院|驾校|幼儿园"
    r"|lyc[ée]e|high school|gymnasium|universit|music|driving",
    re.IGNORECASE,
)


def match_tags(tags: Mapping[str, str], area_m2: float | None = None) -> Matches:
    """The categories of an OSM object; empty when the catalogue has none for it."""
    name = " ".join(tags[key] for key in NAME_KEYS if key in tags)
    found: Matches = {}
    for text, (clause, holders) in _clauses().items():
        if all(_holds(condition, tags) for condition in clause):
            _keep_strongest(found, _settle(text, holders, name, area_m2))
        elif len(clause) > 1 and _holds(clause[0], tags):
            _keep_strongest(found, {row.code: "tag+name" for row in hinted(holders, name)})
    if tags.get("amenity") == "school" and _tells_no_level(tags, name, found):
        _keep_strongest(found, {"EDU-PRI": "tag?level", "EDU-JUN": "tag?level"})
    return found


def match_cell(text: str, name: str = "") -> Matches:
    """The categories that a table's cell names: codes, names, a group or OSM tags, `|` or ; between them."""
    found: Matches = {}
    for part in re.split(r"[|;；、]", text):
        key, is_tag, value = part.strip().partition("=")
        if is_tag:
            found |= match_tags({key: value, "name": name})
        for row in category_named(part) or _of_group(part.strip()):
            found[row.code] = "table"
    return found


def keys_of_interest() -> frozenset[str]:
    """Every tag key that some clause asks about."""
    return frozenset(condition.key for clause, _holders in _clauses().values() for condition in clause)


@cache
def hint_of(code: str) -> re.Pattern[str]:
    return re.compile(by_code()[code].name_hint)


@cache
def _clauses() -> dict[str, tuple[Clause, tuple[Category, ...]]]:
    """Each clause's text, its conditions, and the categories that hold it (attributes are no facilities)."""
    holders: dict[Clause, list[Category]] = {}
    for row in categories():
        for clause in row.clauses if row.coverage_use != "attribute" else ():
            holders.setdefault(clause, []).append(row)
    return {"&".join(map(str, clause)): (clause, tuple(rows)) for clause, rows in holders.items()}


def shared_clauses() -> dict[str, tuple[str, ...]]:
    """The clauses that more than one category holds, with their codes."""
    return {text: tuple(row.code for row in rows) for text, (_c, rows) in _clauses().items() if len(rows) > 1}


def _settle(text: str, holders: tuple[Category, ...], name: str, area_m2: float | None) -> Matches:
    if text not in DEFAULT_HOLDERS and text not in SIZE_CLASSES:
        return {row.code: "tag" for row in holders}
    defaults = DEFAULT_HOLDERS.get(text, ())
    found: Matches = {}
    if named := hinted(
        [row for row in holders if text not in SIZE_CLASSES or not _is_sized(text, row)], name
    ):
        found = {row.code: "tag" for row in holders if row.code in defaults and not row.name_hint}
        found |= {row.code: "tag+name" for row in named}
    else:
        found = dict.fromkeys(defaults, "tag")
    return found | _by_size(text, area_m2)


def _is_sized(text: str, row: Category) -> bool:
    return any(code == row.code for code, _least in SIZE_CLASSES[text])


def _by_size(text: str, area_m2: float | None) -> Matches:
    classes = SIZE_CLASSES.get(text, ())
    reached = {code: "tag+size" for code, least_m2 in classes if area_m2 is not None and area_m2 >= least_m2}
    if reached or not classes or text in NO_SMALLER_CLASS:
        return reached
    return {classes[0][0]: "tag?size"}


def hinted(rows: Iterable[Category], name: str) -> list[Category]:
    """The categories whose name hint occurs in a name."""
    return [row for row in rows if name and row.name_hint and re.search(row.name_hint, name)]


def _keep_strongest(found: Matches, more: Matches) -> None:
    """A sure match stays when another clause gives only an assumption."""
    for code, basis in more.items():
        if code not in found or ("?" in found[code] and "?" not in basis):
            found[code] = basis


def _holds(condition: Condition, tags: Mapping[str, str]) -> bool:
    value = tags.get(condition.key, "")
    if condition.value == "*":
        return value not in ("", "no")
    if condition.key == "isced:level":
        return condition.value in _levels(value)
    return value == condition.value or condition.value in re.split(r"\s*;\s*", value)


def _levels(text: str) -> set[str]:
    """ISCED levels of "1", "1;2", "1-3"."""
    levels: set[str] = set()
    for part in re.split(r"[;,]", text):
        first, _dash, last = part.strip().partition("-")
        if first.isdigit():
            levels.update(
                str(level) for level in range(int(first), int(last if last.isdigit() else first) + 1)
            )
    return levels


def _tells_no_level(tags: Mapping[str, str], name: str, found: Matches) -> bool:
    told = tags.get("isced:level") or found.keys() & {"EDU-PRI", "EDU-JUN"}
    return not told and not OTHER_SCHOOLS.search(name)


def _of_group(text: str) -> list[Category]:
    wanted = text.upper()
    return [
        row
        for row in categories()
        if row.coverage_use == "walk"
        and text
        and (row.group_code == wanted or text in (row.group_zh, row.group_en))
    ]


# Read once so that a mistyped clause in the tables above stops the program, not an import.
for _text in (*DEFAULT_HOLDERS, *SIZE_CLASSES):
    if len(parse_clauses(_text)) != 1:
        raise AssertionError(f"{_text} is not one clause")
