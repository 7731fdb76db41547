"""Straight-line distances and sums per area."""

import numpy as np
import pytest

from grids.kernels.graph import UNREACHED
from grids.kernels.shares import covered_weights
from grids.kernels.straight import straight_distances


def test_a_3_4_5_triangle_is_500_decimetres_and_the_cutoff_is_inclusive():
    asked = [[0, 0], [1000, 0]], [0, 2], [[30, 40]]
    assert straight_distances(*asked, category_count=3, cutoff_dm=500).ravel().tolist() == [
        500,
        UNREACHED,
        UNREACHED,
    ]
    assert straight_distances(*asked, category_count=3, cutoff_dm=499).min() == UNREACHED


def test_straight_distances_equal_brute_force():
    rng = np.random.default_rng(0)
    facilities, category = rng.uniform(0, 4000, (90, 2)), rng.integers(0, 7, 90)
    buildings = rng.uniform(-500, 4500, (400, 2))
    gap_m = np.hypot(*(buildings[:, None] - facilities[None]).transpose(2, 0, 1))
    expected = np.full((8, 400), UNREACHED)
    for chosen in range(7):
        nearest_dm = np.round(gap_m[:, category == chosen].min(axis=1) * 10)
        expected[chosen] = np.where(nearest_dm <= 6000, nearest_dm, UNREACHED)
    assert np.array_equal(
        straight_distances(facilities, category, buildings, category_count=8, cutoff_dm=6000), expected
    )


def test_no_buildings_and_no_facilities_give_empty_or_unreached_tables():
    assert straight_distances([], [], [], category_count=2, cutoff_dm=100).shape == (2, 0)
    assert (straight_distances([], [], [[0, 0]], category_count=2, cutoff_dm=100) == UNREACHED).all()


def test_weights_of_powers_of_two_tell_which_buildings_were_counted():
    # Buildings weigh 1, 2, 4, 8, 16; area 0 holds the first three, area 1 the fourth, the fifth lies in none.
    walk_dm = np.array([[100, 300, 301, 300, 0], [UNREACHED, 0, 500, 501, 0]], np.uint16)
    sums = covered_weights(
        walk_dm, [300, UNREACHED], [[1, 2, 4, 8, 16], [1, 1, 1, 1, 1]], [0, 0, 0, 1, -1], area_count=3
    )
    assert sums.covered[:, :, 0].tolist() == [[3, 6], [8, 8], [0, 0]]
    assert sums.covered[:, :, 1].tolist() == [[2, 2], [1, 1], [0, 0]]
    assert sums.total.tolist() == [[7, 3], [8, 1], [0, 0]]


def test_sums_equal_brute_force_with_fractions_of_persons():
    rng = np.random.default_rng(1)
    walk_dm = rng.integers(0, 2000, (6, 500)).astype(np.uint16)
    threshold_dm, weights, area = (
        rng.integers(0, 2000, 6),
        rng.random((3, 500)) * 2.5,
        rng.integers(-1, 9, 500),
    )
    sums = covered_weights(walk_dm, threshold_dm, weights, area, area_count=9)
    for a in range(9):
        inside = area == a
        assert np.allclose(sums.total[a], weights[:, inside].sum(axis=1))
        for k in range(6):
            within = inside & (walk_dm[k] <= threshold_dm[k])
            assert np.allclose(sums.covered[a, k], weights[:, within].sum(axis=1))


def test_shapes_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="2 thresholds for 1 categories"):
        covered_weights(np.zeros((1, 3), np.uint16), [1, 2], np.ones(3), [0, 0, 0], area_count=1)
    with pytest.raises(ValueError, match=r"areas 0\.\.5"):
        covered_weights(np.zeros((1, 2), np.uint16), [1], np.ones(2), [0, 5], area_count=1)


def test_no_buildings_sum_to_nothing():
    sums = covered_weights(np.zeros((2, 0), np.uint16), [1, 1], np.zeros((1, 0)), [], area_count=4)
    assert (sums.covered.shape, sums.covered.sum(), sums.total.sum()) == ((4, 2, 1), 0, 0)
