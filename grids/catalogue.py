"""The service catalogue: what a resident should reach on foot, and within how many metres.

`fixtures/catalogue.csv` holds one row per category with its standard's clause and how sure we are of
it. Nothing here is law: a city's profile replaces thresholds and provision (`effective`). Which OSM
object or table row is which category is `facility_matching.py`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Refusal

PROVISIONS = (
    "shall",
    "may",
    "rec",
    "seed",
)  # 应配建, 宜配建, recommended by a guide, asked for by the sources
USES = ("walk", "context", "served", "attribute")


class Condition(NamedTuple):
    """One `key=value` of a tag clause; `*` is any value."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


Clause = tuple[Condition, ...]  # conditions that must hold together


@dataclass(frozen=True)
class Category:
    """One row of the catalogue."""

    code: str
    name_zh: str
    name_en: str
    group_code: str
    group_zh: str
    group_en: str
    tier: str
    demand_group: str
    level_min: int  # the circle it belongs to: 5, 10 or 15 minutes
    threshold_min: int | None
    threshold_m: int
    coverage_use: str
    provision: str
    clauses: tuple[Clause, ...]
    name_hint: str  # regular expression of Chinese words, "" when the category has none
    amap_codes: tuple[str, ...]
    size_rule: str
    source_clause: str
    evidence: str
    notes: str

    @property
    def is_shall(self) -> bool:
        return self.provision == "shall"


@dataclass(frozen=True)
class Heading:
    """A group of categories as pages show it."""

    code: str
    name_zh: str
    name_en: str
    categories: tuple[Category, ...]


class Profile(Protocol):
    """What `effective` reads of a city's profile."""

    categories: dict[str, dict[str, Any]]


class UnknownCategory(Refusal):
    code = "unknown_category"


class WrongProfile(Refusal):
    """A city's profile sets a value that no threshold or provision can have."""

    code = "wrong_profile"


@cache
def categories() -> tuple[Category, ...]:
    """Every row, in the file's order."""
    path = Path(settings.FIXTURES_DIR) / "catalogue.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(_category(row) for row in csv.DictReader(file))


@cache
def by_code() -> Mapping[str, Category]:
    return {category.code: category for category in categories()}


@cache
def headings() -> tuple[Heading, ...]:
    """The groups with their walk categories; *shall* comes first, among groups and in each of them."""
    groups: dict[str, list[Category]] = {}
    for category in categories():
        if category.coverage_use == "walk":
            groups.setdefault(category.group_code, []).append(category)
    made = [
        Heading(code, rows[0].group_zh, rows[0].group_en, tuple(sorted(rows, key=_provision_order)))
        for code, rows in groups.items()
    ]
    return tuple(sorted(made, key=lambda heading: not heading.categories[0].is_shall))


@cache
def walk_categories() -> tuple[Category, ...]:
    """The categories that coverage computes, in the order of every walk array."""
    return tuple(category for heading in headings() for category in heading.categories)


def category(code: str) -> Category:
    """The category of a code, or a refusal that names it."""
    found = by_code().get(code)
    if found is None:
        raise UnknownCategory(
            _("服务目录中没有“%(code)s”这一类。请使用目录中的代码，如 EDU-KIN。") % {"code": code[:40]},
            met=code[:40],
        )
    return found


def category_named(text: str) -> tuple[Category, ...]:
    """The categories that a table's cell names: a code, a Chinese or English name; () when none."""
    wanted = text.strip()
    if wanted.upper() in by_code():
        return (by_code()[wanted.upper()],)
    return tuple(
        row for row in categories() if wanted in (row.name_zh, row.name_en, row.name_zh.split("(")[0])
    )


def effective(profile: Profile | None) -> dict[str, Category]:
    """The catalogue as one city sets it: its profile's thresholds and provision in place of ours.

    Raises:
        UnknownCategory: the profile names a code that the catalogue lacks.
        WrongProfile: it sets something other than threshold_m, threshold_min or provision, or an
        impossible value.
    """
    rows = dict(by_code())
    for code, changes in (profile.categories if profile else {}).items():
        rows[code] = replace(category(code), **_checked_changes(code, changes))
    return rows


def _checked_changes(code: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in changes.items():
        possible = {
            "threshold_m": isinstance(value, int) and 0 < value <= 10_000,
            "threshold_min": isinstance(value, int) and 0 < value <= 120,
            "provision": value in PROVISIONS,
        }
        if not possible.get(key, False):
            raise WrongProfile(
                _(
                    "城市标准把“%(code)s”的 %(field)s 设为“%(met)s”。可设 threshold_m（1–10000 米）、"
                    "threshold_min（1–120 分钟）和 provision（shall、may、rec、seed）。"
                )
                % {"code": code, "field": key, "met": value},
                category=code,
                field=key,
            )
    return dict(changes)


def _provision_order(category: Category) -> int:
    return PROVISIONS.index(category.provision)


def parse_clauses(text: str) -> tuple[Clause, ...]:
    """`a=b&c=d|e=*` as alternatives of conditions."""
    return tuple(
        tuple(Condition(*condition.split("=", 1)) for condition in alternative.split("&"))
        for alternative in text.split("|")
        if alternative
    )


def _category(row: dict[str, str]) -> Category:
    kept = ("code", "name_zh", "name_en", "group_code", "group_zh", "group_en", "tier", "demand_group")
    told = ("coverage_use", "provision", "name_hint", "size_rule", "source_clause", "evidence", "notes")
    return Category(
        **{key: row[key] for key in (*kept, *told)},
        level_min=int(row["level_min"]),
        threshold_min=int(row["threshold_min"]) if row["threshold_min"] else None,
        threshold_m=int(row["threshold_m"]),
        clauses=parse_clauses(row["osm_tags"]),
        amap_codes=tuple(code for code in row["amap_codes"].split("|") if code),
    )
