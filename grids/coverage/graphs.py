"""A network generation as a graph ready for the kernels, prepared once and kept beside its arrays."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from gis_core.crs import MetricZone, to_metres
from grids.arrays import NetworkArrays, load_arrays, network_arrays, save_arrays
from grids.kernels.eliminate import PreparedGraph, from_arrays, prepare, to_arrays
from grids.kernels.graph import StreetGraph, build_graph
from grids.models import GenerationState, StreetNetwork

FORMAT = 1


def street_graph(network: NetworkArrays, zone: MetricZone, *, step_free: bool = False) -> StreetGraph:
    return build_graph(
        to_metres(network.node_lonlat, zone),
        network.edge_source,
        network.edge_target,
        network.edge_length_dm,
        edge_compound=network.edge_compound,
        edge_open=~network.edge_is_steps if step_free else None,
    )


def prepared_graph(
    network: StreetNetwork, zone: MetricZone, cutoff_dm: int, *, step_free: bool = False
) -> PreparedGraph:
    """The prepared graph of a network: from memory, else from its file, else made and kept."""
    if network.state not in (GenerationState.ACTIVE, GenerationState.RETIRED):
        return prepare(street_graph(network_arrays(network), zone, step_free=step_free), cutoff_dm)
    way = "stepfree" if step_free else "walk"
    path = (
        Path(settings.ARRAYS_DIR) / "generations" / f"graph-{network.uid.hex}-{way}-{cutoff_dm}-v{FORMAT}.npz"
    )
    if not path.exists():
        made = prepare(street_graph(network_arrays(network), zone, step_free=step_free), cutoff_dm)
        save_arrays(path, to_arrays(made))
        return made
    return _loaded(path)


@lru_cache(maxsize=4)
def _loaded(path: Path) -> PreparedGraph:
    return from_arrays(load_arrays(path))
