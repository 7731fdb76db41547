"""What of a round is counted: one state of every household that answered, by building, then by area.

Counted are the current households of applied, current and not rejected records whose door did not refuse
later and whose consent was not taken back (then there is no row). Counts of buildings exist in this process
only, while the table is made. A building in no grid of the round's plan is counted in its community, and in
no grid: nobody invents a place for it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from grids.models import Area, GridMembership
from survey.allocation import AGE_BAND, CATEGORIES, PERSONS_COUNTED_MOST
from survey.keys import unseal
from survey.models import Consent, FormVersion, Household, Round, Submission
from survey.rounds import dwellings_of

IntArray = NDArray[np.int64]
STREET_DIGITS, BUILDING_DIGITS = 9, 17
OUTSIDE = -1


@dataclass(frozen=True)
class Ground:
    """Buildings of a round with dwellings, and the areas in which each lies, by place in the tuples."""

    buildings: tuple[str, ...]
    communities: tuple[str, ...]
    grids: tuple[str, ...]
    streets: tuple[str, ...]  # those of which the round holds every community
    community: IntArray  # (b,)
    grid: IntArray  # (b,) OUTSIDE where no grid of the plan holds the building
    dwellings: IntArray  # (b,)

    def street_of(self, community: int) -> int:
        """Place of the street, or OUTSIDE when the round does not hold all of it."""
        code = self.communities[community][:STREET_DIGITS]
        return self.streets.index(code) if code in self.streets else OUTSIDE


@dataclass(frozen=True)
class Counted:
    """One dimension: who answered, and how, by building. `counts` are persons where persons are counted."""

    dimension: str
    answered: IntArray  # (b,) households
    counts: IntArray  # (b, K)


def ground_of(subject: Round) -> Ground:
    rows = list(
        dwellings_of(subject)
        .order_by()
        .values_list("building__code", "building__community_code")
        .annotate(count=Count("pk"))
        .order_by("building__code")
    )
    members = GridMembership.objects.filter(plan=subject.plan_id, building__stock=subject.stock_id)
    grid_of = dict(members.values_list("building__code", "grid__code"))
    held = [grid_of.get(code, "") for code, _community, _count in rows]
    held = [one if one.startswith(row[1]) else "" for one, row in zip(held, rows, strict=True)]
    communities = sorted({row[1] for row in rows})
    grids = sorted({one for one in held if one})
    return Ground(
        buildings=tuple(row[0] for row in rows),
        communities=tuple(communities),
        grids=tuple(grids),
        streets=tuple(_whole_streets(subject, communities)),
        community=np.array([communities.index(row[1]) for row in rows], np.int64),
        grid=np.array([grids.index(one) if one else OUTSIDE for one in held], np.int64),
        dwellings=np.array([row[2] for row in rows], np.int64),
    )


def _whole_streets(subject: Round, communities: list[str]) -> Iterator[str]:
    """A street is published only when the round holds every community of it."""
    areas = Area.objects.filter(town=subject.town_id, level=Area.Level.COMMUNITY, valid_until=None)
    known = list(areas.values_list("code", flat=True))
    for code in sorted({one[:STREET_DIGITS] for one in communities}):
        parts = {one for one in known if one.startswith(code)}
        if parts and parts <= set(subject.area_codes):
            yield code


def dimensions_asked(subject: Round) -> tuple[str, ...]:
    """Dimensions that a version of the round's form asks for: what was planned, whatever was answered."""
    versions = FormVersion.objects.filter(form=subject.form_version.form_id)
    roles = {
        role for outline in versions.values_list("outline", flat=True) for role in outline.get("roles", ())
    }
    roles = {role.partition(":")[0] for role in roles}
    return tuple(dimension for dimension in CATEGORIES if dimension in roles)


def households_counted(subject: Round) -> QuerySet[Household]:
    """One row a door: what the round knows of it at its end."""
    refused = Consent.objects.filter(
        round=subject, dwelling_code=OuterRef("dwelling_code"), is_current=True, is_given=False
    )
    rows = Household.objects.filter(
        round=subject,
        is_current=True,
        composition_sealed__isnull=False,
        submission__state=Submission.State.APPLIED,
        submission__is_current=True,
    )
    return rows.exclude(submission__review=Submission.Review.REJECTED).exclude(Exists(refused))


def count_round(subject: Round, ground: Ground) -> dict[str, Counted]:
    """Open every counted household once; nothing opened is kept but the counts."""
    asked = dimensions_asked(subject)
    place = {code: number for number, code in enumerate(ground.buildings)}
    size = len(ground.buildings)
    made = {
        name: Counted(name, np.zeros(size, np.int64), np.zeros((size, len(CATEGORIES[name])), np.int64))
        for name in asked
    }
    rows = households_counted(subject).values_list("dwelling_code", "key_id", "composition_sealed")
    for code, key_id, sealed in rows.order_by("pk").iterator():
        building = place.get(code[:BUILDING_DIGITS])
        if building is None:
            continue
        told = json.loads(unseal(key_id, sealed, about="household.composition"))
        for name in asked:
            row = answer_of(name, told)
            if row is not None:
                made[name].answered[building] += 1
                made[name].counts[building] += row
    return made


def answer_of(dimension: str, told: dict[str, Any]) -> list[int] | None:
    """One household as a row of counts; None where it did not answer."""
    if dimension == AGE_BAND:
        persons = [int(told.get("age_bands", {}).get(band, 0)) for band in CATEGORIES[AGE_BAND]]
        return _at_most(persons, PERSONS_COUNTED_MOST) if any(persons) else None
    said = told.get(dimension, "")
    if said not in CATEGORIES[dimension]:
        return None
    return [int(said == category) for category in CATEGORIES[dimension]]


def _at_most(persons: list[int], most: int) -> list[int]:
    """Take persons from the largest band, one by one, until the household has its counted size."""
    found = list(persons)
    while sum(found) > most:
        found[found.index(max(found))] -= 1
    return found


def summed(values: IntArray, index: IntArray, size: int) -> IntArray:
    """Sum rows of buildings into areas; buildings outside are left out."""
    inside = index != OUTSIDE
    out = np.zeros((size, *values.shape[1:]), np.int64)
    np.add.at(out, index[inside], values[inside])
    return out


def outside_any_grid(ground: Ground) -> Iterable[int]:
    """Places of communities with a dwelling in no grid."""
    return sorted(set(ground.community[ground.grid == OUTSIDE].tolist()))
