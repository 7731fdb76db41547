"""What a draw is held against: linear programs, maximum flows, plain counting. None of it knows the draw."""

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, lil_array
from scipy.sparse.csgraph import maximum_flow


def possible_places(flats: Any, applicants: Any, limits: Any) -> int:
    """How many can be housed: those in need first, by linear programs that know nothing of the draw.

    Of the plans that house as many in need as possible, the one that houses most.
    """
    total = 0
    for room in sorted({one.room_class for one in flats}):
        here, people = ([one for one in rows if one.room_class == room] for rows in (flats, applicants))
        total += _possible_in_class(here, people, limits)
    return total


def _possible_in_class(flats: Any, people: Any, limits: Any) -> int:
    kinds, cells = sorted({one.tenure for one in people}), sorted({one.building_code for one in flats})
    if not kinds or not cells:
        return 0
    stock = Counter(one.building_code for one in flats)
    accessible = Counter(one.building_code for one in flats if one.is_accessible)
    asked = Counter((one.tenure, one.needs_accessible) for one in people)
    tenures = Counter(one.tenure for one in people)
    size, cell_count = len(kinds) * len(cells), len(cells)
    rows = lil_array((2 * len(kinds) + size + 2 * cell_count, 2 * size))
    most = np.zeros(rows.shape[0])
    for kind, tenure in enumerate(kinds):
        for half, need in enumerate((True, False)):
            columns = slice(half * size + kind * cell_count, half * size + (kind + 1) * cell_count)
            rows[2 * kind + half, columns] = 1
            most[2 * kind + half] = asked[tenure, need]
    for at in range(size):
        line = 2 * len(kinds) + at
        rows[line, at] = rows[line, size + at] = 1
        tenure, cell = kinds[at // cell_count], cells[at % cell_count]
        factor = limits.factor(tenure)
        share = Fraction(tenures[tenure], len(people)) * stock[cell]
        most[line] = stock[cell] if factor is None else -(-(factor * share) // 1)
    for at, cell in enumerate(cells):
        line = 2 * len(kinds) + size + at
        rows[line, at:size:cell_count] = 1
        rows[line + cell_count, at : 2 * size : cell_count] = 1
        most[line], most[line + cell_count] = accessible[cell], stock[cell]
    worth = np.concatenate([np.full(size, len(people) + 1.0), np.ones(size)])
    found = linprog(-worth, A_ub=csr_array(rows), b_ub=most, method="highs")
    return round(float(found.x.sum()))


def broken_caps(home: Any, who: Any, limits: Any, places: dict[str, str]) -> int:
    """Caps passed, flats given twice, room classes missed, needs unmet: counted from the places alone."""
    held = Counter(
        (home[code].room_class, home[code].building_code, who[receipt].tenure)
        for receipt, code in places.items()
    )
    stock = Counter((one.room_class, one.building_code) for one in home.values())
    asked = Counter((one.room_class, one.tenure) for one in who.values())
    people = Counter(one.room_class for one in who.values())
    over = sum(
        count > -(-(factor * Fraction(asked[room, tenure], people[room]) * stock[room, cell]) // 1)
        for (room, cell, tenure), count in held.items()
        if (factor := limits.factor(tenure)) is not None
    )
    wrong = sum(
        home[code].room_class != who[receipt].room_class
        or (who[receipt].needs_accessible and not home[code].is_accessible)
        for receipt, code in places.items()
    )
    return over + wrong + len(places) - len(set(places.values()))


def flow_of(edges: list[tuple[int, int, int]], nodes: int) -> int:
    """scipy's maximum flow from node 0 to node 1."""
    start, end, capacity = (np.array(column, np.int32) for column in zip(*edges, strict=True))
    graph = csr_array((capacity, (start, end)), shape=(nodes, nodes), dtype=np.int32)
    return int(maximum_flow(graph, 0, 1).flow_value)


def accepted_places(flats: Any, applicants: Any, limits: Any, waiting: Any = ()) -> int:
    """How many can be housed where each accepts, person by person, over all classes before any split.

    Whoever takes no other building only accepts those listed; whoever needs access only accessible flats.
    Receipts in `waiting` count for the caps and are given nothing.
    """
    total = 0
    for room in sorted({one.room_class for one in applicants}):
        here = [one for one in flats if one.room_class == room]
        people = [one for one in applicants if one.room_class == room]
        total += _accepted_in_class(here, people, limits, waiting) if here else 0
    return total


def _accepted_in_class(flats: Any, people: Any, limits: Any, waiting: Any) -> int:
    cells = sorted({one.building_code for one in flats})
    stock = Counter(one.building_code for one in flats)
    accessible = Counter(one.building_code for one in flats if one.is_accessible)
    tenures = Counter(one.tenure for one in people)
    asking = [(i, one) for i, one in enumerate(people) if not waiting or one.receipt not in waiting]
    pairs = [(i, c) for i, one in asking for c in cells if one.takes_any or c in one.choices]
    rows: dict[tuple[Any, ...], list[int]] = {}
    most: dict[tuple[Any, ...], int] = {}
    for at, (i, c) in enumerate(pairs):
        limited: dict[tuple[Any, ...], int] = {("person", i): 1, ("cell", c): stock[c]}
        if (factor := limits.factor(people[i].tenure)) is not None:
            share = Fraction(tenures[people[i].tenure], len(people))
            limited["cap", people[i].tenure, c] = -(-(factor * share * stock[c]) // 1)
        if people[i].needs_accessible:
            limited["accessible", c] = accessible[c]
        for key, limit in limited.items():
            rows.setdefault(key, []).append(at)
            most[key] = int(limit)
    if not pairs:
        return 0
    starts = np.cumsum([0, *map(len, rows.values())])
    matrix = csr_array(
        (np.ones(starts[-1]), np.concatenate(list(rows.values())), starts), shape=(len(rows), len(pairs))
    )
    found = milp(
        -np.ones(len(pairs)),
        constraints=LinearConstraint(matrix, ub=[most[key] for key in rows]),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(pairs)),
        options={"mip_rel_gap": 0.0},
    )
    return round(-found.fun)
