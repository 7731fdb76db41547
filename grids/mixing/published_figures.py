"""Figures of a published table: as published, for communities and larger areas, with shares worked out."""

import math
from typing import Any

from django.utils.translation import gettext as _

from grids.mixing.areas import area_names, lies_in, open_areas
from grids.mixing.choices import COMMUNITY, STREET, TOWN
from grids.mixing.rows import FEWEST_UNITS, Cell, Row, without_indices
from grids.mixing.sources import MixSource
from grids.models import PublishedCount

DIGITS = {12: COMMUNITY, 9: STREET}


def published_groups(source: MixSource) -> tuple[str, ...]:
    assert source.table is not None
    return tuple(source.table.groups)


def level_of(source: MixSource, code: str) -> str:
    return TOWN if code == source.town.root_code else DIGITS.get(len(code), "")


def published_levels(source: MixSource) -> list[str]:
    codes = PublishedCount.objects.filter(table=source.table).order_by().values_list("area_code", flat=True)
    there = {level_of(source, code) for code in codes.distinct()}
    return [level for level in (COMMUNITY, STREET, TOWN) if level in there]


def published_rows(source: MixSource, level: str, user: Any, area: str = "") -> list[Row]:
    """One row an area within the duties; a group that the table leaves blank has no count."""
    groups = published_groups(source)
    by_area: dict[str, list[int | None]] = {}
    rows = PublishedCount.objects.filter(table=source.table).order_by("area_code", "group")
    for code, group, count in rows.values_list("area_code", "group", "count"):
        by_area.setdefault(code, [None] * len(groups))[group] = count
    codes = tuple(code for code in by_area if level_of(source, code) == level)
    is_open = open_areas(user, source.action, codes, plan=None)
    names = area_names(source.town, codes)
    return [
        _row(code, names[code], by_area[code])
        for i, code in enumerate(codes)
        if is_open[i] and (not area or lies_in(code, area))
    ]


def _row(code: str, name: str, counts: list[int | None]) -> Row:
    told = [count for count in counts if count is not None]
    total = sum(told)
    shares = [count / total for count in told if count] if total else []
    entropy = -sum(share * math.log(share) for share in shares) + 0.0
    is_whole = len(told) == len(counts)
    row = Row(
        code=code,
        name=name,
        answered=total,
        counts=tuple(
            Cell(count, count / total if count is not None and total and is_whole else None)
            for count in counts
        ),
        entropy=entropy if is_whole and total else None,
        effective_groups=math.exp(entropy) if is_whole and total else None,
    )
    if total < FEWEST_UNITS:
        return without_indices(row, _("公布的总数不到 %(fewest)d，不算指标。") % {"fewest": FEWEST_UNITS})
    return row
