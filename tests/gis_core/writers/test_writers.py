"""What is written can be read back, says where it comes from, and runs nothing."""

import csv
import io
import json
from datetime import UTC, date, datetime

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from gis_core.readers.tables import read_table
from gis_core.readers.vector import read_vector
from gis_core.writers import Column, Source, workbook, write_csv, write_geojson, write_geopackage, write_xlsx

COLUMNS = [
    Column("name", "名称"),
    Column("walk_m", "步行距离", "米", "number"),
    Column("floors", "层数", "层", "integer"),
    Column("built", "建成", kind="date"),
]
ROWS = [
    ["阳光小区", 123.4, 6, date(2020, 5, 1)],
    ["=HYPERLINK(1)", -5.5, None, None],
    ["+86 951", None, np.int64(3), None],
]
SOURCES = [Source("建筑", "OpenStreetMap", "ODbL 1.0", "2021-06-12"), Source("居民数", "本社区台账")]
MADE_AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
SHAPES = [
    shapely.box(107.4, 40.7, 107.401, 40.701),
    shapely.box(-58.4, -34.6, -58.3, -34.5),
    shapely.Polygon([(7, 43), (7, 44), (8, 44)]),
]


def test_csv_has_its_mark_its_units_and_no_formula():
    target = io.BytesIO()
    assert write_csv(target, COLUMNS, iter(ROWS), sources=SOURCES) == 3
    assert target.getvalue().startswith(b"\xef\xbb\xbfname,walk_m,floors,built,attribution\r\n")
    rows = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"))))
    assert rows[1][:4] == ["阳光小区", "123.4", "6", "2020-05-01"]
    assert rows[1][4] == "建筑，OpenStreetMap，ODbL 1.0，2021-06-12; 居民数，本社区台账"
    assert rows[2] == ["'=HYPERLINK(1)", "-5.5", "", "", ""]
    assert rows[3][0] == "'+86 951"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_every_start_of_a_formula_is_disarmed(start):
    target = io.BytesIO()
    write_csv(target, COLUMNS[:1], [[start + "1"]])
    (cell,) = list(csv.reader(io.StringIO(target.getvalue().decode("utf-8-sig"), newline="")))[1]
    assert cell == "'" + start + "1"


def test_csv_is_read_back(tmp_path):
    write_csv(tmp_path / "out.csv", COLUMNS, ROWS)
    table = read_table(tmp_path / "out.csv")
    assert table.columns == ["name", "walk_m", "floors", "built"]
    assert len(table.rows) == 3


def test_xlsx_has_title_units_values_and_its_sources(tmp_path):
    path = tmp_path / "out.xlsx"
    assert write_xlsx(path, COLUMNS, iter(ROWS), title="步行 / 覆盖", sources=SOURCES, made_at=MADE_AT) == 3
    book = openpyxl.load_workbook(path)
    sheet, origin = book.worksheets
    assert (sheet.title, origin.title) == ("步行   覆盖", "从何而来")
    assert sheet["A1"].value == "步行 / 覆盖"
    assert "2026-03-01 08:30" in sheet["A2"].value
    assert [cell.value for cell in sheet[3]] == ["名称", "步行距离（米）", "层数（层）", "建成"]
    assert [cell.value for cell in sheet[4]] == ["阳光小区", 123.4, 6, datetime(2020, 5, 1)]
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:D6"
    assert [cell.value for cell in origin[5]] == ["建筑", "OpenStreetMap", "ODbL 1.0", "2021-06-12"]


def test_xlsx_is_read_back_by_its_header_row(tmp_path):
    path = tmp_path / "out.xlsx"
    write_xlsx(path, COLUMNS, ROWS, title="表", sources=SOURCES, made_at=MADE_AT)
    table = read_table(path, sheet="表", header_row=3)
    assert [row.row for row in table.rows] == [4, 5, 6]
    assert table.rows[0].values["建成"] == date(2020, 5, 1)


def test_xlsx_past_the_row_limit_goes_on_in_a_further_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_DATA_ROWS", 2)
    path = tmp_path / "out.xlsx"
    assert write_xlsx(path, COLUMNS, ROWS, title="表", sources=[], made_at=MADE_AT) == 3
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["表", "表 (2)", "从何而来"]
    assert book["表 (2)"]["A4"].value == "+86 951"


def test_xlsx_drops_what_xml_cannot_hold(tmp_path):
    path = tmp_path / "out.xlsx"
    write_xlsx(path, COLUMNS[:2], [["a\x00b\x0b", float("nan")]], title="[]", sources=[], made_at=MADE_AT)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[4]] == ["ab", None]


def test_geopackage_is_read_back_with_its_gaps_and_attribution(tmp_path):
    path = tmp_path / "out.gpkg"
    assert write_geopackage(path, "覆盖", COLUMNS, ROWS, SHAPES, attribution="© OSM") == 3
    write_geopackage(path, "点", COLUMNS[:1], [["甲"]], [shapely.Point(7, 43)], attribution="© OSM")
    found = read_vector(path, layer="覆盖")
    assert found.source_crs == "EPSG:4326"
    assert [row.values["floors"] for row in found.rows] == [6, None, 3]
    assert [row.values["walk_m"] for row in found.rows] == [123.4, -5.5, None]
    assert found.rows[1].values["name"] == "=HYPERLINK(1)"
    assert shapely.equals([row.geometry for row in found.rows], SHAPES).all()
    assert len(read_vector(path, layer="点").rows) == 1
    assert pyogrio.read_info(path, layer="覆盖")["layer_metadata"]["attribution"] == "© OSM"


def test_geopackage_of_single_and_multi_parts_and_of_no_rows(tmp_path):
    both = [SHAPES[0], shapely.MultiPolygon(SHAPES[1:])]
    write_geopackage(tmp_path / "both.gpkg", "a", COLUMNS[:1], [["甲"], ["乙"]], both, attribution="x")
    assert {row.geometry.geom_type for row in read_vector(tmp_path / "both.gpkg").rows} == {"MultiPolygon"}
    assert write_geopackage(tmp_path / "none.gpkg", "a", COLUMNS, [], [], attribution="x") == 0
    with pytest.raises(ValueError, match="1 rows"):
        write_geopackage(tmp_path / "bad.gpkg", "a", COLUMNS[:1], [["甲"]], both, attribution="x")


def test_geojson_is_read_back_rounded_and_wound_right(tmp_path):
    target = io.BytesIO()
    fine = [shapely.transform(shape, lambda lonlat: lonlat + 1.23e-9) for shape in SHAPES]
    assert write_geojson(target, COLUMNS, ROWS, fine, attribution="© OSM") == 3
    document = json.loads(target.getvalue())
    assert document["attribution"] == "© OSM"
    assert document["features"][2]["properties"] == {
        "name": "+86 951",
        "walk_m": None,
        "floors": 3,
        "built": None,
    }
    ring = shapely.LinearRing(document["features"][2]["geometry"]["coordinates"][0])
    assert ring.is_ccw
    path = tmp_path / "out.geojson"
    path.write_bytes(target.getvalue())
    found = read_vector(path)
    assert shapely.equals([row.geometry for row in found.rows], SHAPES).all()
    assert found.rows[0].values["built"] == "2020-05-01"


def test_empty_geojson_is_valid_json():
    target = io.BytesIO()
    assert write_geojson(target, COLUMNS, [], [], attribution="x") == 0
    assert json.loads(target.getvalue())["features"] == []
