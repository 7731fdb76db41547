"""Figures as a table: what the page shows, where it comes from, of when, how many answered, at what ε."""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from gis_core.errors import UnknownFormat
from gis_core.writers import Column, Source, write_csv, write_geopackage, write_xlsx
from grids.mixing.choices import BUILDING, GRID, SEALED
from grids.mixing.rows import Figures, row_json
from grids.mixing.sources import MixSource
from grids.models import Area, Building, Grid

CONTENT_TYPES = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
SUFFIXES = {"csv": "csv.zip", "xlsx": "xlsx", "gpkg": "gpkg"}


class UnknownExportFormat(UnknownFormat):
    """Not one of csv, xlsx, gpkg."""


def file_name(source: MixSource, found: Figures, fmt: str) -> str:
    parts = (source.town.slug, "mix", source.kind, found.dimension["code"], found.level, found.source["date"])
    return f"{'-'.join(parts)}.{SUFFIXES[fmt]}"


def write_figures(source: MixSource, found: Figures, fmt: str, target: Path, *, made_at: datetime) -> int:
    """Write one level of figures to a file; returns the number of rows."""
    if fmt not in CONTENT_TYPES:
        raise UnknownExportFormat(
            _("没有“%(met)s”这种导出格式。可选：csv、xlsx、gpkg。") % {"met": fmt[:20]}, met=fmt[:20]
        )
    columns, rows = figure_columns(found), list(figure_cells(found))
    sources = figure_sources(found, made_at)
    if fmt == "xlsx":
        title = f"{_('混居')} {found.dimension['name']}"
        return write_xlsx(target, columns, rows, title=title, sources=sources, made_at=made_at)
    if fmt == "gpkg":
        target.unlink(missing_ok=True)
        shapes = _outlines(source, found)
        told = "\n".join(map(str, sources))
        return write_geopackage(target, found.level, columns, rows, shapes, attribution=told)
    return _zipped(target, columns, rows, sources)


def _zipped(target: Path, columns: list[Column], rows: list[Any], sources: list[Source]) -> int:
    """data.csv stays a clean table; where it comes from is the file beside it."""
    table = target.with_suffix(".part")
    try:
        count = write_csv(table, columns, rows)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(table, "data.csv")
            archive.writestr("inputs.txt", "\n".join(map(str, sources)) + "\n")
    finally:
        table.unlink(missing_ok=True)
    return count


# --- Columns and cells --------------------------------------------------------------------


def _index_columns() -> list[Column]:
    return [
        Column("w", _("同楼差异 W"), "0–1", "number"),
        Column("w_margin", _("W 的误差 ±"), "", "number"),
        Column("b", _("全部差异 B"), "0–1", "number"),
        Column("r_star", "R*", "", "number"),
        Column("r_star_margin", _("R* 的误差 ±"), "", "number"),
        Column("effective_groups", _("有效类型数"), "", "number"),
        Column("entropy", _("熵"), "", "number"),
        Column("entropy_margin", _("熵的误差 ±"), "", "number"),
        Column("h", "H", "", "number"),
        Column("m", "M", "", "number"),
        Column("d", "D", "", "number"),
        Column("d_expected", _("随机时的 D"), "", "number"),
        Column("d_corrected", _("校正后的 D*"), "", "number"),
    ]


def figure_columns(found: Figures) -> list[Column]:
    """Only what the source can have: an exact figure has no margin, a sealed one no building."""
    is_sealed = found.source["kind"] == SEALED
    columns = [
        Column("code", _("代码")),
        Column("name", _("名称")),
        Column("units", _("楼栋数"), "", "integer"),
        Column("answered", _("作答户数") if is_sealed else _("已知数"), "", "integer"),
        Column("dwellings", _("住房套数"), "", "integer"),
        Column("response", _("已知比例"), "0–1", "number"),
    ]
    for group in found.groups:
        columns += [
            Column(f"count_{group['code']}", group["name"], found.source["unit"] or "", "integer"),
            Column(f"share_{group['code']}", f"{group['name']} {_('占比')}", "0–1", "number"),
        ]
        if is_sealed:
            columns += [
                Column(f"count_margin_{group['code']}", f"{group['name']} ±", "", "integer"),
                Column(f"share_margin_{group['code']}", f"{group['name']} {_('占比')} ±", "", "number"),
            ]
    return [*columns, *_index_columns(), Column("why", _("说明"))]


def figure_cells(found: Figures) -> Iterator[tuple[Any, ...]]:
    is_sealed = found.source["kind"] == SEALED
    parts = ("count", "share", "count_margin", "share_margin") if is_sealed else ("count", "share")
    head = ("code", "name", "units", "answered", "dwellings", "response")
    for row in map(row_json, found.rows):
        cells = [row[name] for name in head]
        for place in range(len(found.groups)):
            cell = row["counts"][place] if row["counts"] else dict.fromkeys(parts)
            cells += [cell[part] for part in parts]
        yield (*cells, *(row[column.key] for column in _index_columns()), row["why"] or row["merged"])


def _outlines(source: MixSource, found: Figures) -> list[Any]:
    """Outlines in the order of the rows; None where an area has none."""
    codes = [row.code for row in found.rows]
    if found.level == GRID:
        held = Grid.objects.filter(plan=source.plan, code__in=codes).values_list("code", "geom")
    elif found.level == BUILDING:
        held = Building.objects.filter(stock=source.stock, code__in=codes).values_list("code", "geom")
    else:
        areas = Area.objects.filter(town=source.town, code__in=codes, geom__isnull=False)
        held = areas.order_by("valid_from").values_list("code", "geom")
    shapes = {code: shapely.from_wkb(bytes(geom.wkb)) for code, geom in held}
    return [shapes.get(code) for code in codes]


# --- Where it comes from ------------------------------------------------------------------


def figure_sources(found: Figures, made_at: datetime) -> list[Source]:
    told = found.source
    sources = [Source(_("来源"), told["label"], told["attribution"] or "", told["date"] or "")]
    if told["kind"] == SEALED:
        sources += [
            Source(_("走访轮次"), told["round"], "", f"{told['starts_on']} – {told['ends_on']}"),
            Source(_("作答"), _response_words(told)),
            Source(_("隐私额度"), f"ε = {told['epsilon']:g}", "", str(told["year"])),
            Source(_("封存表 SHA-256"), told["sha256"]),
        ]
    return [
        *sources,
        Source(_("统计项"), found.dimension["name"]),
        *(Source(_("说明"), note) for note in found.notes),
        Source(_("导出"), f"{made_at:%Y-%m-%d %H:%M}"),
    ]


def _response_words(told: dict[str, Any]) -> str:
    if told["response"] is None:
        return "—"
    return _("%(answered)s / %(dwellings)s 户（%(percent)d%%）") % {
        "answered": f"{told['answered']:,}",
        "dwellings": f"{told['dwellings']:,}",
        "percent": round(100 * told["response"]),
    }
