"""Noisy counts on a tree of areas → counts that add up, and are more exact than what was measured.

Every node of the tree was measured on its own: grids, their community, its street. The measurements do not
add up, since each carries noise of its own. Generalised least squares finds the counts that do add up and
have the least variance; on a tree it takes one pass up and one pass down (Hay et al. 2010), here with any
variances, any numbers of children, and with totals over the groups that are known exactly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class TreeEstimate:
    """Counts (v, K) that add up from children to parents, and the variance (v,) left in each of them."""

    counts: FloatArray
    variance: FloatArray


def estimate_tree(
    measured: FloatArray, variance: FloatArray, parent: IntArray, totals: FloatArray | None = None
) -> TreeEstimate:
    """The least-squares counts of every node of a tree (or of several).

    The noise of one node is the same for all groups and independent between groups and nodes. Where the sum
    over the groups is known, it is put in first: in the direction of the sum nothing is left to estimate, and
    in the others the noise is unchanged, so that the rest is one tree for each group.

    Args:
        measured: (v, K) noisy counts; what is written for a node of infinite variance is not looked at.
        variance: (v,) of the noise in one count. 0: known exactly. inf: not measured, allowed for leaves.
        parent: (v,) number of each node's parent, -1 for a root; a parent stands before its children.
        totals: (v,) known sums over the groups, or None when no sum is known. They must add up.

    Returns:
        Counts and the variance of one count. Two leaves of one parent that were both not measured stay
        unknown apart: they share what is left equally and have infinite variance.

    Raises:
        ValueError: a child before its parent, totals that do not add up, an inner node without measurement.

    Source: Hay, Rastogi, Miklau, Suciu (2010), Boosting the accuracy of differentially private histograms
    through consistency, VLDB 3(1); unequal variances as in Kalman smoothing on trees.
    """
    levels = _levels(parent)
    own_variance = variance.astype(float).copy()
    inner = np.zeros(len(parent), bool)
    inner[parent[parent >= 0]] = True
    if np.isinf(own_variance[inner]).any():
        raise ValueError("an inner node has no measurement")
    values = np.where(np.isinf(own_variance)[:, None], 0.0, measured.astype(float))
    if totals is not None:
        values, own_variance = _with_totals(values, own_variance, totals.astype(float), parent)
    up, up_variance, below, below_variance = _up(values, own_variance, parent, levels, inner)
    return _down(up, up_variance, below, below_variance, parent, levels)


def _levels(parent: IntArray) -> list[IntArray]:
    """Node numbers by depth, the roots first."""
    if (parent >= np.arange(len(parent))).any() or (parent < -1).any():
        raise ValueError("a parent must stand before its children")
    depth = np.zeros(len(parent), np.int64)
    for node, above in enumerate(parent):
        depth[node] = depth[above] + 1 if above >= 0 else 0
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=-1)) + 1)]


def _with_totals(
    values: FloatArray, variance: FloatArray, totals: FloatArray, parent: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Shift each node onto its known total; a node without anybody is known altogether."""
    sums = np.zeros(len(parent))
    has_children = np.zeros(len(parent), bool)
    np.add.at(sums, parent[parent >= 0], totals[parent >= 0])
    has_children[parent[parent >= 0]] = True
    if not np.allclose(sums[has_children], totals[has_children]):
        raise ValueError("the known totals of children do not add up to their parent's")
    groups = values.shape[1]
    shifted = values + ((totals - values.sum(axis=1)) / groups)[:, None]
    is_empty = totals == 0
    shifted[is_empty] = 0.0
    share = (groups - 1) / groups
    with np.errstate(invalid="ignore"):
        left = np.where(np.isinf(variance) & (groups > 1), np.inf, variance * share)
    return shifted, np.where(is_empty | (groups == 1), 0.0, left)


def _up(
    values: FloatArray,
    variance: FloatArray,
    parent: IntArray,
    levels: list[IntArray],
    inner: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """What each node knows of itself and of what lies below it; sums of the children beside it."""
    up, up_variance = values.copy(), variance.copy()
    below, below_variance = np.zeros_like(values), np.zeros(len(variance))
    for nodes in reversed(levels):
        own = nodes[inner[nodes]]
        up[own], up_variance[own] = _together(values[own], variance[own], below[own], below_variance[own])
        children = nodes[parent[nodes] >= 0]
        np.add.at(below, parent[children], up[children])
        np.add.at(below_variance, parent[children], up_variance[children])
    return up, up_variance, below, below_variance


def _together(
    one: FloatArray, one_variance: FloatArray, other: FloatArray, other_variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Two measurements of the same count, each weighted by how exact it is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = other_variance / (one_variance + other_variance)  # of the first
        weight = np.where(np.isinf(other_variance), 1.0, weight)
        weight = np.where(one_variance == 0, 1.0, weight)
        joint = np.where(
            np.isinf(other_variance),
            one_variance,
            one_variance * other_variance / (one_variance + other_variance),
        )
    joint = np.where((one_variance == 0) | (other_variance == 0), 0.0, joint)
    weight = weight[:, None]
    return weight * one + (1 - weight) * other, joint


def _down(
    up: FloatArray,
    up_variance: FloatArray,
    below: FloatArray,
    below_variance: FloatArray,
    parent: IntArray,
    levels: list[IntArray],
) -> TreeEstimate:
    """What the parent knows better is shared out among its children, most to the least exact."""
    counts, variance = up.copy(), up_variance.copy()
    unknown = np.isinf(up_variance)
    unknown_count = np.zeros(len(parent), np.int64)
    np.add.at(unknown_count, parent[(parent >= 0) & unknown], 1)
    for nodes in levels[1:]:
        above = parent[nodes]
        share = _share(up_variance[nodes], below_variance[above], unknown[nodes], unknown_count[above])
        counts[nodes] = up[nodes] + share[:, None] * (counts[above] - below[above])
        variance[nodes] = _left(
            up_variance[nodes], below_variance[above], variance[above], share, unknown_count[above]
        )
    alone = unknown & (parent >= 0)
    for node in np.flatnonzero(alone & (unknown_count[parent] == 1)):
        siblings = np.flatnonzero((parent == parent[node]) & (np.arange(len(parent)) != node))
        variance[node] = variance[parent[node]] + up_variance[siblings].sum()
    return TreeEstimate(counts, variance)


def _share(
    own: FloatArray, all_children: FloatArray, unknown: NDArray[np.bool_], unknown_count: IntArray
) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.where(all_children > 0, own / all_children, 0.0)
    rest = np.where(unknown, 1.0 / np.maximum(unknown_count, 1), 0.0)
    return np.where(unknown_count > 0, rest, plain)


def _left(
    own: FloatArray, all_children: FloatArray, above: FloatArray, share: FloatArray, unknown_count: IntArray
) -> FloatArray:
    """Variance after the parent has spoken; beside a sibling that was not measured it says nothing."""
    with np.errstate(invalid="ignore"):
        heard = own - share * own + share**2 * above
    return np.where(unknown_count > 0, own, heard)
