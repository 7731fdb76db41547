"""The report: shares that never lie at the ends, and words that say what is missing."""

from pathlib import Path

from gis_core.readers.osm import read_osm
from grids.facilities.inventory import draft_inventory
from grids.housing.building_codes import Numbering
from grids.housing.stock import StockDraft, draft_stock
from grids.streets.network import draft_network
from grids.territory.places_in_areas import CommunityOutlines
from grids.town_import.quality import Finding, percent, report_of
from grids.town_import.quality_of_inventory import inventory_findings
from grids.town_import.quality_of_network import network_findings
from grids.town_import.quality_of_stock import stock_findings
from grids.town_import.report_text import report_lines
from tests.towns import DrawnTown


def findings(found: list[Finding]) -> dict[str, Finding]:
    return {row.code: row for row in found}


def test_a_share_is_nothing_or_all_only_when_it_is() -> None:
    assert [percent(part, 1000) for part in (0, 1, 100, 999, 1000)] == [
        "0 %",
        "<1 %",
        "10 %",
        "99 %",
        "100 %",
    ]
    assert percent(0, 0) == "0 %"


def test_one_building_in_ten_with_floors_is_said_so(tmp_path: Path) -> None:
    town = DrawnTown()
    for at in range(10):
        town.box(30 * at, 0, 10, 10, {"building:levels": "6"} if at == 0 else {}, building="apartments")
    extract = read_osm(town.write(tmp_path / "t.osm"))
    everywhere = CommunityOutlines(("990001001001",), (None,))
    draft = draft_stock(extract, estates=[], communities=everywhere, numbering=Numbering())
    floors = findings(stock_findings(draft))["building_floors"]
    assert floors.sentence_zh.startswith("10 %的楼栋有层数")
    assert floors.sentence_en.startswith("10 % of the buildings have floors")
    assert floors.severity == "warning"


def test_many_streets_and_hardly_a_building_is_a_problem() -> None:
    assert findings(stock_findings(StockDraft([], [])))["no_buildings"].severity == "problem"


def test_what_nobody_mapped_is_no_data_and_not_no_service(tmp_path: Path) -> None:
    town = DrawnTown()
    town.node(0, 0, amenity="pharmacy", name="康民药店")
    town.node(50, 0, amenity="school")
    found = inventory_findings(draft_inventory(read_osm(town.write(tmp_path / "t.osm"))))
    missing = {row.examples[0]: row for row in found if row.code == "category_without_data"}
    assert missing["EDU-KIN"].sentence_zh == "未标注任何幼儿园：这是没有数据，不是没有服务。该类不计入得分。"
    assert "EDU-PRI" not in missing  # the school counts, as an assumption
    assert findings(found)["schools_without_level"].count == 1
    assert len(missing) == 38 - 2  # of 38 required categories only primary and junior school are there


def test_islands_are_counted_with_an_example(tmp_path: Path) -> None:
    town = DrawnTown()
    town.street((0, 0), (100, 0), (200, 0))
    town.street((0, 500), (100, 500))
    island = findings(network_findings(draft_network(read_osm(town.write(tmp_path / "t.osm")))))["islands"]
    assert (island.count, island.severity) == (1, "warning")
    assert island.examples[0] in ("node/4", "node/5")


def test_problems_come_first_and_lines_follow_the_language() -> None:
    rows = [
        Finding("a", "info", "甲", "A"),
        Finding("b", "problem", "乙", "B"),
        Finding("c", "warning", "丙", "C"),
    ]
    report = report_of({"buildings": 1200, "dwellings_estimated": 3400}, rows, [])
    assert [row["code"] for row in report["findings"]] == ["b", "c", "a"]
    assert report_lines(report) == ["1,200 栋楼，3,400 户（估算）", "✗ 乙", "! 丙", "· 甲"]
    assert report_lines(report, "en")[0] == "1,200 buildings, 3,400 dwellings (estimate)"
