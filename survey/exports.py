"""Rows that leave the room as a workbook: only where the round allows it, without composition or contacts.

What goes out is marked: a sheet that says who took it, when, of which area and why; the same line on every
printed page; and in a hidden column a mark per row that only this server can make, so that a leaked row can
be traced to its export. Free text stays inside: nobody can say what is in it.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from gis_core.access_log import log_access
from gis_core.denylist import is_denied_name
from gis_core.errors import Refusal
from gis_core.permissions import duties_for
from grids.models import Dwelling
from survey import access
from survey.answer_labels import is_composition, is_contact, label_of, questions_of, words_of
from survey.answers import read_answers
from survey.models import Request, Round, Submission
from survey.rounds import door_label, round_for
from survey.safe_xml import UnreadableXml

EXPORT = "export_rows"
ROWS_MOST = 2000
TOLD_KINDS = frozenset({"select_one", "select_multiple", "integer", "decimal", "date"})
UNTOLD_ROLES = ("consent", "dwelling", "place_", "visited_at", "call_back_")
HEAD_FILL = PatternFill("solid", start_color="E8EEF2")


class ExportRefused(Refusal):
    code = "export_refused"
    status = 409


@dataclass(frozen=True)
class Export:
    """One workbook with what its watermark says."""

    uid: uuid.UUID
    content: bytes
    row_count: int
    name: str


def exportable(user: Any, round_: Round) -> list[Submission]:
    """The newest registered records of the round within the duty, one a door."""
    scope = duties_for(user, EXPORT)
    found = access.visible_records(user, EXPORT).filter(
        round=round_, form=round_.form_version.form_id, is_current=True, state=Submission.State.APPLIED
    )
    rows = found.exclude(review=Submission.Review.REJECTED).select_related("form_version", "visit")
    by_door = {
        row.dwelling_code: row for row in rows.order_by("received_at", "pk") if scope.holds(row.dwelling_code)
    }
    return [by_door[code] for code in sorted(by_door)]


def told_questions(outline: dict[str, Any]) -> list[dict[str, Any]]:
    """Closed questions that may leave: no composition, contact, consent, place, photo or free text."""
    return [
        question
        for question in questions_of(outline).values()
        if question.get("kind") in TOLD_KINDS
        and not question.get("choices_from")
        and not question.get("repeats")
        and not is_composition(question.get("role", ""))
        and not is_contact(question.get("role", ""))
        and not question.get("role", "").startswith(UNTOLD_ROLES)
        and not is_denied_name(question.get("name", ""))
    ]


def make_export(user: Any, round_: Round, reason: str, *, request: HttpRequest | None = None) -> Export:
    """Write it down, then make the workbook.

    Raises:
        NotFound: the round is outside the duties. ExportRefused: rows are not allowed, sealed, or too many.
        ReasonMissing
    """
    round_for(user, round_.uid, EXPORT)
    told = access.require_reason(reason)
    rows = exportable(user, round_)
    _require_allowed(round_, len(rows))
    uid = uuid.uuid4()
    area = "、".join(code for code in round_.area_codes if duties_for(user, EXPORT).holds(code))
    log_access(
        user,
        "export_rows",
        f"export {uid} round {round_.pk} rows {len(rows)}",
        area_code=round_.area_codes[0],
        reason=told,
        request=request,
    )
    made_at = timezone.localtime()
    book = _workbook(round_, rows, access.xml_for_export(user, rows, told), uid)
    _add_watermark(book, user=user, uid=uid, area=area, reason=told, made_at=made_at, count=len(rows))
    content = BytesIO()
    book.save(content)
    return Export(uid, content.getvalue(), len(rows), f"wangge-rows-{made_at:%Y%m%d-%H%M}.xlsx")


def _require_allowed(round_: Round, count: int) -> None:
    if not round_.allows_row_export:
        raise ExportRefused(_("这一轮走访没有开放逐户导出。汇总数据可以随时导出。"))
    if round_.state == Round.State.SEALED:
        raise ExportRefused(_("这一轮走访已封存，逐户记录不可再读；只有汇总数据保留。"))
    if count > ROWS_MOST:
        raise ExportRefused(
            _("共 %(count)d 户，一次最多导出 %(most)d 户。请按社区分开导出。")
            % {"count": count, "most": ROWS_MOST},
            count=count,
            most=ROWS_MOST,
        )


def _workbook(round_: Round, rows: list[Submission], xml: dict[int, bytes], uid: uuid.UUID) -> Any:
    questions = told_questions(round_.form_version.outline)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _("逐户")
    heads = [_("行标"), _("户室代码"), _("户室"), _("上门情况"), _("日期"), *map(label_of, questions)]
    for column, head in enumerate(heads, start=1):
        cell = _put(sheet, 1, column, head)
        cell.font, cell.fill = Font(bold=True), HEAD_FILL
        sheet.column_dimensions[get_column_letter(column)].width = 16
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "C2"
    labels = _door_labels(round_)
    for number, record in enumerate(rows, start=2):
        cells = [
            row_mark(uid, record.dwelling_code),
            record.dwelling_code,
            labels.get(record.dwelling_code, ""),
        ]
        cells += _visit_cells(record)
        cells += _answer_cells(record, xml.get(record.pk, b""), questions)
        for column, value in enumerate(cells, start=1):
            _put(sheet, number, column, value)
    return book


def row_mark(uid: uuid.UUID, dwelling_code: str) -> str:
    """Tells of a row which export it came from; nobody else can make it."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{uid}/{dwelling_code}".encode(), hashlib.sha256).hexdigest()[:16]


def _door_labels(round_: Round) -> dict[str, str]:
    rows = Dwelling.objects.filter(
        building__stock=round_.stock_id, building__community_code__in=round_.area_codes
    )
    return {row.code: door_label(row) for row in rows.select_related("building")}


def _visit_cells(record: Submission) -> list[str]:
    visit = getattr(record, "visit", None)
    if visit is None:
        return ["", timezone.localtime(record.received_at).strftime("%Y-%m-%d")]
    return [str(visit.get_outcome_display()), timezone.localtime(visit.at).strftime("%Y-%m-%d")]


def _answer_cells(record: Submission, xml: bytes, questions: list[dict[str, Any]]) -> Iterator[Any]:
    try:
        values = read_answers(xml, record.form_version.outline).values if xml else []
    except UnreadableXml:
        values = []
    told = {path: text for path, _index, text in values}
    for question in questions:
        yield _told(question, told.get(question["path"], ""))


def _told(question: dict[str, Any], text: str) -> Any:
    """A number as a number, choices in words; a need that hints at health stays inside."""
    if question["kind"] == "integer" and text.isascii() and text.isdigit() and len(text) < 12:
        return int(text)
    if question["kind"] == "select_multiple":
        text = " ".join(value for value in text.split() if value not in Request.HEALTH_HINTING)
    return words_of(question, text)


def _put(sheet: Any, row: int, column: int, value: Any) -> Any:
    """A cell; a text stays a text even where it begins like a formula."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767]
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


def _add_watermark(
    book: Any, *, user: Any, uid: uuid.UUID, area: str, reason: str, made_at: datetime, count: int
) -> None:
    told = [
        (_("导出人"), f"{user.display_name}（{user.username}）"),
        (_("时间"), made_at.strftime("%Y-%m-%d %H:%M")),
        (_("区划"), area),
        (_("原因"), reason),
        (_("户数"), str(count)),
        (_("导出编号"), str(uid)),
        (_("不含"), _("人口构成、来源、联系方式、照片、自由文本")),
        (_("用途"), _("仅限上述原因使用，用后删除；每一行都有可追溯的隐藏标记。")),
    ]
    line = f"{user.display_name} {made_at:%Y-%m-%d %H:%M} {area}"
    sheet = book.create_sheet(_("水印"), 0)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 64
    for row, (name, value) in enumerate(told, start=1):
        _put(sheet, row, 1, name).font = Font(bold=True)
        _put(sheet, row, 2, value)
    for page in book.worksheets:
        for part in (page.oddHeader.center, page.oddFooter.center):
            part.text = line.replace("&", "&&")
    book.properties.creator = user.username
    book.properties.identifier = str(uid)
