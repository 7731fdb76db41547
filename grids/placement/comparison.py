"""Alternatives side by side: the same figure of each in one line, with no verdict.

No figure is called the best and none is summed up into a score: what mixes more may leave less choice, and
which matters more is not for a table to say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grids.housing.tenures import TENURES
from grids.models import PlacementProject, Variant
from grids.placement.lists import applicants_of, flats_of
from grids.placement.trial import inputs_sha256, inputs_text

FEWEST, MOST = 2, 4
SHARE, COUNT, NUMBER = "share", "count", "number"


@dataclass(frozen=True)
class Line:
    """One figure of every alternative, in their order; None where it is not defined."""

    key: str
    label: str
    unit: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """Lines that answer one question."""

    key: str
    title: str
    lines: tuple[Line, ...]


def up_to_date(project: PlacementProject, variants: Iterable[Variant]) -> set[int]:
    """Keys of those whose flats, applicants and rules still are what they were; the lists are read once."""
    inputs = inputs_text(flats_of(project), applicants_of(project))
    return {one.pk for one in variants if one.inputs_sha256 == inputs_sha256(inputs, one.rules)}


def compare(variants: Sequence[Variant]) -> list[Part]:
    """What every alternative does, question by question."""
    found = [variant.findings for variant in variants]
    return [
        Part("rules", _("规则"), _rules(found)),
        Part("mix", _("混居"), _mix(found)),
        Part("choice", _("选择"), _choice(found)),
        Part("lost", _("选择的损失由谁承担"), _lost_by_tenure(found)),
        Part("places", _("谁住哪里"), _places(variants)),
    ]


def _line(key: str, label: str, unit: str, values: Sequence[Any]) -> Line:
    return Line(key, label, unit, tuple(values))


def _rules(found: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    broken = [sum(not row["is_met"] for row in one["rules"]) for one in found]
    flats = [len({flat for row in one["rules"] for flat in row["flats"]}) for one in found]
    over = [sum(row["left"] is not None and row["left"] < 0 for row in one["headroom"]) for one in found]
    full = [sum(row["left"] == 0 for row in one["headroom"]) for one in found]
    largest = [max((row["size"] for row in one["clusters"]), default=0) for one in found]
    doors = [sum(not row["is_shared"] for row in one["entrances"]) for one in found]
    return (
        _line("broken", _("不符合的规则"), COUNT, broken),
        _line("flats", _("涉及的房源"), COUNT, flats),
        _line("over", _("超出上限的格"), COUNT, over),
        _line("full", _("刚好用满的格"), COUNT, full),
        _line("largest", _("最大一片相邻同类"), COUNT, largest),
        _line("doors", _("只有一类人走的门"), COUNT, doors),
    )


def _mix(found: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return (
        _line("w_before", _("同楼差异 W，配房之前"), SHARE, [one["mix"]["before"]["w"] for one in found]),
        _line("w", _("同楼差异 W，配房之后"), SHARE, [one["mix"]["after"]["w"] for one in found]),
        _line("r_star", _("R*，配房之后"), NUMBER, [one["mix"]["after"]["r_star"] for one in found]),
        _line(
            "same_building",
            _("不同类的两户里住同一栋楼的"),
            SHARE,
            [_same_building(one["mix"]["split"]) for one in found],
        ),
    )


def _same_building(split: Sequence[Mapping[str, Any]]) -> float | None:
    return next((row["after"]["share"] for row in split if row["level"] == "building"), None)


def _choice(found: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    choices = [one["choice"] for one in found]

    def figure(key: str) -> list[Any]:
        return [one[key] for one in choices]

    return (
        _line("unplaced", _("没有配到的户数"), COUNT, figure("unplaced")),
        _line("first", _("得到第一志愿"), SHARE, figure("first")),
        _line("top_3", _("得到前三志愿"), SHARE, figure("top_3")),
        _line("mean_rank", _("得到的平均是第几志愿"), NUMBER, figure("mean_rank")),
        _line("unlisted", _("配到没填过的楼"), COUNT, figure("unlisted")),
        _line("lost", _("选择的损失"), SHARE, figure("lost_vs_lottery")),
        _line("worse_off", _("得到的更靠后的户数"), COUNT, figure("worse_off")),
    )


def _lost_by_tenure(found: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    by_tenure = [
        {row["tenure"]: row["lost_vs_lottery"] for row in one["choice"]["by_tenure"]} for one in found
    ]
    codes = sorted({code for one in by_tenure for code in one})
    return tuple(
        _line(f"lost-{code}", str(TENURES.get(code, code)), SHARE, [one.get(code) for one in by_tenure])
        for code in codes
    )


def _places(variants: Sequence[Variant]) -> tuple[Line, ...]:
    """Receipts whose building is not that of the first alternative; having none is another one, too."""
    first = variants[0].places
    return (
        _line("placed", _("配到的户数"), COUNT, [len(one.places) for one in variants]),
        _line("moved", _("与第一个方案不同楼的户数"), COUNT, [_moved(first, one.places) for one in variants]),
    )


def _moved(first: Mapping[str, str], other: Mapping[str, str]) -> int:
    return sum(first.get(one, "")[:17] != other.get(one, "")[:17] for one in first.keys() | other.keys())
