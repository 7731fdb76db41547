"""What sealing a round would release: which dimensions at which levels, and how exact each will be.

Nothing here is noisy yet and nothing is secret: how exact a figure will be follows from ε and from how many
households answered, which is public. A dimension goes down to grids only where a share in the grid of middle
size is off by no more than `MARGIN_MOST`; else noise would drown it, and its ε serves the larger areas.
"""

from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from grids.mixing.noisy import LAPLACE_95
from grids.tallies import COMMUNITY, GRID, LEVELS, STREET
from survey.allocation import Allocation, allocate
from survey.models import Round
from survey.noise import variance_of
from survey.sealed_table import FloatArray, IntArray, planned_sd, share_margin, sums_of
from survey.tallying import OUTSIDE, Counted, Ground, count_round, ground_of, summed

USUAL_EPSILON = Decimal("1")
EPSILONS = (Decimal("0.5"), Decimal("1"), Decimal("1.5"), Decimal("2"))
MARGIN_MOST = 0.15


@dataclass(frozen=True)
class Plan:
    """A round counted and not yet sealed."""

    round: Round
    epsilon: Decimal
    ground: Ground
    counted: dict[str, Counted]
    allocations: tuple[Allocation, ...]

    def of(self, dimension: str) -> Allocation:
        return next(one for one in self.allocations if one.dimension == dimension)

    @property
    def answered(self) -> dict[str, int]:
        return {name: int(one.answered.sum()) for name, one in self.counted.items()}


def plan_for(subject: Round, epsilon: Decimal) -> Plan:
    """Count the round and divide ε.

    Raises:
        KeyDestroyed: the answers cannot be read.
    """
    ground = ground_of(subject)
    counted = count_round(subject, ground)
    return planned(subject, epsilon, ground, counted)


def planned(subject: Round, epsilon: Decimal, ground: Ground, counted: dict[str, Counted]) -> Plan:
    wide = (*((STREET,) if ground.streets else ()), COMMUNITY)
    fine = (*wide, GRID) if ground.grids else wide
    tried = allocate(float(epsilon), dict.fromkeys(counted, fine))
    levels = {
        one.dimension: fine if is_readable_in_grids(ground, counted[one.dimension], one) else wide
        for one in tried
    }
    return Plan(subject, epsilon, ground, counted, tuple(allocate(float(epsilon), levels)) if levels else ())


def is_readable_in_grids(ground: Ground, counted: Counted, allocation: Allocation) -> bool:
    """Is a share in the grid of middle size off by no more than `MARGIN_MOST`, 95 times of 100?"""
    if GRID not in allocation.levels:
        return False
    margins = grid_margins(ground, counted, allocation)
    return bool(margins) and median(margins) <= MARGIN_MOST


def grid_margins(ground: Ground, counted: Counted, allocation: Allocation) -> list[float]:
    """Of a share, for every grid in which somebody answered."""
    tree, sd = planned_sd(ground, counted.answered, allocation)
    answered = summed(counted.answered, ground.grid, len(ground.grids))
    return [
        share_margin(
            float(sd[node]), float(answered[tree.place[node]]), counts_persons=allocation.counts_persons
        )
        for node in tree.of_level(GRID)
        if answered[tree.place[node]] > 0
    ]


@dataclass(frozen=True)
class Accuracy:
    """One dimension at one level: how far a share may be off, 95 times of 100."""

    dimension: str
    level: str
    area_count: int  # in which somebody answered
    answered: tuple[int, int]  # households of the smallest and the largest of them
    margins: tuple[float, float]  # the best and the worst


def accuracies(plan: Plan) -> list[Accuracy]:
    """Every dimension at every level at which it would be published."""
    found = []
    for allocation in plan.allocations:
        counted = plan.counted[allocation.dimension]
        tree, sd = planned_sd(plan.ground, counted.answered, allocation)
        answered = sums_of(counted.answered, plan.ground, tree)
        for level in (one for one in LEVELS if one in allocation.levels):
            nodes = tree.of_level(level)
            found.append(_accuracy(allocation, level, sd[nodes], answered[nodes]))
    return found


def _accuracy(allocation: Allocation, level: str, sd: FloatArray, answered: IntArray) -> Accuracy:
    inside = answered > 0
    margins = [
        share_margin(float(one), float(size), counts_persons=allocation.counts_persons)
        for one, size in zip(sd[inside], answered[inside], strict=True)
    ]
    sizes = answered[inside].tolist()
    return Accuracy(
        allocation.dimension,
        level,
        len(margins),
        (min(sizes), max(sizes)) if sizes else (0, 0),
        (min(margins), max(margins)) if margins else (1.0, 1.0),
    )


def pair_margin(plan: Plan, dimension: str) -> float | None:
    """How far the share of differing neighbour pairs may be off in the community of middle size."""
    allocation, counted = plan.of(dimension), plan.counted[dimension]
    if not allocation.pairs:
        return None
    margins = []
    for number in range(len(plan.ground.communities)):
        households = counted.answered[plan.ground.community == number]
        pairs, reach = int((households * (households - 1) // 2).sum()), int(households.max(initial=0)) - 1
        if reach >= 1:
            margins.append(LAPLACE_95 * variance_of(reach, allocation.pairs) ** 0.5 / pairs)
    return median(margins) if margins else None


def outside_count(plan: Plan) -> int:
    """Dwellings of the round that lie in no grid of its plan."""
    return int(plan.ground.dwellings[plan.ground.grid == OUTSIDE].sum())
