"""Rows leave only where the round allows it, marked and without composition, contacts or free text."""

from io import BytesIO

import openpyxl
import pytest

from gis_core.errors import NotFound
from gis_core.models import AccessLog
from survey import exports
from survey.access import ReasonMissing
from survey.exports import ExportRefused, make_export, row_mark
from survey.models import Round, Submission
from tests.grids.two_towns import SECOND
from tests.people import make_person
from tests.survey.records.kept import draw_records_field, keep_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_records_field(allows_row_export=True)


def book_of(export):
    return openpyxl.load_workbook(BytesIO(export.content))


def every_text(book):
    return " ".join(
        str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None
    )


def test_a_row_a_door_in_the_words_of_the_form(field):
    keep_record(field, field.dwelling(0))
    keep_record(field, field.dwelling(2), {"home/has_lift": "yes"}, by=field.colleague)
    keep_record(field, field.dwelling(1), state="held", held_reason="id_number")
    rejected = keep_record(field, field.dwelling(3))
    Submission.objects.filter(pk=rejected.pk).update(review="rejected")
    export = make_export(field.director, field.round, "给住建核对电梯")
    rows = list(book_of(export)["逐户"].iter_rows(values_only=True))
    assert rows[0] == ("行标", "户室代码", "户室", "上门情况", "日期", "居住情况", "有没有电梯")
    assert [(row[1], row[5], row[6]) for row in rows[1:]] == [
        (field.dwelling(0).code, "自住", "没有"),
        (field.dwelling(2).code, "自住", "有"),
    ] or len(rows) == 3
    assert export.row_count == 2


def test_composition_contact_and_free_text_stay_inside(field):
    keep_record(field, field.dwelling())
    told = every_text(book_of(make_export(field.director, field.round, "核对")))
    for secret in ("外地迁入", "moved", "13800138000", "王阿姨", "希望装电梯", "60–79"):
        assert secret not in told


def test_the_watermark_names_who_when_where_why_and_each_row_is_marked(field):
    record = keep_record(field, field.dwelling())
    export = make_export(field.director, field.round, "核对电梯")
    book = book_of(export)
    told = {row[0]: row[1] for row in book["水印"].iter_rows(values_only=True)}
    assert told["导出人"] == "director（director）"
    assert told["原因"] == "核对电梯"
    assert told["区划"] == field.round.area_codes[0]
    assert told["导出编号"] == str(export.uid)
    sheet = book["逐户"]
    assert sheet.column_dimensions["A"].hidden
    assert sheet["A2"].value == row_mark(export.uid, record.dwelling_code)
    assert "director" in sheet.oddFooter.center.text
    log = AccessLog.objects.get(action="export_rows")
    assert (log.user, log.reason) == (field.director, "核对电梯")
    assert str(export.uid) in log.subject


def test_a_round_that_does_not_allow_it_gives_nothing(field):
    keep_record(field, field.dwelling())
    Round.objects.filter(pk=field.round.pk).update(allows_row_export=False)
    field.round.refresh_from_db()
    with pytest.raises(ExportRefused):
        make_export(field.director, field.round, "核对")
    assert not AccessLog.objects.filter(action="export_rows").exists()


def test_there_is_a_cap(field, monkeypatch):
    keep_record(field, field.dwelling(0))
    keep_record(field, field.dwelling(1))
    monkeypatch.setattr(exports, "ROWS_MOST", 1)
    with pytest.raises(ExportRefused) as refused:
        make_export(field.director, field.round, "核对")
    assert refused.value.details == {"count": 2, "most": 1}


@pytest.mark.parametrize(
    ("role", "code"),
    [("community_director", SECOND), ("planner", "330100"), ("data_protection_officer", "330100")],
)
def test_nobody_else_exports_rows(field, role, code):
    with pytest.raises(NotFound):
        make_export(make_person("other", role, area_code=code), field.round, "核对")


def test_without_a_reason_nothing_leaves(field):
    with pytest.raises(ReasonMissing):
        make_export(field.director, field.round, " ")


def test_a_text_like_a_formula_stays_a_text(field):
    keep_record(field, field.dwelling(), {"home/has_lift": "=1+1"})
    sheet = book_of(make_export(field.director, field.round, "核对"))["逐户"]
    assert sheet["G2"].value == "=1+1"
    assert sheet["G2"].data_type == "s"
