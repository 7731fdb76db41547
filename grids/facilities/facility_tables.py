"""A list of facilities (CSV, XLSX or a vector layer) → a new inventory, merged with the one in use.

The user names the columns, or leaves the names that the table already has to be recognised; the
coordinate system is always named. Every row must have a place and a category that the catalogue knows,
or nothing is loaded and the refusal lists the rows. The merging rule is in `facility_merging.py`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.crs import area_m2, source_system
from gis_core.denylist import require_allowed_columns
from gis_core.errors import MissingColumn, WrongCoordinates
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from gis_core.readers.numbers import RowCheck
from gis_core.readers.tables import likely_coordinate_columns, places_of, read_table
from gis_core.readers.vector import read_vector
from grids.corrections import apply_corrections
from grids.facilities.amap_matching import match_amap
from grids.facilities.facility_columns import OPEN_TO_WORDS, STATUS_WORDS, recognised_columns
from grids.facilities.facility_doors import Door
from grids.facilities.facility_drafts import FacilityDraft
from grids.facilities.facility_matching import Matches, match_cell
from grids.facilities.facility_merging import merge
from grids.facilities.inventory import InventoryDraft, in_spatial_order, set_parents
from grids.facilities.inventory_tables import save_inventory
from grids.facilities.stored_facilities import stored_facilities
from grids.generations import activate, active, begin, mark_checked
from grids.geos import to_shapely, wider
from grids.models import FacilityInventory, Town
from grids.names import has_han
from grids.town_import.file_marks import sha256_of
from grids.town_import.quality import Finding, report_of
from grids.town_import.quality_of_inventory import inventory_findings

REACH_M = 2_000.0
VECTOR_SUFFIXES = frozenset([".gpkg", ".geojson", ".json", ".fgb", ".zip", ".shp"])


@dataclass(frozen=True)
class _Row:
    """One row of whatever file: its number, its cells and its place."""

    row: int
    values: dict[str, Any]
    geometry: BaseGeometry
    raw_point: BaseGeometry | None


@transaction.atomic
def import_facilities(
    town: Town,
    path: Path | str,
    *,
    system: str | None = None,
    columns: Mapping[str, str] | None = None,
    x_column: str | None = None,
    y_column: str | None = None,
    source_name: str = "",
    by: User | None = None,
    progress: Progress | None = None,
) -> FacilityInventory:
    """Load a list of facilities beside those in use, and put the merged inventory to use.

    Args:
        system: coordinate system of a table's numbers (required), or of a vector file without one.
        columns: which column holds what, by the keys of `COLUMN_NAMES`.

    Raises:
        Refusal: a column is missing or denied, rows cannot be read, or the places lie elsewhere;
        nothing was written.
    """
    progress = progress or NoProgress()
    file = Path(path)
    progress.step(_("读取 %(name)s") % {"name": source_name or file.name})
    column_names, rows, used = _read(file, system, x_column, y_column)
    require_allowed_columns(column_names)
    where = recognised_columns(column_names, columns or {})
    drafts = _drafts(rows, where, used)
    _require_in_town(drafts, rows, town)
    progress.step(_("合并设施"))
    current = active(FacilityInventory, town)
    base = stored_facilities(current) if current is not None else []
    known = [draft for draft in drafts if draft.matches]
    merged, replaced = merge(base, known)
    set_parents(merged)
    inventory = begin(
        FacilityInventory,
        town,
        source_name=_source_name(current, source_name or file.name),
        source_sha256=sha256_of(file),
        attribution=current.attribution if current is not None else "",
        created_by=by,
    )
    ordered = in_spatial_order(merged)
    progress.step(_("写入设施"))
    save_inventory(inventory, ordered)
    apply_corrections(None, inventory)
    inventory.report = _report(
        ordered, len(rows), len(known), replaced, source_name or file.name, inventory.source_sha256
    )
    mark_checked(inventory)
    activate([inventory])
    return inventory


def _read(
    file: Path, system: str | None, x_column: str | None, y_column: str | None
) -> tuple[list[str], list[_Row], str]:
    if file.suffix.lower() in VECTOR_SUFFIXES:
        layer = read_vector(file, system=system)
        rows = [_Row(row.row, row.values, row.geometry, _raw(row.raw_geometry)) for row in layer.rows]
        return layer.columns, rows, layer.system
    table = read_table(file)
    guessed = likely_coordinate_columns(table.columns) or ("", "")
    if system is None:
        raise MissingColumn(
            _("请说明坐标使用的坐标系：wgs84、cgcs2000、gcj02、bd09，或 EPSG 代码。坐标系不能由程序猜测。"),
            columns=table.columns,
        )
    places = places_of(table, x_column=x_column or guessed[0], y_column=y_column or guessed[1], system=system)
    is_raw = source_system(system).key not in ("wgs84", "cgcs2000")
    points = shapely.points(places.lonlat)
    raw = shapely.points(places.raw_xy) if is_raw else [None] * len(points)
    rows = [
        _Row(row.row, row.values, point, before)
        for row, point, before in zip(table.rows, points, raw, strict=True)
    ]
    return table.columns, rows, places.system


def _raw(geometry: BaseGeometry | None) -> BaseGeometry | None:
    return None if geometry is None else geometry.centroid


def _drafts(rows: Sequence[_Row], where: Mapping[str, str], system: str) -> list[FacilityDraft]:
    check = RowCheck()
    drafts = [_draft(row, where, system, check) for row in rows]
    seen: dict[str, int] = {}
    for row, draft in zip(rows, drafts, strict=True):
        if draft.source_id in seen:
            expected = _("不重复的编号（第 %(row)d 行已用）") % {"row": seen[draft.source_id]}
            check.add(row.row, where.get("id", _("编号")), draft.source_id, expected)
        seen[draft.source_id] = row.row
    check.finish()
    return drafts


def _draft(row: _Row, where: Mapping[str, str], system: str, check: RowCheck) -> FacilityDraft:
    cell = {key: row.values.get(column) for key, column in where.items()}
    name = _text(cell.get("name"))
    is_area = row.geometry.geom_type in ("Polygon", "MultiPolygon")
    point = shapely.point_on_surface(row.geometry) if is_area else row.geometry.centroid
    return FacilityDraft(
        source_id=_id(cell, row.row),
        name_zh=(name if has_han(name) else "")[:200],
        name_en=(_text(cell.get("name_en")) or ("" if has_han(name) else name))[:200],
        matches=_matches(cell, name, row.row, where, check),
        point=point,
        geometry=row.geometry if is_area else None,
        area_m2=area_m2(row.geometry) if is_area else None,
        address=_text(cell.get("address"))[:200],
        hours=_text(cell.get("hours"))[:200],
        open_to=_word(cell, "open_to", OPEN_TO_WORDS, "public", row.row, where, check),
        status=_word(cell, "status", STATUS_WORDS, "open", row.row, where, check),
        capacity=check.integer(row.row, where.get("capacity", ""), cell.get("capacity")),
        yearly_users=check.integer(row.row, where.get("yearly_users", ""), cell.get("yearly_users")),
        source="table",
        doors=[Door(point, "point")],
        raw_point=row.raw_point,
        raw_system=system[:20] if row.raw_point is not None else "",
    )


def _id(cell: Mapping[str, Any], row: int) -> str:
    stated = _text(cell.get("id"))
    kind = _text(cell.get("id_type"))
    return (f"{kind}/{stated}" if kind and stated else stated or f"row/{row}")[:40]


def _matches(
    cell: Mapping[str, Any], name: str, row: int, where: Mapping[str, str], check: RowCheck
) -> Matches:
    """Categories of the row; the catalogue cell decides, the Amap code when there is none."""
    category, amap = _text(cell.get("category")), _text(cell.get("amap"))
    found = match_cell(category, name) if category else match_amap(amap, name)
    if not found and not ("=" in category or (amap and not category)):
        check.add(
            row,
            where.get("category", ""),
            category or _("空"),
            _("服务目录中的代码或名称，如 EDU-KIN 或 幼儿园"),
        )
    return found


def _word(
    cell: Mapping[str, Any],
    key: str,
    words: Mapping[str, str],
    default: str,
    row: int,
    where: Mapping[str, str],
    check: RowCheck,
) -> str:
    text = _text(cell.get(key)).lower()
    if text and text not in words:
        check.add(row, where[key], text, "、".join(filter(has_han, words)))
    return words.get(text, default)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _require_in_town(drafts: Sequence[FacilityDraft], rows: Sequence[_Row], town: Town) -> None:
    """Refuse a file most of whose places lie elsewhere: the coordinate system is another."""
    if town.boundary is None or not drafts:
        return
    around = wider(to_shapely(town.boundary), REACH_M)
    far = [row for row, draft in zip(rows, drafts, strict=True) if not around.intersects(draft.point)]
    if len(far) > len(rows) / 2:
        raise WrongCoordinates(
            _(
                "%(far)d / %(all)d 行的位置离“%(town)s”2 公里以上，第一处是第 %(row)d 行。"
                "请核对坐标系和经纬度列。"
            )
            % {"far": len(far), "all": len(rows), "town": town.name_zh, "row": far[0].row},
            row=far[0].row,
            count=len(far),
        )


def _source_name(current: FacilityInventory | None, added: str) -> str:
    return (f"{current.source_name} + {added}" if current is not None else added)[-200:]


def _report(
    facilities: list[FacilityDraft], row_count: int, known: int, replaced: int, name: str, sha256: str
) -> dict[str, Any]:
    by_category: Counter[str] = Counter(code for row in facilities for code in row.matches)
    counts = {
        "rows": row_count,
        "replaced": replaced,
        "added": known - replaced,
        "not_in_catalogue": row_count - known,
        "facilities": len(facilities),
        "facilities_by_category": dict(sorted(by_category.items())),
    }
    merged = Finding(
        "table_merged",
        "info",
        f"表中 {row_count} 行：{replaced} 行与已有设施相同（以表为准），{known - replaced} 行为新增，"
        f"{row_count - known} 行不在服务目录内、未载入。",
        f"{row_count} rows: {replaced} are facilities already there (the table's facts count), "
        f"{known - replaced} are "
        f"new, {row_count - known} are not in the service catalogue and were left out.",
        row_count,
    )
    findings = [merged, *inventory_findings(InventoryDraft(facilities))]
    return report_of(counts, findings, [{"name": name, "sha256": sha256}])
