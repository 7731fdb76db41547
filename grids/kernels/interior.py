"""The inside of closed compounds (封闭小区) as a small graph of its own, joined to the street at gates.

Every compound keeps its own copy of each node that its paths touch, so two compounds that share a
node stay apart. A gate is a copy whose node is also touched by a street or by another compound.
Two gates of one compound are joined by a "way round": the shortest walk between them over public
streets, since residents may leave by one gate and come back by another.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.graph import CLOSED, Int32Array, StreetGraph, _rows
from grids.kernels.heap import pop, push
from grids.kernels.jit import compiled

WAY_ROUND_LIMIT_DM = 65_534


@dataclass(frozen=True, eq=False)
class Interior:
    """All compounds as one graph, and where it meets the street.

    Attributes:
        graph: nodes are (compound, node) pairs; its edges carry the numbers of the town's edges
            (streets are CLOSED in it), followed by the ways round.
        gate_local: (g,) gates as nodes of `graph`.
        gate_street: (g,) the same gates as nodes of the street graph, in Hilbert numbering.
    """

    graph: StreetGraph
    gate_local: Int32Array
    gate_street: Int32Array


def build_interior(graph: StreetGraph) -> Interior:
    """The inside of every closed compound of a network."""
    inner = np.flatnonzero(graph.edge_compound > 0)
    compound = graph.edge_compound[inner].astype(np.int64)
    ends = np.concatenate([graph.edge_source[inner], graph.edge_target[inner]])
    key = (np.concatenate([compound, compound]) << 32) | ends
    pairs, local = np.unique(key, return_inverse=True)
    node = (pairs & (2**32 - 1)).astype(np.int32)
    owner = pairs >> 32

    is_gate = _touches_others(graph, node, owner)
    gate_local = np.flatnonzero(is_gate).astype(np.int32)
    way_from, way_to, way_dm = _ways_round(
        graph.indptr, graph.indices, graph.length_dm, gate_local, node[gate_local], owner[gate_local]
    )
    source = np.zeros(graph.edge_count + len(way_from), np.int32)
    target = np.zeros_like(source)
    source[inner], target[inner] = local[: len(inner)], local[len(inner) :]
    source[graph.edge_count :], target[graph.edge_count :] = way_from, way_to
    length_dm = np.concatenate([graph.edge_length_dm, way_dm])
    access = np.full(len(source), CLOSED, np.int32)
    access[inner] = 0
    access[graph.edge_count :] = 0
    indptr, indices, lengths = _rows(len(node), source, target, length_dm, (access == 0) & (source != target))
    order = np.arange(len(node), dtype=np.int32)
    inside = StreetGraph(len(node), indptr, indices, lengths, order, source, target, length_dm, access)
    return Interior(inside, gate_local, node[gate_local])


def _touches_others(graph: StreetGraph, node: Int32Array, owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a copy's node is touched by a street or by another compound."""
    street = np.zeros(graph.node_count, bool)
    is_public = graph.edge_compound == 0
    street[graph.edge_source[is_public]] = True
    street[graph.edge_target[is_public]] = True
    copies = np.bincount(node, minlength=graph.node_count)
    touched: NDArray[np.bool_] = street[node] | (copies[node] > 1)
    return touched


@compiled
def _ways_round(
    indptr: Int32Array,
    indices: Int32Array,
    length_dm: Int32Array,
    gate_local: Int32Array,
    gate_street: Int32Array,
    gate_owner: NDArray[np.int64],
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Shortest public walks between gates of the same compound; gates come sorted by compound."""
    node_count = len(indptr) - 1
    best_dm = np.full(node_count, WAY_ROUND_LIMIT_DM + 1, np.int64)
    wanted = np.full(node_count, -1, np.int32)
    touched = np.empty(node_count, np.int32)
    heap = np.empty(1024, np.int64)
    sources, targets, ways_dm = (
        [np.int32(0) for _ in range(0)],
        [np.int32(0) for _ in range(0)],
        [np.int32(0) for _ in range(0)],
    )
    first = 0
    while first < len(gate_local):
        end = first
        while end < len(gate_local) and gate_owner[end] == gate_owner[first]:
            end += 1
        for gate in range(first, end - 1):
            for later in range(gate + 1, end):
                wanted[gate_street[later]] = gate_local[later]
            missing = end - gate - 1
            touched_count, heap_size = 1, 0
            touched[0] = gate_street[gate]
            best_dm[gate_street[gate]] = 0
            heap, heap_size = push(heap, heap_size, int(gate_street[gate]))
            while heap_size and missing:
                item, heap_size = pop(heap, heap_size)
                walk_dm, node = item >> 32, item & 0xFFFFFFFF
                if walk_dm > best_dm[node]:
                    continue
                if wanted[node] >= 0:
                    sources.append(gate_local[gate])
                    targets.append(wanted[node])
                    ways_dm.append(np.int32(walk_dm))
                    missing -= 1
                    wanted[node] = -1
                for i in range(indptr[node], indptr[node + 1]):
                    longer_dm = walk_dm + length_dm[i]
                    other = indices[i]
                    if longer_dm < best_dm[other]:
                        if best_dm[other] > WAY_ROUND_LIMIT_DM:
                            touched[touched_count] = other
                            touched_count += 1
                        best_dm[other] = longer_dm
                        heap, heap_size = push(heap, heap_size, (longer_dm << 32) | np.int64(other))
            for i in range(touched_count):
                best_dm[touched[i]] = WAY_ROUND_LIMIT_DM + 1
            for later in range(gate + 1, end):
                wanted[gate_street[later]] = -1
        first = end
    return np.array(sources, np.int32), np.array(targets, np.int32), np.array(ways_dm, np.int32)
