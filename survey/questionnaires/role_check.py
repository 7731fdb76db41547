"""Do the roles make sense, and does anything confidential find its way into an entity list?

Age bands, household type, origin and contacts are sealed with the round's key. Entity properties and labels
are not, so neither these answers nor anything worked out from them may be saved to a list.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from survey.questionnaires.problems import FormProblem
from survey.questionnaires.roles import IN_ONE_REPEAT, NEVER_SAVED, ROLES
from survey.questionnaires.sheets import Sheets
from survey.questionnaires.xform_tree import ENTITIES, XF, XFormTree, read_xform

ROLE_COLUMN = "bind::wangge:role"


def role_problems(xform: str, outline: dict[str, Any], sheets: Sheets) -> list[FormProblem]:
    rows = {cells.get("name", ""): row for row, cells in reversed(sheets.rows("survey"))}
    return [
        *_unfit(outline, rows),
        *_doubled(outline, rows),
        *_repeats(outline, rows),
        *_saved(xform, outline, rows),
    ]


def _problem(row: int, column: str, met: str, sentence: str, expected: str = "") -> FormProblem:
    return FormProblem("survey", row, column, sentence, met, expected, "role")


def _unfit(outline: dict[str, Any], rows: dict[str, int]) -> Iterator[FormProblem]:
    for question in outline["questions"]:
        name, row = question["role"], rows.get(question["name"], 0)
        if not name:
            continue
        role = ROLES.get(name)
        if role is None:
            sentence = _("没有“%(met)s”这个角色。") % {"met": name}
            yield _problem(row, ROLE_COLUMN, name, sentence, "、".join(ROLES))
        elif question["kind"] not in role.kinds:
            sentence = _("角色“%(role)s”不能用在 %(kind)s 题上。") % {"role": name, "kind": question["kind"]}
            yield _problem(row, "type", question["kind"], sentence, "、".join(role.kinds))
        else:
            strange = [
                c["value"] for c in question["choices"] if role.values and c["value"] not in role.values
            ]
            if strange:
                sentence = _("角色“%(role)s”不认识选项代码 %(met)s。") % {
                    "role": name,
                    "met": "、".join(strange[:5]),
                }
                yield _problem(row, "type", "、".join(strange[:5]), sentence, "、".join(role.values))


def _doubled(outline: dict[str, Any], rows: dict[str, int]) -> Iterator[FormProblem]:
    by_role: dict[str, list[str]] = defaultdict(list)
    for question in outline["questions"]:
        if question["role"]:
            by_role[question["role"]].append(question["name"])
    for role, names in by_role.items():
        for name in names[1:]:
            sentence = _("角色“%(role)s”已用在“%(other)s”上。") % {"role": role, "other": names[0]}
            yield _problem(rows.get(name, 0), ROLE_COLUMN, role, sentence, _("每个角色只用一次"))


def _repeats(outline: dict[str, Any], rows: dict[str, int]) -> Iterator[FormProblem]:
    found = {q["role"]: q for q in outline["questions"] if q["role"]}
    pair = [found[role] for role in IN_ONE_REPEAT if role in found]
    for question in pair:
        if not question["repeats"] or len(pair) == 1 or pair[0]["repeats"] != pair[1]["repeats"]:
            sentence = _("need_category 和 need_urgency 要一起放在同一个重复组里，一行一项需求。")
            yield _problem(rows.get(question["name"], 0), ROLE_COLUMN, question["role"], sentence)
    for role, question in found.items():
        if question["repeats"] and role not in IN_ONE_REPEAT and role != "place_photo":
            sentence = _("角色“%(role)s”不能放在重复组里。") % {"role": role}
            yield _problem(rows.get(question["name"], 0), ROLE_COLUMN, role, sentence)


def _saved(xform: str, outline: dict[str, Any], rows: dict[str, int]) -> Iterator[FormProblem]:
    tree = read_xform(xform)
    binds = tree.binds
    worked_out = _worked_out(tree)
    confidential = _closure({q["path"] for q in outline["questions"] if q["role"] in NEVER_SAVED}, worked_out)
    for path in sorted(confidential):
        name = path.rsplit("/", 1)[-1]
        saved_as = binds[path].get(ENTITIES + "saveto") if path in binds else None
        if saved_as or "/meta/entity" in path:
            sentence = _(
                "人口结构和联系方式不能写进名录：名录不加密，也不会随封存销毁。请去掉“%(name)s”的 save_to，"
                "也不要把它们写进名录的标签。"
            )
            sheet_row = rows.get(name, 0)
            yield FormProblem(
                "survey" if sheet_row else "entities", sheet_row, "save_to" if saved_as else "label",
                sentence % {"name": name}, saved_as or "", code="saved_composition",
            )  # fmt: skip


def _worked_out(tree: XFormTree) -> dict[str, str]:
    """Path → the expression that fills it: calculations, dynamic defaults, and triggered ones."""
    found = {path: bind.get("calculate", "") for path, bind in tree.binds.items() if bind.get("calculate")}
    for action in tree.root.iter(XF + "setvalue"):
        path = action.get("ref", "").strip()
        found[path] = f"{found.get(path, '')} {action.get('value', '')}"
    return found


def _closure(start: set[str], worked_out: dict[str, str]) -> set[str]:
    """These questions and everything calculated from them, directly or by way of others."""
    found = set(start)
    while True:
        names = {path.rsplit("/", 1)[-1] for path in found}
        pattern = (
            re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w.-])") if names else None
        )
        more = {p for p, text in worked_out.items() if p not in found and pattern and pattern.search(text)}
        if not more:
            return found
        found |= more
