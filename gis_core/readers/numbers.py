"""Numbers as people type them: with units, full-width digits, words around them.

Each reader returns a value, or None for an empty cell, or says what it met and what it
expected. Nothing is guessed: `6-8 层` is a question, not a number.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.translation import gettext as _

from gis_core.errors import RowError, RowErrors

Number = TypeVar("Number", int, float)

NUMBER = r"[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?"
METRES_PER = {
    "": 1.0, "m": 1.0, "米": 1.0, "公尺": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0,
    "cm": 0.01, "厘米": 0.01, "ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "'": 0.3048, "英尺": 0.3048,
}  # fmt: skip
MAX_HEIGHT_M = 1000.0
MAX_LEVELS = 200.0


class NumberProblem(ValueError):  # noqa: N818 — it becomes a row of a refusal
    """What the cell held and what was expected of it."""

    def __init__(self, met: object, expected: str) -> None:
        super().__init__(f"{met!r}: {expected}")
        self.met = str(met)[:80]
        self.expected = expected


def _plain(value: object) -> str:
    """Half-width, trimmed, lower case."""
    text = unicodedata.normalize("NFKC", str(value)).strip().lower()
    return text.replace("′", "'").replace("’", "'").replace("″", '"').replace("”", '"')


def _float(text: str, value: object, expected: str) -> float:
    """A decimal point, or a lone decimal comma; commas before three digits group thousands."""
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    elif "," in text and not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        raise NumberProblem(value, expected)
    try:
        number = float(text.replace(",", ""))
    except ValueError as err:
        raise NumberProblem(value, expected) from err
    if not math.isfinite(number):
        raise NumberProblem(value, expected)
    return number


def parse_number(value: object) -> float | None:
    """`12`, `１２．５`, `1,234.5`, `48,5`."""
    if value is None or _plain(value) == "":
        return None
    expected = _("数字，如 12.5")
    if isinstance(value, bool):
        raise NumberProblem(value, expected)
    text = _plain(value)
    if not re.fullmatch(NUMBER, text):
        raise NumberProblem(value, expected)
    return _float(text, value, expected)


def parse_int(value: object) -> int | None:
    """A whole number; `3.0` is 3 and `3.5` is refused."""
    number = parse_number(value)
    if number is None:
        return None
    if number != int(number):
        raise NumberProblem(value, _("整数，如 12"))
    return int(number)


def parse_height_m(value: object) -> float | None:
    """Metres of `48.5`, `48.5 m`, `48,5米`, `160 ft`, `7'4"`; above 0 and at most 1,000 m."""
    if value is None or _plain(value) == "":
        return None
    expected = _("高度，如 48.5、48.5 m 或 160 ft，大于 0 且不超过 1000 米")
    text = _plain(value).removeprefix("约").strip()
    feet_inches = re.fullmatch(r"(\d+)\s*'\s*(\d+(?:\.\d+)?)\s*\"?", text)
    if feet_inches:
        height_m = (int(feet_inches[1]) + float(feet_inches[2]) / 12.0) * 0.3048
    else:
        parts = re.fullmatch(rf"({NUMBER})\s*([^\d\s.]*)\.?", text)
        if not parts or parts[2] not in METRES_PER:
            raise NumberProblem(value, expected)
        height_m = _float(parts[1], value, expected) * METRES_PER[parts[2]]
    if not 0 < height_m <= MAX_HEIGHT_M:
        raise NumberProblem(value, expected)
    return height_m


def parse_levels(value: object) -> float | None:
    """Storeys above ground of `6`, `2.5`, `F6`, `6F`, `6层`, `地上6层`; of `3;4` the higher part."""
    if value is None or _plain(value) == "":
        return None
    expected = _("层数，如 6、2.5 或 6层，大于 0 且不超过 200")
    levels = [_one_level(part, value, expected) for part in re.split(r"[;、]", _plain(value)) if part.strip()]
    if not levels or not 0 < max(levels) <= MAX_LEVELS or min(levels) < 0:
        raise NumberProblem(value, expected)
    return max(levels)


def _one_level(part: str, value: object, expected: str) -> float:
    found = re.fullmatch(
        rf"(?:地上|共|f)?\s*({NUMBER})\s*(?:层|楼|f|floors?|levels?|storeys?)?", part.strip()
    )
    if not found:
        raise NumberProblem(value, expected)
    return _float(found[1], value, expected)


@dataclass
class RowCheck:
    """Collects what is wrong with the cells of a table; `finish()` refuses them all together."""

    errors: list[RowError] = field(default_factory=list)

    def add(self, row: int, column: str, met: object, expected: str) -> None:
        self.errors.append(RowError(row, column, str(met)[:80], expected))

    def number(self, row: int, column: str, value: object) -> float | None:
        return self._tried(parse_number, row, column, value)

    def integer(self, row: int, column: str, value: object) -> int | None:
        return self._tried(parse_int, row, column, value)

    def height_m(self, row: int, column: str, value: object) -> float | None:
        return self._tried(parse_height_m, row, column, value)

    def levels(self, row: int, column: str, value: object) -> float | None:
        return self._tried(parse_levels, row, column, value)

    def _tried(
        self, parse: Callable[[object], Number | None], row: int, column: str, value: object
    ) -> Number | None:
        try:
            return parse(value)
        except NumberProblem as problem:
            self.add(row, column, problem.met, problem.expected)
            return None

    def finish(self) -> None:
        if self.errors:
            raise RowErrors(self.errors)
