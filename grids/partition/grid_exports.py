"""A plan as a table or a layer, with what it was made from."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound, Refusal
from gis_core.shell import local_name
from gis_core.writers.columns import Column, Source
from gis_core.writers.layers import write_geojson, write_geopackage
from gis_core.writers.workbook import write_xlsx
from grids.geos import to_shapely
from grids.models import Grid, GridPlan
from grids.pages.grid_views import OPEN, plan_asked, shown_grids, town_or_404
from grids.town_import.findings import finding_rows

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"xlsx": XLSX, "gpkg": "application/geopackage+sqlite3", "geojson": "application/geo+json"}


class UnknownExport(Refusal):
    code = "unknown_export"


def columns() -> list[Column]:
    return [
        Column("code", _("网格代码")),
        Column("name", _("名称")),
        Column("kind", _("类别")),
        Column("community_code", _("社区代码")),
        Column("households", _("户数"), _("户"), "integer"),
        Column("buildings", _("楼栋数"), _("栋"), "integer"),
        Column("area_m2", _("面积"), "m²", "number"),
        Column("size_reason", _("规模理由")),
        Column("findings", _("检查结果")),
    ]


def rows(grids: Sequence[Grid]) -> list[tuple[Any, ...]]:
    return [
        (
            grid.code,
            local_name(grid),
            grid.get_kind_display(),
            grid.community_code,
            grid.household_count,
            grid.building_count,
            grid.area_m2,
            grid.size_reason,
            " ".join(row["sentence"] for row in finding_rows({"findings": grid.findings})),
        )
        for grid in grids
    ]


def _attribution(plan: GridPlan) -> str:
    mark = _("（虚构，仅供演示）") if plan.town.is_fictional else ""
    return f"{plan.town.name_zh}{mark} · {plan.source_name} · {plan.attribution}".rstrip(" ·")


def _write_xlsx(path: Path, plan: GridPlan, grids: list[Grid]) -> None:
    title = _("%(town)s网格方案 %(number)d") % {"town": local_name(plan.town), "number": plan.number}
    source = Source(_("网格划分"), plan.source_name, plan.attribution, plan.valid_from.isoformat())
    write_xlsx(path, columns(), rows(grids), title=title, sources=[source], made_at=timezone.now())


def _write_gpkg(path: Path, plan: GridPlan, grids: list[Grid]) -> None:
    shapes = [to_shapely(grid.geom) for grid in grids]
    write_geopackage(path, "grids", columns(), rows(grids), shapes, attribution=_attribution(plan))


def _write_geojson(path: Path, plan: GridPlan, grids: list[Grid]) -> None:
    shapes = [to_shapely(grid.geom) for grid in grids]
    write_geojson(path, columns(), rows(grids), shapes, attribution=_attribution(plan))


WRITERS: dict[str, Callable[[Path, GridPlan, list[Grid]], None]] = {
    "xlsx": _write_xlsx,
    "gpkg": _write_gpkg,
    "geojson": _write_geojson,
}


@never_cache
@require_safe
def grids_export(request: HttpRequest) -> FileResponse:
    town = town_or_404(request, OPEN)
    plan = plan_asked(request, town)
    asked = request.GET.get("format", "xlsx")
    if asked not in WRITERS:
        raise UnknownExport(
            _("没有“%(format)s”这种导出格式，请用 %(known)s。")
            % {"format": asked[:20], "known": "、".join(WRITERS)}
        )
    if plan is None:
        raise NotFound(_("这个城镇还没有网格方案。"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"grids.{asked}"
        WRITERS[asked](path, plan, list(shown_grids(request, plan).order_by("code")))
        file = path.open("rb")  # stays readable after the folder is gone
    log_access(
        request.user,
        "export",
        f"export grid-plan {plan.pk} {asked}",
        area_code=town.root_code,
        request=request,
    )
    name = f"{town.slug}-grids-{plan.number}.{asked}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[asked])
    response["Cache-Control"] = "private, no-store"
    return response
