"""What the two draws promise, on random allocations with tight caps."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from grids.kernels.augmented_choice import augmented_choice
from grids.kernels.serial_choice import Choices
from grids.placement.drawing import ClassStock, Entry, places
from grids.placement.rules import Limits, classes_of, entries_in
from grids.placement.trial import in_turn
from tests.bench.placement_city import TENURES, city
from tests.bench.placement_oracles import flow_of

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


def augmenting_equals_optimum(draws: int, first: int = 0) -> int:
    """Draws in which as many got a listed cell as a maximum flow over all lists at once gives."""
    equal = 0
    for seed in range(first, first + draws):
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


def misreports_gain_nothing(tries: int, first: int = 0, people: int = 240) -> tuple[int, int]:
    """(gained, tried): lists shortened, turned round, mixed, another answer to whether any will do.

    Whole draws, with accessible flats kept back, priority classes and tight caps. The order is the same for
    the truth and the lie: in a draw it depends on every list, but on none that anybody can foresee.
    """
    gained, random = 0, np.random.default_rng(first + 7)
    for attempt in range(tries):
        if attempt % 100 == 0:
            classes, entries, seed = quarter(1_000 + first + attempt, people, random)
            truth = places(classes, in_turn(entries, seed), seed)
        i = int(random.integers(0, len(entries)))
        own = entries[i]
        lie = told_otherwise(own, sorted(classes[own.klass].flats), random)
        lied = places(classes, in_turn([*entries[:i], lie, *entries[i + 1 :]], seed), seed)
        gained += true_rank(own, lied.get(own.id)) < true_rank(own, truth.get(own.id))
    return gained, tries


def quarter(
    number: int, people: int, random: np.random.Generator
) -> tuple[dict[str, ClassStock], list[Entry], bytes]:
    """A small city under caps of 1.1 with fewer flats than people; some take any flat, some do not."""
    flats, applicants = city(people, 12, number)
    flats = [one for one in flats if random.random() < 0.95]
    for one in applicants:
        one.takes_any = bool(random.random() < 0.7)
        one.choices = one.choices[: int(random.integers(0, 7))]
        one.needs_accessible = bool(random.random() < 0.1)
    limits = Limits("building", dict.fromkeys(TENURES, Fraction("1.1")))
    classes = classes_of(flats, applicants, limits)
    return classes, entries_in(classes, applicants, limits), number.to_bytes(32, "big")


def told_otherwise(own: Entry, cells: list[str], random: np.random.Generator) -> Entry:
    listed, others = list(own.choices), [cell for cell in cells if cell not in own.choices]
    more = [others[k] for k in random.permutation(len(others))[: random.integers(0, 4)]]
    mixed = [(listed + more)[k] for k in random.permutation(len(listed) + len(more))]
    false = [listed[:1], listed[::-1], mixed, listed[1:], mixed[: int(random.integers(0, len(mixed) + 1))]]
    said = false[int(random.integers(0, len(false)))]
    return replace(own, choices=tuple(said), takes_any=bool(random.random() < 0.5))


def true_rank(own: Entry, place: tuple[str, str] | None) -> int:
    """Place on the true list; then a cell that was not listed, then none, the other way round for those
    who would rather have none."""
    if place is not None and place[0] in own.choices:
        return own.choices.index(place[0])
    return len(own.choices) + int((place is not None) != own.takes_any)
