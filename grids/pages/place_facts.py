"""Facts of a place for people to read: the value in words, the correction that stands, the flats by unit."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.corrections import FACTS, Fact, Place, subject_of
from grids.housing.tenures import TENURES
from grids.models import Building, Dwelling, PlaceCorrection

YES_NO = [("", gettext_lazy("不知道")), ("yes", gettext_lazy("有")), ("no", gettext_lazy("没有"))]


@dataclass(frozen=True)
class FactRow:
    """One fact: what is shown, and what its form field offers."""

    field: str
    label: Any
    kind: str
    words: Any
    raw: str
    choices: list[tuple[str, Any]]
    correction: PlaceCorrection | None
    source_words: Any


def fact_rows(place: Place, corrections: dict[str, PlaceCorrection]) -> list[FactRow]:
    return [_row(place, fact, corrections.get(fact.field)) for fact in FACTS[subject_of(place)].values()]


def _row(place: Place, fact: Fact, correction: PlaceCorrection | None) -> FactRow:
    source = getattr(place, fact.field)
    value = correction.new_value if correction else source
    choices = YES_NO if fact.kind == "yes_no" else list((fact.choices or {}).items())
    return FactRow(
        fact.field, fact.label, fact.kind, words_of(fact, value), _raw(value), choices, correction,
        words_of(fact, source),
    )  # fmt: skip


def words_of(fact: Fact, value: Any) -> Any:
    """A value as people say it; unknown is a dash, never a no."""
    if value is None or value == "":
        return "—"
    if fact.kind == "yes_no":
        return _("有") if value else _("没有")
    if fact.kind == "choice":
        return (fact.choices or {}).get(value, value)
    return value


def _raw(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def history_rows(rows: list[PlaceCorrection]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        fact = FACTS[row.subject].get(row.field)
        if fact is None:
            continue
        found.append(
            {
                "row": row,
                "label": fact.label,
                "old": words_of(fact, row.old_value),
                "new": words_of(fact, row.new_value),
            }
        )
    return found


@dataclass(frozen=True)
class Unit:
    """One stairwell: doors across, floors down from the top."""

    number: int
    doors: list[int]
    floors: list[tuple[int, list[Dwelling | None]]]


def flats_by_unit(building: Building) -> list[Unit]:
    """The register's dwellings as a matrix for each stairwell; empty when there are none or too many."""
    rows = list(building.dwellings.order_by("unit", "floor", "door")[:2_000])
    units = []
    for number in sorted({row.unit for row in rows}):
        here = {(row.floor, row.door): row for row in rows if row.unit == number}
        doors = sorted({door for _floor, door in here})
        floors = sorted({floor for floor, _door in here}, reverse=True)
        for row in here.values():
            row.tenure_words = TENURES.get(row.tenure, row.tenure)  # type: ignore[attr-defined]
        units.append(
            Unit(number, doors, [(floor, [here.get((floor, door)) for door in doors]) for floor in floors])
        )
    return units
