"""Who holds what in the augmenting draw, with the bits that its searches run over.

Bits stand for cells, 64 to a word. `reach` has what the holders of a pair (type, cell) would live in, all of
them together; it is added up again only when somebody has left and a search asks.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grids.kernels.jit import compiled
from grids.kernels.serial_choice import Bool, Long

WORD = 64
Bits = NDArray[np.uint64]

# The place of the one bit of a power of two: the top six bits of its product with a de Bruijn number.
_NUMBER = np.uint64(0x03F79D71B4CB0A89)
_PLACE = np.zeros(WORD, np.int64)
for _at in range(WORD):
    _PLACE[((1 << _at) * int(_NUMBER) & (2**64 - 1)) >> 58] = _at


class Paths(NamedTuple):
    """Who holds what, and what a search needs. Bits stand for cells, W words to a row.

    Attributes:
        stock, cap: (C,), (T, C) as given.
        type_of, start, cells_of: the applicants and their lists.
        lets: (n, W) cells that each would live in.
        holds: (n,) the cell of each, -1 for none.
        used, load: (T, C), (C,) places given.
        first, before, after: the holders of each pair, a doubly linked list.
        reach: (T, C, W) what the holders of a pair would live in, all of them together.
        is_stale: (T, C) whether somebody has left the pair since `reach` was added up.
        room: (T, W) cells with room for a type.
        seen: (T, W) pairs that the search has reached, or an earlier one without success.
        came: (T·C,) from which pair.
        queue, asked: pairs reached in this search; cells of which all holders were asked.
        is_asked: (C,)
    """

    stock: Long
    cap: Long
    type_of: Long
    start: Long
    cells_of: Long
    lets: Bits
    holds: Long
    used: Long
    load: Long
    first: Long
    before: Long
    after: Long
    reach: Bits
    is_stale: Bool
    room: Bits
    seen: Bits
    came: Long
    queue: Long
    asked: Long
    is_asked: Bool


@compiled
def empty_paths(stock: Long, cap: Long, type_of: Long, start: Long, cells_of: Long) -> Paths:
    types, cells = cap.shape
    people, words = len(type_of), (cells + WORD - 1) // WORD
    paths = Paths(
        stock,
        cap,
        type_of,
        start,
        cells_of,
        np.zeros((people, words), np.uint64),
        np.full(people, -1, np.int64),
        np.zeros((types, cells), np.int64),
        np.zeros(cells, np.int64),
        np.full((types, cells), -1, np.int64),
        np.full(people, -1, np.int64),
        np.full(people, -1, np.int64),
        np.zeros((types, cells, words), np.uint64),
        np.zeros((types, cells), np.bool_),
        np.zeros((types, words), np.uint64),
        np.zeros((types, words), np.uint64),
        np.empty(types * cells, np.int64),
        np.empty(types * cells, np.int64),
        np.empty(cells, np.int64),
        np.zeros(cells, np.bool_),
    )
    for t in range(types):
        for c in range(cells):
            if cap[t, c] > 0:  # caps are never above the stock
                paths.room[t, c // WORD] |= bit(c)
    for i in range(people):
        for place in range(start[i], start[i + 1]):
            c = cells_of[place]
            if cap[type_of[i], c] > 0:
                paths.lets[i, c // WORD] |= bit(c)
    return paths


@compiled
def bit(cell: int) -> np.uint64:
    return np.uint64(1) << np.uint64(cell % WORD)


@compiled
def lowest(bits: np.uint64) -> int:
    """Place of the lowest bit that is set."""
    alone = bits & (~bits + np.uint64(1))
    return int(_PLACE[(alone * _NUMBER) >> np.uint64(58)])


@compiled
def has(row: Bits, cell: int) -> bool:
    return bool(row[cell // WORD] & bit(cell))


@compiled
def let_everywhere(paths: Paths, who: Bool) -> None:
    """From now on they would live anywhere; all searches begin anew."""
    cells = len(paths.stock)
    for i in range(len(who)):
        if who[i]:
            for c in range(cells):
                if paths.cap[paths.type_of[i], c] > 0:
                    paths.lets[i, c // WORD] |= bit(c)
    paths.is_stale[:] = True
    paths.seen[:] = np.uint64(0)
    paths.is_asked[:] = False


@compiled
def best_of(paths: Paths, i: int, among: Bits) -> tuple[int, int]:
    """The best of these cells for an applicant, and its rank; the first one where none is listed; -1."""
    for place in range(paths.start[i], paths.start[i + 1]):
        c = paths.cells_of[place]
        if has(among, c) and has(paths.lets[i], c):
            return int(c), int(place - paths.start[i])
    for word in range(len(among)):
        both = among[word] & paths.lets[i, word]
        if both:
            return word * WORD + lowest(both), int(paths.start[i + 1] - paths.start[i])
    return -1, -1


@compiled
def rank_of(paths: Paths, i: int, cell: int) -> int:
    for place in range(paths.start[i], paths.start[i + 1]):
        if paths.cells_of[place] == cell:
            return int(place - paths.start[i])
    return int(paths.start[i + 1] - paths.start[i])


@compiled
def meets(one: Bits, other: Bits) -> bool:
    both = np.uint64(0)
    for word in range(len(one)):
        both |= one[word] & other[word]
    return bool(both)


@compiled
def add_up(paths: Paths, t: int, c: int) -> None:
    paths.reach[t, c] = np.uint64(0)
    paths.is_stale[t, c] = False
    j = paths.first[t, c]
    while j >= 0:
        paths.reach[t, c] |= paths.lets[j]
        j = paths.after[j]


@compiled
def put(paths: Paths, i: int, c: int) -> None:
    t = paths.type_of[i]
    paths.holds[i] = c
    paths.before[i], paths.after[i] = -1, paths.first[t, c]
    if paths.first[t, c] >= 0:
        paths.before[paths.first[t, c]] = i
    paths.first[t, c] = i
    paths.reach[t, c] |= paths.lets[i]
    paths.used[t, c] += 1
    paths.load[c] += 1
    _tell_room(paths, c)


@compiled
def leave(paths: Paths, i: int) -> None:
    t, c = paths.type_of[i], paths.holds[i]
    if paths.before[i] >= 0:
        paths.after[paths.before[i]] = paths.after[i]
    else:
        paths.first[t, c] = paths.after[i]
    if paths.after[i] >= 0:
        paths.before[paths.after[i]] = paths.before[i]
    paths.holds[i] = -1
    paths.is_stale[t, c] = True
    paths.used[t, c] -= 1
    paths.load[c] -= 1
    _tell_room(paths, c)


@compiled
def _tell_room(paths: Paths, c: int) -> None:
    for t in range(len(paths.cap)):
        if paths.load[c] < paths.stock[c] and paths.used[t, c] < paths.cap[t, c]:
            paths.room[t, c // WORD] |= bit(c)
        else:
            paths.room[t, c // WORD] &= ~bit(c)
