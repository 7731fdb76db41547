"""Estates of drawn towns: closed only on evidence, entered through gates by their residents."""

from pathlib import Path

from gis_core.readers.osm import read_osm
from grids.housing.estates import EstateDraft, draft_estates, estate_numbers_at
from grids.streets.network import NetworkDraft, draft_network
from tests.towns import DrawnTown


def fenced_estate(gate_tags: dict[str, str] | None = None, **estate_tags: str) -> tuple[DrawnTown, int, int]:
    """An estate of 200 x 200 m north of a street, with a path from a gate to its middle.

    +-----------+
    |     o M   |     M (100,200)
    |     |     |
    +-----G-----+     G (100,100) on the outline
          |
    a-----b-----c     the street, y = 50
    """
    town = DrawnTown()
    gate = town.node(100, 100, gate_tags or {"barrier": "gate"})
    corners = [town.node(0, 100), gate, town.node(200, 100), town.node(200, 300), town.node(0, 300)]
    town.way([*corners, corners[0]], {"landuse": "residential", "name": "幸福小区"} | estate_tags)
    street = town.node(100, 50)
    town.way([town.node(0, 50), street, town.node(200, 50)], highway="residential")
    town.way([street, gate], highway="service")
    inner = town.way([gate, town.node(100, 200)], highway="service")
    return town, gate, inner


def read(town: DrawnTown, folder: Path) -> tuple[list[EstateDraft], NetworkDraft]:
    extract = read_osm(town.write(folder / "town.osm"))
    estates = draft_estates(extract)
    return estates, draft_network(extract, estates=estates)


def compounds(network: NetworkDraft) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for way, compound in zip(network.edge_source_id.tolist(), network.edge_compound.tolist(), strict=True):
        found.setdefault(way, set()).add(compound)
    return found


def test_a_fence_and_a_gate_close_an_estate_and_number_its_paths(tmp_path: Path) -> None:
    town, gate, inner = fenced_estate(barrier="fence")
    (estate,), network = read(town, tmp_path)
    assert estate.is_closed
    assert [row.node_id for row in estate.gates] == [gate]
    assert compounds(network) == {1002: {0}, 1003: {0}, inner: {estate.number}}


def test_a_private_gate_closes_too_and_does_not_cut_the_residents_path(tmp_path: Path) -> None:
    town, _gate, inner = fenced_estate({"barrier": "gate", "access": "private"})
    (estate,), network = read(town, tmp_path)
    assert estate.is_closed
    assert compounds(network)[inner] == {estate.number}
    assert network.island_count == 0


def test_a_gate_alone_is_no_evidence_and_a_wall_without_gate_is_reported_open(tmp_path: Path) -> None:
    town, *_rest = fenced_estate()
    (estate,), network = read(town, tmp_path)
    assert (estate.is_closed, estate.says_private) == (False, False)
    assert set(network.edge_compound.tolist()) == {0}
    town, *_rest = fenced_estate({"note": "no gate"}, barrier="wall")
    (estate,), _network = read(town, tmp_path)
    assert (estate.is_closed, estate.says_private, estate.gates) == (False, True, ())


def test_a_street_that_crosses_the_outline_without_a_node_is_cut_there(tmp_path: Path) -> None:
    town, _gate, _inner = fenced_estate(barrier="fence")
    crossing = town.way([town.node(150, 50), town.node(150, 250)], highway="service")
    (estate,), network = read(town, tmp_path)
    pieces = network.edge_source_id == crossing
    assert sorted(
        zip(network.edge_length_dm[pieces].tolist(), network.edge_compound[pieces].tolist(), strict=True)
    ) == [
        (500, 0),
        (1500, estate.number),
    ]
    assert (network.node_source_id < 0).sum() == 1


def test_through_streets_stay_everybodys(tmp_path: Path) -> None:
    town, _gate, _inner = fenced_estate(barrier="fence")
    street = town.way([town.node(-50, 250), town.node(250, 250)], highway="tertiary")
    _estates, network = read(town, tmp_path)
    assert compounds(network)[street] == {0}


def test_private_ways_belong_to_the_estate_around_them_or_are_left_out(tmp_path: Path) -> None:
    town, _gate, _inner = fenced_estate()  # not closed
    inside = town.way([town.node(20, 150), town.node(80, 150)], highway="service", access="private")
    town.way([town.node(300, 150), town.node(380, 150)], highway="service", access="private")
    (estate,), network = read(town, tmp_path)
    assert compounds(network)[inside] == {estate.number}
    assert network.counts["private_ways"] == 2
    assert network.counts["ways"] == 4


def test_an_estate_keeps_its_number_and_a_district_is_none(tmp_path: Path) -> None:
    town, *_rest = fenced_estate(barrier="fence")
    town.box(0, 500, 1100, 1100, landuse="residential", name="某某片区")  # 1.21 km²
    extract = read_osm(town.write(tmp_path / "town.osm"))
    (estate,) = draft_estates(extract, known_numbers={"way/1001": 7, "way/77": 9})
    assert estate.number == 7
    assert estate_numbers_at([estate.geometry.centroid], [estate]).tolist() == [7]
