"""Files to fill in: the columns with an example row, and a sheet that says what each of them means."""

from collections.abc import Sequence
from io import BytesIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from grids.housing.tenures import TENURES
from grids.placement.imports import APPLICANTS_SHEET, FLATS_SHEET

HEADING = PatternFill("solid", start_color="E8EEF2")
Row = tuple[str, str, str]  # heading, example, what it means


def flats_template() -> bytes:
    """An .xlsx with the columns of a list of flats."""
    return _workbook(
        FLATS_SHEET,
        [
            (
                "楼栋",
                "99010200300400015",
                _("必填。17 位楼栋编码；也可填楼栋名称或地址，重名时要填编码或小区。"),
            ),
            ("小区", "", _("楼栋重名时填。")),
            ("单元", "1", _("1 到 99；不填为 1。")),
            ("楼层", "3", _("必填。1 到 99。")),
            ("房号", "302", _("必填。本层第几户，或连楼层写的房号。")),
            ("户型", "两室", _("必填。申请人只能申请这里有的户型。")),
            ("面积", "75.5", _("平方米，可不填。")),
            ("无障碍", "否", _("是或否；不填为否。")),
            ("出入口", "", _("一栋楼有几个门时填，用来查有没有只给某一类人走的门。")),
        ],
    )


def applicants_template() -> bytes:
    """An .xlsx with the columns of a list of applicants: receipt numbers, no names."""
    tenures = "、".join(str(word) for word in TENURES.values())
    return _workbook(
        APPLICANTS_SHEET,
        [
            (
                "回执号",
                "A000001",
                _("必填，每人一个。随机编号，不要用姓名、身份证号或手机号：回执号会公示。"),
            ),
            ("房屋性质", str(TENURES["public_rental"]), _("必填：%(words)s。") % {"words": tenures}),
            ("户型", "两室", _("必填，房源里有的户型。")),
            ("需要无障碍", "否", _("是或否；不填为否。")),
            ("优先序", "1", _("1 最先；不填为 1。")),
            ("志愿1", "99010200300400015", _("第一志愿的楼栋编码或名称；可再加 志愿2、志愿3……")),
            ("志愿2", "", ""),
            ("志愿3", "", ""),
            ("服从调配", "是", _("志愿都满时，是否愿意住别的楼；不填为是。")),
            ("申报房源", "", _("只在校核已有配房方案时填：23 位房源编码。")),
        ],
    )


def _workbook(title: str, rows: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for at, (heading, example, _meaning) in enumerate(rows, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 22 if len(example) > 10 else 12
        cell = sheet.cell(1, at, heading)
        cell.font, cell.fill = Font(bold=True), HEADING
        # Text beforehand: a long code typed into a number cell loses digits.
        sheet.column_dimensions[letter].number_format = "@"
        shown = sheet.cell(2, at, example or None)
        shown.number_format = "@"
    sheet.freeze_panes = "A2"
    told = book.create_sheet(_("说明"))
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 16, 80
    told.append([_("列"), _("怎么填（第 2 行是示例，请改成真实内容）")])
    for heading, _example, meaning in rows:
        told.append([heading, meaning])
    target = BytesIO()
    book.save(target)
    return target.getvalue()
