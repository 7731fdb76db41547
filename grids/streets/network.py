"""OSM ways → a walking network: junctions, and the stretches of street between them.

A stretch (edge) is a piece of one way between two junctions. A node is a junction when a way ends
there, when ways meet or cross themselves there, at barriers, entrances and lifts, and where a way
crosses the outline of an estate that has private paths. Parallel stretches and loops are kept;
stretches without any length are contracted. Lengths are geodesic, in decimetres; each way's rounding is
carried along it, so that the sum from its start to any junction is never off by more than 0.05 m.

What cannot be reached from the largest component is kept as an island and reported, except
platforms that touch no other way: nobody walks to those.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from gis_core.crs import FloatArray
from gis_core.readers.osm import OsmExtract
from grids.housing.estates import EstateDraft
from grids.kernels.graph import hilbert_order
from grids.streets.street_vertices import Vertices, walked_vertices
from grids.streets.stretches import Stretches, contract_points, cut_at_junctions, with_square_crossings
from grids.streets.walkability import THROUGH_STREETS, Permission, is_steps, node_permission, way_kind

IntArray = NDArray[np.int64]
SQUARE_KIND = "area_crossing"  # a straight walk over a pedestrian square
STRAY_KINDS = frozenset({"platform"})


@dataclass
class NetworkDraft:
    """A network before it is saved; node and edge numbers are the final ones.

    Vertices of edge i are `lonlat[start[i]:start[i + 1]]`.
    """

    node_source_id: IntArray
    node_lonlat: FloatArray
    node_component: IntArray
    edge_source_id: IntArray
    edge_source: IntArray
    edge_target: IntArray
    edge_length_dm: IntArray
    edge_kind: Sequence[str]
    edge_is_steps: NDArray[np.bool_]
    edge_name: Sequence[str]
    edge_compound: IntArray
    lonlat: FloatArray
    start: IntArray
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def length_m(self) -> float:
        return float(self.edge_length_dm.sum()) / 10

    def length_km_by_kind(self) -> dict[str, float]:
        """Kilometres of each kind of way, longest first."""
        total_dm: Counter[str] = Counter()
        for kind, length_dm in zip(self.edge_kind, self.edge_length_dm.tolist(), strict=True):
            total_dm[kind] += length_dm
        return {kind: round(dm / 10_000, 3) for kind, dm in total_dm.most_common()}

    @property
    def island_count(self) -> int:
        return int(self.node_component.max()) if len(self.node_component) else 0


def draft_network(
    extract: OsmExtract, *, estates: Sequence[EstateDraft] = (), within: BaseGeometry | None = None
) -> NetworkDraft:
    """The walking network of an extract, of its ways that touch `within` when that is given."""
    counts: Counter[str] = Counter()
    vertices = walked_vertices(extract, estates=estates, within=within, counts=counts)
    is_junction = _junctions(vertices, extract)
    node_key = _split_at_closed_barriers(vertices, extract, is_junction, estates, counts)
    edges = cut_at_junctions(vertices, is_junction, node_key)
    edges = with_square_crossings(edges, vertices, is_junction, node_key, counts)
    edges = contract_points(edges, counts)
    return _finish(edges, vertices, node_key, extract, estates, counts)


def _junctions(vertices: Vertices, extract: OsmExtract) -> NDArray[np.bool_]:
    """Vertices where edges begin and end."""
    _ids, inverse, uses = np.unique(vertices.ref, return_inverse=True, return_counts=True)
    is_junction = uses[inverse] > 1
    is_junction |= vertices.is_end | (vertices.ref < 0)
    marked = np.fromiter(
        (
            node_id
            for node_id, tags in extract.node_tags.items()
            if "barrier" in tags or "entrance" in tags or tags.get("highway") == "elevator"
        ),
        dtype=np.int64,
    )
    return np.asarray(is_junction | np.isin(vertices.ref, marked))


def _split_at_closed_barriers(
    vertices: Vertices,
    extract: OsmExtract,
    is_junction: NDArray[np.bool_],
    estates: Sequence[EstateDraft],
    counts: Counter[str],
) -> tuple[IntArray, IntArray]:
    """(v,) node key of each vertex as the start, and as the end, of an edge.

    At a barrier that stops everybody the two differ, and each way has its own: streets touch there and
    do not join. A private gate stops strangers only. At an estate, what lies behind it carries the
    estate's number, so nothing is cut; elsewhere it closes the way.
    """
    _ids, key = np.unique(vertices.ref, return_inverse=True)
    permission = {
        node_id: node_permission(tags) for node_id, tags in extract.node_tags.items() if "barrier" in tags
    }
    closed = [node_id for node_id, value in permission.items() if value is Permission.NONE]
    private = {node_id for node_id, value in permission.items() if value is Permission.PRIVATE}
    of_estates = {gate.node_id for estate in estates if estate.is_closed for gate in estate.gates}
    of_estates |= set(vertices.ref[(vertices.compound > 0) & is_junction].tolist())
    at = np.flatnonzero(np.isin(vertices.ref, [*closed, *(private - of_estates)]) & is_junction)
    counts["barriers_closed"] = len(np.unique(vertices.ref[at]))
    counts["private_gates_of_estates"] = len(private & of_estates & set(vertices.ref.tolist()))
    start_key, end_key = key.astype(np.int64), key.astype(np.int64).copy()
    fresh = int(key.max()) + 1 if len(key) else 0
    start_key[at] = fresh + 2 * np.arange(len(at))
    end_key[at] = fresh + 2 * np.arange(len(at)) + 1
    return start_key, end_key


def _finish(
    edges: Stretches,
    vertices: Vertices,
    node_key: tuple[IntArray, IntArray],
    extract: OsmExtract,
    estates: Sequence[EstateDraft],
    counts: Counter[str],
) -> NetworkDraft:
    """Drop stray platforms, number nodes and edges along the Hilbert curve, components by size."""
    kinds = np.array([way_kind(tags) for tags in vertices.way_tags], dtype=object)
    edges = _without_strays(edges, kinds, counts)
    ends = np.concatenate([edges.source, edges.target])
    keys, first_use, numbered = np.unique(ends, return_index=True, return_inverse=True)
    e = len(edges)
    # Where a node lies: at the first vertex of an edge that starts there, or the last of one that ends there.
    vertex_of_end = np.concatenate([edges.start[:-1], edges.start[1:] - 1])
    lonlat = edges.lonlat[vertex_of_end[first_use]]
    component = _components_by_size(len(keys), numbered[:e], numbered[e:])
    order = hilbert_order(lonlat) if len(keys) else np.empty(0, dtype=np.int64)
    source, target = order[numbered[:e]].astype(np.int64), order[numbered[e:]].astype(np.int64)
    place = np.argsort(order)
    sequence = np.lexsort((np.arange(e), np.maximum(source, target), np.minimum(source, target)))
    edges = edges.take(sequence)
    way = edges.way
    steps = np.array([is_steps(tags) for tags in vertices.way_tags], dtype=np.bool_)
    names = np.array([tags.get("name", "")[:100] for tags in vertices.way_tags], dtype=object)
    counts["area_crossing_dm"] = int(edges.length_dm[edges.is_crossing].sum())
    return NetworkDraft(
        node_source_id=_source_ids(keys, vertices, node_key)[place],
        node_lonlat=lonlat[place],
        node_component=component[place],
        edge_source_id=vertices.way_id[way],
        edge_source=source[sequence],
        edge_target=target[sequence],
        edge_length_dm=edges.length_dm,
        edge_kind=np.where(edges.is_crossing, SQUARE_KIND, kinds[way]).tolist(),
        edge_is_steps=steps[way],
        edge_name=names[way].tolist(),
        edge_compound=_compounds(edges, vertices, kinds, estates),
        lonlat=edges.lonlat,
        start=edges.start,
        counts=counts,
    )


def _without_strays(edges: Stretches, kinds: NDArray[np.object_], counts: Counter[str]) -> Stretches:
    """Leave out components made of platforms alone."""
    if not len(edges):
        return edges
    label = _labels(int(max(edges.source.max(), edges.target.max())) + 1, edges.source, edges.target)
    is_stray_kind = np.isin(kinds[edges.way].astype(str), list(STRAY_KINDS))
    joined = np.unique(label[edges.source[~is_stray_kind]])
    kept = np.isin(label[edges.source], joined)
    counts["stray_platforms"] = len(np.unique(edges.way[~kept]))
    return edges.take(kept)


def _source_ids(keys: IntArray, vertices: Vertices, node_key: tuple[IntArray, IntArray]) -> IntArray:
    """The OSM node of each node key; keys that contraction joined keep the lowest."""
    made = np.concatenate(node_key)
    ref = np.tile(vertices.ref, 2)
    order = np.argsort(made, kind="stable")
    at = np.minimum(np.searchsorted(made[order], keys), len(made) - 1)
    return ref[order][at]


def _labels(size: int, source: IntArray, target: IntArray) -> IntArray:
    links = coo_array((np.ones(len(source), np.int8), (source, target)), shape=(size, size))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _components_by_size(node_count: int, source: IntArray, target: IntArray) -> IntArray:
    """(n,) component of each node; 0 has the most nodes."""
    if not node_count:
        return np.empty(0, dtype=np.int64)
    label = _labels(node_count, source, target)
    size = np.bincount(label)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(len(size))
    return rank[label]


def _compounds(
    edges: Stretches, vertices: Vertices, kinds: NDArray[np.object_], estates: Sequence[EstateDraft]
) -> IntArray:
    """(e,) number of the estate whose residents alone walk an edge, 0 for everybody's.

    That is every path inside a closed estate (its middle lies inside, half a metre or more from
    the outline) and every private way inside any estate. Through streets stay everybody's.
    """
    compound = vertices.way_compound[edges.way].copy()
    closed = [estate for estate in estates if estate.is_closed]
    if not closed or not len(edges):
        return compound
    lines = shapely.linestrings(edges.lonlat, indices=np.repeat(np.arange(len(edges)), np.diff(edges.start)))
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    open_to_all = np.isin(kinds[edges.way].astype(str), list(THROUGH_STREETS))
    tree = shapely.STRtree([estate.inner for estate in closed])
    edge, which = tree.query(middles, predicate="within")
    numbers = np.array([estate.number for estate in closed], dtype=np.int64)
    free = (compound[edge] == 0) & ~open_to_all[edge]
    compound[edge[free]] = numbers[which[free]]
    return compound
