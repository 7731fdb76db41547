"""A layer of building outlines from a survey office → the next stock, instead of OSM's buildings.

The user names the columns for what is not called as usual. Estates stay as they are; entrances and registered
dwellings come over for buildings that keep their outside id.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.crs import areas_m2, in_china
from gis_core.denylist import require_allowed_columns
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from gis_core.readers.column_names import matched_columns
from gis_core.readers.numbers import RowCheck
from gis_core.readers.vector import VectorRow, read_vector
from grids.generations import active, begin
from grids.geos import as_multipolygon
from grids.housing.building_codes import numbering_of
from grids.housing.building_drafts import BuildingDraft
from grids.housing.building_kinds import building_kind
from grids.housing.dwelling_estimates import SINGLE_HOUSE_M2, floors_from_height
from grids.housing.stock import StockDraft, complete_stock
from grids.housing.stock_copies import put_to_use
from grids.housing.stock_tables import save_stock
from grids.housing.stored_estates import stored_estates
from grids.kernels.graph import hilbert_order
from grids.models import Building, Stock, Town
from grids.territory.areas import communities_in_force
from grids.town_import.carrying_over import carry_register, carrying_findings
from grids.town_import.file_marks import sha256_of
from grids.town_import.quality import report_of
from grids.town_import.quality_of_stock import stock_findings

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "楼栋编号", "id", "source_id", "fid", "osm_id"),
    "name": ("名称", "楼栋名称", "name"),
    "address": ("地址", "address"),
    "kind": ("用途", "类型", "kind", "building"),
    "floors": ("层数", "楼层数", "floors", "levels", "building:levels"),
    "height": ("高度", "楼高", "height", "height_m"),
    "year": ("建成年份", "年代", "year", "built_year"),
    "dwellings": ("户数", "dwellings", "flats"),
}
KIND_WORDS = {str(label): value for value, label in Building.Kind.choices} | {
    value: value for value in Building.Kind.values
}


@transaction.atomic
def import_footprints(
    town: Town,
    path: Path | str,
    *,
    system: str | None = None,
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
    repair: bool = False,
    source_name: str = "",
    by: User | None = None,
    progress: Progress | None = None,
) -> Stock:
    """Load building outlines as the town's next stock and put it to use.

    Raises:
        Refusal: the file, a column or a row cannot be used; nothing was written.
    """
    progress = progress or NoProgress()
    file = Path(path)
    progress.step(_("读取 %(name)s") % {"name": source_name or file.name})
    found = read_vector(file, layer=layer, system=system, repair=repair, geometry_kinds=("polygon",))
    require_allowed_columns(found.columns)
    where = matched_columns(found.columns, columns or {}, COLUMN_NAMES)
    buildings = _buildings(found.rows, where)
    progress.step(_("整理楼栋"))
    current = active(Stock, town)
    draft = StockDraft(buildings, stored_estates(current) if current is not None else [])
    centre = buildings[0].point
    is_china = bool(in_china([(centre.x, centre.y)])[0])
    complete_stock(
        draft,
        communities=communities_in_force(town),
        numbering=numbering_of(town),
        single_house_m2=0.0 if is_china else SINGLE_HOUSE_M2,
    )
    stock = begin(
        Stock,
        town,
        source_name=(source_name or file.name)[:200],
        source_sha256=sha256_of(file),
        created_by=by,
    )
    progress.step(_("写入楼栋"))
    save_stock(stock, draft)
    carried = carry_register(stock)
    counts = {"buildings": len(buildings), "dwellings_estimated": sum(row.homes.count for row in buildings)}
    files = [{"name": stock.source_name, "sha256": stock.source_sha256}]
    report = report_of(counts, stock_findings(draft), files)
    report["findings"] += carrying_findings(carried, 0)
    return put_to_use(stock, report)


def _buildings(rows: Sequence[VectorRow], where: Mapping[str, str]) -> list[BuildingDraft]:
    check = RowCheck()
    geometries = np.array([row.geometry for row in rows], dtype=object)
    points = shapely.point_on_surface(geometries)
    sizes_m2 = areas_m2(geometries.tolist())
    order = np.argsort(hilbert_order(shapely.get_coordinates(points)))
    made = [_building(rows[at], points[at], float(sizes_m2[at]), where, check) for at in order.tolist()]
    seen: dict[str, int] = {}
    for at, row in zip(order.tolist(), made, strict=True):
        if row.source_id in seen:
            check.add(rows[at].row, where.get("id", ""), row.source_id, _("不重复的编号"))
        seen[row.source_id] = rows[at].row
    check.finish()
    return made


def _building(
    row: VectorRow, point: Any, footprint_m2: float, where: Mapping[str, str], check: RowCheck
) -> BuildingDraft:
    cell = {key: row.values.get(column) for key, column in where.items()}
    levels = check.levels(row.row, where.get("floors", ""), cell.get("floors"))
    height_m = check.height_m(row.row, where.get("height", ""), cell.get("height"))
    floors = max(1, int(levels + 0.5)) if levels is not None else None
    kind = _text(cell.get("kind"))
    year = check.integer(row.row, where.get("year", ""), cell.get("year"))
    return BuildingDraft(
        source_id=(_text(cell.get("id")) or f"row/{row.row}")[:40],
        geometry=as_multipolygon(row.geometry),
        point=point,
        footprint_m2=footprint_m2,
        kind=KIND_WORDS.get(kind) or building_kind({"building": kind}),
        osm_value=kind.lower(),
        name=_text(cell.get("name"))[:200],
        address=_text(cell.get("address"))[:200],
        floors=floors or (floors_from_height(height_m) if height_m is not None else None),
        height_m=height_m,
        built_year=year,
        stated_flats=check.integer(row.row, where.get("dwellings", ""), cell.get("dwellings")),
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
