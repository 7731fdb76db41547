"""What the two lists of a project hold, as counts: by building, room class, tenure; never by applicant."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from grids.housing.tenures import TENURES
from grids.models import PlacementProject
from grids.placement.building_names import building_names

HAN_NUMBERS = "零一二三四五六七八九"
MOST_ROOM_COLUMNS = 8
MOST_LISTED = 10


@dataclass(frozen=True)
class FlatLine:
    """One building: how many flats of each room class, in the order of the table's columns."""

    code: str
    name: str
    rooms: list[int]
    accessible: int
    total: int


@dataclass(frozen=True)
class TenureLine:
    label: str
    rooms: list[int]
    total: int
    percent: float


@dataclass(frozen=True)
class RoomLine:
    """Supply and demand of one room class."""

    name: str
    flats: int
    applicants: int
    accessible: int
    needing: int

    @property
    def left(self) -> int:
        return self.flats - self.applicants

    @property
    def waiting(self) -> int:
        return max(0, self.applicants - self.flats)

    @property
    def is_short_of_accessible(self) -> bool:
        return self.needing > self.accessible


def room_order(name: str) -> tuple[int, str]:
    """一室 before 两室 before 三室; anything else by its text."""
    text = name.replace("两", "二")
    found = re.match(rf"(\d+|[{HAN_NUMBERS}])", text)
    if not found:
        return 99, name
    return int(found[1]) if found[1].isdigit() else HAN_NUMBERS.index(found[1]), name


def room_classes(project: PlacementProject) -> list[str]:
    names = project.flats.order_by().values_list("room_class", flat=True).distinct()
    return sorted(names, key=room_order)


def flat_lines(project: PlacementProject, rooms: Sequence[str]) -> list[FlatLine]:
    """By building, in the order of their names; those without a name last."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    accessible: Counter[str] = Counter()
    cells = project.flats.order_by().values("building_code", "room_class")
    for cell in cells.annotate(n=Count("pk"), reserved=Count("pk", filter=Q(is_accessible=True))):
        counts[cell["building_code"]][cell["room_class"]] = cell["n"]
        accessible[cell["building_code"]] += cell["reserved"]
    named = building_names(project.stock_id, counts)

    def place(code: str) -> tuple[bool, list[tuple[int, str]], str]:
        name = named.get(code, "")
        return not name, natural(name), code

    return [
        FlatLine(
            code=code,
            name=named.get(code, ""),
            rooms=[counts[code][room] for room in rooms],
            accessible=accessible[code],
            total=counts[code].total(),
        )
        for code in sorted(counts, key=place)
    ]


def flat_totals(lines: Sequence[FlatLine], rooms: Sequence[str]) -> dict[str, Any]:
    return {
        "rooms": [sum(line.rooms[at] for line in lines) for at in range(len(rooms))],
        "accessible": sum(line.accessible for line in lines),
        "total": sum(line.total for line in lines),
        "buildings": len(lines),
    }


def natural(name: str) -> list[tuple[int, str]]:
    """Sorts 2号楼 before 10号楼."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|\D+", name)]


def tenure_lines(project: PlacementProject, rooms: Sequence[str]) -> list[TenureLine]:
    """By tenure, the most asked for first; only those that somebody asks for."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    cells = project.applicants.order_by().values("tenure", "room_class").annotate(n=Count("pk"))
    for cell in cells:
        counts[cell["tenure"]][cell["room_class"]] = cell["n"]
    whole = sum(one.total() for one in counts.values()) or 1
    found = [
        TenureLine(
            label=str(TENURES.get(tenure, tenure)),
            rooms=[one[room] for room in rooms],
            total=one.total(),
            percent=round(100 * one.total() / whole, 1),
        )
        for tenure, one in counts.items()
    ]
    return sorted(found, key=lambda line: (-line.total, line.label))


def room_lines(project: PlacementProject, rooms: Sequence[str]) -> list[RoomLine]:
    flats = _by_room(project.flats, Q(is_accessible=True))
    applicants = _by_room(project.applicants, Q(needs_accessible=True))
    nothing = (0, 0)
    return [
        RoomLine(
            name=room,
            flats=flats.get(room, nothing)[0],
            applicants=applicants.get(room, nothing)[0],
            accessible=flats.get(room, nothing)[1],
            needing=applicants.get(room, nothing)[1],
        )
        for room in rooms
    ]


def _by_room(rows: Any, condition: Q) -> dict[str, tuple[int, int]]:
    counted = rows.order_by().values("room_class").annotate(n=Count("pk"), some=Count("pk", filter=condition))
    return {one["room_class"]: (one["n"], one["some"]) for one in counted}


def applicant_facts(project: PlacementProject) -> dict[str, Any]:
    """How the applications are filled in."""
    facts: dict[str, Any] = project.applicants.aggregate(
        total=Count("pk"),
        needing=Count("pk", filter=Q(needs_accessible=True)),
        without_choice=Count("pk", filter=Q(choices=[])),
        willing=Count("pk", filter=Q(takes_any=True)),
        nowhere=Count("pk", filter=Q(choices=[], takes_any=False)),
        given=Count("pk", filter=~Q(given_flat="")),
    )
    by_priority = project.applicants.order_by("priority").values("priority").annotate(n=Count("pk"))
    facts["priorities"] = list(by_priority.values_list("priority", "n"))
    return facts


def most_listed(project: PlacementProject) -> list[dict[str, Any]]:
    """The buildings that most people put first, with the flats that are there."""
    first = project.applicants.exclude(choices=[]).order_by().values(code=F("choices__0"))
    counted = list(first.annotate(n=Count("pk")).order_by("-n", "code")[:MOST_LISTED])
    codes = [one["code"] for one in counted]
    named = building_names(project.stock_id, codes)
    there = project.flats.filter(building_code__in=codes).order_by().values("building_code")
    flats = dict(there.annotate(n=Count("pk")).values_list("building_code", "n"))
    most = max((one["n"] for one in counted), default=1)
    return [
        {
            "code": one["code"],
            "name": named.get(one["code"], ""),
            "asked": one["n"],
            "flats": flats.get(one["code"], 0),
            "width": round(100 * one["n"] / most, 1),
        }
        for one in counted
    ]
