"""One row of a list of applicants into a receipt number with what the rules may look at; no name is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis_core.readers.numbers import NumberProblem, parse_int
from grids.housing.registers import TENURES
from grids.names import has_han
from grids.placement.columns import APPLICANT_COLUMNS, Sheet
from grids.placement.errors import RowFaults
from grids.placement.flat_rows import yes_or_no
from grids.placement.matching import BuildingIndex, NoMatch, plain

RECEIPT = re.compile(r"[A-Za-z0-9-]{1,40}")
MOBILE_NUMBER = re.compile(r"1[3-9]\d{9}")  # receipts are published: a telephone number must not be one
LAST_PRIORITY = 99


@dataclass(frozen=True)
class ApplicantRow:
    row: int
    receipt: str
    tenure: str
    room_class: str
    needs_accessible: bool
    priority: int
    choices: tuple[str, ...]
    takes_any: bool
    given_flat: str


@dataclass(frozen=True)
class Offered:
    """What the flats of the project are: what an application may name."""

    index: BuildingIndex
    buildings: frozenset[str]
    room_classes: frozenset[str]
    flats: frozenset[str]


def applicant_rows(sheet: Sheet, offered: Offered, faults: RowFaults) -> list[ApplicantRow]:
    found = [_applicant(sheet, row.row, row.values, offered, faults) for row in sheet.table.rows]
    _each_once(found, sheet, "receipt", lambda one: one.receipt, _("第 %(row)d 行已有这个回执号。"), faults)
    _each_once(
        found, sheet, "given", lambda one: one.given_flat, _("第 %(row)d 行已经申报了这套房。"), faults
    )
    return found


def _each_once(
    found: list[ApplicantRow],
    sheet: Sheet,
    key: str,
    name_of: Callable[[ApplicantRow], str],
    sentence: str,
    faults: RowFaults,
) -> None:
    first: dict[str, int] = {}
    for one in found:
        name = name_of(one)
        if name and name in first:
            faults.add(one.row, sheet.heading(key, APPLICANT_COLUMNS), name, sentence % {"row": first[name]})
        first.setdefault(name, one.row)


def _applicant(
    sheet: Sheet, number: int, values: Mapping[str, Any], offered: Offered, faults: RowFaults
) -> ApplicantRow:
    return ApplicantRow(
        row=number,
        receipt=_receipt(sheet, number, values, faults),
        tenure=_tenure(sheet, number, values, faults),
        room_class=_room_class(sheet, number, values, offered, faults),
        needs_accessible=yes_or_no(sheet, number, values, "accessible", False, faults),
        priority=_priority(sheet, number, values, faults),
        choices=_choices(sheet, number, values, offered, faults),
        takes_any=yes_or_no(sheet, number, values, "takes_any", True, faults),
        given_flat=_given(sheet, number, values, offered, faults),
    )


def _receipt(sheet: Sheet, number: int, values: Mapping[str, Any], faults: RowFaults) -> str:
    value = sheet.cell(values, "receipt")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()
    heading = sheet.heading("receipt", APPLICANT_COLUMNS)
    if not RECEIPT.fullmatch(text):
        faults.add(number, heading, value, _("回执号只用字母、数字和短横线，1 到 40 个，每人一个。"))
    elif MOBILE_NUMBER.fullmatch(text):
        faults.add(number, heading, _("（不显示）"), _("像是手机号。名单要公示，请改用随机的回执号。"))
    return text


def _tenure(sheet: Sheet, number: int, values: Mapping[str, Any], faults: RowFaults) -> str:
    value = sheet.cell(values, "tenure")
    code = TENURES.get(plain(value), "")
    if not code:
        told = _("应为：%(words)s。") % {"words": "、".join(filter(has_han, TENURES))}
        faults.add(number, sheet.heading("tenure", APPLICANT_COLUMNS), value, told)
    return code


def _room_class(
    sheet: Sheet, number: int, values: Mapping[str, Any], offered: Offered, faults: RowFaults
) -> str:
    value = sheet.cell(values, "room_class")
    text = str(value or "").strip()
    if text not in offered.room_classes:
        told = _("本次房源没有这种户型；有：%(listed)s。") % {
            "listed": "、".join(sorted(offered.room_classes))
        }
        faults.add(number, sheet.heading("room_class", APPLICANT_COLUMNS), value, told)
    return text


def _priority(sheet: Sheet, number: int, values: Mapping[str, Any], faults: RowFaults) -> int:
    value = sheet.cell(values, "priority")
    try:
        found = parse_int(value)
    except NumberProblem:
        found = 0
    if found is not None and not 1 <= found <= LAST_PRIORITY:
        told = _("优先序应为 1 到 %(most)d 的整数，1 最先。") % {"most": LAST_PRIORITY}
        faults.add(number, sheet.heading("priority", APPLICANT_COLUMNS), value, told)
        return 1
    return 1 if found is None else found


def _choices(
    sheet: Sheet, number: int, values: Mapping[str, Any], offered: Offered, faults: RowFaults
) -> tuple[str, ...]:
    """Building codes, best first, of one column with a list or of 志愿1, 志愿2, …"""
    wanted = [(column, values.get(column)) for column in sheet.choice_columns]
    if "choices" in sheet.where:
        column = sheet.where["choices"]
        value = values.get(column)
        parts = re.split(r"[,，;；、|\n]+", value) if isinstance(value, str) else [value]
        wanted = [(column, part) for part in parts] + wanted
    found: list[str] = []
    for column, value in wanted:
        if not plain(value):
            continue
        try:
            code = offered.index.find(value)
        except NoMatch as none:
            faults.add(number, column, value, none.sentence)
            continue
        if code not in offered.buildings:
            faults.add(number, column, value, _("这栋楼里没有本次房源。"))
        elif code in found:
            faults.add(number, column, value, _("同一栋楼填了两次。"))
        found.append(code)
    return tuple(found)


def _given(sheet: Sheet, number: int, values: Mapping[str, Any], offered: Offered, faults: RowFaults) -> str:
    value = sheet.cell(values, "given")
    code = plain(value)
    if code and code not in offered.flats:
        told = _("本次房源里没有这套房，请填 23 位房源编码。")
        faults.add(number, sheet.heading("given", APPLICANT_COLUMNS), value, told)
    return code
