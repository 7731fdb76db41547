"""Environments against all pairs of points, and where the answer is plain."""

import numpy as np
import pytest

from grids.kernels.spatial_mix import spatial_profile, walking_profile


def by_all_pairs(weights, counts):
    """H̃ and R̃ from a dense (n, n) table of weights."""
    counts = np.asarray(counts, float)
    counts, weights = counts[:, counts.sum(axis=0) > 0], np.asarray(weights)
    t, whole = counts.sum(axis=1), counts.sum(axis=0) / counts.sum()
    around = weights @ counts
    p = around / np.where(around.sum(axis=1, keepdims=True) > 0, around.sum(axis=1, keepdims=True), 1)
    e = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=1)
    whole_e, whole_i = -(whole * np.log(whole)).sum(), (whole * (1 - whole)).sum()
    i = 1 - (p**2).sum(axis=1)
    return 1 - (t * e).sum() / (t.sum() * whole_e), 1 - (t * i).sum() / (t.sum() * whole_i)


FALLOFFS = {
    "triangular": lambda q: np.clip(1 - q, 0, None),
    "biweight": lambda q: np.clip(1 - q**2, 0, None) ** 2,
    "flat": lambda q: (q < 1).astype(float),
}


@pytest.mark.parametrize("falloff", FALLOFFS)
def test_every_radius_equals_all_pairs(falloff):
    rng = np.random.default_rng(8)
    xy_m, counts = rng.uniform(-900, 2500, (300, 2)), rng.integers(0, 9, (300, 4))
    counts[::7] = 0
    radii_m = [1e-6, 40, 100, 300, 1000, 9000]
    met = spatial_profile(xy_m, counts, radii_m, falloff=falloff)
    gap_m = np.hypot(*(xy_m[:, None] - xy_m[None]).transpose(2, 0, 1))
    lived_in = counts.sum(axis=1) > 0
    for at, radius_m in enumerate(radii_m):
        h, r = by_all_pairs(FALLOFFS[falloff](gap_m / radius_m), counts)
        assert met.h[at] == pytest.approx(h, abs=1e-12)
        assert met.r[at] == pytest.approx(r, abs=1e-12)
        seen = (gap_m < radius_m)[np.ix_(lived_in, lived_in)].sum() - lived_in.sum()
        assert met.neighbours[at] == pytest.approx(seen / lived_in.sum())


def test_two_houses_50_m_apart_on_paper():
    # 4 R and 4 O, 50 m apart, seen with 1 - 50/100 = ½: each environment is 4 + 2, shares 2/3 and 1/3.
    met = spatial_profile([[0, 0], [50, 0]], [[4, 0], [0, 4]], [50, 100])
    assert (met.h[0], met.r[0]) == (1.0, 1.0)
    assert met.r[1] == pytest.approx(1 - (4 / 9) / (1 / 2))
    e = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
    assert met.h[1] == pytest.approx(1 - e / np.log(2))
    assert met.neighbours.tolist() == [0, 1]


def test_a_checkerboard_is_separate_close_by_and_mixed_farther_out():
    at = np.array([(x, y) for x in range(30) for y in range(30)])
    counts = np.where((at.sum(axis=1) % 2)[:, None] == [0, 1], 10, 0)
    met = spatial_profile(at * 100.0, counts, [100, 200, 400, 1000])
    assert met.h[0] == pytest.approx(1.0)
    assert (np.diff(met.h) < 0).all()
    assert met.h[3] < 0.01


def test_points_at_one_place_and_far_apart_are_no_trouble():
    together = spatial_profile(np.zeros((4, 2)), np.eye(4, dtype=int), [10])
    assert together.h[0] == pytest.approx(0.0, abs=1e-15)
    far = spatial_profile([[0, 0], [1e7, -1e7], [1e7, 1e7]], [[1, 0], [0, 1], [1, 1]], [1])
    assert far.h[0] == pytest.approx(by_all_pairs(np.eye(3), [[1, 0], [0, 1], [1, 1]])[0])


@pytest.mark.filterwarnings("error")
def test_nobody_or_one_group_gives_zeros_and_an_empty_unit_may_have_no_place():
    for counts in (np.zeros((2, 2), int), [[3, 0], [4, 0]], np.zeros((0, 2), int)):
        met = spatial_profile(np.zeros((len(counts), 2)), counts, [100])
        assert (met.h.tolist(), met.r.tolist()) == ([0.0], [0.0])
    nowhere = spatial_profile([[0, 0], [np.nan, np.nan]], [[1, 1], [0, 0]], [100])
    assert nowhere.h.tolist() == [0.0]


def test_walks_weigh_as_straight_distances_do_when_they_are_equal():
    rng = np.random.default_rng(3)
    x_m, counts = np.sort(rng.integers(0, 3000, 60)), rng.integers(0, 6, (60, 3))
    gap_m = np.abs(x_m[:, None] - x_m[None])
    unit, other = np.nonzero((gap_m < 500) & ~np.eye(60, dtype=bool))
    start = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=60))])
    walked = walking_profile(start, other, gap_m[unit, other] * 10, counts, [100, 500])
    straight = spatial_profile(np.column_stack([x_m, np.zeros(60)]), counts, [100, 500])
    assert walked.h.tolist() == pytest.approx(straight.h.tolist(), abs=1e-12)
    assert walked.r.tolist() == pytest.approx(straight.r.tolist(), abs=1e-12)
    assert walked.neighbours.tolist() == straight.neighbours.tolist()


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="radii"):
        spatial_profile([[0, 0]], [[1, 1]], [0])
    with pytest.raises(ValueError, match="falloff"):
        spatial_profile([[0, 0]], [[1, 1]], [1], falloff="cubic")
    with pytest.raises(ValueError, match="not a number"):
        spatial_profile([[np.nan, 0]], [[1, 1]], [1])
    with pytest.raises(ValueError, match="neighbours be units"):
        walking_profile([0, 1], [3], [10], [[1, 1]], [100])
