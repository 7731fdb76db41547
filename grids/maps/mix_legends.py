"""Classes of the mix maps, defined once: value files, legend and the page's script all read these.

A byte is half a percent (0–200) of W or of a share, so every bound that is a whole percent is met exactly
when the byte is not above it. The ramp is sequential and says only "less" and "more": more mixed is not
better, so nothing in it is red or green. Groups take Okabe and Ito's colours, in the order of the register.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grids.mixing import choices
from grids.mixing.rows import FEWEST_DWELLINGS

STEPS = 200  # of a byte: half a percent each
BYTE_NO_HOMES = 253  # no dwellings in it: a shop, a school
BYTE_TOO_FEW = 254  # too few dwellings in the building and in its estate
BYTE_UNKNOWN = 255  # not in the register, or outside the reader's duties

LIGHT = ("#fbf2c0", "#a8d18d", "#55b39b", "#2b8a9f", "#2f5f98", "#2b2f63")
DARK = ("#31478a", "#2f7399", "#3f9f9f", "#72c596", "#bfe08f", "#fcf6ca")
NEUTRAL = {"light": "#bdb8ae", "dark": "#4a525a"}  # too few dwellings to be shown alone
GROUPS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#7a7a7a")

PERCENT, NUMBER = "percent", "number"


@dataclass(frozen=True)
class Scale:
    """Upper ends of six classes (inclusive; None is open) and how a value is written."""

    bounds: Sequence[float | None]
    unit: str


_APART = Scale((0.0, 0.1, 0.2, 0.4, 0.6, None), PERCENT)
SCALES: dict[str, Scale] = {
    choices.W: Scale((0.0, 0.15, 0.3, 0.45, 0.6, None), PERCENT),
    choices.SHARE: Scale((0.0, 0.1, 0.25, 0.5, 0.75, None), PERCENT),
    choices.R_STAR: _APART,
    choices.H: _APART,
    choices.D_CORRECTED: _APART,
    choices.EFFECTIVE_GROUPS: Scale((1.2, 1.5, 2.0, 2.5, 3.5, None), NUMBER),
    choices.QUOTIENT: Scale((0.25, 0.5, 0.8, 1.25, 2.0, None), NUMBER),
}


def legend_json() -> dict[str, Any]:
    """What the page's script gets."""
    return {
        "scales": {code: {"bounds": scale.bounds, "unit": scale.unit} for code, scale in SCALES.items()},
        "light": LIGHT,
        "dark": DARK,
        "neutral": NEUTRAL,
        "groups": GROUPS,
        "steps": STEPS,
        "no_homes": BYTE_NO_HOMES,
        "too_few": BYTE_TOO_FEW,
        "unknown": BYTE_UNKNOWN,
        "fewest_dwellings": FEWEST_DWELLINGS,
    }
