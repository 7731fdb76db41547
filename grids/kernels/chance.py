"""What dissimilarity would be by chance: the mean absolute deviation of a hypergeometric count, exactly.

If X of T residents belong to a group and t of the T live in a unit, placed at random, the group's count
n there is hypergeometric, and (as De Moivre found for the binomial; Diaconis and Zabell 1991)

    E|n - tX/T| = 2 v (T - X - t + v) / T * P(n = v),    v = floor(tX/T) + 1.

P(n = floor(tX/T)) is carried from t to t + 1 by two ratios, so units of all sizes up to the largest need
one walk and no logarithm.
"""

import numpy as np

from grids.kernels.counts import CountArray, Int64Array
from grids.kernels.graph import FloatArray
from grids.kernels.jit import compiled


@compiled
def expected_deviation(residents: FloatArray, totals: CountArray) -> float:
    """Σ over units and groups of E|n - tP| for units of t residents, filled at random from the totals."""
    everyone = 0
    for group in range(len(totals)):
        everyone += int(totals[group] + 0.5)
    largest = 0
    for unit in range(len(residents)):
        largest = max(largest, int(residents[unit] + 0.5))
    largest = min(largest, everyone)
    units_of = np.zeros(largest + 1, np.int64)
    for unit in range(len(residents)):
        units_of[min(int(residents[unit] + 0.5), largest)] += 1
    deviation = 0.0
    for group in range(len(totals)):
        members = int(totals[group] + 0.5)
        if 0 < members < everyone:
            deviation += _walk(units_of, members, everyone)
    return deviation


@compiled
def _walk(units_of: Int64Array, members: int, everyone: int) -> float:
    """One group: the deviation in units of 1, 2, 3, … residents times how many there are."""
    total, others = float(everyone), float(everyone - members)
    at = 0.0  # floor(size * members / everyone)
    rest = 0  # what the floor took away, times everyone
    likely = 1.0  # P(n = at) among `size` residents
    deviation = 0.0
    for before in range(min(len(units_of), everyone) - 1):
        size = before + 1.0
        rest += members
        if rest >= everyone:  # the floor rises with the size: C(members, at) gets one more
            rest -= everyone
            likely *= (members - at) * size / ((at + 1.0) * (total - before))
            at += 1.0
        else:  # it stays: C(others, size - at) gets one more
            likely *= (others - before + at) * size / ((size - at) * (total - before))
        if units_of[before + 1] > 0:
            deviation += units_of[before + 1] * 2.0 * (members - at) * (size - at) / total * likely
    return deviation
