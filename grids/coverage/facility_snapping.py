"""From a facility to the street: every access point it has, and for whom it counts.

A facility with known entrances, gates or paths is entered there; an area without any from the side
that faces the nearest street; a point where it stands. What lies inside a closed estate is on the
estate's own paths, and serves outsiders only when it says that it is open to everyone.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.crs import MetricZone, to_metres
from grids.arrays import MEMBERS_ONLY, OPEN, PUBLIC, InventoryArrays, NetworkArrays
from grids.coverage.street_snaps import (
    POINT,
    SIDE,
    TAGGED,
    Bool,
    Float,
    Int32,
    Snaps,
    Streets,
    as_snaps,
    compounds_of,
    facing_street,
    snapped,
)
from grids.housing.outlines import Outlines


@dataclass(frozen=True)
class FacilitySnaps:
    """(a,) access points of all facilities.

    `counts`: open, and open to everyone or to the residents of the compound it lies in.
    `is_public`: outsiders may use it where it lies inside a compound.
    """

    snaps: Snaps
    facility: Int32
    compound: Int32
    counts: Bool
    is_public: Bool


def snap_facilities(
    streets: Streets,
    network: NetworkArrays,
    inventory: InventoryArrays,
    estates: tuple[Int32, NDArray[np.object_]],
    zone: MetricZone,
    *,
    limit_m: float,
) -> FacilitySnaps:
    """Every access point of every facility, also of those that do not count (they are shown)."""
    owner = inventory.access_facility
    compound = compounds_of(network, _estate_at(inventory.lonlat, estates))[owner]
    open_to = inventory.open_to[owner]
    is_held = (open_to != PUBLIC) & (compound > 0)
    access_xy = to_metres(inventory.access_lonlat, zone)

    ring_of = np.full(len(inventory), -1, np.int64)
    single = np.flatnonzero(~inventory.access_is_known)
    ring_of[owner[single]] = single  # a facility without a known entrance has one access point: its own
    has_place = ring_of[inventory.ring_facility] >= 0
    outlines = _outlines_of(inventory, has_place, ring_of, zone)
    has_outline = np.zeros(len(owner), bool)
    has_outline[outlines.owner] = True
    moved = np.flatnonzero(has_outline)
    door_xy = facing_street(streets, access_xy, outlines, compound, is_held, moved)

    found = snapped(streets, door_xy, compound, is_held, limit_m)
    how = np.where(inventory.access_is_known, TAGGED, np.where(has_outline, SIDE, POINT))
    is_open = inventory.status[owner] == OPEN
    for_residents = is_held & (open_to != MEMBERS_ONLY)
    return FacilitySnaps(
        as_snaps(found, door_xy, how),
        owner,
        compound,
        is_open & ((open_to == PUBLIC) | for_residents),
        open_to == PUBLIC,
    )


def _outlines_of(
    inventory: InventoryArrays, chosen_ring: Bool, access_of: NDArray[np.int64], zone: MetricZone
) -> Outlines:
    """Outlines of the facilities that are entered from their side, owned by their access point."""
    counts = np.diff(inventory.ring_start)
    owner = access_of[inventory.ring_facility[chosen_ring]]
    vertices = to_metres(inventory.ring_lonlat[np.repeat(chosen_ring, counts)], zone)
    start = np.concatenate(([0], np.cumsum(counts[chosen_ring]))).astype(np.int64)
    return Outlines(vertices, start, owner.astype(np.int32))


def _estate_at(lonlat: Float, estates: tuple[Int32, NDArray[np.object_]]) -> Int32:
    """(n,) the estate that covers each point, 0 for none; the lower number where estates overlap."""
    numbers, outlines = estates
    inside = np.zeros(len(lonlat), np.int32)
    if len(numbers) and len(lonlat):
        point, estate = shapely.STRtree(outlines).query(shapely.points(lonlat), predicate="intersects")
        order = np.argsort(-numbers[estate], kind="stable")
        inside[point[order]] = numbers[estate[order]]
    return inside
