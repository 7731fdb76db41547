"""How many dwellings stand where no register says so: an estimate, marked as one everywhere.

dwellings = residential floors × stairwells × doors on a landing, where

- floors are the mapped levels, else height / 3 m, else the mean of the same kind of building in this town,
  else the default of the kind;
- stairwells are mapped staircase entrances, else one per 180 m² of footprint;
- doors on a landing are footprint × 0.85 / 85 m² shared among the stairwells;
- a detached, semi-detached or terraced house is one dwelling; `building:flats` is taken at its word;
- outside China a building of unknown use and height with a footprint up to 250 m² is one dwelling too;
- mixed buildings have no homes on the ground floor.

A building of unknown use (`building=yes`) counts as housing when it lies in a residential area or an
estate; where no land use is mapped around it, when nothing else is known of it (no shop, office or
other facility in it) and its footprint is 40 to 1,500 m². It keeps kind "unknown"; only the estimate
assumes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grids.names import words

STOREY_M = 3.0
LANDING_SHARE = 0.85
DWELLING_GROSS_M2 = 85.0
STAIRWELL_FOOTPRINT_M2 = 180.0
DORMITORY_ROOM_M2 = 30.0
SMALLEST_HOME_M2, LARGEST_ASSUMED_HOME_M2 = 40.0, 1_500.0
MOST_UNITS = MOST_DOORS = MOST_FLOORS = 99  # two digits each in a dwelling's code
SINGLE_HOUSE_M2 = 250.0  # outside China
DEFAULT_FLOORS = {"residential": 5, "mixed": 5, "dormitory": 5, "unknown": 4}
HOUSES = words("house detached semidetached_house terrace bungalow cabin villa farm hut")


@dataclass(frozen=True)
class HomeFacts:
    """What the estimate reads of one building."""

    kind: str
    osm_value: str  # building=…
    footprint_m2: float
    floors: int | None
    stairwells: int  # mapped staircase entrances
    stated_flats: int | None
    is_assumed_home: bool


@dataclass(frozen=True)
class Homes:
    """An estimate as a block of doors: codes follow from it. All zero: no homes."""

    units: int = 0
    floors: int = 0
    first_floor: int = 1
    doors: int = 0

    @property
    def count(self) -> int:
        return self.units * self.floors * self.doors


def floors_from_height(height_m: float) -> int:
    return max(1, round(height_m / STOREY_M))


def mean_floors(buildings: Iterable[HomeFacts]) -> dict[str, int]:
    """Mean mapped floors by kind in this town, where ten buildings or more have them."""
    known: dict[str, list[int]] = {}
    for row in buildings:
        if row.floors:
            known.setdefault(_floor_class(row), []).append(row.floors)
    return {key: max(1, round(float(np.mean(values)))) for key, values in known.items() if len(values) >= 10}


def estimate_homes(buildings: Sequence[HomeFacts], *, single_house_m2: float = 0.0) -> list[Homes]:
    """The homes of each building; unknown ones up to `single_house_m2` of footprint are one family's."""
    means = mean_floors(buildings)
    return [_homes(row, means, single_house_m2) for row in buildings]


def _homes(row: HomeFacts, means: Mapping[str, int], single_house_m2: float) -> Homes:
    is_home = row.kind in ("residential", "mixed", "dormitory") or (
        row.kind == "unknown" and row.is_assumed_home
    )
    if not is_home or row.footprint_m2 < SMALLEST_HOME_M2 / 2:
        return Homes()
    if row.stated_flats:
        return _stated(row.stated_flats, row.floors)
    is_small_unknown = row.kind == "unknown" and not row.floors and row.footprint_m2 <= single_house_m2
    if row.osm_value in HOUSES or is_small_unknown:
        return Homes(units=1, floors=1, first_floor=1, doors=1)
    floors = row.floors or means.get(_floor_class(row)) or DEFAULT_FLOORS[row.kind]
    first_floor = 2 if row.kind == "mixed" else 1
    lived_on = min(max(1, floors - first_floor + 1), MOST_FLOORS - first_floor + 1)
    dwelling_m2 = DORMITORY_ROOM_M2 if row.kind == "dormitory" else DWELLING_GROSS_M2
    on_a_floor = max(1, round(row.footprint_m2 * LANDING_SHARE / dwelling_m2))
    units = row.stairwells or max(1, round(row.footprint_m2 / STAIRWELL_FOOTPRINT_M2))
    units = min(units, on_a_floor, MOST_UNITS)
    doors = min(max(1, round(on_a_floor / units)), MOST_DOORS)
    return Homes(units, lived_on, first_floor, doors)


def _stated(flats: int, floors: int | None) -> Homes:
    """A stated number of flats, laid out so that the count is kept: one stairwell, over the known floors if
    they divide it."""
    if floors and flats % floors == 0 and flats // floors <= MOST_DOORS:
        return Homes(1, floors, 1, flats // floors)
    if flats <= MOST_DOORS:
        return Homes(1, 1, 1, flats)
    width = next((n for n in range(MOST_DOORS, 0, -1) if flats % n == 0 and flats // n <= MOST_FLOORS), 0)
    return Homes(1, flats // width, 1, width) if width else Homes(1, -(-flats // MOST_DOORS), 1, MOST_DOORS)


def _floor_class(row: HomeFacts) -> str:
    return "house" if row.osm_value in HOUSES else row.kind
