"""The scalar second implementation: one bounded multi-source Dijkstra per category, with labels.

It shares nothing with the lanes but the graph, so the two check each other. It also names the
winner: a label is the packed key `walk_dm << 32 | seed`, so that the smaller key is the shorter
walk and, between equal walks, the lower seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.doorstep import chain_by_edge
from grids.kernels.graph import UNREACHED, Int32Array, Spots, StreetGraph, Uint16Array, within_edge
from grids.kernels.jit import compiled

KeyArray = NDArray[np.int64]

NO_KEY = np.iinfo(np.int64).max
SEED_BITS = 32
SEED_MASK = (1 << SEED_BITS) - 1
BUCKET_SHIFT = 8  # buckets of 256 dm = 25.6 m, about the shortest streets: few nodes are settled twice


@dataclass(frozen=True, eq=False)
class Labels:
    """Where a search starts: (s,) nodes and (s,) keys."""

    node: Int32Array
    key: KeyArray

    def plus(self, more: "Labels") -> "Labels":
        """Both starts together."""
        return Labels(np.concatenate([self.node, more.node]), np.concatenate([self.key, more.key]))


def nearest_seeds(
    graph: StreetGraph, facilities: Spots, buildings: Spots, *, cutoff_dm: int
) -> tuple[Uint16Array, Int32Array]:
    """The nearest facility of every building over public streets.

    Returns:
        (b,) decimetres including both access legs, UNREACHED beyond the cutoff (inclusive), and
        (b,) the position of the nearest facility, -1 where none is; equal walks keep the lower.
    """
    graph.require_on_edges(facilities, "facilities")
    graph.require_on_edges(buildings, "buildings")
    keys = spread(graph, end_labels(graph, facilities), cutoff_dm)
    return door_labels(graph, keys, facilities, buildings, cutoff_dm)


def end_labels(graph: StreetGraph, spots: Spots) -> Labels:
    """Start labels at both ends of every spot's edge; the seed is the spot's position."""
    snapped = np.flatnonzero(spots.edge >= 0)
    snapped = snapped[graph.edge_compound[spots.edge[snapped]] == 0]
    edge, leg_dm = spots.edge[snapped], spots.access_dm[snapped].astype(np.int64)
    length_dm = graph.edge_length_dm[edge]
    along_dm = np.clip(spots.offset_dm[snapped], 0, length_dm)
    node = np.concatenate([graph.edge_source[edge], graph.edge_target[edge]])
    walk_dm = np.concatenate([leg_dm + along_dm, leg_dm + length_dm - along_dm])
    return Labels(node, walk_dm << SEED_BITS | np.concatenate([snapped, snapped]))


def gate_labels(keys: KeyArray, gate_from: Int32Array, gate_to: Int32Array) -> Labels:
    """Labels of one graph carried over to another at the gates."""
    is_reached = keys[gate_from] != NO_KEY
    return Labels(gate_to[is_reached], keys[gate_from[is_reached]])


def spread(graph: StreetGraph, labels: Labels, cutoff_dm: int) -> KeyArray:
    """(n,) best key of every node within the cutoff, NO_KEY beyond; Hilbert numbering."""
    return _spread(graph.indptr, graph.indices, graph.length_dm, labels.node, labels.key, cutoff_dm)


def door_labels(
    graph: StreetGraph, keys: KeyArray, facilities: Spots, buildings: Spots, cutoff_dm: int
) -> tuple[Uint16Array, Int32Array]:
    """Walk and seed of every building from the keys at its edge's ends, or along its own edge."""
    on_edges = chain_by_edge(graph.edge_count, facilities, np.zeros(len(facilities), np.int32))
    return _doors(
        keys,
        graph.edge_source,
        graph.edge_target,
        graph.edge_length_dm,
        graph.edge_compound,
        buildings.edge,
        buildings.offset_dm,
        buildings.access_dm,
        on_edges.first,
        on_edges.following,
        facilities.offset_dm,
        facilities.access_dm,
        cutoff_dm,
    )


@compiled
def _spread(
    indptr: Int32Array,
    indices: Int32Array,
    length_dm: Int32Array,
    node: Int32Array,
    key: KeyArray,
    cutoff_dm: int,
) -> KeyArray:
    """Label-correcting search over buckets; a bucket is a chain of (node, key) entries in a pool."""
    best = np.full(len(indptr) - 1, NO_KEY, np.int64)
    head = np.full((cutoff_dm >> BUCKET_SHIFT) + 1, -1, np.int32)
    pool_node, pool_key = np.empty(len(node) + 1024, np.int32), np.empty(len(node) + 1024, np.int64)
    pool_next = np.empty(len(pool_node), np.int32)
    used, free = 0, -1
    for i in range(len(node)):
        if key[i] >> SEED_BITS <= cutoff_dm and key[i] < best[node[i]]:
            best[node[i]] = key[i]
            bucket = key[i] >> (SEED_BITS + BUCKET_SHIFT)
            pool_node[used], pool_key[used], pool_next[used] = node[i], key[i], head[bucket]
            head[bucket] = used
            used += 1
    limit = (np.int64(cutoff_dm) + 1) << SEED_BITS
    for bucket in range(len(head)):
        while head[bucket] >= 0:
            entry = head[bucket]
            at, here = pool_node[entry], pool_key[entry]
            head[bucket] = pool_next[entry]
            pool_next[entry] = free
            free = entry
            if here != best[at]:
                continue
            for i in range(indptr[at], indptr[at + 1]):
                offer = here + (np.int64(length_dm[i]) << SEED_BITS)
                if offer < limit and offer < best[indices[i]]:
                    best[indices[i]] = offer
                    if free >= 0:
                        slot = free
                        free = pool_next[free]
                    else:
                        slot = used
                        used += 1
                        if used > len(pool_node):
                            pool_node = np.append(pool_node, np.empty_like(pool_node))
                            pool_key = np.append(pool_key, np.empty_like(pool_key))
                            pool_next = np.append(pool_next, np.empty_like(pool_next))
                    later = offer >> (SEED_BITS + BUCKET_SHIFT)
                    pool_node[slot], pool_key[slot], pool_next[slot] = indices[i], offer, head[later]
                    head[later] = slot
    return best


@compiled
def _doors(
    keys: KeyArray,
    edge_source: Int32Array,
    edge_target: Int32Array,
    edge_length_dm: Int32Array,
    edge_compound: Int32Array,
    edge: Int32Array,
    offset_dm: Int32Array,
    access_dm: Int32Array,
    first_on_edge: Int32Array,
    following: Int32Array,
    facility_offset_dm: Int32Array,
    facility_access_dm: Int32Array,
    cutoff_dm: int,
) -> tuple[Uint16Array, Int32Array]:
    walk_dm = np.full(len(edge), UNREACHED, np.uint16)
    seed_index = np.full(len(edge), -1, np.int32)
    for building in range(len(edge)):
        on = edge[building]
        if on < 0 or edge_compound[on] != 0:
            continue
        length_dm = int(edge_length_dm[on])
        along_dm = within_edge(int(offset_dm[building]), length_dm)
        best = np.int64(NO_KEY)
        if keys[edge_source[on]] != NO_KEY:
            best = min(best, keys[edge_source[on]] + (along_dm << SEED_BITS))
        if keys[edge_target[on]] != NO_KEY:
            best = min(best, keys[edge_target[on]] + ((length_dm - along_dm) << SEED_BITS))
        facility = first_on_edge[on]
        while facility >= 0:
            there_dm = within_edge(int(facility_offset_dm[facility]), length_dm)
            direct_dm = abs(there_dm - along_dm) + facility_access_dm[facility]
            best = min(best, np.int64(direct_dm << SEED_BITS | facility))
            facility = following[facility]
        total_dm = (best >> SEED_BITS) + access_dm[building]
        if best != NO_KEY and total_dm <= cutoff_dm:
            walk_dm[building] = total_dm
            seed_index[building] = best & SEED_MASK
    return walk_dm, seed_index
