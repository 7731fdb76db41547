"""Figures and places of a check as a reader sees them: percents, points, flats and cells in words."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from grids.housing.tenures import TENURES
from grids.models import PlacementProject
from grids.placement.building_names import building_names

BUILDING_DIGITS = 17
MINUS = "\N{MINUS SIGN}"
NOTHING = "–"


def percent(share: float | None) -> str:
    """62.4%; never rounded up to 100 nor down to 0."""
    if share is None:
        return NOTHING
    value = abs(share) * 100
    if 0 < value < 0.1:
        return "<0.1%"
    if 99.9 < value < 100:
        return ">99.9%"
    digits = 0 if value in (0, 100) else 1
    return f"{MINUS if share < 0 else ''}{value:.{digits}f}%"


def decimal(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}".replace("-", MINUS)


def points(before: float | None, now: float | None) -> str:
    """What a share rose by, in percentage points: +12.3, −0.4, 0."""
    if before is None or now is None:
        return NOTHING
    change = round((now - before) * 100, 1)
    return signed(f"{abs(change):.1f}", change) if change else "0"


def signed(text: str, change: float) -> str:
    return f"{'+' if change > 0 else MINUS if change < 0 else ''}{text}"


def counted(name: str) -> list[tuple[int, str]]:
    """A name to sort by, its numbers as numbers: 2号楼 before 10号楼."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def tenure_words(code: str) -> str:
    return str(TENURES.get(code, code))


def site_names(project: PlacementProject, findings: Mapping[str, Any]) -> dict[str, str]:
    """What people call the buildings of the site; the code where one has no name."""
    codes = [row["code"] for row in findings["mix"]["by_building"]]
    called = building_names(project.stock_id, codes)
    return {code: called.get(code) or code for code in codes}


def flat_words(code: str, names: Mapping[str, str]) -> dict[str, str]:
    """Building and door of a flat; its code says both, whatever became of the list."""
    building, unit, floor, door = code[:17], code[17:19], code[19:21], code[21:23]
    return {
        "code": code,
        "building": names.get(building, building),
        "door": _("%(unit)d 单元 %(floor)d 层 %(door)d 号")
        % {"unit": int(unit), "floor": int(floor), "door": int(door)},
    }


def cell_words(cell: str, names: Mapping[str, str]) -> dict[str, str]:
    """A building, a stairwell or a floor: what the caps speak of."""
    building, *parts = cell.split("-")
    numbers = [int(part) for part in parts]
    if len(numbers) == 1:
        below = _("%(unit)d 单元") % {"unit": numbers[0]}
    elif len(numbers) == 2:
        below = _("%(unit)d 单元 %(floor)d 层") % {"unit": numbers[0], "floor": numbers[1]}
    else:
        below = ""
    return {"building": names.get(building, building), "below": below}
