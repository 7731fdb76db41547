"""What an accepted form could do better; nothing here stands in its way."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from survey.questionnaires.problems import FormProblem
from survey.questionnaires.roles import CONTACT
from survey.questionnaires.sheets import Sheets

SOUND = ("audio", "video")


def advice_on(outline: dict[str, Any], sheets: Sheets) -> list[FormProblem]:
    rows = {cells.get("name", ""): row for row, cells in reversed(sheets.rows("survey"))}
    return [*_on_roles(outline), *_on_languages(outline), *_on_questions(outline, rows)]


def _advice(sheet: str, row: int, column: str, sentence: str) -> FormProblem:
    return FormProblem(sheet, row, column, sentence, code="advice")


def _on_roles(outline: dict[str, Any]) -> Iterator[FormProblem]:
    roles = outline["roles"]
    if "dwelling" not in roles:
        sentence = _("没有角色为 dwelling 的题目：上传的记录对不上户室，会留在待审核里。")
        yield _advice("survey", 0, "bind::wangge:role", sentence)
    if "consent" not in roles:
        yield _advice("survey", 0, "bind::wangge:role", _("没有角色为 consent 的题目：住户的同意不会登记。"))
    if CONTACT & set(roles) and not {"needs", "need_category"} & set(roles):
        yield _advice(
            "survey", 0, "bind::wangge:role", _("留联系方式而不登记需求：联系方式没有办结之日，会一直留着。")
        )


def _on_languages(outline: dict[str, Any]) -> Iterator[FormProblem]:
    codes = {language["code"][:2] for language in outline["languages"]}
    for code, named in (("zh", "中文 (zh)"), ("en", "English (en)")):
        if code not in codes:
            sentence = _("没有%(name)s的题目文字。列名写成 label::%(name)s。") % {"name": named}
            yield _advice("survey", 0, f"label::{named}", sentence)


def _on_questions(outline: dict[str, Any], rows: dict[str, int]) -> Iterator[FormProblem]:
    for question in outline["questions"]:
        row = rows.get(question["name"], 0)
        if question["kind"] in SOUND:
            yield _advice("survey", row, "type", _("录音录像可能录到人。走访只记录地点和设施。"))
        if (
            question["is_required"]
            and question["is_answerable"]
            and question["role"] not in ("dwelling", "outcome")
        ):
            sentence = _("“%(name)s”必答。住户可以不回答任何问题：请改为选答，或加一个“不愿回答”的选项。")
            if not any(choice["value"] == "no_answer" for choice in question["choices"]):
                yield _advice("survey", row, "required", sentence % {"name": question["name"]})
