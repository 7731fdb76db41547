"""One draw, then choice in turn: everybody takes the best place that still leaves a place for all the others.

A *class* is what an applicant may be offered at all (a room class, and in it the flats kept for an
accessibility need); classes do not touch each other. Inside a class flats lie in *cells* (a building, or a
stairwell or floor of it, whichever the caps speak of), and every applicant has a *type*, the tenure that the
caps count. Cell c has `stock[c]` flats, of which type t may hold `cap[t, c]` at most.

Who can be housed at all is settled first, in the order of the draw, so that no earlier applicant gives way to
a later one and as many as possible are housed. Then each in turn takes the first cell of the own list for
which a place is left for everybody still waiting. That question is answered exactly, by one augmenting path
in the plan that houses the rest. What one may take does not depend on what one asked for: no false list
helps (serial choice under hereditary upper bounds; Goto et al. 2017).

If a plan houses everybody, everybody is housed who takes any cell. Who would rather have none than an
unlisted one may end without; that place is not drawn for again, but offered to the next in line afterwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.jit import compiled

NOT_PLACED = -1

Int = NDArray[np.int32]
Long = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Choices:
    """What one class was drawn over: applicants in the order of the draw.

    Attributes:
        type_of: (n,) type of each applicant, 0 … T-1.
        start, cells: applicant i lists `cells[start[i]:start[i + 1]]`, best first.
        takes_any: (n,) True where any other cell is taken, too, after those listed, in cell order.
    """

    type_of: Int
    start: Int
    cells: Int
    takes_any: Bool

    def __len__(self) -> int:
        return len(self.type_of)


def serial_choice(stock: Int, cap: Int, choices: Choices) -> tuple[Int, Int]:
    """Place the applicants of one class.

    Args:
        stock: (C,) flats per cell.
        cap: (T, C) most flats of a cell that a type may hold.
        choices: the applicants in the order of the draw.

    Returns:
        cell: (n,) the cell of each applicant, -1 where none was taken.
        rank: (n,) place of that cell in the own list, from 0; the list's length where the cell was not
            listed; -1 where none was taken.
    """
    return _serial_choice(*checked(stock, cap, choices))


def housable(stock: Int, cap: Int, type_of: Int) -> Bool:
    """(n,) Who can be housed together, the earlier before the later; as many as any plan can house."""
    stock64, cap64 = stock.astype(np.int64), np.minimum(cap, stock[None, :]).astype(np.int64)
    plan, load = np.zeros_like(cap64), np.zeros_like(stock64)
    return _housable(stock64, cap64, type_of.astype(np.int64), plan, load)


def checked(stock: Int, cap: Int, choices: Choices) -> tuple[Long, Long, Long, Long, Long, Bool]:
    """Stock, caps (no larger than stock), types, starts, cells and `takes_any` as compiled code reads them.

    Raises:
        ValueError: shapes or numbers that cannot be.
    """
    types, cells = cap.shape
    if stock.shape != (cells,):
        raise ValueError(f"stock of {stock.shape} cells, caps of {cells}")
    if (stock < 0).any() or (cap < 0).any():
        raise ValueError("stock and caps are not negative")
    if len(choices.start) != len(choices) + 1 or choices.start[-1] != len(choices.cells):
        raise ValueError("the lists do not add up")
    if len(choices) and not (choices.type_of.min() >= 0 and choices.type_of.max() < types):
        raise ValueError(f"types run from 0 to {types - 1}")
    if len(choices.cells) and not (choices.cells.min() >= 0 and choices.cells.max() < cells):
        raise ValueError(f"cells run from 0 to {cells - 1}")
    return (
        stock.astype(np.int64),
        np.minimum(cap, stock[None, :]).astype(np.int64),
        choices.type_of.astype(np.int64),
        choices.start.astype(np.int64),
        choices.cells.astype(np.int64),
        np.asarray(choices.takes_any, np.bool_),
    )


@compiled
def _housable(stock: Long, cap: Long, type_of: Long, plan: Long, load: Long) -> Bool:
    """Add applicants one by one to a plan, moving planned ones where that makes room."""
    types, cells = cap.shape
    is_housed = np.zeros(len(type_of), np.bool_)
    is_hopeless = np.zeros(types, np.bool_)  # a type that found no path once finds none later
    found, via = np.empty(cells, np.int64), np.empty(cells, np.int64)
    for i in range(len(type_of)):
        kind = type_of[i]
        if not is_hopeless[kind]:
            is_housed[i] = _plan_one(stock, cap, plan, load, found, via, kind)
            is_hopeless[kind] = not is_housed[i]
    return is_housed


@compiled
def _plan_one(stock: Long, cap: Long, plan: Long, load: Long, found: Long, via: Long, kind: int) -> bool:
    """Plan one more place of a type along an augmenting path, the shortest; False if there is none.

    A planned place of type t moves from u to v where v's cap for t has room. `found[v]` is u (-1: entered
    from outside, -2: not reached), `via[v]` is t.
    """
    types, cells = cap.shape
    found[:] = -2
    is_swept = np.zeros(types, np.bool_)
    queue = np.empty(cells + 1, np.int64)
    queue[0] = -1
    head, tail = 0, 1
    while head < tail:
        u = queue[head]
        head += 1
        for t in range(types):
            if is_swept[t] or (u < 0 and t != kind) or (u >= 0 and plan[t, u] == 0):
                continue
            is_swept[t] = True
            for v in range(cells):
                if found[v] == -2 and cap[t, v] > plan[t, v]:
                    found[v], via[v] = u, t
                    if load[v] < stock[v]:
                        _move(plan, load, found, via, v)
                        return True
                    queue[tail] = v
                    tail += 1
    return False


@compiled
def _move(plan: Long, load: Long, found: Long, via: Long, end: int) -> None:
    """Carry out a path that began outside."""
    load[end] += 1
    v = end
    while v >= 0:
        u = found[v]
        plan[via[v], v] += 1
        if u >= 0:
            plan[via[v], u] -= 1
        v = u


@compiled
def _serial_choice(
    stock: Long, cap: Long, type_of: Long, start: Long, cells_of: Long, takes_any: Bool
) -> tuple[Int, Int]:
    types, cells = cap.shape
    plan, load = np.zeros((types, cells), np.int64), np.zeros(cells, np.int64)
    is_housed = _housable(stock, cap, type_of, plan, load)
    found, via = np.empty(cells, np.int64), np.empty(cells, np.int64)
    cell = np.full(len(type_of), -1, np.int32)
    rank = np.full(len(type_of), -1, np.int32)
    is_listed = np.zeros(cells, np.bool_)
    for i in range(len(type_of)):
        if not is_housed[i]:
            continue
        kind = type_of[i]
        for place in range(start[i], start[i + 1]):
            c = cells_of[place]
            is_listed[c] = True
            if _take(stock, cap, plan, load, found, via, kind, c):
                cell[i], rank[i] = c, place - start[i]
                break
        if cell[i] < 0 and takes_any[i]:
            for c in range(cells):
                if not is_listed[c] and _take(stock, cap, plan, load, found, via, kind, c):
                    cell[i], rank[i] = c, start[i + 1] - start[i]
                    break
        for place in range(start[i], start[i + 1]):
            is_listed[cells_of[place]] = False
        if cell[i] < 0:  # would rather have none than another: the planned place goes back
            _drop(plan, load, kind)
    return cell, rank


@compiled
def _take(stock: Long, cap: Long, plan: Long, load: Long, found: Long, via: Long, kind: int, c: int) -> bool:
    """Give a flat of cell c away if all others can still be housed; the plan is changed accordingly.

    The own planned place goes first. Where c is then still full, one planned place of it, whichever, looks
    for another: exactly one is missing in the plan, so its path exists if and only if all can be housed.
    """
    if stock[c] == 0 or cap[kind, c] == 0:
        return False
    dropped, out = c, -1
    if plan[kind, c] > 0:
        plan[kind, c] -= 1
        load[c] -= 1
    else:
        dropped = _drop(plan, load, kind)
        if load[c] == stock[c]:
            out = 0
            while plan[out, c] == 0:
                out += 1
    stock[c] -= 1
    cap[kind, c] -= 1
    if out < 0:
        return True
    plan[out, c] -= 1
    load[c] -= 1
    if _plan_one(stock, cap, plan, load, found, via, out):
        return True
    plan[out, c] += 1
    load[c] += 1
    plan[kind, dropped] += 1
    load[dropped] += 1
    stock[c] += 1
    cap[kind, c] += 1
    return False


@compiled
def _drop(plan: Long, load: Long, kind: int) -> int:
    """Take one planned place of a type away, the last one: which one does not change who can be housed."""
    for c in range(plan.shape[1] - 1, -1, -1):
        if plan[kind, c] > 0:
            plan[kind, c] -= 1
            load[c] -= 1
            return c
    return -1
