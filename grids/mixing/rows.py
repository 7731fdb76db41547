"""The shape of a figure: one row an area, with what is shown, and why where nothing is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

DIGITS = 6

FEWEST_DWELLINGS = 5
"""A building with fewer known dwellings is not looked at alone."""
FEWEST_UNITS = 10
"""Below so many units no index is given."""
LOWEST_RESPONSE = 0.3
"""No index where less than this share is known."""
FEWEST_FOR_QUOTIENT = 30


@dataclass(frozen=True)
class Cell:
    """One group of one area; margins reach 95 %, None where the figure is exact."""

    count: float | None
    share: float | None
    count_margin: float | None = None
    share_margin: float | None = None


@dataclass(frozen=True)
class Row:
    """One area. `units`: buildings that hold something; `answered`: known dwellings, or households that
    answered; `dwellings`: all there are. Indices are None where they do not exist or must not be shown."""

    code: str
    name: str
    units: int | None = None
    answered: int | None = None
    dwellings: int | None = None
    response: float | None = None
    counts: tuple[Cell, ...] = ()
    w: float | None = None
    w_margin: float | None = None
    b: float | None = None
    r_star: float | None = None
    r_star_margin: float | None = None
    effective_groups: float | None = None
    entropy: float | None = None
    entropy_margin: float | None = None
    h: float | None = None
    m: float | None = None
    d: float | None = None
    d_expected: float | None = None
    d_corrected: float | None = None
    quotients: tuple[float | None, ...] = ()
    shown: bool = True
    why: str = ""
    number: int | None = None  # Building.number, on the level of buildings
    merged: str = ""  # the estate whose figure stands here instead of a small building's
    is_estimate: bool = False


INDICES = (
    "w", "w_margin", "b", "r_star", "r_star_margin", "effective_groups", "entropy", "entropy_margin",
    "h", "m", "d", "d_expected", "d_corrected",
)  # fmt: skip


def hidden(row: Row, why: str) -> Row:
    """The area without any figure, with the reason."""
    return Row(code=row.code, name=row.name, shown=False, why=why, number=row.number, merged=row.merged)


def without_indices(row: Row, why: str) -> Row:
    """Counts and shares stay; measures that mean nothing for so few are left out."""
    none: dict[str, Any] = dict.fromkeys(INDICES)
    return replace(row, **none, quotients=(), why=why)


@dataclass(frozen=True)
class Figures:
    """What one question is answered with: rows of one level, and what cannot be had there."""

    source: dict[str, Any]
    dimension: dict[str, str]
    level: str
    groups: list[dict[str, str]]
    weighting: str  # whether W weighs buildings by their households or by their pairs
    rows: list[Row]
    whole: Row | None
    not_available: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        found["rows"] = [row_json(row) for row in self.rows]
        found["whole"] = None if self.whole is None else row_json(self.whole)
        return found


def row_json(row: Row) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(row).items()}


def _plain(value: Any) -> Any:
    """Numbers short enough to be the same on every machine, tuples as lists."""
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0  # never -0.0
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
