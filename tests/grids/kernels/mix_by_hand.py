"""The mix measures a second time: plain Python, pair by pair and fraction by fraction, no arrays."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import comb, log

Rows = Sequence[Sequence[int]]


def people(rows: Rows) -> list[tuple[int, int]]:
    """(unit, group) of everybody."""
    return [(unit, group) for unit, row in enumerate(rows) for group, n in enumerate(row) for _ in range(n)]


def share_differing(groups: Sequence[int]) -> Fraction:
    pairs = list(combinations(groups, 2))
    return Fraction(sum(a != b for a, b in pairs), len(pairs)) if pairs else Fraction(0)


def w(rows: Rows) -> Fraction:
    """Mean over residents with a neighbour of the share of neighbours who differ."""
    everybody = people(rows)
    shares = []
    for me, (unit, group) in enumerate(everybody):
        others = [g for at, (u, g) in enumerate(everybody) if u == unit and at != me]
        if others:
            shares.append(Fraction(sum(g != group for g in others), len(others)))
    return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)


def b(rows: Rows) -> Fraction:
    return share_differing([group for _, group in people(rows)])


def entropy(row: Sequence[float]) -> float:
    total = sum(row)
    return -sum(n / total * log(n / total) for n in row if n > 0) if total else 0.0


def pooled(rows: Rows) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)]


def theil_h(rows: Rows) -> float:
    whole = pooled(rows)
    e, total = entropy(whole), sum(whole)
    return sum(sum(row) * (e - entropy(row)) for row in rows) / (total * e) if e else 0.0


def dissimilarity(rows: Rows) -> Fraction:
    whole = pooled(rows)
    total = sum(whole)
    interaction = sum(Fraction(n * (total - n), total**2) for n in whole)
    apart = sum(
        abs(n - Fraction(sum(row) * x, total)) for row in rows for n, x in zip(row, whole, strict=True)
    )
    return apart / (2 * total * interaction)


def expected_dissimilarity(rows: Rows) -> Fraction:
    """The mean of D over every way of placing the residents: hypergeometric sums in whole numbers."""
    whole = pooled(rows)
    total = sum(whole)
    interaction = sum(Fraction(n * (total - n), total**2) for n in whole)
    apart = Fraction(0)
    for row in rows:
        t = sum(row)
        for x in whole:
            for n in range(t + 1):
                ways = Fraction(comb(x, n) * comb(total - x, t - n), comb(total, t))
                apart += ways * abs(n - Fraction(t * x, total))
    return apart / (2 * total * interaction)


def gini(rows: Rows) -> Fraction:
    """Σ over groups and ordered pairs of units, as written."""
    whole = pooled(rows)
    total = sum(whole)
    apart = Fraction(0)
    for k in range(len(whole)):
        for one in rows:
            for other in rows:
                if sum(one) and sum(other):
                    apart += (
                        sum(one)
                        * sum(other)
                        * abs(Fraction(one[k], sum(one)) - Fraction(other[k], sum(other)))
                    )
    return apart / (2 * sum(n * (total - n) for n in whole))


def pairs_by_level(rows: Rows, paths: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Differing and all pairs of people by the first level of their paths that is equal.

    paths[unit] = (unit, grid, community, …); pairs that share none are not counted.
    """
    depth = len(paths[0])
    differing, pairs = [0] * depth, [0] * depth
    for (unit, group), (other, other_group) in combinations(people(rows), 2):
        for level in range(depth):
            if paths[unit][level] == paths[other][level]:
                pairs[level] += 1
                differing[level] += group != other_group
                break
    return differing, pairs
