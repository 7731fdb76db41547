"""Who would live where: flats, applicants, limits and places of one alternative, read once for all checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grids.models import PlacementRules
from grids.placement.lists import SomeApplicant, SomeFlat
from grids.placement.rules import Limits, cell_of


@dataclass(frozen=True)
class Placed:
    """One alternative.

    Attributes:
        flats, applicants: by code and by receipt number.
        places: {receipt: flat code}, known ones on both sides only.
        unknown: what the proposal named and the project does not have.
    """

    flats: Mapping[str, SomeFlat]
    applicants: Mapping[str, SomeApplicant]
    places: Mapping[str, str]
    unknown: tuple[str, ...]
    rules: PlacementRules | None
    limits: Limits

    @cached_property
    def holders(self) -> dict[str, list[SomeApplicant]]:
        """{flat: who is to live there}; more than one is a fault, and a finding."""
        found: dict[str, list[SomeApplicant]] = {}
        for receipt, code in self.places.items():
            found.setdefault(code, []).append(self.applicants[receipt])
        return found

    @cached_property
    def tenure_of(self) -> dict[str, str]:
        """{flat: tenure of who lives there}."""
        return {code: people[0].tenure for code, people in self.holders.items()}

    @cached_property
    def unplaced(self) -> list[str]:
        return sorted(self.applicants.keys() - self.places.keys())

    def cell(self, code: str) -> str:
        return cell_of(self.flats[code], self.limits.level)


def placed(
    flats: Mapping[str, SomeFlat],
    applicants: Mapping[str, SomeApplicant],
    places: Mapping[str, str],
    rules: PlacementRules | None,
    limits: Limits,
) -> Placed:
    known = {who: code for who, code in places.items() if who in applicants and code in flats}
    unknown = {who for who in places if who not in applicants}
    unknown |= {code for code in places.values() if code not in flats}
    return Placed(flats, applicants, known, tuple(sorted(unknown)), rules, limits)
