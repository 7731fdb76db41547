"""The network that a run walked on, with every snap, so that anyone can compute the walks again.

Four tables. A building's walk to a facility is: `access_m` of the building, from `offset_m` along
its edge over the edges to `offset_m` along the facility's edge, `access_m` of the facility; edges
inside a closed estate (`compound`) are walked by the estate's own buildings and by visitors of a
facility that lies in it. Offsets count from the edge's source node.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.errors import UnknownFormat
from gis_core.writers import Column, write_geopackage
from grids.arrays import NetworkArrays
from grids.coverage.exports import inputs_of, source_lines
from grids.coverage.run_files import RunArrays
from grids.coverage.street_snaps import RESOLVED_BY
from grids.coverage.walk_ground import Ground, ground_of
from grids.models import Building, CoverageRun, Facility, StreetEdge

FORMATS = ("csv", "gpkg")


@dataclass(frozen=True)
class Layer:
    """One table with its shapes (made only when they are asked for)."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    shapes: Callable[[], Any]


def write_network(run: CoverageRun, fmt: str, folder: Path) -> dict[str, int]:
    """Write nodes, edges, buildings and facilities; returns the rows of each."""
    if fmt not in FORMATS:
        raise UnknownFormat(
            _("没有“%(met)s”这种导出格式。可选：csv、gpkg。") % {"met": fmt[:20]}, met=fmt[:20]
        )
    folder.mkdir(parents=True, exist_ok=True)
    ground = ground_of(run)
    layers = [_nodes(ground), _edges(ground), _buildings(ground), _facilities(ground)]
    (folder / "inputs.json").write_text(
        json.dumps(inputs_of(run), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    if fmt == "csv":
        return {layer.name: _write_csv(folder / f"{layer.name}.csv", layer) for layer in layers}
    target = folder / f"{run.town.slug}-network.gpkg"
    target.unlink(missing_ok=True)
    attribution = "\n".join(source_lines(run))
    return {
        layer.name: write_geopackage(
            target, layer.name, layer.columns, layer.rows, layer.shapes(), attribution=attribution
        )
        for layer in layers
    }


def _write_csv(path: Path, layer: Layer) -> int:
    """Plain UTF-8 for programs: numbers and ids only, no byte-order mark."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.key for column in layer.columns])
        rows = (["" if value is None else value for value in row] for row in layer.rows)
        return sum(writer.writerow(row) > 0 for row in rows)


# --- The tables -------------------------------------------------------------------------


def _nodes(ground: Ground) -> Layer:
    lonlat = ground.town.network.node_lonlat
    nodes = ground.run.network.nodes.order_by("number").values_list("number", "source_id", "component")
    rows = (
        (number, source_id, lon, lat, component)
        for (number, source_id, component), (lon, lat) in zip(
            nodes.iterator(chunk_size=20_000), lonlat.tolist(), strict=True
        )
    )
    columns = [_whole("number"), _whole("source_id"), *_degrees("lon", "lat"), _whole("component")]
    return Layer("nodes", columns, rows, lambda: shapely.points(lonlat))


def _edges(ground: Ground) -> Layer:
    network = ground.town.network
    kinds = (
        StreetEdge.objects.filter(network=ground.run.network)
        .order_by("number")
        .values_list("kind", flat=True)
    )
    rows = zip(
        range(len(network.edge_source)),
        network.edge_source.tolist(),
        network.edge_target.tolist(),
        (network.edge_length_dm / 10).tolist(),
        network.edge_is_steps.astype(int).tolist(),
        network.edge_compound.tolist(),
        network.edge_source_id.tolist(),
        kinds.iterator(chunk_size=20_000),
        strict=True,
    )
    columns = [
        *(_whole(key) for key in ("number", "source", "target")),
        _metres("length_m"),
        *(_whole(key) for key in ("is_steps", "compound", "way_id")),
        Column("kind", "kind"),
    ]
    return Layer("edges", columns, rows, lambda: _edge_lines(network))


def _buildings(ground: Ground) -> Layer:
    arrays, stock = ground.arrays, ground.town.stock
    ids = (
        Building.objects.filter(stock=ground.run.stock).order_by("number").values_list("source_id", flat=True)
    )
    numbers = range(arrays.building_count)
    snapped = _snap_columns(arrays, "")
    rows = zip(
        numbers,
        ids.iterator(chunk_size=20_000),
        *stock.lonlat.T.tolist(),
        stock.estate.tolist(),
        *snapped,
        strict=True,
    )
    columns = [_whole("number"), Column("source_id", "source_id"), *_degrees("lon", "lat"), _whole("estate")]
    return Layer("buildings", [*columns, *SNAP_COLUMNS], rows, lambda: shapely.points(stock.lonlat))


def _facilities(ground: Ground) -> Layer:
    """One row for each access point of each facility."""
    arrays, lonlat = ground.arrays, ground.town.inventory.access_lonlat
    facilities = Facility.objects.filter(inventory=ground.run.inventory)
    told = {
        number: (source_id, " ".join(codes), *rest)
        for number, source_id, codes, *rest in facilities.values_list(
            "number", "source_id", "categories", "status", "open_to"
        )
    }
    snapped = _snap_columns(arrays, "facility_")
    numbers = arrays.facility_number.tolist()
    rows = (
        (number, *told[number], *rest)
        for number, *rest in zip(
            numbers,
            *lonlat.T.tolist(),
            arrays.facility_compound.tolist(),
            arrays.facility_counts.astype(int).tolist(),
            arrays.facility_is_public.astype(int).tolist(),
            *snapped,
            strict=True,
        )
    )
    columns = [
        _whole("number"),
        *(Column(key, key) for key in ("source_id", "categories", "status", "open_to")),
        *_degrees("lon", "lat"),
        *(_whole(key) for key in ("compound", "counts", "is_public")),
    ]
    return Layer("facilities", [*columns, *SNAP_COLUMNS], rows, lambda: shapely.points(lonlat))


# --- Columns ----------------------------------------------------------------------------


def _whole(key: str) -> Column:
    return Column(key, key, "", "integer")


def _metres(key: str) -> Column:
    return Column(key, key, "m", "number")


def _degrees(*keys: str) -> list[Column]:
    return [Column(key, key, "°", "number") for key in keys]


SNAP_COLUMNS = [
    _whole("edge"),
    _metres("offset_m"),
    _metres("access_m"),
    *_degrees("door_lon", "door_lat", "snap_lon", "snap_lat"),
    _metres("snap_distance_m"),
    Column("resolved_by", "resolved_by"),
]


def _snap_columns(arrays: RunArrays, whose: str) -> list[list[Any]]:
    """Edge -1: no street within the snap limit; the distance to the nearest is told all the same."""

    def column(name: str) -> NDArray[Any]:
        return np.asarray(getattr(arrays, whose + name))

    distance_m = column("snap_distance_m").astype(float).round(1).tolist()
    return [
        column("edge").tolist(),
        (column("offset_dm") / 10).tolist(),
        (column("access_dm") / 10).tolist(),
        *column("door_lonlat").T.tolist(),
        *column("snap_lonlat").T.tolist(),
        [metres if np.isfinite(metres) else None for metres in distance_m],
        [RESOLVED_BY[by] for by in column("resolved_by").tolist()],
    ]


def _edge_lines(network: NetworkArrays) -> Any:
    edge_of_vertex = np.repeat(np.arange(len(network.edge_source)), np.diff(network.shape_start))
    return shapely.linestrings(network.shape_lonlat, indices=edge_of_vertex)
