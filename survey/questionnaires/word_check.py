"""Does the workbook ask for what this product never records? Sheet and row of every place where it does.

Looked at: names of questions, lists, properties and files, values written to a bind, labels and hints of
everything that is answered, values and labels of choices, in every language. Left alone: notes, the text of
the consent question (it says what is *not* recorded), and places: 民族路 is a street.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from gis_core.denylist import is_denied_name, wordlist
from gis_core.group_words import lists_groups, names_a_group, names_a_religion
from survey.questionnaires.problems import FormProblem
from survey.questionnaires.sheets import Sheets

LABELS = ("label", "caption")
HINTS = ("hint", "guidance_hint")
NOTICE_ROLES = ("notice", "consent", "consent_health")
CHOICE_SHEETS = ("choices", "external_choices")
_NEGATED = re.compile(r"不|勿|别|无需|禁止|\bnot\b|\bnever\b|n't\b|\bno\b|\bwithout\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"地址|住址|门牌|街道|道路|路名|小区|村|片区|地点|位置"
    r"|\b(?:address|street|road|estate|village|area|district|place|location|landmark)",
    re.IGNORECASE,
)
_PLACE_AFTER = (
    "[东西南北中新老大小一二三四五六七八九十团结]{0,4}"
    "(?:路|街|巷|道|里|弄|村|屯|庄|镇|乡|区|苑|园|楼|院|胡同|广场)"
)


_LATIN_PLACE = re.compile(
    r"\b(?:road|street|avenue|boulevard|lane|highway|church|mosque|temple|school|college|cent(?:re|er)|clinic|hospital"
    r"|market|village|community|compound|square|park|junction|station|building)\b",
    re.IGNORECASE,
)


def denied_words(sheets: Sheets) -> list[FormProblem]:
    """One finding for each cell that asks for something on the denylist."""
    return [*_in_settings(sheets), *_in_survey(sheets), *_in_choices(sheets), *_in_entities(sheets)]


def denied(sheet: str, row: int, column: str, met: str) -> FormProblem:
    sentence = _(
        "“%(met)s”问到了本系统不登记的内容。民族、宗教信仰、身份证件号、政治面貌、人脸指纹和行踪一概不问："
        "走访只登记需要的服务和住房设施。请删去这一项。"
    )
    return FormProblem(sheet, row, column, sentence % {"met": met[:60]}, met[:60], code="denied_word")


def _in_settings(sheets: Sheets) -> Iterator[FormProblem]:
    for row, cells in sheets.rows("settings"):
        for column in ("form_title", "title", "form_id", "id_string", "name"):
            if is_denied_name(cells.get(column, "")):
                yield denied("settings", row, column, cells[column])


def _in_survey(sheets: Sheets) -> Iterator[FormProblem]:
    for row, cells in sheets.rows("survey"):
        kind = cells.get("type", "")
        asked = kind.split(" ")[0].lower() not in ("note", "end", "end_group", "end_repeat")
        is_notice = cells.get("bind::wangge:role", "") in NOTICE_ROLES
        for column, text in cells.items():
            if _is_denied_cell(column, text, asked=asked and not is_notice):
                yield denied("survey", row, column, text)


def _is_denied_cell(column: str, text: str, *, asked: bool) -> bool:
    base = re.split(r"::?", column)[0]
    if base in LABELS:
        return asked and (is_denied_name(text) or names_a_group(text))
    if base in HINTS:
        return asked and not _NEGATED.search(text) and (is_denied_name(text) or names_a_group(text))
    if column == "type":
        return any(is_denied_name(part) for part in text.split(" ")[1:])
    if base in ("bind", "body", "instance", "control") and "::" in column:
        return is_denied_name(column) or (
            not column.endswith((":constraintmsg", ":requiredmsg")) and _is_word(text)
        )
    return column in ("name", "save_to") and is_denied_name(text)


def _is_word(text: str) -> bool:
    """A value that is a name, not an expression."""
    return bool(re.fullmatch(r"[\w:#.-]+", text)) and is_denied_name(text)


def _in_choices(sheets: Sheets) -> Iterator[FormProblem]:
    addresses = _address_lists(sheets)
    for sheet in CHOICE_SHEETS:
        by_list: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for row, cells in sheets.rows(sheet):
            name = cells.get("list_name") or cells.get("list name") or ""
            if is_denied_name(name):
                yield denied(sheet, row, "list_name", name)
            labels = {c: text for c, text in cells.items() if re.split(r"::?", c)[0] in LABELS}
            by_list[name] += [(row, column, text) for column, text in labels.items()]
            if name in addresses and all(_is_place(text) for text in labels.values()):
                continue
            for column, text in {"name": cells.get("name", ""), **labels}.items():
                if is_denied_name(text) or names_a_group(text) or names_a_religion(text):
                    yield denied(sheet, row, column, text)
        for listed in by_list.values():
            if lists_groups(text for _row, _column, text in listed):
                row, column, text = listed[0]
                yield denied(sheet, row, column, text)


def _address_lists(sheets: Sheets) -> set[str]:
    """Choice lists that only questions about an address use."""
    used: dict[str, list[bool]] = defaultdict(list)
    for _row, cells in sheets.rows("survey"):
        words = cells.get("type", "").split()
        if len(words) > 1 and words[0].lower().startswith("select"):
            told = " ".join(
                text for column, text in cells.items() if re.split(r"::?", column)[0] in (*LABELS, "name")
            )
            used[words[1]].append(bool(_ADDRESS.search(told)))
    return {name for name, about in used.items() if all(about)}


def _is_place(text: str) -> bool:
    """民族东路, Faith Church on Main Street; the bare word is none."""
    if _LATIN_PLACE.search(text):
        return True
    words = "|".join(wordlist()["han"])
    return not is_denied_name(re.sub(rf"(?:{words}){_PLACE_AFTER}", "", text))


def _in_entities(sheets: Sheets) -> Iterator[FormProblem]:
    for row, cells in sheets.rows("entities"):
        for column in ("list_name", "dataset"):
            if is_denied_name(cells.get(column, "")):
                yield denied("entities", row, column, cells[column])
