"""What a rule costs in choice, beside what it does to the mix: the two are never shown apart.

An applicant's choice is worth 1 for the first building of the own list, less for each after it, and 0 for
one that was not listed or for none at all. What a rule costs is what that falls by against a draw in the same
order without a mix rule. Who lists nothing has no choice to lose and is in no share.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from grids.models import Applicant, Flat, PlacementProject
from grids.placement.errors import NothingToCheck
from grids.placement.placed import placed
from grids.placement.rules import Limits
from grids.placement.site_mix import after, site_figures, site_of
from grids.placement.trial import inputs_text, serial_places, trial_seed

DIGITS = 4
TOP = 3
UNLISTED, UNPLACED = -1, -2


def rank_of(one: Applicant, building: str | None) -> int:
    """Place in the own list from 0; UNLISTED; UNPLACED."""
    if building is None:
        return UNPLACED
    return one.choices.index(building) if building in one.choices else UNLISTED


def worth(rank: int, length: int) -> float:
    return (length - rank) / length if rank >= 0 else 0.0


def choice_findings(
    applicants: Mapping[str, Applicant],
    flats: Mapping[str, Flat],
    places: Mapping[str, str],
    lottery: Mapping[str, str],
) -> dict[str, Any]:
    """Shares of those who listed something; `by_tenure` says who bears the cost."""
    people = list(applicants.values())
    tenures = sorted({one.tenure for one in people})
    return {
        **_of(people, flats, places, lottery),
        "by_tenure": [
            {"tenure": kind, **_of([one for one in people if one.tenure == kind], flats, places, lottery)}
            for kind in tenures
        ],
    }


def _of(
    people: Sequence[Applicant],
    flats: Mapping[str, Flat],
    places: Mapping[str, str],
    lottery: Mapping[str, str],
) -> dict[str, Any]:
    def ranks(found: Mapping[str, str]) -> list[int]:
        return [
            rank_of(one, flats[found[one.receipt]].building_code if one.receipt in found else None)
            for one in people
        ]

    here, there = ranks(places), ranks(lottery)
    lists = [len(one.choices) for one in people]
    choosing = sum(length > 0 for length in lists)
    listed = [rank for rank in here if rank >= 0]
    value_here = sum(worth(rank, length) for rank, length in zip(here, lists, strict=True))
    value_there = sum(worth(rank, length) for rank, length in zip(there, lists, strict=True))
    moved = [
        worth(now, length) - worth(before, length)
        for now, before, length in zip(here, there, lists, strict=True)
    ]
    return {
        "applicants": len(people),
        "choosing": choosing,
        "first": _share(sum(rank == 0 for rank in here), choosing),
        "top_3": _share(sum(0 <= rank < TOP for rank in here), choosing),
        "mean_rank": round(sum(listed) / len(listed) + 1, 2) if listed else None,
        "unlisted": sum(rank == UNLISTED and length > 0 for rank, length in zip(here, lists, strict=True)),
        "unplaced": sum(rank == UNPLACED for rank in here),
        "lost_vs_lottery": _lost(value_here, value_there),
        "worse_off": sum(change < 0 for change in moved),
        "better_off": sum(change > 0 for change in moved),
    }


def _share(count: int, whole: int) -> float | None:
    return round(count / whole, DIGITS) if whole else None


def _lost(here: float, there: float) -> float | None:
    """Share of the worth of all choices that is lost; below 0 where something is won."""
    return round(1 - here / there, DIGITS) if there else None


def frontier(
    project: PlacementProject, factors: Sequence[str | None], *, level: str = "building"
) -> list[dict[str, Any]]:
    """Cap, choice lost, W and R* of the site, people housed: one row a factor, the same for every tenure.

    Args:
        factors: caps as multiples of each tenure's share, None for no cap.

    Raises:
        NothingToCheck
    """
    flats = {one.code: one for one in project.flats.all()}
    applicants = {one.receipt: one for one in project.applicants.all()}
    if not flats or not applicants:
        raise NothingToCheck(_("还没有房源或申请人，不能校核。"))
    homes, people = list(flats.values()), list(applicants.values())
    seed = trial_seed(inputs_text(homes, people))
    tenures = {one.tenure for one in people}
    site = site_of(project, {one.building_code for one in homes}, set(flats), tenures)
    lottery = serial_places(homes, people, Limits(level), seed)
    rows = []
    for factor in factors:
        limits = Limits(level, dict.fromkeys(tenures, Fraction(factor)) if factor is not None else None)
        places = lottery if factor is None else serial_places(homes, people, limits, seed)
        found = placed(flats, applicants, places, None, limits)
        rows.append(
            {
                "factor": factor,
                "choice_lost": _of(people, flats, places, lottery)["lost_vs_lottery"],
                **site_figures(site, after(site, found)),
                "housed": len(places),
            }
        )
    return rows
