"""A town small enough to count on paper.

30---31        shop way/300 (building=retail, shop=bakery) is a square at (7.430, 43.730)
|    |
10-11 .. 13    way/100 building=apartments at (7.420, 43.730); node 11 is its entrance,
|    |         node 12 a pharmacy on its wall
courtyard block relation/900: outer way/200, inner way/201, at (7.425, 43.730)
street way/1: 1-2-3, gate at node 2, estate outline way/400 through node 2
"""

import bz2
import gzip

import numpy as np
import pytest

from gis_core.crs import area_m2
from gis_core.readers.osm import read_osm
from tests.gis_core.readers.osm.drawing import as_pbf, node, relation, ring, square, way, xml


def town() -> str:
    return xml(
        node(1, 7.419, 43.729),
        node(2, 7.420, 43.729, barrier="gate", access="private"),
        node(3, 7.421, 43.729),
        node(10, 7.420, 43.730),
        node(11, 7.421, 43.730, entrance="main", ref="1"),
        node(12, 7.421, 43.731, amenity="pharmacy", name="药店"),
        node(13, 7.420, 43.731),
        *square(20, 7.425, 43.730, 0.003),
        *square(24, 7.426, 43.731, 0.001),
        *square(30, 7.430, 43.730),
        node(40, 7.4185, 43.7285),
        node(41, 7.4185, 43.7325),
        node(42, 7.4225, 43.7325),
        node(50, 7.44, 43.74, amenity="bench"),
        node(51, 7.44, 43.75, place="suburb", **{"name": "老城", "name:en": "Old town"}),
        node(52, 7.4203, 43.7303),
        node(53, 7.4206, 43.7303),
        node(54, 7.4206, 43.7306),
        node(60, 7.45, 43.73),
        node(61, 7.451, 43.73),
        node(62, 7.451, 43.731),
        way(1, [1, 2, 3], highway="residential", name="街", bridge="yes"),
        way(2, [3, 60], highway="motorway"),
        way(3, [60, 61], railway="platform"),
        way(4, [40, 41, 42], barrier="wall"),
        way(100, [10, 11, 12, 13, 10], building="apartments", **{"building:levels": "6"}),
        way(101, [52, 53, 54, 52], **{"building:part": "yes"}),
        way(102, [60, 61, 62, 60], **{"building:part": "yes"}),
        way(103, [60, 61, 62, 60], building="no"),
        way(200, ring(20)),
        way(201, ring(24)),
        way(300, ring(30), building="retail", shop="bakery"),
        way(400, [40, 2, 42, 41, 40], landuse="residential", name="阳光小区"),
        way(401, ring(20), leisure="park", name="绿地"),
        relation(900, [("w", 200, "outer"), ("w", 201, "inner")], type="multipolygon", building="yes"),
        relation(901, [("n", 50, ""), ("n", 51, "")], type="site", amenity="school"),
        relation(
            902,
            [("w", 400, "outer"), ("n", 51, "admin_centre")],
            type="boundary",
            boundary="administrative",
            admin_level="9",
            name="街道",
            ref="110108001",
        ),
    )


@pytest.fixture(params=["osm", "osm.pbf", "osm.gz", "osm.bz2", "misnamed.pbf", "misnamed.osm"])
def extract(request, tmp_path):
    path = tmp_path / f"town.{request.param}"
    if request.param in ("osm.pbf", "misnamed.osm"):
        as_pbf(town(), tmp_path / "town.osm.pbf").rename(path)
    elif request.param == "osm.gz":
        path.write_bytes(gzip.compress(town().encode()))
    elif request.param == "osm.bz2":
        path.write_bytes(bz2.compress(town().encode()))
    else:
        path.write_bytes(b"\xef\xbb\xbf" + town().encode())
    return read_osm(path)


def test_town_is_read_alike_in_every_packing(extract):
    assert extract.counts["nodes"] == 30
    assert extract.counts["ways"] == 13
    assert extract.counts["relations"] == 3
    assert extract.counts["highways"] == 2
    assert extract.problems == ()
    assert extract.header.bounds == (7.0, 43.0, 8.0, 44.0)
    assert extract.header.extent == pytest.approx((7.4185, 43.7285, 7.451, 43.75))


def test_buildings_are_ways_relations_and_lonely_parts(extract):
    found = {building.source_id: building for building in extract.buildings}
    assert set(found) == {"way/100", "way/300", "relation/900", "way/102"}
    assert [b.source_id for b in extract.buildings if b.is_part] == ["way/102"]
    assert found["way/100"].tags["building:levels"] == "6"
    # 0.003° square minus its 0.001° courtyard: eight ninths.
    courtyard_block = found["relation/900"]
    assert len(courtyard_block.geometry.interiors) == 1
    assert courtyard_block.outline_way_ids == (200, 201)
    assert area_m2(courtyard_block.geometry) == pytest.approx(
        8 * area_m2(found["way/300"].geometry), rel=1e-4
    )


def test_entrance_names_its_building_and_gate_names_its_ways(extract):
    (entrance,) = extract.entrances
    assert (entrance.node_id, entrance.way_ids, entrance.building_ids) == (11, (100,), ("way/100",))
    assert entrance.lonlat == pytest.approx((7.421, 43.730))
    (gate,) = extract.gates
    assert (gate.node_id, set(gate.way_ids), gate.tags["access"]) == (2, {1, 400}, "private")


def test_pois_come_from_nodes_ways_and_relations(extract):
    found = {poi.source_id: poi for poi in extract.pois}
    assert set(found) == {"node/12", "node/50", "way/3", "way/300", "way/401", "relation/901"}
    assert found["node/12"].building_id == "way/100"
    assert found["node/50"].building_id is None
    assert found["way/300"].building_id == "way/300"
    assert found["way/300"].outline_node_ids.tolist() == [30, 31, 32, 33]
    assert found["way/401"].geometry is not None
    assert found["relation/901"].lonlat in [pytest.approx((7.44, 43.74)), pytest.approx((7.44, 43.75))]


def test_estates_walls_and_boundaries(extract):
    (estate,) = extract.estates
    assert (estate.source_id, estate.kind, estate.tags["name"]) == ("way/400", "residential", "阳光小区")
    (wall,) = extract.barriers
    assert (wall.source_id, wall.node_ids.tolist()) == ("way/4", [40, 41, 42])
    (boundary,) = extract.boundaries
    assert (boundary.admin_level, boundary.name, boundary.ref) == (9, "街道", "110108001")
    assert boundary.is_complete
    assert boundary.geometry.geom_type == "MultiPolygon"


def test_walkable_material_is_flat_and_whole(extract):
    ways = extract.ways_walkable
    assert ways.id.tolist() == [1, 2, 3]
    assert [ways.refs(i).tolist() for i in range(3)] == [[1, 2, 3], [3, 60], [60, 61]]
    assert (ways.row >= 0).all()
    assert np.array_equal(extract.nodes.id[ways.row], ways.ref)
    assert extract.nodes.lonlat[ways.rows(0)].tolist() == [[7.419, 43.729], [7.42, 43.729], [7.421, 43.729]]
    assert extract.node_tags[2]["barrier"] == "gate"


def test_base_map_has_its_layers_names_and_bridges(extract):
    found = {(feature.layer, feature.kind, feature.source_id) for feature in extract.map_features}
    assert found == {
        ("street", "residential", "way/1"),
        ("street", "motorway", "way/2"),
        ("landuse", "residential", "way/400"),
        ("green", "park", "way/401"),
        ("place", "suburb", "node/51"),
    }
    street = next(f for f in extract.map_features if f.source_id == "way/1")
    assert (street.name, street.tags["bridge"]) == ("街", "yes")
    label = next(f for f in extract.map_features if f.layer == "place")
    assert (label.name, label.name_en) == ("老城", "Old town")


def test_unsorted_file_gives_the_same_town(tmp_path):
    path = tmp_path / "unsorted.osm"
    path.write_text(xml(way(1, [2, 1], highway="path"), node(2, 7.1, 43.1), node(1, 7.0, 43.0)))
    extract = read_osm(path)
    assert extract.problems == ()
    assert extract.nodes.id.tolist() == [1, 2]
    assert extract.nodes.lonlat[extract.ways_walkable.row].tolist() == [[7.1, 43.1], [7.0, 43.0]]


def test_town_south_of_the_equator_and_west_of_greenwich_keeps_its_signs(tmp_path):
    path = tmp_path / "south.osm"
    path.write_text(xml(*square(1, -58.4, -34.6), way(1, ring(1), building="yes"), header=""))
    (building,) = read_osm(path).buildings
    assert building.geometry.bounds == pytest.approx((-58.4, -34.6, -58.399, -34.599))


def test_progress_rises_to_one(tmp_path):
    path = tmp_path / "town.osm"
    path.write_text(town())
    shares: list[float] = []
    read_osm(path, on_progress=lambda share, sentence: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
