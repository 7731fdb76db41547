"""The walks again, by another hand: networkx on the exported tables, snap points put in as nodes.

Shares no code with the product: reads the four CSV files that `export_network` writes.
"""

import csv
from functools import lru_cache
from pathlib import Path

import networkx as nx


class ExportedNetwork:
    """Streets split at every snap point; doors hang on them by their access leg."""

    def __init__(self, folder: Path) -> None:
        self.buildings = _rows(folder / "buildings.csv")
        self.facilities = _rows(folder / "facilities.csv")
        self.edges = _rows(folder / "edges.csv")
        self.graph = nx.MultiGraph()
        self.graph.add_nodes_from(("node", row["number"]) for row in _rows(folder / "nodes.csv"))
        doors = [("b", i, row) for i, row in enumerate(self.buildings)]
        doors += [("f", i, row) for i, row in enumerate(self.facilities)]
        on_edge: dict[str, list] = {}
        for kind, i, row in doors:
            on_edge.setdefault(row["edge"], []).append(
                (float(row["offset_m"]), (kind, i), float(row["access_m"]))
            )
        for edge in self.edges:
            self._add_split(edge, sorted(on_edge.get(edge["number"], ())))

    def _add_split(self, edge: dict[str, str], doors: list) -> None:
        """The edge in pieces from its source, one at each snap point, all of the edge's compound."""
        length_m, compound = float(edge["length_m"]), int(edge["compound"])
        last, last_m = ("node", edge["source"]), 0.0
        for place, (offset_m, door, access_m) in enumerate(doors):
            at = ("snap", edge["number"], place)
            self.graph.add_edge(last, at, length=offset_m - last_m, compound=compound)
            self.graph.add_edge(at, door, length=access_m, compound=compound)
            last, last_m = at, offset_m
        self.graph.add_edge(last, ("node", edge["target"]), length=length_m - last_m, compound=compound)

    def compound(self, row: dict[str, str]) -> int:
        return int(self.edges[int(row["edge"])]["compound"]) if row["edge"] != "-1" else 0

    def walk_m(self, building: int, access_point: int) -> float | None:
        """Metres from a building to an access point; closed estates of others are not walked through."""
        start, end = self.buildings[building], self.facilities[access_point]
        if "-1" in (start["edge"], end["edge"]):
            return None
        allowed = frozenset((0, self.compound(start), self.compound(end)))
        return self._walks_m(building, allowed).get(("f", access_point))

    @lru_cache(maxsize=4)  # noqa: B019 — lives as long as one test
    def _walks_m(self, building: int, allowed: frozenset[int]) -> dict:
        def cost(_u, _v, edges):
            return min(
                (edge["length"] for edge in edges.values() if edge["compound"] in allowed), default=None
            )

        return nx.single_source_dijkstra_path_length(self.graph, ("b", building), weight=cost)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
