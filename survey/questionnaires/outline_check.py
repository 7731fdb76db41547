"""The last look, at the XForm itself: whatever way a word or an order to the device came into it, it is seen.

The sheets were checked cell by cell before, to name rows. This pass knows no spelling of a column name.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from gis_core.denylist import is_denied_name
from survey.questionnaires.problems import FormProblem
from survey.questionnaires.sheets import Sheets
from survey.questionnaires.word_check import NOTICE_ROLES, denied
from survey.questionnaires.xform_tree import JAVAROSA, ODK, XFormTree, local, read_xform

DEVICE_PROPERTIES = ("deviceid", "phonenumber", "simserial", "subscriberid", "email", "uri:")
DEVICE_ACTIONS = (ODK + "setgeopoint", ODK + "recordaudio")


def outline_problems(
    xform: str, outline: dict[str, Any], sheets: Sheets, *, known: list[FormProblem]
) -> list[FormProblem]:
    """What the checks of the sheets did not see; `known` keeps a finding from being told twice."""
    rows = {cells.get("name", ""): row for row, cells in reversed(sheets.rows("survey"))}
    told = {(problem.sheet, problem.row) for problem in known}
    tree = read_xform(xform)
    found = [*_words(outline, rows), *_lists(outline), *_device(tree, rows)]
    return [problem for problem in found if (problem.sheet, problem.row) not in told]


def _words(outline: dict[str, Any], rows: dict[str, int]) -> Iterator[FormProblem]:
    for question in outline["questions"]:
        row = rows.get(question["name"], 0)
        if any(is_denied_name(step) for step in question["path"].split("/")):
            yield denied("survey", row, "name", question["name"])
        if question["is_answerable"] and question["role"] not in NOTICE_ROLES:
            for text in question["labels"].values():
                if is_denied_name(text):
                    yield denied("survey", row, "label", text)


def _lists(outline: dict[str, Any]) -> Iterator[FormProblem]:
    saved = [pair for question in outline["questions"] for pair in question["save_to"]]
    for name in (*outline["entity_lists"], *(pair["property"] for pair in saved)):
        if is_denied_name(name):
            yield denied("entities", 0, "list_name", name)


def _device(tree: XFormTree, rows: dict[str, int]) -> Iterator[FormProblem]:
    sentence = _("“%(met)s”会收集设备号码、位置或录音。本系统不收集。请删去这一行。")
    for path, bind in tree.binds.items():
        asked = (bind.get(JAVAROSA + "preloadParams") or "").lower()
        if bind.get(JAVAROSA + "preload") == "property" and asked.startswith(DEVICE_PROPERTIES):
            name = path.rsplit("/", 1)[-1]
            yield FormProblem("survey", rows.get(name, 0), "type", sentence % {"met": asked}, asked)
    for action in tree.root.iter():
        if action.tag in DEVICE_ACTIONS:
            name = (action.get("ref") or "").rsplit("/", 1)[-1]
            yield FormProblem("survey", rows.get(name, 0), "type", sentence % {"met": name}, name)
    for meta in tree.primary.iter():
        if local(meta) == "meta" and any(local(child) == "audit" for child in meta):
            yield FormProblem("survey", rows.get("audit", 0), "type", sentence % {"met": "audit"}, "audit")
