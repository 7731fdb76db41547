"""Tiles and value files as a browser gets them: whose they are, what they say, how long they keep."""

import gzip
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.conf import settings

from gis_core.progress import Progress
from grids.coverage.results import run_arrays
from grids.maps.publishing import publish_run
from grids.maps.tile_file import TileAddress, TileFile, write_tiles
from grids.maps.tiles import active_tile_set, bake, tile_set_of
from grids.maps.values import masked_values, value_bytes
from grids.models import Facility, MapFeature, StreetNetwork
from grids.scoping import active
from tests.grids.drawn_towns import degrees
from tests.grids.two_towns import SECOND, draw_two_towns
from tests.grids.vector_tiles import read_tile
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db
YEAR = "private, max-age=31536000, immutable"


@pytest.fixture
def towns():
    return draw_two_towns()


@pytest.fixture
def planner(towns):
    return client_for(make_person("planner", "planner", area_code="330100"))


def state_of(client) -> dict:
    return client.get("/coverage/state.json").json()


def tile_at(state: dict, z: int, place: tuple[float, float]) -> str:
    lon, lat = degrees(place)
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return state["tiles"].format(z=z, x=x, y=y)


def test_a_tile_comes_gzipped_for_ever_and_without_vary(planner):
    address = tile_at(state_of(planner), 14, (100, 15))
    response = planner.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert response.status_code == 200
    assert response["Content-Encoding"] == "gzip"
    assert response["Cache-Control"] == YEAR
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "Vary" not in response.headers
    buildings = read_tile(gzip.decompress(response.content))["buildings"]
    assert {feature.id for feature in buildings} <= set(range(6))
    assert read_tile(planner.get(address).content)["buildings"] == buildings


def test_an_unchanged_tile_is_answered_304(planner):
    address = tile_at(state_of(planner), 14, (100, 15))
    tag = planner.get(address)["ETag"]
    again = planner.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again["Cache-Control"] == YEAR


def test_ground_without_anything_is_204_and_impossible_tiles_are_404(planner):
    tiles = state_of(planner)["tiles"]
    empty = planner.get(tiles.format(z=14, x=5, y=5))
    assert (empty.status_code, empty.content, empty["Cache-Control"]) == (204, b"", YEAR)
    assert planner.get(tiles.format(z=2, x=4, y=0)).status_code == 404
    assert planner.get(tiles.format(z=40, x=0, y=0)).status_code == 404
    assert planner.get(tiles.format(z=-1, x=0, y=0)).status_code == 404


def test_a_token_of_somebody_else_and_an_old_one_are_not_found(towns, planner):
    whole = state_of(planner)
    director = client_for(make_person("d", "community_director", area_code=SECOND))
    narrow = state_of(director)
    assert whole["tiles"] != narrow["tiles"]
    for mine, other in ((planner, narrow), (director, whole)):
        assert mine.get(tile_at(other, 14, (100, 15))).status_code == 404
        assert mine.get(other["values"].format(mode="norm", category="EDU-KIN")).status_code == 404
        assert mine.get(other["arrays"]["residents"]).status_code == 404


def test_a_run_of_another_town_is_not_found_under_the_own_token(towns, planner):
    state = state_of(planner)
    for template in (state["tiles"].format(z=14, x=13653, y=6759), state["arrays"]["kind"]):
        assert planner.get(template).status_code in (200, 204)
        foreign = template.replace(str(towns.own_run.pk), str(towns.other_run.pk))
        assert planner.get(foreign).status_code == 404


def test_values_are_tens_of_metres_rounded_up(towns, planner):
    # The kindergarten's door is 10 m off the street at 100 m, doors are 15 m off it at 100, 300, 500 … m.
    content = planner.get(state_of(planner)["values"].format(mode="norm", category="EDU-KIN")).content
    assert list(content) == [3, 23, 43, 63, 83, 103]


def test_a_walk_of_exactly_the_threshold_lies_in_the_last_blue_class(towns):
    arrays = run_arrays(towns.own_run)
    row = towns.own_run.categories.index("EDU-KIN")
    found = value_bytes(towns.own_run, "norm", "EDU-KIN")
    for threshold_m in range(10, 1000, 10):
        exact = np.asarray(arrays.walk_dm[row]) <= threshold_m * 10
        assert ((found <= threshold_m // 10) == exact).all()


def test_time_values_are_whole_minutes_rounded_up(towns):
    # 25 m, 225 m, … at 200/3 m a minute: 0.375, 3.375, 6.375, 9.375, 12.375, 15.375 minutes.
    assert list(value_bytes(towns.own_run, "time-adult", "EDU-KIN")) == [1, 4, 7, 10, 13, 16]


def test_a_category_without_any_facility_is_unknown_everywhere(towns):
    assert set(value_bytes(towns.own_run, "norm", "ELD-HOME").tolist()) == {255}


def test_values_outside_the_duty_are_struck_out(towns):
    director = client_for(make_person("d", "community_director", area_code=SECOND))
    state = state_of(director)
    for mode in ("norm", "straight", "step_free", "time-adult"):
        content = director.get(state["values"].format(mode=mode, category="EDU-KIN")).content
        assert list(content[:4]) == [255] * 4
        assert all(byte < 255 for byte in content[4:])
    assert list(director.get(state["values"].format(mode="norm", category="score")).content[:4]) == [255] * 4
    dtype = {"community": "<u2", "grid": "<u2", "dwellings": "<u2", "residents": "<f4"}
    struck = {"community": 65535, "grid": 65535, "dwellings": 0, "residents": 0}
    for name, kind in dtype.items():
        values = np.frombuffer(director.get(state["arrays"][name]).content, kind)
        assert values[:4].tolist() == [struck[name]] * 4
    assert [area["code"] for area in state["areas"]["community"]] == [SECOND]
    assert state["run"]["summary"].keys() == {"no_data"}


def test_a_mask_of_all_sends_the_file_as_it_lies(towns):
    whole = masked_values(towns.own_run, "norm", "EDU-KIN", np.ones(6, bool))
    assert gzip.decompress(whole) == value_bytes(towns.own_run, "norm", "EDU-KIN").tobytes()


@pytest.mark.parametrize(
    "tail",
    ["norm/NO-SUCH.bin", "run/EDU-KIN.bin", "time-nobody/EDU-KIN.bin", "arrays/secrets.bin",
     "outlines/house.json", "facilities/NO-SUCH.json", "norm/..%2f..%2fetc.bin", "norm/%00.bin",
     "../score.bin", "%2e%2e/score.bin"],
)  # fmt: skip
def test_what_a_run_does_not_have_is_not_found(planner, tail):
    base = state_of(planner)["arrays"]["kind"].removesuffix("arrays/kind.bin")
    assert planner.get(base + tail).status_code == 404


def test_facilities_and_outlines_of_the_map(planner):
    state = state_of(planner)
    found = planner.get(state["facilities"].format(category="EDU-KIN")).json()
    assert (found["number"], found["name"]) == ([0], ["设施0"])
    outlines = planner.get(state["outlines"]["community"]).json()["features"]
    assert [one["properties"]["index"] for one in outlines] == [0, 1]


def test_base_map_layers_are_cut_into_tiles(towns):
    network = active(StreetNetwork, towns.own)
    west, south = degrees((-200, -200))
    east, north = degrees((1500, 300))
    ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    line = f"{west} {south},{east} {north}"
    rows = [
        ("water", "river", "", f"POLYGON(({ring}))", 10),
        ("road", "primary", "民族路", f"LINESTRING({line})", 10),
        ("road", "footway", "", f"LINESTRING({line})", 15),
        ("label", "town", "画镇", f"POINT({west} {south})", 12),
    ]
    for layer, kind, name, wkt, zoom in rows:
        MapFeature.objects.create(
            network=network, layer=layer, kind=kind, name_zh=name, min_zoom=zoom, geom=f"SRID=4326;{wkt}"
        )
    active_tile_set(towns.own).path.unlink(missing_ok=True)
    file = TileFile(bake(active_tile_set(towns.own)))
    by_zoom: dict[int, list[dict]] = {}
    for z in range(10, 17):
        x0, y0 = (int(v) for v in tile_at({"tiles": "{x} {y}"}, z, (-200, 300)).split())
        x1, y1 = (int(v) for v in tile_at({"tiles": "{x} {y}"}, z, (1500, -200)).split())
        packed = [file.tile(TileAddress(z, x, y)) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
        by_zoom[z] = [read_tile(gzip.decompress(one)) for one in packed if one]
    for z, tiles in by_zoom.items():
        assert all("water" in tile for tile in tiles)
        kinds = {road.tags["kind"] for tile in tiles for road in tile.get("roads", [])}
        assert kinds == ({"primary", "footway"} if z >= 14 else {"primary"})
        labels = [one.tags for tile in tiles for one in tile.get("labels", [])]
        assert labels == ([{"kind": "town", "name": "画镇"}] if z >= 11 else [])
        shown = [one for tile in tiles for one in tile.get("facilities", [])]
        assert sorted(one.id for one in shown) == ([0, 1] if z >= 14 else [])
    named = {road.tags.get("name") for tile in by_zoom[16] for road in tile.get("roads", [])}
    assert named == {"民族路", None}


def test_only_open_facilities_are_drawn(towns):
    Facility.objects.filter(number=1, inventory__town=towns.own).update(status="closed")
    tiles = active_tile_set(towns.own)
    tiles.path.unlink(missing_ok=True)
    file = TileFile(bake(tiles))
    lon, lat = degrees((100, 10))
    x = int((lon + 180) / 360 * 2**14)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**14)
    [one] = read_tile(gzip.decompress(file.tile(TileAddress(14, x, y))))["facilities"]
    assert one.tags == {"c": "EDU", "n": "设施0"}


def test_publishing_makes_the_files_once_and_reports_its_steps(towns):
    progress = Progress()
    publish_run(towns.own_run, progress)
    tiles = tile_set_of(towns.own_run).path
    written = tiles.stat().st_mtime_ns
    publish_run(towns.own_run, progress)
    assert tiles.stat().st_mtime_ns == written
    assert progress.done_count == progress.total_count > 0
    kept = {path.name for path in settings.TILES_DIR.rglob("*.gz")}
    assert {"score.bin.gz", "EDU-KIN.bin.gz"} <= kept


def test_the_file_is_named_by_its_content(towns):
    own, other = active_tile_set(towns.own), active_tile_set(towns.other)
    assert own.name != other.name
    assert own.name == tile_set_of(towns.own_run).name


def test_a_half_written_file_never_appears(tmp_path):
    def zooms():
        yield {TileAddress(10, 1, 1): gzip.compress(b"\x1a\x00")}
        raise RuntimeError("the disk is full")

    folder = tmp_path / "own"
    with pytest.raises(RuntimeError):
        write_tiles(folder / "town.pmtiles", zooms(), bounds=(0, 0, 1, 1), metadata={})
    assert list(folder.iterdir()) == []


def test_a_tile_file_reads_back_what_was_written(tmp_path):
    path = tmp_path / "town.pmtiles"
    contents = {TileAddress(10, x, 500): gzip.compress(b"same" if x < 5 else bytes([x])) for x in range(9)}
    write_tiles(path, [contents], bounds=(-1, 2, 3, 4), metadata={"name": "x"})
    file = TileFile(path)
    assert {address: file.tile(address) for address in contents} == contents
    assert file.tile(TileAddress(10, 9, 500)) is None
    assert file.tile(TileAddress(11, 0, 0)) is None
    assert file.metadata == {"name": "x"}
    assert (file.header["min_lon_e7"], file.header["max_lat_e7"]) == (-10_000_000, 40_000_000)


def test_a_town_without_anything_gives_an_empty_file(tmp_path):
    path = tmp_path / "empty.pmtiles"
    write_tiles(path, [], bounds=(0, 0, 1, 1), metadata={})
    assert TileFile(path).tile(TileAddress(10, 0, 0)) is None


def test_reading_one_file_from_many_threads(tmp_path):
    path = tmp_path / "town.pmtiles"
    contents = {TileAddress(12, x, 7): gzip.compress(str(x).encode()) for x in range(300)}
    write_tiles(path, [contents], bounds=(0, 0, 1, 1), metadata={})
    file = TileFile(path)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(file.tile, contents)) == list(contents.values())
