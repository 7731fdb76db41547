"""Nearest walks by lanes: towns with answers on paper, and the split graph as second opinion."""

import numpy as np
import pytest

from grids.kernels.bucket import nearest_seeds
from grids.kernels.eliminate import from_arrays, prepare, to_arrays
from grids.kernels.graph import UNREACHED, Spots, build_graph, components
from grids.kernels.reach import coverage_answer, nearest_walks
from tests.grids.kernels.towns import Town, lattice, random_spots, random_town, split_walks


def walks(town: Town, cutoff_dm: int, categories: int = 1, **options):
    return nearest_walks(
        prepare(town.graph(), cutoff_dm, **options),
        town.facilities,
        town.category,
        town.buildings,
        category_count=categories,
    )


def one_street(
    length_dm: int, facility_at_dm: int, building_at_dm: int, legs_dm: tuple[int, int] = (0, 0)
) -> Town:
    town = Town(np.array([[0, 0], [1, 0]]), np.array([0]), np.array([1]), np.array([length_dm]))
    town.facilities, town.category = Spots.of([0], [facility_at_dm], [legs_dm[0]]), np.array([0])
    town.buildings = Spots.of([0], [building_at_dm], [legs_dm[1]])
    return town


def at_all_junctions(town: Town) -> Spots:
    """One building at every junction of a lattice, each on some edge that ends there."""
    edge, offset_dm = np.zeros(town.node_count, int), np.zeros(town.node_count, int)
    edge[town.target], offset_dm[town.target] = np.arange(len(town.target)), town.length_dm
    edge[town.source], offset_dm[town.source] = np.arange(len(town.source)), 0
    return Spots.of(edge, offset_dm)


def test_one_facility_covers_a_diamond_of_85_intersections():
    # Six blocks of 200 m within 1,200 m: a diamond of radius r holds 2r² + 2r + 1 points.
    town = lattice(blocks=20)
    town.buildings = at_all_junctions(town)
    centre = 10 * 21 + 10
    town.facilities, town.category = town.buildings.take(np.array([centre])), np.array([0])
    walk_dm = walks(town, 12_000)[0]
    assert (walk_dm <= 12_000).sum() == 85
    columns, rows = np.arange(441) % 21, np.arange(441) // 21
    blocks = abs(columns - 10) + abs(rows - 10)
    assert np.array_equal(walk_dm, np.where(blocks <= 6, blocks * 2000, UNREACHED))


@pytest.mark.parametrize(("cutoff_dm", "is_reached"), [(1999, False), (2000, True), (2001, True)])
def test_a_walk_of_exactly_the_cutoff_is_reached(cutoff_dm, is_reached):
    town = one_street(5000, facility_at_dm=1000, building_at_dm=2850, legs_dm=(100, 50))
    assert (walks(town, cutoff_dm)[0, 0] == 2000) == is_reached
    assert (walks(town, cutoff_dm)[0, 0] == UNREACHED) != is_reached


def test_a_facility_in_the_middle_of_a_5_km_edge_reaches_along_it_without_wrapping():
    town = one_street(50_000, facility_at_dm=25_000, building_at_dm=20_001)
    assert walks(town, 20_000)[0, 0] == 4999
    assert walks(town, 4998)[0, 0] == UNREACHED


def test_an_edge_longer_than_16_bits_never_wraps():
    town = one_street(70_000 + 65_536, facility_at_dm=0, building_at_dm=70_000 + 65_536)
    assert walks(town, 65_534)[0, 0] == UNREACHED
    town.buildings = Spots.of([0], [65_534])
    assert walks(town, 65_534)[0, 0] == 65_534


def test_a_building_on_the_longer_of_two_parallel_edges_walks_along_its_own():
    # The direct street is 100 m, the bow 300 m; facility and building face each other on the bow.
    town = Town(np.array([[0, 0], [1, 0]]), np.array([0, 1]), np.array([1, 0]), np.array([1000, 3000]))
    town.facilities, town.category = Spots.of([1], [1400]), np.array([0])
    town.buildings = Spots.of([1, 1, 0, 1], [1500, 2900, 400, 100])
    # The bow starts at node 1: from 400 along the street it is 600 to node 1 and 1,400 along the bow.
    assert walks(town, 10_000)[0].tolist() == [100, 1500, 2000, 1300]


def test_on_a_self_loop_the_shorter_way_round_counts():
    town = Town(np.array([[0, 0]]), np.array([0]), np.array([0]), np.array([1000]))
    town.facilities, town.category = Spots.of([0], [100]), np.array([0])
    town.buildings = Spots.of([0, 0, 0], [300, 900, 600])
    assert walks(town, 10_000)[0].tolist() == [200, 200, 500]


def test_an_edge_without_length_joins_its_ends():
    town = Town(np.zeros((3, 2)), np.array([0, 1]), np.array([1, 2]), np.array([0, 500]))
    town.facilities, town.category = Spots.of([0], [0], [7]), np.array([0])
    town.buildings = Spots.of([0, 1], [0, 500], [3, 0])
    assert walks(town, 10_000)[0].tolist() == [10, 507]


def test_a_facility_that_is_not_snapped_reaches_nobody_and_a_building_that_is_not_is_unreached():
    town = one_street(1000, facility_at_dm=0, building_at_dm=500)
    town.facilities = Spots.of([-1, 0], [0, 0])
    town.category = np.array([0, 1])
    town.buildings = Spots.of([0, -1], [500, 0])
    assert walks(town, 10_000, categories=2).tolist() == [[UNREACHED] * 2, [500, UNREACHED]]


def test_an_edge_left_out_of_the_run_carries_nobody():
    # Stairs (edge 1) shorten the way; without them it is the long way round, and nothing on them is reached.
    xy_m, source, target, length_dm = np.zeros((3, 2)), [0, 1, 0], [1, 2, 2], [100, 100, 5000]
    facilities, buildings = Spots.of([0], [0]), Spots.of([2, 1], [5000, 50])
    with_stairs = build_graph(xy_m, source, target, length_dm)
    step_free = build_graph(xy_m, source, target, length_dm, edge_open=[True, False, True])
    for graph, expected in ((with_stairs, [200, 150]), (step_free, [5000, UNREACHED])):
        found = nearest_walks(prepare(graph, 9000), facilities, [0], buildings, category_count=1)
        assert found[0].tolist() == expected


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("cutoff_dm", [0, 999, 20_000, 65_534])
def test_random_towns_agree_with_the_split_graph_in_every_cell(seed, cutoff_dm):
    town = random_town(seed)
    assert np.array_equal(walks(town, cutoff_dm, 5), split_walks(town, cutoff_dm, 5))


@pytest.mark.parametrize("seed", range(6))
def test_a_core_that_was_not_eliminated_gives_the_same_walks(seed):
    town = random_town(seed)
    assert np.array_equal(walks(town, 20_000, 5, max_degree=2), walks(town, 20_000, 5))


@pytest.mark.parametrize("seed", range(6))
def test_both_implementations_agree_and_the_named_facility_is_a_nearest_one(seed):
    town = random_town(seed, categories=3)
    walk_dm = walks(town, 20_000, 3)
    for category in range(3):
        chosen = np.flatnonzero(town.category == category)
        scalar_dm, seed_index = nearest_seeds(
            town.graph(), town.facilities.take(chosen), town.buildings, cutoff_dm=20_000
        )
        assert np.array_equal(scalar_dm, walk_dm[category])
        assert np.array_equal(seed_index == -1, scalar_dm == UNREACHED)
        lone = Town(town.xy_m, town.source, town.target, town.length_dm, buildings=town.buildings)
        for winner in np.unique(seed_index[seed_index >= 0]).tolist():
            lone.facilities, lone.category = town.facilities.take(chosen[[winner]]), np.array([0])
            named = seed_index == winner
            assert np.array_equal(split_walks(lone, 20_000, 1)[0, named], scalar_dm[named])
        # Every facility with a lower number must be strictly further away.
        for lower in range(len(chosen)):
            lone.facilities, lone.category = town.facilities.take(chosen[[lower]]), np.array([0])
            later = seed_index > lower
            assert (split_walks(lone, 20_000, 1)[0, later] > scalar_dm[later]).all()


def test_eighty_two_categories_need_three_groups_and_stay_apart():
    town = random_town(3, categories=82)
    rng = np.random.default_rng(5)
    town.facilities, town.category = random_spots(rng, 300, town.length_dm), rng.integers(0, 82, 300)
    assert np.array_equal(walks(town, 15_000, 82), split_walks(town, 15_000, 82))


def test_many_blocks_agree_with_the_scalar_kernel():
    # 16,900 junctions are several blocks of 4,096 with seams between them.
    town = lattice(blocks=129, block_dm=313)
    rng = np.random.default_rng(8)
    town.facilities, town.category = random_spots(rng, 60, town.length_dm), rng.integers(0, 2, 60)
    town.buildings = random_spots(rng, 3000, town.length_dm)
    walk_dm = walks(town, 6000, 2)
    for category in range(2):
        chosen = town.facilities.take(town.category == category)
        scalar_dm, _ = nearest_seeds(town.graph(), chosen, town.buildings, cutoff_dm=6000)
        assert np.array_equal(scalar_dm, walk_dm[category])


def test_a_smaller_cutoff_on_the_same_preparation_only_forgets_longer_walks():
    town = random_town(1)
    prepared = prepare(town.graph(), 30_000)
    arguments = prepared, town.facilities, town.category, town.buildings
    whole = nearest_walks(*arguments, category_count=5)
    near = nearest_walks(*arguments, category_count=5, cutoff_dm=4000)
    assert np.array_equal(near, np.where(whole <= 4000, whole, UNREACHED))


def test_one_more_facility_never_lengthens_a_walk():
    town = random_town(4)
    before = walks(town, 20_000, 5)
    town.facilities = Spots.of(
        *(
            np.r_[column, more]
            for column, more in zip(
                (town.facilities.edge, town.facilities.offset_dm, town.facilities.access_dm),
                (3, 10, 0),
                strict=True,
            )
        )
    )
    town.category = np.r_[town.category, 2]
    assert (walks(town, 20_000, 5) <= before).all()


def test_nothing_to_ask_gives_empty_or_unreached_tables():
    none = Spots.of([], [])
    empty = prepare(build_graph(np.zeros((0, 2)), [], [], []), 15_000)
    assert nearest_walks(empty, none, [], none, category_count=3).shape == (3, 0)
    nodes_only = prepare(build_graph(np.zeros((4, 2)), [], [], []), 15_000)
    unsnapped = Spots.of([-1, -1], [0, 0])
    assert (nearest_walks(nodes_only, none, [], unsnapped, category_count=2) == UNREACHED).all()
    town = random_town(2)
    prepared = prepare(town.graph(), 15_000)
    assert (nearest_walks(prepared, none, [], town.buildings, category_count=2) == UNREACHED).all()
    assert nearest_walks(prepared, town.facilities, town.category, none, category_count=5).shape == (5, 0)
    assert nearest_walks(prepared, none, [], town.buildings, category_count=0).shape == (0, 80)


def test_a_prepared_graph_survives_a_file(tmp_path):
    town = random_town(6)
    prepared = prepare(town.graph(), 20_000)
    np.savez(tmp_path / "prepared.npz", **to_arrays(prepared))
    with np.load(tmp_path / "prepared.npz") as arrays:
        again = from_arrays(dict(arrays))
    asked = town.facilities, town.category, town.buildings
    assert again.cutoff_dm == 20_000
    assert np.array_equal(
        nearest_walks(again, *asked, category_count=5), nearest_walks(prepared, *asked, category_count=5)
    )


def test_covered_residents_are_counted_per_speed_and_threshold_with_weights_of_powers_of_two():
    # Walks of 600, 601, 1,200 m and none; residents 1, 2, 4, 8 tell who was counted.
    town = one_street(20_000, facility_at_dm=0, building_at_dm=0)
    buildings = Spots.of([0, 0, 0, -1], [6000, 6010, 12_000, 0])
    answer = coverage_answer(
        prepare(town.graph(), 15_000),
        town.facilities,
        [0],
        buildings,
        [1, 2, 4, 8],
        category_count=2,
        speeds_m_s=[1.0, 2.0],
        thresholds_s=[300, 600, 900],
    )
    assert answer.reach_dm.tolist() == [[3000, 6000, 9000], [6000, 12_000, 15_000]]
    assert answer.covered_residents[0].tolist() == [[0, 1, 3], [1, 7, 7]]
    assert answer.covered_residents[1].sum() == 0
    assert answer.residents_total == 15
    assert answer.walk_dm[0].tolist() == [6000, 6010, 12_000, UNREACHED]


@pytest.mark.parametrize("most", [30, 70_000])
def test_covered_residents_equal_a_plain_sum_for_few_and_for_very_many(most):
    town = random_town(9)
    residents = np.random.default_rng(1).integers(0, most, len(town.buildings))
    answer = coverage_answer(
        prepare(town.graph(), 20_000),
        town.facilities,
        town.category,
        town.buildings,
        residents,
        category_count=5,
        speeds_m_s=[0.8, 1.3],
        thresholds_s=[300, 900],
    )
    for speed, threshold in np.ndindex(2, 2):
        within = answer.walk_dm <= answer.reach_dm[speed, threshold]
        assert np.array_equal(answer.covered_residents[:, speed, threshold], within @ residents)


def test_1_1_metres_a_second_for_ten_minutes_is_660_metres_inclusive():
    town = one_street(20_000, facility_at_dm=0, building_at_dm=6600)
    answer = coverage_answer(
        prepare(town.graph(), 15_000),
        town.facilities,
        [0],
        town.buildings,
        [1],
        category_count=1,
        speeds_m_s=[1.1],
        thresholds_s=[600],
    )
    assert answer.covered_residents.item() == 1


def test_components_count_the_largest_first_and_keep_the_callers_numbers():
    graph = build_graph(np.random.default_rng(0).random((7, 2)), [6, 5, 1], [5, 4, 0], [10, 10, 10])
    assert components(graph).tolist() == [1, 1, 2, 3, 0, 0, 0]


def test_impossible_input_is_refused_with_numbers():
    with pytest.raises(ValueError, match=r"node numbers 0\.\.5, expected 0\.\.1"):
        build_graph(np.zeros((2, 2)), [0], [5], [10])
    with pytest.raises(ValueError, match="length of -1 dm"):
        build_graph(np.zeros((2, 2)), [0], [1], [-1])
    town = one_street(1000, 0, 500)
    with pytest.raises(ValueError, match=r"cutoff of 70000 dm, expected 0\.\.65534"):
        prepare(town.graph(), 70_000)
    prepared = prepare(town.graph(), 1000)
    with pytest.raises(ValueError, match=r"prepared for 0\.\.1000"):
        nearest_walks(prepared, town.facilities, [0], town.buildings, category_count=1, cutoff_dm=1001)
    with pytest.raises(ValueError, match=r"categories 3\.\.3"):
        nearest_walks(prepared, town.facilities, [3], town.buildings, category_count=2)
    with pytest.raises(ValueError, match=r"edges 1\.\.1"):
        nearest_walks(prepared, Spots.of([1], [0]), [0], town.buildings, category_count=1)
