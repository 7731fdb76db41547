"""The plain indices as other people compute them: paper, fractions, and the formulas of the papers."""

import math
from fractions import Fraction

import numpy as np
import pytest

from grids.kernels.plain_indices import multigroup_gini, multigroup_indices, two_group_indices
from tests.grids.kernels import mix_by_hand as by_hand

ROWS = [[10, 0, 2], [5, 5, 0], [0, 0, 0], [1, 9, 4], [3, 3, 3]]


def as_written(rows):
    """The formulas of Reardon and Firebaugh term by term, as dense arrays of p."""
    n = np.array(rows, float)
    n = n[n.sum(axis=1) > 0][:, n.sum(axis=0) > 0]
    t, total = n.sum(axis=1, keepdims=True), n.sum()
    p, whole = n / t, n.sum(axis=0) / total
    i, e = (whole * (1 - whole)).sum(), -(whole * np.log(whole)).sum()
    ratio = np.where(p > 0, p / whole, 1.0)
    return {
        "dissimilarity": (t * abs(p - whole)).sum() / (2 * total * i),
        "information_theory": (t * p * np.log(ratio)).sum() / (total * e),
        "divergence": (t * p * np.log(ratio)).sum() / total,
        "relative_diversity": (t * (p - whole) ** 2).sum() / (total * i),
        "normalised_exposure": (t * (p - whole) ** 2 / (1 - whole)).sum() / total,
        "squared_cv": (t * (p - whole) ** 2 / ((len(whole) - 1) * whole)).sum() / total,
        "diversity": e,
        "simpson_interaction": i,
        "simpson_concentration": (whole**2).sum(),
    }


def test_nine_indices_equal_their_formulas():
    rng = np.random.default_rng(0)
    for rows in (ROWS, rng.poisson(rng.gamma(1, 8, (400, 6))), np.array(ROWS) * 1e7, np.array(ROWS) / 7):
        met = multigroup_indices(rows)
        for name, expected in as_written(rows).items():
            assert getattr(met, name) == pytest.approx(expected, abs=1e-13), name


def test_two_blocks_on_paper():
    # Blocks (3, 1) and (1, 3): P = 1/2, p = 3/4 and 1/4. D = G = 1/2; isolation 3/4·3/4 + 1/4·1/4 = 5/8.
    met = two_group_indices([3, 1], [1, 3])
    assert (met.dissimilarity, met.gini, met.isolation, met.interaction) == pytest.approx(
        (0.5, 0.5, 0.625, 0.375)
    )
    assert met.correlation_ratio == pytest.approx(0.25)
    assert met.hutchens == pytest.approx(1 - 2 * math.sqrt(3 / 16))
    assert met.min_max == pytest.approx(1 - 0.5 / 1.5)
    # b = 1/2: 1 - (Σ √(p(1-p)) t / (P T))² = 1 - (2·4·√3/4 / 4)² = 1 - 3/4.
    assert met.atkinson == pytest.approx(1 / 4)
    assert met.entropy == pytest.approx(1 - by_hand.entropy([3, 1]) / math.log(2))


def test_gini_equals_all_pairs_of_units_as_fractions():
    rng = np.random.default_rng(1)
    for rows in (ROWS, rng.integers(0, 9, (25, 4)).tolist()):
        assert multigroup_gini(rows) == pytest.approx(float(by_hand.gini(rows)), abs=1e-14)
        others = [[row[0], sum(row[1:])] for row in rows]
        met = two_group_indices(*zip(*others, strict=True))
        assert met.gini == pytest.approx(float(by_hand.gini(others)), abs=1e-14)


def test_two_group_indices_equal_fractions_unit_by_unit():
    x, y = [row[0] for row in ROWS], [sum(row[1:]) for row in ROWS]
    met, sx, sy = two_group_indices(x, y, b=0.25), sum(x), sum(y)
    units = [(a, o) for a, o in zip(x, y, strict=True) if a + o]
    assert met.isolation == pytest.approx(
        float(sum(Fraction(a * a, sx * (a + o)) for a, o in units)), abs=1e-15
    )
    assert met.interaction == pytest.approx(
        float(sum(Fraction(a * o, sx * (a + o)) for a, o in units)), abs=1e-15
    )
    assert met.dissimilarity == pytest.approx(
        float(sum(abs(Fraction(a, sx) - Fraction(o, sy)) for a, o in units) / 2), abs=1e-15
    )
    least = sum(min(Fraction(a, sx), Fraction(o, sy)) for a, o in units)
    assert met.min_max == pytest.approx(float(1 - least / (2 - least)), abs=1e-15)
    p = sx / (sx + sy)
    inner = sum((o / (a + o)) ** 0.75 * (a / (a + o)) ** 0.25 * (a + o) for a, o in units) / sx
    assert met.atkinson == pytest.approx(1 - p / (1 - p) * inner ** (4 / 3), abs=1e-14)
    assert met.hutchens == pytest.approx(1 - sum(math.sqrt(a * o / (sx * sy)) for a, o in units), abs=1e-14)


def test_empty_units_and_empty_groups_change_nothing():
    rows = np.array(ROWS)
    padded = np.zeros((len(rows) + 5, 5), int)
    padded[3 : 3 + len(rows), [0, 2, 4]] = rows
    for name in multigroup_indices(rows).__dataclass_fields__:
        assert getattr(multigroup_indices(padded), name) == pytest.approx(
            getattr(multigroup_indices(rows), name), abs=1e-15
        )
    assert multigroup_gini(padded) == pytest.approx(multigroup_gini(rows), abs=1e-15)


@pytest.mark.filterwarnings("error")
def test_nobody_and_one_group_alone_are_zeros_never_nan():
    for rows in (np.zeros((3, 2), int), [[4, 0], [2, 0]], np.zeros((0, 3), int)):
        many = multigroup_indices(rows)
        assert many.dissimilarity == many.information_theory == many.divergence == many.squared_cv == 0.0
        assert multigroup_gini(rows) == 0.0
        two = two_group_indices(np.array(rows)[:, 0], np.array(rows)[:, 1])
        assert np.isfinite([getattr(two, name) for name in two.__dataclass_fields__]).all()
    assert two_group_indices([4, 2], [0, 0]).isolation == 1.0
    assert multigroup_indices([[4, 0]]).simpson_concentration == 1.0


def test_sums_of_half_a_million_units_keep_twelve_digits():
    rng = np.random.default_rng(6)
    rows = rng.poisson(rng.gamma(2, 6, (500_000, 5)))
    n = rows[rows.sum(axis=1) > 0].astype(np.float64)
    terms = n * np.log(np.where(n > 0, n, 1) / n.sum(axis=1, keepdims=True))
    whole = n.sum(axis=0) / n.sum()
    expected = math.fsum(terms.ravel()) / n.sum() - float((whole * np.log(whole)).sum())
    assert multigroup_indices(rows).divergence == pytest.approx(expected, abs=1e-13)


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match=r"b is 1\.0"):
        two_group_indices([1], [1], b=1.0)
    with pytest.raises(ValueError, match="counts from -3"):
        multigroup_indices([[1, -3]])
