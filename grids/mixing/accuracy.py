"""How exact sealed figures can be: worked out from how ε is spent, before anything is sealed or read.

Noise is discrete Laplace with scale b = sensitivity / ε of the level. Its variance is 2q/(1-q)² with
q = exp(-1/b). Where the number of answering households is known, the noise of K groups adds up to nothing,
which leaves (K-1)/K of it. What a community adds to its grids is not counted: figures are at least as good.
"""

import math
from collections.abc import Mapping
from typing import Any

from grids.mixing.noisy import LAPLACE_95

HOUSEHOLDS = (100, 200, 400)
PERSONS_A_HOUSEHOLD = 2.5
FINEST_FIRST = ("grid", "community", "street")


def laplace_sd(sensitivity: float, epsilon: float) -> float:
    """Standard deviation of discrete Laplace noise of scale sensitivity / ε."""
    q = math.exp(-epsilon / sensitivity)
    return math.sqrt(2 * q) / (1 - q)


def accuracy_rows(
    spent: Mapping[str, Any], group_count: int, *, in_persons: bool = False
) -> list[dict[str, float | int | None]]:
    """95 % margins at 100, 200 and 400 answering households, on the finest level that is released.

    Args:
        spent: {"levels": {level: ε}, "pairs": ε, "sensitivity": cells that one household can change}.
        group_count: groups of the dimension.
        in_persons: persons are counted; how many they are is not known.

    Returns:
        count_margin, share_margin (of one half, the widest), and w_margin in a community of so many
        households in buildings of one size: a changed answer changes t-1 of t(t-1)/2 pairs of its building,
        so over n households the margin is that of 2·Laplace(1/ε)/n whatever the size.
    """
    level = next(one for one in FINEST_FIRST if spent["levels"].get(one))
    sd = laplace_sd(spent["sensitivity"], spent["levels"][level])
    if not in_persons and group_count > 1:
        sd *= math.sqrt((group_count - 1) / group_count)
    return [_row(n, sd, float(spent.get("pairs") or 0), level, group_count, in_persons) for n in HOUSEHOLDS]


def _row(
    n: int, sd: float, pairs_epsilon: float, level: str, group_count: int, in_persons: bool
) -> dict[str, Any]:
    size = n * PERSONS_A_HOUSEHOLD if in_persons else n
    # A share of one half of persons: half of its own noise, half of each other group's.
    spread = sd / 2 * math.sqrt(group_count) if in_persons else sd
    pair_sd = 2 * math.sqrt(2) / (pairs_epsilon * n) if pairs_epsilon else None
    return {
        "households": n,
        "level": level,
        "count_margin": math.ceil(LAPLACE_95 * sd),
        "share_margin": round(min(1.0, LAPLACE_95 * spread / size), 4),
        "w_margin": None if pair_sd is None else round(min(1.0, LAPLACE_95 * pair_sd), 4),
    }
