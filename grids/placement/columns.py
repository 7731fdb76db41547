"""Which column of a file holds what, and which columns are not read at all."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis_core.denylist import has_id_number, require_allowed_columns
from gis_core.errors import MissingColumn, RowErrors, TooLarge
from gis_core.readers.tables import Table, read_table, sheets_of
from grids.placement.errors import RowFaults, WrongRow, WrongRows
from grids.placement.matching import plain

Names = Mapping[str, tuple[str, ...]]

FLAT_COLUMNS: Names = {
    "flat": ("房源编码", "房源代码", "户室编码", "flat", "flat_code", "code"),
    "building": ("楼栋", "楼栋编码", "楼栋代码", "楼栋名称", "楼栋地址", "地址", "building", "building_code"),
    "estate": ("小区", "小区名称", "estate"),
    "unit": ("单元", "单元号", "unit"),
    "floor": ("楼层", "层", "所在层", "floor"),
    "door": ("房号", "室", "室号", "门牌", "户号", "door"),
    "room_class": ("户型", "room_class"),
    "floor_area": ("面积", "建筑面积", "floor_area_m2", "floor_area"),
    "accessible": ("无障碍", "无障碍房", "is_accessible", "accessible"),
    "entrance": ("出入口", "入口", "entrance"),
}
APPLICANT_COLUMNS: Names = {
    "receipt": ("回执号", "回执", "受理号", "申请编号", "receipt", "receipt_number"),
    "tenure": ("房屋性质", "保障类型", "权属", "tenure"),
    "room_class": ("户型", "申请户型", "room_class"),
    "accessible": ("需要无障碍", "无障碍", "无障碍需要", "needs_accessible"),
    "priority": ("优先序", "优先级", "优先", "priority"),
    "choices": ("志愿", "选房志愿", "choices"),
    "takes_any": ("服从调配", "服从", "takes_any"),
    "given": ("申报房源", "拟配房源", "房源编码", "given_flat", "flat"),
}
MOST_ROWS = 200_000
_ONE_CHOICE = re.compile(r"(?:志愿|选房志愿|choice_?)(\d{1,3})")
_AN_ID_AS_A_NUMBER = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}")


@dataclass(frozen=True)
class Sheet:
    """A table whose columns were understood."""

    table: Table
    where: Mapping[str, str]
    choice_columns: tuple[str, ...]
    unread: tuple[str, ...]

    def cell(self, values: Mapping[str, Any], key: str) -> Any:
        return values.get(self.where[key]) if key in self.where else None

    def heading(self, key: str, usual: Names) -> str:
        return self.where.get(key, usual[key][0])


def read_sheet(content: bytes, name: str, usual: Names, required: Sequence[str], title: str) -> Sheet:
    """The table of a file, with every cell looked through for identity numbers.

    Args:
        title: the sheet that is meant where a workbook has several.

    Raises:
        Refusal: the file cannot be read, lacks a column, has a denied one, or holds an identity number.
    """
    table = _table(content, name, title)
    require_allowed_columns(table.columns)
    _require_no_id_numbers(table)
    called = {_heading(column): column for column in reversed(table.columns)}
    where = {
        key: called[names[at]]
        for key, names in usual.items()
        for at in [next((i for i, one in enumerate(names) if one in called), None)]
        if at is not None
    }
    missing = [usual[key][0] for key in required if key not in where]
    if missing:
        raise MissingColumn(
            _("表中缺少列：%(missing)s。现有列：%(columns)s。请下载模板对照。")
            % {"missing": "、".join(missing), "columns": "、".join(table.columns[:40])},
            missing=missing,
            columns=table.columns,
        )
    numbered = sorted(
        (int(found[1]), column)
        for column in table.columns
        if "choices" in usual and (found := _ONE_CHOICE.fullmatch(_heading(column)))
    )
    choice_columns = tuple(column for _number, column in numbered)
    used = {*where.values(), *choice_columns}
    return Sheet(table, where, choice_columns, tuple(c for c in table.columns if c not in used))


def _heading(column: str) -> str:
    """`回执号（必填）` is 回执号."""
    return re.sub(r"[(（].*", "", plain(column))


def _table(content: bytes, name: str, title: str) -> Table:
    """The file is read from a place of its own that is gone when this returns: extra columns are not kept."""
    with tempfile.TemporaryDirectory(prefix="wangge-list-") as folder:
        file = Path(folder) / _plain_file_name(name)
        file.write_bytes(content)
        if content[:2] != b"PK" and content.count(b"\n") > MOST_ROWS:  # before a cell of it is made
            raise TooLarge(
                _("“%(name)s”多于 %(limit)d 行。请分批上传。") % {"name": file.name, "limit": MOST_ROWS},
                limit_rows=MOST_ROWS,
            )
        try:
            sheet = None
            if content[:2] == b"PK" and title in (titles := sheets_of(file)) and len(titles) > 1:
                sheet = title
            return read_table(file, sheet=sheet, max_rows=MOST_ROWS)
        except RowErrors as err:
            rows = [
                WrongRow(one.row, one.field, one.met, _("应为%(expected)s。") % {"expected": one.expected})
                for one in err.rows
            ]
            raise WrongRows(rows) from err


def _plain_file_name(name: str) -> str:
    """The file's own name, for the sentences of its refusals; never a way out of its folder."""
    stem, suffix = re.sub(r"[^\w（）()-]", "_", Path(name).stem)[:50], Path(name).suffix.lower()
    return f"{stem or 'list'}{suffix if re.fullmatch(r'[.][a-z]{1,5}', suffix) else '.csv'}"


def _require_no_id_numbers(table: Table) -> None:
    faults = RowFaults()
    for row in table.rows:
        for column, value in row.values.items():
            if value is not None and _is_id_number(value):
                # The number itself is not repeated: not on the page, not in a log.
                faults.add(
                    row.row,
                    column,
                    _("（不显示）"),
                    _("像是身份证号。身份证号不得导入，请删除后重新上传。"),
                )
    faults.finish()


def _is_id_number(value: Any) -> bool:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    # A spreadsheet that stored it as a number has rounded the last digits: the check digit says nothing then.
    is_rounded = isinstance(value, int) and bool(_AN_ID_AS_A_NUMBER.fullmatch(text))
    return is_rounded or has_id_number(text)
