"""What single walks of a run need at hand: its graphs, access points and the reasons behind a figure.

One `Ground` per run is kept in memory; its graphs are made when first asked for.
"""

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from gis_core.crs import to_metres
from grids.coverage.graphs import prepared_graph, street_graph
from grids.coverage.results import run_arrays
from grids.coverage.walking import entrances_per_category, town_arrays
from grids.kernels.eliminate import PreparedGraph
from grids.kernels.graph import Spots, StreetGraph, build_graph, components
from grids.models import CoverageRun

KEPT_RUNS = 4


class Ground:
    """The streets and facilities of one run."""

    def __init__(self, run: CoverageRun) -> None:
        self.run = run
        self.town = town_arrays(run)
        self.arrays = run_arrays(run)
        self.access_xy_m = to_metres(self.town.inventory.access_lonlat, self.town.zone)
        self.point, self.category = entrances_per_category(
            self.town.inventory, self.arrays.facility_number, self.arrays.facility_counts
        )

    @cached_property
    def prepared(self) -> PreparedGraph:
        return prepared_graph(self.run.network, self.town.zone, self.run.cutoff_m * 10)

    @property
    def graph(self) -> StreetGraph:
        return self.prepared.graph

    @cached_property
    def step_free_graph(self) -> StreetGraph:
        if not self.town.network.edge_is_steps.any():
            return self.graph
        return street_graph(self.town.network, self.town.zone, step_free=True)

    @cached_property
    def open_graph(self) -> StreetGraph:
        """As if every closed estate were open: tells what its walls cost."""
        network = self.town.network
        if not network.edge_compound.any():
            return self.graph
        return build_graph(
            to_metres(network.node_lonlat, self.town.zone),
            network.edge_source,
            network.edge_target,
            network.edge_length_dm,
        )

    @cached_property
    def component_of_edge(self) -> NDArray[np.int32]:
        return components(self.graph)[self.town.network.edge_source]

    @cached_property
    def categories_of_component(self) -> dict[int, set[int]]:
        """The categories that have an access point on each island of the network."""
        edge = self.arrays.facility_edge[self.point]
        found: dict[int, set[int]] = {}
        on_street = edge >= 0
        pairs = np.unique(
            np.column_stack([self.component_of_edge[edge[on_street]], self.category[on_street]]), axis=0
        )
        for component, category in pairs.tolist():
            found.setdefault(component, set()).add(category)
        return found

    def graph_for(self, *, step_free: bool) -> StreetGraph:
        return self.step_free_graph if step_free else self.graph

    def starts(self) -> Spots:
        """Where every building's walks begin."""
        return _plain(self.arrays.building_spots())

    def start(self, number: int, *, step_free: bool = False) -> Spots:
        return _plain(self.arrays.building_spots(step_free=step_free).take(np.array([number])))

    def ends(self, points: NDArray[np.intp], *, step_free: bool = False) -> Spots:
        return _plain(self.arrays.facility_spots(step_free=step_free).take(points))

    def nearby(self, number: int) -> NDArray[np.intp]:
        """Access points that a building may use and that lie within the cutoff as the crow flies."""
        arrays, network = self.arrays, self.town.network
        edge = int(arrays.edge[number])
        compound = int(network.edge_compound[edge]) if edge >= 0 else 0
        here = to_metres(np.array(arrays.door_lonlat[number : number + 1]), self.town.zone)[0]
        gap = self.access_xy_m - here
        # Metres on the map and along streets differ by the zone's scale, hence the margin.
        is_near = np.einsum("ij,ij->i", gap, gap) <= (self.run.cutoff_m * 1.01) ** 2
        may_use = arrays.facility_counts & (
            arrays.facility_is_public | (arrays.facility_compound == compound) & (compound > 0)
        )
        return np.flatnonzero(is_near & may_use)


def ground_of(run: CoverageRun) -> Ground:
    """The ground of a run, kept for the last few runs asked about."""
    held = _grounds(str(run.pk))
    if not held:
        held.append(Ground(run))
    return held[0]


@lru_cache(maxsize=KEPT_RUNS)
def _grounds(_run_id: str) -> list[Ground]:
    return []


def _plain(spots: Spots) -> Spots:
    """Out of the memory map: kernels are compiled for ordinary arrays."""
    return Spots(np.array(spots.edge), np.array(spots.offset_dm), np.array(spots.access_dm))
