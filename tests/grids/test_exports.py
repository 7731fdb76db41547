"""Exports say what the run found, to whom may see it, and from what; and anyone can compute it again."""

import csv
import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
from django.conf import settings as project
from django.core.management import call_command

from gis_core.errors import RowErrors, TooLarge, UnknownFormat
from grids.coverage.exports import coverage_columns, write_coverage
from grids.coverage.network_exports import write_network
from grids.coverage.pair_walks import walks_of_pairs
from grids.coverage.runs import run_coverage
from grids.models import CoverageRun
from grids.town_import.importing import import_osm_town
from tests.grids.drawn_towns import DrawnTown, degrees
from tests.grids.independent_walks import ExportedNetwork

pytestmark = pytest.mark.django_db
SHARED = Path(project.BASE_DIR).parent / "shared" / "data"
EXTRACTS = [project.FIXTURES_DIR / "monaco.osm.pbf", SHARED / "beijing" / "beijing-wudaokou-20170624.osm.pbf"]


@pytest.fixture
def run() -> CoverageRun:
    # Schools at 200 m and 1,000 m of building 0; building 2 lies 150 m from any street.
    town = DrawnTown()
    town.street((0, 0), (3000, 0))
    town.facility("EDU-PRI", (200, 0))
    town.facility("EDU-PRI EDU-JUN", (1000, 0), name_en="Far school")
    town.building((0, 0), name="=1号楼")
    town.building((2500, 0))
    town.building((500, 150))
    return run_coverage(town.build())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_tells_metres_minutes_nearest_and_straight_line(run, tmp_path):
    assert write_coverage(run, "csv", tmp_path / "a.csv") == 3
    near, middle, far = rows_of(tmp_path / "a.csv")
    lon, lat = degrees((0, 0))
    assert (near["source_id"], near["code"]) == ("way/1", "33010000100100001")
    assert (float(near["lon"]), float(near["lat"])) == pytest.approx((lon, lat), abs=1e-7)
    assert (near["dwellings"], near["residents"], near["kind"]) == ("10", "25.0", "residential")
    assert [near[f"EDU-PRI_{what}"] for what in ("walk_m", "min", "nearest", "straight_m")] == [
        "200.0", "3.0", "node/1", "200.0",
    ]  # fmt: skip
    assert [near[f"EDU-JUN_{what}"] for what in ("walk_m", "min", "nearest")] == ["1000.0", "15.0", "node/2"]
    assert (near["score"], near["missing"]) == ("1.0", "")
    assert [middle[f"EDU-PRI_{what}"] for what in ("walk_m", "nearest")] == ["1500.0", "node/2"]
    assert (middle["score"], middle["missing"]) == ("0.0", "EDU-PRI EDU-JUN")
    assert [far[f"EDU-PRI_{what}"] for what in ("walk_m", "min", "nearest")] == ["", "", ""]
    assert (far["score"], far["missing"], far["snap"]) == ("", "", "far")
    assert float(far["EDU-PRI_straight_m"]) == pytest.approx(np.hypot(300, 150), rel=0.001)
    assert near["EDU-KIN_walk_m"] == near["EDU-KIN_nearest"] == ""  # no data
    assert near["name"] == "'=1号楼"


def test_every_category_has_its_four_columns(run):
    keys = [column.key for column in coverage_columns(run)]
    assert len(run.categories) == 82
    assert len([key for key in keys if "-" in key]) == 4 * 82


def test_rows_outside_the_readers_duty_are_left_out(run, tmp_path):
    mask = np.array([False, True, False])
    for fmt in ("csv", "xlsx", "gpkg"):
        assert write_coverage(run, fmt, tmp_path / f"a.{fmt}", mask) == 1
    assert [row["source_id"] for row in rows_of(tmp_path / "a.csv")] == ["way/2"]
    assert pyogrio.read_info(tmp_path / "a.gpkg")["features"] == 1


def test_the_download_is_a_table_with_its_inputs_beside_it(run, tmp_path):
    write_coverage(run, "csv.zip", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert sorted(archive.namelist()) == ["data.csv", "inputs.json", "inputs.txt"]
        assert str(run.pk) in archive.read("inputs.txt").decode()
        assert json.loads(archive.read("inputs.json"))["key"] == run.inputs["key"]
        table = list(csv.reader(io.StringIO(archive.read("data.csv").decode("utf-8-sig"))))
    assert len(table) == 4


def test_the_workbook_says_where_its_figures_come_from(run, tmp_path):
    write_coverage(run, "xlsx", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    assert len(book.sheetnames) == 2
    told = "\n".join(str(cell) for row in book.worksheets[1].values for cell in row if cell)
    assert str(run.pk) in told
    assert "GB 50180-2018" in told
    assert "并非逐户调查" in told


def test_the_geopackage_holds_footprints(run, tmp_path):
    write_coverage(run, "gpkg", tmp_path / "a.gpkg")
    info = pyogrio.read_info(tmp_path / "a.gpkg", layer="buildings")
    assert (info["features"], info["geometry_type"]) == (3, "MultiPolygon")
    assert "EDU-PRI_walk_m" in info["fields"]


def test_a_sheet_that_no_program_opens_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setattr("grids.coverage.exports.LARGEST_SHEET", 100)
    with pytest.raises(TooLarge):
        write_coverage(run, "xlsx", tmp_path / "a.xlsx")
    with pytest.raises(UnknownFormat):
        write_coverage(run, "dbf", tmp_path / "a.dbf")
    assert not list(tmp_path.glob("a.*"))


def test_an_unknown_id_in_a_list_of_pairs_is_named_by_its_row(run):
    with pytest.raises(RowErrors) as refused:
        walks_of_pairs(run, [("way/1", "node/1"), ("way/9", "node/1")])
    assert refused.value.details["rows"][0]["row"] == 2
    assert [one.walk_m for one in walks_of_pairs(run, [("way/2", "node/1"), ("way/3", "node/1")])] == [
        2300.0,
        None,
    ]


def test_commands_write_files_and_refuse_in_words(run, tmp_path, capsys):
    call_command("export_coverage", "drawn", "--output", str(tmp_path / "x.csv"))
    assert json.loads((tmp_path / "x.csv.inputs.json").read_text())["run"] == str(run.pk)
    call_command("walk", "drawn", "--from", "way/1", "--to", "node/2")
    assert capsys.readouterr().out.splitlines()[-1] == "way/1,node/2,1000.0,1000.0"
    call_command("run_coverage", "drawn", "--json", "--no-map")
    assert json.loads(capsys.readouterr().out)["run"] == str(run.pk)


@pytest.mark.parametrize("extract", EXTRACTS, ids=lambda path: path.stem)
def test_another_hand_gets_the_same_walks_from_the_exported_network(extract, tmp_path):
    if not extract.exists():
        pytest.skip(f"{extract} is not on this machine")
    town = import_osm_town(extract, name="extract").town
    run = run_coverage(town)
    write_network(run, "csv", tmp_path)
    network = ExportedNetwork(tmp_path)
    chance = random.Random(11)
    starts = chance.sample(range(len(network.buildings)), 30)
    points_of: dict[str, list[int]] = {}
    for point, row in enumerate(network.facilities):
        points_of.setdefault(row["source_id"], []).append(point)
    pairs = [(start, chance.choice(sorted(points_of))) for start in starts for _ in range(10)]
    answers = walks_of_pairs(
        run, [(network.buildings[start]["source_id"], facility) for start, facility in pairs]
    )
    for (start, facility), answer in zip(pairs, answers, strict=True):
        theirs = [network.walk_m(start, point) for point in points_of[facility]]
        shortest = min((walk for walk in theirs if walk is not None), default=None)
        assert answer.walk_m == (None if shortest is None else pytest.approx(shortest, abs=0.05)), answer

    # The table of the run, by brute force over all facilities.
    write_coverage(run, "csv", tmp_path / "coverage.csv")
    table = rows_of(tmp_path / "coverage.csv")
    for start in starts[:8]:
        for code in run.categories:
            _check_row(network, table[start], start, code, run.cutoff_m)


def _check_row(network: ExportedNetwork, row: dict[str, str], start: int, code: str, cutoff_m: int) -> None:
    """One cell of the table against every facility of its category."""
    home = network.compound(network.buildings[start])
    walks: dict[str, float] = {}
    for point, facility in enumerate(network.facilities):
        inside = network.compound(facility)
        may_use = facility["is_public"] == "1" or (inside > 0 and inside == home)
        if code in facility["categories"].split() and facility["counts"] == "1" and may_use:
            walk_m = network.walk_m(start, point)
            if walk_m is not None and walk_m <= cutoff_m + 1e-6:
                walks[facility["source_id"]] = min(walk_m, walks.get(facility["source_id"], np.inf))
    if not walks:
        assert row[f"{code}_walk_m"] == row[f"{code}_nearest"] == ""
        return
    assert float(row[f"{code}_walk_m"]) == pytest.approx(min(walks.values()), abs=0.05)
    assert walks[row[f"{code}_nearest"]] == pytest.approx(min(walks.values()), abs=0.05)
