"""The answer of a run: from the generations it pins to the walk of every building to every category.

Reads nothing that the run does not pin, so the same run gives the same arrays at any time.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_core.crs import MetricZone, to_lonlat, to_metres
from grids.arrays import (
    OPEN,
    PUBLIC,
    InventoryArrays,
    NetworkArrays,
    StockArrays,
    estate_outlines,
    inventory_arrays,
    network_arrays,
    stock_arrays,
)
from grids.coverage.facility_snapping import FacilitySnaps, snap_facilities
from grids.coverage.graphs import prepared_graph
from grids.coverage.residents import Residents, estimate_residents
from grids.coverage.run_files import RunArrays
from grids.coverage.scores import building_scores
from grids.coverage.snapping import snap_buildings
from grids.coverage.street_snaps import Snaps, Streets, streets_of, without_steps, zone_of
from grids.kernels.compounds import nearest_walks_with_compounds
from grids.kernels.eliminate import PreparedGraph
from grids.kernels.graph import Spots
from grids.kernels.straight import straight_distances
from grids.models import CoverageRun

Walks = NDArray[np.uint16]


@dataclass
class Stopwatch:
    """Seconds per leg, in order."""

    legs: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def leg(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.legs[name] = round(self.legs.get(name, 0.0) + time.perf_counter() - begun, 3)


@dataclass(frozen=True)
class TownArrays:
    """Everything a run reads, as arrays."""

    network: NetworkArrays
    stock: StockArrays
    inventory: InventoryArrays
    zone: MetricZone


@dataclass(frozen=True)
class Answer:
    """The arrays of a run, with what the shares and the summary need beside them."""

    arrays: RunArrays
    residents: Residents
    town: TownArrays
    facility_count: NDArray[np.int64]  # (K,) facilities that count


def town_arrays(run: CoverageRun) -> TownArrays:
    network = network_arrays(run.network)
    stock = stock_arrays(run.stock)
    inventory = inventory_arrays(run.inventory, tuple(run.categories))
    return TownArrays(network, stock, inventory, zone_of(network, stock))


def answer(run: CoverageRun, watch: Stopwatch | None = None) -> Answer:
    """Snap, search, and put everything in the tables' own numbering.

    Straight lines need nothing of the rest: a second thread measures them meanwhile.
    """
    watch = watch or Stopwatch()
    with watch.leg("read"):
        town, estates = town_arrays(run), estate_outlines(run.stock)
    with ThreadPoolExecutor(1) as aside:
        straight_dm = aside.submit(_straight, run, town)
        limit_m = run.snap_limit_m
        with watch.leg("snap"):
            streets = streets_of(town.network, town.zone)
            buildings = snap_buildings(streets, town.network, town.stock, town.zone, limit_m=limit_m)
            facilities = snap_facilities(
                streets, town.network, town.inventory, estates, town.zone, limit_m=limit_m
            )
        point, category = entrances_per_category(town.inventory, facilities.facility, facilities.counts)
        with watch.leg("prepare"):
            prepared = prepared_graph(run.network, town.zone, run.cutoff_m * 10)
        with watch.leg("walk"):
            ends = facilities.snaps.spots
            walk_dm = _walks(prepared, run, buildings.spots, facilities, ends, point, category)
        with watch.leg("step_free"):
            starts, ends, step_free_dm = _step_free(
                run, town, streets, buildings, facilities, walk_dm, point, category
            )
        with watch.leg("straight (waited for)"):
            walks = (walk_dm, step_free_dm, straight_dm.result())
    residents = estimate_residents(town.stock, run.inputs["residents"])
    facility_count = _facilities_that_count(town.inventory, facilities, len(run.categories))
    score = building_scores(run, walk_dm, buildings.spots.edge >= 0, facility_count)
    arrays = _run_arrays(town, buildings, facilities, (starts, ends), walks, residents, score)
    return Answer(arrays, residents, town, facility_count)


def _straight(run: CoverageRun, town: TownArrays) -> Walks:
    """As the crow flies from each building's point to what is open to everyone."""
    inventory = town.inventory
    counts = (inventory.status == OPEN) & (inventory.open_to == PUBLIC)
    owner = inventory.access_facility
    point, category = entrances_per_category(inventory, owner, counts[owner])
    return straight_distances(
        to_metres(inventory.access_lonlat, town.zone)[point],
        category,
        to_metres(town.stock.lonlat, town.zone),
        category_count=len(run.categories),
        cutoff_dm=run.cutoff_m * 10,
    )


def _walks(
    prepared: PreparedGraph,
    run: CoverageRun,
    buildings: Spots,
    facilities: FacilitySnaps,
    spots: Spots,
    point: NDArray[np.intp],
    category: NDArray[np.int32],
) -> Walks:
    return nearest_walks_with_compounds(
        prepared,
        spots.take(point),
        category,
        buildings,
        category_count=len(run.categories),
        facility_is_public=facilities.is_public[point],
    )


def _step_free(
    run: CoverageRun,
    town: TownArrays,
    streets: Streets,
    buildings: Snaps,
    facilities: FacilitySnaps,
    walk_dm: Walks,
    point: NDArray[np.intp],
    category: NDArray[np.int32],
) -> tuple[Spots, Spots, Walks]:
    """Starts, ends and walks without stairs; a town without any needs no second search."""
    if not town.network.edge_is_steps.any():
        return buildings.spots, facilities.snaps.spots, walk_dm
    limit_m = run.snap_limit_m
    compound = np.where(buildings.spots.edge >= 0, town.network.edge_compound[buildings.spots.edge], 0)
    starts = without_steps(streets, town.network, buildings, compound.astype(np.int32), limit_m)
    ends = without_steps(streets, town.network, facilities.snaps, facilities.compound, limit_m)
    level = prepared_graph(run.network, town.zone, run.cutoff_m * 10, step_free=True)
    return starts, ends, _walks(level, run, starts, facilities, ends, point, category)


def entrances_per_category(
    inventory: InventoryArrays, access_facility: NDArray[np.int32], access_counts: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Access points and categories, one row for each entrance and category of a facility that counts."""
    points_of = np.bincount(access_facility, minlength=len(inventory))
    first = np.concatenate(([0], np.cumsum(points_of)))
    repeats = points_of[inventory.category_facility]
    row = np.repeat(np.arange(len(repeats)), repeats)
    within = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    point = first[inventory.category_facility[row]] + within
    counts = access_counts[point]
    return point[counts], inventory.category[row][counts]


def _facilities_that_count(
    inventory: InventoryArrays, facilities: FacilitySnaps, category_count: int
) -> NDArray[np.int64]:
    counts = np.zeros(len(inventory), bool)
    counts[facilities.facility[facilities.counts]] = True
    return np.bincount(inventory.category[counts[inventory.category_facility]], minlength=category_count)


def _run_arrays(
    town: TownArrays,
    buildings: Snaps,
    facilities: FacilitySnaps,
    step_free: tuple[Spots, Spots],
    walks: tuple[Walks, Walks, Walks],
    residents: Residents,
    score: NDArray[np.float32],
) -> RunArrays:
    def degrees(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return to_lonlat(xy_m, town.zone)

    starts, ends = step_free
    at_facilities: dict[str, Any] = {
        "facility_edge": facilities.snaps.spots.edge,
        "facility_offset_dm": facilities.snaps.spots.offset_dm,
        "facility_access_dm": facilities.snaps.spots.access_dm,
        "facility_step_free_edge": ends.edge,
        "facility_step_free_offset_dm": ends.offset_dm,
        "facility_step_free_access_dm": ends.access_dm,
        "facility_number": facilities.facility,
        "facility_door_lonlat": degrees(facilities.snaps.door_xy_m),
        "facility_snap_lonlat": degrees(facilities.snaps.street_xy_m),
        "facility_resolved_by": facilities.snaps.resolved_by,
        "facility_snap_distance_m": facilities.snaps.distance_m.astype(np.float32),
        "facility_compound": facilities.compound,
        "facility_counts": facilities.counts,
        "facility_is_public": facilities.is_public,
    }
    return RunArrays(
        *walks,
        edge=buildings.spots.edge,
        offset_dm=buildings.spots.offset_dm,
        access_dm=buildings.spots.access_dm,
        resolved_by=buildings.resolved_by,
        snap_distance_m=buildings.distance_m.astype(np.float32),
        step_free_edge=starts.edge,
        step_free_offset_dm=starts.offset_dm,
        step_free_access_dm=starts.access_dm,
        door_lonlat=degrees(buildings.door_xy_m),
        snap_lonlat=degrees(buildings.street_xy_m),
        score=score,
        residents=residents.count,
        **at_facilities,
    )
