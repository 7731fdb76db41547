"""The augmenting draw, against scipy's maximum flow over the same lists."""

import networkx as nx
import numpy as np
import pytest

from grids.kernels.augmented_choice import augmented_choice
from grids.kernels.serial_choice import Choices
from tests.grids.kernels.test_serial_choice import choices, random_case


def most_served(stock: np.ndarray, cap: np.ndarray, asked: Choices, people: int) -> int:
    graph = nx.DiGraph()
    graph.add_node("in")
    graph.add_node("out")
    for i in range(people):
        graph.add_edge("in", i, capacity=1)
        for c in asked.cells[asked.start[i] : asked.start[i + 1]]:
            graph.add_edge(i, (int(asked.type_of[i]), int(c)), capacity=1)
    for t, row in enumerate(cap):
        for c, most in enumerate(row):
            graph.add_edge((t, c), ("cell", c), capacity=int(most))
    for c, flats in enumerate(stock):
        graph.add_edge(("cell", c), "out", capacity=int(flats))
    value: int = nx.maximum_flow_value(graph, "in", "out")
    return value


@pytest.mark.parametrize("seed", range(150))
def test_as_many_get_a_listed_cell_as_any_arrangement_gives(seed: int):
    stock, cap, asked = random_case(seed)
    cell, rank = augmented_choice(stock, cap, asked)
    assert (cell >= 0).sum() == most_served(stock, cap, asked, len(asked))
    for i in range(len(asked)):
        if cell[i] >= 0:
            assert asked.cells[asked.start[i] + rank[i]] == cell[i]
    for c in range(len(stock)):
        held = asked.type_of[cell == c]
        assert len(held) <= stock[c]
        assert (np.bincount(held, minlength=len(cap)) <= cap[:, c]).all()


@pytest.mark.parametrize("seed", range(60))
def test_the_order_decides_who_is_served(seed: int):
    """Each prefix of the order is served as well as it could be without those behind it."""
    stock, cap, asked = random_case(seed + 500)
    cell, _rank = augmented_choice(stock, cap, asked)
    for people in range(len(asked) + 1):
        assert (cell[:people] >= 0).sum() == most_served(stock, cap, asked, people)


def test_first_moves_down_the_own_list_so_that_the_second_gets_one():
    stock, cap = np.array([1, 1], np.int32), np.array([[1, 1]], np.int32)
    cell, rank = augmented_choice(stock, cap, choices([0, 0], [[0, 1], [0]]))
    assert (cell.tolist(), rank.tolist()) == ([1, 0], [1, 0])


def test_somebody_of_another_type_makes_room_in_a_full_cell():
    stock, cap = np.array([1, 1], np.int32), np.array([[1, 1], [1, 0]], np.int32)
    cell, _rank = augmented_choice(stock, cap, choices([0, 1], [[0, 1], [0]]))
    assert cell.tolist() == [1, 0]


def wide_case(seed: int) -> tuple[np.ndarray, np.ndarray, Choices]:
    """More cells than one word of bits has, few flats in each, the same cells wanted by many."""
    random = np.random.default_rng(seed)
    cells, types, people = int(random.integers(60, 200)), 3, 160
    stock = random.integers(0, 3, cells).astype(np.int32)
    cap = random.integers(0, 3, (types, cells)).astype(np.int32)
    wanted = random.permutation(cells)[:50]
    rows = [random.choice(wanted, int(random.integers(0, 6)), replace=False).tolist() for _ in range(people)]
    return stock, cap, choices(random.integers(0, types, people).tolist(), rows)


@pytest.mark.parametrize("seed", range(12))
def test_cells_beyond_one_word_of_bits_are_like_all_others(seed: int):
    stock, cap, asked = wide_case(seed)
    cell, rank = augmented_choice(stock, cap, asked)
    assert (cell >= 0).sum() == most_served(stock, cap, asked, len(asked))
    placed = np.flatnonzero(cell >= 0)
    assert (asked.cells[asked.start[placed] + rank[placed]] == cell[placed]).all()
    assert (np.bincount(cell[placed], minlength=len(stock)) <= stock).all()
    again = augmented_choice(stock, cap, asked)
    assert (again[0].tolist(), again[1].tolist()) == (cell.tolist(), rank.tolist())


def test_who_loses_least_by_it_moves():
    """Cell 0 is full of two; 1 would go down to rank 2, 0 only to rank 1: 0 moves."""
    stock, cap = np.array([2, 1, 1, 0], np.int32), np.array([[4, 4, 4, 4]], np.int32)
    asked = choices([0, 0, 0], [[0, 1], [0, 3, 2], [0]])
    cell, rank = augmented_choice(stock, cap, asked)
    assert (cell.tolist(), rank.tolist()) == ([1, 0, 0], [1, 0, 0])
