"""One area over time: loads of the stock, sealed rounds, or published tables of one name.

Communities and streets keep their codes. Grids get redrawn: a round stays with the plan that it pinned, and
what it would have been for a grid of today is worked out by shares of area and marked as an estimate. A
sealed round is never tallied again.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.permissions import require
from grids.arrays import stock_arrays
from grids.copying import SQL_DIR
from grids.generations import active
from grids.mixing.areas import area_names
from grids.mixing.choices import BUILDING, GRID, PUBLISHED, SEALED, STOCK, why_no_level
from grids.mixing.dimensions import SURVEYED_DIMENSIONS, named_groups
from grids.mixing.figures import dimension_name, groups_of, notes_of
from grids.mixing.noisy import Tally
from grids.mixing.place import require_area
from grids.mixing.published_figures import published_rows
from grids.mixing.rows import Cell, Row, row_json
from grids.mixing.sealed import SealedArea, pairs_in, pairs_of, sealed_areas, sealed_row
from grids.mixing.source_facts import source_json
from grids.mixing.source_list import sources_of
from grids.mixing.sources import (
    ACTIONS,
    MixSource,
    NoSuchFigure,
    dimensions_of,
    find_source,
    require_dimension,
)
from grids.mixing.stock_figures import pooled_row, stock_rows
from grids.models import GenerationState, GridMembership, GridPlan, PublishedTable, Stock, Town

STOCKS_SHOWN = 12


def trend_json(town: Town, source: str, dimension: str, level: str, area: str, user: Any) -> dict[str, Any]:
    """Points from the oldest to the newest; see `shapes.TrendShape`.

    Args:
        source: names the kind, and for published tables which; empty: by the dimension.
        area: a code of this level; a grid is one of the plan in use.
    """
    kind = SEALED if dimension in SURVEYED_DIMENSIONS else STOCK
    named = find_source(user, town, source) if source else None
    kind = named.kind if named else kind
    require(user, ACTIONS[kind])
    if why := why_no_level(kind, level) or (level == BUILDING and _("楼栋没有跨年的对照。")):
        raise NoSuchFigure(str(why), level=level)
    plan = active(GridPlan, town) if level == GRID else None
    series = [one for one in _series(town, kind, named, user) if dimension in ("", *dimensions_of(one))]
    if not series:
        raise NotFound(_("没有这一项的数据，或者不在您的职责范围内。"), dimension=dimension[:40])
    require_area(MixSource(kind, town, plan=plan), area, user)
    asked = require_dimension(series[-1], dimension)
    groups = _all_groups(series, asked)
    points = [
        (one, _with_groups(row, groups_of(one, asked), groups))
        for one in series
        if (row := _row(one, asked, level, area, plan, user)) is not None
    ]
    return {
        "dimension": {"code": asked, "name": dimension_name(series[-1], asked)},
        "level": level,
        "area": {"code": area, "name": area_names(town, (area,), plan)[area]},
        "groups": named_groups(asked, groups),
        "points": [_point(one, asked, row) for one, row in points],
        "notes": [*notes_of(series[-1]), *_estimate_note(row.is_estimate for _one, row in points)],
    }


def _estimate_note(marks: Iterator[bool]) -> list[str]:
    return [_("网格重划过：标为“估计”的点按面积折算，不是重新统计。")] if any(marks) else []


def _point(source: MixSource, dimension: str, row: Row) -> dict[str, Any]:
    told = source_json(source, dimension)
    key = source.key if source.stock is None else f"stock:{source.stock.uid}"
    return {
        "source": key,
        "label": told["label"],
        "date": told["date"],
        "row": row_json(row),
        "is_estimate": row.is_estimate,
    }


def _series(town: Town, kind: str, named: MixSource | None, user: Any) -> list[MixSource]:
    """Sources of one kind, the oldest first."""
    if kind == STOCK:
        plan = active(GridPlan, town)
        used = (GenerationState.ACTIVE, GenerationState.RETIRED)
        stocks = Stock.objects.filter(town=town, state__in=used)
        newest = list(stocks.select_related("town").order_by("-number")[:STOCKS_SHOWN])
        return [MixSource(STOCK, town, plan=plan, stock=stock) for stock in reversed(newest)]
    found = [one for one in sources_of(town, user) if one.kind == kind]
    if kind == PUBLISHED and named is not None and named.table is not None:
        name = named.table.name
        return sorted(
            (one for one in found if one.table is not None and one.table.name == name), key=_year_of
        )
    return list(reversed(found))


def _year_of(source: MixSource) -> int:
    table: PublishedTable | None = source.table
    return table.year if table else 0


def _all_groups(series: list[MixSource], dimension: str) -> tuple[str, ...]:
    """Groups of the newest first, then what only older ones have."""
    found: dict[str, None] = {}
    for one in reversed(series):
        found |= dict.fromkeys(groups_of(one, dimension))
    return tuple(found)


def _with_groups(row: Row, own: tuple[str, ...], groups: tuple[str, ...]) -> Row:
    if not row.counts:
        return row
    by_group = dict(zip(own, row.counts, strict=True))
    quotients = dict(zip(own, row.quotients, strict=False))
    return replace(
        row,
        counts=tuple(by_group.get(group, Cell(0, 0.0)) for group in groups),
        quotients=tuple(quotients.get(group) for group in groups) if row.quotients else (),
    )


def _row(
    source: MixSource, dimension: str, level: str, area: str, plan: GridPlan | None, user: Any
) -> Row | None:
    if source.kind == STOCK:
        return _stock_row(source, dimension, level, area, user)
    if source.kind == PUBLISHED:
        return next((row for row in published_rows(source, level, user) if row.code == area), None)
    assert source.release is not None
    held = sealed_areas(source.release, dimension, level)
    name = area_names(source.town, (area,), plan)[area]
    if level == GRID and plan is not None and source.release.plan.pk != plan.pk:
        estimated = _by_area(held, source.release.plan, plan, area)
        return None if estimated is None else sealed_row(estimated, name, None, is_estimate=True)
    if area not in held:
        return None
    pairs = None if level == GRID else pairs_in(pairs_of(source.release, dimension), area)
    return sealed_row(held[area], name, pairs)


def _stock_row(source: MixSource, dimension: str, level: str, area: str, user: Any) -> Row | None:
    stock = source.stock
    assert stock is not None
    if not groups_of(source, dimension):
        return None
    held = GridMembership.objects.filter(plan=source.plan, building__stock=stock)
    if level != GRID or held.exists():
        found = stock_rows(source, dimension, level, user, area)
        return next((row for row in found if row.code == area), None)
    mask = np.zeros(len(stock_arrays(stock)), dtype=bool)
    mask[_buildings_in(source, area)] = True
    name = area_names(source.town, (area,), source.plan)[area]
    return pooled_row(source, dimension, mask, code=area, name=name) if mask.any() else None


def _buildings_in(source: MixSource, code: str) -> list[int]:
    query = (SQL_DIR / "mix_buildings_in_grid.sql").read_text(encoding="utf-8")
    assert source.stock is not None
    assert source.plan is not None
    with connection.cursor() as cursor:
        cursor.execute(query, {"stock": source.stock.pk, "plan": source.plan.pk, "code": code})
        return [number for (number,) in cursor.fetchall()]


def _by_area(held: dict[str, SealedArea], old: GridPlan, new: GridPlan, code: str) -> SealedArea | None:
    """The old plan's counts by the parts of its grids that lie in a grid of today."""
    query = (SQL_DIR / "mix_grid_overlaps.sql").read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute(query, {"old": old.pk, "new": new.pk, "code": code})
        parts = [(held[one], part) for one, part in cursor.fetchall() if one in held]
    if not parts:
        return None
    counts = np.sum([area.tally.counts * part for area, part in parts], axis=0)
    sd = np.sqrt(np.sum([(area.tally.sd * part) ** 2 for area, part in parts], axis=0))
    answered = round(sum(area.answered * part for area, part in parts))
    dwellings = round(sum(area.dwellings * part for area, part in parts))
    in_persons = parts[0][0].tally.total is None
    return SealedArea(code, Tally(counts, sd, None if in_persons else answered), answered, dwellings)
