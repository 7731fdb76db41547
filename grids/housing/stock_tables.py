"""A drafted stock into its tables."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from django.db import connection

from grids.bulk_load import copy_columns, primary_keys
from grids.geos import as_multipolygon
from grids.housing.building_drafts import BuildingDraft
from grids.housing.estates import EstateDraft
from grids.housing.stock import StockDraft
from grids.models import Building, Dwelling, Entrance, Estate, EstateGate, GridMembership, GridPlan, Stock

MOST_DWELLING_ROWS = 200_000
SQL = Path(__file__).parents[1] / "sql"


def save_stock(stock: Stock, draft: StockDraft) -> None:
    """Write estates, buildings, entrances and the estimated dwellings of one generation."""
    estates = save_estates(stock, draft.estates)
    save_buildings(stock, draft.buildings, estates)
    stock.building_count = len(draft.buildings)
    stock.dwelling_count = sum(row.homes.count for row in draft.buildings)
    stock.save(update_fields=["building_count", "dwelling_count"])
    if draft.buildings:
        keys = primary_keys(Building.objects.filter(stock=stock), "number")
        _save_entrances(draft.buildings, keys)
        if stock.dwelling_count <= MOST_DWELLING_ROWS:
            _save_dwellings(stock, draft.buildings)


def save_estates(stock: Stock, estates: Sequence[EstateDraft]) -> dict[int, int]:
    """Write estates with their gates; primary key by estate number."""
    if not estates:
        return {}
    copy_columns(
        Estate,
        {
            "stock_id": [stock.pk] * len(estates),
            "number": [row.number for row in estates],
            "source_id": [row.source_id for row in estates],
            "name_zh": [row.name_zh for row in estates],
            "name_en": [row.name_en for row in estates],
            "geom": [as_multipolygon(row.geometry) for row in estates],
            "is_closed": [row.is_closed for row in estates],
            "closed_source": [row.closed_source for row in estates],
        },
    )
    keys = primary_keys(Estate.objects.filter(stock=stock), "number")
    gates = [(keys[row.number], gate) for row in estates for gate in row.gates]
    if gates:
        copy_columns(
            EstateGate,
            {
                "estate_id": [key for key, _gate in gates],
                "source_id": [gate.source_id for _key, gate in gates],
                "point": [shapely.Point(gate.lonlat) for _key, gate in gates],
                "hours": [gate.hours for _key, gate in gates],
                "is_open_to_public": [gate.is_open_to_public for _key, gate in gates],
            },
        )
    return keys


def save_buildings(stock: Stock, rows: Sequence[BuildingDraft], estate_keys: dict[int, int]) -> None:
    if not rows:
        return
    copy_columns(
        Building,
        {
            "stock_id": [stock.pk] * len(rows),
            "number": np.arange(len(rows)),
            "code": [row.code for row in rows],
            "community_code": [row.community_code for row in rows],
            "estate_id": [estate_keys.get(row.estate_number) for row in rows],
            "source_id": [row.source_id for row in rows],
            "name": [row.name for row in rows],
            "address": [row.address for row in rows],
            "kind": [str(row.kind) for row in rows],
            "geom": [row.geometry for row in rows],
            "point": [row.point for row in rows],
            "footprint_m2": [row.footprint_m2 for row in rows],
            "floors": [row.floors for row in rows],
            "height_m": [row.height_m for row in rows],
            "unit_count": [row.stairwells or None for row in rows],
            "built_year": [row.built_year for row in rows],
            "dwelling_count": [row.homes.count for row in rows],
            "vacant_count": [0] * len(rows),
            "dwelling_source": ["estimate" if row.homes.count else "none" for row in rows],
        },
    )


def _save_entrances(rows: Sequence[BuildingDraft], keys: dict[int, int]) -> None:
    doors = [(keys[number], door) for number, row in enumerate(rows) for door in row.entrances]
    if doors:
        copy_columns(
            Entrance,
            {
                "building_id": [key for key, _door in doors],
                "source_id": [f"node/{door.node_id}" for _key, door in doors],
                "kind": [door.tags.get("entrance", "")[:20] for _key, door in doors],
                "unit": [door.tags.get("ref", "")[:10] for _key, door in doors],
                "point": [shapely.Point(door.lonlat) for _key, door in doors],
                "resolved_by": ["tagged"] * len(doors),
            },
        )


def _save_dwellings(stock: Stock, rows: Sequence[BuildingDraft]) -> None:
    """One row per estimated dwelling, generated from the block of doors of each building."""
    blocks = [(number, row.homes) for number, row in enumerate(rows) if row.homes.count]
    if not blocks:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE home_block (building_number integer, units smallint, first_floor smallint, "
            "floors smallint, doors smallint) ON COMMIT DROP"
        )
        columns = {
            "building_number": [number for number, _homes in blocks],
            "units": [homes.units for _number, homes in blocks],
            "first_floor": [homes.first_floor for _number, homes in blocks],
            "floors": [homes.floors for _number, homes in blocks],
            "doors": [homes.doors for _number, homes in blocks],
        }
        copy_columns(Dwelling, columns, table="home_block")
        cursor.execute((SQL / "dwellings_from_blocks.sql").read_text(encoding="utf-8"), {"stock": stock.pk})
        cursor.execute("DROP TABLE home_block")


def assign_grids(stock: Stock, plan: GridPlan) -> int:
    """Put every building of a stock into the grid that holds its point; returns how many found one."""
    GridMembership.objects.filter(plan=plan, building__stock=stock).delete()
    with connection.cursor() as cursor:
        sql = (SQL / "assign_grids.sql").read_text(encoding="utf-8")
        cursor.execute(sql, {"stock": stock.pk, "plan": plan.pk})
        return int(cursor.rowcount)
