"""What a placement does, found before it happens: one call, one dict, nothing written.

{"headroom": [{"cell", "building", "tenure", "room_class", "flats", "cap", "used", "left"}],
 "mix": {"tenures", "before": {"w", "r_star"}, "after": {…}, "split": […], "by_building": […],
         "by_community": […]},
 "clusters": [{"tenure", "flats", "size"}],
 "entrances": [{"building", "door", "tenures", "is_shared", "flats"}],
 "rules": [{"code", "is_met", "flats", "numbers", "sentence"}],
 "coverage": [{"category", "name", "provision", "threshold_m", "has_data", "share", "gap", …}],
 "coverage_of": {"run", "flats", "unknown"},
 "choice": {"first", "top_3", "mean_rank", "unlisted", "unplaced", "lost_vs_lottery", …, "by_tenure"},
 "unplaced": [receipts], "unknown": [receipts or flats that the project does not have]}
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from grids.models import PlacementProject, PlacementRules
from grids.placement.choice_cost import choice_findings
from grids.placement.clusters import clusters, entrances, living_there
from grids.placement.errors import NothingToCheck
from grids.placement.headroom import headroom
from grids.placement.lists import SomeApplicant, SomeFlat, applicants_of, flats_of
from grids.placement.placed import placed
from grids.placement.rule_findings import rule_findings, sentence_of
from grids.placement.rules import classes_of, limits_of, without_caps
from grids.placement.site_coverage import site_coverage
from grids.placement.site_mix import LEVELS, mix_findings, site_of
from grids.placement.trial import inputs_text, serial_places, trial_seed


def check_places(
    project: PlacementProject, rules: PlacementRules | None, places: Mapping[str, str]
) -> dict[str, Any]:
    """Everything that these places do under these rules; without rules, only what holds for all.

    Args:
        places: {receipt: flat code}.

    Raises:
        NothingToCheck: there are no flats or no applicants.
    """
    homes, people = flats_of(project), applicants_of(project)
    return findings_of(project, rules, places, homes, people, trial_seed(inputs_text(homes, people)))


def findings_of(
    project: PlacementProject,
    rules: PlacementRules | None,
    places: Mapping[str, str],
    homes: Sequence[SomeFlat],
    people: Sequence[SomeApplicant],
    seed: bytes,
) -> dict[str, Any]:
    """The same, for whoever has read the lists and knows the seed of a trial already."""
    if not homes or not people:
        raise NothingToCheck(_("还没有房源或申请人，不能校核。"))
    flats, applicants = {one.code: one for one in homes}, {one.receipt: one for one in people}
    limits = limits_of(rules)
    found = placed(flats, applicants, places, rules, limits)
    classes = classes_of(homes, people, limits)
    lottery = serial_places(homes, people, without_caps(limits), seed)
    site = site_of(project, {one.building_code for one in homes}, set(flats), {one.tenure for one in people})
    room, grown = headroom(found), clusters(found)
    doors = entrances(found, living_there(project, homes))
    coverage = site_coverage(project, homes)
    return {
        "headroom": room,
        "mix": mix_findings(site, found),
        "clusters": grown,
        "entrances": doors,
        "rules": rule_findings(found, classes, room, grown, doors),
        "coverage": coverage.pop("categories"),
        "coverage_of": coverage,
        "choice": choice_findings(applicants, flats, found.places, lottery),
        "unplaced": found.unplaced,
        "unknown": list(found.unknown),
    }


def worded(findings: Mapping[str, Any]) -> dict[str, Any]:
    """Kept findings with their sentences in the language of whoever reads them now."""
    told = dict(findings)
    told["rules"] = [{**row, "sentence": sentence_of(row)} for row in findings["rules"]]
    split = [{**row, "name": str(LEVELS[row["level"]])} for row in findings["mix"]["split"]]
    told["mix"] = {**findings["mix"], "split": split}
    return told
