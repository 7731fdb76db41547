"""The draw that wins back what a plain order loses: as many as possible get a cell of their own list.

A plain serial draw gives the first what they like best and leaves some of the last with nothing they listed,
although another arrangement would serve everybody. Here each in turn is given a listed cell if those before
can keep one of *theirs*, moving some of them down their own lists where needed (augmenting paths). Nobody
who was given a listed cell loses having one, and at the end no arrangement under the caps serves more: the
served sets are independent sets of a transversal matroid, so the order costs nothing in number.

Its price, and why it is shown beside the plain draw and not instead of it: whoever lists fewer cells cannot
be moved down, so a false list may help.
"""

import numpy as np

from grids.kernels.jit import compiled
from grids.kernels.serial_choice import Choices, Int, Long, check_choices


def augmented_choice(stock: Int, cap: Int, choices: Choices) -> tuple[Int, Int]:
    """Place as many applicants as possible in a cell that they listed; arguments and answers as in
    `serial_choice`. Cells that nobody listed are not given here.
    """
    check_choices(stock, cap, choices)
    return _augmented_choice(
        stock.astype(np.int64),
        np.minimum(cap, stock[None, :]).astype(np.int64),
        choices.type_of.astype(np.int64),
        choices.start.astype(np.int64),
        choices.cells.astype(np.int64),
    )


@compiled
def _augmented_choice(stock: Long, cap: Long, type_of: Long, start: Long, cells_of: Long) -> tuple[Int, Int]:
    """Search over two kinds of node: (t, c), entered where an applicant of type t lists c, and cell c itself,
    which has room or gives up one of its places.

    What a search without success has reached leads nowhere for ever: all who hold something there list
    nothing outside. It stays marked as reached, so that all such searches together read every list once.
    """
    types, cells = cap.shape
    people = len(type_of)
    used, load = np.zeros((types, cells), np.int64), np.zeros(cells, np.int64)
    place = np.full(people, -1, np.int64)  # position in cells_of of what each holds
    before, after = np.full(people, -1, np.int64), np.full(people, -1, np.int64)
    first = np.full((types, cells), -1, np.int64)  # holders of (t, c), a doubly linked list
    who, came = np.full((types, cells), -1, np.int64), np.full((types, cells), -1, np.int64)
    is_open = np.ones(cells, np.bool_)  # cells whose holders were not asked yet
    asked = np.empty(cells, np.int64)  # those asked in this search
    queue = np.empty(types * cells, np.int64)
    for i in range(people):
        tail = _enter(i, type_of, start, cells_of, cap, who, came, queue, 0, -1)
        head, end, count = 0, -1, 0
        while head < tail:
            node = queue[head]
            head += 1
            t, c = node // cells, node % cells
            if used[t, c] < cap[t, c] and is_open[c]:
                if load[c] < stock[c]:
                    end = node
                    break
                is_open[c] = False  # full: any holder of the cell may make room, whatever the type
                asked[count] = c
                count += 1
                for other in range(types):
                    j = first[other, c]
                    while j >= 0:
                        tail = _enter(j, type_of, start, cells_of, cap, who, came, queue, tail, node)
                        j = after[j]
            elif is_open[c]:
                j = first[t, c]
                while j >= 0:
                    tail = _enter(j, type_of, start, cells_of, cap, who, came, queue, tail, node)
                    j = after[j]
        if end < 0:
            continue
        _shift(end, type_of, cells_of, start, used, load, place, before, after, first, who, came)
        for k in range(tail):
            who[queue[k] // cells, queue[k] % cells] = -1
        for k in range(count):
            is_open[asked[k]] = True
    cell, rank = np.full(people, -1, np.int32), np.full(people, -1, np.int32)
    for i in range(people):
        if place[i] >= 0:
            cell[i], rank[i] = cells_of[place[i]], place[i] - start[i]
    return cell, rank


@compiled
def _enter(
    j: int,
    type_of: Long,
    start: Long,
    cells_of: Long,
    cap: Long,
    who: Long,
    came: Long,
    queue: Long,
    tail: int,
    node: int,
) -> int:
    """Put every listed cell of applicant j that was not reached yet into the queue, best first."""
    t = type_of[j]
    for place in range(start[j], start[j + 1]):
        c = cells_of[place]
        if who[t, c] < 0 and cap[t, c] > 0:
            who[t, c], came[t, c] = place, node
            queue[tail] = t * cap.shape[1] + c
            tail += 1
    return tail


@compiled
def _shift(
    end: int,
    type_of: Long,
    cells_of: Long,
    start: Long,
    used: Long,
    load: Long,
    place: Long,
    before: Long,
    after: Long,
    first: Long,
    who: Long,
    came: Long,
) -> None:
    """Walk the path back: each applicant on it takes the cell that the search found for them."""
    cells = used.shape[1]
    node = end
    load[end % cells] += 1
    while node >= 0:
        t, c = node // cells, node % cells
        position = who[t, c]
        j = np.searchsorted(start, position, side="right") - 1
        came_from = came[t, c]
        if place[j] >= 0:
            old = cells_of[place[j]]
            used[t, old] -= 1
            if before[j] >= 0:
                after[before[j]] = after[j]
            else:
                first[t, old] = after[j]
            if after[j] >= 0:
                before[after[j]] = before[j]
        place[j] = position
        used[t, c] += 1
        before[j], after[j] = -1, first[t, c]
        if first[t, c] >= 0:
            before[first[t, c]] = j
        first[t, c] = j
        node = came_from
