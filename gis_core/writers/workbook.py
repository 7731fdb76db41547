"""XLSX for people: a title, headings with units, frozen panes, and a sheet that says where it comes from."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from gis_core.writers.columns import Column, Source, Target

ROWS_ABOVE = 3  # title, date, headings
MAX_DATA_ROWS = 1_048_576 - ROWS_ABOVE
NUMBER_FORMATS = {"integer": "#,##0", "number": "#,##0.0##", "date": "yyyy-mm-dd"}
WIDTHS = {"text": 24, "integer": 12, "number": 14, "date": 12}
HEADING_FILL = PatternFill("solid", start_color="E8EEF2")


class Sheet(NamedTuple):
    """One table of a workbook."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def write_xlsx(
    target: Target,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    sources: Sequence[Source],
    made_at: datetime,
) -> int:
    """Write rows as they come and return their number; past Excel's limit they go on in a further sheet."""
    sheets = [Sheet(title, columns, rows)]
    return write_sheets(target, sheets, title=title, sources=sources, made_at=made_at)


def write_sheets(
    target: Target, sheets: Iterable[Sheet], *, title: str, sources: Sequence[Source], made_at: datetime
) -> int:
    """Several tables, each on a sheet of its own, and one sheet that says where they come from."""
    book = openpyxl.Workbook(write_only=True)
    count = sum(_write_sheet(book, sheet, made_at) for sheet in sheets)
    _write_sources(book, sources, title=title, made_at=made_at)
    book.save(target)
    return count


def _write_sheet(book: Any, table: Sheet, made_at: datetime) -> int:
    columns, waiting = table.columns, iter(table.rows)
    count = 0
    part = 1
    while True:
        sheet = _started_sheet(book, columns, title=table.title, part=part, made_at=made_at)
        written = 0
        for row in islice(waiting, MAX_DATA_ROWS):
            sheet.append([_cell(sheet, value, column) for value, column in zip(row, columns, strict=True)])
            written += 1
        sheet.auto_filter.ref = f"A{ROWS_ABOVE}:{get_column_letter(len(columns))}{ROWS_ABOVE + written}"
        count += written
        part += 1
        if written < MAX_DATA_ROWS:
            return count


def _sheet_title(title: str, part: int) -> str:
    """At most 31 characters, none of []:*?/\\, as Excel demands."""
    plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip("' ") or "1"
    return plain[:26] + (f" ({part})" if part > 1 else "")


def _started_sheet(book: Any, columns: Sequence[Column], *, title: str, part: int, made_at: datetime) -> Any:
    sheet = book.create_sheet(_sheet_title(title, part))
    sheet.freeze_panes = f"A{ROWS_ABOVE + 1}"
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = max(
            WIDTHS[column.kind], 2 * len(column.heading)
        )
    sheet.append([_text(sheet, title, Font(bold=True, size=14))])
    made = _("生成于 %(time)s；来源与许可见工作表“从何而来”") % {"time": made_at.strftime("%Y-%m-%d %H:%M")}
    sheet.append([_text(sheet, made, Font(color="5A6670"))])
    headings = [_text(sheet, column.heading, Font(bold=True)) for column in columns]
    for heading in headings:
        heading.fill = HEADING_FILL
        heading.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.append(headings)
    return sheet


def _text(sheet: Any, value: str, font: Font | None = None) -> WriteOnlyCell:
    """A cell that stays a text even where it begins like a formula."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767])
    cell.data_type = "s"
    if font is not None:
        cell.font = font
    return cell


def _cell(sheet: Any, value: Any, column: Column) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.replace(tzinfo=None)  # Excel knows no zones; the caller chose the local time
    plain = value if isinstance(value, bool | int | float | datetime | date) else _number_or_text(value)
    if isinstance(plain, str):
        return _text(sheet, plain)
    if isinstance(plain, float) and plain != plain:
        return None
    cell = WriteOnlyCell(sheet, value=plain)
    if column.kind in NUMBER_FORMATS:
        cell.number_format = NUMBER_FORMATS[column.kind]
    return cell


def _number_or_text(value: Any) -> Any:
    """numpy's numbers as Python's; anything else as text."""
    return value.item() if hasattr(value, "item") else str(value)


def _write_sources(book: Any, sources: Sequence[Source], *, title: str, made_at: datetime) -> None:
    sheet = book.create_sheet(_("从何而来"))
    for letter, width in zip("ABCD", (28, 48, 28, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_text(sheet, title, Font(bold=True, size=14))])
    sheet.append([_text(sheet, _("生成时间")), _text(sheet, made_at.isoformat(timespec="seconds"))])
    sheet.append([])
    sheet.append(
        [_text(sheet, heading, Font(bold=True)) for heading in (_("内容"), _("来源"), _("许可"), _("截至"))]
    )
    for source in sources:
        sheet.append(
            [_text(sheet, part) for part in (source.what, source.where, source.licence, source.date)]
        )
