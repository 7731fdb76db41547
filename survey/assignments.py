"""Who visits which dwelling: whole grids, single buildings, single stairwells.

The most exact assignment that holds a dwelling decides: stairwell before building before grid. So a
director may give a grid to one worker and one of its towers to another, without cutting the grid up.

A change is everything that one press of a button made and ended. Its rows share one moment; by it the last
change is known, shown and taken back. Taking back is a change like any other: rows are ended and made, never
deleted, since work done under them counts.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.models import User
from grids.models import Dwelling, GridMembership
from survey.assignment_places import (
    VISIT,
    Owners,
    Place,
    Stairwell,
    grid_of_building,
    owners_of,
    stairwells_of,
    standing,
    workers_for,
)
from survey.assignment_rules import require_changeable, require_duty, require_in_round
from survey.errors import AssignmentRefused
from survey.models import Assignment, AssignmentSet, Round
from survey.rounds import dwellings_of

__all__ = [
    "VISIT",
    "Change",
    "Owners",
    "Place",
    "assign",
    "assigned_dwellings",
    "balance",
    "grid_of_building",
    "last_change",
    "owners_of",
    "take_back",
    "visits_dwelling",
    "withdraw",
    "worker_of",
    "workers_for",
]


@dataclass(frozen=True)
class Change:
    """The last press of a button: what began and what ended at that moment."""

    at: datetime
    made: list[Assignment]
    ended: list[Assignment]


@transaction.atomic
def assign(
    round_: Round, worker: User, places: Iterable[Place], *, by: Any, takes_exceptions: bool = False
) -> list[Assignment]:
    """Give places to a worker; the same place of another worker ends.

    Args:
        takes_exceptions: also what was given apart inside these places (a tower of the grid, a stairwell of
            the building); otherwise that stays with whoever has it.

    Raises:
        AssignmentRefused: a place is not of the round, the worker has no duty there, or the round is over.
    """
    asked = list(dict.fromkeys(places))
    require_changeable(round_)
    require_in_round(round_, asked)
    require_duty(worker, asked)
    own, _made = AssignmentSet.objects.get_or_create(round=round_, worker=worker)
    now = timezone.now()
    named = _naming(asked)
    end_assignments(standing(round_).filter(named).exclude(set=own), by=by, at=now)
    if takes_exceptions:
        inside = standing(round_).filter(_inside(round_, asked)).exclude(named)
        end_assignments(inside, by=by, at=now)
    kept = {Place.of(row) for row in standing(round_).filter(set=own)}
    return _make(own, [place for place in asked if place not in kept], by=by, at=now)


@transaction.atomic
def withdraw(round_: Round, places: list[Place], *, by: Any) -> int:
    """From now on nobody visits these places; everything else stays with whoever has it.

    Where a wider assignment holds more than what is withdrawn, it ends and its remainder is made again,
    building by building and, inside a building, stairwell by stairwell.

    Raises:
        AssignmentRefused: nobody visits there anyway, or the round is over.
    """
    require_changeable(round_)
    stairwells, owners = list(stairwells_of(round_)), owners_of(round_)
    chosen = {row for row in stairwells if row.places & set(places)}
    above = set().union(*(row.places for row in chosen))
    touched = [row for row in standing(round_) if Place.of(row) in above]
    if not touched:
        raise AssignmentRefused(_("所选的地方本来就没有分配，没有可以收回的。"))
    now = timezone.now()
    ended = end_assignments(standing(round_).filter(pk__in=[row.pk for row in touched]), by=by, at=now)
    left = owners_of(round_)
    lost = [row for row in stairwells if row not in chosen and left.of(row) != owners.of(row)]
    for set_id, again in _gathered(lost, stairwells, owners).items():
        _make(AssignmentSet.objects.get(pk=set_id), again, by=by, at=now)
    return ended


def _gathered(lost: list[Stairwell], stairwells: list[Stairwell], owners: Owners) -> dict[int, list[Place]]:
    """Stairwells to give back, by set; a building whose every stairwell is among them as one place."""
    units = Counter(row.building_code for row in stairwells)
    by_building: dict[tuple[int, str], list[int]] = {}
    for row in lost:
        by_building.setdefault((owners.of(row) or 0, row.building_code), []).append(row.unit)
    found: dict[int, list[Place]] = {}
    for (set_id, code), own in by_building.items():
        is_whole = len(own) == units[code]
        places = [Place(building_code=code, unit=None if is_whole else unit) for unit in own]
        found.setdefault(set_id, []).extend(places[:1] if is_whole else places)
    return found


def end_assignments(found: QuerySet[Assignment], *, by: Any, at: datetime | None = None) -> int:
    return found.filter(ended_at=None).update(ended_at=at or timezone.now(), ended_by=by)


def last_change(round_: Round) -> Change | None:
    rows = Assignment.objects.filter(set__round=round_).select_related("set__worker", "made_by", "ended_by")
    moments = rows.aggregate(made=Max("made_at"), ended=Max("ended_at"))
    known = [moment for moment in moments.values() if moment is not None]
    if not known:
        return None
    at = max(known)
    return Change(at, list(rows.filter(made_at=at)), list(rows.filter(ended_at=at)))


@transaction.atomic
def take_back(round_: Round, *, by: Any) -> Change:
    """Undo the last change: end what it made, make again what it ended. Done twice, it is done again.

    Raises:
        AssignmentRefused: nothing was assigned yet, or the round is over.
    """
    require_changeable(round_)
    change = last_change(round_)
    if change is None:
        raise AssignmentRefused(_("还没有分配过，没有可以撤销的。"))
    now = timezone.now()
    end_assignments(Assignment.objects.filter(pk__in=[row.pk for row in change.made]), by=by, at=now)
    taken = {Place.of(row) for row in standing(round_)}
    again: dict[AssignmentSet, list[Place]] = {}
    for row in change.ended:
        if Place.of(row) not in taken:
            again.setdefault(row.set, []).append(Place.of(row))
    for own, places in again.items():
        _make(own, places, by=by, at=now)
    return change


def balance(round_: Round) -> Counter[int | None]:
    """How many dwellings each AssignmentSet holds; None counts those that nobody visits."""
    owners = owners_of(round_)
    found: Counter[int | None] = Counter()
    for row in stairwells_of(round_):
        found[owners.of(row)] += row.dwellings
    return found


def assigned_dwellings(own: AssignmentSet) -> QuerySet[Dwelling]:
    """The dwellings that one worker visits in one round, in the order of their codes."""
    owners = owners_of(own.round)
    units: dict[int, list[tuple[int, bool]]] = {}
    for row in stairwells_of(own.round):
        units.setdefault(row.building_id, []).append((row.unit, owners.of(row) == own.pk))
    held = Q(building__in=[key for key, found in units.items() if all(is_own for _unit, is_own in found)])
    for key, found in units.items():
        if len({is_own for _unit, is_own in found}) == 2:
            held |= Q(building=key, unit__in=[unit for unit, is_own in found if is_own])
    return dwellings_of(own.round).filter(held).select_related("building").order_by("code")


def worker_of(round_: Round, dwelling: Dwelling) -> int | None:
    """Who visits this dwelling now. Two indexed queries, for every upload asks."""
    code = dwelling.building.code
    member = GridMembership.objects.filter(
        plan=round_.plan_id, building__stock=round_.stock_id, building__code=code
    )
    grid_code = member.values_list("grid__code", flat=True).first()
    holding = Q(building_code=code, unit=None) | Q(building_code=code, unit=dwelling.unit)
    if grid_code:
        holding |= Q(grid_code=grid_code)
    rows = standing(round_).filter(holding).values_list("grid_code", "unit", "set__worker")
    # The most exact first: a stairwell, then its building, then the grid.
    found = sorted(rows, key=lambda row: (row[1] is None, row[0] != ""))
    return found[0][2] if found else None


def visits_dwelling(round_: Round, worker_id: int, dwelling: Dwelling) -> bool:
    """Is this dwelling the worker's in this round, now?"""
    return worker_of(round_, dwelling) == worker_id


def _make(own: AssignmentSet, places: list[Place], *, by: Any, at: datetime) -> list[Assignment]:
    """Rows of one change, all with its moment."""
    rows = [Assignment(set=own, made_by=by, **place.fields) for place in places]
    made = Assignment.objects.bulk_create(rows)
    Assignment.objects.filter(pk__in=[row.pk for row in made]).update(made_at=at)  # auto_now_add sets its own
    return made


def _naming(places: list[Place]) -> Q:
    """Rows that name exactly these places."""
    named = Q(pk__in=[])
    grids = [place.grid_code for place in places if place.grid_code]
    buildings = [place.building_code for place in places if place.building_code and place.unit is None]
    named |= Q(grid_code__in=grids) | Q(building_code__in=buildings, unit=None)
    for place in places:
        if place.unit is not None:
            named |= Q(building_code=place.building_code, unit=place.unit)
    return named


def _inside(round_: Round, places: list[Place]) -> Q:
    """Rows that name something within these places."""
    grids = {place.grid_code for place in places if place.grid_code}
    members = grid_of_building(round_)
    held = dwellings_of(round_).values_list("building_id", "building__code").distinct() if grids else []
    codes = {code for key, code in held if members.get(key) in grids}
    whole = {place.building_code for place in places if place.building_code and place.unit is None}
    return Q(building_code__in=codes) | Q(building_code__in=whole, unit__isnull=False)
