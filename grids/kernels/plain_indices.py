"""The plain indices of the literature, as PySAL's `segregation` computes them, in one pass and without NaN.

They are biased for small units (README.md of this folder), so the pages show W and R* instead; these
stand here to be compared with other people's figures, and to test against PySAL to the twelfth digit.
n_ik counts group k in unit i, t_i a unit's residents, p_ik = n_ik/t_i, P_k the shares of the whole,
I = Σ P(1-P), E = -Σ P ln P. An index that is not defined (nobody, or one group alone) is 0.

Sources: Duncan and Duncan 1955; Theil 1972; James and Taeuber 1985; Massey and Denton 1988; Reardon and
Firebaugh 2002; Hutchens 2004; Roberto 2015.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from grids.kernels.counts import X_LN_X, CountArray, added, as_counts, x_ln_x
from grids.kernels.graph import FloatArray
from grids.kernels.jit import compiled


@dataclass(frozen=True)
class ManyGroupIndices:
    """Nine indices of K groups over all units together; `multigroup_gini` is the tenth.

    Attributes:
        dissimilarity: Σ t|p - P| / (2 T I).
        information_theory: H = Σ t p ln(p/P) / (T E).
        divergence: Σ t p ln(p/P) / T, which is also M.
        relative_diversity: R = Σ t(p - P)² / (T I).
        normalised_exposure: Σ t(p - P)² / (T (1 - P)).
        squared_cv: C = Σ t(p - P)² / (T (K - 1) P); groups of nobody do not count in K.
        diversity: E. simpson_interaction: I. simpson_concentration: Σ P².
    """

    dissimilarity: float
    information_theory: float
    divergence: float
    relative_diversity: float
    normalised_exposure: float
    squared_cv: float
    diversity: float
    simpson_interaction: float
    simpson_concentration: float


@dataclass(frozen=True)
class TwoGroupIndices:
    """One group x against all others y of the same units, t = x + y.

    Attributes:
        dissimilarity: Σ t|p - P| / (2 T P (1 - P)).
        gini: Σ Σ t t'|p - p'| / (2 T² P (1 - P)).
        entropy: Theil's H of two groups.
        isolation: xPx = Σ (x/X)(x/t). interaction: xPy = Σ (x/X)(y/t).
        correlation_ratio: (xPx - P)/(1 - P), Bell's adjusted isolation, also η².
        atkinson: 1 - P/(1-P) · |Σ (1-p)^(1-b) p^b t / (P T)|^(1/(1-b)).
        hutchens: 1 - Σ √(x y / (X Y)).
        min_max: 1 - Σ min(x/X, y/Y) / Σ max(x/X, y/Y).
    """

    dissimilarity: float
    gini: float
    entropy: float
    isolation: float
    interaction: float
    correlation_ratio: float
    atkinson: float
    hutchens: float
    min_max: float


def multigroup_indices(counts: ArrayLike) -> ManyGroupIndices:
    """The nine indices of (n, K) counts; empty units and groups of nobody change nothing."""
    table = as_counts(counts)
    pooled = _column_sums(table).astype(np.float64)
    everyone = pooled.sum()
    present = pooled > 0
    if present.sum() < 2:
        return ManyGroupIndices(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, float(everyone > 0))
    whole = pooled / everyone
    deviation, squares, inside = _deviations(table, whole, X_LN_X)
    interaction = float((whole * (1.0 - whole)).sum())
    entropy = float(-(whole[present] * np.log(whole[present])).sum())
    information = float(max(entropy - inside / everyone, 0.0))
    squares, whole = squares[present] / everyone, whole[present]
    return ManyGroupIndices(
        dissimilarity=float(deviation / (2.0 * everyone * interaction)),
        information_theory=information / entropy,
        divergence=information,
        relative_diversity=float(squares.sum() / interaction),
        normalised_exposure=float((squares / (1.0 - whole)).sum()),
        squared_cv=float((squares / ((len(whole) - 1.0) * whole)).sum()),
        diversity=entropy,
        simpson_interaction=interaction,
        simpson_concentration=float((whole * whole).sum()),
    )


def multigroup_gini(counts: ArrayLike) -> float:
    """Σ_k Σ Σ t t'|p_k - p_k'| / (2 T² I), by sorting the units by p instead of comparing all pairs."""
    table = as_counts(counts)
    residents = table.sum(axis=1).astype(np.float64)
    whole = _column_sums(table).astype(np.float64)
    everyone = residents.sum()
    interaction = (whole * (everyone - whole)).sum()
    if interaction <= 0:
        return 0.0
    return float(sum(_spread(column, residents) for column in table.T) / interaction)


def two_group_indices(group: ArrayLike, others: ArrayLike, *, b: float = 0.5) -> TwoGroupIndices:
    """All indices of one group against others in the same units.

    Args:
        group, others: (n,) residents of the group, and those it is compared with.
        b: Atkinson's weight of units where the group is above (b > ½) or below its average, 0 < b < 1.

    Raises:
        ValueError: lengths that do not match, negative counts, b out of range.
    """
    if not 0.0 < b < 1.0:
        raise ValueError(f"b is {b}, expected between 0 and 1")
    table = as_counts(np.column_stack([np.asarray(group).reshape(-1), np.asarray(others).reshape(-1)]))
    in_group, outside = (int(total) if table.dtype.kind == "i" else total for total in _column_sums(table))
    everyone = float(in_group + outside)
    if in_group <= 0 or outside <= 0:
        return TwoGroupIndices(0.0, 0.0, 0.0, float(in_group > 0), 0.0, 0.0, 0.0, 0.0, 0.0)
    many = multigroup_indices(table)
    share = in_group / everyone
    isolation, interaction, roots, atkinson, least, most = _two_group_sums(table, in_group, outside, b)
    return TwoGroupIndices(
        dissimilarity=many.dissimilarity,
        gini=_spread(table[:, 0], table.sum(axis=1).astype(np.float64)) / (float(in_group) * float(outside)),
        entropy=many.information_theory,
        isolation=isolation,
        interaction=interaction,
        correlation_ratio=1.0 - interaction * everyone / outside,  # the same, and no digit is cancelled
        atkinson=1.0 - share / (1.0 - share) * (atkinson / in_group) ** (1.0 / (1.0 - b)),
        hutchens=1.0 - roots,
        min_max=1.0 - least / most,
    )


def _spread(members: CountArray, residents: FloatArray) -> float:
    """Σ over pairs of units of t t'|p - p'|."""
    inhabited = residents > 0
    own, all_ = members[inhabited].astype(np.float64), residents[inhabited]
    order = np.argsort(own / all_)
    return _running(own[order], all_[order])


@compiled
def _running(members: FloatArray, residents: FloatArray) -> float:
    """Units in order of p: each adds x·(residents before) - t·(members before)."""
    spread = 0.0
    members_before = 0.0
    residents_before = 0.0
    for unit in range(len(members)):
        spread += members[unit] * residents_before - residents[unit] * members_before
        members_before += members[unit]
        residents_before += residents[unit]
    return spread


@compiled
def _column_sums(counts: CountArray) -> CountArray:
    sums = np.zeros(counts.shape[1], counts.dtype)
    for unit in range(counts.shape[0]):
        for group in range(counts.shape[1]):
            sums[group] += counts[unit, group]
    return sums


@compiled
def _deviations(counts: CountArray, whole: FloatArray, table: FloatArray) -> tuple[float, FloatArray, float]:
    """Σ|n - tP|, (K,) Σ (n - tP)²/t, and Σ t E of the units."""
    group_count = counts.shape[1]
    deviation = 0.0
    inside = 0.0
    lost = 0.0
    squares = np.zeros(group_count)
    for unit in range(counts.shape[0]):
        residents = 0.0
        for group in range(group_count):
            residents += counts[unit, group]
        if residents <= 0:
            continue
        entropy = x_ln_x(residents, table)
        per_resident = 1.0 / residents
        for group in range(group_count):
            count = counts[unit, group]
            apart = count - residents * whole[group]
            deviation += abs(apart)
            squares[group] += apart * apart * per_resident
            entropy -= x_ln_x(count, table)
        inside, lost = added(inside, lost, entropy)
    return deviation, squares, inside


@compiled
def _two_group_sums(
    counts: CountArray, in_group: float, outside: float, b: float
) -> tuple[float, float, float, float, float, float]:
    isolation = 0.0
    interaction = 0.0
    roots = 0.0
    atkinson = 0.0
    least = 0.0
    most = 0.0
    for unit in range(counts.shape[0]):
        x = float(counts[unit, 0])
        y = float(counts[unit, 1])
        if x + y <= 0:
            continue
        isolation += x / in_group * (x / (x + y))
        interaction += x / in_group * (y / (x + y))
        roots += np.sqrt(x / in_group * (y / outside))
        atkinson += (y / (x + y)) ** (1.0 - b) * (x / (x + y)) ** b * (x + y)
        least += min(x / in_group, y / outside)
        most += max(x / in_group, y / outside)
    return isolation, interaction, roots, atkinson, least, most
