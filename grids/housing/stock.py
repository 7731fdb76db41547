"""OSM buildings → the stock: kind, floors, community, code, dwellings as a marked estimate.

A building's code is its community's 12 digits and 5 more. New buildings are numbered in strips from
north to south and from west to east within a strip; a building that an earlier load of the town knew by
the same OSM id keeps its code as long as it stays in its community, and a number once given is never
given to another.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_core.crs import areas_m2
from gis_core.readers.numbers import NumberProblem, parse_height_m, parse_levels
from gis_core.readers.osm import OsmBuilding, OsmEntrance, OsmExtract
from grids.housing.building_codes import Numbering, assign_codes
from grids.housing.building_drafts import BuildingDraft
from grids.housing.building_kinds import building_kind, is_place_of_worship
from grids.housing.dwelling_estimates import (
    HomeFacts,
    estimate_homes,
    floors_from_height,
)
from grids.housing.estates import EstateDraft, estate_numbers_at
from grids.housing.home_assumptions import assumed_homes
from grids.kernels.graph import hilbert_order
from grids.models import Building
from grids.names import has_han
from grids.territory.places_in_areas import CommunityOutlines

IntArray = NDArray[np.int64]
HIGHEST_M, MOST_LEVELS = 1_000.0, 200


@dataclass
class StockDraft:
    buildings: list[BuildingDraft]  # in the order of their numbers
    estates: list[EstateDraft]
    bad_values: list[str] = field(default_factory=list)  # "way/5 height=tall"
    counts: Counter[str] = field(default_factory=Counter)


def draft_stock(
    extract: OsmExtract,
    *,
    estates: Sequence[EstateDraft],
    communities: CommunityOutlines,
    numbering: Numbering,
    boundary: BaseGeometry | None = None,
    single_house_m2: float = 0.0,
) -> StockDraft:
    """The buildings of an extract inside the boundary, each in a community, with its code and homes."""
    draft = StockDraft([], list(estates))
    whole = [row for row in extract.buildings if not row.is_part]
    draft.counts["parts_left_out"] = len(extract.buildings) - len(whole)
    points = shapely.point_on_surface(np.array([row.geometry for row in whole], dtype=object))
    if boundary is not None and len(whole):
        shapely.prepare(boundary)
        inside = shapely.intersects(boundary, points)
        draft.counts["buildings_outside"] = int((~inside).sum())
        whole, points = [row for row, kept in zip(whole, inside, strict=True) if kept], points[inside]
    if whole:
        order = np.argsort(hilbert_order(shapely.get_coordinates(points)))
        footprints = areas_m2([row.geometry for row in whole])
        draft.buildings = [
            _building(whole[at], points[at], float(footprints[at]), draft.bad_values) for at in order.tolist()
        ]
        _add_entrances(draft.buildings, extract.entrances)
        complete_stock(
            draft,
            communities=communities,
            numbering=numbering,
            extract=extract,
            single_house_m2=single_house_m2,
        )
    return draft


def complete_stock(
    draft: StockDraft,
    *,
    communities: CommunityOutlines,
    numbering: Numbering,
    extract: OsmExtract | None = None,
    single_house_m2: float = 0.0,
) -> None:
    """Give every building its estate, community, code and homes; without an extract no land use is known."""
    _place(draft, communities, numbering)
    _estimate(draft, extract, single_house_m2)


def _building(row: OsmBuilding, point: BaseGeometry, footprint_m2: float, bad: list[str]) -> BuildingDraft:
    tags = row.tags
    height_m = _height_m(row, bad)
    floors = _floors(row, bad)
    if floors is None and height_m is not None:
        floors = floors_from_height(height_m)
    return BuildingDraft(
        source_id=row.source_id,
        geometry=shapely.multipolygons([row.geometry])
        if row.geometry.geom_type == "Polygon"
        else row.geometry,
        point=point,
        footprint_m2=footprint_m2,
        kind=building_kind(tags),
        osm_value=tags.get("building", ""),
        name="" if is_place_of_worship(tags) else (tags.get("name:zh") or tags.get("name", ""))[:200],
        address=address_of(tags),
        floors=floors,
        height_m=height_m,
        built_year=_built_year(tags),
        stated_flats=_flats(row, bad),
    )


def address_of(tags: Mapping[str, str]) -> str:
    """The address as it is written where it stands: street before number in Chinese, number first or last
    elsewhere."""
    if full := tags.get("addr:full"):
        return full[:200]
    street, number = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    place = tags.get("addr:neighbourhood", "") or tags.get("addr:place", "")
    if has_han(street + place):
        tail = f"{number}号" if number.isdigit() else number
        return f"{street or place}{tail}"[:200]
    return " ".join(part for part in (street or place, number) if part)[:200]


def _floors(row: OsmBuilding, bad: list[str]) -> int | None:
    """Levels above ground; half a level (2.5) is a lived-in roof and counts up."""
    text = row.tags.get("building:levels")
    if not text:
        return None
    try:
        levels = parse_levels(text)
    except NumberProblem:
        levels = math.nan
    if levels is None:
        return None
    if not 0 <= levels <= MOST_LEVELS:
        bad.append(f"{row.source_id} building:levels={text[:30]}")
        return None
    return max(1, math.floor(levels + 0.5))


def _height_m(row: OsmBuilding, bad: list[str]) -> float | None:
    text = row.tags.get("height") or row.tags.get("building:height")
    if not text:
        return None
    try:
        height_m = parse_height_m(text)
    except NumberProblem:
        height_m = math.nan
    if height_m is None:
        return None
    if not 0 < height_m <= HIGHEST_M:
        bad.append(f"{row.source_id} height={text[:30]}")
        return None
    return float(height_m)


def _flats(row: OsmBuilding, bad: list[str]) -> int | None:
    text = row.tags.get("building:flats")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,4}", text):
        bad.append(f"{row.source_id} building:flats={text[:30]}")
        return None
    return int(text) or None


def _built_year(tags: Mapping[str, str]) -> int | None:
    found = re.match(r"~?(1[0-9]{3}|20[0-9]{2})\b", tags.get("start_date", ""))
    return int(found[1]) if found else None


def _add_entrances(buildings: Sequence[BuildingDraft], entrances: Sequence[OsmEntrance]) -> None:
    by_id = {row.source_id: row for row in buildings}
    for entrance in entrances:
        for building_id in entrance.building_ids:
            if building_id in by_id and entrance.tags.get("entrance") != "no":
                by_id[building_id].entrances.append(entrance)


def _place(draft: StockDraft, communities: CommunityOutlines, numbering: Numbering) -> None:
    """Estate, community and code of every building."""
    points = [row.point for row in draft.buildings]
    codes, is_outside = communities.codes_at(points)
    draft.counts["buildings_beside_communities"] = int(is_outside.sum())
    numbers = estate_numbers_at(points, draft.estates)
    given = assign_codes(
        [row.source_id for row in draft.buildings], codes, shapely.get_coordinates(points), numbering
    )
    for row, community, estate, code in zip(draft.buildings, codes, numbers.tolist(), given, strict=True):
        row.community_code, row.estate_number, row.code = community, estate, code


def _estimate(draft: StockDraft, extract: OsmExtract | None, single_house_m2: float) -> None:
    assumed = assumed_homes(draft.buildings, extract)
    facts = [
        HomeFacts(
            row.kind,
            row.osm_value,
            row.footprint_m2,
            row.floors,
            row.stairwells,
            row.stated_flats,
            bool(is_assumed),
        )
        for row, is_assumed in zip(draft.buildings, assumed, strict=True)
    ]
    homes_of = estimate_homes(facts, single_house_m2=single_house_m2)
    for row, homes, fact in zip(draft.buildings, homes_of, facts, strict=True):
        row.homes = homes
        draft.counts["unknown_use"] += row.kind == Building.Kind.UNKNOWN
        draft.counts["assumed_homes"] += row.kind == Building.Kind.UNKNOWN and fact.is_assumed_home
