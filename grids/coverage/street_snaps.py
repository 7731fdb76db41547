"""Points to streets: what `snapping` and `facility_snapping` share."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_core.crs import MetricZone, metric_zone, to_metres
from grids.arrays import NetworkArrays, StockArrays
from grids.housing.outlines import Outlines, nearest_on_outline
from grids.kernels.graph import Spots
from grids.kernels.snap import SEARCH_RADIUS_M, Snapped, snap

RESOLVED_BY = ("manual", "tagged", "side", "centre", "gate", "point")
"""How the start of a walk is known; a building's order of preference, then a facility's own point."""

FRAGMENT_M = 2000.0

MANUAL, TAGGED, SIDE, CENTRE, GATE, POINT = range(6)

Float = NDArray[np.float64]
Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]
Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True)
class Streets:
    """Edges that may be snapped to, in metres; `number` is each edge's number in the network."""

    xy_m: Float
    start: NDArray[np.int64]
    length_dm: Int32
    compound: Int32
    number: Int32
    is_fragment: Bool

    def only(self, chosen: Bool) -> "Streets":
        """The chosen edges, still knowing their numbers."""
        counts = np.diff(self.start)
        return Streets(
            self.xy_m[np.repeat(chosen, counts)],
            np.concatenate(([0], np.cumsum(counts[chosen]))).astype(np.int64),
            self.length_dm[chosen],
            self.compound[chosen],
            self.number[chosen],
            self.is_fragment[chosen],
        )


@dataclass(frozen=True)
class Snaps:
    """(s,) spots with the door each starts from; distance is reported also where edge is -1."""

    spots: Spots
    door_xy_m: Float
    street_xy_m: Float
    distance_m: Float
    resolved_by: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.distance_m)


def zone_of(network: NetworkArrays, stock: StockArrays) -> MetricZone:
    """The metric zone a town is computed in: that of the middle of its streets, else of its buildings."""
    for lonlat in (network.node_lonlat, stock.lonlat):
        if len(lonlat):
            lon, lat = np.median(lonlat, axis=0)
            return metric_zone(lon=float(lon), lat=float(lat))
    return metric_zone(lon=0.0, lat=0.0)


def streets_of(network: NetworkArrays, zone: MetricZone) -> Streets:
    return Streets(
        to_metres(network.shape_lonlat, zone),
        network.shape_start,
        network.edge_length_dm,
        network.edge_compound,
        np.arange(len(network.edge_length_dm), dtype=np.int32),
        fragments_of(network),
    )


def fragments_of(network: NetworkArrays) -> Bool:
    """(e,) edges of components beside the largest with less street than anybody walks in one search.

    A courtyard path or an underpass that nobody joined to the street in the data; a real island has more.
    """
    nodes, length_dm = len(network.node_lonlat), network.edge_length_dm
    if not len(length_dm):
        return np.zeros(0, bool)
    links = coo_array(
        (np.ones(len(length_dm)), (network.edge_source, network.edge_target)), shape=(nodes, nodes)
    )
    component = connected_components(links, directed=False)[1][network.edge_source]
    street_dm = np.bincount(component, length_dm)
    return np.asarray((street_dm[component] < FRAGMENT_M * 10) & (component != street_dm.argmax()))


def compounds_of(network: NetworkArrays, estate: Int32) -> Int32:
    """The estate where the network has paths inside it, else 0."""
    return np.where(np.isin(estate, np.unique(network.edge_compound)), estate, 0).astype(np.int32)


def facing_street(
    streets: Streets,
    centre_xy: Float,
    outlines: Outlines,
    compound: Int32,
    is_held: Bool,
    chosen: NDArray[np.intp],
) -> Float:
    """(n, 2) the place on each chosen outline that is nearest to the street nearest to its centre."""
    on_street = centre_xy.copy()
    on_street[chosen] = snapped(
        streets, centre_xy[chosen], compound[chosen], is_held[chosen], SEARCH_RADIUS_M
    ).xy_m
    has_outline = np.zeros(len(centre_xy), bool)
    has_outline[outlines.owner] = True
    return np.where(has_outline[:, None], nearest_on_outline(outlines, on_street), centre_xy)


def snapped(streets: Streets, points_xy: Float, compound: Int32, is_held: Bool, limit_m: float) -> Snapped:
    """Snap points; one that is held may use only the paths inside its own compound, not the street.

    A point next to a fragment takes the nearest street of the town instead, when one is in reach.
    """
    found = _on(streets, points_xy, compound, limit_m)
    held = np.flatnonzero(is_held)
    if len(held):
        inside = _on(streets.only(streets.compound > 0), points_xy[held], compound[held], limit_m)
        _write(found, held, inside, np.arange(len(held)))
    astray = np.flatnonzero(
        (found.edge >= 0) & ~is_held & streets_at(streets.is_fragment, streets, found.edge)
    )
    if len(astray):
        joined = _on(streets.only(~streets.is_fragment), points_xy[astray], compound[astray], limit_m)
        better = np.flatnonzero(joined.edge >= 0)
        _write(found, astray[better], joined, better)
    return found


def streets_at(values: Bool, streets: Streets, edge: Int32) -> Bool:
    """A value of each edge's, by the network's own edge numbers; rows of edge -1 mean nothing."""
    if not len(streets.number):
        return np.zeros(len(edge), bool)
    return values[np.minimum(np.searchsorted(streets.number, edge), len(values) - 1)]


def _write(into: Snapped, rows: NDArray[np.intp], source: Snapped, source_rows: NDArray[np.intp]) -> None:
    into.edge[rows] = source.edge[source_rows]
    into.offset_dm[rows] = source.offset_dm[source_rows]
    into.distance_m[rows] = source.distance_m[source_rows]
    into.xy_m[rows] = source.xy_m[source_rows]


def _on(streets: Streets, points_xy: Float, compound: Int32, limit_m: float) -> Snapped:
    if not len(streets.number) or not len(points_xy):
        return nothing_found(points_xy)
    found = snap(
        points_xy,
        streets.xy_m,
        streets.start,
        streets.length_dm,
        max_distance_m=limit_m,
        allowed_group=compound,
        edge_group=streets.compound,
    )
    edge = np.where(found.edge >= 0, streets.number[found.edge], -1).astype(np.int32)
    return Snapped(edge, found.offset_dm.copy(), found.distance_m.copy(), found.xy_m.copy())


def nothing_found(points_xy: Float) -> Snapped:
    count = len(points_xy)
    return Snapped(
        np.full(count, -1, np.int32), np.zeros(count, np.int32), np.full(count, np.inf), points_xy.copy()
    )


def as_snaps(found: Snapped, door_xy: Float, how: NDArray[np.number]) -> Snaps:
    access_dm = np.where(found.edge >= 0, np.rint(np.minimum(found.distance_m, 1e6) * 10), 0)
    spots = Spots(found.edge, found.offset_dm, access_dm.astype(np.int32))
    return Snaps(spots, door_xy, found.xy_m, found.distance_m, how.astype(np.uint8))


def taken(found: Snapped, chosen: NDArray[np.intp]) -> Snapped:
    return Snapped(found.edge[chosen], found.offset_dm[chosen], found.distance_m[chosen], found.xy_m[chosen])


def placed(base: Snaps, at: NDArray[np.integer], part: Snaps) -> Snaps:
    """`base` with `part` written over the rows `at`."""

    def put(whole: NDArray[Value], piece: NDArray[Value]) -> NDArray[Value]:
        written = whole.copy()
        written[at] = piece
        return written

    return Snaps(
        Spots(
            put(base.spots.edge, part.spots.edge),
            put(base.spots.offset_dm, part.spots.offset_dm),
            put(base.spots.access_dm, part.spots.access_dm),
        ),
        put(base.door_xy_m, part.door_xy_m),
        put(base.street_xy_m, part.street_xy_m),
        put(base.distance_m, part.distance_m),
        put(base.resolved_by, part.resolved_by),
    )


def without_steps(
    streets: Streets, network: NetworkArrays, snaps: Snaps, compound: Int32, limit_m: float
) -> Spots:
    """The same doors on a network without stairs: only doors that open onto stairs move."""
    on_steps = np.flatnonzero((snaps.spots.edge >= 0) & network.edge_is_steps[snaps.spots.edge])
    if not len(on_steps):
        return snaps.spots
    level = streets.only(~network.edge_is_steps)
    is_held = network.edge_compound[snaps.spots.edge[on_steps]] > 0
    found = snapped(level, snaps.door_xy_m[on_steps], compound[on_steps], is_held, limit_m)
    return placed(snaps, on_steps, as_snaps(found, snaps.door_xy_m[on_steps], np.zeros(len(on_steps)))).spots
