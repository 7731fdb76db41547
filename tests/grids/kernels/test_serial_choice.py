"""Serial choice with a guarantee, against max-flows that are computed anew for every question."""

import networkx as nx
import numpy as np
import pytest

from grids.kernels.serial_choice import Choices, housable, serial_choice


def lists(*rows: list[int]) -> tuple[np.ndarray, np.ndarray]:
    start = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    return start, np.array([cell for row in rows for cell in row], np.int32)


def choices(types: list[int], rows: list[list[int]], takes_any: bool = True) -> Choices:
    start, cells = lists(*rows)
    return Choices(np.array(types, np.int32), start, cells, np.full(len(types), takes_any))


def most_housed(stock: np.ndarray, cap: np.ndarray, demand: np.ndarray) -> int:
    graph = nx.DiGraph()
    for t, wanted in enumerate(demand):
        graph.add_edge("in", ("type", t), capacity=int(wanted))
        for c in range(len(stock)):
            graph.add_edge(("type", t), ("cell", c), capacity=int(cap[t, c]))
    for c, flats in enumerate(stock):
        graph.add_edge(("cell", c), "out", capacity=int(flats))
    value: int = nx.maximum_flow_value(graph, "in", "out")
    return value


def by_flows(stock: np.ndarray, cap: np.ndarray, asked: Choices) -> list[int]:
    """The rule word for word: a new max-flow for every applicant and every cell."""
    stock, cap = stock.copy(), cap.copy()
    types = len(cap)
    counts = np.zeros(types, int)
    housed = []
    for t in asked.type_of:
        counts[t] += 1
        fits = most_housed(stock, cap, counts) == counts.sum()
        counts[t] -= not fits
        housed.append(fits)
    rest, taken = counts, []
    for i, t in enumerate(asked.type_of):
        got = -1
        if housed[i]:
            rest[t] -= 1
            wanted = list(asked.cells[asked.start[i] : asked.start[i + 1]])
            if asked.takes_any[i]:
                wanted += [c for c in range(len(stock)) if c not in wanted]
            for c in wanted:
                if stock[c] and cap[t, c]:
                    stock[c] -= 1
                    cap[t, c] -= 1
                    if most_housed(stock, cap, rest) == rest.sum():
                        got = int(c)
                        break
                    stock[c] += 1
                    cap[t, c] += 1
        taken.append(got)
    return taken


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, Choices]:
    random = np.random.default_rng(seed)
    cells, types, people = int(random.integers(1, 6)), int(random.integers(1, 4)), int(random.integers(1, 14))
    stock = random.integers(0, 5, cells).astype(np.int32)
    cap = random.integers(0, 4, (types, cells)).astype(np.int32)
    rows = [list(random.permutation(cells)[: random.integers(0, cells + 1)]) for _ in range(people)]
    start, listed = lists(*rows)
    kinds = random.integers(0, types, people).astype(np.int32)
    return stock, cap, Choices(kinds, start, listed, random.random(people) < 0.7)


@pytest.mark.parametrize("seed", range(150))
def test_every_answer_is_that_of_a_new_max_flow(seed: int):
    stock, cap, asked = random_case(seed)
    cell, _rank = serial_choice(stock, cap, asked)
    assert cell.tolist() == by_flows(stock, cap, asked)


@pytest.mark.parametrize("seed", range(40))
def test_as_many_are_housed_as_any_plan_houses(seed: int):
    stock, cap, asked = random_case(seed + 1000)
    demand = np.bincount(asked.type_of, minlength=len(cap))
    assert housable(stock, cap, asked.type_of).sum() == most_housed(stock, cap, demand)


def test_first_in_line_gives_way_only_where_somebody_would_be_left_without():
    """Two cells of one flat; type 1 may enter cell 0 only, so the first, who likes 0 best, gets 1."""
    stock, cap = np.array([1, 1], np.int32), np.array([[1, 1], [1, 0]], np.int32)
    cell, rank = serial_choice(stock, cap, choices([0, 1], [[0, 1], [0]]))
    assert (cell.tolist(), rank.tolist()) == ([1, 0], [1, 0])


def test_who_lists_only_some_goes_without_rather_than_elsewhere():
    stock, cap = np.array([1, 5], np.int32), np.array([[5, 5]], np.int32)
    cell, rank = serial_choice(stock, cap, choices([0, 0], [[0], [0]], takes_any=False))
    assert (cell.tolist(), rank.tolist()) == ([0, -1], [0, -1])


def test_unlisted_cells_are_taken_in_their_order():
    stock, cap = np.array([1, 0, 2], np.int32), np.array([[9, 9, 9]], np.int32)
    cell, rank = serial_choice(stock, cap, choices([0, 0, 0], [[], [2], []]))
    assert (cell.tolist(), rank.tolist()) == ([0, 2, 2], [0, 0, 0])


def test_lists_that_do_not_fit_are_refused():
    stock, cap = np.array([1], np.int32), np.array([[1]], np.int32)
    with pytest.raises(ValueError, match="cells run from 0 to 0"):
        serial_choice(stock, cap, choices([0], [[1]]))
    with pytest.raises(ValueError, match="types run"):
        serial_choice(stock, cap, choices([1], [[0]]))
    with pytest.raises(ValueError, match="not negative"):
        serial_choice(np.array([-1], np.int32), cap, choices([0], [[0]]))
