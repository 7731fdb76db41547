"""CSV as Excel in China opens it: UTF-8 with its mark, CRLF, no cell that runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from gis_core.writers.columns import Column, Source, Target, harmless

ATTRIBUTION = "attribution"


def write_csv(
    target: Target,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sources: Sequence[Source] = (),
) -> int:
    """Write rows as they come and return their number.

    The first line holds the keys, which carry the units. The sources stand once, in the last
    column of the first row: a comment line would be taken for data.
    """
    opened = open(target, "wb") if isinstance(target, Path | str) else nullcontext(target)  # noqa: SIM115
    with opened as binary:
        return _write(binary, columns, rows, "; ".join(map(str, sources)))


def _write(
    binary: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]], attribution: str
) -> int:
    text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    extra = [ATTRIBUTION] if attribution else []
    writer.writerow([column.key for column in columns] + extra)
    count = 0
    for count, row in enumerate(rows, start=1):
        cells = [_cell(value) for value in row]
        if extra:
            cells.append(attribution if count == 1 else "")
        writer.writerow(cells)
    text.flush()
    text.detach()  # the caller's file stays open
    return count


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return harmless(value)
