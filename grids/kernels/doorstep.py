"""From nodes to doors: the walk of every building out of a solved lane table, and who is covered.

A building lies on an edge, so its walk leads to one end of that edge or straight to a facility
on the same edge; both access legs count. Buildings are taken in tiles of 256 that stay in the
first-level cache while they are measured, summed and turned into category-major rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.eliminate import PreparedGraph
from grids.kernels.graph import UNREACHED, Int32Array, Spots, Uint16Array, within_edge
from grids.kernels.jit import compiled
from grids.kernels.lanes import LANES, fetch_row, lane_table, meet_rows, sum_covered, turn_block
from grids.kernels.sweep import Seeds, bias_dm

TILE_ROWS = 256
SUM_ROWS = 128  # few enough that sums of ordinary buildings fit 16 bits


@dataclass(frozen=True, eq=False)
class OnEdges:
    """Facilities as chains per edge: `first[edge]`, then `following[facility]`, -1 at the end."""

    first: Int32Array
    following: Int32Array
    spots: Spots
    category: Int32Array


def chain_by_edge(edge_count: int, facilities: Spots, category: Int32Array) -> OnEdges:
    """Facilities found by the edge that they lie on."""
    first, following = _chain(edge_count, facilities.edge)
    return OnEdges(first, following, facilities, category)


def seeds_of(prepared: PreparedGraph, facilities: Spots, category: Int32Array, first_category: int) -> Seeds:
    """Both ends of every facility's edge, for the 32 categories from `first_category`."""
    return Seeds(
        *_end_seeds(
            prepared.edge_row,
            facilities.edge,
            facilities.offset_dm,
            facilities.access_dm,
            category,
            first_category,
        )
    )


@dataclass(frozen=True, eq=False)
class Doors:
    """Buildings, what is known of them, and where the answer goes.

    Attributes:
        buildings: (b,) spots.
        residents: (b,) whole numbers.
        reach_dm: (t,) thresholds for the sums; none: nothing is summed.
        walk_dm: (K, b) to be filled.
        covered: (K, t) grows by the residents whose walk to the category is at most the reach.
    """

    buildings: Spots
    residents: NDArray[np.int64]
    reach_dm: NDArray[np.int64]
    walk_dm: Uint16Array
    covered: NDArray[np.int64]


def measure_doors(
    prepared: PreparedGraph,
    table: Uint16Array,
    on_edges: OnEdges,
    doors: Doors,
    first_category: int,
    cutoff_dm: int,
) -> None:
    """Fill the walks of up to 32 categories from `first_category`, and add to what is covered."""
    _measure(
        table,
        prepared.edge_row,
        doors.buildings.edge,
        doors.buildings.offset_dm,
        doors.buildings.access_dm,
        on_edges.first,
        on_edges.following,
        on_edges.spots.offset_dm,
        on_edges.spots.access_dm,
        on_edges.category,
        first_category,
        cutoff_dm,
        bias_dm(cutoff_dm),
        lane_table(TILE_ROWS),
        lane_table(1),
        doors.walk_dm,
        doors.residents,
        doors.reach_dm,
        doors.covered,
    )


@compiled
def _chain(edge_count: int, edge: Int32Array) -> tuple[Int32Array, Int32Array]:
    first = np.full(edge_count, -1, np.int32)
    following = np.full(len(edge), -1, np.int32)
    for i in range(len(edge) - 1, -1, -1):
        if edge[i] >= 0:
            following[i] = first[edge[i]]
            first[edge[i]] = i
    return first, following


@compiled
def _end_seeds(
    edge_row: Int32Array,
    edge: Int32Array,
    offset_dm: Int32Array,
    access_dm: Int32Array,
    category: Int32Array,
    first_category: int,
) -> tuple[Int32Array, Int32Array, Int32Array]:
    rank = np.empty(2 * len(edge), np.int32)
    lane = np.empty(2 * len(edge), np.int32)
    walk_dm = np.empty(2 * len(edge), np.int32)
    count = 0
    for i in range(len(edge)):
        if (
            edge[i] < 0
            or not first_category <= category[i] < first_category + LANES
            or edge_row[edge[i], 3] != 0
        ):
            continue
        length_dm = int(edge_row[edge[i], 2])
        along_dm = within_edge(int(offset_dm[i]), length_dm)
        for end in range(2):
            leg_dm = int(access_dm[i]) + (length_dm - along_dm if end else along_dm)
            rank[count] = edge_row[edge[i], end]
            lane[count] = category[i] - first_category
            walk_dm[count] = min(leg_dm, UNREACHED)
            count += 1
    return rank[:count], lane[:count], walk_dm[:count]


@compiled
def _measure(
    table: Uint16Array,
    edge_row: Int32Array,
    edge: Int32Array,
    offset_dm: Int32Array,
    access_dm: Int32Array,
    first_on_edge: Int32Array,
    following: Int32Array,
    facility_offset_dm: Int32Array,
    facility_access_dm: Int32Array,
    facility_category: Int32Array,
    first_category: int,
    cutoff_dm: int,
    bias: int,
    tile: Uint16Array,
    sums: Uint16Array,
    walk_dm: Uint16Array,
    residents: NDArray[np.int64],
    reach_dm: NDArray[np.int64],
    covered: NDArray[np.int64],
) -> None:
    building_count = len(edge)
    lane_count = min(LANES, len(walk_dm) - first_category)
    source, target = np.empty(TILE_ROWS, np.int64), np.empty(TILE_ROWS, np.int64)
    to_source, to_target = np.empty(TILE_ROWS, np.uint16), np.empty(TILE_ROWS, np.uint16)
    neighbour = np.empty(TILE_ROWS, np.int32)
    for tile_start in range(0, building_count, TILE_ROWS):
        row_count = min(TILE_ROWS, building_count - tile_start)
        # Two passes, so that the memory looks for the rows of all buildings at once and not one by one.
        for row in range(row_count):
            building = tile_start + row
            on = edge[building]
            source[row] = -1
            if on >= 0 and edge_row[on, 3] == 0:
                length_dm = int(edge_row[on, 2])
                along_dm = within_edge(int(offset_dm[building]), length_dm)
                leg_dm = int(access_dm[building])
                source[row], target[row] = edge_row[on, 0], edge_row[on, 1]
                neighbour[row] = first_on_edge[on]
                to_source[row] = min(leg_dm + along_dm, UNREACHED)
                to_target[row] = min(leg_dm + length_dm - along_dm, UNREACHED)
                fetch_row(table, source[row])
                fetch_row(table, target[row])
        for row in range(row_count):
            if source[row] < 0:
                tile[row] = UNREACHED
                continue
            meet_rows(
                table, source[row], to_source[row], target[row], to_target[row], np.uint16(bias), tile, row
            )
            facility = neighbour[row]
            while facility >= 0:
                lane = facility_category[facility] - first_category
                if 0 <= lane < lane_count:
                    building = tile_start + row
                    length_dm = int(edge_row[edge[building], 2])
                    along_dm = within_edge(int(offset_dm[building]), length_dm)
                    there_dm = within_edge(int(facility_offset_dm[facility]), length_dm)
                    direct_dm = abs(there_dm - along_dm) + access_dm[building] + facility_access_dm[facility]
                    if direct_dm <= cutoff_dm and direct_dm < tile[row, lane]:
                        tile[row, lane] = direct_dm
                facility = following[facility]
        _turn_tile(tile, row_count, walk_dm, first_category, tile_start, lane_count)
        if len(reach_dm):
            for first in range(0, row_count, SUM_ROWS):
                end = min(first + SUM_ROWS, row_count)
                _add_covered(
                    tile[first:end],
                    residents[tile_start + first : tile_start + end],
                    reach_dm,
                    sums,
                    covered[first_category : first_category + lane_count],
                )


@compiled
def _turn_tile(
    tile: Uint16Array,
    row_count: int,
    walk_dm: Uint16Array,
    first_category: int,
    first_building: int,
    lane_count: int,
) -> None:
    whole = row_count - row_count % 8
    for lane in range(0, lane_count, 8):
        for row in range(0, whole, 8):
            turn_block(
                tile, row, lane, walk_dm, first_category + lane, first_building + row, lane_count - lane
            )
    for row in range(whole, row_count):
        for lane in range(lane_count):
            walk_dm[first_category + lane, first_building + row] = tile[row, lane]


@compiled
def _add_covered(
    tile: Uint16Array,
    residents: NDArray[np.int64],
    reach_dm: NDArray[np.int64],
    sums: Uint16Array,
    covered: NDArray[np.int64],
) -> None:
    """Sums of a few rows: in 16-bit lanes while they fit, one by one where very many people live."""
    total, least = np.int64(0), np.int64(0)
    weight = np.empty(SUM_ROWS, np.uint16)
    for row in range(len(residents)):
        total += residents[row]
        least = min(least, residents[row])
        weight[row] = residents[row]
    fits = least >= 0 and total <= UNREACHED
    for reach in range(len(reach_dm)):
        if fits:
            sum_covered(tile, weight, len(residents), np.uint16(reach_dm[reach]), sums)
            for lane in range(len(covered)):
                covered[lane, reach] += sums[0, lane]
            continue
        for row in range(len(residents)):
            for lane in range(len(covered)):
                if tile[row, lane] <= reach_dm[reach]:
                    covered[lane, reach] += residents[row]
