"""The draw that wins back what a plain order loses: as many as possible get a cell of their own list.

A plain serial draw gives the first what they like best and leaves some of the last with nothing they listed,
although another arrangement would serve everybody. Here each in turn is given a listed cell if those before
can keep one of *theirs*, moving some of them down their own lists where needed (augmenting paths). Nobody
who was given a listed cell loses having one, and at the end no arrangement under the caps serves more: the
served sets are independent sets of a transversal matroid, so the order costs nothing in number.

`augmented_cells` goes on from there. Whoever takes any cell and is still without gets one that others make
free: first others who stay on their own lists, and only where that is not enough those who take any as well.
At the end as many of those who take any are housed as any arrangement houses that keeps all who hold a place.
For somebody who takes no other, nobody leaves the own list: who lists little is not to gain by it.

Its price, and why it is shown beside the plain draw and not instead of it: whoever lists fewer cells cannot
be moved down, so a false list may help.

People are many, cells and types few, so paths are sought over pairs (type, cell): from one pair to another of
the type where some holder of the first lists the second. `paths.reach` has these steps as bits, 64 to a word.
"""

import numpy as np

from grids.kernels.augmenting_paths import put_one, put_with_others
from grids.kernels.held_places import Paths, empty_paths, let_everywhere
from grids.kernels.jit import compiled
from grids.kernels.serial_choice import Bool, Choices, Int, Long, checked


def augmented_choice(stock: Int, cap: Int, choices: Choices) -> tuple[Int, Int]:
    """Place as many applicants as possible in a cell that they listed; arguments and answers as in
    `serial_choice`. Cells that nobody listed are not given here.
    """
    return _augmented(*checked(stock, cap, choices), False)


def augmented_cells(stock: Int, cap: Int, choices: Choices) -> tuple[Int, Int]:
    """Place as many as possible in a listed cell, then as many as possible of those who take any."""
    return _augmented(*checked(stock, cap, choices), True)


@compiled
def _augmented(
    stock: Long, cap: Long, type_of: Long, start: Long, cells_of: Long, takes_any: Bool, completes: bool
) -> tuple[Int, Int]:
    paths = empty_paths(stock, cap, type_of, start, cells_of)
    _put_all(paths, np.ones(len(type_of), np.bool_))
    if completes and _is_any_left(paths, takes_any):
        let_everywhere(paths, takes_any & (paths.holds < 0))
        _put_all(paths, takes_any)
    if completes and _is_any_left(paths, takes_any):
        let_everywhere(paths, takes_any)
        _put_all(paths, takes_any)
    return paths.holds.astype(np.int32), _ranks(paths).astype(np.int32)


@compiled
def _put_all(paths: Paths, may_move_others: Bool) -> None:
    for i in range(len(paths.type_of)):
        if paths.holds[i] < 0 and may_move_others[i] and not put_one(paths, i):
            put_with_others(paths, i)


@compiled
def _is_any_left(paths: Paths, takes_any: Bool) -> bool:
    return bool((takes_any & (paths.holds < 0)).any())


@compiled
def _ranks(paths: Paths) -> Long:
    """Place of what each holds in the own list, the list's length for what is not on it, -1 for nothing."""
    ranks = np.full(len(paths.type_of), -1, np.int64)
    for i in range(len(ranks)):
        if paths.holds[i] >= 0:
            ranks[i] = 0
            for place in range(paths.start[i], paths.start[i + 1]):
                if paths.cells_of[place] == paths.holds[i]:
                    break
                ranks[i] += 1
    return ranks
