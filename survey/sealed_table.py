"""Counts of a round → the table that leaves the room: noise drawn once, then made to add up.

The tree is street → community → grid. Every node is measured with noise of its own, and least squares on
the tree make one consistent table of it. The leaves are then put on multiples of 1/1024 and everything above
is their sum, so that grids add up to communities and categories to those who answered, to the last bit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.tree_estimate import estimate_tree
from grids.mixing.noisy import LAPLACE_95
from grids.tallies import COMMUNITY, GRID, STEPS_IN_ONE, STREET, Cell, PairSum
from survey.allocation import CATEGORIES, Allocation
from survey.noise import variance_of, with_noise
from survey.tallying import OUTSIDE, Counted, Ground, outside_any_grid, summed

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
REST = "rest"
"""Dwellings of a community in no grid: a leaf that is neither measured nor published."""
PERSONS_A_HOUSEHOLD = 2.5
"""Turns an error in persons into a share where only households are public."""


@dataclass(frozen=True)
class Tree:
    """Areas of one dimension: parents before children; `place` is the number within its level."""

    levels: tuple[str, ...]
    codes: tuple[str, ...]
    place: IntArray
    parent: IntArray

    def of_level(self, level: str) -> IntArray:
        return np.array([n for n, one in enumerate(self.levels) if one == level], np.int64)


def tree_of(ground: Ground, levels: Mapping[str, float]) -> Tree:
    """The published areas, and below communities with grids the rest that lies in none."""
    rows: list[tuple[str, str, int, int]] = []
    if STREET in levels:
        rows += [(STREET, code, number, -1) for number, code in enumerate(ground.streets)]
    first = len(rows)
    for number, code in enumerate(ground.communities):
        street = ground.street_of(number) if STREET in levels else OUTSIDE
        rows.append((COMMUNITY, code, number, street))
    if GRID in levels:
        above = {code: first + number for number, code in enumerate(ground.communities)}
        rows += [(GRID, code, number, above[code[:12]]) for number, code in enumerate(ground.grids)]
        divided = {code[:12] for code in ground.grids}
        for number in outside_any_grid(ground):
            if ground.communities[number] in divided:
                rows.append((REST, "", number, first + number))
    return Tree(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.int64),
    )


def sums_of(values: IntArray, ground: Ground, tree: Tree) -> IntArray:
    """One value a building (or K of them) → one a node."""
    community = summed(values, ground.community, len(ground.communities))
    by_level = {COMMUNITY: community}
    streets = np.array([ground.street_of(n) for n in range(len(ground.communities))], np.int64)
    by_level[STREET] = summed(community, streets, len(ground.streets))
    by_level[GRID] = summed(values, ground.grid, len(ground.grids))
    outside = ground.grid == OUTSIDE
    by_level[REST] = summed(values[outside], ground.community[outside], len(ground.communities))
    found = [by_level[level][place] for level, place in zip(tree.levels, tree.place, strict=True)]
    return np.array(found, np.int64).reshape(len(tree.codes), *values.shape[1:])


def variances(tree: Tree, allocation: Allocation) -> FloatArray:
    """Of the noise drawn at every node, before anything is made to add up."""
    found = {
        level: variance_of(allocation.sensitivity, epsilon) for level, epsilon in allocation.levels.items()
    }
    return np.array([found.get(level, np.inf) for level in tree.levels])


def planned_sd(ground: Ground, answered: IntArray, allocation: Allocation) -> tuple[Tree, FloatArray]:
    """How exact the counts of every node will be: nothing but public numbers is needed to know it."""
    tree = tree_of(ground, allocation.levels)
    totals = None if allocation.counts_persons else sums_of(answered, ground, tree).astype(float)
    size = (len(tree.codes), len(CATEGORIES[allocation.dimension]))
    found = estimate_tree(np.zeros(size), variances(tree, allocation), tree.parent, totals)
    return tree, np.sqrt(found.variance)


def share_margin(sd: float, answered: float, *, counts_persons: bool) -> float:
    """What a share may be off, 95 times of 100."""
    whole = answered * (PERSONS_A_HOUSEHOLD if counts_persons else 1)
    return LAPLACE_95 * sd / whole if whole > 0 else math.inf


def cells_of(ground: Ground, counted: Counted, allocation: Allocation) -> list[Cell]:
    """Every published cell of one dimension, with fresh noise."""
    tree = tree_of(ground, allocation.levels)
    true = sums_of(counted.counts, ground, tree)
    measured = np.zeros(true.shape)
    for level, epsilon in allocation.levels.items():
        nodes = tree.of_level(level)
        measured[nodes] = with_noise(true[nodes], sensitivity=allocation.sensitivity, epsilon=epsilon)
    answered = sums_of(counted.answered, ground, tree)
    totals = None if allocation.counts_persons else answered.astype(float)
    found = estimate_tree(measured, variances(tree, allocation), tree.parent, totals)
    counts = added_up(found.counts, tree, None if totals is None else answered)
    dwellings = sums_of(ground.dwellings, ground, tree)
    return [
        Cell(
            tree.levels[node],
            tree.codes[node],
            allocation.dimension,
            category,
            float(counts[node, group]),
            round(float(np.sqrt(found.variance[node])), 6),
            int(answered[node]),
            int(dwellings[node]),
        )
        for node in range(len(tree.codes))
        if tree.levels[node] != REST
        for group, category in enumerate(CATEGORIES[allocation.dimension])
    ]


def added_up(counts: FloatArray, tree: Tree, answered: IntArray | None) -> FloatArray:
    """Leaves on whole steps, their last category what is left of the known total; parents are sums."""
    found = np.round(counts * STEPS_IN_ONE) / STEPS_IN_ONE
    if answered is not None:
        found[:, -1] = answered - found[:, :-1].sum(axis=1)
    is_inner = np.isin(np.arange(len(tree.codes)), tree.parent)
    found[is_inner] = 0.0
    for node in reversed(range(len(tree.codes))):
        if tree.parent[node] >= 0:
            found[tree.parent[node]] += found[node]
    return found


def pairs_of(ground: Ground, counted: Counted, allocation: Allocation) -> list[PairSum]:
    """Pairs of answering households of one building that differ, summed over each community.

    One household that answers otherwise changes its pairs with its neighbours: at most as many as the
    largest building of the community has other households that answered.
    """
    if not allocation.pairs:
        return []
    households = counted.answered
    pairs = households * (households - 1) // 2
    differing = (households**2 - (counted.counts**2).sum(axis=1)) // 2
    size = len(ground.communities)
    within, true = summed(pairs, ground.community, size), summed(differing, ground.community, size)
    found = []
    for number, code in enumerate(ground.communities):
        reach = int(households[ground.community == number].max(initial=0)) - 1
        if reach < 1:  # nobody has a neighbour who answered: there is nothing to tell
            found.append(PairSum(code, allocation.dimension, 0, 0.0, 0.0))
            continue
        noisy = with_noise(true[number : number + 1], sensitivity=reach, epsilon=allocation.pairs)
        sd = math.sqrt(variance_of(reach, allocation.pairs))
        found.append(PairSum(code, allocation.dimension, int(within[number]), float(noisy[0]), round(sd, 6)))
    return found
