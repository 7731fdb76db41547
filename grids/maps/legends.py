"""Classes of every coloured map, defined once: the legend, the page's script and SQL all read these.

The break between blue and orange is the policy threshold itself: a walk of exactly the threshold is
the last blue class (every bound is inclusive). Norm classes are multiples of the category's own
threshold in metres, time classes of its threshold in minutes; the score has fixed steps. Colours stay
apart for readers with any of the three colour-vision deficiencies, by light and by dark
(`tests/grids/test_legends.py` measures it).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# Bytes of the value files. Norm, straight and step-free: tens of metres, time: minutes, both rounded up.
BYTE_LARGEST = 250
BYTE_TOO_FAR = 254
BYTE_UNKNOWN = 255
METRES_A_BYTE = 10
SCORE_STEPS = 200

LIGHT = ("#08519c", "#4292c6", "#a6cee8", "#fdd49e", "#f57c2a", "#8c2d04")
DARK = ("#a9d3f5", "#4f9bd9", "#225f9e", "#7d4a1e", "#dd7a2e", "#ffd9a8")
NEUTRAL = {"colour": "#d9d9d6", "colour_dark": "#3a4048"}

# Where each class ends, as a multiple of the category's threshold; None is open.
THRESHOLD_SHARES = (1 / 3, 2 / 3, 1.0, 1.5, 2.0, None)
SCORE_BOUNDS = (0.3, 0.45, 0.6, 0.75, 0.9, 1.0)


@dataclass(frozen=True)
class LegendClass:
    """One class: its upper bound (inclusive), as a share of the threshold or of the full score."""

    upto: float | None
    label: Any
    colour: str
    colour_dark: str

    def as_dict(self, bound_name: str) -> dict[str, Any]:
        return {
            bound_name: self.upto,
            "label": str(self.label),
            "colour": self.colour,
            "colour_dark": self.colour_dark,
        }


def _classes(
    bounds: Sequence[float | None], labels: Sequence[Any], *, best_last: bool = False
) -> tuple[LegendClass, ...]:
    step = -1 if best_last else 1
    return tuple(LegendClass(*row) for row in zip(bounds, labels, LIGHT[::step], DARK[::step], strict=True))


WALK_LABELS = (
    _("很近（门槛的三分之一以内）"),
    _("近（门槛的三分之二以内）"),
    _("达标（门槛以内）"),
    _("略远（门槛的 1.5 倍以内）"),
    _("远（门槛的 2 倍以内）"),
    _("很远或走不到"),
)
SCORE_LABELS = (
    _("三成以下"),
    _("三成至四成半"),
    _("四成半至六成"),
    _("六成至七成半"),
    _("七成半至九成"),
    _("九成以上"),
)
WALK_CLASSES = _classes(THRESHOLD_SHARES, WALK_LABELS)
SCORE_CLASSES = _classes(SCORE_BOUNDS, SCORE_LABELS, best_last=True)


def bounds_bytes(threshold: float, unit: float) -> tuple[int | None, ...]:
    """Where the walk classes of one category end, in bytes of `unit` (10 metres, or 1 minute)."""
    return tuple(None if share is None else int(threshold * share / unit + 0.5) for share in THRESHOLD_SHARES)


def bounds_m(threshold_m: int) -> tuple[int | None, ...]:
    return tuple(
        None if bound is None else bound * METRES_A_BYTE for bound in bounds_bytes(threshold_m, METRES_A_BYTE)
    )


def score_bytes() -> tuple[int, ...]:
    return tuple(round(bound * SCORE_STEPS) for bound in SCORE_BOUNDS)


def class_of(value: float, bounds: Sequence[float | None]) -> int:
    """Index of the first class whose bound is not exceeded."""
    return next(i for i, bound in enumerate(bounds) if bound is None or value <= bound)


def sql_class_of(expression: str, bounds: Sequence[float | None]) -> tuple[str, list[float]]:
    """A CASE that gives the class of a column, and its parameters. `expression` is our own SQL."""
    closed = [bound for bound in bounds if bound is not None]
    whens = " ".join(f"WHEN {expression} <= %s THEN {index}" for index in range(len(closed)))
    return f"CASE {whens} ELSE {len(closed)} END", closed


def legend_json() -> dict[str, Any]:
    """What the page's script gets: `upto_share` multiplies the threshold, `upto` is a share of the score."""
    walk = [one.as_dict("upto_share") for one in WALK_CLASSES]
    return {
        "norm": walk,
        "time": walk,
        "score": [one.as_dict("upto") for one in SCORE_CLASSES],
        "unknown": {"label": str(_("无资料")), **NEUTRAL},
    }
