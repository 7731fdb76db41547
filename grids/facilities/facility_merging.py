"""Facilities of a table beside those of OSM: which row is which thing.

A table's row is the same facility as one already there when it has the same id, or when both share a
category, lie within 50 m and have nearly the same name (equal once spaces, punctuation and case are
gone, or one contains the other). The table's facts then replace the old ones; the old outline, doors
and OSM tags stay, because tables rarely have them. A row whose category is only an OSM tag leaves the
categories as they were.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from gis_core.crs import geometry_to_metres, metric_zone
from grids.facilities.facility_drafts import FacilityDraft
from grids.names import has_han

NEAR_M = 50.0


def merge(base: Sequence[FacilityDraft], rows: Sequence[FacilityDraft]) -> tuple[list[FacilityDraft], int]:
    """Base and rows as one list, and how many rows replaced something of the base."""
    if not rows:
        return list(base), 0
    taken: dict[int, FacilityDraft] = {}
    by_id = {row.source_id: at for at, row in enumerate(base) if row.source_id}
    near = _near(base, rows)
    added = []
    for number, row in enumerate(rows):
        at = by_id.get(row.source_id, -1)
        if at < 0:
            at = next((old for old in near[number] if old not in taken and is_same(base[old], row)), -1)
        if at < 0 or at in taken:
            added.append(row)
        else:
            taken[at] = _replaced(base[at], row)
    merged = [taken.get(at, row) for at, row in enumerate(base)] + added
    return merged, len(taken)


def is_same(old: FacilityDraft, new: FacilityDraft) -> bool:
    """Same category and nearly the same name; nearness is the caller's."""
    one, other = plain_name(old.name), plain_name(new.name)
    if not one or not other or not old.matches.keys() & new.matches.keys():
        return False
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= (2 if has_han(shorter) else 4) and shorter in longer)


def plain_name(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _near(base: Sequence[FacilityDraft], rows: Sequence[FacilityDraft]) -> list[list[int]]:
    """For each row the base facilities within reach, nearest first."""
    found: list[list[int]] = [[] for _row in rows]
    if not base:
        return found
    zone = metric_zone(lon=rows[0].point.x, lat=rows[0].point.y)
    old = geometry_to_metres(np.array([row.point for row in base], dtype=object), zone)
    new = geometry_to_metres(np.array([row.point for row in rows], dtype=object), zone)
    row, at = shapely.STRtree(old).query(new, predicate="dwithin", distance=NEAR_M)
    order = np.lexsort((shapely.distance(new[row], old[at]), row))
    for number, place in zip(row[order].tolist(), at[order].tolist(), strict=True):
        found[number].append(place)
    return found


def _replaced(old: FacilityDraft, new: FacilityDraft) -> FacilityDraft:
    """The new facts; of the old ones what the table does not say, and the place's outline and doors."""
    has_outline = new.geometry is None and old.geometry is not None
    return replace(
        new,
        matches=new.matches if set(new.matches.values()) & {"table", "amap", "amap+name"} else old.matches,
        source_id=old.source_id if old.source != "table" else new.source_id,
        name_zh=new.name_zh or old.name_zh,
        name_en=new.name_en or old.name_en,
        address=new.address or old.address,
        hours=new.hours or old.hours,
        capacity=new.capacity if new.capacity is not None else old.capacity,
        yearly_users=new.yearly_users if new.yearly_users is not None else old.yearly_users,
        geometry=old.geometry if has_outline else new.geometry,
        area_m2=old.area_m2 if has_outline else new.area_m2,
        point=old.point if has_outline else new.point,
        doors=old.doors if has_outline else new.doors,
        tags=old.tags | new.tags,
    )
