"""The noise that protects one household: discrete Laplace, drawn once for every cell by OpenDP.

Discrete, so that no bit of a floating-point number betrays what lies below; OpenDP's own random source, so
that nobody can draw it again. Its price: about 15 µs a number, half a minute for half a million (measured).
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
ROUNDING = 1e-9  # of OpenDP's own arithmetic, which rounds ε upwards


class NotPrivate(Exception):  # noqa: N818 — must never be caught
    """OpenDP says that this noise does not keep the promised ε."""


def with_noise(counts: IntArray, *, sensitivity: int, epsilon: float) -> IntArray:
    """Counts of any shape with fresh noise, such that they cost ε for a change of `sensitivity` in all.

    Raises:
        NotPrivate
    """
    if counts.size == 0:
        return counts.astype(np.int64)
    scale = scale_of(sensitivity, epsilon)
    measurement = _laplace(scale)
    spent = float(measurement.map(int(sensitivity)))
    if spent > epsilon * (1 + ROUNDING):
        raise NotPrivate(f"ε {spent} for a promise of {epsilon}")
    drawn = measurement([int(one) for one in counts.ravel()])
    return np.array(drawn, dtype=np.int64).reshape(counts.shape)


@lru_cache(maxsize=64)
def _laplace(scale: float) -> Any:
    """OpenDP's mechanism for a vector of whole numbers, distances counted over all of them."""
    import opendp.prelude as dp  # loads a library of its own: only where something is sealed

    dp.enable_features("contrib")
    domain = dp.vector_domain(dp.atom_domain(T=int))
    return dp.m.make_laplace(domain, dp.l1_distance(T=int), scale)


def scale_of(sensitivity: int, epsilon: float) -> float:
    return sensitivity / epsilon


def variance_of(sensitivity: int, epsilon: float) -> float:
    """Of one drawn number: 2q/(1−q)² with q = exp(−ε/sensitivity)."""
    ratio = epsilon / sensitivity
    return 2 * math.exp(-ratio) / math.expm1(-ratio) ** 2
