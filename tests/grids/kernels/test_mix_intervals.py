"""Intervals that hold the truth as often as they say, and bounds that hold it always."""

import itertools

import numpy as np
import pytest

from grids.kernels.diversity import mix_of_areas
from grids.kernels.mix_intervals import bounds_of_w, interval_of_w, noisy_pooled
from tests.grids.kernels import mix_by_hand as by_hand


def mixed_town(rng, sizes, together=6.0):
    """Four groups that keep to themselves somewhat: a building's shares are Dirichlet."""
    shares = rng.dirichlet(np.array([0.5, 0.25, 0.15, 0.1]) * together, len(sizes))
    return rng.multinomial(sizes, shares)


@pytest.mark.parametrize("size", [6, 24, 96])
@pytest.mark.parametrize("response", [0.15, 0.6, 0.9])
def test_95_of_100_intervals_hold_the_truth(size, response):
    # 4 towns of 2,400 households, 100 response patterns each; 400 intervals: 95 % ± 3.3 points (three sd).
    rng = np.random.default_rng([size, int(response * 100)])
    held = np.zeros(2)
    for _ in range(4):
        sizes = np.full(2400 // size, size)
        town, area = mixed_town(rng, sizes), np.repeat(np.arange(100), len(sizes))
        truth = mix_of_areas(town, np.zeros(len(sizes), int), 1)
        met = interval_of_w(rng.binomial(np.tile(town, (100, 1)), response), np.tile(sizes, 100), area, 100)
        held += [
            ((met.w_low <= truth.w) & (truth.w <= met.w_high)).sum(),
            ((met.r_star_low <= truth.r_star) & (truth.r_star <= met.r_star_high)).sum(),
        ]
    assert held.min() / 400 > 0.95 - 0.033
    assert held.max() / 400 <= 0.95 + 0.033


def test_the_interval_is_not_too_wide_when_half_of_every_building_is_asked():
    # 100 buildings of 24 that keep apart, 12 answers of each: numbers of answers do not vary here.
    rng = np.random.default_rng(8)
    town, area = mixed_town(rng, np.full(100, 24), together=2.0), np.repeat(np.arange(400), 100)
    truth = mix_of_areas(town, np.zeros(100, int), 1)
    answers = rng.multivariate_hypergeometric  # one call a building: its four groups, twelve seats
    dealt = np.concatenate([answers(row, 12, size=400)[:, None] for row in town], axis=1).reshape(-1, 4)
    met = interval_of_w(dealt, np.full(len(dealt), 24), area, 400)
    held = ((met.w_low <= truth.w) & (truth.w <= met.w_high)).mean()
    assert abs(held - 0.95) < 0.033


def test_small_buildings_weigh_as_much_as_their_households_at_low_response():
    # Small buildings fully mixed, large ones not at all: whoever forgets the silent small ones is far off.
    town = np.array([[2, 2]] * 1500 + [[60, 0], [0, 60]] * 50)
    sizes, rng = town.sum(axis=1), np.random.default_rng(5)
    truth = mix_of_areas(town, np.zeros(len(town), int), 1).w[0]
    answers = rng.binomial(np.tile(town, (200, 1)), 0.2)
    area = np.repeat(np.arange(200), len(town))
    met = interval_of_w(answers, np.tile(sizes, 200), area, 200)
    plain = mix_of_areas(answers, area, 200)
    assert met.w.mean() == pytest.approx(truth, abs=0.005)
    assert plain.w.mean() < truth - 0.03


def test_everybody_answering_leaves_no_interval():
    town = mixed_town(np.random.default_rng(1), np.full(30, 12))
    met, truth = interval_of_w(town, town.sum(axis=1), np.zeros(30, int), 1), mix_of_areas(town, [0] * 30, 1)
    assert met.w_low[0] == met.w[0] == met.w_high[0] == pytest.approx(truth.w[0])
    assert met.r_star_low[0] == met.r_star[0] == met.r_star_high[0] == pytest.approx(truth.r_star[0])
    assert met.response[0] == 1.0


def test_the_same_answers_give_the_same_interval_and_fewer_answers_a_wider_one():
    rng = np.random.default_rng(2)
    town = mixed_town(rng, np.full(200, 24))
    few, many = rng.binomial(town, 0.2), rng.binomial(town, 0.8)
    size, area = np.full(200, 24), np.zeros(200, int)
    one, again, wide = (interval_of_w(c, size, area, 1) for c in (many, many, few))
    assert (one.w_low[0], one.r_star_high[0]) == (again.w_low[0], again.r_star_high[0])
    assert wide.w_high[0] - wide.w_low[0] > 2 * (one.w_high[0] - one.w_low[0])


@pytest.mark.filterwarnings("error")
def test_what_cannot_be_said_is_zero_and_not_defined():
    rows = [[1, 0], [0, 1], [0, 0], [3, 0], [2, 0]]
    met = interval_of_w(rows, [5, 1, 0, 9, 2], [0, 0, 1, 2, 2], 4)
    assert met.is_defined.tolist() == [False, False, True, False]
    for name in met.__dataclass_fields__:
        assert np.isfinite(getattr(met, name)).all(), name
    assert met.w.tolist() == [0, 0, 0, 0]


def test_bounds_equal_every_way_of_filling_in_the_silent():
    rng = np.random.default_rng(6)
    for _ in range(30):
        rows, silent = rng.integers(0, 4, (2, 3)), rng.integers(0, 5, 2)
        sizes = rows.sum(axis=1) + silent
        met = bounds_of_w(rows, sizes, [0, 0], 1)
        fillings = []
        for row, left in zip(rows, silent, strict=True):
            ways = [c for c in itertools.product(range(left + 1), repeat=3) if sum(c) == left]
            fillings.append([(row + np.array(way)).tolist() for way in ways])
        every = [float(by_hand.w(pair)) for pair in itertools.product(*fillings)]
        assert (met.low[0], met.high[0]) == pytest.approx((min(every), max(every)), abs=1e-14)


def test_bounds_without_households_are_zero():
    met = bounds_of_w(np.zeros((2, 3), int), [0, 1], [0, 1], 3)
    assert (met.low.tolist(), met.high.tolist()) == ([0, 0, 0], [0, 0, 0])


def test_noise_in_the_counts_does_not_make_an_area_look_less_mixed():
    rng = np.random.default_rng(4)
    counts, noise = np.array([120, 60, 20]), rng.normal(0, 15, (40_000, 3))
    truth = float(by_hand.b([counts.tolist()]))
    naive = noisy_pooled(counts + noise, 0.0, np.full(40_000, 200))
    met = noisy_pooled(counts + noise, 225.0, np.full(40_000, 200))
    assert met.mean() == pytest.approx(truth, abs=0.0021)  # four sd of the mean of 40,000
    assert naive.mean() < truth - 0.01
    assert noisy_pooled([[0.0, 0.0]], 4.0).tolist() == [0.0]
    assert noisy_pooled([[120.0, 60.0, 20.0]], 0.0)[0] == pytest.approx(truth)


def test_more_answers_than_households_are_refused():
    with pytest.raises(ValueError, match="unit 1 has 4 answers of 3 households"):
        interval_of_w([[1, 1], [2, 2]], [3, 3], [0, 0], 1)
    with pytest.raises(ValueError, match="whole numbers"):
        bounds_of_w([[1.5, 1]], [3], [0], 1)
