"""Caps on paper, and splits that keep nobody out."""

from fractions import Fraction

import numpy as np
import pytest

from grids.kernels.serial_choice import housable
from grids.placement.caps import caps_of, split_accessible


def test_cap_is_the_share_of_the_applicants_rounded_up():
    """30 and 10 applicants: shares 3/4 and 1/4. Factor 1 on 6 flats: 4.5 → 5 and 1.5 → 2."""
    caps = caps_of(np.array([6, 4, 0]), np.array([30, 10]), [Fraction(1), Fraction(1)])
    assert caps.tolist() == [[5, 3, 0], [2, 1, 0]]


def test_factor_scales_and_never_exceeds_the_flats():
    caps = caps_of(np.array([6, 4]), np.array([30, 10]), [Fraction(5, 4), None])
    assert caps.tolist() == [[6, 4], [6, 4]]


def test_a_whole_number_is_not_rounded_up_by_a_float():
    """0.1 × 30 flats is 3 and not 4, as 1.1 × (1/11) × 30 would be in floats."""
    caps = caps_of(np.array([30]), np.array([1, 10]), [Fraction(11, 10), None])
    assert caps[0].tolist() == [3]


def case(seed: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    cells, types = int(random.integers(1, 6)), int(random.integers(1, 4))
    flats = random.integers(0, 7, cells)
    accessible = np.minimum(flats, random.integers(0, 3, cells))
    caps = np.minimum(random.integers(0, 5, (types, cells)), flats)
    return flats, accessible, caps, random.integers(0, 8, types), random.integers(0, 3, types)


@pytest.mark.parametrize("seed", range(80))
def test_split_keeps_the_caps_and_houses_as_many_as_the_plan(seed: int):
    flats, accessible, caps, rest, needing = case(seed)
    found = split_accessible(flats, accessible, caps, rest, needing)
    assert (found.reserved <= accessible).all()
    assert (found.cap_accessible + found.cap_rest <= caps).all()
    first = housable(found.reserved, found.cap_accessible, np.repeat(np.arange(len(needing)), needing))
    others = housable(flats - found.reserved, found.cap_rest, np.repeat(np.arange(len(rest)), rest))
    assert first.sum() + others.sum() == found.housed


@pytest.mark.parametrize("seed", range(80))
def test_as_many_with_a_need_are_housed_as_if_nobody_else_had_applied(seed: int):
    flats, accessible, caps, rest, needing = case(seed)
    found = split_accessible(flats, accessible, caps, rest, needing)
    who = np.repeat(np.arange(len(needing)), needing)
    assert housable(found.reserved, found.cap_accessible, who).sum() == housable(accessible, caps, who).sum()


def test_without_a_need_accessible_flats_are_like_all_others():
    found = split_accessible(np.array([3]), np.array([2]), np.array([[3]]), np.array([3]), np.array([0]))
    assert (found.reserved.tolist(), found.housed) == ([0], 3)
