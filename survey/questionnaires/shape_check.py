"""Would a record of this form reach us: names that clients can read, questions at all, no missing file."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from survey.questionnaires.problems import FormProblem
from survey.questionnaires.sheets import Sheets
from survey.questionnaires.xform_tree import XF, read_xform
from survey.safe_xml import MAX_DEPTH

GIVEN_ALONG = frozenset({"dwellings.csv"})
META_DEPTH = 4  # meta, entity and label below the innermost group
SHOWN = 80
_FILE = re.compile(r"^jr://(?:file|file-csv)/(?P<name>.+)$")
_EXTERNAL = re.compile(r"^select(?:_one|_multiple)?_external\b", re.IGNORECASE)


def name_problems(sheets: Sheets) -> list[FormProblem]:
    """Names are the tags of a record and steps of a path; JavaRosa, in Collect, reads Latin paths only."""
    sentence = _("名称“%(met)s”里有不能用的字符。中文和表情写在标题里，选项和回答也可以用任何字。")
    expected = _("英文字母或下划线开头，其后可有数字、连字符和点")
    return [
        FormProblem("survey", row, "name", sentence % {"met": met[:SHOWN]}, met[:SHOWN], expected, "shape")
        for row, cells in sheets.rows("survey")
        if (met := str(cells.get("name") or "").strip()) and not met.isascii()
    ]


def shape_problems(xform: str, outline: dict[str, Any], sheets: Sheets) -> list[FormProblem]:
    return [*_of_questions(outline), *_of_depth(outline, sheets), *_of_files(xform, sheets)]


def _problem(row: int, column: str, sentence: str, met: str = "") -> FormProblem:
    return FormProblem("survey", row, column, sentence, met, "", "shape")


def _of_questions(outline: dict[str, Any]) -> Iterator[FormProblem]:
    if not outline["questions"]:
        yield _problem(0, "", _("survey 工作表里没有题目。"))


def _of_depth(outline: dict[str, Any], sheets: Sheets) -> Iterator[FormProblem]:
    rows = {cells.get("name", ""): row for row, cells in reversed(sheets.rows("survey"))}
    most = MAX_DEPTH - META_DEPTH
    for question in outline["questions"]:
        depth = question["path"].count("/")
        if depth > most:
            sentence = _("“%(name)s”在 %(depth)d 层分组里，最多 %(most)d 层。请减少分组的层数。")
            told = {"name": question["name"][:SHOWN], "depth": depth, "most": most}
            yield _problem(rows.get(question["name"], 0), "name", sentence % told)
            return


def _of_files(xform: str, sheets: Sheets) -> Iterator[FormProblem]:
    sentence = _("表单要用文件“%(file)s”，平板上没有它：表单不附带文件。请把选项写进 choices 工作表。")
    for instance in read_xform(xform).root.iter(XF + "instance"):
        found = _FILE.match(instance.get("src") or "")
        if found and found["name"] not in GIVEN_ALONG:
            row, column = _first_with(found["name"].rpartition(".")[0], sheets)
            yield _problem(row, column, sentence % {"file": found["name"]}, found["name"])
    for row, cells in sheets.rows("survey"):
        if _EXTERNAL.match(cells.get("type") or ""):
            yield _problem(row, "type", sentence % {"file": "itemsets.csv"}, cells["type"])


def _first_with(text: str, sheets: Sheets) -> tuple[int, str]:
    for row, cells in sheets.rows("survey"):
        for column, value in cells.items():
            if text in str(value):
                return row, column
    return 0, "type"
