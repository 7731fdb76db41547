"""Any file of unit × group counts, checked cell by cell: CSV, XLSX, Shapefile (zipped too), GeoPackage.

The file is taken whole or refused with the row and the column. Nothing is guessed: which column names
the units, which hold the counts and which name larger areas is said by the caller.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import Refusal, RowError, RowErrors
from gis_core.readers.numbers import NumberProblem, parse_int
from gis_core.readers.tables import Table, TableRow, places_of, read_table
from gis_core.readers.vector import read_vector
from gis_core.readers.vector_files import MAP_FILES
from grids.kernels.counts import Int64Array

FULL_COUNT = 2_000_000_000  # more people than any one unit holds


class NotNested(Refusal):
    """An area of one nest column lies in two areas of the next."""

    code = "not_nested"
    status = 422


@dataclass(frozen=True)
class Asked:
    """Which columns mean what; `nest` from the smallest areas to the largest, other orders are sorted."""

    unit: str
    groups: tuple[str, ...]
    nest: tuple[str, ...] = ()
    households: str | None = None
    layer: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    system: str | None = None
    x_column: str | None = None
    y_column: str | None = None


@dataclass(frozen=True, eq=False)
class NestLevel:
    """The areas of one nest column: their names, and the parent of each area (or unit) of the level below."""

    column: str
    names: list[str]
    parent: Int64Array


@dataclass(frozen=True, eq=False)
class CountTable:
    """`counts` (n, K); `levels` from leaf to root; `points_m` (n, 2) where the file says where units are."""

    units: list[str]
    counts: Int64Array
    levels: list[NestLevel]
    households: Int64Array | None
    points_m: crs.FloatArray | None


def read_counts(path: Path, asked: Asked) -> CountTable:
    """Read and check the columns that were asked for.

    Raises:
        MissingColumn: a column is not there.
        RowErrors: a count that is negative, a fraction, text or blank; a unit twice or without a name.
        NotNested: nest columns that do not lie in one another.
        Refusal: whatever the readers say of the file itself.
    """
    _check_question(asked)
    table, lonlat = _rows_of(path, asked)
    wanted = [asked.unit, *asked.groups, *asked.nest, *([asked.households] if asked.households else [])]
    table.require_columns(*wanted)
    errors: list[RowError] = []
    units = _unit_names(table, asked.unit, errors)
    counts = np.column_stack([_whole_numbers(table, name, errors) for name in asked.groups])
    households = _whole_numbers(table, asked.households, errors) if asked.households else None
    if households is not None and not errors:
        _check_households(table, str(asked.households), counts, households, errors)
    chosen = {name: _area_names(table, name, counts.sum(axis=1), errors) for name in asked.nest}
    if errors:
        raise RowErrors(sorted(errors))
    points_m = None if lonlat is None else _in_metres(lonlat)
    return CountTable(units, counts, _nested(table, chosen), households, points_m)


def _check_question(asked: Asked) -> None:
    named = [asked.unit, *asked.groups, *asked.nest, *([asked.households] if asked.households else [])]
    doubled = [name for name, count in Counter(named).items() if count > 1]
    if doubled:
        raise Refusal(
            _("“%(name)s”列被用了两次。单元、类别和上级区域各用不同的列。") % {"name": doubled[0]},
            column=doubled[0],
        )
    if len(asked.groups) < 2:
        raise Refusal(_("至少需要两个类别列，例如 --groups 自有,租住。"), groups=list(asked.groups))


# --- Reading ------------------------------------------------------------------------------


def _rows_of(path: Path, asked: Asked) -> tuple[Table, crs.FloatArray | None]:
    """The rows, and the lon/lat of every unit if the file says it."""
    if _is_map(path):
        found = read_vector(
            path, layer=asked.layer, system=asked.system, encoding=asked.encoding, repair=True
        )
        middles = shapely.get_coordinates(shapely.centroid([row.geometry for row in found.rows]))
        return Table(found.columns, [TableRow(row.row, row.values) for row in found.rows]), middles
    table = read_table(path, sheet=asked.sheet, encoding=asked.encoding)
    if asked.x_column is None or asked.y_column is None:
        return table, None
    places = places_of(
        table, x_column=asked.x_column, y_column=asked.y_column, system=asked.system or "wgs84"
    )
    return table, places.lonlat


def _is_map(path: Path) -> bool:
    """A workbook is a zip too: the name decides, and the reader looks at the content."""
    return path.is_dir() or path.suffix.lower() in (*MAP_FILES, ".zip")


def _in_metres(lonlat: crs.FloatArray) -> crs.FloatArray:
    lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    return crs.to_metres(lonlat, crs.metric_zone(lon=float(lon), lat=float(lat)))


# --- Cells --------------------------------------------------------------------------------


def _unit_names(table: Table, column: str, errors: list[RowError]) -> list[str]:
    names = [_name(row.values.get(column)) for row in table.rows]
    first: dict[str, int] = {}
    for row, name in zip(table.rows, names, strict=True):
        if not name:
            errors.append(RowError(row.row, column, _("空"), _("单元的名称或代码")))
        elif name in first:
            expected = _("每个单元一行（第 %(row)d 行已有；较大的区域请用 --nest）") % {"row": first[name]}
            errors.append(RowError(row.row, column, name[:80], expected))
        else:
            first[name] = row.row
    return names


def _name(value: Any) -> str:
    """Codes read as numbers keep their whole form: 12.0 is 12."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _whole_numbers(table: Table, column: str, errors: list[RowError]) -> Int64Array:
    numbers = np.zeros(len(table.rows), np.int64)
    for at, row in enumerate(table.rows):
        value = row.values.get(column)
        try:
            number = parse_int(value)
        except NumberProblem:
            number = None
        if number is None or not 0 <= number <= FULL_COUNT:
            met = _("空") if value is None else str(value)[:80]
            errors.append(RowError(row.row, column, met, _("0 或更大的整数")))
        else:
            numbers[at] = number
    return numbers


def _check_households(
    table: Table, column: str, counts: Int64Array, households: Int64Array, errors: list[RowError]
) -> None:
    for at in np.flatnonzero(counts.sum(axis=1) > households):
        expected = _("不少于各类别之和 %(count)d") % {"count": counts[at].sum()}
        errors.append(RowError(table.rows[at].row, column, str(households[at]), expected))


# --- Areas in areas -----------------------------------------------------------------------


def _area_names(table: Table, column: str, residents: Int64Array, errors: list[RowError]) -> list[str]:
    """The area of every unit; a unit of nobody may be without one."""
    names = [_name(row.values.get(column)) for row in table.rows]
    for row, name, count in zip(table.rows, names, residents, strict=True):
        if not name and count:
            errors.append(RowError(row.row, column, _("空"), _("所属区域的名称或代码")))
    return names


def _nested(table: Table, chosen: dict[str, list[str]]) -> list[NestLevel]:
    """The chain of levels, in the order given or, where only that nests, from many areas to few."""
    columns = list(chosen)
    refusal = _first_split(table, chosen, columns)
    if refusal is not None:
        columns.sort(key=lambda column: -len(set(chosen[column])))
        if _first_split(table, chosen, columns) is not None:
            raise refusal
    levels: list[NestLevel] = []
    for column in columns:
        names = sorted(set(chosen[column]) - {""})
        number = {name: at for at, name in enumerate(names)}
        if levels:
            pairs = zip(chosen[levels[-1].column], chosen[column], strict=True)
            above = {low: number[high] for low, high in pairs if high}
            parent = [above.get(name, -1) for name in levels[-1].names]
        else:
            parent = [number.get(name, -1) for name in chosen[column]]
        levels.append(NestLevel(column, names, np.array(parent, np.int64)))
    return levels


def _first_split(table: Table, chosen: dict[str, list[str]], columns: list[str]) -> NotNested | None:
    """The refusal that the first area in two larger ones earns, or None."""
    for low, high in pairwise(columns):
        seen: dict[str, tuple[str, int]] = {}
        for row, inner, outer in zip(table.rows, chosen[low], chosen[high], strict=True):
            if inner and outer:
                other, first = seen.setdefault(inner, (outer, row.row))
                if other != outer:
                    return _not_nested(low, high, inner, (other, first), (outer, row.row))
    return None


def _not_nested(low: str, high: str, inner: str, one: tuple[str, int], two: tuple[str, int]) -> NotNested:
    return NotNested(
        _(
            "“%(low)s”的“%(inner)s”同时属于“%(high)s”的“%(one)s”（第 %(row_one)d 行）和“%(two)s”"
            "（第 %(row_two)d 行）。请改正，或使用在上级内不重复的代码。"
        )
        % {
            "low": low,
            "high": high,
            "inner": inner,
            "one": one[0],
            "row_one": one[1],
            "two": two[0],
            "row_two": two[1],
        },
        column=low,
        parent_column=high,
        area=inner,
        parents=[one[0], two[0]],
        rows=[one[1], two[1]],
    )
