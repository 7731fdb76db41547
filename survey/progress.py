"""How far a round has come, by grid and by building, to plan what is still to do.

Every dwelling is in exactly one state, which its visits decide: declined is final for the round; otherwise
the newest visit counts, except that nobody being in does not undo what an earlier visit found. A door that
was knocked at as often as the round allows without meeting anybody is `unreached`: a result like any other.
Nothing here is counted by worker.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from survey.assignment_places import owners_of, stairwells_of
from survey.models import Round, Visit

BUILDING_DIGITS, UNIT_DIGITS = 17, 2
SATURDAY = 5

# In the order of the legend. A key is what the page, the map and the table call the state.
STATES = {
    "recorded": _("已完成登记"),
    "call_back": _("约好再来"),
    "no_one_in": _("无人，可再上门"),
    "unreached": _("多次未见到"),
    "declined": _("谢绝"),
    "vacant": _("空置"),
    "not_found": _("找不到"),
    "none": _("还没有上门"),
}
FINISHED = ("recorded", "unreached", "declined", "vacant", "not_found")
STATE_OF_OUTCOME = {
    "met": "recorded",
    "unchanged": "recorded",
    "group_let": "recorded",
    "call_back": "call_back",
    "no_one_in": "no_one_in",
    "declined": "declined",
    "vacant": "vacant",
    "not_found": "not_found",
}


@dataclass(frozen=True)
class DoorState:
    """One dwelling that was visited at least once."""

    state: str
    attempts: int
    last_at: datetime
    due_on: date | None = None  # of a call-back that is still to be kept


@dataclass
class Tally:
    """Dwellings of one place by state, with what is due there."""

    total: int = 0
    states: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    due: int = 0  # call-backs of today and before
    resting: int = 0  # visited so short a while ago that nobody should knock yet
    unassigned: int = 0

    def add(self, other: "Tally") -> None:
        self.total += other.total
        self.states.update(other.states)
        self.attempts += other.attempts
        self.due += other.due
        self.resting += other.resting
        self.unassigned += other.unassigned

    @property
    def finished(self) -> int:
        return sum(self.states[state] for state in FINISHED)

    @property
    def visited(self) -> int:
        return self.total - self.states["none"]


@dataclass(frozen=True)
class Progress:
    whole: Tally
    by_grid: dict[str, Tally]
    by_building: dict[str, Tally]
    grid_of: dict[str, str]  # building code → grid code, "" where a building lies in none


def door_states(round_: Round) -> dict[str, DoorState]:
    """Dwelling code → its state, for every dwelling visited in the round."""
    rows = Visit.objects.filter(round=round_, is_current=True).order_by("at", "id")
    visits: dict[str, list[tuple[Any, ...]]] = {}
    for code, *facts in rows.values_list("dwelling_code", "outcome", "at", "call_back_at", "call_back_slot"):
        visits.setdefault(code, []).append(tuple(facts))
    zone = ZoneInfo(round_.town.time_zone)
    return {code: _door_state(found, round_.attempt_cap, zone) for code, found in visits.items()}


def _door_state(visits: list[tuple[Any, ...]], attempt_cap: int, zone: ZoneInfo) -> DoorState:
    outcome, at, call_back_at, slot = visits[-1]
    state = STATE_OF_OUTCOME[outcome]
    earlier = [STATE_OF_OUTCOME[visit[0]] for visit in visits[:-1]]
    if "declined" in earlier:
        state = "declined"
    elif state == "no_one_in":
        found = [one for one in earlier if one in FINISHED]
        state = found[-1] if found else state
    if state == "no_one_in" and len(visits) >= attempt_cap:
        state = "unreached"
    due_on = call_back_day(at, call_back_at, slot, zone) if state == "call_back" else None
    return DoorState(state, len(visits), at, due_on)


def call_back_day(at: datetime, call_back_at: datetime | None, slot: str, zone: ZoneInfo) -> date:
    """The day on which somebody is expected again; a call-back without a time is due from the next day."""
    if call_back_at is not None:
        return call_back_at.astimezone(zone).date()
    day = at.astimezone(zone).date()
    if slot == "tonight":
        return day
    if slot == "weekend":
        return day + timedelta(days=(SATURDAY - day.weekday()) % 7)
    return day + timedelta(days=1)


def progress_of(
    round_: Round, *, now: datetime | None = None, buildings: Iterable[str] | None = None
) -> Progress:
    """Count every dwelling of the round once; `buildings` narrows to these building codes."""
    now = now or timezone.now()
    allowed = None if buildings is None else set(buildings)
    visited = _visited_by_stairwell(round_, now)
    owners = owners_of(round_)
    found = Progress(Tally(), {}, {}, {})
    for row in stairwells_of(round_):
        if allowed is not None and row.building_code not in allowed:
            continue
        tally = visited.get((row.building_code, row.unit), Tally())
        tally.total = row.dwellings
        tally.states["none"] = max(0, row.dwellings - sum(tally.states.values()))
        tally.unassigned = row.dwellings if owners.of(row) is None else 0
        found.grid_of[row.building_code] = row.grid_code
        found.by_building.setdefault(row.building_code, Tally()).add(tally)
        found.by_grid.setdefault(row.grid_code, Tally()).add(tally)
        found.whole.add(tally)
    return found


def _visited_by_stairwell(round_: Round, now: datetime) -> dict[tuple[str, int], Tally]:
    today = now.astimezone(ZoneInfo(round_.town.time_zone)).date()
    cool_down = timedelta(hours=round_.cool_down_hours)
    found: dict[tuple[str, int], Tally] = {}
    for code, door in door_states(round_).items():
        unit = int(code[BUILDING_DIGITS : BUILDING_DIGITS + UNIT_DIGITS])
        tally = found.setdefault((code[:BUILDING_DIGITS], unit), Tally())
        tally.states[door.state] += 1
        tally.attempts += door.attempts
        tally.due += door.due_on is not None and door.due_on <= today
        tally.resting += door.state in ("no_one_in", "call_back") and now < door.last_at + cool_down
    return found
