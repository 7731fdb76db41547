"""Files that are no lists are refused by their own name, and what was there stays."""

import zipfile
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from tests.grids.placement.list_senders import send, text_of

pytestmark = pytest.mark.django_db


def bomb() -> bytes:
    """A sheet of 3 MB that unpacks to more than a gigabyte."""
    book = BytesIO()
    openpyxl.Workbook().save(book)
    made = BytesIO()
    row = b'<row><c t="inlineStr"><is><t>A</t></is></c></row>' * 20_000
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            sheet.write(b"<sheetData>")
            for _ in range(1_100):
                sheet.write(row)
            sheet.write(b"</sheetData></worksheet>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("file", "content", "status", "said"),
    [
        ("flats.csv", b"", 400, "flats.csv”是空的"),
        ("flats.xls", b"\xd0\xcf\x11\xe0" + bytes(600), 415, "另存为不加密的 .xlsx"),
        ("flats.csv", b"receipt\nA1\n", 400, "表中缺少列：户型"),
        ("flats.csv", b"a,b\n" + b"1,2\n" * 200_001, 413, "多于 200000 行"),
    ],
    ids=["empty", "old workbook", "another list", "rows without end"],
)
def test_what_is_not_a_list_is_refused_by_its_own_name(official, with_flats, file, content, status, said):
    answer = send(official, "placement_flats", with_flats, content, file)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert with_flats.flats.count() == 10


def test_an_archive_bomb_is_refused_before_it_is_unpacked(official, with_flats):
    answer = send(official, "placement_flats", with_flats, bomb(), "flats.xlsx")
    assert answer.status_code == 413
    assert "没有载入任何内容" in text_of(answer)
    assert with_flats.flats.count() == 10


def test_a_file_over_the_limit_is_refused_with_both_sizes(official, with_flats, settings):
    settings.LIST_MAX_BYTES = 2**20
    answer = send(official, "placement_flats", with_flats, b"x" * (2**20 + 1))
    assert answer.status_code == 413
    assert "文件有 2 MB，最大 1 MB" in text_of(answer)


def test_no_file_is_asked_for(official, with_flats):
    answer = official.post(reverse("placement_flats", args=[with_flats.uid]))
    assert answer.status_code == 400
    assert "请先选择文件" in text_of(answer)


@pytest.mark.parametrize("kind", ["flats", "applicants"])
def test_a_template_opens_and_an_unknown_one_is_not_found(official, town, kind):
    answer = official.get(reverse("placement_template", args=[kind]))
    assert openpyxl.load_workbook(BytesIO(answer.content)).sheetnames[0] in ("房源", "申请人")
    assert official.get("/placement/templates/other.xlsx").status_code == 404
