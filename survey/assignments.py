"""Who visits which dwelling: whole grids, single buildings, single stairwells.

The most exact assignment that holds a dwelling decides: stairwell before building before grid. So a
director may give a grid to one worker and one of its towers to another, without cutting the grid up.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.models import User
from gis_core.permissions import duties_for
from grids.models import Dwelling, GridMembership
from survey.errors import AssignmentRefused
from survey.models import Assignment, AssignmentSet, Round
from survey.rounds import dwellings_of

VISIT = "visit_dwellings"


@dataclass(frozen=True)
class Place:
    """What can be assigned: exactly one of a grid, a building, a stairwell of a building."""

    grid_code: str = ""
    building_code: str = ""
    unit: int | None = None


@dataclass(frozen=True)
class Owners:
    """The standing assignments of a round, as a question: whose is this dwelling?"""

    by_grid: dict[str, int]
    by_building: dict[str, int]
    by_stairwell: dict[tuple[str, int], int]

    def owner(self, building_code: str, unit: int, grid_code: str | None) -> int | None:
        """The AssignmentSet's key, or None where nobody goes."""
        exact = self.by_stairwell.get((building_code, unit))
        if exact is not None:
            return exact
        found = self.by_building.get(building_code)
        return found if found is not None else self.by_grid.get(grid_code or "")


@transaction.atomic
def assign(round_: Round, worker: User, places: Iterable[Place], *, by: Any) -> list[Assignment]:
    """Give places to a worker; the same place of another worker ends. Ended rows stay, work under them
    counts.

    Raises:
        AssignmentRefused: a place is not of the round, or the worker has no duty there.
    """
    asked = list(places)
    _require_in_round(round_, asked)
    _require_duty(worker, asked)
    own, _made = AssignmentSet.objects.get_or_create(round=round_, worker=worker)
    made = []
    for place in asked:
        same = _standing(round_).filter(**_fields(place))
        if same.filter(set=own).exists():
            continue
        end_assignments(same, by=by)
        made.append(Assignment.objects.create(set=own, made_by=by, **_fields(place)))
    return made


def end_assignments(found: QuerySet[Assignment], *, by: Any) -> int:
    return found.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=by)


def owners_of(round_: Round) -> Owners:
    """The assignments that stand now."""
    owners = Owners({}, {}, {})
    for row in _standing(round_).order_by("id"):
        if row.grid_code:
            owners.by_grid[row.grid_code] = row.set_id
        elif row.unit is None:
            owners.by_building[row.building_code] = row.set_id
        else:
            owners.by_stairwell[(row.building_code, row.unit)] = row.set_id
    return owners


def dwellings_by_set(round_: Round) -> dict[int | None, list[int]]:
    """Primary keys of the round's dwellings by AssignmentSet; None holds those that nobody visits."""
    owners, grids = owners_of(round_), grid_of_building(round_)
    found: dict[int | None, list[int]] = {}
    rows = dwellings_of(round_).order_by("code").values_list("pk", "building_id", "building__code", "unit")
    for pk, building_id, building_code, unit in rows:
        owner = owners.owner(building_code, unit, grids.get(building_id))
        found.setdefault(owner, []).append(pk)
    return found


def balance(round_: Round) -> Counter[int | None]:
    """How many dwellings each AssignmentSet holds."""
    return Counter({owner: len(pks) for owner, pks in dwellings_by_set(round_).items()})


def assigned_dwellings(own: AssignmentSet) -> QuerySet[Dwelling]:
    """The dwellings that one worker visits in one round, in the order of their codes."""
    pks = dwellings_by_set(own.round).get(own.pk, [])
    return Dwelling.objects.filter(pk__in=pks).select_related("building").order_by("code")


def visits_dwelling(round_: Round, worker_id: int, dwelling: Dwelling) -> bool:
    """Is this dwelling the worker's in this round, now?"""
    membership = GridMembership.objects.filter(plan=round_.plan_id, building=dwelling.building_id)
    grid_code = membership.values_list("grid__code", flat=True).first()
    owner = owners_of(round_).owner(dwelling.building.code, dwelling.unit, grid_code)
    return owner is not None and AssignmentSet.objects.filter(pk=owner, worker=worker_id).exists()


def grid_of_building(round_: Round) -> dict[int, str]:
    """Building key → code of its grid in the round's plan (the plan in use while the round is a draft)."""
    members = GridMembership.objects.filter(building__community_code__in=round_.area_codes)
    plan = Q(plan=round_.plan_id) if round_.plan_id else Q(plan__town=round_.town, plan__state="active")
    return dict(members.filter(plan).values_list("building_id", "grid__code"))


def _standing(round_: Round) -> QuerySet[Assignment]:
    return Assignment.objects.filter(set__round=round_, ended_at=None)


def _fields(place: Place) -> dict[str, Any]:
    return {"grid_code": place.grid_code, "building_code": place.building_code, "unit": place.unit}


def _require_in_round(round_: Round, places: list[Place]) -> None:
    buildings = set(dwellings_of(round_).values_list("building__code", flat=True).distinct())
    grids = set(grid_of_building(round_).values())
    for place in places:
        if place.grid_code not in grids and place.building_code not in buildings:
            raise AssignmentRefused(
                _("%(place)s 不在这一轮走访的范围内。") % {"place": place.grid_code or place.building_code}
            )


def _require_duty(worker: User, places: list[Place]) -> None:
    """A worker visits only where a duty holds the place; what a director assigns cannot widen a duty."""
    scope = duties_for(worker, VISIT)
    for place in places:
        code = place.grid_code or place.building_code
        if scope.holds(code) or code in scope.grid_codes or code in scope.building_codes:
            continue
        if place.building_code and _lies_in_grid(place.building_code, scope.grid_codes):
            continue
        raise AssignmentRefused(
            _("%(worker)s 在 %(place)s 没有网格员职责。请先在“人员与职责”中增加。")
            % {"worker": worker.display_name, "place": code}
        )


def _lies_in_grid(building_code: str, grid_codes: frozenset[str]) -> bool:
    members = GridMembership.objects.filter(plan__state="active", grid__code__in=sorted(grid_codes))
    return bool(grid_codes) and members.filter(building__code=building_code).exists()
