"""pyxform's errors and warnings, and ODK Validate's, as findings with sheet and row."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from survey.questionnaires.problems import FormProblem
from survey.questionnaires.pyxform_entity_words import ENTITY_ERRORS
from survey.questionnaires.pyxform_warning_words import WARNINGS
from survey.questionnaires.pyxform_words import ERRORS
from survey.questionnaires.sayings import Saying
from survey.questionnaires.sheets import Sheets

_SEPARATE = re.compile(r"\n(?=\[row|Language ')")
_ROW = re.compile(r"^\[row : (?P<row>\d+)\]\s*", re.IGNORECASE)
_PLACE = re.compile(
    r"^On the '(?P<sheet>\w+)' sheet, the (?:'(?P<column>[^']*)' value|entity declaration)"
    r"(?: '(?P<met>[^']*)')? is (?:invalid|problematic)\.\s*"
)
_NAMED = re.compile(r"\$\{(\w[\w.-]*)\}|named '(\w[\w.-]*)'|/(\w[\w.-]*)(?=['\s,:)\]]|$)")
_WRAPPING = re.compile(
    r"ODK Validate (?:Errors|Warnings):|The following files failed validation:.*$", re.DOTALL
)
ORIGINAL_LENGTH = 600


def findings_of_error(text: str, sheets: Sheets) -> list[FormProblem]:
    return [_finding(part, [*ERRORS, *ENTITY_ERRORS], sheets, code="pyxform") for part in _parts(text)]


def findings_of_warnings(texts: Iterable[str], sheets: Sheets) -> list[FormProblem]:
    return [
        _finding(part, WARNINGS, sheets, code="pyxform_warning") for text in texts for part in _parts(text)
    ]


def finding_of_validate(text: str, sheets: Sheets) -> FormProblem:
    """ODK Validate names a question by path or `${name}`; its own words are kept for who can read them."""
    text = _WRAPPING.sub("", text)
    sheet, row = _named_row(text, sheets)
    sentence = _("ODK Validate 不接受这份表单的表达式或结构。原文：%(text)s")
    return FormProblem(sheet, row, "", sentence % {"text": _short(text)}, code="odk_validate")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATE.split(text) if part.strip()]


def _short(text: str) -> str:
    one_line = re.sub(r"\s+", " ", text).strip()
    return one_line if len(one_line) <= ORIGINAL_LENGTH else f"{one_line[:ORIGINAL_LENGTH]}…"


def _finding(text: str, sayings: list[Saying], sheets: Sheets, *, code: str) -> FormProblem:
    at = _ROW.match(text)
    row = int(at["row"]) if at else 0
    rest = text[at.end() :] if at else text
    place = _PLACE.match(rest)
    told = place.groupdict("") if place else {"sheet": "", "column": "", "met": ""}
    rest = rest[place.end() :] if place else rest
    saying, words = _match(rest, sayings)
    if saying is None:
        sheet, found_row = _named_row(text, sheets)
        general = _("表单里有转换程序不接受的内容。原文：%(text)s") % {"text": _short(rest)}
        return FormProblem(told["sheet"] or sheet, row or found_row, told["column"], general, code=code)
    sheet = told["sheet"] or words.get("sheet", "") or saying.sheet or ("survey" if row else "")
    column = told["column"] or saying.column
    met = told["met"] or words.get("met", "") or _cell(sheets, sheet, row, column)
    if not row and not words.get("sheet"):
        sheet, row = _located(words, text, sheet, sheets)
    sentence = str(saying.sentence) % {**words, "met": words.get("met") or met}
    expected = str(saying.expected)
    return FormProblem(
        sheet, row, column, sentence + _where_else(sheets, sheet, row, column, sentence),
        met, expected % words if "%(" in expected else expected, code,
    )  # fmt: skip


def _match(text: str, sayings: list[Saying]) -> tuple[Saying | None, dict[str, str]]:
    for saying in sayings:
        found = saying.pattern.search(text)
        if found:
            return saying, {name: value.strip() for name, value in found.groupdict("").items()}
    return None, {}


def _cell(sheets: Sheets, sheet: str, row: int, column: str) -> str:
    cells = dict(sheets.rows(sheet)).get(row, {}) if sheet and row else {}
    return str(cells.get(column.lower(), ""))


def _where_else(sheets: Sheets, sheet: str, row: int, column: str, sentence: str) -> str:
    """A doubled name is told with its rows: 「“yes”也在第 4 行」."""
    if column != "name" or sheet not in ("choices", "survey") or not row:
        return ""
    cells = dict(sheets.rows(sheet)).get(row, {})
    key = (cells.get("list_name") or cells.get("list name"), cells.get("name"))
    others = [
        number
        for number, other in sheets.rows(sheet)
        if number != row and key == (other.get("list_name") or other.get("list name"), other.get("name"))
    ]
    if not key[1] or not others:
        return ""
    told = {"met": key[1], "list": key[0] or "", "rows": "、".join(map(str, others[:5]))}
    if key[0]:
        return _("选项表“%(list)s”的“%(met)s”也在第 %(rows)s 行。") % told
    return _("“%(met)s”也在第 %(rows)s 行。") % told


def _located(words: dict[str, str], text: str, sheet: str, sheets: Sheets) -> tuple[str, int]:
    """Row of the question, type or list that the sentence names, where pyxform gives no row."""
    met = words.get("met", "")
    for number, cells in sheets.rows("survey"):
        if met and met in (cells.get("name"), cells.get("type"), (cells.get("type") or "").split(" ")[0]):
            return "survey", number
    for number, cells in sheets.rows("choices"):
        if met and met == cells.get("name") and words.get("list") in (None, "", cells.get("list_name")):
            return "choices", number
    found, row = _named_row(text, sheets)
    return (found, row) if row else (sheet, 0)


def _named_row(text: str, sheets: Sheets) -> tuple[str, int]:
    """The row of the question that the text names first."""
    rows = {cells.get("name"): number for number, cells in reversed(sheets.rows("survey"))}
    for name in (one for found in _NAMED.findall(text) for one in found if one):
        if name in rows:
            return "survey", rows[name]
    return "", 0
