"""What a placement refuses, and the rows that are why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from gis_core.errors import ROWS_LISTED, Conflict, Refusal

LONGEST_MET = 80


class WrongRow(NamedTuple):
    """One cell that cannot be taken; `row` is the number that the spreadsheet shows."""

    row: int
    column: str
    met: str
    sentence: str


class WrongRows(Refusal):
    """Rows that cannot be taken. Nothing of the file was loaded."""

    code = "wrong_rows"
    status = 422

    def __init__(self, rows: Sequence[WrongRow], short: Sequence[str] = ()) -> None:
        """`short`: room classes with fewer flats than applicants, which a waiting list would allow."""
        first = rows[0]
        super().__init__(
            _("有 %(count)d 处不能导入，整个文件未载入。第一处：第 %(row)d 行“%(column)s”：%(sentence)s")
            % {"count": len(rows), "row": first.row, "column": first.column, "sentence": first.sentence},
            rows=[row._asdict() for row in rows[:ROWS_LISTED]],
            count=len(rows),
        )
        self.rows = tuple(rows)
        self.short = tuple(short)

    @property
    def is_only_short(self) -> bool:
        """Whether nothing is wrong but that some would wait."""
        return bool(self.short) and len(self.short) == len(self.rows)


class ProjectClosed(Conflict):
    """The list is closed: flats, applicants and rules stand as they are."""

    code = "project_closed"


class ApplicantsDoNotFit(Conflict):
    """Applications that are already there name what a new list of flats no longer has."""

    code = "applicants_do_not_fit"


class SeveralDuties(Refusal):
    """Flats that no single duty of the person holds: whoever imported them could not open them again."""

    code = "several_duties"
    status = 422


class ProjectInUse(Conflict):
    """A project with a draw, or rules that something was worked out under: they stay."""

    code = "project_in_use"


class WrongName(Refusal):
    """A name that is empty, taken, or not the one that had to be typed."""

    code = "wrong_name"
    status = 422


class NothingToCheck(Refusal):
    """There are no flats, no applicants, or no proposed places yet."""

    code = "nothing_to_check"


class WrongRules(Refusal):
    """Rules without a reason, with a factor that means nothing, or for a tenure that does not exist."""

    code = "wrong_rules"
    status = 422


@dataclass
class RowFaults:
    """Collects what is wrong with a file; `finish()` refuses all of it together."""

    rows: list[WrongRow] = field(default_factory=list)
    short: list[str] = field(default_factory=list)

    def add(self, row: int, column: str, met: Any, sentence: str) -> None:
        shown = _("空") if met is None or met == "" else str(met)[:LONGEST_MET]
        self.rows.append(WrongRow(row, column, shown, sentence))

    def finish(self) -> None:
        if self.rows:
            raise WrongRows(sorted(self.rows, key=lambda one: one.row), self.short)
