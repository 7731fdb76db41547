"""The synthetic metropolis as a town in PostGIS, so that the bench starts where a real run starts."""

from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.crs import metric_zone, to_lonlat
from grids.bulk_load import copy_columns
from grids.catalogue import walk_categories
from grids.generations import begin
from grids.models import (
    Building,
    Facility,
    FacilityAccess,
    FacilityInventory,
    GenerationState,
    Grid,
    GridMembership,
    GridPlan,
    Stock,
    StreetEdge,
    StreetNetwork,
    StreetNode,
    Town,
)
from tests.bench.metropolis import CATEGORY_COUNT, PITCH_M, Metropolis, build_metropolis

ZONE = metric_zone(lon=114.0, lat=30.5)
SOUTH_WEST_M = np.array([448_000.0, 3_330_000.0])
COMMUNITY_M, GRID_M = 2000.0, 1000.0
ROOT = "9901"
Float = NDArray[np.float64]


def metropolis_town(side: int) -> Town:
    """The town of a size: found when an earlier bench has loaded it, else drawn and loaded (minutes)."""
    slug = f"metropolis-{side}"
    found = Town.objects.filter(slug=slug, stocks__state=GenerationState.ACTIVE).first()
    if found is not None:
        return found
    Town.objects.filter(slug=slug).delete()
    drawn = build_metropolis(side)
    root = f"{ROOT}{side % 90 + 10:02d}"
    town = Town.objects.create(
        slug=slug, name_zh=slug, name_en=slug, root_code=root, codes_are_synthetic=True
    )
    generations: list[Any] = [_load_network(town, drawn), _load_inventory(town, drawn)]
    generations += _load_stock_and_grids(town, drawn, side)
    for generation in generations:
        generation.state = GenerationState.ACTIVE
        generation.save()
    return town


def _load_network(town: Town, drawn: Metropolis) -> StreetNetwork:
    network = begin(StreetNetwork, town, source_name="drawn for the bench", is_synthetic=True)
    nodes, edges = len(drawn.xy_m), len(drawn.edge_source)
    lonlat = _degrees(drawn.xy_m)
    copy_columns(
        StreetNode,
        {
            "network_id": np.full(nodes, network.pk),
            "number": np.arange(nodes),
            "source_id": np.arange(nodes),
            "point": shapely.points(lonlat),
            "component": np.zeros(nodes, int),
        },
    )
    lines = shapely.linestrings(np.stack([lonlat[drawn.edge_source], lonlat[drawn.edge_target]], axis=1))
    copy_columns(
        StreetEdge,
        {
            "network_id": np.full(edges, network.pk),
            "number": np.arange(edges),
            "source_id": np.arange(edges),
            "source_node": drawn.edge_source,
            "target_node": drawn.edge_target,
            "length_dm": drawn.edge_length_dm,
            "kind": ["residential"] * edges,
            "is_steps": np.zeros(edges, bool),
            "name": [""] * edges,
            "compound": np.zeros(edges, int),
            "geom": lines,
        },
    )
    network.node_count, network.edge_count = nodes, edges
    return network


def _load_inventory(town: Town, drawn: Metropolis) -> FacilityInventory:
    inventory = begin(FacilityInventory, town, source_name="drawn for the bench", is_synthetic=True)
    codes = [category.code for category in walk_categories()[:CATEGORY_COUNT]]
    points = shapely.points(_degrees(_beside_street(drawn, drawn.facilities, 0.0)))
    count = len(points)
    copy_columns(
        Facility,
        {
            "inventory_id": np.full(count, inventory.pk),
            "number": np.arange(count),
            "source_id": [f"node/{i}" for i in range(count)],
            "source": ["drawn"] * count,
            "name_zh": [""] * count,
            "name_en": [""] * count,
            "categories": [[codes[category]] for category in drawn.facility_category.tolist()],
            "matched_by": [{}] * count,
            "point": points,
            "address": [""] * count,
            "hours": [""] * count,
            "open_to": ["public"] * count,
            "status": ["open"] * count,
            "raw_system": [""] * count,
            "tags": [{}] * count,
        },
    )
    ids = dict(Facility.objects.filter(inventory=inventory).values_list("number", "pk"))
    copy_columns(
        FacilityAccess,
        {"facility_id": [ids[i] for i in range(count)], "point": points, "resolved_by": ["point"] * count},
    )
    inventory.facility_count = count
    return inventory


def _load_stock_and_grids(town: Town, drawn: Metropolis, side: int) -> list[Any]:
    stock = begin(Stock, town, source_name="drawn for the bench", is_synthetic=True)
    half_m = np.random.default_rng(7).uniform(4.0, 10.0, len(drawn.buildings))
    centre = _beside_street(drawn, drawn.buildings, half_m)
    count = len(centre)
    columns = int(np.ceil(side * PITCH_M / COMMUNITY_M)) + 1
    community = _cell(centre, COMMUNITY_M, columns)
    codes = np.array([f"{town.root_code}{i:06d}" for i in range(columns * columns)])[community]
    lonlat = _degrees(centre)
    copy_columns(
        Building,
        {
            "stock_id": np.full(count, stock.pk),
            "number": np.arange(count),
            "code": [
                f"{code}{i:05d}" for code, i in zip(codes.tolist(), _within(community).tolist(), strict=True)
            ],
            "community_code": codes.tolist(),
            "source_id": [f"way/{i}" for i in range(count)],
            "name": [""] * count,
            "address": [""] * count,
            "kind": ["residential"] * count,
            "geom": _squares(centre, half_m),
            "point": shapely.points(lonlat),
            "footprint_m2": 4 * half_m**2,
            "dwelling_count": np.round(drawn.residents / 2.5).astype(int),
            "vacant_count": np.zeros(count, int),
            "dwelling_source": ["estimate"] * count,
        },
    )
    stock.building_count, stock.dwelling_count = count, int(np.round(drawn.residents / 2.5).sum())
    return [stock, _load_grids(town, stock, centre, columns, town.root_code)]


def _load_grids(town: Town, stock: Stock, centre: Float, columns: int, root: str) -> GridPlan:
    """Every community in four: the size of real grids in a town of this density."""
    plan = begin(GridPlan, town, source_name="drawn for the bench", valid_from=date(2026, 1, 1))
    cell = _cell(centre, GRID_M, columns * 2)
    used, grid = np.unique(cell, return_inverse=True)
    row, column = np.divmod(used, columns * 2)
    corner = np.column_stack([column, row]) * GRID_M
    community = (row // 2) * columns + column // 2
    part = (row % 2) * 2 + column % 2 + 1
    codes = [
        f"{root}{place:06d}{number:03d}"
        for place, number in zip(community.tolist(), part.tolist(), strict=True)
    ]
    copy_columns(
        Grid,
        {
            "plan_id": np.full(len(used), plan.pk),
            "number": np.arange(len(used)),
            "code": codes,
            "community_code": [code[:12] for code in codes],
            "name_zh": codes,
            "name_en": [""] * len(used),
            "kind": ["general"] * len(used),
            "geom": _squares(corner + GRID_M / 2, np.full(len(used), GRID_M / 2)),
            "area_m2": np.full(len(used), GRID_M**2),
            "household_count": np.zeros(len(used), int),
            "building_count": np.bincount(grid),
            "size_reason": [""] * len(used),
            "findings": [{}] * len(used),
        },
    )
    grid_ids = dict(Grid.objects.filter(plan=plan).values_list("number", "pk"))
    ids = dict(Building.objects.filter(stock=stock).values_list("number", "pk"))
    copy_columns(
        GridMembership,
        {
            "plan_id": np.full(len(grid), plan.pk),
            "building_id": [ids[i] for i in range(len(grid))],
            "grid_id": [grid_ids[number] for number in grid.tolist()],
        },
    )
    return plan


def _beside_street(drawn: Metropolis, spots: Any, half_m: Any) -> Float:
    """Places to the left of the street, as far from it as the access leg says."""
    source, target = drawn.xy_m[drawn.edge_source[spots.edge]], drawn.xy_m[drawn.edge_target[spots.edge]]
    share = (spots.offset_dm / drawn.edge_length_dm[spots.edge])[:, None]
    along = target - source
    left = np.column_stack([-along[:, 1], along[:, 0]]) / np.linalg.norm(along, axis=1)[:, None]
    return source + share * along + left * (spots.access_dm / 10 + half_m)[:, None]


def _squares(centre: Float, half_m: Float) -> Any:
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    rings = centre[:, None] + corners[None] * half_m[:, None, None]
    squares = shapely.polygons(_degrees(rings.reshape(-1, 2)).reshape(rings.shape))
    return shapely.multipolygons(squares, indices=np.arange(len(squares)))


def _degrees(xy_m: Float) -> Float:
    return to_lonlat(SOUTH_WEST_M + xy_m, ZONE)


def _cell(xy_m: Float, size_m: float, columns: int) -> NDArray[np.int64]:
    column, row = np.clip(np.floor(xy_m / size_m), 0, columns - 1).astype(np.int64).T
    return np.asarray(row * columns + column)


def _within(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position of each thing within its group."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    position = np.empty(len(group), np.int64)
    position[order] = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return position
