"""What the two draws promise, on random allocations with tight caps."""

import numpy as np

from grids.kernels.augmented_choice import augmented_choice
from grids.kernels.serial_choice import Choices, serial_choice
from tests.bench.placement import flow_of

PEOPLE, CELLS, TYPES, LISTED = 600, 30, 4, 6


def allocation(seed: int, people: int = PEOPLE) -> tuple[np.ndarray, np.ndarray, Choices]:
    """As many flats as people, caps a little above the shares, popular cells, short lists."""
    random = np.random.default_rng(seed)
    stock = random.multinomial(people, np.ones(CELLS) / CELLS).astype(np.int32)
    kinds = random.choice(TYPES, people, p=[0.4, 0.3, 0.2, 0.1]).astype(np.int32)
    share = np.bincount(kinds, minlength=TYPES) / people
    cap = np.minimum(np.ceil(1.2 * share[:, None] * stock[None, :]), stock[None, :]).astype(np.int32)
    liked = random.normal(0, 1, CELLS) + random.normal(0, 1, (TYPES, CELLS))
    worth = liked[kinds] + random.gumbel(0, 1, (people, CELLS))
    best = np.argsort(-worth, axis=1)[:, :LISTED]
    start = np.arange(0, people * LISTED + 1, LISTED, dtype=np.int32)
    return stock, cap, Choices(kinds, start, best.ravel().astype(np.int32), random.random(people) < 0.8)


def augmenting_equals_optimum(draws: int) -> int:
    """Draws in which as many got a listed cell as a maximum flow over all lists at once gives."""
    equal = 0
    for seed in range(draws):
        stock, cap, asked = allocation(seed)
        cell, _rank = augmented_choice(stock, cap, asked)
        equal += int((cell >= 0).sum()) == most_served(stock, cap, asked)
    return equal


def most_served(stock: np.ndarray, cap: np.ndarray, asked: Choices) -> int:
    people, (types, cells) = len(asked), cap.shape
    first_pair, first_cell = 2 + people, 2 + people + types * cells
    edges = [(0, 2 + i, 1) for i in range(people)]
    for i in range(people):
        pair = first_pair + int(asked.type_of[i]) * cells
        edges += [(2 + i, pair + int(c), 1) for c in asked.cells[asked.start[i] : asked.start[i + 1]]]
    for t in range(types):
        edges += [(first_pair + t * cells + c, first_cell + c, int(cap[t, c])) for c in range(cells)]
    edges += [(first_cell + c, 1, int(flats)) for c, flats in enumerate(stock)]
    return flow_of([edge for edge in edges if edge[2]], first_cell + cells)


def misreports_gain_nothing(tries: int, people: int = 200) -> tuple[int, int]:
    """(gained, tried): lists shortened, turned round, mixed; a gain is a better cell on the true list."""
    gained, random = 0, np.random.default_rng(7)
    stock, cap, asked = allocation(1, people)
    cell, _rank = serial_choice(stock, cap, asked)
    for attempt in range(tries):
        if attempt % 100 == 0:
            stock, cap, asked = allocation(1_000 + attempt, people)
            cell, _rank = serial_choice(stock, cap, asked)
        i = int(random.integers(0, people))
        lied, _rank = serial_choice(stock, cap, told_otherwise(asked, i, random))
        gained += true_rank(asked, i, int(lied[i])) < true_rank(asked, i, int(cell[i]))
    return gained, tries


def told_otherwise(asked: Choices, i: int, random: np.random.Generator) -> Choices:
    own = asked.cells[asked.start[i] : asked.start[i + 1]]
    others = np.setdiff1d(np.arange(CELLS), own)
    mixed = random.permutation(np.concatenate([own, random.permutation(others)[: random.integers(0, 4)]]))
    false = [own[:1], own[::-1], mixed, own[1:], random.permutation(own)[: random.integers(0, len(own) + 1)]]
    said = false[int(random.integers(0, len(false)))].astype(np.int32)
    lists = [asked.cells[asked.start[k] : asked.start[k + 1]] for k in range(len(asked))]
    lists[i] = said
    start = np.cumsum([0, *map(len, lists)], dtype=np.int32)
    takes_any = asked.takes_any.copy()
    takes_any[i] = random.random() < 0.5
    return Choices(asked.type_of, start, np.concatenate(lists), takes_any)


def true_rank(asked: Choices, i: int, cell: int) -> int:
    """Place on the true list; then a cell that was not listed, then none, the other way round for those
    who would rather have none."""
    own = asked.cells[asked.start[i] : asked.start[i + 1]].tolist()
    if cell in own:
        return own.index(cell)
    is_placed = cell >= 0
    return len(own) + int(is_placed != bool(asked.takes_any[i]))
