"""The fictional community: the size of a real one, drawn the same way every time, sound as a town."""

import csv
from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely

from gis_core import crs
from gis_core.readers.osm import read_osm
from gis_core.readers.vector import read_vector
from grids.demo import drawing
from grids.demo.blocks import draw_estate
from grids.demo.ground_plan import block_names, block_ring, community_outline
from grids.demo.housing import ESTATES
from grids.demo.sheet import Sheet


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    plan = drawing.draw()
    return plan, drawing.write_files(plan, tmp_path_factory.mktemp("demo"))


def register_rows(files):
    with files.register.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_register_holds_3276_households_and_every_tenure(drawn):
    plan, files = drawn
    rows = register_rows(files)
    assert len(rows) == plan.dwelling_count
    assert sum(not row["空置"] for row in rows) == 3276
    tenures = {row["房屋性质"] for row in rows}
    assert tenures == {"商品房", "公租房", "保租房", "安置房", "人才公寓", "共有产权房"}


def test_estates_hold_some_dwellings_of_another_tenure_inside_their_buildings(drawn):
    tenures = defaultdict(set)
    for row in register_rows(drawn[1]):
        tenures[row["楼栋"]].add(row["房屋性质"])
    mixed = [building for building, found in tenures.items() if len(found) > 1]
    assert 20 < len(mixed) < len(tenures)


def test_no_dwelling_is_registered_twice(drawn):
    doors = Counter((r["楼栋"], r["单元"], r["楼层"], r["房号"]) for r in register_rows(drawn[1]))
    assert max(doors.values()) == 1


def test_community_is_half_a_square_kilometre_and_its_blocks_fill_it():
    outline = community_outline()
    assert outline.area == pytest.approx(500_000, rel=0.02)
    assert sum(block_ring(name).area for name in block_names()) == pytest.approx(outline.area, abs=5.0)


def test_eleven_grids_cover_the_community_without_gap_or_overlap(drawn):
    _, files = drawn
    zone = crs.metric_zone(lon=drawing.ANCHOR.lon, lat=drawing.ANCHOR.lat)
    outline = read_vector(files.outline).rows[0].geometry
    rows = read_vector(files.grids, geometry_kinds=("polygon",)).rows
    shapes = crs.geometry_to_metres(np.array([row.geometry for row in rows], dtype=object), zone)
    home = crs.geometry_to_metres(outline, zone)
    assert len(rows) == 11
    assert sum(shape.area for shape in shapes) == pytest.approx(home.area, abs=10.0)
    # Rounding to centimetres leaves slivers along 3 km of outline; gaps of 0.5 m would add up to 1,000 m².
    assert shapely.union_all(shapes).symmetric_difference(home).area < 10.0


def test_same_drawing_gives_the_same_bytes(drawn, tmp_path):
    again = drawing.write_files(drawing.draw(), tmp_path)
    for first, second in zip(vars(drawn[1]).values(), vars(again).values(), strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_extract_is_read_without_a_problem_and_every_gate_joins_wall_and_way(drawn):
    extract = read_osm(drawn[1].extract)
    assert extract.problems == ()
    closed = [plan for plan in ESTATES if plan.is_closed]
    assert len(extract.gates) == sum(len(plan.gates) for plan in closed)
    for gate in extract.gates:
        assert len(gate.way_ids) >= 4  # estate, wall, the way within, the way to the street


def test_buildings_stand_clear_of_each_other_and_inside_the_community(drawn):
    plan, _ = drawn
    ways = [way for way in plan.sheet.ways if "building" in way.tags]
    shapes = np.array([shapely.Polygon(way.points) for way in ways], dtype=object)
    assert shapely.is_valid(shapes).all()
    assert shapely.covers(community_outline(), shapes).all()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert not len(one[one != other])


def test_every_entrance_leads_to_a_way(drawn):
    plan, _ = drawn
    on_ways = {point for way in plan.sheet.ways if "highway" in way.tags for point in way.points}
    doors = [p for p, tags in plan.sheet.node_tags.items() if tags.get("entrance") == "staircase"]
    assert len(doors) > 200
    assert set(doors) <= on_ways


def test_lines_that_cross_get_a_common_vertex():
    sheet = Sheet()
    sheet.line([(0, 0), (10, 0)], highway="residential")
    sheet.line([(5, -5), (5, 5)], highway="residential")
    sheet.weld(lambda way: True)
    assert all((5.0, 0.0) in way.points for way in sheet.ways)


def test_an_open_estate_has_no_wall():
    sheet = Sheet()
    sheet.line([(-2000, -2000), (-2000, 2000)], highway="residential", name="far")
    drawing.draw_streets(sheet)
    plan = next(plan for plan in ESTATES if not plan.is_closed)
    draw_estate(sheet, plan, iter(["商品房"] * 99))
    assert not [way for way in sheet.ways if "barrier" in way.tags]
