"""CSV and XLSX → a table with named columns, and places out of two of them.

A table is read whole or not at all. Row numbers are the ones a spreadsheet shows, so that
"row 17" can be found. Where the places are is never guessed: the user names the two columns
and the coordinate system.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import MissingColumn, RowError, RowErrors, TooLarge, UnreadableFile
from gis_core.readers.delimited import read_delimited
from gis_core.readers.numbers import RowCheck
from gis_core.readers.spreadsheets import read_sheet
from gis_core.readers.spreadsheets import sheets_of as sheets_of
from gis_core.readers.unpacking import require_content

MAX_ROWS = 2_000_000
X_NAMES = ("经度", "lon", "lng", "long", "longitude", "x", "东坐标", "easting")
Y_NAMES = ("纬度", "lat", "latitude", "y", "北坐标", "northing")


@dataclass(frozen=True, slots=True)
class TableRow:
    row: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[TableRow]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""

    def require_columns(self, *wanted: str) -> None:
        missing = [name for name in wanted if name not in self.columns]
        if missing:
            raise MissingColumn(
                _("表中没有“%(missing)s”列，现有列：%(columns)s。请选择已有的列名。")
                % {"missing": "、".join(missing), "columns": "、".join(self.columns[:40])},
                missing=missing,
                columns=self.columns,
            )


@dataclass(frozen=True)
class Places:
    """A table whose rows have a place: `lonlat` for the product, `raw_xy` as the file had it."""

    table: Table
    lonlat: crs.FloatArray
    raw_xy: crs.FloatArray
    system: str


def read_table(
    path: Path | str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    max_rows: int = MAX_ROWS,
) -> Table:
    """Read a .csv, .tsv, .txt or .xlsx file, recognised by content.

    Args:
        header_row: number of the row with the column names; the first that is not empty when absent.

    Raises:
        UnreadableFile, UnknownFormat, UnsafeFile, TooLarge, MissingChoice, RowErrors: nothing was read.
    """
    path = Path(path)
    require_content(path)
    with path.open("rb") as file:
        head = file.read(4)
    title = found_encoding = found_delimiter = ""
    cells: Sequence[Sequence[Any]]
    if head in (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"):
        cells, title = read_sheet(path, sheet=sheet, max_rows=max_rows)
    else:
        cells, found_encoding, found_delimiter = read_delimited(path, encoding=encoding, delimiter=delimiter)
    if len(cells) > max_rows + 1:
        raise TooLarge(
            _("“%(name)s”多于 %(limit)d 行。请分批上传。") % {"name": path.name, "limit": max_rows},
            file=path.name,
            limit_rows=max_rows,
        )
    header = _header_row(cells, header_row, named=path.name)
    columns = _columns(cells, header)
    rows = _rows(cells, header, columns)
    if not rows:
        raise UnreadableFile(
            _("“%(name)s”只有表头，没有数据行。请检查导出步骤后重新上传。") % {"name": path.name},
            file=path.name,
        )
    return Table([name for name in columns if name], rows, title, found_encoding, found_delimiter)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _header_row(cells: Sequence[Sequence[Any]], stated: int | None, *, named: str) -> int:
    """Number of the header row, 1 for the first."""
    filled = [number for number, row in enumerate(cells, 1) if not all(map(_is_blank, row))]
    if not filled:
        raise UnreadableFile(
            _("“%(name)s”里没有任何内容。请检查导出步骤后重新上传。") % {"name": named}, file=named
        )
    if stated is not None and stated not in filled:
        raise UnreadableFile(
            _("“%(name)s”第 %(row)d 行是空的，不能作为表头。") % {"name": named, "row": stated},
            file=named,
            row=stated,
        )
    return stated or filled[0]


def _columns(cells: Sequence[Sequence[Any]], header: int) -> list[str]:
    """Column names in order, "" for a column that is empty all the way down."""
    names = ["" if _is_blank(cell) else " ".join(str(cell).split()) for cell in cells[header - 1]]
    doubled = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if doubled:
        raise RowErrors(
            [
                RowError(header, name, _("重复的列名（或合并的表头）"), _("每列一个不同的名称"))
                for name in doubled
            ]
        )
    return names


def _rows(cells: Sequence[Sequence[Any]], header: int, columns: list[str]) -> list[TableRow]:
    rows: list[TableRow] = []
    errors: list[RowError] = []
    for number, row in enumerate(cells[header:], start=header + 1):
        if all(map(_is_blank, row)):
            continue
        values: dict[str, Any] = dict.fromkeys(filter(None, columns))
        for at, cell in enumerate(row):
            if _is_blank(cell):
                continue
            name = columns[at] if at < len(columns) else ""
            if not name:
                errors.append(
                    RowError(
                        number,
                        _("第 %(n)d 列") % {"n": at + 1},
                        str(cell)[:80],
                        _("有列名的列（检查分隔符与引号）"),
                    )
                )
            else:
                values[name] = cell.strip() if isinstance(cell, str) else cell
        rows.append(TableRow(number, values))
    if errors:
        raise RowErrors(errors)
    return rows


# --- Places -------------------------------------------------------------------------------


def likely_coordinate_columns(columns: Sequence[str]) -> tuple[str, str] | None:
    """A proposal for a form; the user confirms it."""
    by_name = {
        name.lower().split("_")[0].split("(")[0].split("（")[0].strip(): name for name in reversed(columns)
    }
    x = next((by_name[name] for name in X_NAMES if name in by_name), None)
    y = next((by_name[name] for name in Y_NAMES if name in by_name), None)
    return (x, y) if x and y else None


def places_of(
    table: Table, *, x_column: str, y_column: str, system: str, extent: crs.Extent | None = None
) -> Places:
    """Lon/lat of every row from two columns, x (or longitude, easting) first.

    Raises:
        MissingColumn, UnknownCRS, WrongCoordinates, RowErrors: no row was taken.
    """
    source = crs.source_system(system)
    table.require_columns(x_column, y_column)
    check = RowCheck()
    raw_xy = np.zeros((len(table.rows), 2))
    for i, row in enumerate(table.rows):
        pair = [check.number(row.row, name, row.values[name]) for name in (x_column, y_column)]
        for name, number in zip((x_column, y_column), pair, strict=True):
            if number is None and row.values[name] is None:
                check.add(row.row, name, _("空"), _("坐标数字"))
        if pair == [0.0, 0.0]:
            check.add(row.row, x_column, "0, 0", _("真实坐标（0, 0 通常表示没有定位）"))
        raw_xy[i] = [number if number is not None else np.nan for number in pair]
    check.finish()
    numbers = [row.row for row in table.rows]
    lonlat = crs.from_source(raw_xy, source, rows=numbers)
    crs.require_lonlat(lonlat, rows=numbers, extent=extent)
    return Places(table, lonlat, raw_xy, source.key)


def read_places(
    path: Path | str,
    *,
    x_column: str,
    y_column: str,
    system: str,
    extent: crs.Extent | None = None,
    **reading: Any,
) -> Places:
    """`read_table` and `places_of` in one; `reading` are the options of `read_table`."""
    table = read_table(path, **reading)
    return places_of(table, x_column=x_column, y_column=y_column, system=system, extent=extent)
