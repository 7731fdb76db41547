"""The places of a round and whose they are: what is read before anything is given or taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from gis_core.models import Duty, User
from gis_core.permissions import ROLE_MATRIX
from grids.models import GridMembership
from survey.models import Assignment, AssignmentSet, Round
from survey.rounds import dwellings_of

VISIT = "visit_dwellings"


@dataclass(frozen=True)
class Place:
    """What can be assigned: exactly one of a grid, a building, a stairwell of a building."""

    grid_code: str = ""
    building_code: str = ""
    unit: int | None = None

    @property
    def code(self) -> str:
        return self.grid_code or self.building_code

    @property
    def fields(self) -> dict[str, Any]:
        return {"grid_code": self.grid_code, "building_code": self.building_code, "unit": self.unit}

    @classmethod
    def of(cls, row: Assignment) -> "Place":
        return cls(row.grid_code, row.building_code, row.unit)


@dataclass(frozen=True)
class Stairwell:
    """One stairwell of a building with the number of its dwellings."""

    building_id: int
    building_code: str
    grid_code: str
    unit: int
    dwellings: int

    @property
    def places(self) -> set[Place]:
        """Every place that holds it."""
        building = {Place(building_code=self.building_code), Place("", self.building_code, self.unit)}
        return building | ({Place(grid_code=self.grid_code)} if self.grid_code else set())


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

    def of(self, stairwell: Stairwell) -> int | None:
        return self.owner(stairwell.building_code, stairwell.unit, stairwell.grid_code)


def standing(round_: Round) -> QuerySet[Assignment]:
    """Assignments that have not ended."""
    return Assignment.objects.filter(set__round=round_, ended_at=None)


def owners_of(round_: Round) -> Owners:
    """The assignments that stand now."""
    owners = Owners({}, {}, {})
    for row in standing(round_).order_by("id"):
        if row.grid_code:
            owners.by_grid[row.grid_code] = row.set_id
        elif row.unit is None:
            owners.by_building[row.building_code] = row.set_id
        else:
            owners.by_stairwell[(row.building_code, row.unit)] = row.set_id
    return owners


def stairwells_of(round_: Round) -> Iterator[Stairwell]:
    """Every stairwell of the round: a few rows a building, however many dwellings it has."""
    grids = grid_of_building(round_)
    rows = dwellings_of(round_).values_list("building_id", "building__code", "unit")
    counted = rows.annotate(dwellings=Count("pk")).order_by("building__code", "unit")
    for building_id, building_code, unit, dwellings in counted:
        yield Stairwell(building_id, building_code, grids.get(building_id, ""), unit, dwellings)


def grid_of_building(round_: Round) -> dict[int, str]:
    """Building key → code of its grid in the round's plan (the plan in use while the round is a draft)."""
    members = GridMembership.objects.filter(building__community_code__in=round_.area_codes)
    plan = Q(plan=round_.plan_id) if round_.plan_id else Q(plan__town=round_.town_id, plan__state="active")
    return dict(members.filter(plan).values_list("building_id", "grid__code"))


def workers_for(round_: Round) -> list[User]:
    """People who may visit somewhere in the round's communities, and those who have a part in it.

    In the order of their accounts: a list by load or by result would be a ranking.
    """
    places = Q(pk__in=[])
    for code in round_.area_codes:
        above = [code[:length] for length in range(2, len(code) + 1)]
        places |= Q(area_code__in=above) | Q(grid_code__startswith=code) | Q(building_code__startswith=code)
    duties = Duty.objects.in_force().filter(places, role__in=ROLE_MATRIX[VISIT])
    taking_part = AssignmentSet.objects.filter(round=round_, assignments__ended_at=None)
    able = Q(pk__in=duties.values("user"), is_active=True)
    return list(User.objects.filter(able | Q(pk__in=taking_part.values("worker"))).order_by("pk"))
