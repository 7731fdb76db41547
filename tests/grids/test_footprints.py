"""The tile writer against shapes worked out on paper, and against PostGIS."""

from gzip import decompress

import numpy as np
import pytest
from django.db import connection
from pmtiles.tile import tileid_to_zxy

from grids.arrays import stock_arrays
from grids.kernels.footprints import Footprints
from grids.maps.tile_file import TileAddress, TileFile
from grids.maps.tiles import WORLD_M, active_tile_set, bake, building_layers, footprints_of
from tests.grids.drawn_towns import DrawnTown
from tests.grids.vector_tiles import doubled_area, read_tile

SQUARE = [(10, 10), (30, 10), (30, 30), (10, 30), (10, 10)]
HOLE = [(15, 15), (15, 20), (20, 20), (20, 15), (15, 15)]


def shapes(*buildings: list[list[tuple[int, int]]]) -> Footprints:
    rings = [ring for building in buildings for ring in building]
    owner = [i for i, building in enumerate(buildings) for _ in building]
    flat = np.array([point for ring in rings for point in ring], float)
    start = np.cumsum([0, *(len(ring) for ring in rings)])
    return Footprints(
        flat[:, 0],
        flat[:, 1],
        start,
        np.array(owner, np.int32),
        np.arange(len(buildings), dtype=np.uint8) % 8,
    )


def drawn(footprints: Footprints, steps_down: int = 0) -> dict[tuple[int, int], list]:
    """Features of the buildings layer by tile."""
    found = {}
    for x, y, layer in building_layers(footprints, steps_down):
        found[x, y] = read_tile(layer)["buildings"]
    return found


def test_a_square_with_a_courtyard_keeps_both_rings_and_their_turns():
    [feature] = drawn(shapes([SQUARE, HOLE]))[0, 0]
    assert feature.id == 0
    assert feature.tags == {"k": 0}
    assert feature.kind == 3
    outer, hole = feature.parts
    assert sorted(set(outer)) == [(10, 10), (10, 30), (30, 10), (30, 30)]
    assert doubled_area(outer) == 800
    assert doubled_area(hole) == -50


def test_a_ring_that_turns_the_other_way_is_written_the_right_way_round():
    [feature] = drawn(shapes([SQUARE[::-1], HOLE[::-1]]))[0, 0]
    assert [doubled_area(part) for part in feature.parts] == [800, -50]


def test_a_building_on_a_tile_edge_is_whole_in_both_tiles():
    across = [(x + 4080, y) for x, y in SQUARE]
    found = drawn(shapes([across]))
    assert set(found) == {(0, 0), (1, 0)}
    assert sorted(set(found[0, 0][0].parts[0]))[-1] == (4110, 30)
    assert sorted(set(found[1, 0][0].parts[0]))[0] == (-6, 10)


def test_a_building_too_small_to_see_becomes_one_grid_step():
    [feature] = drawn(shapes([SQUARE]), steps_down=6)[0, 0]  # 20 steps are a third of a step up there
    assert len(set(feature.parts[0])) == 4
    assert doubled_area(feature.parts[0]) == 2


def test_two_parts_of_one_building_are_both_outer_rings():
    far = [(x + 100, y) for x, y in SQUARE]
    [feature] = drawn(shapes([SQUARE, far]))[0, 0]
    assert [doubled_area(part) for part in feature.parts] == [800, 800]


def test_large_numbers_take_more_bytes():
    many = shapes(*([[SQUARE]] * 20_000))
    features = drawn(many)[0, 0]
    assert [feature.id for feature in features] == list(range(20_000))


@pytest.fixture
def town(db):
    town = DrawnTown(root_code="330100")
    town.street((0, 0), (3000, 0))
    for i in range(60):
        town.building((37.0 * i, 11.0 + 29.0 * (i % 7)), size_m=3 + 1.7 * i)
    return town.build()


POSTGIS = """
    SELECT x, y, ST_AsMVT(feature, 'buildings', 4096, 'geom', 'number')
    FROM (
      SELECT x, y, number, array_position(%(kinds)s::text[], kind::text) - 1 AS k,
        ST_AsMVTGeom(geom_3857, ST_TileEnvelope(%(z)s, x, y), 4096, 4096, true) AS geom
      FROM grids_building,
        generate_series(floor((ST_XMin(geom_3857) + %(half_m)s) / %(tile_m)s)::int,
                        floor((ST_XMax(geom_3857) + %(half_m)s) / %(tile_m)s)::int) AS x,
        generate_series(floor((%(half_m)s - ST_YMax(geom_3857)) / %(tile_m)s)::int,
                        floor((%(half_m)s - ST_YMin(geom_3857)) / %(tile_m)s)::int) AS y
      WHERE stock_id = %(stock)s
    ) AS placed, LATERAL (SELECT number, k, geom) AS feature
    WHERE placed.geom IS NOT NULL GROUP BY x, y
"""


@pytest.mark.parametrize("z", [14, 15, 16])
def test_tiles_say_what_postgis_says(town, z):
    tiles = active_tile_set(town)
    ours = drawn(footprints_of(tiles), tiles.max_zoom - z)
    sides = {"z": z, "tile_m": WORLD_M / 2**z, "half_m": WORLD_M / 2, "stock": tiles.stock.pk}
    kinds = [
        "residential",
        "mixed",
        "dormitory",
        "commercial",
        "public",
        "industrial",
        "ancillary",
        "unknown",
    ]
    with connection.cursor() as cursor:
        cursor.execute(POSTGIS, {**sides, "kinds": kinds})
        theirs = {(x, y): read_tile(bytes(tile))["buildings"] for x, y, tile in cursor.fetchall()}
    assert set(theirs) <= set(ours)
    compared = 0
    for tile, features in theirs.items():
        mine = {feature.id: feature for feature in ours[tile]}
        for feature in features:
            assert mine[feature.id].tags == feature.tags
            assert_same_ring(mine[feature.id].parts[0], feature.parts[0])
            compared += 1
    assert compared >= 60


def assert_same_ring(ours: list, theirs: list) -> None:
    """The same corners to one grid step; PostGIS may drop a corner that lies on a line."""
    for x, y in theirs:
        assert min(max(abs(x - px), abs(y - py)) for px, py in ours) <= 1
    assert doubled_area(ours) > 0


def test_every_building_is_in_every_zoom_with_footprints(town):
    tiles = active_tile_set(town)
    file = TileFile(bake(tiles))
    found: dict[int, set[int]] = {}
    for tile_id in file.addresses().tolist():
        z, x, y = tileid_to_zxy(tile_id)
        layers = read_tile(decompress(file.tile(TileAddress(z, x, y))))
        found.setdefault(z, set()).update(f.id for f in layers.get("buildings", []))
    count = len(stock_arrays(tiles.stock))
    assert {z: len(ids) for z, ids in found.items() if z >= 11} == dict.fromkeys(range(11, 17), count)
    assert not found.get(10)
