"""Real extracts, counted a second time by osmium's own handlers and its own area assembler."""

from collections import Counter
from pathlib import Path

import osmium
import pytest
import shapely

from gis_core.readers.osm import OsmExtract, read_osm

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
EXTRACTS = {
    "nanjing": SHARED / "nanjing" / "nanjing-xinjiekou-20210612.osm.pbf",
    "wudaokou": SHARED / "beijing" / "beijing-wudaokou-20170624.osm.pbf",
    "liechtenstein": SHARED / "large" / "liechtenstein-20150727.osm.pbf",
    "baltimore": SHARED / "large" / "baltimore-20150227.osm.pbf",
    "moscow": SHARED / "large" / "moscow-20131109.osm.gz",
}
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="real extracts are not beside the project")


@pytest.fixture(scope="module", params=EXTRACTS)
def town(request) -> tuple[str, Path, OsmExtract]:
    return request.param, EXTRACTS[request.param], read_osm(EXTRACTS[request.param])


class Counting(osmium.SimpleHandler):
    """The second count: one callback an object, nothing of ours in it."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def node(self, node) -> None:
        self.count["nodes"] += 1
        self.count["gates"] += node.tags.get("barrier") in ("gate", "lift_gate", "bollard")
        self.count["entrances"] += "entrance" in node.tags and node.tags["entrance"] != "no"
        self._poi(node.tags)

    def way(self, way) -> None:
        self.count["ways"] += 1
        self.count["highways"] += "highway" in way.tags
        if way.tags.get("building", "no") != "no" and way.is_closed():
            self.count["buildings"] += 1
        self._poi(way.tags)

    def relation(self, relation) -> None:
        self.count["relations"] += 1
        self._poi(relation.tags)

    def _poi(self, tags) -> None:
        keys = "amenity shop leisure healthcare office craft tourism public_transport emergency man_made"
        self.count["pois"] += (
            any(key in tags and tags[key] != "no" for key in [*keys.split(), "social_facility"])
            or tags.get("highway") == "bus_stop"
            or tags.get("place") == "square"
            or tags.get("railway") in ("station", "halt", "tram_stop", "subway_entrance", "platform", "stop")
        )


def osmium_building_areas(path: Path) -> dict[str, float]:
    """Area in square degrees of every building that osmium's assembler makes."""
    factory = osmium.geom.WKBFactory()
    found = {}
    reader = osmium.FileProcessor(str(path)).with_areas()
    for thing in reader.with_filter(osmium.filter.KeyFilter("building")):
        if thing.is_area() and thing.tags["building"] != "no" and thing.num_rings()[0]:
            name = f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
            found[name] = shapely.from_wkb(factory.create_multipolygon(thing)).area
    return found


def test_objects_are_counted_alike(town):
    name, path, extract = town
    second = Counting()
    second.apply_file(str(path))
    for key in ("nodes", "ways", "relations", "highways", "entrances"):
        assert extract.counts[key] == second.count[key], (name, key)
    lost = sum(p.code == "missing_members" and "没有位置" in p.sentence for p in extract.problems)
    assert extract.counts["pois"] + lost == second.count["pois"]
    assert extract.counts["gates"] >= second.count["gates"]
    from_ways = [b for b in extract.buildings if b.source_id.startswith("way/") and not b.is_part]
    assert len(from_ways) == second.count["buildings"]


def test_buildings_have_the_area_that_osmium_finds(town):
    name, path, extract = town
    ours = {b.source_id: b.geometry.area for b in extract.buildings if not b.is_part}
    theirs = osmium_building_areas(path)
    mended = {p.source_id for p in extract.problems if p.code == "invalid_outline"}
    assert set(theirs) - set(ours) == set()
    assert set(ours) - set(theirs) <= mended
    for source_id in set(ours) & set(theirs) - mended:
        assert ours[source_id] == pytest.approx(theirs[source_id], rel=1e-9, abs=1e-13), (name, source_id)


def test_every_building_object_became_a_building_or_a_problem(town):
    _name, _path, extract = town
    reported = {
        p.source_id for p in extract.problems if p.code not in ("duplicate_outline", "invalid_outline")
    }
    unbuilt = extract.counts["building_objects"] - extract.counts["buildings"]
    assert 0 <= unbuilt <= len(reported)
    assert all(building.geometry.is_valid for building in extract.buildings)


def test_known_sizes_of_the_extracts(town):
    name, _path, extract = town
    known = {
        "nanjing": (1277, 384),
        "wudaokou": (521, 684),
        "liechtenstein": (8994, 4660),
        "baltimore": (1738, 3844),
        "moscow": (628, 588),
    }
    assert (extract.counts["buildings"], extract.counts["highways"]) == known[name]


def test_a_whole_country_has_its_communes():
    extract = read_osm(EXTRACTS["liechtenstein"])
    whole = {b.name: b for b in extract.boundaries if b.is_complete}
    assert {"Vaduz", "Schaan", "Balzers", "Triesen"} <= set(whole)
    assert sum(b.admin_level == 8 for b in whole.values()) == 11
    assert all(not b.is_complete and b.geometry is None for b in extract.boundaries if b.missing_ways)
