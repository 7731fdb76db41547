"""Alternatives: named, kept with everything that they were found to do, and never changed."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from grids.models import PlacementProject, PlacementRules, Variant
from grids.placement.check import findings_of
from grids.placement.errors import NothingToCheck, WrongRules
from grids.placement.lists import applicants_of, flats_of
from grids.placement.rules import limits_of, without_caps
from grids.placement.trial import (
    augmented_places,
    inputs_sha256,
    inputs_text,
    serial_places,
    trial_seed,
)

Kind = Variant.Kind


@transaction.atomic
def make_variant(
    project: PlacementProject, kind: str, rules: PlacementRules | None, name: str, by: Any
) -> Variant:
    """Work out an alternative and keep it.

    Args:
        kind: `given` checks the places of the file; `lottery` draws without a mix rule, `serial` and
            `augmented` under these rules, all three in the same order.

    Raises:
        NothingToCheck: no flats, no applicants, or no places in the file. WrongRules: a name that is taken.
    """
    if not name.strip() or project.variants.filter(name=name.strip()).exists():
        raise WrongRules(_("请给方案取一个没有用过的名称。"))
    if kind not in Kind.values:
        raise ValueError(f"no kind of alternative is called {kind}")
    flats, applicants = flats_of(project), applicants_of(project)
    inputs = inputs_text(flats, applicants)
    seed = trial_seed(inputs)
    places = _places(kind, rules, flats, applicants, seed)
    made = Variant.objects.create(
        project=project,
        name=name.strip(),
        kind=kind,
        rules=rules,
        inputs_sha256=inputs_sha256(inputs, rules),
        places=places,
        findings=findings_of(project, rules, places, flats, applicants, seed),
        made_by=by,
    )
    log_access(by, "make_placement_variant", f"placement {project.pk}", area_code=project.area_code)
    return made


def is_current(variant: Variant) -> bool:
    """Whether flats, applicants and rules still are what the alternative was made of."""
    project = variant.project
    inputs = inputs_text(flats_of(project), applicants_of(project))
    return bool(variant.inputs_sha256 == inputs_sha256(inputs, variant.rules))


def _places(
    kind: str, rules: PlacementRules | None, flats: list[Any], applicants: list[Any], seed: bytes
) -> dict[str, str]:
    limits = limits_of(rules)
    if kind == Kind.LOTTERY:
        return serial_places(flats, applicants, without_caps(limits), seed)
    if kind == Kind.SERIAL:
        return serial_places(flats, applicants, limits, seed)
    if kind == Kind.AUGMENTED:
        return augmented_places(flats, applicants, limits, seed)
    given = {one.receipt: one.given_flat for one in applicants if one.given_flat}
    if not given:
        raise NothingToCheck(_("申请人表里没有“申报房源”，没有可以校核的方案。"))
    return given
