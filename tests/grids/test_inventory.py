"""Facilities of drawn towns: counted once, with parents, doors and who may use them."""

from pathlib import Path

import shapely

from gis_core.readers.osm import read_osm
from grids.facilities.facility_doors import Door
from grids.facilities.facility_drafts import FacilityDraft
from grids.facilities.facility_merging import merge
from grids.facilities.inventory import InventoryDraft, draft_inventory
from grids.housing.estates import draft_estates
from tests.grids.test_estates import fenced_estate
from tests.towns import DrawnTown, crossroads


def drawn(town: DrawnTown, folder: Path) -> InventoryDraft:
    extract = read_osm(town.write(folder / "town.osm"))
    return draft_inventory(extract, estates=draft_estates(extract))


def by_id(inventory: InventoryDraft) -> dict[str, FacilityDraft]:
    return {row.source_id: row for row in inventory.facilities}


def test_a_node_inside_its_own_outline_is_counted_once_and_gives_its_facts(tmp_path: Path) -> None:
    town = DrawnTown()
    outline = town.box(0, 0, 50, 50, amenity="kindergarten", name="第一幼儿园")
    town.node(20, 20, {"opening_hours": "Mo-Fr 07:30-17:00"}, amenity="kindergarten", name="第一幼儿园")
    town.node(30, 30, amenity="kindergarten", name="第二幼儿园")  # another one in the same yard
    inventory = drawn(town, tmp_path)
    assert inventory.counts["counted_once"] == 1
    assert len(inventory.facilities) == 2
    assert by_id(inventory)[f"way/{outline}"].hours == "Mo-Fr 07:30-17:00"


def test_two_nodes_of_one_name_within_ten_metres_are_one_but_bus_stops_are_two(tmp_path: Path) -> None:
    town = DrawnTown()
    for x_m in (0, 9, 25):
        town.node(x_m, 0, amenity="pharmacy", name="康民药店")
    for y_m in (100, 108):
        town.node(0, y_m, highway="bus_stop", name="人民路")
    inventory = drawn(town, tmp_path)
    assert sorted(next(iter(row.matches)) for row in inventory.facilities) == [
        "HLT-PHA",
        "HLT-PHA",
        "TRA-BUS",
        "TRA-BUS",
    ]


def test_a_shop_that_is_a_building_is_both(tmp_path: Path) -> None:
    town = DrawnTown()
    town.box(0, 0, 20, 20, building="yes", shop="supermarket", name="苏果超市")
    extract = read_osm(town.write(tmp_path / "town.osm"))
    assert len(extract.buildings) == 1
    (row,) = draft_inventory(extract).facilities
    assert set(row.matches) == {"COM-SUP", "COM-NET"}  # its name says 超市, so no fresh market too


def test_the_pitch_of_a_school_is_its_position_and_its_members(tmp_path: Path) -> None:
    town = DrawnTown()
    school = town.box(0, 0, 200, 200, amenity="school", name="实验小学")
    closed = town.box(20, 20, 40, 30, leisure="pitch")
    opened = town.box(20, 100, 40, 30, leisure="pitch", access="yes")
    outside = town.box(300, 20, 40, 30, leisure="pitch")
    rows = by_id(drawn(town, tmp_path))
    assert rows[f"way/{closed}"].parent is rows[f"way/{school}"]
    assert rows[f"way/{closed}"].open_to == "members"
    assert rows[f"way/{opened}"].open_to == "public"
    assert rows[f"way/{outside}"].parent is None
    # 40 x 30 = 1,200 m²: fitness ground and small court, not the medium one of 1,310.
    assert set(rows[f"way/{outside}"].matches) == {"SPT-OUT", "SPT-SMALL"}


def test_what_lies_in_a_closed_estate_is_its_residents(tmp_path: Path) -> None:
    town, *_rest = fenced_estate(barrier="fence")
    inside = town.node(100, 250, leisure="playground")
    outside = town.node(300, 250, leisure="playground")
    rows = by_id(drawn(town, tmp_path))
    assert rows[f"node/{inside}"].open_to == "residents"
    assert rows[f"node/{outside}"].open_to == "public"


def test_access_and_status_are_kept(tmp_path: Path) -> None:
    town = DrawnTown()
    private = town.node(0, 0, amenity="parking", access="private")
    customers = town.node(50, 0, amenity="toilets", access="customers")
    cafe = town.node(100, 0, amenity="cafe", access="customers")
    gone = town.node(150, 0, amenity="bank", disused="yes")
    town.node(200, 0, shop="vacant")
    town.node(250, 0, amenity="place_of_worship", religion="x")
    inventory = drawn(town, tmp_path)
    rows = by_id(inventory)
    assert [rows[f"node/{node}"].open_to for node in (private, customers, cafe)] == [
        "members",
        "members",
        "public",
    ]
    assert rows[f"node/{gone}"].status == "closed"
    assert len(rows) == 4
    assert inventory.counts["not_in_catalogue"] == 2
    assert not any("religion" in row.tags for row in inventory.facilities)


def test_doors_are_tagged_else_gates_else_paths_else_a_point(tmp_path: Path) -> None:
    town = crossroads()
    park = town.box(400, 0, 100, 100, leisure="park", name="城东公园")
    corners = town.ways[park][0]
    town.way([3, corners[0]], highway="footway")
    rows = by_id(drawn(town, tmp_path))
    assert [door.resolved_by for door in rows[f"way/{park}"].doors] == ["path"]
    town.nodes[corners[2]][2].update(barrier="gate")
    assert [door.resolved_by for door in by_id(drawn(town, tmp_path))[f"way/{park}"].doors] == ["gate"]
    town.nodes[corners[1]][2].update(entrance="main")
    assert [door.resolved_by for door in by_id(drawn(town, tmp_path))[f"way/{park}"].doors] == ["tagged"]
    pharmacy = next(row for row in rows.values() if "HLT-PHA" in row.matches)
    assert [door.resolved_by for door in pharmacy.doors] == ["point"]


def test_only_named_trails_are_walking_paths(tmp_path: Path) -> None:
    town = DrawnTown()
    town.street((0, 0), (100, 0), highway="footway")
    town.street((0, 50), (100, 50), highway="footway", name="滨江步道")
    town.street((100, 50), (200, 50), highway="footway", name="滨江步道")
    (trail,) = drawn(town, tmp_path).facilities
    assert trail.matches == {"GRN-TRAIL": "tag+name"}
    assert len(trail.doors) == 4


def facility(source_id: str, name: str, x: float, code: str = "HLT-PHA", **fields: object) -> FacilityDraft:
    point = shapely.Point(118.78 + x / 94_000, 32.04)  # 1° of longitude is about 94.5 km there
    doors = [Door(point, "point")]
    return FacilityDraft(source_id, name, "", {code: "table"}, point, None, None, doors=doors, **fields)  # type: ignore[arg-type]


def test_a_tables_row_replaces_the_same_id_or_nearly_the_same_name_within_50_m() -> None:
    base = [facility("node/1", "康民药店", 0, hours="08:00-20:00"), facility("node/2", "益丰大药房", 100)]
    rows = [
        facility("a", "康民药店（中山路店）", 40, source="table"),
        facility("node/2", "改名了的药店", 3000, source="table"),
        facility("c", "康民药店", 60, source="table"),
        facility("d", "康民药店", 40, "COM-CONV", source="table"),
    ]
    merged, replaced = merge(base, rows)
    assert replaced == 2
    assert [(row.source_id, row.source) for row in merged] == [
        ("node/1", "table"), ("node/2", "table"), ("c", "table"), ("d", "table"),
    ]  # fmt: skip
    assert merged[0].hours == "08:00-20:00"
    assert merged[0].name_zh == "康民药店（中山路店）"
