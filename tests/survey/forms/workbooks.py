"""Workbooks written for tests: sheets as text, one row a line, cells parted by `|`."""

import io
from typing import Any

import openpyxl

SETTINGS = [["form_title", "form_id", "version"], ["走访表", "hh", "1"]]


def table(text: str) -> list[list[str | None]]:
    """`type | name | label` lines to rows; an empty cell stays empty."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return [[cell.strip() or None for cell in line.strip("|").split("|")] for line in lines]


def workbook(**sheets: Any) -> bytes:
    """A .xlsx of these sheets (text or rows); settings of a plain form where none are given."""
    book = openpyxl.Workbook(write_only=True)
    for name, content in {"settings": SETTINGS, **sheets}.items():
        sheet = book.create_sheet(name)
        for row in table(content) if isinstance(content, str) else content:
            sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def asking(*rows: str, choices: str = "", **settings: str) -> bytes:
    """A form with these rows of the survey sheet `type | name | label::中文 (zh) | appearance`."""
    survey = "\n".join(("type | name | label::中文 (zh) | appearance | bind::wangge:role | save_to", *rows))
    sheets: dict[str, Any] = {"survey": survey}
    if choices:
        sheets["choices"] = f"list_name | name | label::中文 (zh)\n{choices}"
    told = {
        "form_title": "走访表",
        "form_id": "hh",
        "version": "1",
        "namespaces": 'wangge="urn:wangge:form"',
        **settings,
    }
    return workbook(**sheets, settings=[list(told), list(told.values())])
