"""Figures of the housing stock: exact, for whatever area a duty opens, down to the building."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.errors import TooLarge
from gis_core.shell import local_name
from grids.kernels.diversity import AreaMix
from grids.mixing.areas import area_names, lies_in, open_areas
from grids.mixing.choices import BUILDING, GRID, TOWN
from grids.mixing.rows import (
    FEWEST_FOR_QUOTIENT,
    FEWEST_UNITS,
    LOWEST_RESPONSE,
    Cell,
    Row,
    hidden,
    without_indices,
)
from grids.mixing.sources import MixSource
from grids.mixing.stock_tables import building_table, measured, mix_table, stock_counts
from grids.models import Building, Estate
from grids.scoping import building_mask

MOST_BUILDINGS = 5_000

Bool = NDArray[np.bool_]


def stock_rows(source: MixSource, dimension: str, level: str, user: Any, area: str = "") -> list[Row]:
    """One row an area within the duties, or a building."""
    if level == BUILDING:
        return _building_rows(source, dimension, user, area)
    assert source.stock is not None
    table = mix_table(source.stock, source.plan, dimension, level)
    codes = table.areas.codes
    is_open = open_areas(user, source.action, codes, plan=source.plan)
    names = area_names(source.town, codes, source.plan if level == GRID else None)
    whole = mix_table(source.stock, source.plan, dimension, TOWN).mix.counts[0]
    return [
        judged(area_row(table.mix, i, whole, code=codes[i], name=names[codes[i]], dwellings=dwellings))
        for i, dwellings in enumerate(table.dwellings.tolist())
        if is_open[i] and dwellings and (not area or lies_in(codes[i], area))
    ]


def stock_whole(source: MixSource, dimension: str, user: Any) -> Row | None:
    """Everything that the duties hold, as one area."""
    assert source.stock is not None
    mask = building_mask(user, source.action, source.stock)
    if mask.all():
        name = local_name(source.town)
        return pooled_row(source, dimension, mask, code=source.town.root_code, name=name)
    return pooled_row(source, dimension, mask, code="", name=_("您负责的范围")) if mask.any() else None


def pooled_row(source: MixSource, dimension: str, mask: Bool, *, code: str, name: str) -> Row:
    """These buildings as one area."""
    assert source.stock is not None
    held = stock_counts(source.stock, dimension)
    mix, dwellings = measured(held, np.where(mask, 0, -1).astype(np.int32), 1)
    whole = mix_table(source.stock, source.plan, dimension, TOWN).mix.counts[0]
    return judged(area_row(mix, 0, whole, code=code, name=name, dwellings=int(dwellings[0])))


def area_row(mix: AreaMix, i: int, whole: NDArray[Any], *, code: str, name: str, dwellings: int) -> Row:
    """Row i of the measures as it is shown; nothing is judged yet."""
    known = int(mix.residents[i])
    shares = mix.counts[i] / known if known else np.zeros(len(whole))

    def told(values: NDArray[Any], where: NDArray[Any] = mix.is_defined) -> float | None:
        return float(values[i]) if where[i] else None

    return Row(
        code=code,
        name=name,
        units=int(mix.units[i]),
        answered=known,
        dwellings=dwellings,
        response=known / dwellings if dwellings else None,
        counts=tuple(
            Cell(int(count), float(share) if known else None)
            for count, share in zip(mix.counts[i].tolist(), shares.tolist(), strict=True)
        ),
        w=told(mix.w, mix.has_pairs),
        b=told(mix.b),
        r_star=told(mix.r_star),
        effective_groups=float(mix.effective_groups[i]) if known else None,
        entropy=float(mix.entropy[i]) if known else None,
        h=told(mix.h),
        m=told(mix.m),
        d=told(mix.d),
        d_expected=told(mix.d_expected),
        d_corrected=told(mix.d_corrected),
        quotients=_quotients(shares, whole, known),
    )


def _quotients(shares: NDArray[Any], whole: NDArray[Any], known: int) -> tuple[float | None, ...]:
    """Share here over share in the town; rare groups of small areas jump about and are left out."""
    if known < FEWEST_FOR_QUOTIENT or not whole.sum():
        return (None,) * len(whole)
    everywhere = whole / whole.sum()
    return tuple(
        float(here / there) if there else None for here, there in zip(shares, everywhere, strict=True)
    )


def judged(row: Row) -> Row:
    """The row as the rules let it be seen: no index where little is known."""
    if not row.answered:
        return without_indices(row, _("这里的住房没有登记这一项。"))
    if row.answered < FEWEST_UNITS:
        return without_indices(
            row, _("已登记的不到 %(fewest)d 套，只列数量，不算指标。") % {"fewest": FEWEST_UNITS}
        )
    if (row.response or 0) < LOWEST_RESPONSE:
        return without_indices(
            row,
            _("登记了这一项的住房不到 %(percent)d%%，只列数量，不算指标。")
            % {"percent": round(LOWEST_RESPONSE * 100)},
        )
    return row


# --- Buildings ----------------------------------------------------------------------------


def _building_rows(source: MixSource, dimension: str, user: Any, area: str) -> list[Row]:
    assert source.stock is not None
    held = stock_counts(source.stock, dimension)
    wanted = building_mask(user, source.action, source.stock) & (held.dwellings > 0)
    if area:
        wanted = wanted & _within(source, area, len(wanted))
    numbers = np.flatnonzero(wanted)
    if len(numbers) > MOST_BUILDINGS:
        raise TooLarge(
            _("这里有 %(count)s 栋楼，一次最多列 %(most)s 栋。请选一个社区或网格（area）。")
            % {"count": f"{len(numbers):,}", "most": f"{MOST_BUILDINGS:,}"},
            building_count=len(numbers),
            most=MOST_BUILDINGS,
        )
    return list(_rows_of(source, dimension, numbers))


def _within(source: MixSource, area: str, count: int) -> Bool:
    """Buildings of an area, or of a grid of the plan in use."""
    found = np.zeros(count, dtype=bool)
    inside = Building.objects.filter(stock=source.stock)
    if len(area) > 12:
        inside = inside.filter(gridmembership__plan=source.plan, gridmembership__grid__code=area)
    else:
        inside = inside.filter(community_code__startswith=area)
    found[np.fromiter(inside.order_by().values_list("number", flat=True), dtype=np.int64)] = True
    return found


def _rows_of(source: MixSource, dimension: str, numbers: NDArray[np.intp]) -> Iterable[Row]:
    assert source.stock is not None
    table = building_table(source.stock, dimension)
    whole = mix_table(source.stock, source.plan, dimension, TOWN).mix.counts[0]
    estates = {
        estate.number: local_name(estate)
        for estate in Estate.objects.filter(
            stock=source.stock, number__in=np.unique(table.estate[numbers]).tolist()
        )
    }
    told = Building.objects.filter(stock=source.stock, number__in=numbers.tolist()).order_by("number")
    for number, code, name, address in told.values_list("number", "code", "name", "address"):
        estate = int(table.estate[number])
        row = area_row(
            table.mix, number, whole, code=code, name=name or address or code,
            dwellings=int(table.dwellings[number]),
        )  # fmt: skip
        row = replace(row, number=number, merged=_estate_name(estates, estate))
        yield _judged_building(row, is_shown=bool(table.is_shown[number]))


def _estate_name(estates: dict[int, str], number: int) -> str:
    return (estates.get(number) or _("所在小区")) if number else ""


def _judged_building(row: Row, *, is_shown: bool) -> Row:
    """Below the grid W and the shares remain; a building too small to look at alone is not shown."""
    if not is_shown:
        return hidden(row, _("已登记的住房太少，所在小区也不足，不单独显示。"))
    kept = replace(
        row, b=None, r_star=None, h=None, m=None, d=None, d_expected=None, d_corrected=None,
        effective_groups=None, entropy=None, quotients=(),
    )  # fmt: skip
    if (row.response or 0) < LOWEST_RESPONSE:
        return without_indices(kept, _("登记了这一项的住房太少，只列数量，不算指标。"))
    return kept
