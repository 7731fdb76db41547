"""Refusals: what the product says when it will not do something.

A refusal says what was met, where, what was expected and what to do, in the reader's
language, and carries its numbers with units in the keys. Domain code raises a subclass;
only `gis_core/api.py` turns `code` and `status` into HTTP. Programmer errors are not
refusals: they stay `ValueError` or `AssertionError`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

ROWS_LISTED = 200


class Refusal(Exception):  # noqa: N818 — a refusal is an answer, not an error
    """One sentence for the user, one code for the program, details with units."""

    code = "refused"
    status = 400

    def __init__(self, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": self.sentence, "details": self.details}


class NotAllowed(Refusal):
    code = "not_allowed"
    status = 403


class NotFound(Refusal):
    code = "not_found"
    status = 404


class Conflict(Refusal):
    code = "conflict"
    status = 409


class TooLarge(Refusal):
    """A file, or what it unpacks to, is larger than the product will read."""

    code = "too_large"
    status = 413


class UnknownFormat(Refusal):
    code = "unknown_format"
    status = 415


class UnreadableFile(Refusal):
    """Empty, truncated, or not what its name says."""

    code = "unreadable_file"


class UnsafeFile(Refusal):
    """Built to harm: an archive bomb, an entity definition, a path that leaves its folder."""

    code = "unsafe_file"


class MissingColumn(Refusal):
    code = "missing_column"


class MissingChoice(Refusal):
    """A file holds several layers or sheets and nobody said which; `details["choices"]` lists them."""

    code = "missing_choice"


class MissingCRS(Refusal):
    """Geometry without a coordinate system, and nobody said which one it is."""

    code = "missing_crs"


class UnknownCRS(Refusal):
    code = "unknown_crs"


class WrongCoordinates(Refusal):
    """Numbers that cannot be what the stated coordinate system says they are."""

    code = "wrong_coordinates"


class RowError(NamedTuple):
    """One cell that could not be read; `row` is the number that the spreadsheet shows."""

    row: int
    field: str
    met: str
    expected: str


class RowErrors(Refusal):
    """Rows that could not be read. Nothing of the file was loaded."""

    code = "row_errors"
    status = 422

    def __init__(self, rows: Sequence[RowError], *, total: int | None = None) -> None:
        first = rows[0]
        count = len(rows) if total is None else total
        super().__init__(
            _(
                "有 %(count)d 处内容无法读取，整个文件未载入。第一处：第 %(row)d 行“%(field)s”为“%(met)s”，"
                "应为%(expected)s。请改正后重新上传。"
            )
            % {
                "count": count,
                "row": first.row,
                "field": first.field,
                "met": first.met,
                "expected": first.expected,
            },
            rows=[row._asdict() for row in rows[:ROWS_LISTED]],
            count=count,
        )
        self.rows = tuple(rows)
