"""Walks of single buildings: how far to each facility, and along which streets.

Exact for any distance, so that the page can draw what the coverage table counts, and so that an
official can ask for the walk between any two addresses. Closed compounds as in `compounds`: the
inside of the origin's and of the destination's compound may be walked, no other.
"""

from dataclasses import dataclass

import numpy as np

from grids.kernels.graph import CLOSED, Int32Array, Spots, StreetGraph
from grids.kernels.search import FAR_DM, START, Changes, Reached, WalkArray, blank, ends_of, explore, undo

NO_WALK = 2**31 - 1
NOWHERE = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Leg:
    """Part of a walk along one edge; offsets count from the edge's source end, in walking order."""

    edge: int
    from_offset_dm: int
    to_offset_dm: int


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks from one origin.

    Attributes:
        walk_dm: (f,) decimetres including both access legs, NO_WALK beyond the cutoff.
        graph, origin, facilities: what was asked.
        streets: layer one, streets and the origin's compound.
        insides: layer two, by compound: the nodes that it overrides and their edges.
    """

    walk_dm: Int32Array
    graph: StreetGraph
    origin: Spots
    facilities: Spots
    streets: Reached
    insides: dict[int, dict[int, tuple[int, int]]]


def walks_from(
    graph: StreetGraph, origin: Spots, facilities: Spots, *, cutoff_dm: int | None = None
) -> Walks:
    """The walk from one building to each of many facilities.

    Args:
        graph: the network.
        origin: one spot.
        facilities: (f,) spots.
        cutoff_dm: inclusive; default none.

    Raises:
        ValueError: not exactly one origin, an edge out of range.
    """
    if len(origin) != 1:
        raise ValueError(f"walks_from: {len(origin)} origins, expected one")
    graph.require_on_edges(origin, "origin")
    graph.require_on_edges(facilities, "facilities")
    limit_dm = NO_WALK - 1 if cutoff_dm is None else cutoff_dm
    streets = blank(graph.node_count)
    own = _compound_of(graph, origin)[0]
    explore(graph, streets, *ends_of(graph, origin), max(own, 0), limit_dm, NOWHERE)
    compound = _compound_of(graph, facilities)
    walk_dm = _walks_to(graph, streets, origin, facilities)
    insides = {}
    for other in np.unique(compound[(compound > 0) & (compound != own)]).tolist():
        changes = _enter(graph, streets, other, limit_dm, NOWHERE)
        here = np.flatnonzero(compound == other)
        walk_dm[here] = _walks_to(graph, streets, origin, facilities.take(here))
        nodes = changes.node.tolist()
        insides[other] = {
            node: (walk, via)
            for node, walk, via in zip(
                nodes,
                streets.walk_dm[changes.node].tolist(),
                streets.via_edge[changes.node].tolist(),
                strict=True,
            )
        }
        undo(streets, changes)
    return Walks(_limited(walk_dm, limit_dm), graph, origin, facilities, streets, insides)


def trace(walks: Walks, index: int) -> list[Leg]:
    """The edges of the walk to one facility, in walking order; empty when there is no walk.

    The lengths of the legs and the two access legs add up to the walk exactly. A first or last
    leg of no length is left out.
    """
    graph, facility = walks.graph, walks.facilities.take(np.array([index]))
    if walks.walk_dm[index] == NO_WALK:
        return []
    inside = walks.insides.get(_compound_of(graph, facility)[0], {})
    edge, along_dm, leg_dm = _placed(graph, facility)
    start_edge, start_along_dm, start_leg_dm = _placed(graph, walks.origin)
    if edge == start_edge and abs(along_dm - start_along_dm) + leg_dm + start_leg_dm == walks.walk_dm[index]:
        return [Leg(edge, start_along_dm, along_dm)] if along_dm != start_along_dm else []

    length_dm = int(graph.edge_length_dm[edge])
    node, end_dm = int(graph.edge_source[edge]), 0
    if _walk_at(walks, inside, node) + along_dm + leg_dm != walks.walk_dm[index]:
        node, end_dm = int(graph.edge_target[edge]), length_dm
    legs = [Leg(edge, end_dm, along_dm)] if end_dm != along_dm else []
    while True:
        via = inside[node][1] if node in inside else START
        if via == START:
            inside = {}  # layer one from here on: the way to the compound's gate
            via = int(walks.streets.via_edge[node])
        if via == START:
            break
        source, target = int(graph.edge_source[via]), int(graph.edge_target[via])
        length_dm = int(graph.edge_length_dm[via])
        if node == target:
            legs.append(Leg(via, 0, length_dm))
            node = source
        else:
            legs.append(Leg(via, length_dm, 0))
            node = target

    first_end_dm = 0
    if (
        int(walks.streets.walk_dm[node]) != start_leg_dm + start_along_dm
        or node != graph.edge_source[start_edge]
    ):
        first_end_dm = int(graph.edge_length_dm[start_edge])
    if first_end_dm != start_along_dm:
        legs.append(Leg(start_edge, start_along_dm, first_end_dm))
    return legs[::-1]


def pair_walks(graph: StreetGraph, origins: Spots, destinations: Spots) -> Int32Array:
    """The walk of every pair (origins[i], destinations[i]), without a cutoff.

    One search per different origin, which ends once its destinations are settled.

    Returns:
        (p,) decimetres including both access legs, NO_WALK where there is no way.
    """
    if len(origins) != len(destinations):
        raise ValueError(f"pairs: {len(origins)} origins and {len(destinations)} destinations")
    graph.require_on_edges(origins, "origins")
    graph.require_on_edges(destinations, "destinations")
    walk_dm = np.full(len(origins), FAR_DM, np.int64)
    if not len(origins):
        return _limited(walk_dm, NO_WALK - 1)
    reached = blank(graph.node_count)
    rows = np.column_stack([origins.edge, origins.offset_dm, origins.access_dm])
    _, group = np.unique(rows, axis=0, return_inverse=True)
    by_group = np.argsort(group, kind="stable")
    for pairs in np.split(by_group, np.flatnonzero(np.diff(group[by_group])) + 1):
        origin = origins.take(pairs[:1])
        walk_dm[pairs] = _grouped(graph, reached, origin, destinations.take(pairs))
    return _limited(walk_dm, NO_WALK - 1)


def _grouped(graph: StreetGraph, reached: Reached, origin: Spots, destinations: Spots) -> WalkArray:
    """Walks from one origin to its destinations; leaves `reached` as it was."""
    own, compound = _compound_of(graph, origin)[0], _compound_of(graph, destinations)
    if own == CLOSED:
        return np.full(len(destinations), FAR_DM, np.int64)
    others = np.unique(compound[(compound > 0) & (compound != own)]).tolist()
    near = destinations.take((compound == 0) | (compound == own))
    wanted = [_ends(graph, near.edge), *(_gates(graph, other) for other in others)]
    changes = explore(graph, reached, *ends_of(graph, origin), own, NO_WALK - 1, np.concatenate(wanted))
    walk_dm = _walks_to(graph, reached, origin, destinations)
    for other in others:
        here = np.flatnonzero(compound == other)
        there = destinations.take(here)
        inner = _enter(graph, reached, other, NO_WALK - 1, _ends(graph, there.edge))
        walk_dm[here] = _walks_to(graph, reached, origin, there)
        undo(reached, inner)
    undo(reached, changes)
    return walk_dm


def _enter(
    graph: StreetGraph, reached: Reached, compound: int, cutoff_dm: int, wanted: Int32Array
) -> Changes:
    gates = _gates(graph, compound)
    return explore(graph, reached, gates, reached.walk_dm[gates], compound, cutoff_dm, wanted)


def _walks_to(graph: StreetGraph, reached: Reached, origin: Spots, facilities: Spots) -> WalkArray:
    """(f,) walks by either end of the facility's edge, or along the origin's own edge."""
    walk_dm = np.full(len(facilities), FAR_DM, np.int64)
    placed = np.flatnonzero(_compound_of(graph, facilities) != CLOSED)
    edge, leg_dm = facilities.edge[placed], facilities.access_dm[placed].astype(np.int64)
    length_dm = graph.edge_length_dm[edge].astype(np.int64)
    along_dm = np.clip(facilities.offset_dm[placed].astype(np.int64), 0, length_dm)
    by_source = reached.walk_dm[graph.edge_source[edge]] + along_dm
    by_target = reached.walk_dm[graph.edge_target[edge]] + length_dm - along_dm
    best_dm = np.minimum(by_source, by_target)
    if _compound_of(graph, origin)[0] != CLOSED:
        start_edge, start_along_dm, start_leg_dm = _placed(graph, origin)
        direct_dm = np.where(edge == start_edge, np.abs(along_dm - start_along_dm) + start_leg_dm, FAR_DM)
        best_dm = np.minimum(best_dm, direct_dm)
    walk_dm[placed] = best_dm + leg_dm
    return walk_dm


def _compound_of(graph: StreetGraph, spots: Spots) -> Int32Array:
    """(s,) the compound of each spot's edge; CLOSED when it has no edge or a closed one."""
    compound = np.full(len(spots), CLOSED, np.int32)
    is_snapped = spots.edge >= 0
    compound[is_snapped] = graph.edge_compound[spots.edge[is_snapped]]
    return compound


def _placed(graph: StreetGraph, spot: Spots) -> tuple[int, int, int]:
    """Edge, offset within the edge, and access leg of one spot."""
    edge = int(spot.edge[0])
    return edge, min(max(int(spot.offset_dm[0]), 0), int(graph.edge_length_dm[edge])), int(spot.access_dm[0])


def _ends(graph: StreetGraph, edge: Int32Array) -> Int32Array:
    return np.concatenate([graph.edge_source[edge], graph.edge_target[edge]])


def _gates(graph: StreetGraph, compound: int) -> Int32Array:
    """Nodes where the inside of a compound meets anything else."""
    inner = np.flatnonzero(graph.edge_compound == compound).astype(np.int32)
    nodes = np.unique(_ends(graph, inner))
    links = graph.links
    is_gate = [
        bool(np.any(graph.edge_compound[links.edge[links.start[node] : links.start[node + 1]]] != compound))
        for node in nodes.tolist()
    ]
    gates: Int32Array = nodes[np.array(is_gate, bool)]
    return gates


def _walk_at(walks: Walks, inside: dict[int, tuple[int, int]], node: int) -> int:
    return inside[node][0] if node in inside else int(walks.streets.walk_dm[node])


def _limited(walk_dm: WalkArray, limit_dm: int) -> Int32Array:
    kept_dm: Int32Array = np.where(walk_dm <= limit_dm, walk_dm, NO_WALK).astype(np.int32)
    return kept_dm
