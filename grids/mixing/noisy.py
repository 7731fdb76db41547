"""Figures out of noisy counts: what is left of the noise in them, and how far they may be off.

`sd` is the standard deviation of the noise that sealing left in a count. Where the sum over the groups is
known (households that answered), the noise of the groups adds up to nothing: what one has too much another
has too little. Margins reach 95 %.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.mix_intervals import noisy_pooled

LAPLACE_95 = math.log(20) / math.sqrt(2)
"""Standard deviations that hold 95 % of Laplace noise; sums of several are tighter (1.96 in the limit)."""

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Noisy:
    """A figure and its 95 % margin."""

    value: float
    margin: float


@dataclass(frozen=True, eq=False)
class Tally:
    """Noisy counts of one area; `total` is the known sum, None where it is noisy itself (persons)."""

    counts: Float
    sd: Float
    total: int | None

    @property
    def size(self) -> float:
        return float(self.total) if self.total is not None else float(self.counts.sum())

    @property
    def shares(self) -> Float:
        """Never below 0, together 1."""
        kept = np.clip(self.counts, 0.0, None)
        whole = kept.sum()
        found: Float = kept / whole if whole > 0 else kept
        return found


def together(tallies: list[Tally]) -> Tally:
    """Areas that do not overlap as one. Leaving out how their noise hangs together makes margins too wide,
    never too narrow: what a known parent takes from one child it gives to another."""
    counts = np.sum([one.counts for one in tallies], axis=0)
    sd = np.sqrt(np.sum([one.sd**2 for one in tallies], axis=0))
    totals = [one.total for one in tallies]
    known = [total for total in totals if total is not None]
    return Tally(counts, sd, sum(known) if len(known) == len(totals) else None)


def share_margins(tally: Tally) -> Float:
    """Margins of count / size."""
    if tally.size <= 0:
        return np.ones_like(tally.counts)
    if tally.total is not None:
        return LAPLACE_95 * tally.sd / tally.size
    shares, variance = tally.shares, tally.sd**2
    others = variance.sum() - variance
    spread: Float = np.sqrt((1 - shares) ** 2 * variance + shares**2 * others) / tally.size
    return LAPLACE_95 * spread


def entropy(tally: Tally) -> Noisy:
    """E of the noisy shares, with the margin of the first order."""
    shares = tally.shares
    told = shares[shares > 0]
    value = float(-(told * np.log(told)).sum()) + 0.0
    least = np.maximum(shares, tally.sd / max(tally.size, 1.0))  # ln of next to nothing says nothing
    return Noisy(value, LAPLACE_95 * math.sqrt(_variance(-np.log(np.clip(least, 1e-9, None)), tally)))


def pooled_differing(tally: Tally) -> Noisy:
    """B, the share of differing pairs among all households, freed of what the noise adds to the squares."""
    if tally.size <= 1:
        return Noisy(0.0, 0.0)
    total = None if tally.total is None else [tally.total]
    value = float(noisy_pooled(tally.counts[None, :], tally.sd[None, :] ** 2, total)[0])
    return Noisy(value, LAPLACE_95 * math.sqrt(_variance(2.0 * tally.shares, tally)))


def _variance(gradient: Float, tally: Tally) -> float:
    """Of a figure that changes by `gradient` with the shares."""
    if tally.size <= 0:
        return 0.0
    variance = tally.sd**2
    groups = len(variance)
    if tally.total is None or groups < 2:
        centred = gradient - float((gradient * tally.shares).sum())
        return float((centred**2 * variance).sum()) / tally.size**2
    centred = gradient - gradient.mean()
    raw = float(variance.mean()) * groups / (groups - 1)
    return float((centred**2).sum()) * raw / tally.size**2


def ratio_gap(top: Noisy, bottom: Noisy) -> Noisy | None:
    """1 - top/bottom, as R* = 1 - W/B; None where the bottom might as well be 0."""
    if bottom.value <= bottom.margin or bottom.value <= 0:
        return None
    ratio = top.value / bottom.value
    return Noisy(1.0 - ratio, math.hypot(top.margin, ratio * bottom.margin) / bottom.value)
