"""The screen of headroom: a line a building (stairwell, floor) and room class, a column a tenure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from grids.pages.placement.figures_shown import cell_words, counted, tenure_words

LINES_A_PAGE = 25
FREE, FULL, OVER = "free", "full", "over"


@dataclass(frozen=True)
class Asked:
    """What of the table one wants to see; an empty text is all of it."""

    building: str = ""
    room_class: str = ""
    only: str = ""  # full: where a tenure has nothing left

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        only = query.get("only", "")
        return cls(query.get("building", ""), query.get("room", ""), only if only in (FULL, OVER) else "")

    @property
    def is_filtered(self) -> bool:
        return bool(self.building or self.room_class or self.only)

    def takes(self, line: Mapping[str, Any]) -> bool:
        if self.only == OVER and not line["is_over"]:
            return False
        if self.only == FULL and not (line["is_full"] or line["is_over"]):
            return False
        return self.building in ("", line["code"]) and self.room_class in ("", line["room_class"])


def headroom_shown(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], asked: Asked, page: str | None
) -> dict[str, Any]:
    """Lines of one page, and how many cells of the whole table are full or over."""
    tenures = sorted({row["tenure"] for row in rows})
    lines = _lines(rows, names, tenures)
    capped = [row for row in rows if row["cap"] is not None]
    if not capped:
        asked = replace(asked, only="")  # nothing can be full
    shown: Page[Any] = Paginator([line for line in lines if asked.takes(line)], LINES_A_PAGE).get_page(page)
    return {
        "tenures": [tenure_words(code) for code in tenures],
        "page": shown,
        "lines": list(shown.object_list),
        "asked": asked,
        "buildings": list({line["code"]: line["building"] for line in lines}.items()),
        "rooms": sorted({line["room_class"] for line in lines}),
        "capped": len(capped),
        "full": sum(row["left"] == 0 for row in capped),
        "over": sum(row["left"] < 0 for row in capped),
    }


def _lines(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], tenures: Sequence[str]
) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["cell"], row["room_class"])
        if key not in found:
            found[key] = {
                **cell_words(row["cell"], names),
                "code": row["building"],
                "room_class": row["room_class"],
                "flats": row["flats"],
                "by_tenure": {},
            }
        found[key]["by_tenure"][row["tenure"]] = _figure(row)
    lines = []
    for line in sorted(found.values(), key=_order):
        by_tenure = line.pop("by_tenure")
        figures = [by_tenure.get(code) for code in tenures]
        states = {figure["state"] for figure in figures if figure}
        lines.append({**line, "figures": figures, "is_full": FULL in states, "is_over": OVER in states})
    return lines


def _order(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """As people count buildings, stairwells and floors: 2 before 10."""
    return counted(line["building"]), line["code"], counted(line["below"]), line["room_class"]


def _figure(row: Mapping[str, Any]) -> dict[str, Any]:
    left = row["left"]
    state = "" if left is None else OVER if left < 0 else FULL if left == 0 else FREE
    return {
        "used": row["used"],
        "cap": row["cap"],
        "left": left,
        "over": -left if left is not None and left < 0 else 0,
        "state": state,
    }
