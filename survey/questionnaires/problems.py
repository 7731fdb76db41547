"""What is wrong with a workbook, cell by cell, in the uploader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from gis_core.errors import ROWS_LISTED, Refusal


@dataclass(frozen=True)
class FormProblem:
    """One finding. `row` is the number that the spreadsheet shows, 0 where a whole sheet is meant."""

    sheet: str
    row: int
    column: str
    sentence: str
    met: str = ""
    expected: str = ""
    code: str = ""

    @property
    def place(self) -> str:
        """「工作表 survey，第 12 行，name 列」"""
        parts = [_("工作表 %(sheet)s") % {"sheet": self.sheet}] if self.sheet else []
        if self.row:
            parts.append(_("第 %(row)d 行") % {"row": self.row})
        if self.column:
            parts.append(_("%(column)s 列") % {"column": self.column})
        return _("，").join(parts)


class FormRefused(Refusal):
    """A workbook that does not become a form version; nothing was stored."""

    code = "form_refused"
    status = 422

    def __init__(self, problems: Sequence[FormProblem]) -> None:
        first = problems[0]
        sentence = _("这份表单有 %(count)d 处问题，没有存入。") % {"count": len(problems)}
        told = f"{first.place}{_('：')}{first.sentence}" if first.place else first.sentence
        super().__init__(
            f"{sentence}{_('第一处：')}{told}",
            rows=[asdict(problem) for problem in problems[:ROWS_LISTED]],
            count=len(problems),
        )
        self.problems = tuple(problems)


def in_order(problems: Iterable[FormProblem]) -> list[FormProblem]:
    """Sheet by sheet and row by row, each finding once."""
    order = {name: at for at, name in enumerate(("settings", "survey", "choices", "entities"))}
    once = dict.fromkeys(problems)
    return sorted(once, key=lambda problem: (order.get(problem.sheet, 9), problem.sheet, problem.row))
