"""W, R*, D, H and their kin: paper arithmetic, then pairs counted one by one."""

import itertools
import math

import numpy as np
import pytest

from grids.kernels.diversity import (
    differing_share,
    exposure,
    location_quotients,
    mix_of_areas,
    shares,
    unit_mix,
)
from tests.grids.kernels import mix_by_hand as by_hand


def random_rows(rng, units=12, groups=4, most=7):
    return rng.integers(0, most, (units, groups)) * (rng.random((units, groups)) < 0.7)


def one_area(rows):
    return mix_of_areas(rows, np.zeros(len(rows), int), 1)


def test_two_buildings_of_two_and_two_on_paper():
    # AB | AB: every neighbour differs, W = 1; of the 6 pairs of all four people 4 differ, B = 2/3; R* = -1/2.
    mix = one_area([[1, 1], [1, 1]])
    assert (mix.w[0], mix.w_pair[0], mix.b[0]) == (1.0, 1.0, pytest.approx(2 / 3, abs=1e-15))
    assert mix.r_star[0] == pytest.approx(-0.5, abs=1e-15)
    assert (mix.h[0], mix.d[0]) == (0.0, 0.0)
    assert (mix.effective_groups[0], mix.entropy[0]) == pytest.approx((2.0, math.log(2)))


def test_one_building_of_each_group_is_complete_separation():
    mix = one_area([[3, 0], [0, 5]])
    assert (mix.w[0], mix.r_star[0], mix.d[0]) == (0.0, 1.0, pytest.approx(1.0))
    assert mix.h[0] == pytest.approx(1.0)
    assert mix.m[0] == pytest.approx(mix.entropy[0])


def test_three_households_two_renters_weigh_units_by_residents_or_by_pairs():
    # Unit 1: RRO, 2 of 3 pairs differ. Unit 2: RO, its pair differs. W = (3·2/3 + 2·1)/5, W_pair = 3/4.
    mix = one_area([[2, 1], [1, 1]])
    assert mix.w[0] == pytest.approx(4 / 5)
    assert mix.w_pair[0] == pytest.approx(3 / 4)


def test_every_figure_equals_pairs_counted_one_by_one():
    rng = np.random.default_rng(4)
    for _ in range(20):
        rows = random_rows(rng)
        mix, plain = one_area(rows), rows.tolist()
        w, b = by_hand.w(plain), by_hand.b(plain)
        assert mix.w[0] == pytest.approx(float(w), abs=1e-14)
        assert mix.b[0] == pytest.approx(float(b), abs=1e-14)
        assert mix.r_star[0] == pytest.approx(float(1 - w / b), abs=1e-13)
        assert mix.h[0] == pytest.approx(by_hand.theil_h(plain), abs=1e-13)
        assert mix.m[0] == pytest.approx(by_hand.theil_h(plain) * mix.entropy[0], abs=1e-13)
        assert mix.d[0] == pytest.approx(float(by_hand.dissimilarity(plain)), abs=1e-14)
        assert mix.d_expected[0] == pytest.approx(float(by_hand.expected_dissimilarity(plain)), abs=1e-13)
        corrected = (by_hand.dissimilarity(plain) - (e := by_hand.expected_dissimilarity(plain))) / (1 - e)
        assert mix.d_corrected[0] == pytest.approx(float(corrected), abs=1e-12)
        assert (mix.units[0], mix.residents[0]) == ((rows.sum(axis=1) > 0).sum(), rows.sum())


def test_expected_dissimilarity_is_the_mean_over_all_placements():
    # Four renters R and three owners O in units of 3, 3 and 1: all 35 placements, each as likely.
    ds = []
    for chosen in itertools.combinations(range(7), 4):
        renters = [sum(seat in chosen for seat in unit) for unit in ((0, 1, 2), (3, 4, 5), (6,))]
        rows = [[n, t - n] for n, t in zip(renters, (3, 3, 1), strict=True)]
        ds.append(float(by_hand.dissimilarity(rows)))
    assert one_area([[3, 0], [1, 2], [0, 1]]).d_expected[0] == pytest.approx(sum(ds) / 35, abs=1e-14)


def test_random_placement_has_r_star_zero_on_average_and_d_does_not():
    # 24 residents a building, four equal groups. Miller and Madow: H is (U-1)(K-1)/2TE too high, here .0446.
    rng = np.random.default_rng(11)
    seats = rng.permuted(np.tile(np.arange(4), (60, 600)), axis=1).reshape(60, 100, 24)
    rows = (seats[..., None] == np.arange(4)).sum(axis=2).reshape(6000, 4)
    mix = mix_of_areas(rows, np.repeat(np.arange(60), 100), 60)
    assert abs(mix.r_star.mean()) < 4 * mix.r_star.std() / np.sqrt(60)
    assert mix.d.mean() == pytest.approx(mix.d_expected.mean(), abs=4 * mix.d.std() / np.sqrt(60))
    assert mix.d_expected.min() > 0.15
    assert mix.h.mean() == pytest.approx(99 * 3 / (2 * 2400 * math.log(4)), rel=0.08)
    assert abs(mix.d_corrected.mean()) < 0.01


def test_areas_at_once_equal_areas_one_by_one():
    rng = np.random.default_rng(7)
    rows, area = random_rows(rng, units=200), rng.integers(-1, 9, 200)
    together = mix_of_areas(rows, area, 9)
    for number in range(9):
        alone = one_area(rows[area == number])
        for name in together.__dataclass_fields__:
            assert np.array_equal(getattr(together, name)[number], getattr(alone, name)[0]), name


AWKWARD = {
    "nobody": np.zeros((3, 4), int),
    "no units": np.zeros((0, 4), int),
    "one group alone": [[5, 0, 0, 0], [9, 0, 0, 0]],
    "one resident": [[1, 0, 0, 0]],
    "each alone in a unit": np.eye(4, dtype=int),
    "an empty unit and an empty group": [[3, 2, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0]],
    "large": [[10**8, 1, 0, 0], [1, 10**8, 0, 0]],
    "no groups": np.zeros((3, 0), int),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rows", AWKWARD.values(), ids=AWKWARD.keys())
def test_nothing_is_ever_nan(rows):
    mix = one_area(rows)
    for name in mix.__dataclass_fields__:
        assert np.isfinite(getattr(mix, name)).all(), name
    for answer in (exposure(rows, np.zeros(len(rows), int), 1), shares(rows), location_quotients(rows)):
        assert np.isfinite(answer).all()


def test_what_is_not_defined_says_so():
    nobody, alone, alike = (
        one_area(AWKWARD[name]) for name in ("nobody", "each alone in a unit", "one group alone")
    )
    assert not nobody.has_pairs[0]
    assert nobody.effective_groups[0] == 0
    assert not alone.has_pairs[0]
    assert not alone.is_defined[0]
    assert alone.b[0] == 1.0  # everybody differs, but nobody has a neighbour
    assert alike.has_pairs[0]
    assert not alike.is_defined[0]
    assert (alike.w[0], alike.r_star[0], alike.effective_groups[0]) == (0.0, 0.0, 1.0)


def test_an_area_without_units_is_a_row_of_zeros():
    mix = mix_of_areas([[1, 2]], [1], 3)
    assert mix.residents.tolist() == [0, 3, 0]
    assert mix.w.tolist() == pytest.approx([0, 2 / 3, 0])


def test_estimates_with_fractions_are_taken_and_negative_counts_refused():
    exact, estimated = one_area([[4, 6], [3, 0]]), one_area([[4.0, 6.0], [3.0, 0.0]])
    assert estimated.r_star[0] == pytest.approx(exact.r_star[0], abs=1e-15)
    assert np.isfinite(one_area([[0.3, 2.7], [0.4, 0.0]]).r_star[0])
    with pytest.raises(ValueError, match="counts from -1"):
        one_area([[-1, 2]])
    with pytest.raises(ValueError, match=r"areas 4\.\.4, expected -1\.\.1"):
        mix_of_areas([[1, 2]], [4], 2)
    with pytest.raises(ValueError, match="2 areas for 1 units"):
        mix_of_areas([[1, 2]], [0, 0], 2)


def test_whom_a_renter_meets_leaves_the_renter_out():
    # Unit 1: RRO. A renter meets 1 R and 1 O, the owner 2 R. Unit 2: RO. Three renters: (1/2·2 + 0)/3.
    met = exposure([[2, 1], [1, 1], [1, 0]], [0, 0, 0], 1)[0]
    assert met[0].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert met[1].tolist() == pytest.approx([1.0, 0.0])


def test_exposure_equals_a_walk_over_all_people():
    rng = np.random.default_rng(2)
    rows = random_rows(rng)
    everybody = by_hand.people(rows.tolist())
    met = exposure(rows, np.zeros(len(rows), int), 1)[0]
    for g in range(4):
        means = []
        for me, (unit, group) in enumerate(everybody):
            others = [h for at, (u, h) in enumerate(everybody) if u == unit and at != me]
            if group == g and others:
                means.append([others.count(h) / len(others) for h in range(4)])
        assert met[g].tolist() == pytest.approx(np.mean(means, axis=0).tolist(), abs=1e-14)
        assert met[g].sum() == pytest.approx(1.0)


def test_shares_and_quotients_on_paper():
    assert shares([[1, 3], [0, 0]]).tolist() == [[0.25, 0.75], [0, 0]]
    # Of 8 residents 2 are renters (1/4): a unit half of renters has twice as many.
    assert location_quotients([[1, 1], [1, 5], [0, 0]])[0].tolist() == pytest.approx([2.0, 2 / 3])
    assert location_quotients([[1, 1]], reference=[1, 0]).tolist() == [[0.5, 0.0]]
    w, residents = unit_mix([[2, 1], [1, 0]])
    assert (w.tolist(), residents.tolist()) == (pytest.approx([2 / 3, 0]), [3, 1])
    assert differing_share([[2, 2], [4, 0]]).tolist() == pytest.approx([2 / 3, 0])
