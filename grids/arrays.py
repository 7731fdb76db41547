"""Database → numpy: the only such crossing.

Tables leave PostgreSQL as binary COPY and become columns without a Python object per value. What
a generation holds never changes once it is active, so its arrays are kept in `ARRAYS_DIR` under
the generation's uid and this file's format version, and can never be stale.

Numbers are the tables' own dense numbers (StreetNode.number …): position i of an array is row i.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely
from django.conf import settings
from django.db.models import Count
from numpy.typing import NDArray

from grids import copying
from grids.housing.tenures import TENURES
from grids.models import (
    Building,
    Dwelling,
    Estate,
    FacilityInventory,
    Generation,
    GenerationState,
    GridPlan,
    Stock,
    StreetNetwork,
)

FORMAT = 3
BUILDING_KINDS: tuple[str, ...] = tuple(Building.Kind.values)
"""Order of the kind numbers in arrays."""

ROOMS_NAMED = 11
ROOM_ORDER = "0零1一单2两二3三4四5五6六7七8八9九?"  # first letters of 一室, 两室, …; others come last
OTHER_ROOMS = "other"

OPEN, PUBLIC, RESIDENTS_ONLY, MEMBERS_ONLY = 0, 0, 1, 2

Int8 = NDArray[np.uint8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class NetworkArrays:
    """One street network. Vertices of edge i are `shape_lonlat[shape_start[i]:shape_start[i + 1]]`."""

    node_lonlat: Float
    edge_source: Int32
    edge_target: Int32
    edge_length_dm: Int32
    edge_is_steps: Bool
    edge_compound: Int32  # Estate.number where only its residents walk, 0 on public streets
    edge_source_id: Int64
    shape_lonlat: Float
    shape_start: Int64


@dataclass(frozen=True)
class StockArrays:
    """One stock. Ring j of the outlines belongs to building `ring_building[j]`."""

    lonlat: Float
    kind: Int8  # place in BUILDING_KINDS
    dwellings: Int32
    vacant: Int32
    community: Int32  # place in community_codes
    community_codes: NDArray[np.str_]
    estate: Int32  # Estate.number, 0 none
    estate_is_closed: Bool
    ring_lonlat: Float
    ring_start: Int64
    ring_building: Int32
    door_building: Int32
    door_lonlat: Float
    door_rank: Int8  # 0 set by hand, 1 main door, 2 any other
    gate_estate: Int32  # gates of closed estates
    gate_lonlat: Float

    def __len__(self) -> int:
        return len(self.lonlat)


@dataclass(frozen=True)
class InventoryArrays:
    """One inventory: facilities, their categories (pairs), their access points, their outlines."""

    lonlat: Float
    status: Int8  # 0 open, 1 closed, 2 planned
    open_to: Int8  # PUBLIC, RESIDENTS_ONLY, MEMBERS_ONLY
    category_facility: Int32
    category: Int32  # place in the list of codes asked for
    access_facility: Int32
    access_lonlat: Float
    access_is_known: Bool  # False: only the facility's own point
    ring_lonlat: Float
    ring_start: Int64
    ring_facility: Int32

    def __len__(self) -> int:
        return len(self.lonlat)


@dataclass(frozen=True)
class DwellingArrays:
    """Dwellings of one stock by building, as the register tells them. Row i is Building.number i.

    What the register does not tell is in none of the columns: compare with `StockArrays.dwellings`.
    """

    tenures: NDArray[np.str_]  # codes that occur, in the usual order
    by_tenure: Int32  # (b, tenures)
    rooms: NDArray[np.str_]  # classes that occur, small homes first; OTHER_ROOMS stands for the rest
    by_room: Int32  # (b, rooms)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        return {"tenure": tuple(self.tenures.tolist()), "room_class": tuple(self.rooms.tolist())}

    @property
    def counts(self) -> dict[str, Int32]:
        return {"tenure": self.by_tenure, "room_class": self.by_room}


Arrays = TypeVar("Arrays", NetworkArrays, StockArrays, InventoryArrays, DwellingArrays)


def network_arrays(network: StreetNetwork) -> NetworkArrays:
    return _kept(NetworkArrays, network, lambda: read_network(network.pk))


def stock_arrays(stock: Stock) -> StockArrays:
    return _kept(StockArrays, stock, lambda: read_stock(stock.pk))


def dwelling_arrays(stock: Stock) -> DwellingArrays:
    return _kept(DwellingArrays, stock, lambda: read_dwellings(stock.pk))


def inventory_arrays(inventory: FacilityInventory, categories: tuple[str, ...]) -> InventoryArrays:
    """Facilities with their categories numbered as in `categories`; other categories are left out."""
    digest = f"{copying.short_hash(categories)}"
    return _kept(InventoryArrays, inventory, lambda: read_inventory(inventory.pk, categories), digest)


def read_network(network_id: int) -> NetworkArrays:
    where = {"network": network_id}
    nodes = copying.dense(copying.columns("street_nodes.sql", where, "i4 f8 f8"), "street nodes")
    edges = copying.dense(copying.columns("street_edges.sql", where, "i4 i4 i4 i4 b1 i4 i8"), "street edges")
    shapes = copying.shapes("street_shapes.sql", where)
    return NetworkArrays(
        node_lonlat=_pairs(nodes[1], nodes[2]),
        edge_source=edges[1],
        edge_target=edges[2],
        edge_length_dm=edges[3],
        edge_is_steps=edges[4],
        edge_compound=edges[5],
        edge_source_id=edges[6],
        shape_lonlat=shapes.vertices,
        shape_start=shapes.start,
    )


def read_stock(stock_id: int) -> StockArrays:
    where: dict[str, Any] = {"stock": stock_id, "kinds": list(BUILDING_KINDS)}
    rows = copying.dense(copying.columns("buildings.sql", where, "i4 f8 f8 i2 i4 i4 i8 i4 b1"), "buildings")
    doors = copying.columns("building_doors.sql", where, "i4 f8 f8 i2")
    gates = copying.columns("estate_gates.sql", where, "i4 f8 f8")
    outlines = copying.shapes("building_outlines.sql", where)
    codes, community = np.unique(rows[6], return_inverse=True)
    return StockArrays(
        lonlat=_pairs(rows[1], rows[2]),
        kind=rows[3].astype(np.uint8),
        dwellings=rows[4],
        vacant=rows[5],
        community=community.astype(np.int32),
        community_codes=np.array([f"{code:012d}" if code else "" for code in codes.tolist()], dtype="U12"),
        estate=rows[7],
        estate_is_closed=rows[8],
        ring_lonlat=outlines.vertices,
        ring_start=outlines.start,
        ring_building=outlines.owner,
        door_building=doors[0],
        door_lonlat=_pairs(doors[1], doors[2]),
        door_rank=doors[3].astype(np.uint8),
        gate_estate=gates[0],
        gate_lonlat=_pairs(gates[1], gates[2]),
    )


def read_inventory(inventory_id: int, categories: tuple[str, ...]) -> InventoryArrays:
    where: dict[str, Any] = {"inventory": inventory_id, "categories": list(categories)}
    rows = copying.dense(copying.columns("facilities.sql", where, "i4 f8 f8 i2 i2"), "facilities")
    matched = copying.columns("facility_categories.sql", where, "i4 i4")
    access = copying.columns("facility_access.sql", where, "i4 f8 f8 i2")
    outlines = copying.shapes("facility_outlines.sql", where)
    return InventoryArrays(
        lonlat=_pairs(rows[1], rows[2]),
        status=rows[3].astype(np.uint8),
        open_to=rows[4].astype(np.uint8),
        category_facility=matched[0],
        category=matched[1],
        access_facility=access[0],
        access_lonlat=_pairs(access[1], access[2]),
        access_is_known=access[3] > 0,
        ring_lonlat=outlines.vertices,
        ring_start=outlines.start,
        ring_facility=outlines.owner,
    )


def read_dwellings(stock_id: int) -> DwellingArrays:
    rooms = _frequent_rooms(stock_id)
    where: dict[str, Any] = {"stock": stock_id, "tenures": list(TENURES), "rooms": rooms}
    building, tenure, room, is_untold, count = copying.columns("mix_dwellings.sql", where, "i4 i4 i4 b1 i4")
    building_count = Building.objects.filter(stock=stock_id).count()
    room = np.where((room < 0) & ~is_untold, len(rooms), room).astype(np.int32)
    by_tenure = _tallied(building, tenure, count, (building_count, len(TENURES)))
    by_room = _tallied(building, room, count, (building_count, len(rooms) + 1))
    has_tenure, has_room = by_tenure.any(axis=0), by_room.any(axis=0)
    return DwellingArrays(
        tenures=np.array(list(TENURES), dtype="U20")[has_tenure],
        by_tenure=np.ascontiguousarray(by_tenure[:, has_tenure]),
        rooms=np.array([*rooms, OTHER_ROOMS], dtype="U10")[has_room],
        by_room=np.ascontiguousarray(by_room[:, has_room]),
    )


def _frequent_rooms(stock_id: int) -> list[str]:
    """The register's most frequent words, small homes first; words of its own by their letters."""
    told = Dwelling.objects.filter(building__stock=stock_id).exclude(room_class="")
    counted = told.values_list("room_class").annotate(count=Count("pk")).order_by("-count", "room_class")
    named = [name for name, _count in counted[:ROOMS_NAMED]]
    return sorted(named, key=lambda name: (ROOM_ORDER.find(name[0]) % len(ROOM_ORDER), name))


def _tallied(building: Int32, group: Int32, count: Int32, shape: tuple[int, int]) -> Int32:
    """Sums per building and group; rows without a group are left out."""
    found = np.zeros(shape, np.int32)
    is_told = group >= 0
    np.add.at(found, (building[is_told], group[is_told]), count[is_told])
    return found


def grid_numbers(plan: GridPlan | None, stock: Stock, building_count: int) -> Int32:
    """(b,) Grid.number of every building under a plan, -1 where it lies in none."""
    grid = np.full(building_count, -1, np.int32)
    if plan is not None:
        building, number = copying.columns(
            "grid_membership.sql", {"plan": plan.pk, "stock": stock.pk}, "i4 i4"
        )
        grid[building] = number
    return grid


def estate_outlines(stock: Stock) -> tuple[Int32, NDArray[np.object_]]:
    """Numbers and outlines (shapely, lon/lat) of the stock's estates."""
    rows = list(Estate.objects.filter(stock=stock).order_by("number").values_list("number", "geom"))
    outlines = np.empty(len(rows), object)
    outlines[:] = [shapely.from_wkb(bytes(geom.wkb)) for _, geom in rows]
    return np.array([number for number, _ in rows], np.int32), outlines


# --- The cache --------------------------------------------------------------------------


def _kept(
    kind: type[Arrays], generation: Generation, read: Callable[[], Arrays], variant: str = ""
) -> Arrays:
    """The arrays of a generation: from memory, else from its file, else read and kept."""
    if generation.state not in (GenerationState.ACTIVE, GenerationState.RETIRED):
        return read()
    name = "-".join(part for part in (kind.__name__, generation.uid.hex, variant, f"v{FORMAT}") if part)
    path = Path(settings.ARRAYS_DIR) / "generations" / f"{name}.npz"
    if not path.exists():
        arrays = read()
        save_arrays(path, asdict(arrays))
        return arrays
    return kind(**_loaded(path))


@lru_cache(maxsize=8)
def _loaded(path: Path) -> dict[str, NDArray[Any]]:
    return load_arrays(path)


def save_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write an .npz aside and move it into place, so that a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _pairs(x: Float, y: Float) -> Float:
    return np.column_stack([x, y])
