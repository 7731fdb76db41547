"""Augmenting paths over pairs (type, cell), for `augmented_choice.py`.

A pair has room where neither its cap nor its cell is full. Somebody who enters a pair without room makes
somebody else go: where the cap is full, a holder of that pair; where the cell is, any holder of the cell.

What a search without success has reached leads nowhere for ever: all who hold something there list nothing
outside. It stays marked as seen, so that all such searches together look at every pair once.
"""

import numpy as np

from grids.kernels.held_places import (
    WORD,
    Paths,
    add_up,
    best_of,
    bit,
    has,
    leave,
    lowest,
    meets,
    put,
    rank_of,
)
from grids.kernels.jit import compiled


@compiled
def put_one(paths: Paths, i: int) -> bool:
    """Give the best cell that has room, if one has."""
    cell, _rank = best_of(paths, i, paths.room[paths.type_of[i]])
    if cell >= 0:
        put(paths, i, cell)
    return cell >= 0


@compiled
def put_with_others(paths: Paths, i: int) -> bool:
    """Give a cell by moving others to cells that they would live in, too; the fewest that do."""
    cells = len(paths.stock)
    tail = _enter_own(paths, i)
    head, count, end = 0, 0, -1
    while head < tail and end < 0:
        node = paths.queue[head]
        head += 1
        t, c = node // cells, node % cells
        if paths.is_asked[c]:
            continue
        if paths.used[t, c] == paths.cap[t, c]:
            low, high = t, t + 1
        else:
            low, high = 0, len(paths.cap)
            paths.is_asked[c] = True
            paths.asked[count] = c
            count += 1
        end = _exit(paths, c, low, high)
        if end >= 0:
            paths.came[end] = node
        else:
            for kind in range(low, high):
                tail = _enter(paths, kind, c, node, tail)
    if end < 0:
        return False
    _shift(paths, i, end)
    for k in range(tail):
        t, c = paths.queue[k] // cells, paths.queue[k] % cells
        paths.seen[t, c // WORD] &= ~bit(c)
    for k in range(count):
        paths.is_asked[paths.asked[k]] = False
    return True


@compiled
def _enter_own(paths: Paths, i: int) -> int:
    """Put the cells of the own list into the queue, best first, then all others that are accepted."""
    t, tail = paths.type_of[i], 0
    for place in range(paths.start[i], paths.start[i + 1]):
        c = paths.cells_of[place]
        if paths.cap[t, c] > 0 and not has(paths.seen[t], c):
            tail = _reached(paths, t, c, -1, tail)
    for word in range(paths.lets.shape[1]):
        new = paths.lets[i, word] & ~paths.seen[t, word]
        while new:
            tail = _reached(paths, t, word * WORD + lowest(new), -1, tail)
            new &= new - np.uint64(1)
    return tail


@compiled
def _reached(paths: Paths, t: int, c: int, node: int, tail: int) -> int:
    paths.seen[t, c // WORD] |= bit(c)
    paths.came[t * len(paths.stock) + c] = node
    paths.queue[tail] = t * len(paths.stock) + c
    return tail + 1


@compiled
def _enter(paths: Paths, t: int, c: int, node: int, tail: int) -> int:
    """Put what holders of (t, c) would live in, too, into the queue."""
    for word in range(paths.lets.shape[1]):
        new = paths.reach[t, c, word] & ~paths.seen[t, word]
        while new:
            tail = _reached(paths, t, word * WORD + lowest(new), node, tail)
            new &= new - np.uint64(1)
    return tail


@compiled
def _exit(paths: Paths, c: int, low: int, high: int) -> int:
    """The pair with room that a holder of the cell loses least by moving to; -1."""
    end, least = -1, len(paths.cells_of) + 1
    for t in range(low, high):
        if paths.is_stale[t, c]:
            add_up(paths, t, c)
        if not meets(paths.reach[t, c], paths.room[t]):
            continue
        j = paths.first[t, c]
        while j >= 0:
            cell, rank = best_of(paths, j, paths.room[t])
            loss = rank - rank_of(paths, j, c)
            if cell >= 0 and loss < least:
                end, least = t * len(paths.stock) + cell, loss
            j = paths.after[j]
    return end


@compiled
def _shift(paths: Paths, i: int, end: int) -> None:
    """Walk the path back: on each step the holder moves who loses least by it, and the last of those."""
    cells = len(paths.stock)
    node = end
    while paths.came[node] >= 0:
        t, c, old = node // cells, node % cells, paths.came[node] % cells
        mover, least = -1, len(paths.cells_of) + 1
        j = paths.first[t, old]
        while j >= 0:
            if has(paths.lets[j], c):
                loss = rank_of(paths, j, c) - rank_of(paths, j, old)
                if loss < least or (loss == least and j > mover):
                    mover, least = j, loss
            j = paths.after[j]
        leave(paths, mover)
        put(paths, mover, c)
        node = paths.came[node]
    put(paths, i, node % cells)
