"""Exports: what the page shows, with source, round, date, ε, response and the note in every format."""

import csv
import io
import zipfile

import openpyxl
import pyogrio
import pytest

from gis_core.models import AccessLog
from tests.grids.mixing.worlds import GRID_1, GRID_2, A, draw_town, seal
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return draw_town()


@pytest.fixture
def official():
    return client_for(make_person("official", "housing_official", area_code="330100"))


def taken(client, **query):
    response = client.get("/mix/export/", {"town": "mixed", **query})
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_every_format_tells_the_round_its_epsilon_its_response_and_the_note(town, official, tmp_path):
    release = seal(town)
    asked = {"source": f"sealed:{release.uid}", "dimension": "origin", "level": "community"}
    archive = zipfile.ZipFile(io.BytesIO(taken(official, format="csv", **asked)))
    told = [archive.read("inputs.txt").decode()]
    book = openpyxl.load_workbook(io.BytesIO(taken(official, format="xlsx", **asked)))
    told.append(" ".join(str(cell) for row in book["从何而来"].values for cell in row if cell))
    package = tmp_path / "mix.gpkg"
    package.write_bytes(taken(official, format="gpkg", **asked))
    told.append(str(pyogrio.read_info(package, layer="community")["layer_metadata"]))
    for text in told:
        for word in ("走访 2026-03-31", "2026-01-01", "ε = 1", "140 / 320", "不说明邻里相处得好不好"):
            assert word in text, word


def test_a_sealed_export_holds_rounded_counts_with_margins_and_blanks_for_the_hidden(town, official):
    release = seal(town)
    asked = {"source": f"sealed:{release.uid}", "dimension": "origin", "level": "grid", "format": "csv"}
    archive = zipfile.ZipFile(io.BytesIO(taken(official, **asked)))
    rows = {
        row["code"]: row for row in csv.DictReader(io.StringIO(archive.read("data.csv").decode("utf-8-sig")))
    }
    assert [rows[GRID_1][f"count_{group}"] for group in ("local", "moved", "resettled")] == ["50", "20", "10"]
    assert rows[GRID_1]["count_margin_local"] == "12"
    assert {value for key, value in rows[GRID_2].items() if key not in ("code", "name", "why")} == {""}
    assert rows[GRID_2]["why"]


def test_a_stock_export_of_buildings_has_outlines_and_is_written_down_with_its_reason(
    town, official, tmp_path
):
    package = tmp_path / "mix.gpkg"
    asked = {"source": "stock", "dimension": "tenure", "level": "building", "area": A, "format": "gpkg"}
    package.write_bytes(taken(official, reason="住房年报", **asked))
    _meta, _fids, shapes, fields = pyogrio.raw.read(package, layer="building")
    assert len(shapes) == 4
    assert all(shape is not None for shape in shapes)
    assert len(fields) > 8
    row = AccessLog.objects.get(action="export")
    assert (row.reason, row.area_code) == ("住房年报", "330100")
    assert "stock tenure building" in row.subject


def test_an_unknown_format_is_refused(town, official):
    assert official.get("/mix/export/?town=mixed&dimension=tenure&format=pdf").status_code == 415
