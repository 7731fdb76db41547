"""How many buildings and dwellings fall into each class of the legend, counted by the database."""

from typing import Any

import numpy as np
from django.db import connection

from grids.arrays import stock_arrays
from grids.copying import SQL_DIR
from grids.coverage.run_files import STRAIGHT, TIME, is_step_free, speed_of
from grids.maps.legends import bounds_bytes, sql_class_of
from grids.maps.values import has_data
from grids.models import CoverageRun
from grids.profiles import reach_dm
from grids.scoping import BoolArray


def class_bounds_dm(run: CoverageRun, mode: str, category: str) -> list[int | None]:
    """Where each class ends, in decimetres of walk; None is open."""
    row = run.inputs["categories"][category]
    if mode.startswith(TIME):
        speed = speed_of(mode, run.inputs["profiles"])
        minutes = bounds_bytes(row["threshold_min"], 1)
        return [None if bound is None else reach_dm(speed, bound) for bound in minutes]
    return [None if bound is None else bound * 100 for bound in bounds_bytes(row["threshold_m"], 10)]


def class_counts(run: CoverageRun, mode: str, category: str, mask: BoolArray) -> list[dict[str, Any]]:
    """One row a class, nearest first; the last one, class null, holds those of which nothing is known."""
    bounds = class_bounds_dm(run, mode, category)
    counted = _count(run, mode, category, mask, bounds) if has_data(run, category) else {}
    found = [counted.get(index, (0, 0)) for index in range(len(bounds))]
    rows = [
        _row(index, None if bound is None else bound / 10, *found[index])
        for index, bound in enumerate(bounds)
    ]
    dwelling_count = int(stock_arrays(run.stock).dwellings[mask].sum())
    known_buildings, known_dwellings = (sum(column) for column in zip(*found, strict=True))
    unknown = _row(None, None, int(mask.sum()) - known_buildings, dwelling_count - known_dwellings)
    return [*rows, unknown]


def _row(index: int | None, upto_m: float | None, buildings: int, dwellings: int) -> dict[str, Any]:
    return {"class": index, "upto_m": upto_m, "building_count": buildings, "dwelling_count": dwellings}


def _count(
    run: CoverageRun, mode: str, category: str, mask: BoolArray, bounds: list[int | None]
) -> dict[int, tuple[int, int]]:
    case, closed = sql_class_of("walks.dm", bounds)
    for index in range(len(closed)):
        case = case.replace("%s", f"%(bound{index})s", 1)
    query = (SQL_DIR / "class_counts.sql").read_text(encoding="utf-8")
    statement = query.replace("{array}", _array_of(run, mode)).replace("{class_of}", case)
    parameters: dict[str, Any] = {
        "run": str(run.pk),
        "stock": run.stock.pk,
        "place": run.categories.index(category) + 1,
        "numbers": None if mask.all() else np.flatnonzero(mask).tolist(),
        **{f"bound{index}": bound for index, bound in enumerate(closed)},
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {index: (buildings, dwellings) for index, buildings, dwellings in cursor.fetchall()}


def _array_of(run: CoverageRun, mode: str) -> str:
    if mode == STRAIGHT:
        return "straight_dm"
    return "step_free_dm" if is_step_free(mode, run.inputs["profiles"]) else "walk_dm"
