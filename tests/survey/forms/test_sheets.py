"""What is taken for a workbook and what is not: by content, never by name; nothing harmful is unpacked."""

import io
import os
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from gis_core.errors import Refusal, TooLarge, UnknownFormat, UnreadableFile, UnsafeFile
from survey.questionnaires.problems import FormRefused
from survey.questionnaires.sheets import MAX_WORKBOOK_BYTES, read_sheets
from survey.questionnaires.storing import checked
from tests.survey.forms.workbooks import asking, workbook

REAL = Path(os.environ.get("WANGGE_OPEN_FORMS", "open-forms-not-here"))  # ODK's own example workbooks
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def refusal_of(content: bytes, name: str = "f.xlsx") -> Refusal:
    with pytest.raises(Refusal) as caught:
        checked(content, name=name)
    return caught.value


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def replaced(content: bytes, name: str, change) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, change(data) if info.filename == name else data)
    return out.getvalue()


def old_workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """A real .xls in BIFF8 inside OLE2, written by hand: no library of this house writes it."""
    from tests.survey.forms.old_workbooks import write_xls

    return write_xls(sheets)


OLD = {
    "survey": [["type", "name", "label"], ["text", "q1", "需要什么服务？"]],
    "settings": [["form_id", "version"], ["old_form", "7"]],
}


def test_an_xlsx_is_read_with_the_rows_that_the_spreadsheet_shows():
    sheets = read_sheets(asking("text | q1 | 一", "text | q2 | 二"), name="f.xlsx")
    assert [(row, cells["name"]) for row, cells in sheets.rows("survey")] == [(2, "q1"), (3, "q2")]


def test_an_empty_row_counts():
    sheets = read_sheets(workbook(survey=[["type", "name", "label"], [], ["text", "q", "x"]]), name="f.xlsx")
    assert [row for row, _cells in sheets.rows("survey")] == [3]


@pytest.mark.parametrize("name", ["old.xls", "hidden.xlsx"])
def test_an_xls_is_read_whatever_it_is_called(name):
    converted = checked(old_workbook(OLD), name=name)
    assert (converted.outline["form_id"], converted.outline["version"]) == ("old_form", "7")
    assert converted.outline["questions"][0]["labels"]["zh"] == "需要什么服务？"


def test_an_empty_file_is_refused():
    assert isinstance(refusal_of(b""), UnreadableFile)


def test_a_huge_file_is_refused_unread():
    assert isinstance(refusal_of(b"PK" + b"x" * MAX_WORKBOOK_BYTES), TooLarge)


@pytest.mark.parametrize(
    "content", [b"survey,,\n,type,name\n,text,q1\n", b"%PDF-1.7", b"<html></html>", b"| survey |"]
)
def test_other_formats_are_refused(content):
    assert isinstance(refusal_of(content), UnknownFormat)


def test_a_zip_that_is_no_workbook_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert isinstance(refusal_of(packed.getvalue(), "f.ods"), UnknownFormat)


def test_a_zip_bomb_is_refused_unpacked():
    bomb = with_member(asking("text | q1 | 一"), "xl/media/x.bin", b"\0" * (300 * 2**20))
    assert len(bomb) < MAX_WORKBOOK_BYTES
    assert isinstance(refusal_of(bomb), TooLarge | UnsafeFile)


def test_entities_in_a_part_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def change(data: bytes) -> bytes:
        return data.replace(b"<workbook", bomb + b"<workbook", 1)

    hostile = replaced(asking("text | q1 | 一"), "xl/workbook.xml", change)
    assert isinstance(refusal_of(hostile), UnsafeFile)


def test_a_macro_is_refused():
    assert "宏" in refusal_of(with_member(asking("text | q1 | 一"), "xl/vbaProject.bin", b"x")).sentence


def test_a_password_is_named():
    from tests.survey.forms.old_workbooks import ole2

    encrypted = ole2({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 5000})
    assert "密码" in refusal_of(encrypted, "f.xlsx").sentence


def test_a_word_document_is_no_workbook():
    from tests.survey.forms.old_workbooks import ole2

    assert isinstance(refusal_of(ole2({"WordDocument": b"x" * 5000}), "f.xls"), UnknownFormat)


def test_a_cut_off_file_is_refused():
    whole = asking("text | q1 | 一")
    assert isinstance(refusal_of(whole[: len(whole) // 2]), UnreadableFile)
    old = old_workbook(OLD)
    assert isinstance(refusal_of(old[: len(old) // 2]), Refusal)


def test_too_many_rows_are_refused():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("choices")
    sheet.append(["list_name", "name", "label"])
    for number in range(20_001):
        sheet.append(["l", f"c{number}", "x"])
    packed = io.BytesIO()
    book.save(packed)
    assert isinstance(refusal_of(packed.getvalue()), TooLarge)


def test_a_workbook_that_claims_the_whole_grid_is_read_quickly():
    def change(data: bytes) -> bytes:
        return data.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)

    name = "xl/worksheets/sheet2.xml"
    content = replaced(asking("text | q1 | 一"), name, change)
    assert checked(content, name="f.xlsx").outline["questions"][0]["name"] == "q1"


def test_two_columns_of_one_name_are_refused():
    content = workbook(survey=[["type", "name", "label", "label"], ["text", "q", "x", "y"]])
    assert "label" in refusal_of(content).sentence


def test_a_missing_survey_sheet_is_told():
    refusal = refusal_of(workbook(questions="type | name\ntext | q"))
    assert isinstance(refusal, FormRefused)
    assert refusal.problems[-1].sheet == "survey"


@pytest.mark.skipif(not REAL.exists(), reason="WANGGE_OPEN_FORMS names no folder of workbooks")
class TestRealForms:
    def test_the_liberia_form_is_refused_for_its_doubled_choice(self):
        refusal = refusal_of((REAL / "liberiaCoverageVillageForm-r2.xlsx").read_bytes())
        told = [(p.sheet, p.row, p.met) for p in refusal.problems if p.sheet == "choices"]
        assert told == [("choices", 6, "4")]
        assert "选项表“district”的“4”也在第 5 行" in refusal.problems[-1].sentence

    def test_the_socio_economic_form_is_taken(self):
        converted = checked((REAL / "socio-economic-survey-v20240515.xlsx").read_bytes(), name="s.xlsx")
        assert converted.outline["version"] == "20240515143545"

    def test_every_question_type_converts_and_only_the_selfie_is_refused(self):
        refusal = refusal_of((REAL / "all-question-types-v2024091201-3.xlsx").read_bytes())
        assert [(p.row, p.column) for p in refusal.problems] == [(32, "appearance")]


def test_ole2_magic_is_what_the_writer_writes():
    assert struct.unpack("<Q", old_workbook(OLD)[:8])[0] == 0xE11AB1A1E011CFD0
