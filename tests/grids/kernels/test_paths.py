"""Single walks: distances, the streets walked, and pairs."""

import itertools

import networkx as nx
import numpy as np
import pytest

from grids.kernels.graph import Spots
from grids.kernels.paths import NO_WALK, Leg, pair_walks, trace, walks_from
from tests.grids.kernels.towns import Town, lattice, random_town, split_distances


def one(spots: Spots, index: int) -> Spots:
    return spots.take(np.array([index]))


def expected_walks(town: Town) -> np.ndarray:
    walks = split_distances(town)
    return np.where(np.isfinite(walks), walks, NO_WALK).astype(np.int64)


def test_a_walk_round_the_corner_is_drawn_leg_by_leg():
    # 0 --edge 0--> 1 <--edge 1-- 2: 30 m back along edge 0 reversed, then edge 1 against its direction.
    town = Town(np.zeros((3, 2)), np.array([0, 2]), np.array([1, 1]), np.array([1000, 2000]))
    origin, facility = Spots.of([0], [700], [20]), Spots.of([1], [1500], [5])
    walks = walks_from(town.graph(), origin, facility)
    assert walks.walk_dm.tolist() == [20 + 300 + 500 + 5]
    assert trace(walks, 0) == [Leg(0, 700, 1000), Leg(1, 2000, 1500)]


def test_on_one_edge_the_walk_is_the_piece_between():
    town = Town(np.zeros((2, 2)), np.array([0]), np.array([1]), np.array([1000]))
    walks = walks_from(town.graph(), Spots.of([0], [800]), Spots.of([0, 0], [300, 800]))
    assert [trace(walks, index) for index in range(2)] == [[Leg(0, 800, 300)], []]


def test_a_cutoff_is_inclusive_and_hides_what_is_further():
    town = lattice(blocks=3)
    origin, facilities = Spots.of([0], [0]), Spots.of([0, 1, 1], [2000, 1999, 2000])
    assert walks_from(town.graph(), origin, facilities, cutoff_dm=3999).walk_dm.tolist() == [
        2000,
        3999,
        NO_WALK,
    ]


@pytest.mark.parametrize("seed", range(8))
def test_random_walks_agree_with_the_split_graph_and_their_legs_join_up(seed):
    town = random_town(seed)
    graph, expected = town.graph(), expected_walks(town)
    for building in range(0, len(town.buildings), 5):
        origin = one(town.buildings, building)
        walks = walks_from(graph, origin, town.facilities)
        assert np.array_equal(walks.walk_dm, expected[building])
        for index in np.flatnonzero(walks.walk_dm < NO_WALK).tolist():
            legs = trace(walks, index)
            access_dm = int(origin.access_dm[0] + town.facilities.access_dm[index])
            assert (
                sum(abs(leg.to_offset_dm - leg.from_offset_dm) for leg in legs) + access_dm
                == walks.walk_dm[index]
            )
            assert_joined(town, legs)
            if legs:
                assert legs[0].edge == origin.edge[0] or legs[0].from_offset_dm in (
                    0,
                    town.length_dm[legs[0].edge],
                )
                last = town.facilities.edge[index]
                assert legs[-1].edge == last or legs[-1].to_offset_dm in (0, town.length_dm[legs[-1].edge])


def assert_joined(town: Town, legs: list[Leg]) -> None:
    """Each leg begins at a node where the one before it ended."""
    for before, after in itertools.pairwise(legs):
        assert nodes_at(town, before.edge, before.to_offset_dm) & nodes_at(
            town, after.edge, after.from_offset_dm
        )


def nodes_at(town: Town, edge: int, offset_dm: int) -> set[int]:
    ends = set()
    if offset_dm == 0:
        ends.add(int(town.source[edge]))
    if offset_dm == town.length_dm[edge]:
        ends.add(int(town.target[edge]))
    return ends


@pytest.mark.parametrize("seed", range(8))
def test_pairs_agree_with_the_split_graph_without_a_cutoff(seed):
    town = random_town(seed)
    rng = np.random.default_rng(seed)
    building, facility = rng.integers(0, 80, 300), rng.integers(0, 40, 300)
    found = pair_walks(town.graph(), town.buildings.take(building), town.facilities.take(facility))
    assert np.array_equal(found, expected_walks(town)[building, facility])


def test_no_pairs_and_unsnapped_pairs_have_no_walk():
    town = random_town(0)
    none = Spots.of([], [])
    assert len(pair_walks(town.graph(), none, none)) == 0
    assert pair_walks(town.graph(), Spots.of([-1], [0]), Spots.of([0], [0])).tolist() == [NO_WALK]
    assert walks_from(town.graph(), Spots.of([-1], [0]), town.facilities).walk_dm.tolist() == [NO_WALK] * 40
    assert len(walks_from(town.graph(), Spots.of([0], [0]), none).walk_dm) == 0


def test_a_walk_across_town_equals_networkx():
    town = lattice(blocks=12, block_dm=777)
    rng = np.random.default_rng(2)
    town.length_dm = rng.integers(300, 1500, len(town.length_dm))
    streets = nx.Graph()
    streets.add_weighted_edges_from(
        zip(town.source.tolist(), town.target.tolist(), town.length_dm.tolist(), strict=True)
    )
    at_source = Spots.of(np.arange(len(town.source)), np.zeros(len(town.source), int))
    found = walks_from(town.graph(), one(at_source, 0), at_source).walk_dm
    from_first = nx.single_source_dijkstra_path_length(streets, int(town.source[0]))
    assert found.tolist() == [from_first[node] for node in town.source.tolist()]
