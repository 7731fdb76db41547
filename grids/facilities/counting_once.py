"""The same facility mapped twice is counted once; the more detailed of the two stays."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely

from gis_core.crs import geodesic_distance_m
from grids.facilities.facility_drafts import FacilityDraft

SAME_PLACE_M = 10.0
MAIN_KEYS = ("amenity", "shop", "leisure", "healthcare", "office", "craft", "public_transport", "emergency")
REPEATED_STOPS = frozenset(["TRA-BUS", "TRA-METRO"])  # both sides of a street carry one name


def count_once(found: Sequence[FacilityDraft], counts: Counter[str]) -> list[FacilityDraft]:
    """Drop what is mapped twice; the more detailed of the two stays."""
    dropped: set[int] = set()
    for kept, other in _same_pairs(found):
        if kept not in dropped and other not in dropped:
            _take_missing(found[kept], found[other])
            dropped.add(other)
    counts["counted_once"] = len(dropped)
    return [row for at, row in enumerate(found) if at not in dropped]


def _same_pairs(found: Sequence[FacilityDraft]) -> list[tuple[int, int]]:
    """(kept, other) pairs of objects that are one facility."""
    pairs = []
    points = np.array([row.point for row in found], dtype=object)
    outlined = [at for at, row in enumerate(found) if row.geometry is not None]
    if outlined:
        tree = shapely.STRtree(points)
        outline, inner = tree.query([found[at].geometry for at in outlined], predicate="intersects")
        for o, other in zip(outline.tolist(), inner.tolist(), strict=True):
            kept = outlined[o]
            if kept != other and _is_same(found[kept], found[other]):
                pairs.append((kept, other))
    by_name: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(found):
        if row.name and not REPEATED_STOPS & row.matches.keys():
            by_name.setdefault((row.name, "|".join(sorted(row.matches))), []).append(at)
    for group in by_name.values():
        for position, kept in enumerate(group):
            for other in group[position + 1 :]:
                if _distance_m(found[kept], found[other]) <= SAME_PLACE_M:
                    pairs.append((kept, other))
    return pairs


def _is_same(outline: FacilityDraft, other: FacilityDraft) -> bool:
    """Same main tag, and no name against it; of two outlines the larger stays, and only by name."""
    if not any(outline.tags.get(key) == other.tags.get(key) != None for key in MAIN_KEYS):  # noqa: E711
        return False
    if other.geometry is not None:
        is_larger = (outline.area_m2 or 0) > (other.area_m2 or 0)
        return is_larger and bool(outline.name) and outline.name == other.name
    return not outline.name or not other.name or outline.name == other.name


def _take_missing(kept: FacilityDraft, other: FacilityDraft) -> None:
    for name in ("name_zh", "name_en", "address", "hours", "capacity"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(other, name))
    for code, basis in other.matches.items():
        if "size" not in basis and (code not in kept.matches or "?" in kept.matches[code]):
            kept.matches[code] = basis


def _distance_m(one: FacilityDraft, other: FacilityDraft) -> float:
    return float(geodesic_distance_m([(one.point.x, one.point.y)], [(other.point.x, other.point.y)])[0])
