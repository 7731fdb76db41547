"""Neighbouring flats of one tenure, and doors that only one tenure walks through ("poor doors").

Flats are neighbours next to each other on a landing, or one above the other. Clusters are those of this
placement: what was there before cannot be chosen any more. Doors count who lives behind them already.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from grids.models import Dwelling, PlacementProject
from grids.placement.lists import SomeFlat
from grids.placement.placed import Placed

MOST_LISTED = 50  # of clusters that break no rule, the largest

Place = tuple[str, int, int, int]  # building, unit, floor, door


def clusters(found: Placed) -> list[dict[str, Any]]:
    """Clusters of two flats or more, largest first; all that are larger than the rule allows."""
    limit = found.rules.most_in_cluster if found.rules else None
    tenure_at = {_place(found.flats[code]): (tenure, code) for code, tenure in found.tenure_of.items()}
    seen: set[Place] = set()
    rows: list[dict[str, Any]] = []
    for start in sorted(tenure_at):
        if start in seen:
            continue
        members = _grown(start, tenure_at, seen)
        if len(members) > 1:
            rows.append({"tenure": tenure_at[start][0], "flats": sorted(members), "size": len(members)})
    rows.sort(key=lambda row: (-row["size"], row["flats"][0]))
    too_large = [row for row in rows if limit is not None and row["size"] > limit]
    return rows[: max(MOST_LISTED, len(too_large))]


def _grown(start: Place, tenure_at: Mapping[Place, tuple[str, str]], seen: set[Place]) -> list[str]:
    tenure, waiting, members = tenure_at[start][0], [start], []
    seen.add(start)
    while waiting:
        building, unit, floor, door = waiting.pop()
        members.append(tenure_at[building, unit, floor, door][1])
        for beside in (
            (building, unit, floor, door - 1),
            (building, unit, floor, door + 1),
            (building, unit, floor - 1, door),
            (building, unit, floor + 1, door),
        ):
            if beside not in seen and tenure_at.get(beside, ("", ""))[0] == tenure:
                seen.add(beside)
                waiting.append(beside)
    return members


def _place(flat: SomeFlat) -> Place:
    return flat.building_code, flat.unit, flat.floor, flat.door


# --- Doors --------------------------------------------------------------------------------


def living_there(project: PlacementProject, flats: Iterable[SomeFlat]) -> Counter[tuple[str, int, str]]:
    """{(building, unit, tenure): dwellings} of the register, the flats to be placed left out."""
    held = list(flats)
    buildings, codes = {flat.building_code for flat in held}, {flat.code for flat in held}
    rows = (
        Dwelling.objects.filter(building__stock=project.stock_id, building__code__in=buildings)
        .exclude(tenure="")
        .values_list("building__code", "unit", "tenure", "code")
    )
    return Counter((building, unit, tenure) for building, unit, tenure, code in rows if code not in codes)


def entrances(found: Placed, there: Mapping[tuple[str, int, str], int]) -> list[dict[str, Any]]:
    """Every door that a placed flat has: who uses it, and whether only one tenure does.

    A door stands apart where several tenures live in the building and only one, in two dwellings or more,
    goes through this door. Without a door named in the file it is the stairwell's.
    """
    of_door: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    flats_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    of_building: dict[str, set[str]] = defaultdict(set)
    for code, tenure in found.tenure_of.items():
        flat = found.flats[code]
        key = (flat.building_code, flat.entrance or str(flat.unit))
        of_door[key][tenure] += 1
        flats_of[key].append(code)
        of_building[flat.building_code].add(tenure)
    for (building, unit, tenure), count in there.items():
        of_building[building].add(tenure)
        if (building, str(unit)) in of_door:
            of_door[building, str(unit)][tenure] += count
    return [
        {
            "building": building,
            "door": door,
            "tenures": dict(sorted(of_door[building, door].items())),
            "is_shared": len(of_door[building, door]) > 1
            or len(of_building[building]) < 2
            or sum(of_door[building, door].values()) < 2,
            "flats": sorted(flats_of[building, door]),
        }
        for building, door in sorted(of_door)
    ]
