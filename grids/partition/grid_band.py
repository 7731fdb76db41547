"""The sizes of a plan's grids on one line, with the wanted band: positions for a small drawing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grids.models import Grid

WIDTH, BASE, DOT = 344, 66, 4.5
STEP = 2 * DOT + 1


@dataclass(frozen=True)
class Dot:
    code: str
    name: str
    households: int
    x: float
    y: float
    state: str  # inside | near | outside


@dataclass(frozen=True)
class Band:
    width: int
    base: int
    height: int
    low_x: float
    high_x: float
    hard_low_x: float
    hard_high_x: float
    low: int
    high: int
    dots: list[Dot]
    ticks: list[tuple[float, int]]

    @property
    def good_width(self) -> float:
        return round(self.high_x - self.low_x, 1)

    @property
    def drop(self) -> float:
        return self.base - 4

    @property
    def tick_y(self) -> float:
        return self.base + 15


def size_band(grids: Iterable[Grid], rules: dict[str, Any]) -> Band:
    """Every general grid as a dot at its households; dots that would touch are stacked."""
    general = [grid for grid in grids if grid.kind == Grid.Kind.GENERAL]
    most = max([700, *(grid.household_count + 60 for grid in general)])

    def at(households: float) -> float:
        return round(8 + households / most * (WIDTH - 16), 1)

    dots: list[Dot] = []
    for grid in sorted(general, key=lambda grid: (grid.household_count, grid.code)):
        x = at(grid.household_count)
        level = 0
        while any(abs(dot.x - x) < STEP and dot.y == BASE - DOT - 2 - level * STEP for dot in dots):
            level += 1
        y = BASE - DOT - 2 - level * STEP
        dots.append(
            Dot(grid.code, str(grid), grid.household_count, x, y, _state(grid.household_count, rules))
        )
    top = min([0.0, *(dot.y - DOT - 2 for dot in dots)])
    shift = -top
    dots = [Dot(d.code, d.name, d.households, d.x, round(d.y + shift, 1), d.state) for d in dots]
    base = round(BASE + shift)
    step = 100 if most <= 900 else max(100, round(most / 8 / 100) * 100)
    ticks = [(at(value), value) for value in range(0, most, step)]
    return Band(
        WIDTH, base, base + 20, at(rules["low"]), at(rules["high"]),
        at(rules["hard_low"]), at(rules["hard_high"]),
        rules["low"], rules["high"], dots, ticks,
    )  # fmt: skip


def _state(households: int, rules: dict[str, Any]) -> str:
    if rules["low"] <= households <= rules["high"]:
        return "inside"
    return "near" if rules["hard_low"] <= households <= rules["hard_high"] else "outside"
