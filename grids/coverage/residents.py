"""How many people may live in a building, without ever asking: an estimate, and marked as one.

Residents are the dwellings not known to be vacant times the mean household size: of the smallest
area that has a published figure, else of the city's profile. Demand groups (children of nursery
age, people over 60 …) are those residents times the published share of the smallest area that
has one. No count of persons surveyed at a building enters here, nor may it.

A run first pins what was published (`resident_inputs`), then reckons from what it pinned only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grids.arrays import StockArrays
from grids.models import CityProfile, PopulationTable, Town

EVERYONE = "all"
PREFIX_LENGTHS = (12, 9, 6, 4, 2)  # smallest area first


@dataclass(frozen=True)
class Residents:
    """Estimated residents per building, and of each demand group that a published share is known for.

    `groups` holds (b,) persons, NaN where no area above the building has a share.
    """

    count: NDArray[np.float32]
    groups: dict[str, NDArray[np.float32]]


def resident_inputs(town: Town, profile: CityProfile, demand_groups: Iterable[str] = ()) -> dict[str, Any]:
    """What is published about this town's households, as a run pins it."""
    tables = latest_tables(town)
    sizes = {table.area_code: table.household_size for table in tables if table.household_size}
    shares = {
        group: {t.area_code: t.group_shares[group] for t in tables if t.group_shares.get(group) is not None}
        for group in sorted(set(demand_groups) - {EVERYONE})
    }
    sources = sorted({f"{t.source} ({t.year})" for t in tables if t.area_code in sizes})
    return {
        "household_size": profile.household_size,
        "household_size_of_area": sizes,
        "group_share_of_area": {group: found for group, found in shares.items() if found},
        "sources": sources,
        **_notes(profile, sorted(set(sizes.values())), sources),
    }


def estimate_residents(stock: StockArrays, inputs: Mapping[str, Any]) -> Residents:
    """Residents of every building from what a run has pinned."""
    codes = stock.community_codes.tolist()
    size = _smallest_area_value(codes, inputs["household_size_of_area"], inputs["household_size"])
    count = np.maximum(stock.dwellings - stock.vacant, 0) * size[stock.community]
    groups = {
        group: (count * _smallest_area_value(codes, shares, np.nan)[stock.community]).astype(np.float32)
        for group, shares in inputs["group_share_of_area"].items()
    }
    return Residents(count.astype(np.float32), groups)


def latest_tables(town: Town) -> list[PopulationTable]:
    """The newest published table of each area."""
    newest: dict[str, PopulationTable] = {}
    for table in PopulationTable.objects.filter(town=town).order_by("area_code", "year"):
        newest[table.area_code] = table
    return list(newest.values())


def _smallest_area_value(
    community_codes: Sequence[str], value_of_area: Mapping[str, float], otherwise: float
) -> NDArray[np.float64]:
    """(communities,) the value of the longest area code that begins each community's code."""
    found = (
        next((value_of_area[code[:n]] for n in PREFIX_LENGTHS if code[:n] in value_of_area), otherwise)
        for code in community_codes
    )
    return np.fromiter(found, np.float64, len(community_codes))


def _notes(profile: CityProfile, sizes: list[float], sources: list[str]) -> dict[str, str]:
    shown = f"{profile.household_size:g}"
    if sizes:
        shown = f"{sizes[0]:g}" if len(sizes) == 1 else f"{sizes[0]:g}–{sizes[-1]:g}"
    where_zh = "、".join(sources) or f"城市标准“{profile.name_zh}”"
    where_en = ", ".join(sources) or f"city standard “{profile.name_en or profile.name_zh}”"
    return {
        "note_zh": f"居民数为估算：未知空置的住房套数 × 户均 {shown} 人（{where_zh}），并非逐户调查。",
        "note_en": (
            f"Residents are an estimate: dwellings not known to be vacant × {shown} persons a household "
            f"({where_en}). Nobody was counted at the door."
        ),
    }
