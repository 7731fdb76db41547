"""An area somebody drew, taken as whole grids: those of which at least half lies in it.

Sealed counts exist by grid, so a line drawn through a grid cannot cut them; the stock is taken the same way,
so that both can be compared.
"""

import json
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import gettext as _

from gis_core.coordinate_checks import require_lonlat
from gis_core.errors import Refusal
from gis_core.shell import local_name
from grids.arrays import grid_numbers, stock_arrays
from grids.copying import SQL_DIR
from grids.mixing.areas import open_areas
from grids.mixing.choices import GRID, PUBLISHED, SEALED, STOCK, why_no_level
from grids.mixing.dimensions import name_of, named_groups
from grids.mixing.figures import notes_of, require_groups
from grids.mixing.rows import Row, row_json
from grids.mixing.sealed import joined, sealed_areas, sealed_row
from grids.mixing.source_facts import source_json
from grids.mixing.sources import MixSource, NoSuchFigure, find_source, require_dimension
from grids.mixing.stock_figures import pooled_row
from grids.models import Grid, GridPlan

AT_LEAST = 0.5
MOST_VERTICES = 5_000
MOST_BYTES = 500_000


class WrongPolygon(Refusal):
    code = "wrong_polygon"


def drawn_area(town: Any, source: str, dimension: str, polygon: Any, user: Any) -> dict[str, Any]:
    """The grids that were taken, and their figures as one row; see `shapes.AreaShape`."""
    found = find_source(user, town, source)
    asked = require_dimension(found, dimension)
    groups = require_groups(found, asked)
    if found.kind == PUBLISHED:
        raise NoSuchFigure(str(why_no_level(PUBLISHED, GRID)), source=found.key)
    if found.plan is None:
        raise NoSuchFigure(_("这个城镇还没有在用的网格。"), source=found.key)
    outline = polygon_of(polygon)
    codes = grids_taken(found.plan, outline)
    is_open = open_areas(user, found.action, tuple(codes), plan=found.plan)
    mine = [code for code, opened in zip(codes, is_open.tolist(), strict=True) if opened]
    names = {grid.code: local_name(grid) for grid in Grid.objects.filter(plan=found.plan, code__in=mine)}
    row = _row(found, asked, mine) if mine else None
    return {
        "source": source_json(found, asked),
        "dimension": {"code": asked, "name": name_of(asked)},
        "groups": named_groups(asked, groups),
        "grids": [{"code": code, "name": names[code]} for code in mine],
        "row": None if row is None else row_json(row),
        "sentence": _sentence(len(mine)),
        "notes": notes_of(found),
    }


def _sentence(count: int) -> str:
    if not count:
        return _("画的范围里没有一个网格有一半以上在内。请画大一些。")
    return _("画的范围按整个网格取：%(count)d 个网格有一半以上在内，其余不计。") % {"count": count}


def _row(source: MixSource, dimension: str, codes: list[str]) -> Row | None:
    name = _("画的范围")
    if source.kind == STOCK:
        assert source.stock is not None
        numbers = Grid.objects.filter(plan=source.plan, code__in=codes).values_list("number", flat=True)
        grid = grid_numbers(source.plan, source.stock, len(stock_arrays(source.stock)))
        return pooled_row(source, dimension, np.isin(grid, list(numbers)), code="", name=name)
    assert source.kind == SEALED
    assert source.release is not None
    held = sealed_areas(source.release, dimension, GRID)
    taken = [held[code] for code in codes if code in held]
    return sealed_row(joined(taken), name, None) if taken else None


def polygon_of(given: Any) -> Any:
    """The polygon of a GeoJSON geometry in lon/lat, or a refusal that says what was met."""
    text = given if isinstance(given, str) else json.dumps(given)
    if len(text) > MOST_BYTES:
        raise WrongPolygon(_("画的范围太复杂。请用不超过 %(most)d 个点。") % {"most": MOST_VERTICES})
    try:
        outline = shapely.from_geojson(text)
    except shapely.errors.GEOSException:
        outline = None
    if outline is None or outline.geom_type not in ("Polygon", "MultiPolygon") or outline.is_empty:
        raise WrongPolygon(_("polygon 应为 GeoJSON 的 Polygon 或 MultiPolygon，先经度后纬度。"))
    points = shapely.get_coordinates(outline)
    if len(points) > MOST_VERTICES:
        raise WrongPolygon(_("画的范围太复杂。请用不超过 %(most)d 个点。") % {"most": MOST_VERTICES})
    require_lonlat(points)
    return outline


def grids_taken(plan: GridPlan, outline: Any) -> list[str]:
    """Codes of the plan's grids of which at least half lies in the outline."""
    query = (SQL_DIR / "mix_grids_of_polygon.sql").read_text(encoding="utf-8")
    given = {"plan": plan.pk, "polygon": f"SRID=4326;{outline.wkt}", "half": AT_LEAST}
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [code for (code,) in cursor.fetchall()]
