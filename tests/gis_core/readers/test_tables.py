"""Tables as offices send them: right rows, or a refusal that names row and column."""

import datetime
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from gis_core import crs
from gis_core.errors import (
    MissingChoice,
    MissingColumn,
    RowErrors,
    TooLarge,
    UnknownCRS,
    UnknownFormat,
    UnreadableFile,
    UnsafeFile,
    WrongCoordinates,
)
from gis_core.readers.tables import likely_coordinate_columns, read_places, read_table, sheets_of

NANJING = Path(__file__).resolve().parents[4] / "shared" / "data" / "nanjing" / "nanjing-poi-3crs.csv"
HEADER = "名称,经度,纬度\n"


def csv_file(tmp_path, content: str | bytes, encoding: str = "utf-8", name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def xlsx_file(tmp_path, *rows, edit=None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if edit:
        edit(book)
    path = tmp_path / "table.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_headers_in_every_usual_encoding(tmp_path, encoding):
    table = read_table(csv_file(tmp_path, HEADER + "幼儿园,107.4,40.76\n", encoding))
    assert table.columns == ["名称", "经度", "纬度"]
    assert table.rows[0].values == {"名称": "幼儿园", "经度": "107.4", "纬度": "40.76"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path, delimiter):
    text = "名称,经度,纬度\n一、二,107.4,40.76\n三,107.5,40.77\n".replace(",", delimiter)
    table = read_table(csv_file(tmp_path, text))
    assert (table.delimiter, len(table.rows), len(table.columns)) == (delimiter, 2, 3)


def test_quoted_newline_is_one_row_and_blank_lines_count(tmp_path):
    table = read_table(csv_file(tmp_path, '名称,备注\r\n甲,"一\r\n二, 三"\r\n\r\n乙,\r\n'))
    assert [(row.row, row.values) for row in table.rows] == [
        (2, {"名称": "甲", "备注": "一\r\n二, 三"}),
        (4, {"名称": "乙", "备注": None}),
    ]


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n", ",,\n,,\n", HEADER, HEADER + ",,\n"])
def test_table_without_rows_is_refused(tmp_path, content):
    with pytest.raises(UnreadableFile):
        read_table(csv_file(tmp_path, content))


def test_duplicate_headers_are_refused(tmp_path):
    with pytest.raises(RowErrors) as caught:
        read_table(csv_file(tmp_path, "名称,经度,经度\n甲,1,2\n"))
    assert caught.value.rows[0][:2] == (1, "经度")


def test_cells_beyond_the_header_are_refused_by_row(tmp_path):
    with pytest.raises(RowErrors) as caught:
        read_table(csv_file(tmp_path, "名称,地址\n甲,路\n乙,路,3 号\n"))
    assert caught.value.rows[0].row == 3


def test_open_quotation_mark_is_refused(tmp_path):
    with pytest.raises(UnreadableFile):
        read_table(csv_file(tmp_path, '名称,地址\n甲,"路\n乙,路\n'))


def test_binary_in_disguise_is_refused(tmp_path):
    for content in (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\xff\xff\x81\x00"):
        with pytest.raises(UnreadableFile):
            read_table(csv_file(tmp_path, content))


def test_title_row_is_passed_by_naming_the_header_row(tmp_path):
    table = read_table(csv_file(tmp_path, "设施一览\n" + HEADER + "甲,1,2\n"), header_row=2)
    assert (table.columns[0], table.rows[0].row) == ("名称", 3)


def test_more_rows_than_agreed_are_refused(tmp_path):
    text = HEADER + "甲,1,2\n" * 11
    with pytest.raises(TooLarge):
        read_table(csv_file(tmp_path, text), max_rows=10)
    with pytest.raises(TooLarge):
        read_table(xlsx_file(tmp_path, ["名称"], *[["甲"]] * 11), max_rows=10)


# --- XLSX ---------------------------------------------------------------------------------


def test_xlsx_keeps_numbers_dates_and_empty_cells(tmp_path):
    day = datetime.datetime(2026, 3, 1)
    path = xlsx_file(
        tmp_path, ["名称", "层数", "建成", "备注"], ["甲", 6, day, None], [None] * 4, ["乙", 2.5, None, "x"]
    )
    table = read_table(path)
    assert [(row.row, list(row.values.values())) for row in table.rows] == [
        (2, ["甲", 6, datetime.date(2026, 3, 1), None]),
        (4, ["乙", 2.5, None, "x"]),
    ]
    assert table.sheet == "Sheet"


def test_merged_cells_say_the_same_in_each_row(tmp_path):
    path = xlsx_file(
        tmp_path, ["街道", "名称"], ["一街", "甲"], [None, "乙"], ["二街", "丙"],
        edit=lambda book: book.active.merge_cells("A2:A3"),
    )  # fmt: skip
    assert [row.values["街道"] for row in read_table(path).rows] == ["一街", "一街", "二街"]


def test_merged_header_is_refused(tmp_path):
    path = xlsx_file(tmp_path, ["坐标", None], [1, 2], edit=lambda book: book.active.merge_cells("A1:B1"))
    with pytest.raises(RowErrors) as caught:
        read_table(path)
    assert caught.value.rows[0].field == "坐标"


def test_formula_without_a_computed_value_is_refused_by_cell(tmp_path):
    with pytest.raises(RowErrors) as caught:
        read_table(xlsx_file(tmp_path, ["甲", "乙"], [1, "=A2*2"]))
    assert caught.value.rows[0][:2] == (2, "B")


def test_formula_counts_with_its_computed_value(tmp_path):
    path = xlsx_file(tmp_path, ["甲", "乙"], [1, 777])
    with_value = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(with_value, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, content.replace(b"<v>777</v>", b"<f>A2*2</f><v>2</v>"))
    assert read_table(with_value).rows[0].values == {"甲": 1, "乙": 2}


def test_error_value_is_refused_by_cell(tmp_path):
    with pytest.raises(RowErrors) as caught:
        read_table(xlsx_file(tmp_path, ["甲", "乙"], [1, "#N/A"]))
    assert caught.value.rows[0][:3] == (2, "B", "#N/A")


def test_sheet_must_be_named_when_there_are_several(tmp_path):
    def add_sheets(book):
        book.create_sheet("说明").append(["读我"])
        book.create_sheet("隐藏").sheet_state = "hidden"

    path = xlsx_file(tmp_path, ["名称"], ["甲"], edit=add_sheets)
    assert sheets_of(path) == ["Sheet", "说明"]
    with pytest.raises(MissingChoice) as caught:
        read_table(path)
    assert caught.value.details["choices"] == ["Sheet", "说明"]
    assert len(read_table(path, sheet="Sheet").rows) == 1


def test_sheet_that_claims_the_whole_grid_is_read_as_it_is(tmp_path):
    path = xlsx_file(tmp_path, ["名称"], ["甲"])
    swollen = tmp_path / "swollen.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(swollen, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info).replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert [row.values for row in read_table(swollen).rows] == [{"名称": "甲"}]


def test_broken_and_foreign_workbooks_are_refused(tmp_path):
    good = xlsx_file(tmp_path, ["名称"], ["甲"]).read_bytes()
    with pytest.raises(UnreadableFile):
        read_table(csv_file(tmp_path, good[: len(good) // 2], name="cut.xlsx"))
    with pytest.raises(UnknownFormat):
        read_table(csv_file(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, name="old.xls"))
    empty_zip = tmp_path / "other.xlsx"
    with zipfile.ZipFile(empty_zip, "w") as packed:
        packed.writestr("a.txt", "x")
    with pytest.raises(UnreadableFile):
        read_table(empty_zip)


def test_workbook_bomb_and_entities_are_refused(tmp_path):
    path = xlsx_file(tmp_path, ["名称"], ["甲"])
    bomb, entities = tmp_path / "bomb.xlsx", tmp_path / "entities.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
        with new.open("xl/media/zeros", "w") as member:
            for _chunk in range(260):
                member.write(b"\0" * 1024**2)
    with pytest.raises(UnsafeFile):
        read_table(bomb)
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(entities, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info).replace(b"<worksheet", doctype))
    with pytest.raises(UnsafeFile):
        read_table(entities)


# --- Places -------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4545"])
def test_places_are_read_in_the_system_that_the_user_states(tmp_path, system):
    truth = np.array([(107.4, 40.76), (107.41, 40.77)])
    x_y = crs.to_source(truth, system)
    lines = "".join(f"甲,{x:.9f},{y:.9f}\n" for x, y in x_y)
    places = read_places(csv_file(tmp_path, HEADER + lines), x_column="经度", y_column="纬度", system=system)
    assert places.lonlat == pytest.approx(truth, abs=1e-7)
    assert places.raw_xy == pytest.approx(x_y, abs=1e-8)
    assert places.system == system


def places(tmp_path, *lines: str, **options):
    path = csv_file(tmp_path, HEADER + "".join(line + "\n" for line in lines))
    return read_places(path, **({"x_column": "经度", "y_column": "纬度", "system": "wgs84"} | options))


def test_swapped_columns_are_refused_by_row(tmp_path):
    with pytest.raises(WrongCoordinates) as caught:
        places(tmp_path, "甲,107.4,40.7", "乙,40.7,107.4")
    assert caught.value.details["row"] == 3
    with pytest.raises(WrongCoordinates) as caught:
        places(tmp_path, "甲,43.73,7.42", extent=(7.4, 43.7, 7.5, 43.8))
    assert caught.value.details["row"] == 2


def test_missing_unreadable_and_zero_coordinates_are_refused_together(tmp_path):
    with pytest.raises(RowErrors) as caught:
        places(tmp_path, "甲,107.4,40.7", "乙,,40.7", "丙,107°24′,40.7", "丁,0,0")
    assert [(e.row, e.field) for e in caught.value.rows] == [(3, "经度"), (4, "经度"), (5, "经度")]


def test_system_and_columns_must_be_right(tmp_path):
    with pytest.raises(UnknownCRS):
        places(tmp_path, "甲,1,2", system="火星")
    with pytest.raises(MissingColumn) as caught:
        places(tmp_path, "甲,1,2", x_column="lon")
    assert caught.value.details == {"missing": ["lon"], "columns": ["名称", "经度", "纬度"]}


def test_likely_columns_are_proposed():
    assert likely_coordinate_columns(["id", "Lng_WGS84", "lat_wgs84"]) == ("Lng_WGS84", "lat_wgs84")
    assert likely_coordinate_columns(["名称", "经度(°)", "纬度(°)"]) == ("经度(°)", "纬度(°)")
    assert likely_coordinate_columns(["名称", "地址"]) is None


@pytest.mark.skipif(not NANJING.exists(), reason="the Nanjing list is not beside the project")
def test_nanjing_list_is_the_same_place_in_three_systems():
    found = [
        read_places(NANJING, x_column=f"lng_{system}", y_column=f"lat_{system}", system=system)
        for system in ("wgs84", "gcj02", "bd09")
    ]
    assert len(found[0].table.rows) == 372
    for other in found[1:]:
        assert crs.geodesic_distance_m(found[0].lonlat, other.lonlat).max() < 0.02
