"""Workbook → XForm, by pyxform, and the outline of what came out."""

from dataclasses import dataclass, field
from typing import Any

from pyxform.xls2xform import convert

from survey.questionnaires.outline import outline_of


@dataclass(frozen=True)
class Converted:
    xform: str
    outline: dict[str, Any]
    warnings: list[dict[str, Any]] = field(default_factory=list)


def convert_workbook(workbook: bytes, *, name: str) -> Converted:
    warnings: list[str] = []
    made = convert(workbook, warnings=warnings, file_type=".xlsx")
    return Converted(made.xform, outline_of(made.xform), [{"sentence": text} for text in warnings])
