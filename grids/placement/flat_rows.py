"""One row of a list of flats into a flat, or into the reasons why not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis_core.readers.numbers import NumberProblem, parse_number
from grids.housing.registers import YES_NO
from grids.placement.columns import FLAT_COLUMNS, Sheet
from grids.placement.errors import RowFaults
from grids.placement.matching import BuildingIndex, NoMatch, plain

LARGEST = 99  # two digits each of unit, floor and door
LONGEST_ROOM_CLASS, LONGEST_ENTRANCE = 10, 20
CODE_DIGITS = 23
WORDS = {**YES_NO, "有": True, "需要": True, "无": False, "不需要": False, "√": True}


@dataclass(frozen=True)
class FlatRow:
    row: int
    building_code: str
    unit: int
    floor: int
    door: int
    room_class: str
    floor_area_m2: float | None
    is_accessible: bool
    entrance: str

    @property
    def code(self) -> str:
        return f"{self.building_code}{self.unit:02d}{self.floor:02d}{self.door:02d}"


def flat_rows(sheet: Sheet, index: BuildingIndex, faults: RowFaults) -> list[FlatRow]:
    found: list[FlatRow] = []
    first: dict[str, int] = {}
    for row in sheet.table.rows:
        made = _flat(sheet, row.row, row.values, index, faults)
        if made is None:
            continue
        if made.code in first:
            told = _("这套房在第 %(row)d 行已经有了。") % {"row": first[made.code]}
            faults.add(made.row, _door_heading(sheet), _told(made), told)
        first.setdefault(made.code, made.row)
        found.append(made)
    return found


def _door_heading(sheet: Sheet) -> str:
    return sheet.where.get("flat") or sheet.heading("door", FLAT_COLUMNS)


def _told(flat: FlatRow) -> str:
    return f"{flat.building_code} {flat.unit}-{flat.floor}-{flat.door}"


def _flat(
    sheet: Sheet, number: int, values: Mapping[str, Any], index: BuildingIndex, faults: RowFaults
) -> FlatRow | None:
    code = plain(sheet.cell(values, "flat"))
    place = (
        _by_code(sheet, number, code, index, faults)
        if code
        else _by_door(sheet, number, values, index, faults)
    )
    room_class = str(sheet.cell(values, "room_class") or "").strip()
    if not 1 <= len(room_class) <= LONGEST_ROOM_CLASS:
        heading = sheet.heading("room_class", FLAT_COLUMNS)
        faults.add(
            number,
            heading,
            room_class,
            _("户型要填，不超过 %(most)d 个字。") % {"most": LONGEST_ROOM_CLASS},
        )
        place = None
    area_m2 = _area_m2(sheet, number, values, faults)
    accessible = yes_or_no(sheet, number, values, "accessible", False, faults)
    entrance = plain(sheet.cell(values, "entrance"))[:LONGEST_ENTRANCE]
    return FlatRow(number, *place, room_class, area_m2, accessible, entrance) if place else None


def _by_code(
    sheet: Sheet, number: int, code: str, index: BuildingIndex, faults: RowFaults
) -> tuple[str, int, int, int] | None:
    heading = sheet.heading("flat", FLAT_COLUMNS)
    if not re.fullmatch(rf"\d{{{CODE_DIGITS}}}", code):
        faults.add(number, heading, code, _("房源编码是 23 位数字：楼栋 17、单元 2、楼层 2、房号 2。"))
        return None
    unit, floor, door = (int(code[at : at + 2]) for at in (17, 19, 21))
    if code[:17] not in index:
        told = _("房屋底数里没有楼栋 %(code)s，或者它不在您的职责范围内。") % {"code": code[:17]}
        faults.add(number, heading, code, told)
        return None
    if not (unit and floor and door):
        faults.add(number, heading, code, _("单元、楼层、房号都从 01 起。"))
        return None
    return code[:17], unit, floor, door


def _by_door(
    sheet: Sheet, number: int, values: Mapping[str, Any], index: BuildingIndex, faults: RowFaults
) -> tuple[str, int, int, int] | None:
    building = ""
    value = sheet.cell(values, "building")
    try:
        building = index.find(value, sheet.cell(values, "estate"))
    except NoMatch as none:
        faults.add(number, sheet.heading("building", FLAT_COLUMNS), value, none.sentence)
    unit = _number(sheet, number, values, "unit", faults, empty=1)
    floor = _number(sheet, number, values, "floor", faults, empty=0)
    door = _number(sheet, number, values, "door", faults, most=LARGEST * 100 + LARGEST)
    if door is not None and floor is not None and door > LARGEST:
        above, door = divmod(door, 100)  # 1203 is door 03 on floor 12
        if (floor and floor != above) or not door:
            told = _("房号和楼层对不上：房号 %(door)d，楼层 %(floor)d。") % {
                "door": above * 100 + door,
                "floor": floor,
            }
            faults.add(number, sheet.heading("door", FLAT_COLUMNS), sheet.cell(values, "door"), told)
            return None
        floor = above
    if floor == 0:
        faults.add(number, sheet.heading("floor", FLAT_COLUMNS), None, _("没有填楼层。"))
        return None
    if not building or unit is None or not floor or door is None:
        return None
    return building, unit, floor, door


def _number(
    sheet: Sheet,
    number: int,
    values: Mapping[str, Any],
    key: str,
    faults: RowFaults,
    *,
    empty: int | None = None,
    most: int = LARGEST,
) -> int | None:
    """A counted thing as people write it: 3, 03, 3单元, 12层, 302室."""
    value = sheet.cell(values, key)
    text = plain(value)
    if not text and empty is not None:
        return empty
    found = re.fullmatch(r"(\d{1,4})(?:单元|层|楼|室|号|f)?", text)
    if found and 1 <= int(found[1]) <= most:
        return int(found[1])
    told = _("应为 1 到 %(most)d 的整数。") % {"most": most}
    faults.add(number, sheet.heading(key, FLAT_COLUMNS), value, told)
    return None


def _area_m2(sheet: Sheet, number: int, values: Mapping[str, Any], faults: RowFaults) -> float | None:
    value = sheet.cell(values, "floor_area")
    try:
        area_m2 = parse_number(value)
    except NumberProblem:
        area_m2 = -1.0
    if area_m2 is not None and not 0 < area_m2 < 10_000:
        told = _("面积应为大于 0 的数字，单位平方米。")
        faults.add(number, sheet.heading("floor_area", FLAT_COLUMNS), value, told)
        return None
    return area_m2


def yes_or_no(
    sheet: Sheet, number: int, values: Mapping[str, Any], key: str, empty: bool, faults: RowFaults
) -> bool:
    value = sheet.cell(values, key)
    text = plain(value)
    if not text:
        return empty
    if text not in WORDS:
        faults.add(number, sheet.where[key], value, _("请填“是”或“否”。"))
    return WORDS.get(text, empty)
