"""Rules that an official typed in, into the classes and entries of a draw.

A class is a room class; where accessible flats are kept back it is two, `两室` and `两室 accessible`. A cell
is a building, a stairwell or a floor, whichever the caps speak of: `<code>`, `<code>-02`, `<code>-02-11`.
There is no default quota: without rules, or for a tenure without a factor, nothing is capped.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, repeat
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from grids.housing.tenures import TENURES
from grids.models import PlacementProject, PlacementRules
from grids.placement.caps import caps_of, split_accessible
from grids.placement.drawing import ClassStock, Entry
from grids.placement.errors import ProjectInUse, WrongRules
from grids.placement.lists import SomeApplicant, SomeFlat, applicants_of, flats_of
from grids.placement.projects import require_preparing

ACCESSIBLE = " accessible"
LARGEST_FACTOR = 100
Level = PlacementRules.Level


@dataclass(frozen=True)
class Limits:
    """What rules say, as numbers; the default is no rule at all."""

    level: str = "building"
    factors: Mapping[str, Fraction] | None = None
    reserves_accessible: bool = True

    def factor(self, tenure: str) -> Fraction | None:
        return (self.factors or {}).get(tenure)


def limits_of(rules: PlacementRules | None) -> Limits:
    if rules is None:
        return Limits()
    factors = {tenure: Fraction(text) for tenure, text in rules.cap_factors.items()}
    return Limits(rules.cap_level, factors, rules.reserves_accessible)


def without_caps(limits: Limits) -> Limits:
    """The same accessible flats kept back, and no mix rule: what a cap is compared with."""
    return Limits(limits.level, None, limits.reserves_accessible)


def terms_of(project: PlacementProject, rules: PlacementRules | None) -> dict[str, ClassStock]:
    """The classes of a draw under these rules."""
    flats, applicants = flats_of(project), applicants_of(project)
    return classes_of(flats, applicants, limits_of(rules))


def entries_of(project: PlacementProject, rules: PlacementRules | None) -> list[Entry]:
    """The applicants as the draw sees them, by receipt number."""
    flats, applicants = flats_of(project), applicants_of(project)
    limits = limits_of(rules)
    return entries_in(classes_of(flats, applicants, limits), applicants, limits)


def cell_of(flat: SomeFlat, level: str) -> str:
    cell: str = flat.building_code
    if level in (Level.UNIT, Level.FLOOR):
        cell += f"-{flat.unit:02d}"
    return f"{cell}-{flat.floor:02d}" if level == Level.FLOOR else cell


def classes_of(
    flats: Sequence[SomeFlat], applicants: Sequence[SomeApplicant], limits: Limits
) -> dict[str, ClassStock]:
    """{class: flats and caps of its cells}, room classes in their text order."""
    flats_of: dict[str, list[SomeFlat]] = defaultdict(list)
    asking: dict[str, list[SomeApplicant]] = defaultdict(list)
    for flat in flats:
        flats_of[flat.room_class].append(flat)
    for one in applicants:
        asking[one.room_class].append(one)
    found: dict[str, ClassStock] = {}
    for room_class in sorted(flats_of.keys() | asking.keys()):
        found |= _room_class(room_class, flats_of[room_class], asking[room_class], limits)
    return found


def _room_class(
    name: str, flats: Sequence[SomeFlat], applicants: Sequence[SomeApplicant], limits: Limits
) -> dict[str, ClassStock]:
    codes: dict[str, list[SomeFlat]] = defaultdict(list)
    for flat in sorted(flats, key=lambda one: one.code):
        codes[cell_of(flat, limits.level)].append(flat)
    cells, tenures = sorted(codes), sorted({one.tenure for one in applicants})
    stock = np.array([len(codes[cell]) for cell in cells], np.int64)
    counts = Counter((one.tenure, one.needs_accessible) for one in applicants)
    needing = np.array([counts[tenure, True] for tenure in tenures], np.int64)
    rest = np.array([counts[tenure, False] for tenure in tenures], np.int64)
    caps = caps_of(stock, needing + rest, [limits.factor(tenure) for tenure in tenures])
    is_split = bool(limits.reserves_accessible and needing.sum())
    if not cells:  # everybody of the class waits
        return {part: _class([], tenures, {}, caps) for part in [name, name + ACCESSIBLE][: 1 + is_split]}
    if not is_split:
        return {name: _class(cells, tenures, {cell: codes[cell] for cell in cells}, caps)}
    accessible = np.array([sum(flat.is_accessible for flat in codes[cell]) for cell in cells], np.int64)
    split = split_accessible(stock, accessible, caps, rest, needing)
    kept: dict[str, list[SomeFlat]] = {}
    others: dict[str, list[SomeFlat]] = {}
    for cell, count in zip(cells, split.reserved.tolist(), strict=True):
        kept[cell] = [flat for flat in codes[cell] if flat.is_accessible][:count]
        first = {flat.code for flat in kept[cell]}
        others[cell] = [flat for flat in codes[cell] if flat.code not in first]
    return {
        name: _class(cells, tenures, others, split.cap_rest),
        name + ACCESSIBLE: _class(cells, tenures, kept, split.cap_accessible),
    }


def _class(
    cells: Sequence[str], tenures: Sequence[str], flats: Mapping[str, Sequence[SomeFlat]], caps: Any
) -> ClassStock:
    """Cells that hold a flat of the class, with the caps of each tenure there."""
    there = [(at, cell) for at, cell in enumerate(cells) if flats[cell]]
    return ClassStock(
        flats={cell: tuple(flat.code for flat in flats[cell]) for _at, cell in there},
        caps={
            tenure: {cell: int(caps[kind, at]) for at, cell in there} for kind, tenure in enumerate(tenures)
        },
    )


def entries_in(
    classes: Mapping[str, ClassStock], applicants: Iterable[SomeApplicant], limits: Limits
) -> list[Entry]:
    """Choices of buildings become choices of their cells in this class, in order."""
    cells_of = {name: _cells_by_building(part) for name, part in classes.items()}
    found = []
    for one in sorted(applicants, key=lambda one: one.receipt.encode()):
        klass = one.room_class
        if one.needs_accessible and limits.reserves_accessible:
            klass += ACCESSIBLE
        choices = tuple(chain.from_iterable(map(cells_of[klass].get, one.choices, repeat(()))))
        found.append(Entry(one.receipt, one.priority, klass, one.tenure, choices, one.takes_any))
    return found


def _cells_by_building(part: ClassStock) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for cell in sorted(part.flats):
        found[cell.split("-")[0]].append(cell)
    return found


# --- Writing them down --------------------------------------------------------------------


@transaction.atomic
def make_rules(
    project: PlacementProject,
    *,
    name: str,
    reason: str,
    cap_level: str = "building",
    cap_factors: Mapping[str, str] | None = None,
    reserves_accessible: bool = True,
    most_in_cluster: int | None = None,
    shares_entrances: bool = False,
    by: Any = None,
) -> PlacementRules:
    """Rules with the reason for them; they are not changed afterwards, other rules get another name.

    Args:
        cap_factors: {tenure: factor as it was typed, "1.25"}; a tenure that is absent has no cap.

    Raises:
        WrongRules, ProjectClosed
    """
    held = require_preparing(project)
    if not reason.strip() or not name.strip():
        raise WrongRules(_("请填写规则的名称和理由：为什么这样定。"))
    if cap_level not in Level.values:
        raise WrongRules(_("比例上限按每栋楼、每个单元或每层定。"))
    if held.rules.filter(name=name.strip()).exists():
        raise WrongRules(_("已经有叫“%(name)s”的规则，请换一个名称。") % {"name": name.strip()})
    if most_in_cluster is not None and most_in_cluster < 1:
        raise WrongRules(_("相邻同类的户数上限至少是 1。"))
    factors = {tenure: factor_text(tenure, text) for tenure, text in (cap_factors or {}).items() if text}
    made = PlacementRules.objects.create(
        project=held,
        name=name.strip(),
        reason=reason.strip(),
        cap_level=cap_level,
        cap_factors=factors,
        reserves_accessible=reserves_accessible,
        most_in_cluster=most_in_cluster,
        shares_entrances=shares_entrances,
        made_by=by,
    )
    log_access(by, "make_placement_rules", f"placement {held.pk}", area_code=held.area_code)
    return made


@transaction.atomic
def delete_rules(project: PlacementProject, rules: PlacementRules, by: Any) -> None:
    """Rules that nothing was worked out under.

    Raises:
        ProjectInUse, ProjectClosed
    """
    held = require_preparing(project)
    if held.variants.filter(rules=rules).exists():
        raise ProjectInUse(
            _("已有方案用了规则“%(name)s”，不能删除。请先删除那些方案。") % {"name": rules.name}
        )
    log_access(by, "delete_placement_rules", f"placement {held.pk}", area_code=held.area_code)
    rules.delete()


def factor_text(tenure: str, text: str) -> str:
    """The factor as a plain decimal text, so that a file reads the same everywhere."""
    if tenure not in TENURES:
        raise WrongRules(_("没有“%(tenure)s”这种房屋性质。") % {"tenure": tenure})
    try:
        factor = Fraction(str(text).strip().replace("，", ".").replace(",", "."))
    except (ValueError, ZeroDivisionError) as err:
        raise WrongRules(_("“%(met)s”不是数字，请填如 1.25。") % {"met": text}) from err
    if not 0 < factor <= LARGEST_FACTOR:
        raise WrongRules(
            _("上限倍数应大于 0、不超过 %(most)d，现在是 %(met)s。") % {"met": text, "most": LARGEST_FACTOR}
        )
    return f"{float(factor):g}"
