"""The augmenting draw to its end: the most lists served, then the most people housed, by max-flows."""

from dataclasses import replace

import numpy as np
import pytest

from grids.placement.trial import augmented_cells
from tests.grids.kernels.test_augmented_choice import most_served
from tests.grids.kernels.test_serial_choice import most_housed, random_case


@pytest.mark.parametrize("seed", range(120))
def test_lists_first_then_everybody_who_can_be_housed(seed: int):
    stock, cap, asked = random_case(seed + 3000)
    asked = replace(asked, takes_any=np.ones(len(asked), np.bool_))
    cap = np.minimum(cap, stock[None, :])
    held = augmented_cells(stock, cap, asked)
    demand = np.bincount(asked.type_of, minlength=len(cap))
    assert (held >= 0).sum() == most_housed(stock, cap, demand)
    for c in range(len(stock)):
        there = asked.type_of[held == c]
        assert len(there) <= stock[c]
        assert (np.bincount(there, minlength=len(cap)) <= cap[:, c]).all()


@pytest.mark.parametrize("seed", range(120))
def test_who_takes_no_other_building_gets_a_listed_one_or_none(seed: int):
    stock, cap, asked = random_case(seed + 7000)
    held = augmented_cells(stock, np.minimum(cap, stock[None, :]), asked)
    for i in range(len(asked)):
        own = asked.cells[asked.start[i] : asked.start[i + 1]]
        assert held[i] < 0 or asked.takes_any[i] or held[i] in own


@pytest.mark.parametrize("seed", range(120))
def test_nobody_leaves_the_own_list_where_housing_all_does_not_ask_for_it(seed: int):
    """Where those left over fit into what is free, as many listed places stay as any arrangement has."""
    stock, cap, asked = random_case(seed + 9000)
    asked = replace(asked, takes_any=np.ones(len(asked), np.bool_))
    free = np.full_like(cap, stock.sum())  # caps that bind nobody: whatever is left fits
    held = augmented_cells(stock, np.minimum(free, stock[None, :]), asked)
    on_list = sum(
        held[i] in asked.cells[asked.start[i] : asked.start[i + 1]] for i in range(len(asked)) if held[i] >= 0
    )
    assert on_list == most_served(stock, np.minimum(free, stock[None, :]), asked, len(asked))
