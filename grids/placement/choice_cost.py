"""What a rule costs in choice, beside what it does to the mix: the two are never shown apart.

An applicant's choice is worth 1 for the first building of the own list, less for each after it, and 0 for
one that was not listed or for none at all. What a rule costs is what that falls by against a draw in the same
order without a mix rule. Who lists nothing has no choice to lose and is in no share.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from grids.models import PlacementProject
from grids.placement.errors import NothingToCheck
from grids.placement.lists import SomeApplicant, SomeFlat, applicants_of, flats_of
from grids.placement.placed import placed
from grids.placement.rules import Limits
from grids.placement.site_mix import after, site_figures, site_of
from grids.placement.trial import inputs_text, serial_places, trial_seed

DIGITS = 4
TOP = 3
UNLISTED, UNPLACED = -1, -2


def rank_of(one: SomeApplicant, building: str | None) -> int:
    """Place in the own list from 0; UNLISTED; UNPLACED."""
    if building is None:
        return UNPLACED
    try:
        return one.choices.index(building)
    except ValueError:
        return UNLISTED


def worth(rank: int, length: int) -> float:
    return (length - rank) / length if rank >= 0 else 0.0


class Chosen(NamedTuple):
    """What one applicant got here and in the lottery, as ranks of the own list of `length`."""

    tenure: str
    length: int
    here: int
    there: int


def choice_findings(
    applicants: Mapping[str, SomeApplicant],
    flats: Mapping[str, SomeFlat],
    places: Mapping[str, str],
    lottery: Mapping[str, str],
) -> dict[str, Any]:
    """Shares of those who listed something; `by_tenure` says who bears the cost."""
    rows = chosen(applicants, flats, places, lottery)
    return {
        **_of(rows),
        "by_tenure": [
            {"tenure": kind, **_of([row for row in rows if row.tenure == kind])}
            for kind in sorted({row.tenure for row in rows})
        ],
    }


def chosen(
    applicants: Mapping[str, SomeApplicant],
    flats: Mapping[str, SomeFlat],
    places: Mapping[str, str],
    lottery: Mapping[str, str],
) -> list[Chosen]:
    building = {code: flat.building_code for code, flat in flats.items()}
    return [
        Chosen(
            one.tenure,
            len(one.choices),
            rank_of(one, building.get(places.get(receipt, ""))),
            rank_of(one, building.get(lottery.get(receipt, ""))),
        )
        for receipt, one in applicants.items()
    ]


def _of(rows: Sequence[Chosen]) -> dict[str, Any]:
    choosing = [row for row in rows if row.length]
    listed = [row.here for row in rows if row.here >= 0]
    now = [worth(row.here, row.length) for row in rows]
    before = [worth(row.there, row.length) for row in rows]
    return {
        "applicants": len(rows),
        "choosing": len(choosing),
        "first": _share(sum(row.here == 0 for row in rows), len(choosing)),
        "top_3": _share(sum(0 <= row.here < TOP for row in rows), len(choosing)),
        "mean_rank": round(sum(listed) / len(listed) + 1, 2) if listed else None,
        "unlisted": sum(row.here == UNLISTED for row in choosing),
        "unplaced": sum(row.here == UNPLACED for row in rows),
        "lost_vs_lottery": _lost(sum(now), sum(before)),
        "worse_off": sum(here < there for here, there in zip(now, before, strict=True)),
        "better_off": sum(here > there for here, there in zip(now, before, strict=True)),
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
    flats = {one.code: one for one in flats_of(project)}
    applicants = {one.receipt: one for one in applicants_of(project)}
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
                "choice_lost": _of(chosen(applicants, flats, places, lottery))["lost_vs_lottery"],
                **site_figures(site, after(site, found)),
                "housed": len(places),
            }
        )
    return rows
