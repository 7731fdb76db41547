"""Closed compounds: in and out for their own people, never through."""

import itertools

import networkx as nx
import numpy as np
import pytest

from grids.kernels.compounds import nearest_seeds_with_compounds, nearest_walks_with_compounds
from grids.kernels.eliminate import from_arrays, prepare, to_arrays
from grids.kernels.graph import UNREACHED, Spots
from grids.kernels.paths import NO_WALK, pair_walks, trace, walks_from
from grids.kernels.reach import coverage_answer, nearest_walks
from tests.grids.kernels.towns import Town, random_spots, random_town

CUTOFF_DM = 20_000


def compound_across_the_street() -> Town:
    r"""A street of 1 km, and a compound (1) whose path of 200 m joins its two ends.

    ```
        0 ----------- edge 0, 10,000 dm ----------- 1
         \ gate                               gate /
          ------------ edge 1, 2,000 dm -----------
    ```
    """
    return Town(
        np.zeros((2, 2)), np.array([0, 0]), np.array([1, 1]), np.array([10_000, 2000]), np.array([0, 1])
    )


def layered_walks(town: Town, is_public=None) -> np.ndarray:
    """(b, f) by networkx: floor 0 holds streets and the own compound, floor 1 streets and theirs."""
    compound = town.compound
    walks = np.full((len(town.buildings), len(town.facilities)), np.inf)
    of_facility = np.where(town.facilities.edge >= 0, compound[town.facilities.edge], -1)
    for own in np.unique(compound).tolist():
        buildings = [
            b
            for b in range(len(town.buildings))
            if town.buildings.edge[b] >= 0 and compound[town.buildings.edge[b]] == own
        ]
        for theirs in np.unique(of_facility[of_facility >= 0]).tolist():
            facilities = np.flatnonzero(of_facility == theirs).tolist()
            floors = two_floors(town, own, theirs, buildings, facilities)
            for b in buildings:
                found = nx.single_source_dijkstra_path_length(floors, ("b", b))
                for f in facilities:
                    if is_public is not None and theirs not in (0, own) and not is_public[f]:
                        continue
                    walks[b, f] = found.get(("f", f), np.inf)
    return walks


def two_floors(town: Town, own: int, theirs: int, buildings: list[int], facilities: list[int]) -> nx.DiGraph:
    floors = nx.DiGraph()

    def join(p, q, dm: int) -> None:
        for a, b in ((p, q), (q, p)):
            floors.add_edge(a, b, weight=min(dm, floors.edges.get((a, b), {"weight": dm})["weight"]))

    for floor, compound in enumerate((own, theirs)):
        stops: dict[int, list] = {}
        spots, chosen, kind = ((town.buildings, buildings, "b"), (town.facilities, facilities, "f"))[floor]
        for n in chosen:
            along = int(np.clip(spots.offset_dm[n], 0, town.length_dm[spots.edge[n]]))
            stops.setdefault(int(spots.edge[n]), []).append((along, (kind, "door", n)))
            join((kind, n), (kind, "door", n), int(spots.access_dm[n]))
        for edge in np.flatnonzero((town.compound == 0) | (town.compound == compound)).tolist():
            a, b = (floor, int(town.source[edge])), (floor, int(town.target[edge]))
            line = [
                (0, a),
                *sorted(stops.get(edge, []), key=lambda stop: stop[0]),
                (int(town.length_dm[edge]), b),
            ]
            for (s, p), (t, q) in itertools.pairwise(line):
                join(p, q, t - s)
    for node in range(town.node_count):
        floors.add_edge((0, node), (1, node), weight=0)
    # A building and a facility on one edge meet along it.
    for b in buildings:
        for f in facilities:
            if town.buildings.edge[b] == town.facilities.edge[f]:
                ends = [
                    int(np.clip(spots.offset_dm[n], 0, town.length_dm[spots.edge[n]]))
                    for spots, n in ((town.buildings, b), (town.facilities, f))
                ]
                floors.add_edge(("b", "door", b), ("f", "door", f), weight=abs(ends[0] - ends[1]))
    return floors


def compound_town(seed: int) -> Town:
    """A random tangle whose edges belong to five compounds or to none, neighbours mostly alike."""
    town = random_town(seed, nodes=50, longest_dm=3000)
    rng = np.random.default_rng(seed + 1000)
    by_place = (town.source // 5) % 6
    town.compound = np.where(rng.random(len(town.source)) < 0.55, 0, np.where(by_place > 0, by_place, 0))
    town.buildings = random_spots(rng, 60, town.length_dm)
    return town


def table(walks: np.ndarray, town: Town, categories: int) -> np.ndarray:
    nearest = np.full((categories, len(town.buildings)), np.inf)
    for category in range(categories):
        chosen = town.category == category
        if chosen.any():
            nearest[category] = walks[:, chosen].min(axis=1)
    return np.where(nearest <= CUTOFF_DM, nearest, UNREACHED).astype(np.uint16)


def test_a_stranger_walks_round_the_compound_and_a_resident_walks_out_of_either_gate():
    town = compound_across_the_street()
    prepared = prepare(town.graph(), CUTOFF_DM)
    facility, buildings = Spots.of([0], [9000]), Spots.of([0, 1, 1], [500, 100, 1900])
    walk_dm = nearest_walks_with_compounds(prepared, facility, [0], buildings, category_count=1)
    # Through the compound it would be 500 + 2,000 + 1,000 for the stranger.
    assert walk_dm[0].tolist() == [8500, 1900 + 1000, 100 + 1000]


def test_a_facility_inside_serves_its_own_people_unless_it_is_public():
    town = compound_across_the_street()
    prepared = prepare(town.graph(), CUTOFF_DM)
    inside, buildings = Spots.of([1], [500]), Spots.of([0, 1], [300, 1500])
    asked = prepared, inside, [0], buildings
    assert nearest_walks_with_compounds(*asked, category_count=1)[0].tolist() == [UNREACHED, 1000]
    is_public = np.array([True])
    found = nearest_walks_with_compounds(*asked, category_count=1, facility_is_public=is_public)
    assert found[0].tolist() == [300 + 500, 1000]


def test_residents_may_go_round_by_the_street_to_their_other_wing():
    # Wing A (edge 1) hangs on node 0, wing B (edge 2) on node 1 of one street; both are compound 1.
    town = Town(np.zeros((4, 2)), np.array([0, 0, 1]), np.array([1, 2, 3]), np.array([1000, 300, 400]))
    town.compound = np.array([0, 1, 1])
    prepared = prepare(town.graph(), CUTOFF_DM)
    at_the_end_of_a, at_the_end_of_b = Spots.of([1], [300]), Spots.of([2], [400])
    asked = prepared, at_the_end_of_b, [0], at_the_end_of_a
    assert nearest_walks_with_compounds(*asked, category_count=1)[0].tolist() == [1700]
    assert pair_walks(town.graph(), at_the_end_of_a, at_the_end_of_b).tolist() == [1700]


@pytest.mark.parametrize("seed", range(8))
def test_random_compounds_agree_with_brute_force_in_every_cell(seed):
    town = compound_town(seed)
    is_public = np.random.default_rng(seed).random(len(town.facilities)) < 0.5
    prepared = prepare(town.graph(), CUTOFF_DM)
    walks = layered_walks(town, is_public)
    expected = table(walks, town, 5)
    found = nearest_walks_with_compounds(
        prepared,
        town.facilities,
        town.category,
        town.buildings,
        category_count=5,
        facility_is_public=is_public,
    )
    assert np.array_equal(found, expected)
    for category in range(5):
        chosen = np.flatnonzero(town.category == category)
        walk_dm, seed_index = nearest_seeds_with_compounds(
            prepared, town.facilities.take(chosen), town.buildings, facility_is_public=is_public[chosen]
        )
        assert np.array_equal(walk_dm, expected[category])
        for building in np.flatnonzero(walk_dm != UNREACHED).tolist():
            first = np.flatnonzero(walks[building, chosen] == walk_dm[building])[0]
            assert seed_index[building] == first
        assert (seed_index[walk_dm == UNREACHED] == -1).all()


@pytest.mark.parametrize("seed", range(8))
def test_random_pairs_and_traces_obey_the_compounds(seed):
    town = compound_town(seed)
    graph = town.graph()
    walks = layered_walks(town)
    expected = np.where(np.isfinite(walks), walks, NO_WALK).astype(np.int64)
    rng = np.random.default_rng(seed)
    b, f = rng.integers(0, len(town.buildings), 300), rng.integers(0, len(town.facilities), 300)
    assert np.array_equal(pair_walks(graph, town.buildings.take(b), town.facilities.take(f)), expected[b, f])
    for building in range(0, len(town.buildings), 4):
        origin = town.buildings.take(np.array([building]))
        found = walks_from(graph, origin, town.facilities)
        assert np.array_equal(found.walk_dm, expected[building])
        for index in np.flatnonzero(found.walk_dm < NO_WALK).tolist():
            legs = trace(found, index)
            along = sum(abs(leg.to_offset_dm - leg.from_offset_dm) for leg in legs)
            legs_dm = int(origin.access_dm[0] + town.facilities.access_dm[index])
            assert along + legs_dm == found.walk_dm[index]
            allowed = {0, town.compound[origin.edge[0]], town.compound[town.facilities.edge[index]]}
            assert {int(town.compound[leg.edge]) for leg in legs} <= allowed


def test_covered_residents_include_those_inside_compounds():
    town = compound_across_the_street()
    answer = coverage_answer(
        prepare(town.graph(), CUTOFF_DM),
        Spots.of([0], [9000]),
        [0],
        Spots.of([0, 1, 1], [500, 100, 1900]),
        [1, 2, 4],
        category_count=1,
        speeds_m_s=[1.0],
        thresholds_s=[110, 290, 850],
    )
    assert answer.covered_residents[0, 0].tolist() == [4, 6, 7]


def test_without_compounds_the_call_is_the_plain_one():
    town = random_town(5)
    prepared = prepare(town.graph(), CUTOFF_DM)
    asked = prepared, town.facilities, town.category, town.buildings
    plain = nearest_walks(*asked, category_count=5)
    assert np.array_equal(nearest_walks_with_compounds(*asked, category_count=5), plain)
    assert prepared.interior is None


def test_a_prepared_town_with_compounds_survives_a_file():
    town = compound_town(2)
    prepared = prepare(town.graph(), CUTOFF_DM)
    again = from_arrays(to_arrays(prepared))
    asked = town.facilities, town.category, town.buildings
    assert np.array_equal(
        nearest_walks_with_compounds(again, *asked, category_count=5),
        nearest_walks_with_compounds(prepared, *asked, category_count=5),
    )
