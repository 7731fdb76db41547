"""What is said at the doors of the demo: drawn from the dwelling's code alone, the same every time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from grids.models import Dwelling
from survey.demo.answering import Said

AGES = ("0-2", "3-5", "6-11", "12-14", "15-59", "60-79", "80+")
FAMILIES = (
    ("couple", (0, 0, 0, 0, 2, 0, 0)),
    ("family_children", (0, 1, 0, 0, 2, 0, 0)),
    ("family_children", (0, 0, 1, 1, 2, 0, 0)),
    ("three_generations", (1, 0, 0, 0, 2, 2, 0)),
    ("elderly_only", (0, 0, 0, 0, 0, 2, 0)),
    ("elderly_only", (0, 0, 0, 0, 0, 0, 1)),
    ("single", (0, 0, 0, 0, 1, 0, 0)),
)
ORIGINS = ("local", "local", "moved", "resettled")
NEEDS = ("infrastructure", "learning", "insurance", "employment", "permits", "culture", "neighbours", "legal")
URGENCIES = ("sometime", "month", "month", "week")
TITLES = ("王阿姨", "李师傅", "张老师", "赵叔叔")


@dataclass(frozen=True)
class Call:
    """One knock at one door."""

    dwelling: Dwelling
    outcome: str
    at: datetime
    turn: int  # 0 for the first visit of the door

    @property
    def name(self) -> str:
        return f"demo-{self.dwelling.code}-{self.turn}"


def lot(*parts: object) -> int:
    """A number that looks drawn and is the same every time."""
    return int.from_bytes(sha256("/".join(map(str, parts)).encode()).digest()[:6], "big")


def said_at(call: Call) -> Said:
    """What was said, or seen, at the door."""
    roles = {"visited_at": call.at.isoformat(timespec="milliseconds")}
    if call.outcome == "met":
        return _answers(call, roles)
    roles["outcome"] = call.outcome
    if call.outcome == "call_back":
        if lot(call.name, "slot") % 2:
            roles["call_back_slot"] = ("tonight", "tomorrow_morning", "weekend")[lot(call.name) % 3]
        else:
            back = call.at + timedelta(days=2 + lot(call.name, "back") % 9)
            roles["call_back_at"] = back.isoformat(timespec="milliseconds")
    if call.outcome in ("vacant", "group_let"):
        roles["occupancy"] = call.outcome
    return Said(roles)


def answered_at(call: Call, household: dict[str, Any]) -> Said:
    """The same for a household whose composition is given: nothing else was asked for."""
    roles = {
        "visited_at": call.at.isoformat(timespec="milliseconds"),
        "consent": "yes",
        "household_type": household["household_type"],
        "origin": household["origin"],
        "occupancy": "rented" if lot(call.dwelling.code, "rented") % 4 == 0 else "owner_occupied",
    }
    roles |= {f"age_band:{band}": str(count) for band, count in household["ages"].items() if count}
    return Said(roles, _facts(call.dwelling))


def _answers(call: Call, roles: dict[str, str]) -> Said:
    family, ages = FAMILIES[lot(call.name, "family") % len(FAMILIES)]
    roles |= {f"age_band:{band}": str(count) for band, count in zip(AGES, ages, strict=True)}
    roles |= {
        "consent": "yes",
        "household_type": family,
        "origin": ORIGINS[lot(call.name, "origin") % len(ORIGINS)],
        "occupancy": "rented" if lot(call.name, "rented") % 4 == 0 else "owner_occupied",
    }
    needs = _needs(call)
    if needs:
        roles["needs"] = " ".join(category for category, _urgency in needs)
    if needs and lot(call.name, "contact") % 3 == 0:
        roles["contact_address_as"] = TITLES[lot(call.name, "title") % len(TITLES)]
        roles["contact_phone"] = f"000-0000-{lot(call.name, 'phone') % 10_000:04d}"
    return Said(roles, _facts(call.dwelling), needs)


def _needs(call: Call) -> tuple[tuple[str, str], ...]:
    if lot(call.name, "needs") % 3:
        return ()
    first = lot(call.name, "need")
    wanted = (
        {NEEDS[first % len(NEEDS)], NEEDS[(first // 7) % len(NEEDS)]}
        if first % 5 == 0
        else {NEEDS[first % len(NEEDS)]}
    )
    return tuple(
        (category, URGENCIES[lot(call.name, category) % len(URGENCIES)]) for category in sorted(wanted)
    )


def _facts(dwelling: Dwelling) -> dict[str, str]:
    building = dwelling.building
    known = {"has_lift": building.has_lift, "has_heat": building.has_heat, "has_gas": building.has_gas,
             "is_self_contained": building.is_self_contained}  # fmt: skip
    return {name: "yes" if value else "no" for name, value in known.items() if value is not None}
