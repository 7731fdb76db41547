"""Coverage as a table: one row a building, for other programs and for those who check us.

Per category: metres on foot, minutes at the reporting speed, the nearest facility's own id, and
metres as the crow flies. Blank means beyond the cutoff, not connected, or no such facility mapped.
Every format says what it was computed from.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.errors import TooLarge, UnknownFormat
from gis_core.writers import Column, Source, write_csv, write_geopackage, write_xlsx
from grids.arrays import BUILDING_KINDS, stock_arrays
from grids.coverage.results import run_arrays
from grids.coverage.run_files import TIME, speed_of
from grids.coverage.scores import shall_rows, thresholds_dm
from grids.coverage.street_snaps import RESOLVED_BY
from grids.kernels.graph import UNREACHED
from grids.models import Building, CoverageRun, Facility
from grids.nearest import nearest_facilities

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv.zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
REPORTING_PROFILE = "adult"
ROWS_A_CHUNK = 2000
LARGEST_SHEET = 8_000_000  # cells; a spreadsheet program gives up earlier than we do

Mask = NDArray[np.bool_]
Row = tuple[Any, ...]


class UnknownExportFormat(UnknownFormat):
    """Not one of csv, xlsx, gpkg."""


def file_name(run: CoverageRun, fmt: str) -> str:
    return f"{run.town.slug}-coverage-{run.created_at:%Y%m%d}-{str(run.pk)[:8]}.{fmt}"


def write_coverage(run: CoverageRun, fmt: str, target: Path, scope_mask: Mask | None = None) -> int:
    """Write the table to a file; `scope_mask` over Building.number leaves out what the reader may not see.

    Returns:
        The number of rows.
    """
    if fmt not in CONTENT_TYPES:
        raise UnknownExportFormat(
            _("没有“%(met)s”这种导出格式。可选：csv、xlsx、gpkg。") % {"met": fmt[:20]}, met=fmt[:20]
        )
    try:
        return _written(run, fmt, target, scope_mask)
    except BaseException:
        target.unlink(missing_ok=True)  # half a table looks like a whole one
        raise


def _written(run: CoverageRun, fmt: str, target: Path, scope_mask: Mask | None) -> int:
    columns, rows = coverage_columns(run), coverage_rows(run, scope_mask)
    if fmt == "csv":
        return write_csv(target, columns, rows)
    if fmt == "csv.zip":
        return _write_zip(run, target, columns, rows)
    if fmt == "xlsx":
        _require_sheet_size(run, len(columns), scope_mask)
        return write_xlsx(
            target, columns, rows, title=_("生活圈"), sources=coverage_sources(run), made_at=run.created_at
        )
    target.unlink(missing_ok=True)
    shapes = list(_footprints(run, scope_mask))
    return write_geopackage(
        target, "buildings", columns, rows, shapes, attribution="\n".join(source_lines(run))
    )


def inputs_of(run: CoverageRun) -> dict[str, Any]:
    """What a figure of this run was computed from, for the file beside a CSV."""
    return {
        "run": str(run.pk),
        "town": run.town.slug,
        "created_at": run.created_at.isoformat(),
        "cutoff_m": run.cutoff_m,
        "snap_limit_m": run.snap_limit_m,
        "reporting_profile": REPORTING_PROFILE,
        **run.inputs,
        "sources": source_lines(run),
    }


# --- Columns and rows -------------------------------------------------------------------


def coverage_columns(run: CoverageRun) -> list[Column]:
    columns = [
        Column("source_id", _("来源编号")),
        Column("code", _("楼栋代码")),
        Column("name", _("名称")),
        Column("lon", _("经度"), "°", "number"),
        Column("lat", _("纬度"), "°", "number"),
        Column("kind", _("类型")),
        Column("dwellings", _("住房套数"), "", "integer"),
        Column("residents", _("居民（估算）"), "", "number"),
        Column("snap", _("起点依据")),
        Column("score", _("得分"), "0–1", "number"),
        Column("missing", _("缺少的应配项目")),
    ]
    for code in run.categories:
        name = _told(run.inputs["categories"][code], "name")
        columns += [
            Column(f"{code}_walk_m", f"{name} {_('步行')}", "m", "number"),
            Column(f"{code}_min", f"{name} {_('步行时间')}", "min", "number"),
            Column(f"{code}_nearest", f"{name} {_('最近设施')}"),
            Column(f"{code}_straight_m", f"{name} {_('直线')}", "m", "number"),
        ]
    return columns


def coverage_rows(run: CoverageRun, scope_mask: Mask | None = None) -> Iterator[Row]:
    """The rows in the order of Building.number, a chunk of buildings at a time."""
    facts = _Facts(run)
    numbers = np.arange(facts.arrays.building_count)
    if scope_mask is not None:
        numbers = numbers[scope_mask]
    for begin in range(0, len(numbers), ROWS_A_CHUNK):
        yield from facts.rows(numbers[begin : begin + ROWS_A_CHUNK])


class _Facts:
    """What all rows share."""

    def __init__(self, run: CoverageRun) -> None:
        self.run = run
        self.arrays = run_arrays(run)
        self.stock = stock_arrays(run.stock)
        self.nearest = nearest_facilities(run)
        facilities = Facility.objects.filter(inventory=run.inventory).order_by("number")
        self.facility_ids = np.array([*facilities.values_list("source_id", flat=True), None], object)
        profiles = run.inputs["profiles"]
        codes = [one["code"] for one in profiles]
        profile = REPORTING_PROFILE if REPORTING_PROFILE in codes else codes[0]
        self.metres_a_minute = float(speed_of(TIME + profile, profiles))
        has_data = [run.summary["categories"][code]["has_data"] for code in run.categories]
        self.shall = shall_rows(run, np.array(has_data, np.int64))
        self.threshold_dm = thresholds_dm(run)

    def rows(self, numbers: NDArray[np.intp]) -> Iterator[Row]:
        lon, lat = self.stock.lonlat[numbers].T.round(7).tolist()
        arrays = self.arrays
        columns: list[list[Any]] = [
            *self._names(numbers),
            lon,
            lat,
            [BUILDING_KINDS[kind] for kind in self.stock.kind[numbers].tolist()],
            self.stock.dwellings[numbers].tolist(),
            arrays.residents[numbers].astype(float).round(1).tolist(),
            self._snap_words(numbers),
            [None if np.isnan(score) else round(float(score), 4) for score in arrays.score[numbers]],
            self._missing(numbers),
        ]
        for row in range(len(self.run.categories)):
            columns += self._category(row, numbers)
        return zip(*columns, strict=True)

    def _names(self, numbers: NDArray[np.intp]) -> list[list[Any]]:
        wanted = Building.objects.filter(stock=self.run.stock, number__in=numbers.tolist()).order_by("number")
        found = list(wanted.values_list("source_id", "code", "name"))
        return [list(column) for column in zip(*found, strict=True)]

    def _snap_words(self, numbers: NDArray[np.intp]) -> list[str]:
        how, edge = self.arrays.resolved_by[numbers].tolist(), self.arrays.edge[numbers].tolist()
        return [RESOLVED_BY[by] if on >= 0 else "far" for by, on in zip(how, edge, strict=True)]

    def _missing(self, numbers: NDArray[np.intp]) -> list[str]:
        """Codes of the *shall* categories with data that are farther than their threshold."""
        lacking = self.arrays.walk_dm[self.shall][:, numbers] > self.threshold_dm[self.shall, None]
        lacking &= self.arrays.edge[numbers] >= 0
        codes = np.array(self.run.categories)[self.shall]
        return [" ".join(codes[column]) for column in lacking.T]

    def _category(self, row: int, numbers: NDArray[np.intp]) -> list[list[Any]]:
        walk_dm = self.arrays.walk_dm[row, numbers]
        straight_dm = self.arrays.straight_dm[row, numbers]
        minutes = np.round(walk_dm / (10 * self.metres_a_minute), 2)
        return [
            _or_blank(walk_dm / 10, walk_dm),
            _or_blank(minutes, walk_dm),
            self.facility_ids[self.nearest[row, numbers]].tolist(),
            _or_blank(straight_dm / 10, straight_dm),
        ]


def _or_blank(values: NDArray[np.float64], distance_dm: NDArray[np.uint16]) -> list[float | None]:
    cells = values.astype(object)
    cells[distance_dm == UNREACHED] = None
    listed: list[float | None] = cells.tolist()
    return listed


def _footprints(run: CoverageRun, scope_mask: Mask | None) -> Iterator[Any]:
    """Shapely footprints in the rows' order."""
    buildings = Building.objects.filter(stock=run.stock).order_by("number").values_list("number", "geom")
    for number, geom in buildings.iterator(chunk_size=ROWS_A_CHUNK):
        if scope_mask is None or scope_mask[number]:
            yield shapely.from_wkb(bytes(geom.wkb))


# --- Where it comes from ----------------------------------------------------------------


def coverage_sources(run: CoverageRun) -> list[Source]:
    kinds: Mapping[str, str] = {
        "network": _("步行路网"),
        "stock": _("房屋"),
        "inventory": _("设施"),
        "plan": _("网格"),
    }
    sources = [
        Source(
            kinds[one["kind"]],
            f"{one['label']} #{one['number']}" + (_("（合成数据）") if one["is_synthetic"] else ""),
            one["attribution"],
            one["date"],
        )
        for one in run.inputs["generations"]
    ]
    city = run.inputs["city_profile"]
    return [
        *sources,
        Source(_("城市标准"), f"{_told(city, 'name')} v{city['version']}", city["source"]),
        Source(_("居民"), _told(run.inputs["residents"], "note")),
        Source(
            _("计算"),
            _(
                "计算编号 %(run)s；最远 %(cutoff)d 米；离路 %(limit)d 米以内。"
                "空格表示更远、不连通或没有此类设施的数据。"
            )
            % {"run": run.pk, "cutoff": run.cutoff_m, "limit": run.snap_limit_m},
            "",
            f"{run.created_at:%Y-%m-%d}",
        ),
    ]


def _told(pinned: Mapping[str, Any], what: str) -> str:
    """A pinned name or note in the reader's language, else in the other one."""
    is_chinese = (get_language() or "zh").startswith("zh")
    zh, en = pinned[f"{what}_zh"], pinned[f"{what}_en"]
    return str((zh or en) if is_chinese else (en or zh))


def source_lines(run: CoverageRun) -> list[str]:
    return [str(source) for source in coverage_sources(run)]


def _write_zip(run: CoverageRun, target: Path, columns: list[Column], rows: Iterator[Row]) -> int:
    """data.csv stays a clean table; what it was computed from is the file beside it."""
    table = target.with_suffix(".part")
    try:
        count = write_csv(table, columns, rows)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(table, "data.csv")
            archive.writestr("inputs.txt", "\n".join(source_lines(run)) + "\n")
            archive.writestr("inputs.json", json.dumps(inputs_of(run), ensure_ascii=False, indent=1))
    finally:
        table.unlink(missing_ok=True)
    return count


def _require_sheet_size(run: CoverageRun, column_count: int, scope_mask: Mask | None) -> None:
    count = run_arrays(run).building_count if scope_mask is None else int(scope_mask.sum())
    if count * column_count > LARGEST_SHEET:
        raise TooLarge(
            _(
                "这张表有 %(rows)d 行、%(columns)d 列，电子表格软件打不开。"
                "请改用 CSV 或 GeoPackage，或缩小范围。"
            )
            % {"rows": count, "columns": column_count},
            row_count=count,
            column_count=column_count,
        )
