"""Small projects ready to be drawn, and the steps of a draw with the clock held.

Three buildings in a row with two-room and one-room flats; nobody's flat is given.

    building  1   2   3
    two-room  4   3   3      10 applicants, 5 of each tenure; caps 1.5 of their share
    one-room  2   2   0      4 applicants, one of them needs an accessible flat (the first of building 1)
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from grids.models import Applicant, Draw, Flat, PlacementProject, PlacementRules, Stock
from grids.placement import draw_steps
from grids.placement.lottery import commitment
from tests.grids.drawn_towns import DrawnTown

CLOSED_AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
DUE_AT = datetime(2026, 11, 24, 13, 15, tzinfo=UTC)
NONCES = {"经办人": "officer-nonce-0001", "公证员": "notary-nonce-0002", "居民代表": "delegate's 3"}
BEACON, PROOF = "02 07 11 19 23 30 + 08", "中国福利彩票 双色球 第 2026136 期，www.cwl.gov.cn"
FLATS = {"two": (4, 3, 3), "one": (2, 2, 0)}


def drawn_project(**cap_factors: str) -> tuple[PlacementProject, PlacementRules]:
    town = DrawnTown(slug="xinqiao", root_code="990101")
    town.street((0, 0), (600, 0))
    for number in range(3):
        town.building((100.0 + 200 * number, 15.0), name=f"{number + 1} 号楼")
    town_row = town.build()
    stock = Stock.objects.get(town=town_row)
    codes = list(stock.buildings.order_by("number").values_list("code", flat=True))
    project = PlacementProject.objects.create(
        town=town_row, stock=stock, name="新桥配房", area_code=codes[0][:12]
    )
    doors = [
        (room_class, code, door)
        for room_class, counts in FLATS.items()
        for code, count in zip(codes, counts, strict=True)
        for door in range(1, count + 1)
    ]
    Flat.objects.bulk_create(
        Flat(
            project=project,
            code=f"{code}{1 if room_class == 'two' else 2:02d}01{door:02d}",
            building_code=code,
            unit=1 if room_class == "two" else 2,
            floor=1,
            door=door,
            room_class=room_class,
            is_accessible=(room_class, code, door) == ("one", codes[0], 1),
        )
        for room_class, code, door in doors
    )
    Applicant.objects.bulk_create(
        Applicant(
            project=project,
            receipt=f"R{number:03d}",
            tenure=("public_rental", "resettlement")[number % 2],
            room_class="two" if number < 10 else "one",
            needs_accessible=number == 10,
            priority=1 if number % 5 == 0 else 2,
            choices=[codes[number % 3], codes[(number + 1) % 3]],
        )
        for number in range(14)
    )
    factors = cap_factors or {"public_rental": "1.5", "resettlement": "1.5"}
    rules = PlacementRules.objects.create(
        project=project, name="每栋不超过 1.5 倍", reason="避免一栋楼只有一种房", cap_factors=factors
    )
    return project, rules


class Clock:
    """Now, for everything that asks Django what time it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = CLOSED_AT
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def passes(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def closed(project: PlacementProject, rules: PlacementRules, by: Any = None, **plan: Any) -> Draw:
    usual = {
        "parties": list(NONCES),
        "beacon_source": "双色球第 2026136 期开奖号码",
        "beacon_due_at": DUE_AT,
        "beacon_fallback": "2026 年 11 月 25 日上证指数收盘点位",
    }
    return draw_steps.close_list(project, rules, **{**usual, **plan}, by=by)


def committed(draw: Draw, by: Any = None) -> Draw:
    for party, nonce in NONCES.items():
        draw = draw_steps.commit(draw, party, commitment(nonce), by=by)
    return draw


def revealed(draw: Draw, by: Any = None) -> Draw:
    for party, nonce in NONCES.items():
        draw = draw_steps.reveal(draw, party, nonce, by=by)
    return draw


def drawn(draw: Draw, clock: Clock, by: Any = None) -> Draw:
    clock.now = max(clock.now, DUE_AT)
    return draw_steps.draw_now(draw, BEACON, PROOF, by=by)


def published(clock: Clock, by: Any = None, **cap_factors: str) -> Draw:
    """A draw that went all the way."""
    draw = revealed(committed(closed(*drawn_project(**cap_factors), by=by), by), by)
    return draw_steps.publish(drawn(draw, clock, by), by=by)


Step = Callable[[Draw], Any]
