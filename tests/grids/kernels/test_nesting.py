"""Pairs by the smallest area that holds both, as integers; information by levels."""

import numpy as np
import pytest

from grids.kernels.nesting import nested_information, pair_split, pair_split_of_areas
from tests.grids.kernels import mix_by_hand as by_hand


def random_town(rng, units=14, groups=3):
    """Counts and parents of units in 5 grids in 3 communities in 2 streets."""
    rows = rng.integers(0, 4, (units, groups))
    return rows, [rng.integers(0, 5, units), np.array([0, 0, 1, 2, 2]), np.array([0, 1, 0])]


def paths_of(parents):
    paths = []
    for unit in range(len(parents[0])):
        path = [unit]
        for step in parents:
            path.append(int(step[path[-1]]))
        paths.append(tuple(path))
    return paths


def test_four_people_on_paper():
    # Building 1: RO. Building 2: R. Both in grid 1; building 3, O, in grid 2; one community.
    split = pair_split([[1, 1], [1, 0], [0, 1]], [[0, 0, 1], [0, 0]])
    assert split.differing.tolist() == [1, 1, 2]  # R1O1 | R2O1 | R1O3 R2O3
    assert split.pairs.tolist() == [1, 2, 3]
    assert (split.total_differing, split.total_pairs) == (4, 6)


def test_levels_equal_pairs_counted_one_by_one_and_add_up_to_the_last_pair():
    rng = np.random.default_rng(3)
    for _ in range(10):
        rows, parents = random_town(rng)
        split = pair_split(rows, parents)
        differing, pairs = by_hand.pairs_by_level(rows.tolist(), paths_of(parents))
        assert split.differing.tolist() == differing
        assert split.pairs.tolist() == pairs
        tops = parents[2][parents[1][parents[0]]]
        within_tops = [rows[tops == top].sum(axis=0).tolist() for top in (0, 1)]
        assert split.total_differing == sum((sum(n) ** 2 - sum(x * x for x in n)) // 2 for n in within_tops)


def test_streets_by_themselves_add_up_to_all_of_them():
    rows, parents = random_town(np.random.default_rng(5))
    by_street = pair_split_of_areas(rows, parents, top_count=3)
    assert by_street.differing.shape == (3, 4)
    assert by_street.differing[2].tolist() == [0, 0, 0, 0]
    assert by_street.differing.sum(axis=0).tolist() == pair_split(rows, parents).differing.tolist()


def test_pairs_of_a_whole_country_are_exact_beyond_63_bits():
    billion = 10**9
    split = pair_split([[4 * billion, 3 * billion], [billion, 7]], [[0, 0]])
    assert split.differing.tolist() == [12 * billion**2 + 7 * billion, 3 * billion**2 + 28 * billion]
    all_people = 8 * billion + 7
    assert split.total_pairs == all_people * (all_people - 1) // 2


def test_a_unit_without_a_grid_takes_part_in_nothing():
    with_orphan = pair_split([[1, 1], [1, 0], [50, 60]], [[0, 0, -1]])
    assert with_orphan.left_out == 1
    assert with_orphan.differing.tolist() == pair_split([[1, 1], [1, 0]], [[0, 0]]).differing.tolist()
    orphan_grid = pair_split([[1, 1], [50, 60]], [[0, 1], [0, -1]])
    assert (orphan_grid.left_out, orphan_grid.total_differing) == (1, 1)
    assert nested_information([[1, 1], [50, 60]], [[0, 1], [0, -1]]).m == 0.0


def test_information_splits_into_levels_that_add_up_to_the_plain_m():
    rng = np.random.default_rng(9)
    for _ in range(10):
        rows, parents = random_town(rng)
        nested = nested_information(rows, parents)
        total, e = rows.sum(), by_hand.entropy(rows.sum(axis=0).tolist())
        unit = np.arange(len(rows))
        levels = [unit, parents[0], parents[1][parents[0]], parents[2][parents[1][parents[0]]], unit * 0]
        inside = []
        for area in levels:
            sums = [rows[area == number].sum(axis=0).tolist() for number in np.unique(area)]
            inside.append(sum(sum(row) * by_hand.entropy(row) for row in sums) / total)
        assert nested.m_levels.tolist() == pytest.approx(np.diff(inside).tolist(), abs=1e-14)
        assert nested.h == pytest.approx(by_hand.theil_h(rows.tolist()), abs=1e-14)
        assert nested.m == pytest.approx(nested.h * e, abs=1e-14)
        assert nested.h_levels.sum() == pytest.approx(nested.h, abs=1e-14)


def test_whole_separation_between_grids_is_all_at_the_grids_level():
    nested = nested_information([[2, 0], [3, 0], [0, 5]], [[0, 0, 1], [0, 0]])
    assert nested.m_levels.tolist() == pytest.approx([0, nested.entropy, 0])


def test_nobody_and_one_group_give_zeros():
    for rows in (np.zeros((2, 3), int), [[4, 0, 0], [2, 0, 0]]):
        nested = nested_information(rows, [[0, 0]])
        assert (nested.m, nested.h, nested.m_levels.tolist()) == (0.0, 0.0, [0.0, 0.0])
    assert pair_split(np.zeros((0, 2), int), [[]]).total_pairs == 0
    assert pair_split([[1, 1], [2, 1]], []).differing.tolist() == [3]


def test_levels_that_do_not_chain_are_refused():
    with pytest.raises(ValueError, match="1 parents at level 0, expected 2"):
        pair_split([[1, 1], [1, 1]], [[0]])
    with pytest.raises(ValueError, match=r"parents 0\.\.3 at level 0, expected -1\.\.0"):
        pair_split([[1, 1], [1, 1]], [[0, 3], [0]])
    with pytest.raises(ValueError, match="whole numbers"):
        pair_split([[1.5, 1.0]], [])
