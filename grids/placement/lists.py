"""The two lists of a project as plain rows: a check of 5,000 flats is to answer while one looks at it."""

from typing import NamedTuple

from grids.models import Applicant, Flat, PlacementProject


class FlatFacts(NamedTuple):
    code: str
    building_code: str
    unit: int
    floor: int
    door: int
    room_class: str
    is_accessible: bool
    entrance: str


class ApplicantFacts(NamedTuple):
    receipt: str
    tenure: str
    room_class: str
    needs_accessible: bool
    priority: int
    choices: list[str]
    takes_any: bool
    given_flat: str


SomeFlat = Flat | FlatFacts
SomeApplicant = Applicant | ApplicantFacts


def flats_of(project: PlacementProject) -> list[SomeFlat]:
    """By code."""
    return [FlatFacts(*row) for row in project.flats.order_by("code").values_list(*FlatFacts._fields)]


def applicants_of(project: PlacementProject) -> list[SomeApplicant]:
    """By receipt number."""
    rows = project.applicants.order_by("receipt").values_list(*ApplicantFacts._fields)
    return [ApplicantFacts(*row) for row in rows]
