"""A drafted network into its tables."""

import numpy as np
import shapely

from grids.bulk_load import copy_columns
from grids.models import StreetEdge, StreetNetwork, StreetNode
from grids.streets.network import NetworkDraft


def save_network(network: StreetNetwork, draft: NetworkDraft) -> None:
    """Write nodes and edges of one generation and its totals."""
    _save_nodes(network, draft)
    _save_edges(network, draft)
    network.node_count = len(draft.node_source_id)
    network.edge_count = len(draft.edge_source_id)
    network.length_m = draft.length_m
    network.island_count = draft.island_count
    network.save(update_fields=["node_count", "edge_count", "length_m", "island_count"])


def _save_nodes(network: StreetNetwork, draft: NetworkDraft) -> None:
    count = len(draft.node_source_id)
    copy_columns(
        StreetNode,
        {
            "network_id": [network.pk] * count,
            "number": np.arange(count),
            "source_id": draft.node_source_id,
            "point": shapely.points(draft.node_lonlat),
            "component": draft.node_component,
        },
    )


def _save_edges(network: StreetNetwork, draft: NetworkDraft) -> None:
    count = len(draft.edge_source_id)
    owner = np.repeat(np.arange(count), np.diff(draft.start))
    copy_columns(
        StreetEdge,
        {
            "network_id": [network.pk] * count,
            "number": np.arange(count),
            "source_id": draft.edge_source_id,
            "source_node": draft.edge_source,
            "target_node": draft.edge_target,
            "length_dm": draft.edge_length_dm,
            "kind": draft.edge_kind,
            "is_steps": draft.edge_is_steps,
            "name": draft.edge_name,
            "compound": draft.edge_compound,
            "geom": shapely.linestrings(draft.lonlat, indices=owner) if count else [],
        },
    )
