"""The areas that a town's buildings hang on: from OSM boundaries as a start, and always complete.

Every town has a root area, at least one street below it and at least one community below that, so that
every building has a 12-digit community. In China admin_level 8 is a street and 9 and 10 are
communities; elsewhere levels up to 8 are streets and the finer ones communities. Codes come from a
boundary's own tags where they are well formed and lie under the root; all others are made by us and
marked synthetic: 9xx under a real root (authorities number streets from 001), 99xxxx when the town has
no real root.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Conflict, Refusal
from gis_core.readers.osm import OsmBoundary
from grids.geos import as_multipolygon, to_geos, to_shapely
from grids.models import Area, Town
from grids.names import local_names
from grids.territory.places_in_areas import CommunityOutlines

PROVINCE, CITY, COUNTY, STREET, COMMUNITY = Area.CODE_LENGTH  # the values of Area.Level, top down
LENGTHS = {length: level for level, length in Area.CODE_LENGTH.items()}
SYNTHETIC_ROOT = "99"
CODE_TAGS = ("gb:code", "division_code", "China:division_code", "adcode", "ref:code", "ref")
DEEPEST_STREET_LEVEL = 8
MOST_CHILDREN = 90  # 9xx under a real root
REST_SHARE = 0.01  # of the parent: what its parts leave uncovered becomes a part of its own


class WrongAreaCode(Refusal):
    code = "wrong_area_code"


class OverlappingTowns(Conflict):
    """Two towns may not share areas: a duty's code tells them apart."""

    code = "overlapping_towns"


@dataclass
class AreaDraft:
    code: str
    level: str
    name_zh: str
    name_en: str
    geometry: BaseGeometry | None
    is_synthetic: bool
    source: str


def next_synthetic_root() -> str:
    """A county code that no authority gives and no town has."""
    used = set(Town.objects.filter(root_code__startswith=SYNTHETIC_ROOT).values_list("root_code", flat=True))
    used_counties = {code[:6] for code in used}
    for number in range(1, 10_000):
        if (made := f"{SYNTHETIC_ROOT}{number:04d}") not in used_counties:
            return made
    raise AssertionError("9,999 towns without codes")


def require_free_root(root_code: str, *, of: Town | None = None) -> None:
    """Refuse a root that is malformed or lies in, or over, another town's.

    Raises:
        WrongAreaCode, OverlappingTowns
    """
    if len(root_code) not in LENGTHS or not root_code.isascii() or not root_code.isdigit():
        raise WrongAreaCode(
            _("区划代码“%(code)s”不合规：应为 2、4、6、9 或 12 位数字（2+2+2+3+3）。")
            % {"code": root_code[:20]},
            met=root_code[:20],
        )
    for town in Town.objects.exclude(pk=of.pk if of else None):
        if town.root_code.startswith(root_code) or root_code.startswith(town.root_code):
            raise OverlappingTowns(
                _("区划代码 %(code)s 与城镇“%(town)s”（%(other)s）重叠。请使用另一代码，或更新该城镇。")
                % {"code": root_code, "town": town.name_zh, "other": town.root_code},
                code=root_code,
                town=town.slug,
                town_root_code=town.root_code,
            )


def draft_areas(
    town: Town, outline: BaseGeometry, boundaries: Sequence[OsmBoundary], *, in_china: bool
) -> list[AreaDraft]:
    """Root, streets and communities of a town: OSM's complete boundaries inside it, and what is missing
    made up."""
    codes = _CodeMaker(town)
    level = LENGTHS[len(town.root_code)]
    parent = AreaDraft(
        town.root_code, level, town.name_zh, town.name_en, outline, town.codes_are_synthetic, ""
    )
    drafts = [parent]
    while parent.level in (PROVINCE, CITY):
        below = CITY if parent.level == PROVINCE else COUNTY
        parent = codes.made(below, parent, parent.geometry)
        drafts.append(parent)
    usable = [
        row
        for row in boundaries
        if row.is_complete
        and row.geometry is not None
        and row.admin_level
        and _lies_in(row.geometry, outline)
    ]
    streets = [parent]
    if parent.level == COUNTY:
        shallowest = 8 if in_china else 7
        levels = range(shallowest, DEEPEST_STREET_LEVEL + 1)
        streets = _children(
            parent, outline, [row for row in usable if row.admin_level in levels], STREET, codes
        )
        drafts += streets
    if parent.level != COMMUNITY:
        finer = [row for row in usable if int(row.admin_level or 0) > DEEPEST_STREET_LEVEL]
        for street in streets:
            assert street.geometry is not None
            drafts += _children(street, street.geometry, finer, COMMUNITY, codes)
    return drafts


def save_areas(town: Town, drafts: Iterable[AreaDraft]) -> None:
    today = timezone.localdate()
    Area.objects.bulk_create(
        Area(
            town=town,
            code=row.code,
            level=row.level,
            name_zh=row.name_zh[:100],
            name_en=row.name_en[:100],
            geom=to_geos(as_multipolygon(row.geometry)) if row.geometry is not None else None,
            is_synthetic=row.is_synthetic,
            source=row.source[:200],
            valid_from=today,
        )
        for row in drafts
    )


def communities_in_force(town: Town) -> CommunityOutlines:
    """The communities of today, with their outlines."""
    rows = areas_in_force(town).filter(level=COMMUNITY).values_list("code", "geom")
    return CommunityOutlines(
        tuple(code for code, _geom in rows),
        tuple(to_shapely(geom) for _code, geom in rows),
    )


def areas_in_force(town: Town) -> QuerySet[Area]:
    return Area.objects.filter(town=town, valid_until=None).order_by("code")


class _CodeMaker:
    """Codes below the root, each given once."""

    def __init__(self, town: Town) -> None:
        self._first = 1 if town.codes_are_synthetic else 900
        self._used: set[str] = set()

    def stated(self, row: OsmBoundary, level: str, parent: str) -> str:
        """The code that a boundary's tags give, if it is of the level, under the parent and not yet used."""
        length = Area.CODE_LENGTH[level]
        for key in CODE_TAGS:
            text = re.sub(r"\s", "", row.tags.get(key, ""))
            code = (
                text[:length] if re.fullmatch(r"\d{9}|\d{12}", text) and not text[length:].strip("0") else ""
            )
            if len(code) == length and code.startswith(parent) and code not in self._used:
                self._used.add(code)
                return code
        return ""

    def child(self, parent: str, level: str) -> str:
        width = Area.CODE_LENGTH[level] - len(parent)
        first = self._first if width == 3 else 90
        for number in range(first, 10**width):
            if (made := f"{parent}{number:0{width}d}") not in self._used:
                self._used.add(made)
                return made
        raise WrongAreaCode(
            _("区划 %(parent)s 之下的编号已用完。请先导入带代码的区划边界。") % {"parent": parent},
            parent=parent,
        )

    def made(
        self, level: str, parent: AreaDraft, outline: BaseGeometry | None, *, is_rest: bool = False
    ) -> AreaDraft:
        """An area of our own below a parent, called as the parent is."""
        code = self.child(parent.code, level)
        name_zh = parent.name_zh + ("（其余）" if is_rest else "")
        name_en = parent.name_en + (" (rest)" if is_rest and parent.name_en else "")
        return AreaDraft(code, level, name_zh, name_en, outline, True, "")


def _children(
    parent: AreaDraft, outline: BaseGeometry, usable: Sequence[OsmBoundary], level: str, codes: _CodeMaker
) -> list[AreaDraft]:
    """The areas of one level inside a parent, and one more for what they leave uncovered."""
    inside = [row for row in usable if row.geometry is not None and _lies_in(row.geometry, outline)]
    drafts = [_from_boundary(row, level, parent.code, codes) for row in _of_one_level(inside)]
    if not drafts:
        return [codes.made(level, parent, outline)]
    rest = shapely.difference(outline, shapely.union_all([row.geometry for row in drafts]))
    if rest.area > REST_SHARE * outline.area:
        drafts.append(codes.made(level, parent, as_multipolygon(rest), is_rest=True))
    return drafts


def _from_boundary(row: OsmBoundary, level: str, parent: str, codes: _CodeMaker) -> AreaDraft:
    stated = codes.stated(row, level, parent)
    name_zh, name_en = local_names(row.tags)
    code = stated or codes.child(parent, level)
    return AreaDraft(
        code, level, name_zh or name_en or code, name_en, row.geometry, not stated, f"OSM {row.source_id}"
    )


def _of_one_level(rows: Sequence[OsmBoundary]) -> list[OsmBoundary]:
    """The areas of the OSM level that has most of them, north to south: levels mixed would overlap."""
    by_level: dict[int, list[OsmBoundary]] = {}
    for row in rows:
        by_level.setdefault(int(row.admin_level or 0), []).append(row)
    chosen = max(by_level.values(), key=len, default=[])
    return sorted(chosen, key=lambda row: row.source_id)[:MOST_CHILDREN]


def _lies_in(geometry: BaseGeometry, outline: BaseGeometry) -> bool:
    """Half of it or more lies inside, and it is not the whole itself."""
    shared = geometry.intersection(outline).area
    return bool(shared >= 0.5 * geometry.area and shared < 0.97 * outline.area)
