"""Counts on a tree: against generalised least squares written out as one dense matrix."""

import numpy as np
import pytest

from grids.kernels.tree_estimate import estimate_tree


def dense(measured, variance, parent, totals=None):
    """Least squares over the leaves × groups, the known totals as equality constraints (KKT system)."""
    nodes, groups = measured.shape
    leaves = [node for node in range(nodes) if node not in set(parent)]
    below = np.zeros((nodes, len(leaves)))
    for place, leaf in enumerate(leaves):
        node = leaf
        while node >= 0:
            below[node, place] = 1
            node = parent[node]
    design = np.kron(below, np.eye(groups))
    weight = np.repeat(np.where(np.isinf(variance), 0, 1 / variance), groups)
    normal = design.T @ (weight[:, None] * design)
    right = design.T @ (weight * np.nan_to_num(measured).ravel())
    size = len(leaves) * groups
    if totals is None:
        found, spread = np.linalg.solve(normal, right), np.linalg.inv(normal)
    else:
        equal = np.kron(np.eye(len(leaves)), np.ones((1, groups)))
        whole = np.block([[normal, equal.T], [equal, np.zeros((len(leaves), len(leaves)))]])
        found = np.linalg.solve(whole, np.concatenate([right, totals[leaves]]))[:size]
        spread = np.linalg.inv(whole)[:size, :size]
    counts = (design @ found).reshape(nodes, groups)
    variances = np.diag(design @ spread @ design.T).reshape(nodes, groups)
    return counts, variances


def drawn_tree(chance, *, with_gap=False):
    """A street, communities, grids; numbers of children and variances all different."""
    parent = [-1]
    for _community in range(3):
        parent.append(0)
    for community in range(1, 4):
        parent += [community] * int(chance.integers(1, 6))
    parent = np.array(parent)
    variance = chance.uniform(0.5, 50, len(parent))
    if with_gap:
        variance[-1] = np.inf  # buildings outside every grid
    return parent, variance


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("knows_totals", [True, False])
@pytest.mark.parametrize("with_gap", [True, False])
def test_equals_dense_least_squares(seed, knows_totals, with_gap):
    chance = np.random.default_rng(seed)
    parent, variance = drawn_tree(chance, with_gap=with_gap)
    measured = chance.normal(100, 30, (len(parent), 4))
    totals = None
    if knows_totals:
        totals = np.zeros(len(parent))
        leaves = np.setdiff1d(np.arange(len(parent)), parent)
        totals[leaves] = chance.integers(1, 500, len(leaves))
        for node in reversed(range(1, len(parent))):
            totals[parent[node]] += totals[node]
    found = estimate_tree(measured, variance, parent, totals)
    counts, variances = dense(measured, variance, parent, totals)
    np.testing.assert_allclose(found.counts, counts, atol=1e-8)
    np.testing.assert_allclose(np.repeat(found.variance[:, None], 4, 1), variances, atol=1e-8)


def test_children_add_up_to_their_parent_and_groups_to_the_known_total():
    chance = np.random.default_rng(3)
    parent = np.array([-1, 0, 0, 1, 1, 2, 2, 2])
    totals = np.array([60.0, 30, 30, 10, 20, 10, 10, 10])
    found = estimate_tree(chance.normal(10, 9, (8, 3)), np.full(8, 4.0), parent, totals)
    np.testing.assert_allclose(found.counts.sum(axis=1), totals, atol=1e-9)
    np.testing.assert_allclose(found.counts[0], found.counts[[1, 2]].sum(axis=0), atol=1e-9)
    np.testing.assert_allclose(found.counts[2], found.counts[[5, 6, 7]].sum(axis=0), atol=1e-9)


def test_two_equal_measurements_of_a_sum_share_the_difference():
    # The parent says 10, its two children 4 and 4 with the same variance 1: the sum of the children has
    # variance 2, so the parent becomes (10·2 + 8·1)/3 = 28/3, and each child gets half of what is missing.
    found = estimate_tree(np.array([[10.0], [4.0], [4.0]]), np.ones(3), np.array([-1, 0, 0]))
    np.testing.assert_allclose(found.counts[:, 0], [28 / 3, 14 / 3, 14 / 3])
    np.testing.assert_allclose(found.variance, [2 / 3, 2 / 3, 2 / 3])


def test_an_area_without_anybody_is_known_to_be_empty():
    parent, totals = np.array([-1, 0, 0]), np.array([40.0, 0, 40])
    found = estimate_tree(np.array([[20.0, 20], [7, -3], [25, 15]]), np.full(3, 9.0), parent, totals)
    assert found.counts[1].tolist() == [0, 0]
    assert found.variance[1] == 0
    np.testing.assert_allclose(found.counts[0], found.counts[2])


def test_is_never_less_exact_than_what_was_measured():
    chance = np.random.default_rng(8)
    parent, variance = drawn_tree(chance)
    found = estimate_tree(chance.normal(0, 1, (len(parent), 3)), variance, parent)
    assert (found.variance <= variance + 1e-12).all()


def test_a_child_before_its_parent_is_refused():
    with pytest.raises(ValueError, match="before its children"):
        estimate_tree(np.zeros((2, 2)), np.ones(2), np.array([1, -1]))


def test_totals_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add up"):
        estimate_tree(np.zeros((3, 2)), np.ones(3), np.array([-1, 0, 0]), np.array([5.0, 1, 1]))
