"""CSV and its relatives → rows of text cells, numbered as a spreadsheet shows them."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from gis_core.errors import UnreadableFile
from gis_core.readers.text_encoding import decoded

DELIMITERS = (",", "\t", ";", "|")
SNIFFED_ROWS = 20
MAX_CELL_CHARACTERS = 1_000_000


def read_delimited(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[list[list[str]], str, str]:
    """All rows, the encoding and the delimiter; blank lines stay as empty rows.

    Raises:
        UnreadableFile: no text, or a quotation mark that never closes.
    """
    text, found_encoding = decoded(path.read_bytes(), named=path.name, encoding=encoding)
    found_delimiter = delimiter or _sniffed(text)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    rows: list[list[str]] = []
    try:
        rows.extend(_records(text, found_delimiter))
    except csv.Error as err:
        raise UnreadableFile(
            _("“%(name)s”第 %(row)d 行之后无法读取，可能是引号没有成对。请改正后重新上传。")
            % {"name": path.name, "row": len(rows)},
            file=path.name,
            row=len(rows),
        ) from err
    return rows, found_encoding, found_delimiter


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _sniffed(text: str) -> str:
    """The delimiter that cuts the first rows into the most columns, the same number in most rows."""

    def score(delimiter: str) -> tuple[float, int]:
        widths: list[int] = []
        try:
            for record in _records(text[:200_000], delimiter):
                if record:
                    widths.append(len(record))
                if len(widths) == SNIFFED_ROWS:
                    break
        except csv.Error:
            pass  # cut in the middle of a quoted cell, or not this delimiter
        if not widths or widths[0] == 1:
            return (0.0, 0)
        return (widths.count(widths[0]) / len(widths), widths[0])

    return max(DELIMITERS, key=score)
