"""Elimination: the once-per-network preparation that turns every search into two sweeps over memory.

Nodes are taken out one after another. A node that goes leaves shortcuts between its neighbours,
so that all walks up to the cutoff stay exact, and remembers its neighbours of that moment as its
"up links". A search then carries walks up the links in that order and back down in reverse
(Rose, Tarjan & Lueker 1976; Dibbelt, Strasser & Wagner 2016, customizable contraction
hierarchies). No shortcut is longer than the cutoff, which keeps degrees small: a town of a million
junctions disappears entirely with at most 10 links a node at 1,500 m.

The order follows memory. The first level works in blocks of neighbouring nodes; a node on the seam
between two blocks waits for the next level, so that the up links of a block lead into the same
block or into the small rest, and a sweep over a block stays in the processor's cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grids.kernels.graph import BoolArray, Int32Array, StreetGraph, Uint16Array
from grids.kernels.interior import Interior, build_interior
from grids.kernels.jit import compiled, grown

MAX_CUTOFF_DM = 65_534
BLOCK_NODES = 4096  # 4,096 cache lines = 256 KiB, half of a usual second-level cache
LEVEL_DEGREES = (8, 12)  # a level leaves nodes of higher degree to the next one
MAX_DEGREE = 256  # nodes above stay as a core, solved by repetition; no walking network has any


@dataclass(frozen=True, eq=False)
class PreparedGraph:
    """A street graph ready for lanes.

    Attributes:
        graph: the network it was made from.
        cutoff_dm: walks up to here are exact; a search may use a smaller cutoff, not a larger one.
        rank: (n,) Hilbert number -> position in elimination order, which is the order in memory.
        block_start: (blocks + 1,) ranks; the last is where the rest begins that crosses blocks.
        core_start: rank from which nodes were not eliminated (n on every real network).
        up_start, up_node, up_dm: rows of up links by rank; for core nodes all links to core nodes.
        edge_row: (e, 4) rank of source, rank of target, length_dm, compound: one cache line a look-up.
        interior, inside: the inside of closed compounds, and its own preparation.
        spare_tables: lane tables (64 bytes a node) that a finished search left for the next one.
    """

    graph: StreetGraph
    cutoff_dm: int
    rank: Int32Array
    block_start: Int32Array
    core_start: int
    up_start: Int32Array
    up_node: Int32Array
    up_dm: Uint16Array
    edge_row: Int32Array
    interior: Interior | None = None
    inside: "PreparedGraph | None" = None
    spare_tables: list[Uint16Array] = field(default_factory=list, compare=False, repr=False)


def prepare(graph: StreetGraph, cutoff_dm: int, *, max_degree: int = MAX_DEGREE) -> PreparedGraph:
    """Eliminate the nodes of a network; do it once per network version and keep the answer.

    Args:
        graph: the network, with or without closed compounds.
        cutoff_dm: longest walk that searches will ask for, 0..65,534 dm.
        max_degree: nodes with more links than this stay in the core.

    Raises:
        ValueError: the cutoff does not fit 16 bits.
    """
    if not 0 <= cutoff_dm <= MAX_CUTOFF_DM:
        raise ValueError(f"cutoff of {cutoff_dm} dm, expected 0..{MAX_CUTOFF_DM}")
    streets = _eliminated(graph, cutoff_dm, max_degree)
    if not graph.has_compounds():
        return streets
    interior = build_interior(graph)
    return replace(streets, interior=interior, inside=_eliminated(interior.graph, cutoff_dm, max_degree))


def to_arrays(prepared: PreparedGraph) -> dict[str, NDArray[np.generic]]:
    """Everything in a prepared graph as named arrays, for `numpy.savez`."""
    arrays = _flat(prepared, "")
    if prepared.interior is not None and prepared.inside is not None:
        arrays |= _flat(prepared.inside, "inside.")
        arrays["gate_local"], arrays["gate_street"] = (
            prepared.interior.gate_local,
            prepared.interior.gate_street,
        )
    return arrays


def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> PreparedGraph:
    """The prepared graph that `to_arrays` wrote."""
    streets = _unflat(arrays, "")
    if "gate_local" not in arrays:
        return streets
    inside = _unflat(arrays, "inside.")
    interior = Interior(inside.graph, np.asarray(arrays["gate_local"]), np.asarray(arrays["gate_street"]))
    return replace(streets, interior=interior, inside=inside)


def _flat(prepared: PreparedGraph, prefix: str) -> dict[str, NDArray[np.generic]]:
    parts = {f"graph.{part.name}": getattr(prepared.graph, part.name) for part in fields(StreetGraph)}
    parts |= {name: getattr(prepared, name) for name in _own_fields()}
    return {prefix + name: np.asarray(part) for name, part in parts.items()}


def _unflat(arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> PreparedGraph:
    def part(name: str) -> Any:
        array = np.asarray(arrays[prefix + name])
        return array if array.ndim else int(array)

    graph = StreetGraph(**{own.name: part(f"graph.{own.name}") for own in fields(StreetGraph)})
    return PreparedGraph(graph, **{name: part(name) for name in _own_fields()})


def _own_fields() -> list[str]:
    not_arrays = ("graph", "interior", "inside", "spare_tables")
    return [own.name for own in fields(PreparedGraph) if own.name not in not_arrays]


def _eliminated(graph: StreetGraph, cutoff_dm: int, max_degree: int) -> PreparedGraph:
    levels = np.array([min(degree, max_degree) for degree in (*LEVEL_DEGREES, max_degree)])
    rank, block_start, core_start, up_start, up_node, up_dm = _eliminate(
        graph.indptr, graph.indices, graph.length_dm, cutoff_dm, BLOCK_NODES, levels
    )
    ends = rank[graph.edge_source], rank[graph.edge_target]
    edge_row = np.column_stack([*ends, graph.edge_length_dm, graph.edge_compound])
    return PreparedGraph(graph, cutoff_dm, rank, block_start, core_start, up_start, up_node, up_dm, edge_row)


@compiled
def _eliminate(
    indptr: Int32Array,
    indices: Int32Array,
    length_dm: Int32Array,
    cutoff_dm: int,
    block_nodes: int,
    level_degrees: NDArray[np.int64],
) -> tuple[Int32Array, Int32Array, int, Int32Array, Int32Array, Uint16Array]:
    """Rank, block starts, core start and up links; see `PreparedGraph`.

    Links of a living node stand in `pool_*[start : start + size]`, with `room` slots; a row that
    outgrows its room moves to the end of the pool.
    """
    node_count = len(indptr) - 1
    start, size, room, pool_node, pool_dm, pool_end = _link_pool(indptr, indices, length_dm, cutoff_dm)
    order = np.empty(node_count, np.int32)
    is_gone = np.zeros(node_count, np.bool_)
    up_start = np.zeros(node_count + 1, np.int32)
    up_node = np.empty(3 * node_count + 64, np.int32)
    up_dm = np.empty(len(up_node), np.uint16)
    done, up_end = 0, 0
    remaining = np.arange(node_count).astype(np.int32)
    block_count = (node_count + block_nodes - 1) // block_nodes
    block_start = np.zeros(block_count + 1, np.int32)

    for level in range(len(level_degrees)):
        is_last = level == len(level_degrees) - 1
        nodes_per_block = max(1, len(remaining)) if is_last else block_nodes
        waits = _on_seams(remaining, nodes_per_block, start, size, pool_node, node_count)
        for first in range(0, len(remaining), nodes_per_block):
            block = remaining[first : first + nodes_per_block]
            living = block[~waits[block]]
            for degree in range(1, level_degrees[level] + 1):
                has_changed = True
                while has_changed and len(living):
                    has_changed = False
                    left = 0
                    for node in living:
                        links = size[node]
                        if links > degree:
                            living[left] = node
                            left += 1
                            continue
                        has_changed = True
                        spare = pool_end
                        for i in range(start[node], start[node] + links):
                            spare += 2 * (size[pool_node[i]] + links)
                        if spare > len(pool_node):
                            pool_node, pool_dm = grown(pool_node, spare), grown(pool_dm, spare)
                        if up_end + links > len(up_node):
                            up_node, up_dm = grown(up_node, up_end + links), grown(up_dm, up_end + links)
                        for i in range(start[node], start[node] + links):
                            up_node[up_end], up_dm[up_end] = pool_node[i], pool_dm[i]
                            up_end += 1
                        pool_end = _take_out(node, cutoff_dm, start, size, room, pool_node, pool_dm, pool_end)
                        is_gone[node] = True
                        order[done] = node
                        done += 1
                        up_start[done] = up_end
                    living = living[:left]
                if not len(living):
                    break
            if level == 0:
                block_start[first // block_nodes + 1] = done
        remaining = remaining[~is_gone[remaining]]

    core_start = done
    for node in remaining:
        links = size[node]
        if up_end + links > len(up_node):
            up_node, up_dm = grown(up_node, up_end + links), grown(up_dm, up_end + links)
        for i in range(start[node], start[node] + links):
            up_node[up_end], up_dm[up_end] = pool_node[i], pool_dm[i]
            up_end += 1
        order[done] = node
        done += 1
        up_start[done] = up_end

    rank = np.empty(node_count, np.int32)
    for position in range(node_count):
        rank[order[position]] = position
    up_rank = np.empty(up_end, np.int32)
    for i in range(up_end):
        up_rank[i] = rank[up_node[i]]
    return rank, block_start, core_start, up_start, up_rank, up_dm[:up_end].copy()


@compiled
def _link_pool(
    indptr: Int32Array, indices: Int32Array, length_dm: Int32Array, cutoff_dm: int
) -> tuple[NDArray[np.int64], Int32Array, Int32Array, Int32Array, Uint16Array, int]:
    """Rows with spare room, without the links that are longer than the cutoff."""
    node_count = len(indptr) - 1
    start = np.empty(node_count, np.int64)
    size = np.zeros(node_count, np.int32)
    room = np.empty(node_count, np.int32)
    end = 0
    for node in range(node_count):
        start[node] = end
        room[node] = indptr[node + 1] - indptr[node] + 3
        end += room[node]
    pool_node = np.empty(end + end // 2 + 64, np.int32)
    pool_dm = np.empty(len(pool_node), np.uint16)
    for node in range(node_count):
        for i in range(indptr[node], indptr[node + 1]):
            if length_dm[i] <= cutoff_dm:
                at = start[node] + size[node]
                pool_node[at], pool_dm[at] = indices[i], length_dm[i]
                size[node] += 1
    return start, size, room, pool_node, pool_dm, end


@compiled
def _on_seams(
    remaining: Int32Array,
    nodes_per_block: int,
    start: NDArray[np.int64],
    size: Int32Array,
    pool_node: Int32Array,
    node_count: int,
) -> BoolArray:
    """Nodes that wait for the next level: one end of every link between two blocks."""
    waits = np.zeros(node_count, np.bool_)
    block_of = np.empty(node_count, np.int32)
    for i in range(len(remaining)):
        block_of[remaining[i]] = i // nodes_per_block
    for node in remaining:
        for i in range(start[node], start[node] + size[node]):
            other = pool_node[i]
            if block_of[other] != block_of[node] and not waits[other]:
                waits[node] = True
                break
    return waits


@compiled
def _take_out(
    node: int,
    cutoff_dm: int,
    start: NDArray[np.int64],
    size: Int32Array,
    room: Int32Array,
    pool_node: Int32Array,
    pool_dm: Uint16Array,
    pool_end: int,
) -> int:
    """Unlink one node and join its neighbours by shortcuts; returns the pool's new end."""
    first, end = start[node], start[node] + size[node]
    for i in range(first, end):
        neighbour = pool_node[i]
        row, links = start[neighbour], size[neighbour]
        for at in range(row, row + links):
            if pool_node[at] == node:
                links -= 1
                pool_node[at], pool_dm[at] = pool_node[row + links], pool_dm[row + links]
                break
        for j in range(first, end):
            through_dm = np.int64(pool_dm[i]) + np.int64(pool_dm[j])
            if j == i or through_dm > cutoff_dm:
                continue
            other = pool_node[j]
            at = row
            while at < row + links and pool_node[at] != other:
                at += 1
            if at < row + links:
                if through_dm < pool_dm[at]:
                    pool_dm[at] = through_dm
                continue
            if links == room[neighbour]:
                for k in range(links):
                    pool_node[pool_end + k], pool_dm[pool_end + k] = pool_node[row + k], pool_dm[row + k]
                start[neighbour] = row = pool_end
                room[neighbour] = 2 * links
                pool_end += 2 * links
            pool_node[row + links], pool_dm[row + links] = other, through_dm
            links += 1
        size[neighbour] = links
    return pool_end
