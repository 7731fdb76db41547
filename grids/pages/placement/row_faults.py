"""Why a file was refused, for the page: the rows, the most frequent reasons, and all of it as CSV."""

import io
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from gis_core.writers import Column, write_csv
from grids.placement.errors import WrongRow, WrongRows

ROWS_SHOWN, ROWS_IN_FILE, REASONS_SHOWN = 200, 20_000, 5


@dataclass(frozen=True)
class Reason:
    """The same fault in many rows."""

    column: str
    sentence: str
    count: int


@dataclass(frozen=True)
class ToldFaults:
    """`rows` is what the table shows of `count`; `offers_waiting` where a waiting list would make it good."""

    rows: tuple[WrongRow, ...]
    count: int
    row_count: int
    reasons: tuple[Reason, ...]
    offers_waiting: bool
    csv_text: str

    @property
    def hidden(self) -> int:
        return self.count - len(self.rows)


def told_faults(refusal: Refusal) -> ToldFaults | None:
    if not isinstance(refusal, WrongRows):
        return None
    kinds = Counter((one.column, one.sentence) for one in refusal.rows)
    return ToldFaults(
        rows=refusal.rows[:ROWS_SHOWN],
        count=len(refusal.rows),
        row_count=len({one.row for one in refusal.rows}),
        reasons=tuple(
            Reason(column, sentence, count)
            for (column, sentence), count in kinds.most_common(REASONS_SHOWN)
            if count > 1
        ),
        offers_waiting=refusal.is_only_short,
        csv_text=_csv(refusal.rows[:ROWS_IN_FILE]),
    )


def _csv(rows: tuple[WrongRow, ...]) -> str:
    """As Excel opens it; the page hands it over as a file."""
    columns = [
        Column(_("行"), _("行"), kind="integer"),
        Column(_("列"), _("列")),
        Column(_("读到的内容"), _("读到的内容")),
        Column(_("怎么改"), _("怎么改")),
    ]
    target = io.BytesIO()
    write_csv(target, columns, rows)
    return target.getvalue().decode()
