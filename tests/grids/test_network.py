"""Networks of drawn towns, whose nodes, edges and lengths follow from the drawing."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from gis_core.crs import geodesic_distance_m
from gis_core.readers.osm import read_osm
from grids.housing.estates import draft_estates
from grids.streets.network import NetworkDraft, draft_network
from grids.streets.walkability import Permission, node_permission, way_permission
from tests.towns import RIO, DrawnTown, crossroads


def drawn(town: DrawnTown, folder: Path) -> NetworkDraft:
    extract = read_osm(town.write(folder / "town.osm"))
    return draft_network(extract, estates=draft_estates(extract))


def edge_of(network: NetworkDraft, way: int) -> np.ndarray:
    return np.flatnonzero(network.edge_source_id == way)


def are_joined(network: NetworkDraft, one: int, other: int) -> bool:
    """Whether two OSM nodes lie in one component."""
    component = {}
    for source_id, label in zip(
        network.node_source_id.tolist(), network.node_component.tolist(), strict=True
    ):
        component.setdefault(source_id, set()).add(label)
    return bool(component[one] & component[other])


@pytest.mark.parametrize("corner", [(118.78, 32.04), RIO])
def test_two_crossing_streets_are_four_stretches_of_200_m(
    tmp_path: Path, corner: tuple[float, float]
) -> None:
    network = drawn(crossroads(corner), tmp_path)
    assert len(network.node_source_id) == 5
    # 200 m in the plane; on the ellipsoid it differs by the zone's scale, at most 1 in 3,000.
    assert network.edge_length_dm.tolist() == pytest.approx([2000] * 4, abs=1)
    assert network.node_component.tolist() == [0] * 5
    assert network.island_count == 0


def test_numbers_are_dense_and_ends_match_the_drawn_line(tmp_path: Path) -> None:
    network = drawn(crossroads(), tmp_path)
    for edge in range(len(network.edge_source)):
        line = network.lonlat[network.start[edge] : network.start[edge + 1]]
        assert line[0].tolist() == network.node_lonlat[network.edge_source[edge]].tolist()
        assert line[-1].tolist() == network.node_lonlat[network.edge_target[edge]].tolist()
    assert sorted({*network.edge_source.tolist(), *network.edge_target.tolist()}) == list(range(5))


def test_rounding_is_carried_along_a_way(tmp_path: Path) -> None:
    # 300 junctions at 7.777 m: rounded one by one the sum would be off by up to 300 * 0.023 m = 7 m.
    town = DrawnTown()
    refs = [town.node(7.777 * i, 0) for i in range(301)]
    town.way(refs, highway="footway")
    for ref in refs[1:-1]:
        x_m, y_m, _tags = town.nodes[ref]
        town.way([ref, town.node(x_m, y_m + 5)], highway="footway")
    network = drawn(town, tmp_path)
    along = edge_of(network, 1001)
    assert len(along) == 300
    order = {source: i for i, source in enumerate(refs)}
    start = [order[int(network.node_source_id[node])] for node in network.edge_source[along]]
    sums_dm = np.cumsum(network.edge_length_dm[along][np.argsort(start)])
    first = town.lonlat((0, 0))[0]
    places = np.round(town.lonlat(*[(7.777 * i, 0) for i in range(1, 301)]), 7)
    truth_m = geodesic_distance_m([np.round(first, 7)] * 300, places)
    assert np.abs(sums_dm / 10 - truth_m).max() <= 0.05 + 0.02  # carrying, and the bend of a straight line


def test_parallel_stretches_and_loops_are_kept(tmp_path: Path) -> None:
    r"""a====b   two streets between a and b, one over (50, 20)
    \_/      and a loop at a
    """
    town = DrawnTown()
    a, b = town.node(0, 0), town.node(100, 0)
    town.way([a, b], highway="residential")
    town.way([a, town.node(50, 20), b], highway="residential")
    town.way([a, town.node(-30, -30), town.node(-30, -60), a], highway="footway")
    network = drawn(town, tmp_path)
    assert len(edge_of(network, 1001)) == len(edge_of(network, 1002)) == 1
    loop = edge_of(network, 1003)
    assert len(loop) == 1
    assert network.edge_source[loop] == network.edge_target[loop]


def test_a_stretch_without_length_joins_its_ends(tmp_path: Path) -> None:
    town = DrawnTown()
    a, b, same, c = town.node(0, 0), town.node(100, 0), town.node(100, 0), town.node(200, 0)
    town.way([a, b], highway="residential")
    town.way([b, same], highway="residential")
    town.way([same, c], highway="residential")
    network = drawn(town, tmp_path)
    assert network.counts["points_contracted"] == 1
    assert network.edge_length_dm.tolist() == pytest.approx([1000, 1000], abs=1)
    assert network.island_count == 0


def test_a_way_that_repeats_a_node_and_one_that_misses_one(tmp_path: Path) -> None:
    town = DrawnTown()
    a, b, c, d = (town.node(100 * i, 0) for i in range(4))
    town.way([a, b, b, c], highway="residential")
    town.way([c, 999_999, d], highway="residential")  # the file was cut there
    network = drawn(town, tmp_path)
    assert len(network.edge_source) == 1
    assert network.edge_length_dm.tolist() == pytest.approx([2000], abs=1)
    assert network.counts["missing_nodes"] == 1


def test_a_3_km_edge_an_island_and_their_order(tmp_path: Path) -> None:
    town = crossroads()
    far = town.way([1, town.node(3200, 200)], highway="tertiary")
    town.street((0, 1000), (50, 1000))
    network = drawn(town, tmp_path)
    assert network.edge_length_dm[edge_of(network, far)].tolist() == pytest.approx([30_000], abs=10)
    assert network.island_count == 1
    assert np.bincount(network.node_component).tolist() == [6, 2]


def test_squares_are_crossed_and_walked_round(tmp_path: Path) -> None:
    r"""Streets end at opposite corners of a square of 60 m: round it 120 m, across 60 * √2 = 84.9 m."""
    town = DrawnTown()
    sw, se, ne, nw = town.node(0, 0), town.node(60, 0), town.node(60, 60), town.node(0, 60)
    town.way([sw, se, ne, nw, sw], highway="pedestrian", area="yes")
    town.way([town.node(-100, 0), sw], highway="residential")
    town.way([ne, town.node(160, 60)], highway="residential")
    network = drawn(town, tmp_path)
    assert walk_m(network, sw, ne) == pytest.approx(84.9, abs=0.2)
    assert network.counts["area_crossings"] == 1


def test_what_people_may_walk() -> None:
    public = [
        {"highway": "residential"},
        {"highway": "steps", "conveying": "forward"},
        {"highway": "service", "service": "driveway"},
        {"highway": "trunk", "sidewalk": "both"},
        {"highway": "motorway", "foot": "yes"},
        {"railway": "platform"},
        {"highway": "path", "access": "private", "foot": "permissive"},
        {"highway": "cycleway"},
        {"highway": "corridor"},
    ]
    none = [
        {"highway": "motorway"},
        {"highway": "trunk"},
        {"highway": "construction", "construction": "primary"},
        {"highway": "proposed"},
        {"highway": "residential", "foot": "no"},
        {"highway": "service", "access": "no"},
        {"route": "ferry", "foot": "yes"},
        {"highway": "raceway"},
        {"waterway": "dam", "foot": "yes"},
    ]
    private = [{"highway": "service", "access": "private"}, {"highway": "footway", "foot": "private"}]
    assert {way_permission(tags) for tags in public} == {Permission.PUBLIC}
    assert {way_permission(tags) for tags in none} == {Permission.NONE}
    assert {way_permission(tags) for tags in private} == {Permission.PRIVATE}


def test_barriers() -> None:
    assert node_permission({"barrier": "bollard"}) is Permission.PUBLIC
    assert node_permission({"barrier": "gate"}) is Permission.PUBLIC
    assert node_permission({"barrier": "gate", "access": "private"}) is Permission.PRIVATE
    assert node_permission({"barrier": "gate", "access": "private", "foot": "yes"}) is Permission.PUBLIC
    assert node_permission({"barrier": "gate", "locked": "yes"}) is Permission.NONE
    assert node_permission({"barrier": "wall"}) is Permission.NONE


@pytest.mark.parametrize(
    ("tags", "passes"), [({"barrier": "gate"}, True), ({"barrier": "gate", "locked": "yes"}, False)]
)
def test_a_locked_gate_on_a_street_stops_it(tmp_path: Path, tags: dict[str, str], passes: bool) -> None:
    town = DrawnTown()
    a, gate, b = town.node(0, 0), town.node(50, 0, tags), town.node(100, 0)
    town.way([a, gate, b], highway="residential")
    network = drawn(town, tmp_path)
    assert are_joined(network, a, b) is passes


def test_a_platform_beside_the_street_is_left_out_and_one_with_a_path_kept(tmp_path: Path) -> None:
    town = crossroads()
    town.way([town.node(0, 190), town.node(40, 190)], railway="platform")
    kept = town.way([1, town.node(200, 260), town.node(240, 260)], railway="platform")
    network = drawn(town, tmp_path)
    assert network.counts["stray_platforms"] == 1
    assert len(edge_of(network, kept)) == 1


def walk_m(network: NetworkDraft, one: int, other: int) -> float:
    graph = nx.MultiGraph()
    for a, b, length in zip(network.edge_source, network.edge_target, network.edge_length_dm, strict=True):
        graph.add_edge(int(a), int(b), weight=int(length))
    number = {source: at for at, source in enumerate(network.node_source_id.tolist())}
    return nx.shortest_path_length(graph, number[one], number[other], weight="weight") / 10
