"""One file in, one town out: the whole path, what it refuses, and counts against a second reading of
real files."""

import gzip
import json
from pathlib import Path

import osmium
import pytest
import shapely
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from gis_core.crs import geodesic_length_m
from gis_core.errors import Refusal
from grids.models import (
    Area,
    Building,
    Dwelling,
    Facility,
    FacilityAccess,
    FacilityInventory,
    MapFeature,
    Stock,
    StreetEdge,
    StreetNetwork,
    StreetNode,
    Town,
)
from grids.town_import import importing
from tests.towns import RIO, DrawnTown, crossroads

pytestmark = pytest.mark.django_db
EVERY_TABLE = (
    Town,
    Area,
    StreetNetwork,
    StreetNode,
    StreetEdge,
    MapFeature,
    Stock,
    Building,
    Dwelling,
    FacilityInventory,
    Facility,
)
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MONACO = Path(__file__).resolve().parents[2] / "fixtures" / "monaco.osm.pbf"
EXTRACTS = [
    MONACO,
    REAL / "nanjing" / "nanjing-xinjiekou-20210612.osm.pbf",
    REAL / "beijing" / "beijing-wudaokou-20170624.osm.pbf",
    REAL / "large" / "moscow-20131109.osm.gz",
    REAL / "large" / "baltimore-20150227.osm.pbf",
    REAL / "large" / "liechtenstein-20150727.osm.pbf",
]


def tables_are_empty() -> bool:
    return not any(model.objects.exists() for model in EVERY_TABLE)


@pytest.mark.parametrize("corner", [(118.78, 32.04), RIO])
def test_a_drawn_town_comes_out_as_it_was_drawn(tmp_path: Path, corner: tuple[float, float]) -> None:
    done = importing.import_osm_town(crossroads(corner).write(tmp_path / "town.osm"), name="十字镇")
    assert done.is_new
    assert (done.network.state, done.stock.state, done.inventory.state) == ("active", "active", "active")
    assert (done.network.node_count, done.network.edge_count) == (5, 4)
    assert done.network.length_m == pytest.approx(800, abs=0.5)
    # 100 m² each, six floors, one door: 100 * 0.85 / 85 = 1 home a floor.
    assert (done.stock.building_count, done.stock.dwelling_count) == (4, 24)
    assert Dwelling.objects.filter(building__stock=done.stock).count() == 24
    assert set(Facility.objects.values_list("name_zh", flat=True)) == {"便民药店", "实验小学"}
    assert FacilityAccess.objects.count() == 2
    assert list(Area.objects.values_list("code", flat=True)) == ["990001", "990001001", "990001001001"]
    building = Building.objects.first()
    assert building is not None
    assert abs(building.point.x - corner[0]) < 0.01
    assert abs(building.point.y - corner[1]) < 0.01
    dwelling = Dwelling.objects.filter(building=building).order_by("code").last()
    assert dwelling is not None
    assert dwelling.code == f"{building.code}010601"  # unit 1, floor 6, door 1


def test_the_same_bytes_are_not_loaded_twice_unless_forced(tmp_path: Path) -> None:
    file = crossroads().write(tmp_path / "town.osm")
    first = importing.import_osm_town(file, name="十字镇")
    again = importing.import_osm_town(file, name="十字镇")
    assert not again.is_new
    assert again.network == first.network
    forced = importing.import_osm_town(file, name="十字镇", force=True)
    assert forced.is_new
    assert forced.network.number == 2
    assert forced.town == first.town
    assert Area.objects.count() == 3
    codes = [
        list(Building.objects.filter(stock=stock).order_by("source_id").values_list("code", flat=True))
        for stock in (first.stock, forced.stock)
    ]
    assert codes[0] == codes[1]


def test_a_boundary_keeps_its_buildings_and_facilities_two_kilometres_around(tmp_path: Path) -> None:
    town = crossroads()
    town.box(700, 210, 10, 10, building="apartments")
    near, far = town.node(2300, 200, amenity="bank"), town.node(2600, 200, amenity="bank")
    town.street((400, 200), (3000, 200))
    town.street((2800, 0), (2900, 0))
    corners = [town.lonlat(place)[0] for place in [(-10, -10), (405, -10), (405, 410), (-10, 410)]]
    boundary = tmp_path / "boundary.geojson"
    geometry = json.loads(shapely.to_geojson(shapely.Polygon(corners)))
    boundary.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}))
    done = importing.import_osm_town(town.write(tmp_path / "t.osm"), name="十字镇", boundary=boundary)
    assert done.stock.building_count == 4
    banks = Facility.objects.filter(categories__contains=["FIN-BANK"]).values_list("source_id", flat=True)
    assert list(banks) == [f"node/{near}"]
    assert f"node/{far}" not in banks
    assert done.report["counts"]["network"]["ways"] == 3  # the way that only lies beyond 2.3 km is out
    assert {"buildings_outside", "facilities_outside", "edge_of_extract"} <= {
        finding["code"] for finding in done.report["findings"]
    }


def test_two_towns_have_codes_of_their_own(tmp_path: Path) -> None:
    file = crossroads().write(tmp_path / "town.osm")
    one = importing.import_osm_town(file, name="甲镇")
    two = importing.import_osm_town(file, name="乙镇")
    assert (one.town.root_code, two.town.root_code) == ("990001", "990002")
    with pytest.raises(Refusal):
        importing.import_osm_town(file, name="丙镇", root_code="9900")
    assert Town.objects.count() == 2


def test_a_town_of_streets_alone_says_that_there_are_no_buildings(tmp_path: Path) -> None:
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    done = importing.import_osm_town(town.write(tmp_path / "t.osm"), name="路镇")
    findings = {finding["code"]: finding for finding in done.report["findings"]}
    assert findings["no_buildings"]["severity"] == "problem"
    assert findings["category_without_data"]["sentence_zh"].endswith(
        "这是没有数据，不是没有服务。该类不计入得分。"
    )


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(importing, "save_inventory", broken)  # after network and stock were written
    with pytest.raises(RuntimeError):
        importing.import_osm_town(crossroads().write(tmp_path / "town.osm"), name="十字镇")
    assert tables_are_empty()


BAD_FILES = {
    "empty": b"",
    "text": "幼儿园,小学\n".encode(),
    "no objects": b'<?xml version="1.0"?><osm version="0.6"></osm>',
    "cut xml": crossroads().xml().encode()[:-200],
    "a lone node": b'<osm version="0.6"><node id="1" version="1" lon="118.7" lat="32"/></osm>',
    "entities": b'<!DOCTYPE osm [<!ENTITY a "b">]><osm version="0.6"><node id="1" lon="1" lat="1"/></osm>',
    "truncated pbf": MONACO.read_bytes()[:200_000],
    "huge header": b"\x7f\xff\xff\xff" + MONACO.read_bytes()[4:2000],
    "cut gzip": gzip.compress(crossroads().xml().encode())[:-30],
}


@pytest.mark.parametrize("kind", sorted(BAD_FILES))
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_loaded(tmp_path: Path, kind: str) -> None:
    names = {"truncated pbf": "t.osm.pbf", "huge header": "t.osm.pbf", "cut gzip": "t.osm.gz"}
    file = tmp_path / names.get(kind, "t.osm")
    file.write_bytes(BAD_FILES[kind])
    with pytest.raises(Refusal) as refused:
        importing.import_osm_town(file, name="坏镇")
    assert refused.value.sentence
    assert tables_are_empty()


def test_a_boundary_elsewhere_is_refused_and_nothing_is_loaded(tmp_path: Path) -> None:
    file = crossroads().write(tmp_path / "town.osm")
    with pytest.raises(Refusal):
        importing.import_osm_town(file, name="十字镇", boundary=shapely.box(0, 0, 1, 1))
    assert tables_are_empty()


def test_doubled_ids_load_once_and_are_reported(tmp_path: Path) -> None:
    xml = crossroads().xml()
    way = xml[xml.index('<way id="1003"') : xml.index('<way id="1004"')]
    file = tmp_path / "town.osm"
    file.write_text(xml.replace("</osm>", way + "</osm>"), encoding="utf-8")
    done = importing.import_osm_town(file, name="十字镇")
    assert done.stock.building_count == 4
    assert "file_duplicate_id" in {finding["code"] for finding in done.report["findings"]}


def test_the_command_prints_the_report_and_says_when_nothing_was_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(crossroads().write(tmp_path / "town.osm"))
    call_command("import_osm", file, name="十字镇", json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["buildings"] == 4
    assert printed["facilities_by_category"] == {"EDU-PRI": 1, "HLT-PHA": 1}
    assert printed["network"].pop("length_km_by_kind") == {"residential": pytest.approx(0.8, abs=0.001)}
    assert printed["network"] == {
        "ways": 2,
        "nodes": 5,
        "edges": 4,
        "length_km": pytest.approx(0.8, abs=0.001),
        "area_crossing_km": 0,
        "islands": 0,
    }
    call_command("import_osm", file, name="十字镇", language="en")
    assert "in use already" in capsys.readouterr().out or StreetNetwork.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("import_osm", str(tmp_path / "absent.osm"), name="无")


# --- Against a second, plainer reading of real extracts ----------------------------------------


@pytest.mark.parametrize("path", EXTRACTS, ids=lambda path: path.name)
def test_counts_equal_an_independent_reading(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    done = importing.import_osm_town(path, name="实测")
    counts = done.report["counts"]
    plain = PlainCount()
    plain.apply_file(str(path), locations=True)
    left_out = sum(
        finding["count"] for finding in done.report["findings"] if finding["code"] == "buildings_not_built"
    )
    assert counts["buildings"] + left_out == plain.buildings
    assert left_out <= 3
    assert counts["facilities_by_category"].get("HLT-PHA", 0) <= plain.pharmacies
    assert counts["facilities_by_category"].get("HLT-PHA", 0) >= plain.pharmacies - 2  # mapped twice
    streets_km = counts["network"]["length_km"] - counts["network"]["length_km_by_kind"].get("platform", 0)
    assert streets_km == pytest.approx(plain.street_m / 1000, rel=0.002)
    assert Building.objects.filter(stock=done.stock).count() == counts["buildings"]
    total_dm = StreetEdge.objects.filter(network=done.network).aggregate(total=Sum("length_dm"))["total"]
    assert total_dm / 10 == pytest.approx(done.network.length_m)
    assert not StreetEdge.objects.filter(network=done.network, length_dm__lt=0).exists()


class PlainCount(osmium.SimpleHandler):
    """What a reader with no ideas of its own counts."""

    WALKED = {
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "pedestrian",
        "track",
        "road",
        "footway",
        "path",
        "steps",
        "cycleway",
        "bridleway",
        "corridor",
        "elevator",
        "crossing",
    }
    FAST = {"motorway", "motorway_link", "trunk", "trunk_link"}

    def __init__(self) -> None:
        super().__init__()
        self.buildings = self.pharmacies = 0
        self.street_m = 0.0

    def node(self, node: osmium.osm.Node) -> None:
        self.pharmacies += node.tags.get("amenity") == "pharmacy"

    def way(self, way: osmium.osm.Way) -> None:
        tags = dict(way.tags)
        self.buildings += tags.get("building", "no") != "no"
        self.pharmacies += tags.get("amenity") == "pharmacy"
        places = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if self.is_walked(tags) and len(places) > 1:
            self.street_m += float(geodesic_length_m(places, [0, len(places)])[0])

    def relation(self, relation: osmium.osm.Relation) -> None:
        tags = dict(relation.tags)
        self.buildings += tags.get("building", "no") != "no"
        self.pharmacies += tags.get("amenity") == "pharmacy"

    def is_walked(self, tags: dict[str, str]) -> bool:
        foot, access = tags.get("foot", ""), tags.get("access", "")
        highway = tags.get("highway", "")
        if highway not in self.WALKED | self.FAST or tags.get("route") == "ferry":
            return False
        if foot in (
            "yes",
            "designated",
            "permissive",
            "official",
            "destination",
            "customers",
            "permit",
            "public",
        ):
            return True
        if foot in ("no", "use_sidepath", "private", "residents", "members", "employees"):
            return False
        if highway in self.FAST and not any(
            tags.get(f"sidewalk{side}") in ("both", "left", "right", "yes")
            for side in ("", ":both", ":left", ":right")
        ):
            return False
        return access not in (
            "no",
            "private",
            "residents",
            "members",
            "employees",
            "delivery",
            "agricultural",
            "forestry",
            "permit",
            "military",
        )
