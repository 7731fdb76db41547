"""The town-wide summary of a run: what is covered, what is missing, and how good the ground was."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grids.arrays import MEMBERS_ONLY, OPEN, RESIDENTS_ONLY, InventoryArrays
from grids.coverage.area_shares import BUILDINGS, DWELLINGS, RESIDENTS, ShareTable
from grids.coverage.run_files import NORM, RunArrays
from grids.coverage.street_snaps import RESOLVED_BY
from grids.coverage.walking import Answer
from grids.models import CoverageRun


def summary_of(run: CoverageRun, found: Answer, tables: list[ShareTable]) -> dict[str, Any]:
    town = next(table for table in tables if table.level == "town" and table.mode == NORM)
    no_data = [code for code, count in zip(run.categories, found.facility_count, strict=True) if not count]
    return {
        "building_count": found.arrays.building_count,
        "dwelling_count": int(found.town.stock.dwellings.sum()),
        "resident_count": round(float(found.residents.count.sum()), 1),
        "categories": _categories(run, found, town),
        "score": None if np.isnan(town.score[0]) else round(float(town.score[0]), 4),
        "missing": town.missing[0],
        "no_data": no_data,
        "snap": snap_figures(found.arrays),
        "far_buildings": int((found.arrays.edge < 0).sum()),
        "far_facilities": _far_facilities(found.arrays),
        "left_out_facilities": _left_out(found.town.inventory, found.arrays),
        "network": {
            "edge_count": len(found.town.network.edge_length_dm),
            "length_km": round(float(found.town.network.edge_length_dm.sum()) / 10_000, 3),
            "island_count": run.network.island_count,
        },
        "residents_note_zh": run.inputs["residents"]["note_zh"],
        "residents_note_en": run.inputs["residents"]["note_en"],
    }


def _categories(run: CoverageRun, found: Answer, town: ShareTable) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {}
    for i, code in enumerate(run.categories):
        count = int(found.facility_count[i])
        rows[code] = {"facility_count": count, "has_data": count > 0}
        for name, weight in (("building", BUILDINGS), ("dwelling", DWELLINGS), ("resident", RESIDENTS)):
            total = float(town.total[0, weight])
            share = float(town.covered[0, i, weight]) / total if total and count else None
            rows[code][f"{name}_share"] = None if share is None else round(share, 4)
        group_total, group = float(town.group_total[0, i]), float(town.group_covered[0, i])
        rows[code]["group_share"] = round(group / group_total, 4) if count and group_total > 0 else None
    return rows


def snap_figures(arrays: RunArrays) -> dict[str, Any]:
    """How far doors lie from the street, and how each was found."""
    on_street = arrays.edge >= 0
    access_m = arrays.access_dm[on_street] / 10
    p50, p95, longest = np.percentile(access_m, [50, 95, 100]).round(1) if len(access_m) else (None,) * 3
    by = np.bincount(arrays.resolved_by[on_street], minlength=len(RESOLVED_BY))
    return {
        "p50_m": _number(p50),
        "p95_m": _number(p95),
        "max_m": _number(longest),
        "by": {name: int(count) for name, count in zip(RESOLVED_BY, by, strict=True) if count},
    }


def _far_facilities(arrays: RunArrays) -> int:
    """Facilities that would count, but none of whose access points lies near a street."""
    return len(
        np.setdiff1d(
            arrays.facility_number[arrays.facility_counts],
            arrays.facility_number[arrays.facility_counts & (arrays.facility_edge >= 0)],
        )
    )


def _left_out(inventory: InventoryArrays, arrays: RunArrays) -> dict[str, int]:
    """Facilities that do not count, by reason."""
    counts = np.zeros(len(inventory), bool)
    counts[arrays.facility_number[arrays.facility_counts]] = True
    out: NDArray[np.bool_] = ~counts
    is_open = inventory.status == OPEN
    return {
        "closed": int((out & (inventory.status == 1)).sum()),
        "planned": int((out & (inventory.status == 2)).sum()),
        "members": int((out & is_open & (inventory.open_to == MEMBERS_ONLY)).sum()),
        "residents": int((out & is_open & (inventory.open_to == RESIDENTS_ONLY)).sum()),
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
