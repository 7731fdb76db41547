"""XLSX → rows of values, numbered as the spreadsheet shows them.

Formulas count with the value that was last computed; a formula without one is an error of
its cell, never an empty cell. A merged range says the same in each of its cells.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple

from gis_core.errors import (
    MissingChoice,
    RowError,
    RowErrors,
    TooLarge,
    UnknownFormat,
    UnreadableFile,
    UnsafeFile,
)
from gis_core.readers.unpacking import require_unpackable

MAX_XLSX_BYTES = 1024**3
MAX_MERGED_CELLS = 1_000_000
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# openpyxl has no error of its own for a damaged part: it trips over what is not there.
XLSX_ERRORS = (
    zipfile.BadZipFile,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,
    zlib.error,
)


def sheets_of(path: Path) -> list[str]:
    """Visible sheets in order."""
    with _workbook(path) as book:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]


def read_sheet(path: Path, *, sheet: str | None = None, max_rows: int) -> tuple[list[list[Any]], str]:
    """All rows of one sheet and its name.

    Raises:
        UnknownFormat, UnreadableFile, UnsafeFile, TooLarge, MissingChoice, RowErrors
    """
    with _workbook(path) as book:
        chosen = _chosen(book, sheet, named=path.name)
        chosen.reset_dimensions()  # the stated size may claim the whole grid
        rows: list[list[Any]] = []
        errors: list[RowError] = []
        for number, cells in enumerate(chosen.iter_rows(), start=1):
            if number > max_rows + 1:
                raise TooLarge(
                    _("“%(name)s”多于 %(limit)d 行。请分批上传。") % {"name": path.name, "limit": max_rows},
                    file=path.name,
                    limit_rows=max_rows,
                )
            rows.append([_value(cell, number, errors) for cell in cells])
        with book._archive.open(chosen._worksheet_path) as source:
            merged = _merged_and_uncomputed(source, errors)
        if errors:
            raise RowErrors(sorted(errors))
        _fill_merged(rows, merged)
        return rows, chosen.title


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """An open workbook; whatever openpyxl trips over inside the block becomes one refusal."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnknownFormat(
            _("“%(name)s”是旧版 .xls 或加密的工作簿。请另存为不加密的 .xlsx 后上传。") % {"name": path.name},
            file=path.name,
        )
    require_unpackable(path, max_bytes=MAX_XLSX_BYTES)
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)) as book:
            yield book
    except XLSX_ERRORS as err:
        if isinstance(err, DefusedXmlException) or isinstance(err.__cause__, DefusedXmlException):
            sentence = _("“%(name)s”内含实体定义，可能是攻击，未载入。") % {"name": path.name}
            raise UnsafeFile(sentence, file=path.name) from err
        sentence = _("“%(name)s”不是完整的 .xlsx 工作簿。请用表格软件重新另存为 .xlsx 后上传。")
        raise UnreadableFile(sentence % {"name": path.name}, file=path.name) from err


def _chosen(book: Any, wanted: str | None, *, named: str) -> Any:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    matching = [sheet for sheet in visible if wanted is None or sheet.title == wanted]
    if len(matching) == 1:
        return matching[0]
    titles = [sheet.title for sheet in visible]
    raise MissingChoice(
        _("“%(name)s”有 %(count)d 个工作表（%(listed)s）。请指明要导入哪一个。")
        % {"name": named, "count": len(titles), "listed": "、".join(titles[:20])},
        file=named,
        choices=titles,
    )


def _value(cell: Any, number: int, errors: list[RowError]) -> Any:
    value = cell.value
    if cell.data_type == "e":
        errors.append(RowError(number, cell.column_letter, str(value), _("公式的结果，而不是错误值")))
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date()
    if isinstance(value, bool | int | float | datetime | date) or value is None:
        return value
    return str(value)


def _merged_and_uncomputed(source: Any, errors: list[RowError]) -> list[tuple[int, int, int, int]]:
    """Merged ranges (left, top, right, bottom); formulas that were never computed become errors."""
    merged: list[tuple[int, int, int, int]] = []
    for _event, element in iterparse(source, events=("end",)):
        if element.tag == SHEET + "c":
            if _is_uncomputed(element):
                row, _column = coordinate_to_tuple(element.get("r"))
                letter = element.get("r").rstrip("0123456789")
                errors.append(RowError(row, letter, _("没有结果的公式"), _("先在表格软件中计算并保存")))
            element.clear()
        elif element.tag == SHEET + "mergeCell":
            merged.append(range_boundaries(element.get("ref")))
        elif element.tag == SHEET + "row":
            element.clear()
    return merged


def _is_uncomputed(cell: Any) -> bool:
    """A formula without a value; an empty text is a value."""
    value = cell.find(SHEET + "v")
    has_value = value is not None and (value.text or cell.get("t") == "str")
    return cell.find(SHEET + "f") is not None and not has_value


def _fill_merged(rows: list[list[Any]], merged: list[tuple[int, int, int, int]]) -> None:
    for left, top, right, bottom in _inside_sheet(merged, len(rows)):
        first = rows[top - 1][left - 1] if left <= len(rows[top - 1]) else None
        for row in rows[top - 1 : bottom]:
            row.extend([None] * (right - len(row)))
            row[left - 1 : right] = [first] * (right - left + 1)


def _inside_sheet(
    merged: list[tuple[int, int, int, int]], row_count: int
) -> Iterator[tuple[int, int, int, int]]:
    """Ranges that touch the rows, cut at the last of them, up to a million cells in all."""
    cells = 0
    for left, top, right, bottom in merged:
        bottom = min(bottom, row_count)
        cells += max(bottom - top + 1, 0) * (right - left + 1)
        if top <= row_count and cells <= MAX_MERGED_CELLS:
            yield left, top, right, bottom
