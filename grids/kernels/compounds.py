"""Closed compounds (封闭小区): walks may begin or end inside one, never pass through.

The rule, exactly: a walk leaves its own compound A and enters the facility's compound B. Up to
some point of the street it may use streets and the inside of A, from there on streets and the
inside of B, and the inside of no other compound. A facility inside a compound serves that
compound's own buildings only, unless it is marked public.

The town is solved without any interior. Then two small exchanges at the gates, for all compounds
at once: public facilities inside carry their walks out to the gates before, and the street's
walks are carried in from the gates after. A network without compounds skips both.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.bucket import door_labels, end_labels, gate_labels, spread
from grids.kernels.doorstep import Doors, OnEdges, chain_by_edge, measure_doors, seeds_of
from grids.kernels.eliminate import PreparedGraph
from grids.kernels.graph import UNREACHED, Int32Array, Spots, Uint16Array
from grids.kernels.interior import Interior
from grids.kernels.lanes import LANES
from grids.kernels.sweep import Seeds, bias_dm, solve

NO_REACHES = np.zeros(0, np.int64)


def nearest_walks_with_compounds(
    prepared: PreparedGraph,
    facilities: Spots,
    facility_category: ArrayLike,
    buildings: Spots,
    *,
    category_count: int,
    cutoff_dm: int | None = None,
    facility_is_public: ArrayLike | None = None,
) -> Uint16Array:
    """The walk of every building to its nearest facility of every category.

    Args:
        prepared: the network; see `eliminate.prepare`.
        facilities: (f,) spots; one row for each entrance and each category of a facility.
        facility_category: (f,) 0..category_count-1.
        buildings: (b,) spots.
        category_count: K; 32 categories share one search.
        cutoff_dm: inclusive; default the prepared one, which it may not exceed.
        facility_is_public: (f,) True where outsiders may use a facility inside a closed compound;
            default nobody. Without effect for facilities on public streets.

    Returns:
        (K, b) decimetres including both access legs; UNREACHED beyond the cutoff.

    Raises:
        ValueError: a category or an edge out of range, a cutoff beyond the prepared one.
    """
    return walks_and_sums(
        prepared, facilities, facility_category, buildings, category_count, cutoff_dm, facility_is_public
    )[0]


def walks_and_sums(
    prepared: PreparedGraph,
    facilities: Spots,
    facility_category: ArrayLike,
    buildings: Spots,
    category_count: int,
    cutoff_dm: int | None,
    facility_is_public: ArrayLike | None,
    residents: NDArray[np.int64] | None = None,
    reach_dm: NDArray[np.int64] = NO_REACHES,
) -> tuple[Uint16Array, NDArray[np.int64]]:
    """Walks (K, b) and residents within each reach (K, t); see `nearest_walks_with_compounds`."""
    cutoff = checked_cutoff(prepared, cutoff_dm)
    category = checked_categories(facility_category, len(facilities), category_count)
    is_public = checked_flags(facility_is_public, len(facilities))
    prepared.graph.require_on_edges(facilities, "facilities")
    prepared.graph.require_on_edges(buildings, "buildings")
    doors = Doors(
        buildings,
        np.zeros(len(buildings), np.int64) if residents is None else residents,
        reach_dm,
        np.empty((category_count, len(buildings)), np.uint16),
        np.zeros((category_count, len(reach_dm)), np.int64),
    )
    on_edges = chain_by_edge(prepared.graph.edge_count, facilities, category)
    for first in range(0, category_count, LANES):
        seeds = seeds_of(prepared, facilities, category, first)
        if prepared.interior is not None and is_public.any():
            shown = facilities.take(is_public)
            seeds = seeds.plus(_outward(prepared, shown, category[is_public], first, cutoff))
        table = solve(prepared, seeds, cutoff)
        measure_doors(prepared, table, on_edges, doors, first, cutoff)
        if prepared.interior is not None:
            _measure_indoors(prepared, table, on_edges, doors, first, cutoff)
        prepared.spare_tables[:] = [table]
    return doors.walk_dm, doors.covered


def nearest_seeds_with_compounds(
    prepared: PreparedGraph,
    facilities: Spots,
    buildings: Spots,
    *,
    cutoff_dm: int | None = None,
    facility_is_public: ArrayLike | None = None,
) -> tuple[Uint16Array, Int32Array]:
    """The nearest facility of every building by the scalar kernel, under the rule of compounds.

    Args as in `nearest_walks_with_compounds`, for the facilities of one category.

    Returns:
        (b,) decimetres, UNREACHED beyond the cutoff, and (b,) the position of the facility that
        is nearest, -1 where none is; equal walks keep the lower position.
    """
    cutoff = checked_cutoff(prepared, cutoff_dm)
    graph, is_public = prepared.graph, checked_flags(facility_is_public, len(facilities))
    graph.require_on_edges(facilities, "facilities")
    graph.require_on_edges(buildings, "buildings")
    street = end_labels(graph, facilities)
    if prepared.interior is not None:
        interior = prepared.interior
        hidden = Spots(np.where(is_public, facilities.edge, -1), facilities.offset_dm, facilities.access_dm)
        inside = spread(interior.graph, end_labels(interior.graph, hidden), cutoff)
        street = street.plus(gate_labels(inside, interior.gate_local, interior.gate_street))
    labels = spread(graph, street, cutoff)
    walk_dm, seed_index = door_labels(graph, labels, facilities, buildings, cutoff)
    if prepared.interior is not None:
        interior = prepared.interior
        carried = gate_labels(labels, interior.gate_street, interior.gate_local)
        inside = spread(interior.graph, end_labels(interior.graph, facilities).plus(carried), cutoff)
        walk_in_dm, seed_in = door_labels(interior.graph, inside, facilities, buildings, cutoff)
        is_inside = walk_in_dm != UNREACHED
        walk_dm[is_inside], seed_index[is_inside] = walk_in_dm[is_inside], seed_in[is_inside]
    return walk_dm, seed_index


def checked_cutoff(prepared: PreparedGraph, cutoff_dm: int | None) -> int:
    """The asked cutoff, or the prepared one; ValueError when it is beyond the prepared one."""
    cutoff = prepared.cutoff_dm if cutoff_dm is None else cutoff_dm
    if not 0 <= cutoff <= prepared.cutoff_dm:
        raise ValueError(f"cutoff of {cutoff} dm, but the network is prepared for 0..{prepared.cutoff_dm}")
    return cutoff


def checked_categories(facility_category: ArrayLike, facility_count: int, category_count: int) -> Int32Array:
    """(f,) categories; ValueError outside 0..category_count-1."""
    category = np.asarray(facility_category).astype(np.int32).reshape(-1)
    if len(category) != facility_count:
        raise ValueError(f"{len(category)} categories for {facility_count} facilities")
    if facility_count and (category.min() < 0 or category.max() >= category_count):
        raise ValueError(f"categories {category.min()}..{category.max()}, expected 0..{category_count - 1}")
    return category


def checked_flags(facility_is_public: ArrayLike | None, facility_count: int) -> NDArray[np.bool_]:
    """(f,) booleans, all False by default."""
    if facility_is_public is None:
        return np.zeros(facility_count, bool)
    flags = np.asarray(facility_is_public, bool)
    if flags.shape != (facility_count,):
        raise ValueError(f"facility_is_public: {flags.size} flags for {facility_count} facilities")
    return flags


def _outward(
    prepared: PreparedGraph, public: Spots, category: Int32Array, first_category: int, cutoff_dm: int
) -> Seeds:
    """Walks from public facilities inside compounds to their gates, as seeds on the street."""
    interior, inside = _insides(prepared)
    table = solve(inside, seeds_of(inside, public, category, first_category), cutoff_dm)
    seeds = _gate_seeds(
        table, inside.rank[interior.gate_local], prepared.rank[interior.gate_street], bias_dm(cutoff_dm)
    )
    inside.spare_tables[:] = [table]
    return seeds


def _measure_indoors(
    prepared: PreparedGraph,
    street_table: Uint16Array,
    on_edges: OnEdges,
    doors: Doors,
    first_category: int,
    cutoff_dm: int,
) -> None:
    """The buildings inside compounds: street walks come in by the gates, own facilities are seeds."""
    interior, inside = _insides(prepared)
    edge = doors.buildings.edge
    indoors = np.flatnonzero((edge >= 0) & (prepared.graph.edge_compound[edge] > 0))
    if not len(indoors):
        return
    carried = _gate_seeds(
        street_table,
        prepared.rank[interior.gate_street],
        inside.rank[interior.gate_local],
        bias_dm(cutoff_dm),
    )
    own = seeds_of(inside, on_edges.spots, on_edges.category, first_category)
    table = solve(inside, own.plus(carried), cutoff_dm)
    indoor_dm = np.empty((len(doors.walk_dm), len(indoors)), np.uint16)
    chosen = replace(
        doors, buildings=doors.buildings.take(indoors), residents=doors.residents[indoors], walk_dm=indoor_dm
    )
    measure_doors(inside, table, on_edges, chosen, first_category, cutoff_dm)
    inside.spare_tables[:] = [table]
    group = slice(first_category, first_category + LANES)
    doors.walk_dm[group, indoors] = indoor_dm[group]


def _insides(prepared: PreparedGraph) -> tuple[Interior, PreparedGraph]:
    assert prepared.interior is not None
    assert prepared.inside is not None
    return prepared.interior, prepared.inside


def _gate_seeds(table: Uint16Array, rank_from: Int32Array, rank_to: Int32Array, bias: int) -> Seeds:
    """Every reached lane at every gate of one table as a seed for the other graph."""
    lines = table[rank_from]
    gate, lane = np.nonzero(lines != UNREACHED)
    walk_dm = lines[gate, lane].astype(np.int32) - bias
    return Seeds(rank_to[gate], lane.astype(np.int32), walk_dm)
