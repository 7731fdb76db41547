"""Flawed objects are reported by id, and the rest of the town is still read."""

import pytest

from gis_core.readers.osm import read_osm
from tests.gis_core.readers.osm.drawing import node, relation, ring, square, way, xml


@pytest.fixture
def read(tmp_path):
    def read(*objects: str):
        path = tmp_path / "flawed.osm"
        path.write_text(xml(*objects))
        return read_osm(path)

    return read


def problems(extract) -> list[tuple[str, str]]:
    return [(problem.source_id, problem.code) for problem in extract.problems]


def test_unclosed_building_is_reported_not_closed_by_guess(read):
    extract = read(*square(1, 7, 43), way(5, [1, 2, 3, 4], building="yes"))
    assert extract.buildings == ()
    assert problems(extract) == [("way/5", "unclosed_building")]
    assert extract.problems[0].lonlat == (7.0, 43.0)
    assert "way/5" in extract.problems[0].sentence
    assert extract.counts["building_objects"] == 1


def test_building_with_a_missing_node_is_reported(read):
    extract = read(*square(1, 7, 43)[:3], way(5, ring(1), building="yes"))
    assert extract.buildings == ()
    assert problems(extract) == [("way/5", "missing_nodes")]


def test_street_with_a_missing_node_keeps_the_rest(read):
    extract = read(node(1, 7, 43), node(3, 7.1, 43), way(5, [1, 2, 3], highway="path"))
    assert extract.ways_walkable.row.tolist() == [0, -1, 1]
    assert len(extract.map_features) == 1


def test_crossed_outline_is_mended_and_reported(read):
    extract = read(*square(1, 7, 43), way(5, [1, 3, 2, 4, 1], building="yes"))
    (building,) = extract.buildings
    assert building.geometry.is_valid
    assert building.geometry.area > 0
    assert problems(extract) == [("way/5", "invalid_outline")]


def test_outline_without_area_is_reported(read):
    extract = read(node(1, 7, 43), node(2, 7.1, 43), node(3, 7.2, 43), way(5, [1, 2, 3, 1], building="yes"))
    assert extract.buildings == ()
    assert problems(extract) == [("way/5", "not_assembled")]


def test_multipolygon_with_a_missing_way_is_no_building(read):
    extract = read(
        *square(1, 7, 43),
        way(5, [1, 2, 3]),
        relation(9, [("w", 5, "outer"), ("w", 6, "outer")], type="multipolygon", building="yes"),
    )
    assert extract.buildings == ()
    assert problems(extract) == [("relation/9", "missing_members")]
    assert "6" in extract.problems[0].sentence


def test_multipolygon_that_does_not_close_is_reported_where(read):
    extract = read(
        *square(1, 7, 43),
        way(5, [1, 2, 3, 4]),
        relation(9, [("w", 5, "outer")], type="multipolygon", building="yes"),
    )
    assert extract.buildings == ()
    assert problems(extract) == [("relation/9", "not_assembled")]
    assert extract.problems[0].lonlat in [(7.0, 43.0), (7.0, 43.001)]


def test_multipolygon_of_two_touching_halves_is_one_polygon(read):
    extract = read(
        *square(1, 7, 43),
        node(5, 7.002, 43.0),
        node(6, 7.002, 43.001),
        way(5, ring(1)),
        way(6, [2, 5, 6, 3, 2]),
        relation(9, [("w", 5, "outer"), ("w", 6, "outer")], type="multipolygon", building="yes"),
    )
    (building,) = extract.buildings
    assert building.geometry.geom_type == "Polygon"
    assert building.geometry.bounds == pytest.approx((7, 43, 7.002, 43.001))


def test_two_separate_outers_are_one_multipolygon_building(read):
    extract = read(
        *square(1, 7, 43),
        *square(11, 7.01, 43),
        way(5, ring(1)),
        way(6, ring(11)),
        relation(9, [("w", 5, "outer"), ("w", 6, "")], type="multipolygon", building="yes"),
    )
    (building,) = extract.buildings
    assert building.geometry.geom_type == "MultiPolygon"
    assert len(building.geometry.geoms) == 2


def test_cut_administrative_boundary_is_listed_as_incomplete(read):
    extract = read(
        *square(1, 7, 43),
        way(5, [1, 2, 3]),
        relation(
            9,
            [("w", 5, ""), ("w", 6, "")],
            type="boundary",
            boundary="administrative",
            admin_level="6",
            name="区",
        ),
    )
    (boundary,) = extract.boundaries
    assert (boundary.name, boundary.is_complete, boundary.geometry, boundary.missing_ways) == (
        "区",
        False,
        None,
        (6,),
    )


@pytest.mark.parametrize("newer_first", [True, False])
def test_doubled_ids_are_reported_and_the_highest_version_wins(read, newer_first):
    nodes = [node(1, 7.5, 43.5, version=2), node(1, 7.0, 43.0, version=1)]
    ways = [way(5, [1, 2], version=3, highway="footway"), way(5, [2, 1], version=1, highway="steps")]
    if not newer_first:
        nodes.reverse()
        ways.reverse()
    extract = read(*nodes, node(2, 7.1, 43.1), *ways)
    assert extract.nodes.place(1) == (7.5, 43.5)
    assert extract.ways_walkable.tags == ({"highway": "footway"},)
    assert problems(extract) == [("node/1", "duplicate_id"), ("way/5", "duplicate_id")]


def test_building_drawn_twice_is_reported(read):
    extract = read(
        *square(1, 7, 43),
        way(5, ring(1), building="yes"),
        way(6, ring(1)[::-1], building="yes"),
        relation(9, [("w", 5, "outer")], type="multipolygon", building="yes"),
    )
    assert len(extract.buildings) == 3
    assert problems(extract) == [("way/6", "duplicate_outline"), ("relation/9", "duplicate_outline")]


def test_building_in_the_courtyard_of_another_is_no_double(read):
    extract = read(
        *square(1, 7, 43, 0.003),
        *square(11, 7.001, 43.001),
        way(5, ring(1)),
        way(6, ring(11), building="yes"),
        relation(9, [("w", 5, "outer"), ("w", 6, "inner")], type="multipolygon", building="yes"),
    )
    assert len(extract.buildings) == 2
    assert extract.problems == ()


def test_node_off_the_globe_is_reported_and_missing(read):
    extract = read(node(1, 7, 143), node(2, 7, 43), node(3, 7.1, 43), way(5, [1, 2, 3], highway="path"))
    assert ("node/1", "invalid_location") in problems(extract)
    assert extract.ways_walkable.row.tolist() == [-1, 0, 1]


def test_deleted_way_is_not_read(read):
    ghost = way(6, [1, 2], highway="path").replace('id="6"', 'id="6" visible="false"')
    extract = read(node(1, 7, 43), node(2, 7.1, 43), way(5, [1, 2], highway="path"), ghost)
    assert extract.ways_walkable.id.tolist() == [5]


def test_building_relation_that_is_no_multipolygon_is_reported(read):
    extract = read(
        *square(1, 7, 43),
        way(5, ring(1)),
        relation(9, [("w", 5, "outline")], type="building", building="yes"),
    )
    assert problems(extract) == [("relation/9", "not_assembled")]


def test_point_of_interest_without_any_member_in_the_file_is_reported(read):
    extract = read(node(1, 7, 43), relation(9, [("n", 77, "")], type="site", amenity="school"))
    assert extract.pois == ()
    assert problems(extract) == [("relation/9", "missing_members")]
