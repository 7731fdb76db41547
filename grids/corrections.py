"""Single facts put right by people who were there, beside generations that never change.

`correct_place` keeps the correction with its reason; pages show it at once as corrected; a figure
still reads the generation it was computed from. `apply_corrections` writes the standing corrections
into the next generation before it is activated. Undoing keeps the row and takes its effect away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.access_log import log_access
from gis_core.errors import Conflict, Refusal
from grids.models import Building, Facility, FacilityInventory, GenerationState, PlaceCorrection, Stock, Town

HIGHEST_FLOORS = 200
TRUE_FALSE = {"yes": True, "no": False, "": None}
OPEN_TO = {
    "public": gettext_lazy("所有人"),
    "residents": gettext_lazy("小区居民"),
    "members": gettext_lazy("成员"),
}


class UnknownFact(Refusal):
    code = "unknown_fact"


class WrongFact(Refusal):
    code = "wrong_fact"
    status = 422


class NothingChanged(Conflict):
    code = "nothing_changed"


@dataclass(frozen=True)
class Fact:
    """One fact that may be corrected: how a form's text becomes its value."""

    field: str
    label: Any
    kind: str  # text | whole | choice | yes_no
    choices: Mapping[str, Any] | None = None
    most: int = 0
    is_required: bool = False

    def parse(self, text: str) -> Any:
        text = text.strip()
        return _PARSERS[self.kind](self, text)


def _parse_text(fact: Fact, text: str) -> str:
    if len(text) > fact.most:
        raise WrongFact(_("“%(label)s”最多 %(most)d 个字。") % {"label": fact.label, "most": fact.most})
    return text


def _parse_whole(fact: Fact, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= fact.most):
        raise WrongFact(
            _("“%(label)s”为“%(met)s”，应为 1 到 %(most)d 的整数。")
            % {"label": fact.label, "met": text[:20], "most": fact.most},
            met=text[:20],
        )
    return int(text)


def _parse_choice(fact: Fact, text: str) -> str:
    if text not in (fact.choices or {}):
        raise WrongFact(_("“%(label)s”没有这个选项。") % {"label": fact.label}, met=text[:20])
    return text


def _parse_yes_no(fact: Fact, text: str) -> bool | None:
    if text not in TRUE_FALSE:
        raise WrongFact(_("“%(label)s”没有这个选项。") % {"label": fact.label}, met=text[:20])
    return TRUE_FALSE[text]


_PARSERS: dict[str, Callable[[Fact, str], Any]] = {
    "text": _parse_text,
    "whole": _parse_whole,
    "choice": _parse_choice,
    "yes_no": _parse_yes_no,
}


def _facts(*facts: Fact) -> dict[str, Fact]:
    return {fact.field: fact for fact in facts}


BUILDING_FACTS = _facts(
    Fact("name", gettext_lazy("名称"), "text", most=200),
    Fact("kind", gettext_lazy("用途"), "choice", dict(Building.Kind.choices)),
    Fact("floors", gettext_lazy("层数"), "whole", most=HIGHEST_FLOORS),
    Fact("unit_count", gettext_lazy("单元数"), "whole", most=60),
    Fact("is_self_contained", gettext_lazy("成套住房"), "yes_no"),
    Fact("has_gas", gettext_lazy("燃气"), "yes_no"),
    Fact("has_heat", gettext_lazy("供暖"), "yes_no"),
    Fact("has_lift", gettext_lazy("电梯"), "yes_no"),
    Fact("has_water", gettext_lazy("自来水"), "yes_no"),
)
FACILITY_FACTS = _facts(
    Fact("name_zh", gettext_lazy("中文名"), "text", most=200),
    Fact("name_en", gettext_lazy("英文名"), "text", most=200),
    Fact("hours", gettext_lazy("开放时间"), "text", most=200),
    Fact("status", gettext_lazy("状态"), "choice", dict(Facility.Status.choices)),
    Fact("open_to", gettext_lazy("对谁开放"), "choice", OPEN_TO),
)
FACTS: dict[Any, dict[str, Fact]] = {
    PlaceCorrection.Subject.BUILDING: BUILDING_FACTS,
    PlaceCorrection.Subject.FACILITY: FACILITY_FACTS,
}
Place = Building | Facility


def subject_of(place: Place) -> Any:
    """Which kind of place this is, as corrections name it."""
    subjects = PlaceCorrection.Subject
    return subjects.BUILDING if isinstance(place, Building) else subjects.FACILITY


def town_of_place(place: Place) -> Town:
    town: Town = place.stock.town if isinstance(place, Building) else place.inventory.town
    return town


def standing(place: Place) -> dict[str, PlaceCorrection]:
    """The corrections of one place in force, the latest of each fact."""
    rows = PlaceCorrection.objects.standing().filter(
        town=town_of_place(place), subject=subject_of(place), source_id=place.source_id
    )
    return {row.field: row for row in rows}


def history(place: Place) -> list[PlaceCorrection]:
    """Everything ever said about one place, latest first."""
    rows = PlaceCorrection.objects.filter(
        town=town_of_place(place), subject=subject_of(place), source_id=place.source_id
    )
    return list(rows.select_related("by", "undone_by"))


@transaction.atomic
def correct_place(
    place: Place,
    texts: Mapping[str, str],
    *,
    reason: str,
    code: str,
    by: Any,
    request: HttpRequest | None = None,
) -> list[PlaceCorrection]:
    """Keep what differs from what is shown now; `texts` are a form's fields, `code` where it lies."""
    if not reason.strip():
        raise WrongFact(_("请写明更正的依据，如“现场核对”或文件名称。"))
    facts, known = FACTS[subject_of(place)], standing(place)
    made = []
    for field, text in texts.items():
        if field not in facts:
            raise UnknownFact(_("“%(field)s”不能更正。") % {"field": field[:40]}, met=field[:40])
        new = facts[field].parse(text)
        old = known[field].new_value if field in known else getattr(place, field)
        if new == old:
            continue
        made.append(
            PlaceCorrection(
                town=town_of_place(place),
                subject=subject_of(place),
                source_id=place.source_id,
                code=code,
                field=field,
                old_value=old,
                new_value=new,
                reason=reason.strip()[:200],
                by=by,
            )
        )
    if not made:
        raise NothingChanged(_("没有改动：所填内容与现有内容相同。"))
    PlaceCorrection.objects.bulk_create(made)
    fields = ", ".join(row.field for row in made)
    log_access(by, "correct_place", f"{subject_of(place)} {place.source_id}: {fields}"[:80],
               area_code=code[:12], reason=reason[:200], request=request)  # fmt: skip
    return made


@transaction.atomic
def undo_correction(row: PlaceCorrection, *, by: Any, request: HttpRequest | None = None) -> None:
    """Take one correction back; an earlier one of the same fact counts again."""
    kept = PlaceCorrection.objects.select_for_update().get(pk=row.pk)
    if kept.undone_at is not None:
        raise NothingChanged(_("这项更正已经撤销。"))
    kept.undone_at, kept.undone_by = timezone.now(), by
    kept.save(update_fields=["undone_at", "undone_by"])
    subject = f"{row.subject} {row.source_id}: {row.field}"[:80]
    log_access(by, "undo_correction", subject, area_code=row.code[:12], request=request)


def apply_corrections(stock: Stock | None, inventory: FacilityInventory | None) -> int:
    """Write the standing corrections into generations that are not yet in use; how many facts changed.

    Called between loading and activation. A place that the new source no longer has is left alone:
    its correction keeps standing for the day it comes back.
    """
    changed = 0
    if stock is not None:
        changed += _apply(
            stock.town, PlaceCorrection.Subject.BUILDING, stock, Building.objects.filter(stock=stock)
        )
    if inventory is not None:
        facilities = Facility.objects.filter(inventory=inventory)
        changed += _apply(inventory.town, PlaceCorrection.Subject.FACILITY, inventory, facilities)
    return changed


def _apply(town: Town, subject: Any, generation: Any, places: Any) -> int:
    if generation.state not in (GenerationState.LOADING, GenerationState.CHECKED):
        raise ValueError("a generation in use never changes")
    wanted: dict[tuple[str, str], Any] = {}
    rows: Iterable[PlaceCorrection] = PlaceCorrection.objects.standing().filter(town=town, subject=subject)
    for row in rows:  # oldest first: the latest of each fact stays
        wanted[row.source_id, row.field] = row.new_value
    changed = 0
    for (source_id, field), value in wanted.items():
        if field in FACTS[subject]:
            changed += places.filter(source_id=source_id).update(**{field: value})
    return changed
