"""How the ε of one round is divided: over dimensions, over counts and pair sums, over levels of areas.

A household lies in one grid, one community and one street, so what the levels spend adds up; communities
lie beside each other, so they do not. Every part is written into the release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grids.tallies import COMMUNITY, GRID, STREET
from survey.effects import AGE_BANDS

ORIGIN, HOUSEHOLD_TYPE, AGE_BAND = "origin", "household_type", "age_band"
CATEGORIES: dict[str, tuple[str, ...]] = {
    ORIGIN: ("local", "moved", "resettled"),
    HOUSEHOLD_TYPE: (
        "single",
        "couple",
        "family_children",
        "three_generations",
        "elderly_only",
        "shared",
        "other",
    ),
    AGE_BAND: AGE_BANDS,
}
PERSONS_COUNTED_MOST = 8
"""Of one household: a larger one is counted as eight persons, so that its change has a known size."""
SENSITIVITY = {ORIGIN: 2, HOUSEHOLD_TYPE: 2, AGE_BAND: 2 * PERSONS_COUNTED_MOST}
"""How much all cells of one level change together when one household answers otherwise."""
PARTS = {ORIGIN: 0.4, HOUSEHOLD_TYPE: 0.4, AGE_BAND: 0.2}
PAIRS_PART = 0.2
LEVEL_PARTS = {GRID: 0.6, COMMUNITY: 0.25, STREET: 0.15}
DECIMALS = 6


@dataclass(frozen=True)
class Allocation:
    """What one dimension may spend. `pairs` is 0 where persons are counted."""

    dimension: str
    levels: dict[str, float]
    pairs: float

    @property
    def sensitivity(self) -> int:
        return SENSITIVITY[self.dimension]

    @property
    def counts_persons(self) -> bool:
        return self.dimension == AGE_BAND

    @property
    def epsilon(self) -> float:
        return sum(self.levels.values()) + self.pairs

    def as_json(self) -> dict[str, Any]:
        return {"levels": self.levels, "pairs": self.pairs, "sensitivity": self.sensitivity}


def allocate(epsilon: float, levels_of: Mapping[str, tuple[str, ...]]) -> list[Allocation]:
    """Divide ε over these dimensions, each with the levels at which it is published.

    What a level or a dimension that does not exist would have got goes to the others. Every part is rounded
    down, so that the whole never exceeds ε.
    """
    whole = sum(PARTS[dimension] for dimension in levels_of)
    return [
        _one(dimension, epsilon * PARTS[dimension] / whole, levels) for dimension, levels in levels_of.items()
    ]


def _one(dimension: str, epsilon: float, levels: tuple[str, ...]) -> Allocation:
    pairs = 0.0 if dimension == AGE_BAND else epsilon * PAIRS_PART
    whole = sum(LEVEL_PARTS[level] for level in levels)
    parts = {level: _down((epsilon - pairs) * LEVEL_PARTS[level] / whole) for level in levels}
    return Allocation(dimension, parts, _down(pairs))


def _down(value: float) -> float:
    return int(value * 10**DECIMALS) / 10**DECIMALS
