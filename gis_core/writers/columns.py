"""What a column is, and where a table comes from."""

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

Kind = Literal["text", "integer", "number", "date"]
Target = Path | str | IO[bytes]

# A spreadsheet takes such a text for a formula (the full-width signs in East Asia); it may fetch or send.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Column:
    """`key` names the column for programs, with its unit (`walk_m`); `title` and `unit` for people."""

    key: str
    title: str
    unit: str = ""
    kind: Kind = "text"

    @property
    def heading(self) -> str:
        return f"{self.title}（{self.unit}）" if self.unit else self.title


@dataclass(frozen=True)
class Source:
    """One input of a figure: what, from where, under which licence, as of when."""

    what: str
    where: str
    licence: str = ""
    date: str = ""

    def __str__(self) -> str:
        return "，".join(part for part in (self.what, self.where, self.licence, self.date) if part)


def harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value
