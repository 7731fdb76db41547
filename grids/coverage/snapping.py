"""From a building to the street: where its walks begin, and how we know.

A building is left by the best door we know: one set by hand, a tagged entrance (the main one
first), else the side of its footprint that faces the nearest street, else its centre. In a closed
estate a walk begins on the estate's own paths; where none is mapped, at the estate's nearest gate.
Beyond the snap limit there is no street: edge -1, and nothing is claimed about that building.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gis_core.crs import MetricZone, to_metres
from grids.arrays import NetworkArrays, StockArrays
from grids.coverage.street_snaps import (
    CENTRE,
    GATE,
    MANUAL,
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
    nothing_found,
    placed,
    snapped,
    taken,
)
from grids.housing.outlines import Outlines


def snap_buildings(
    streets: Streets, network: NetworkArrays, stock: StockArrays, zone: MetricZone, *, limit_m: float
) -> Snaps:
    """The start of every building's walks."""
    compound = compounds_of(network, stock.estate)
    is_held = (compound > 0) & stock.estate_is_closed
    doors = _door_snaps(streets, stock, zone, compound, is_held, limit_m)
    outlines = Outlines(to_metres(stock.ring_lonlat, zone), stock.ring_start, stock.ring_building)
    no_door = np.flatnonzero(doors.resolved_by == CENTRE)
    centre_xy = doors.door_xy_m.copy()
    facing = facing_street(streets, centre_xy, outlines, compound, is_held, no_door)
    found = snapped(streets, facing[no_door], compound[no_door], is_held[no_door], limit_m)
    has_outline = np.zeros(len(stock), bool)
    has_outline[stock.ring_building] = True
    how = np.where(has_outline[no_door], SIDE, CENTRE)
    sides = as_snaps(found, facing[no_door], how)
    return _through_gates(streets, stock, zone, placed(doors, no_door, sides), compound, is_held, limit_m)


def _door_snaps(
    streets: Streets, stock: StockArrays, zone: MetricZone, compound: Int32, is_held: Bool, limit_m: float
) -> Snaps:
    """Every building at its best door; those without one wait at their centre, marked CENTRE."""
    centre_xy = to_metres(stock.lonlat, zone)
    count = len(stock)
    waiting = as_snaps(nothing_found(centre_xy), centre_xy, np.full(count, CENTRE))
    if not len(stock.door_building):
        return waiting
    door_xy = to_metres(stock.door_lonlat, zone)
    owner = stock.door_building
    found = snapped(streets, door_xy, compound[owner], is_held[owner], limit_m)
    best_first = np.lexsort((found.distance_m, stock.door_rank, owner))
    chosen, at = np.unique(owner[best_first], return_index=True)
    best = best_first[at]
    how = np.where(stock.door_rank[best] == 0, MANUAL, TAGGED)
    return placed(waiting, chosen, as_snaps(taken(found, best), door_xy[best], how))


def _through_gates(
    streets: Streets,
    stock: StockArrays,
    zone: MetricZone,
    snaps: Snaps,
    compound: Int32,
    is_held: Bool,
    limit_m: float,
) -> Snaps:
    """Buildings of closed estates without a mapped path near them start at the estate's nearest gate.

    The way to the gate is then taken as straight; the walk around the wall is not forgotten.
    """
    needy = np.flatnonzero(stock.estate_is_closed & ((compound == 0) | (is_held & (snaps.spots.edge < 0))))
    if not len(needy) or not len(stock.gate_estate):
        return snaps
    gate_xy = to_metres(stock.gate_lonlat, zone)
    nearest, to_gate_m = _nearest_gate(
        snaps.door_xy_m[needy], stock.estate[needy], gate_xy, stock.gate_estate
    )
    has_gate = nearest >= 0
    needy, nearest, to_gate_m = needy[has_gate], nearest[has_gate], to_gate_m[has_gate]
    found = snapped(
        streets, gate_xy[nearest], np.zeros(len(needy), np.int32), np.zeros(len(needy), bool), limit_m
    )
    through = as_snaps(found, snaps.door_xy_m[needy], np.full(len(needy), GATE))
    access_dm = np.where(found.edge >= 0, np.rint((found.distance_m + to_gate_m) * 10), 0).astype(np.int32)
    return placed(snaps, needy, replace(through, spots=replace(through.spots, access_dm=access_dm)))


def _nearest_gate(
    door_xy: Float, estate: Int32, gate_xy: Float, gate_estate: Int32
) -> tuple[NDArray[np.intp], Float]:
    """The nearest gate of each door's own estate, -1 where it has none."""
    nearest = np.full(len(door_xy), -1, np.intp)
    distance_m = np.full(len(door_xy), np.inf)
    for number in np.unique(estate):
        own_gates = np.flatnonzero(gate_estate == number)
        own_doors = np.flatnonzero(estate == number)
        if len(own_gates):
            gap = np.linalg.norm(door_xy[own_doors, None] - gate_xy[None, own_gates], axis=2)
            nearest[own_doors] = own_gates[gap.argmin(axis=1)]
            distance_m[own_doors] = gap.min(axis=1)
    return nearest, distance_m
