"""The walking network as arrays: nodes in Hilbert order, streets both ways, and spots on edges.

Every other kernel reads a `StreetGraph`. Its nodes are renumbered along a Hilbert curve, so that
neighbours in the town are neighbours in memory; callers never see that numbering.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.jit import compiled

IntArray = NDArray[np.integer]
Int32Array = NDArray[np.int32]
Uint16Array = NDArray[np.uint16]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]

UNREACHED = 65535
"""In tables of walks: nothing within the cutoff."""

CLOSED = -1
"""In `edge_compound`: this edge may not be walked at all."""

HILBERT_BITS = 16


@dataclass(frozen=True, eq=False)
class Spots:
    """Places on edges: buildings, entrances or facilities.

    A spot lies `offset_dm` along its edge, counted from the edge's source end (values outside
    0..length are pulled in), and is left or entered by a straight leg of `access_dm`. Edge -1
    means "not snapped": such a spot is never reached.
    """

    edge: Int32Array
    offset_dm: Int32Array
    access_dm: Int32Array

    @classmethod
    def of(cls, edge: ArrayLike, offset_dm: ArrayLike, access_dm: ArrayLike | None = None) -> "Spots":
        """Spots from any whole-number sequences; without `access_dm` they lie on the street itself."""
        edges = _whole_numbers(edge, "edge")
        offsets = _whole_numbers(offset_dm, "offset_dm")
        legs = np.zeros(len(edges), np.int32) if access_dm is None else _whole_numbers(access_dm, "access_dm")
        if not len(edges) == len(offsets) == len(legs):
            raise ValueError(f"spots: {len(edges)} edges, {len(offsets)} offsets, {len(legs)} access legs")
        if len(legs) and legs.min() < 0:
            raise ValueError(f"spots: access leg of {legs.min()} dm; a leg cannot be negative")
        return cls(edges, offsets, legs)

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, chosen: NDArray[np.bool_] | IntArray) -> "Spots":
        """The chosen spots, by mask or by position."""
        return Spots(self.edge[chosen], self.offset_dm[chosen], self.access_dm[chosen])


@dataclass(frozen=True, eq=False)
class Links:
    """Rows by node: links `start[node]` to `start[node + 1] - 1` lead to `node` along `edge`."""

    start: Int32Array
    node: Int32Array
    edge: Int32Array


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """An undirected walking network with whole decimetres, streets as compressed sparse rows.

    `indptr`, `indices`, `length_dm` hold the public streets in Hilbert numbering, both ways, the
    shortest of parallel edges only, no self-loops. The interior of closed compounds stays out of
    them, so no search over the rows can pass through a compound. The `edge_*` arrays keep every
    edge in the caller's order, since buildings and facilities sit on edges.

    Attributes:
        node_count: n; isolated nodes count.
        indptr: (n + 1,) row starts.
        indices: (2m,) neighbours.
        length_dm: (2m,) decimetres, >= 0.
        order: (n,) the caller's node number -> Hilbert number.
        edge_source, edge_target: (e,) ends, in Hilbert numbering.
        edge_length_dm: (e,) decimetres.
        edge_compound: (e,) 0 public, c > 0 inside closed compound c, CLOSED not walkable.
    """

    node_count: int
    indptr: Int32Array
    indices: Int32Array
    length_dm: Int32Array
    order: Int32Array
    edge_source: Int32Array
    edge_target: Int32Array
    edge_length_dm: Int32Array
    edge_compound: Int32Array

    @property
    def edge_count(self) -> int:
        return len(self.edge_source)

    @cached_property
    def links(self) -> "Links":
        """Every walkable edge at both of its ends, compounds included; made once, for tracing walks."""
        return Links(*_links(self.node_count, self.edge_source, self.edge_target, self.edge_compound))

    def has_compounds(self) -> bool:
        return bool(np.any(self.edge_compound > 0))

    def require_on_edges(self, spots: Spots, what: str) -> None:
        """Raise ValueError when a spot names an edge that does not exist."""
        if len(spots) and (spots.edge.min() < -1 or spots.edge.max() >= self.edge_count):
            raise ValueError(
                f"{what}: edges {spots.edge.min()}..{spots.edge.max()}, expected -1..{self.edge_count - 1}"
            )


def build_graph(
    xy_m: ArrayLike,
    edge_source: ArrayLike,
    edge_target: ArrayLike,
    edge_length_dm: ArrayLike,
    *,
    edge_compound: ArrayLike | None = None,
    edge_open: ArrayLike | None = None,
) -> StreetGraph:
    """The walking network from plain columns.

    Args:
        xy_m: (n, 2) metric coordinates; used for the memory order only.
        edge_source, edge_target: (e,) node numbers 0..n-1; parallel edges and self-loops allowed.
        edge_length_dm: (e,) whole decimetres, >= 0.
        edge_compound: (e,) 0 public, c > 0 inside closed compound c; default all public.
        edge_open: (e,) False leaves the edge out (stairs in a step-free run). The edge keeps its
            number, but spots on it are never reached: a step-free caller snaps them again.

    Raises:
        ValueError: arrays of different length, a node number outside 0..n-1, a negative length.
    """
    xy = np.ascontiguousarray(np.asarray(xy_m, np.float64).reshape(-1, 2))
    source = _whole_numbers(edge_source, "edge_source")
    target = _whole_numbers(edge_target, "edge_target")
    length_dm = _whole_numbers(edge_length_dm, "edge_length_dm")
    compound = np.zeros(len(source), np.int32)
    if edge_compound is not None:
        compound = _whole_numbers(edge_compound, "edge_compound").copy()
    if not len(source) == len(target) == len(length_dm) == len(compound):
        raise ValueError("edges: source, target, length and compound must have one value per edge")
    _require_valid_edges(len(xy), source, target, length_dm, compound)
    if edge_open is not None:
        is_open = np.asarray(edge_open, bool)
        if is_open.shape != source.shape:
            raise ValueError(f"edge_open: {is_open.shape[0]} values for {len(source)} edges")
        compound[~is_open] = CLOSED

    order = hilbert_order(xy)
    source, target = order[source], order[target]
    is_street = (compound == 0) & (source != target)
    indptr, indices, lengths = _rows(len(xy), source, target, length_dm, is_street)
    return StreetGraph(len(xy), indptr, indices, lengths, order, source, target, length_dm, compound)


def hilbert_order(xy_m: FloatArray) -> Int32Array:
    """(n,) position of each point along a Hilbert curve over their bounding square.

    Source: Hilbert (1891), as the bit loop of Warren, Hacker's Delight (2nd ed.), 16-1.
    """
    if not len(xy_m):
        return np.zeros(0, np.int32)
    low = xy_m.min(axis=0)
    extent_m = float(max((xy_m.max(axis=0) - low).max(), 1e-9))
    cells = ((xy_m - low) * ((2**HILBERT_BITS - 1) / extent_m)).astype(np.int64)
    # The point's number in the low bits makes keys unique, so that the order is the same everywhere.
    key = (_hilbert_key(cells) << 31) | np.arange(len(xy_m))
    key.sort()
    order = np.empty(len(xy_m), np.int32)
    order[key & (2**31 - 1)] = np.arange(len(xy_m), dtype=np.int32)
    return order


def components(graph: StreetGraph) -> Int32Array:
    """(n,) component of each of the caller's nodes; 0 is the largest, ties by lowest node number.

    Compound interiors count as connected to the street at their gates; closed edges do not connect.
    """
    walkable = graph.edge_compound != CLOSED
    root = _union(graph.node_count, graph.edge_source[walkable], graph.edge_target[walkable])[graph.order]
    _, first, label, size = np.unique(root, return_index=True, return_inverse=True, return_counts=True)
    position = np.empty(len(size), np.int32)
    position[np.lexsort((first, -size))] = np.arange(len(size), dtype=np.int32)
    return position[label]


def _whole_numbers(values: ArrayLike, name: str) -> Int32Array:
    array = np.asarray(values)
    if array.size == 0:
        return np.zeros(0, np.int32)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected one row of whole numbers, got {array.dtype} of shape {array.shape}"
        )
    if array.dtype.itemsize > 4 or array.dtype.kind == "u":
        limit = np.iinfo(np.int32)
        if array.min() < limit.min or array.max() > limit.max:
            raise ValueError(f"{name}: values {array.min()}..{array.max()} do not fit 32 bits")
    return np.ascontiguousarray(array, np.int32)


def _require_valid_edges(
    node_count: int, source: Int32Array, target: Int32Array, length_dm: Int32Array, compound: Int32Array
) -> None:
    if not len(source):
        return
    low, high = min(source.min(), target.min()), max(source.max(), target.max())
    if low < 0 or high >= node_count:
        raise ValueError(f"edges: node numbers {low}..{high}, expected 0..{node_count - 1}")
    if length_dm.min() < 0:
        raise ValueError(f"edges: length of {length_dm.min()} dm; a length cannot be negative")
    if compound.min() < 0:
        raise ValueError(f"edges: compound {compound.min()}; 0 is public, compounds count from 1")


@compiled
def within_edge(offset_dm: int, length_dm: int) -> int:
    """An offset pulled into 0..length."""
    if offset_dm < 0:
        return 0
    return length_dm if offset_dm > length_dm else offset_dm


@compiled
def _hilbert_key(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    keys = np.empty(len(cells), np.int64)
    for i in range(len(cells)):
        x, y = cells[i, 0], cells[i, 1]
        key = 0
        step = 1 << (HILBERT_BITS - 1)
        while step > 0:
            right, upper = (x & step) > 0, (y & step) > 0
            key += step * step * ((3 * right) ^ upper)
            if not upper:
                if right:
                    x, y = step - 1 - (x & (step - 1)), step - 1 - (y & (step - 1))
                x, y = y, x
            step >>= 1
        keys[i] = key
    return keys


@compiled
def _rows(
    node_count: int, source: Int32Array, target: Int32Array, length_dm: Int32Array, is_street: BoolArray
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Compressed rows of the chosen edges, both ways, with the minimum over parallel edges."""
    fill = np.zeros(node_count + 1, np.int32)
    for edge in range(len(source)):
        if is_street[edge]:
            fill[source[edge] + 1] += 1
            fill[target[edge] + 1] += 1
    for node in range(node_count):
        fill[node + 1] += fill[node]
    neighbour = np.empty(fill[node_count], np.int32)
    reach_dm = np.empty(fill[node_count], np.int32)
    next_free = fill[:-1].copy()
    for edge in range(len(source)):
        if is_street[edge]:
            a, b = source[edge], target[edge]
            neighbour[next_free[a]], reach_dm[next_free[a]] = b, length_dm[edge]
            next_free[a] += 1
            neighbour[next_free[b]], reach_dm[next_free[b]] = a, length_dm[edge]
            next_free[b] += 1

    # Squeeze parallel edges out in place; `seen_at` tells where this row already has that neighbour.
    indptr = np.zeros(node_count + 1, np.int32)
    seen_at = np.full(node_count, -1, np.int32)
    kept = 0
    for node in range(node_count):
        row_start = kept
        for i in range(fill[node], fill[node + 1]):
            other = neighbour[i]
            at = seen_at[other]
            if at >= row_start:
                reach_dm[at] = min(reach_dm[at], reach_dm[i])
            else:
                seen_at[other] = kept
                neighbour[kept], reach_dm[kept] = other, reach_dm[i]
                kept += 1
        indptr[node + 1] = kept
    return indptr, neighbour[:kept].copy(), reach_dm[:kept].copy()


@compiled
def _links(
    node_count: int, source: Int32Array, target: Int32Array, compound: Int32Array
) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Rows of all walkable edges with their numbers: parallel edges all, self-loops once per end."""
    start = np.zeros(node_count + 1, np.int32)
    for edge in range(len(source)):
        if compound[edge] >= 0:
            start[source[edge] + 1] += 1
            start[target[edge] + 1] += 1
    for node in range(node_count):
        start[node + 1] += start[node]
    node_out, edge_out = np.empty(start[node_count], np.int32), np.empty(start[node_count], np.int32)
    next_free = start[:-1].copy()
    for edge in range(len(source)):
        if compound[edge] >= 0:
            for a, b in ((source[edge], target[edge]), (target[edge], source[edge])):
                node_out[next_free[a]], edge_out[next_free[a]] = b, edge
                next_free[a] += 1
    return start, node_out, edge_out


@compiled
def _union(node_count: int, source: Int32Array, target: Int32Array) -> Int32Array:
    """Root of each node under union by lower number with path halving."""
    root = np.arange(node_count).astype(np.int32)
    for edge in range(len(source)):
        a, b = source[edge], target[edge]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for node in range(node_count):
        while root[root[node]] != root[node]:
            root[node] = root[root[node]]
    return root
