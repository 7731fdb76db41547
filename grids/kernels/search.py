"""One bounded Dijkstra search with predecessors over all walkable edges, in two layers for compounds.

Layer one walks on streets and in the origin's own compound. Layer two enters one other compound
from there: it starts at that compound's nodes and overrides layer one wherever it is shorter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.kernels.graph import CLOSED, BoolArray, Int32Array, Spots, StreetGraph
from grids.kernels.heap import pop, push
from grids.kernels.jit import compiled, grown

WalkArray = NDArray[np.int64]

FAR_DM = 2**40
START = -1  # in `via_edge`: this node was reached straight from the origin, or from the layer below


@dataclass(frozen=True, eq=False)
class Reached:
    """(n,) walks and the edge by which each node was reached, in Hilbert numbering."""

    walk_dm: WalkArray
    via_edge: Int32Array


def blank(node_count: int) -> Reached:
    """Nothing reached yet."""
    return Reached(np.full(node_count, FAR_DM, np.int64), np.full(node_count, START, np.int32))


def ends_of(graph: StreetGraph, spot: Spots) -> tuple[Int32Array, WalkArray]:
    """(2,) nodes at the ends of one spot's edge and (2,) walks to them; nothing when not walkable."""
    edge = int(spot.edge[0])
    if edge < 0 or graph.edge_compound[edge] == CLOSED:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    length_dm = int(graph.edge_length_dm[edge])
    along_dm = min(max(int(spot.offset_dm[0]), 0), length_dm)
    leg_dm = int(spot.access_dm[0])
    nodes = np.array([graph.edge_source[edge], graph.edge_target[edge]], np.int32)
    return nodes, np.array([leg_dm + along_dm, leg_dm + length_dm - along_dm], np.int64)


@dataclass(frozen=True, eq=False)
class Changes:
    """What one exploration overwrote: (t,) nodes with their former walk and edge, in order."""

    node: Int32Array
    walk_dm: WalkArray
    via_edge: Int32Array


def explore(
    graph: StreetGraph,
    reached: Reached,
    nodes: Int32Array,
    walks_dm: WalkArray,
    compound: int,
    cutoff_dm: int,
    wanted: Int32Array,
) -> Changes:
    """Spread walks over streets and one compound, in place.

    Args:
        nodes, walks_dm: starts; one that is longer than what is known already is ignored.
        compound: the one compound that may be walked, 0 for none.
        wanted: stop once all these nodes are settled; empty to go on to the cutoff.
    """
    is_wanted = np.zeros(graph.node_count, bool)
    is_wanted[wanted] = True
    links = graph.links
    return Changes(
        *_explore(
            links.start,
            links.node,
            links.edge,
            graph.edge_length_dm,
            graph.edge_compound,
            reached.walk_dm,
            reached.via_edge,
            nodes,
            walks_dm,
            compound,
            cutoff_dm,
            is_wanted,
            int(is_wanted.sum()),
        )
    )


def undo(reached: Reached, changes: Changes) -> None:
    """Put back what an exploration overwrote."""
    # Backwards, so that of several changes to one node the first one's former value stays.
    reached.walk_dm[changes.node[::-1]] = changes.walk_dm[::-1]
    reached.via_edge[changes.node[::-1]] = changes.via_edge[::-1]


@compiled
def _explore(
    link_start: Int32Array,
    link_node: Int32Array,
    link_edge: Int32Array,
    edge_length_dm: Int32Array,
    edge_compound: Int32Array,
    walk_dm: WalkArray,
    via_edge: Int32Array,
    start_node: Int32Array,
    start_dm: WalkArray,
    compound: int,
    cutoff_dm: int,
    is_wanted: BoolArray,
    wanted_count: int,
) -> tuple[Int32Array, WalkArray, Int32Array]:
    log_node, log_dm, log_via = np.empty(1024, np.int32), np.empty(1024, np.int64), np.empty(1024, np.int32)
    logged = 0
    heap, heap_size = np.empty(1024, np.int64), 0
    for i in range(len(start_node)):
        node = start_node[i]
        # A start as long as the walk already known counts: layer two begins at walks of layer one.
        if start_dm[i] <= cutoff_dm and start_dm[i] <= walk_dm[node]:
            if logged == len(log_node):
                log_node, log_dm, log_via = (
                    grown(log_node, logged),
                    grown(log_dm, logged),
                    grown(log_via, logged),
                )
            log_node[logged], log_dm[logged], log_via[logged] = node, walk_dm[node], via_edge[node]
            logged += 1
            walk_dm[node], via_edge[node] = start_dm[i], START
            heap, heap_size = push(heap, heap_size, start_dm[i] << 32 | np.int64(node))
    missing = wanted_count
    while heap_size:
        key, heap_size = pop(heap, heap_size)
        here_dm, at = key >> 32, key & 0xFFFFFFFF
        if here_dm > walk_dm[at]:
            continue
        if is_wanted[at]:
            is_wanted[at] = False
            missing -= 1
            if missing == 0:
                break
        for link in range(link_start[at], link_start[at + 1]):
            edge = link_edge[link]
            if edge_compound[edge] != 0 and edge_compound[edge] != compound:
                continue
            there_dm = here_dm + edge_length_dm[edge]
            other = link_node[link]
            if there_dm < walk_dm[other] and there_dm <= cutoff_dm:
                if logged == len(log_node):
                    log_node, log_dm, log_via = (
                        grown(log_node, logged),
                        grown(log_dm, logged),
                        grown(log_via, logged),
                    )
                log_node[logged], log_dm[logged], log_via[logged] = other, walk_dm[other], via_edge[other]
                logged += 1
                walk_dm[other], via_edge[other] = there_dm, edge
                heap, heap_size = push(heap, heap_size, there_dm << 32 | np.int64(other))
    return log_node[:logged].copy(), log_dm[:logged].copy(), log_via[:logged].copy()
