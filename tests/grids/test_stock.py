"""Buildings of drawn towns: kind, floors, codes, homes by hand arithmetic."""

from pathlib import Path

import pytest
import shapely

from gis_core.readers.osm import read_osm
from grids.housing.building_codes import Numbering
from grids.housing.building_kinds import building_kind
from grids.housing.dwelling_estimates import HomeFacts, Homes, estimate_homes
from grids.housing.estates import draft_estates
from grids.housing.stock import StockDraft, address_of, draft_stock
from grids.territory.places_in_areas import CommunityOutlines
from tests.towns import DrawnTown

EVERYWHERE = CommunityOutlines(("990001001001",), (None,))


def drawn(town: DrawnTown, folder: Path, **options: object) -> StockDraft:
    extract = read_osm(town.write(folder / "town.osm"))
    options = {"communities": EVERYWHERE, "numbering": Numbering()} | options
    return draft_stock(extract, estates=draft_estates(extract), **options)  # type: ignore[arg-type]


def home(**facts: object) -> Homes:
    known = {
        "kind": "residential",
        "osm_value": "apartments",
        "footprint_m2": 360.0,
        "floors": 6,
        "stairwells": 0,
        "stated_flats": None,
        "is_assumed_home": False,
    }
    return estimate_homes([HomeFacts(**(known | facts))])[0]  # type: ignore[arg-type]


def test_homes_are_floors_by_stairwells_by_doors() -> None:
    # 360 m²: two stairwells of 180 m²; 360 * 0.85 / 85 = 3.6 → 4 homes a floor, 2 doors a landing; 6 floors.
    assert home() == Homes(units=2, floors=6, first_floor=1, doors=2)
    assert home().count == 24
    # Three mapped staircase entrances: 4 / 3 rounds to one door a landing.
    assert home(stairwells=3).count == 18
    # Shops below: five floors from the second on.
    assert home(kind="mixed") == Homes(units=2, floors=5, first_floor=2, doors=2)
    # Rooms of 30 m²: 360 * 0.85 / 30 = 10.2 → 10 a floor over two stairwells.
    assert home(kind="dormitory").count == 60


def test_a_house_is_one_home_and_stated_flats_are_kept() -> None:
    assert home(osm_value="detached").count == 1
    assert home(stated_flats=30) == Homes(1, 6, 1, 5)
    assert home(stated_flats=31).count == 31
    assert home(kind="commercial").count == 0


def test_unknown_floors_take_the_mean_of_their_kind_in_town() -> None:
    known = [HomeFacts("residential", "apartments", 360.0, 8, 0, None, False)] * 10
    unknown = HomeFacts("residential", "apartments", 360.0, None, 0, None, False)
    assert estimate_homes([*known, unknown])[-1].floors == 8
    assert estimate_homes([unknown])[0].floors == 5


def test_unknown_use_counts_only_when_assumed_and_is_a_house_outside_china() -> None:
    facts = HomeFacts("unknown", "yes", 200.0, None, 0, None, True)
    assert estimate_homes([facts])[0].count == 4 * 1 * 2  # 4 floors, one stairwell, 200 * 0.85 / 85 = 2 doors
    assert estimate_homes([facts], single_house_m2=250.0)[0].count == 1
    assert estimate_homes([HomeFacts("unknown", "yes", 200.0, None, 0, None, False)])[0].count == 0


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"building": "apartments"}, "residential"),
        ({"building": "yes"}, "unknown"),
        ({"building": "yes", "amenity": "school"}, "public"),
        ({"building": "yes", "shop": "supermarket"}, "commercial"),
        ({"building": "yes", "name": "第三宿舍"}, "dormitory"),
        ({"building": "yes", "name": "3号居民楼"}, "residential"),
        ({"building": "garages"}, "ancillary"),
        ({"building": "warehouse"}, "industrial"),
    ],
)
def test_kinds(tags: dict[str, str], kind: str) -> None:
    assert building_kind(tags) == kind


def test_addresses_are_written_as_where_they_stand() -> None:
    assert address_of({"addr:street": "中山路", "addr:housenumber": "12"}) == "中山路12号"
    assert address_of({"addr:street": "Rue Grimaldi", "addr:housenumber": "12"}) == "Rue Grimaldi 12"


def test_bad_numbers_are_reported_and_half_levels_count_up(tmp_path: Path) -> None:
    town = DrawnTown()
    good = town.box(0, 0, 10, 10, {"building:levels": "2.5", "height": "48.5 m"}, building="yes")
    tall = town.box(20, 0, 10, 10, {"building:levels": "many", "height": "9999"}, building="yes")
    by_height = town.box(40, 0, 10, 10, {"height": "12"}, building="yes")
    draft = drawn(town, tmp_path)
    rows = {row.source_id: row for row in draft.buildings}
    assert (rows[f"way/{good}"].floors, rows[f"way/{good}"].height_m) == (3, 48.5)
    assert (rows[f"way/{tall}"].floors, rows[f"way/{tall}"].height_m) == (None, None)
    assert rows[f"way/{by_height}"].floors == 4
    assert sorted(draft.bad_values) == [f"way/{tall} building:levels=many", f"way/{tall} height=9999"]


def test_a_multipolygon_with_a_court_is_one_building_without_its_court(tmp_path: Path) -> None:
    town = DrawnTown()
    outer, inner = town.box(0, 0, 40, 40), town.box(10, 10, 20, 20)
    town.relation(
        [("way", outer, "outer"), ("way", inner, "inner")], type="multipolygon", building="apartments"
    )
    (row,) = drawn(town, tmp_path).buildings
    assert row.source_id == "relation/5001"
    assert row.footprint_m2 == pytest.approx(40 * 40 - 20 * 20, rel=0.001)
    assert not row.geometry.is_empty
    assert row.geometry.covers(row.point)


def test_codes_run_west_to_east_in_strips_from_the_north_and_known_ones_stay(tmp_path: Path) -> None:
    town = DrawnTown()
    south_west = town.box(0, 0, 10, 10, building="yes")
    north_east = town.box(500, 500, 10, 10, building="yes")
    north_west = town.box(0, 505, 10, 10, building="yes")
    codes = {row.source_id: row.code for row in drawn(town, tmp_path).buildings}
    assert codes == {
        f"way/{north_west}": "99000100100100001",
        f"way/{north_east}": "99000100100100002",
        f"way/{south_west}": "99000100100100003",
    }
    numbering = Numbering({f"way/{north_east}": "99000100100100007"}, {"990001001001": 9})
    codes = {row.source_id: row.code for row in drawn(town, tmp_path, numbering=numbering).buildings}
    assert codes == {
        f"way/{north_east}": "99000100100100007",
        f"way/{north_west}": "99000100100100010",
        f"way/{south_west}": "99000100100100011",
    }


def test_buildings_beyond_the_boundary_are_left_out_and_counted(tmp_path: Path) -> None:
    town = DrawnTown()
    town.box(0, 0, 10, 10, building="yes")
    town.box(500, 0, 10, 10, building="yes")
    boundary = shapely.box(*town.lonlat((-50, -50))[0], *town.lonlat((100, 100))[0])
    draft = drawn(town, tmp_path, boundary=boundary)
    assert [row.source_id for row in draft.buildings] == ["way/1001"]
    assert draft.counts["buildings_outside"] == 1


def test_a_building_goes_to_its_community_or_the_nearest(tmp_path: Path) -> None:
    town = DrawnTown()
    town.box(10, 10, 10, 10, building="yes")
    town.box(150, 10, 10, 10, building="yes")
    west = shapely.box(*town.lonlat((0, 0))[0], *town.lonlat((50, 50))[0])
    far_west = shapely.box(*town.lonlat((-100, 0))[0], *town.lonlat((-50, 50))[0])
    communities = CommunityOutlines(("990001001002", "990001001001"), (west, far_west))
    draft = drawn(town, tmp_path, communities=communities)
    assert [row.community_code for row in draft.buildings] == ["990001001002"] * 2
    assert draft.counts["buildings_beside_communities"] == 1


def test_entrances_belong_to_their_building_and_unknown_use_looks_around(tmp_path: Path) -> None:
    town = DrawnTown()
    town.box(-20, -20, 200, 100, landuse="industrial")
    building = town.box(0, 0, 20, 20, building="yes")
    door = town.ways[building][0][0]
    town.nodes[door][2].update(entrance="staircase")
    free = town.box(300, 0, 20, 20, building="yes")
    rows = {row.source_id: row for row in drawn(town, tmp_path).buildings}
    assert rows[f"way/{building}"].stairwells == 1
    assert rows[f"way/{building}"].homes.count == 0  # in an industrial area
    assert rows[f"way/{free}"].homes.count > 0
    assert rows[f"way/{free}"].kind == "unknown"
