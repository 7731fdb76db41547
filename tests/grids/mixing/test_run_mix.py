"""`run_mix` on any table of counts: what it says, and what it refuses with row and column."""

import csv
import io
import json
import math
import os
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely
from django.core.management import CommandError, call_command

from tests.grids.kernels import mix_by_hand as by_hand

HEADER = ["block", "tract", "city", "owners", "renters", "guests", "all"]
ROWS = [
    ["b1", "t1", "c1", 4, 1, 0, 6],
    ["b2", "t1", "c1", 0, 3, 2, 9],
    ["b3", "t2", "c1", 2, 2, 2, 6],
    ["b4", "", "", 0, 0, 0, 0],
    ["b5", "t3", "c2", 5, 0, 0, 5],
]
COUNTS = [row[3:6] for row in ROWS]
GROUPS = "owners,renters,guests"
CENSUS = Path(os.environ.get("WANGGE_CENSUS", "census-not-here"))  # holds Providence_blocks.zip


def run(path, *arguments, unit="block", groups=GROUPS):
    printed = io.StringIO()
    call_command(
        "run_mix",
        "--table",
        str(path),
        "--unit",
        unit,
        "--groups",
        groups,
        *arguments,
        "--json",
        stdout=printed,
    )
    return json.loads(printed.getvalue(), parse_constant=pytest.fail)  # no NaN, no Infinity


def refused(path, *arguments, **columns):
    with pytest.raises(CommandError) as refusal:
        run(path, *arguments, **columns)
    return str(refusal.value)


def as_csv(folder, rows=ROWS, header=HEADER):
    path = folder / "counts.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def as_map(folder, name, driver):
    """Blocks as squares of 100 m in a row, near Nanjing."""
    squares = shapely.to_wkb([shapely.box(at * 100, 0, at * 100 + 100, 100) for at in range(len(ROWS))])
    columns = [
        np.array(column, object if isinstance(column[0], str) else None) for column in zip(*ROWS, strict=True)
    ]
    zone = "+proj=tmerc +lat_0=32 +lon_0=118.8 +k=1 +ellps=GRS80 +units=m +no_defs"
    pyogrio.raw.write(
        folder / name, squares, columns, HEADER, geometry_type="Polygon", crs=zone, driver=driver
    )
    return folder / name


def test_every_measure_of_a_small_table_equals_the_second_method(tmp_path):
    told = run(as_csv(tmp_path))
    w, b = by_hand.w(COUNTS), by_hand.b(COUNTS)
    assert (told["units"], told["empty_units"], told["residents"]) == (5, 1, 21)
    assert told["counts"] == {"owners": 11, "renters": 6, "guests": 4}
    assert told["mix"]["w"] == pytest.approx(float(w), abs=1e-14)
    assert told["mix"]["r_star"] == pytest.approx(float(1 - w / b), abs=1e-14)
    assert told["mix"]["d_expected"] == pytest.approx(
        float(by_hand.expected_dissimilarity(COUNTS)), abs=1e-14
    )
    assert told["multigroup"]["gini"] == pytest.approx(float(by_hand.gini(COUNTS)), abs=1e-14)
    assert told["multigroup"]["information_theory"] == pytest.approx(by_hand.theil_h(COUNTS), abs=1e-14)
    owners_against_all = [[row[0], row[1] + row[2]] for row in COUNTS]
    met = told["each_against_rest"]["owners"]
    assert met["dissimilarity"] == pytest.approx(float(by_hand.dissimilarity(owners_against_all)), abs=1e-14)
    owners_renters = told["pairs_of_groups"]["owners"]["renters"]["dissimilarity"]
    assert owners_renters == pytest.approx(
        float(by_hand.dissimilarity([row[:2] for row in COUNTS])), abs=1e-14
    )
    # Owners meet renters: b1's four see 1 of 4, b3's two see 2 of 5, b5's five nobody. Mean over eleven.
    assert told["exposure"]["owners"]["renters"] == pytest.approx((4 / 4 + 2 * 2 / 5) / 11)
    assert told["interaction"]["owners"]["renters"] == pytest.approx((4 / 5 + 2 * 2 / 6) / 11)
    assert told["spatial"] is told["interval"] is None


def test_pairs_and_information_split_over_the_nest_from_leaf_to_root(tmp_path):
    told = run(as_csv(tmp_path), "--nest", "tract,city")
    tracts, cities = {"t1": 0, "t2": 1, "": 3, "t3": 2}, {"c1": 0, "": 2, "c2": 1}
    paths = [(at, tracts[row[1]], cities[row[2]], 0) for at, row in enumerate(ROWS)]
    differing, pairs = by_hand.pairs_by_level(COUNTS, paths)
    levels = told["nesting"]["levels"]
    assert [(level["same"], level["apart"]) for level in levels] == [
        ("block", None), ("tract", "block"), ("city", "tract"), ("*", "city"),
    ]  # fmt: skip
    assert [level["differing"] for level in levels] == differing
    assert [level["pairs"] for level in levels] == pairs
    assert told["nesting"]["differing"] == sum(differing) == (21**2 - 11**2 - 6**2 - 4**2) // 2
    tract_rows = [[4, 4, 2], [2, 2, 2], [5, 0, 0]]
    city_rows = [[6, 6, 4], [5, 0, 0]]
    e = by_hand.entropy([11, 6, 4])
    h = [by_hand.theil_h(rows) for rows in (COUNTS, tract_rows, city_rows)]
    expected = [(h[0] - h[1]) * e, (h[1] - h[2]) * e, h[2] * e]
    assert [level["m"] for level in levels[1:]] == pytest.approx(expected, abs=1e-14)
    assert told["levels"]["tract"]["mix"]["h"] == pytest.approx(h[1], abs=1e-14)
    assert [(row["name"], row["units"]) for row in told["areas"]["tract"]] == [
        ("t1", 2),
        ("t2", 1),
        ("t3", 1),
    ]
    assert told["areas"]["tract"][0]["w"] == pytest.approx(float(by_hand.w(COUNTS[:2])), abs=1e-14)


def test_the_nest_may_be_named_in_any_order(tmp_path):
    path = as_csv(tmp_path, [[*row, "the land"] for row in ROWS], [*HEADER, "land"])
    told = run(path, "--nest", "tract,city,land")
    assert told["nest"] == ["tract", "city", "land"]
    for order in ("land,city,tract", "city,tract,land", "tract,land,city"):
        assert run(path, "--nest", order) == told


@pytest.mark.parametrize("name", ["counts.gpkg", "counts.shp", "counts.zip", "counts.xlsx"])
def test_every_format_gives_the_same_figures_and_maps_a_spatial_profile(tmp_path, name):
    if name.endswith("xlsx"):
        book = openpyxl.Workbook()
        for row in [HEADER, *ROWS]:
            book.active.append(row)
        book.save(tmp_path / name)
        path = tmp_path / name
    else:
        folder = tmp_path / "map"
        folder.mkdir()
        path = as_map(folder, "counts.gpkg" if name.endswith("gpkg") else "counts.shp",
                      "GPKG" if name.endswith("gpkg") else "ESRI Shapefile")  # fmt: skip
        if name.endswith("zip"):
            with zipfile.ZipFile(tmp_path / name, "w") as archive:
                for part in folder.iterdir():
                    archive.write(part, part.name)
            path = tmp_path / name
    told, expected = (
        run(path, "--nest", "tract,city", "--radii", "150,250"),
        run(as_csv(tmp_path), "--nest", "tract,city"),
    )
    spatial = told.pop("spatial")
    for key in ("file", "spatial"):
        told.pop(key, None)
        expected.pop(key, None)
    assert told == expected
    if not name.endswith("xlsx"):
        # b5 is 200 m from b3 and sees it with 1 - 200/250; within 150 m it sees only the empty b4.
        assert spatial["radii_m"] == [150, 250]
        assert spatial["neighbours"] == pytest.approx([4 / 4, 8 / 4])
        assert 0 < spatial["h"][1] < spatial["h"][0] < told["mix"]["h"]


def test_columns_of_coordinates_give_a_csv_its_profile(tmp_path):
    rows = [[*row, 118.8 + at * 0.001, 32.05] for at, row in enumerate(ROWS)]
    told = run(as_csv(tmp_path, rows, [*HEADER, "lon", "lat"]), "--x", "lon", "--y", "lat", "--radii", "100")
    metre_apart = 111_320 * math.cos(math.radians(32.05)) * 0.001  # 94.4 m: each sees its neighbour
    assert metre_apart < 100
    assert told["spatial"]["neighbours"] == pytest.approx([4 / 4])


def test_households_give_an_interval_and_bounds(tmp_path):
    told = run(as_csv(tmp_path), "--households", "all")["interval"]
    assert told["response"] == pytest.approx(21 / 26)
    assert told["w_bounds"][0] <= told["w_low"] <= told["w"] <= told["w_high"] <= told["w_bounds"][1]
    low = refused(as_csv(tmp_path, [*ROWS[:1], ["b2", "t1", "c1", 0, 3, 2, 4]]), "--households", "all")
    assert "第 3 行“all”为“4”" in low


@pytest.mark.parametrize("met", ["-1", "2.5", "many", "", "1e99"])
def test_a_count_that_is_no_whole_number_is_refused_with_row_and_column(tmp_path, met):
    rows = [list(row) for row in ROWS]
    rows[2][4] = met
    sentence = refused(as_csv(tmp_path, rows))
    assert f"第 4 行“renters”为“{met or '空'}”" in sentence


def test_a_unit_twice_a_column_missing_and_a_column_used_twice_are_refused(tmp_path):
    assert "第 7 行“block”为“b2”" in refused(as_csv(tmp_path, [*ROWS, ROWS[1]]))
    assert "第 7 行“block”为“空”" in refused(as_csv(tmp_path, [*ROWS, ["", *ROWS[1][1:]]]))
    path = as_csv(tmp_path)
    assert "“lodgers”" in refused(path, groups="owners,lodgers")
    assert "“parish”" in refused(path, "--nest", "parish")
    assert "“owners”列被用了两次" in refused(path, groups="owners,owners")
    assert "两个类别列" in refused(path, groups="owners")
    assert "no such file" in refused(tmp_path / "nothing.csv")


def test_an_area_in_two_larger_ones_is_refused_by_name(tmp_path):
    rows = [list(row) for row in ROWS]
    rows[1][2] = "c2"
    sentence = refused(as_csv(tmp_path, rows), "--nest", "tract,city")
    for word in ("“tract”", "“t1”", "“city”", "“c1”（第 2 行）", "“c2”（第 3 行）"):
        assert word in sentence
    rows = [list(row) for row in ROWS]
    rows[1][1] = ""
    assert "第 3 行“tract”为“空”" in refused(as_csv(tmp_path, rows), "--nest", "tract,city")


def test_tables_of_nobody_and_of_one_group_are_answered(tmp_path):
    empty = run(
        as_csv(tmp_path, [["b1", "t1", "c1", 0, 0, 0, 0]]), "--nest", "tract,city", "--households", "all"
    )
    assert (empty["residents"], empty["mix"]["is_defined"], empty["interval"]["is_defined"]) == (
        0,
        False,
        False,
    )
    alike = run(as_csv(tmp_path, [["b1", "t1", "c1", 9, 0, 0, 9]]), "--nest", "tract,city")
    assert (alike["mix"]["w"], alike["mix"]["is_defined"], alike["nesting"]["differing"]) == (0, False, 0)


def test_the_page_to_read_says_the_same(tmp_path):
    printed = io.StringIO()
    call_command(
        "run_mix", "--table", str(as_csv(tmp_path)), "--unit", "block", "--groups", GROUPS,
        "--nest", "tract,city", "--households", "all", stdout=printed,
    )  # fmt: skip
    told = printed.getvalue()
    assert "5 units (1 empty), 21 residents" in told
    assert "134 of 210 pairs differ" in told
    assert f"W {float(by_hand.w(COUNTS)):.6f}" in told
    assert "80.8% answered" in told


@pytest.mark.skipif(not CENSUS.exists(), reason="WANGGE_CENSUS names no folder with Providence_blocks.zip")
def test_providence_gives_the_reference_values_at_blocks_and_tracts():
    groups = "NH_WHITE,NH_BLACK,NH_AMIN,NH_ASIAN,NH_NHPI,NH_OTHER,NH_2MORE,HISP"
    told = run(CENSUS / "Providence_blocks.zip", "--nest", "TRACTCE10", unit="GEOID10", groups=groups)
    reference = {  # plain numpy, published beside the file
        "blocks": (0.499049, 0.568849, 0.573037, 0.638226, 0.274516),
        "tracts": (0.401450, 0.506040, 0.425553, 0.525789, 0.143219),
    }
    for name, met in (("blocks", told), ("tracts", told["levels"]["TRACTCE10"])):
        hispanic = met["each_against_rest"]["HISP"]
        against_white = [met["pairs_of_groups"][group]["NH_WHITE"] for group in ("NH_BLACK", "HISP")]
        assert (
            hispanic["dissimilarity"],
            hispanic["isolation"],
            *(pair["dissimilarity"] for pair in against_white),
            met["multigroup"]["information_theory"],
        ) == pytest.approx(reference[name], abs=5e-7)
    assert told["residents"] == 178_040
