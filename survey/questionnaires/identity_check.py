"""Is it clear which form this is: an id, a version, our namespace, and nobody else's server or key?"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from survey.questionnaires.outline import WANGGE
from survey.questionnaires.problems import FormProblem
from survey.questionnaires.sheets import Sheets

RESERVED = "wangge_"
FORM_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
VERSION = re.compile(r"\S(?:.{0,62}\S)?")
SETTINGS_ROW = 2
ELSEWHERE = ("submission_url", "public_key")


def identity_problems(sheets: Sheets) -> list[FormProblem]:
    return [
        *_form_id(sheets.settings),
        *_version(sheets.settings),
        *_elsewhere(sheets.settings),
        *_namespace(sheets),
    ]


def form_id_of(settings: dict[str, str]) -> str:
    return str(settings.get("form_id") or settings.get("id_string") or "")


def _problem(column: str, met: str, sentence: str, expected: Any = "") -> FormProblem:
    return FormProblem("settings", SETTINGS_ROW, column, sentence, met, str(expected), "identity")


def _form_id(settings: dict[str, str]) -> Iterator[FormProblem]:
    met = form_id_of(settings)
    rule = _("以字母或下划线开头，至多 64 个字母、数字、下划线、连字符或点")
    if not met:
        yield _problem("form_id", "", _("没有表单编号。请在 settings 工作表写 form_id。"), rule)
    elif not FORM_ID.fullmatch(met):
        yield _problem("form_id", met, _("表单编号“%(met)s”不能用。") % {"met": met[:80]}, rule)
    elif met.lower().startswith(RESERVED):
        sentence = _("编号“%(met)s”以 wangge_ 开头，留给自带表单。请换一个编号。") % {"met": met}
        yield _problem("form_id", met, sentence, rule)


def _version(settings: dict[str, str]) -> Iterator[FormProblem]:
    met = str(settings.get("version") or "")
    if not met:
        sentence = _("没有版本号。请在 settings 工作表写 version，每次修改都换一个新的。")
        yield _problem("version", "", sentence, _("至多 64 个字符，如 2026112201"))
    elif not VERSION.fullmatch(met):
        yield _problem("version", met[:80], _("版本号太长。"), _("至多 64 个字符，如 2026112201"))


def _elsewhere(settings: dict[str, str]) -> Iterator[FormProblem]:
    for column in ELSEWHERE:
        if settings.get(column):
            sentence = _("settings 里的 %(column)s 会把记录送往别处或用别人的密钥加密。请删去这一列。")
            yield _problem(column, settings[column][:60], sentence % {"column": column})


def _namespace(sheets: Sheets) -> Iterator[FormProblem]:
    used = any(
        header.lower().replace(" ", "").startswith("bind::wangge:") for header in sheets.headers("survey")
    )
    told = sheets.settings.get("namespaces", "")
    if used and f'wangge="{WANGGE}"' not in told.replace(" ", "").replace("'", '"').replace("“", '"').replace(
        "”", '"'
    ):
        sentence = _("用了 bind::wangge:role，但 settings 没有声明它的名称空间。")
        yield _problem("namespaces", told, sentence, f'wangge="{WANGGE}"')
