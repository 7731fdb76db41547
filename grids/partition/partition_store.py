"""Plans written to the database: grids, memberships by COPY, and what the checker found."""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.db.models import Max
from shapely.geometry.base import BaseGeometry

from gis_core import crs
from grids.models import Grid, GridMembership, GridPlan, Stock, Town
from grids.partition.partition_blocks import IntArray
from grids.partition.partition_checks import Finding, Verdict

if TYPE_CHECKING:
    from grids.partition.plans import NewGrid


def new_plan(town: Town, *, by: Any, **fields: Any) -> GridPlan:
    """The next plan of a town; the town's row is locked so that two makers get two numbers."""
    Town.objects.select_for_update().get(pk=town.pk)
    last = GridPlan.objects.filter(town=town).aggregate(last=Max("number"))["last"] or 0
    return GridPlan.objects.create(town=town, number=last + 1, created_by=by, **fields)


def write_grids(plan: GridPlan, grids: "Sequence[NewGrid]", zone: crs.MetricZone) -> None:
    """All grids of a plan, in the order given: `Grid.number` is their index in value arrays."""
    Grid.objects.bulk_create(
        Grid(
            plan=plan,
            number=number,
            code=grid.code,
            community_code=grid.community_code,
            name_zh=grid.name_zh[:60],
            name_en=grid.name_en[:60],
            kind=Grid.Kind.DEDICATED if grid.is_dedicated else Grid.Kind.GENERAL,
            geom=_multipolygon(crs.geometry_to_lonlat(grid.shape, zone)),
            area_m2=round(float(grid.shape.area), 1),
            size_reason=grid.size_reason,
        )
        for number, grid in enumerate(grids)
    )


def write_memberships(
    plan: GridPlan, stock: Stock, building_id: IntArray, grid_of_building: IntArray
) -> None:
    """Replace the memberships of one stock's buildings under a plan, by COPY."""
    grid_id = np.array(plan.grids.order_by("number").values_list("pk", flat=True), dtype=np.int64)
    inside = np.flatnonzero(grid_of_building >= 0)
    lines = io.StringIO(
        "".join(f"{plan.pk}\t{building_id[i]}\t{grid_id[grid_of_building[i]]}\n" for i in inside.tolist())
    )
    with transaction.atomic(), connection.cursor() as cursor:
        GridMembership.objects.filter(plan=plan, building__stock=stock).delete()
        cursor.copy_expert("COPY grids_gridmembership (plan_id, building_id, grid_id) FROM STDIN", lines)


def keep_verdict(plan: GridPlan, verdict: Verdict, zone: crs.MetricZone) -> None:
    """Findings to the plan and to each grid they name; their polygons to one geometry for the map."""
    grids = list(plan.grids.order_by("number"))
    findings, polygons = _findings(verdict.findings)
    for grid, households, buildings in zip(grids, verdict.households, verdict.buildings, strict=True):
        grid.household_count, grid.building_count = int(households), int(buildings)
        grid.findings = [finding for finding in findings if grid.code in finding["grid_codes"]]
    Grid.objects.bulk_update(grids, ["household_count", "building_count", "findings"])
    plan.report = {
        "counts": {
            "grids": len(grids),
            "households": int(verdict.households.sum()),
            "buildings": int(verdict.buildings.sum()),
            "communities": len({grid.community_code for grid in grids}),
        },
        "findings": findings,
    }
    plan.findings_geom = (
        _multipolygon(crs.geometry_to_lonlat(shapely.MultiPolygon(polygons), zone)) if polygons else None
    )
    plan.save(update_fields=["report", "findings_geom"])


def _findings(found: Iterable[Finding]) -> tuple[list[dict[str, Any]], list[BaseGeometry]]:
    """JSON rows; `parts` = [first, after the last) of the finding's polygons in `findings_geom`."""
    rows: list[dict[str, Any]] = []
    polygons: list[BaseGeometry] = []
    for finding in found:
        first = len(polygons)
        if finding.shape is not None:
            parts = shapely.get_parts(shapely.get_parts(finding.shape))
            polygons += [part for part in parts if shapely.get_dimensions(part) == 2]
        rows.append(
            {
                "code": finding.code,
                "severity": finding.severity,
                "sentence_zh": finding.sentence_zh,
                "sentence_en": finding.sentence_en,
                "count": finding.count,
                "examples": list(finding.examples),
                "grid_codes": list(finding.grid_codes),
                "area_m2": round(finding.area_m2, 1),
                "parts": [first, len(polygons)],
            }
        )
    return rows, polygons


def _multipolygon(shape: BaseGeometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2]
    return MultiPolygon([GEOSGeometry(memoryview(shapely.to_wkb(part))) for part in parts], srid=4326)
