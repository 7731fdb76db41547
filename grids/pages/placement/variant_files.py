"""What leaves the page of an alternative: its map, its tables as a file; and its end."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from grids.maps.tiles import active_tile_set
from grids.models import Building, Variant
from grids.pages.placement.check_page import variant_of
from grids.pages.placement.figures_shown import counted, site_names
from grids.pages.placement.scope import project_in_duty
from grids.placement.dropping import drop_variant
from grids.placement.variant_exports import CONTENT_TYPES, file_name, write_variant


@never_cache
@require_safe
def variant_map(request: HttpRequest, uid: UUID, variant: UUID) -> JsonResponse:
    """Buildings of the site with their numbers on today's map, before and after."""
    found = variant_of(project_in_duty(request, uid), str(variant))
    names = site_names(found.project, found.findings)
    rows = sorted(found.findings["mix"]["by_building"], key=lambda row: counted(names[row["code"]]))
    number = _numbers_on_the_map(found, [row["code"] for row in rows])
    drawn = [
        {
            "number": number[row["code"]][0],
            "at": number[row["code"]][1],
            "name": names[row["code"]],
            "before": row["before"],
            "after": row["after"],
        }
        for row in rows
        if row["code"] in number
    ]
    return JsonResponse({"buildings": drawn, "not_on_map": len(rows) - len(drawn)})


def _numbers_on_the_map(variant: Variant, codes: list[str]) -> dict[str, tuple[int, list[float]]]:
    """The map draws the stock in use, which may be a later one than the project's: found by code."""
    stock = active_tile_set(variant.project.town).stock
    rows = Building.objects.filter(stock=stock, code__in=codes).values_list("code", "number", "point")
    return {code: (number, [round(point.x, 6), round(point.y, 6)]) for code, number, point in rows}


@never_cache
@require_safe
def variant_export(request: HttpRequest, uid: UUID, variant: UUID, fmt: str) -> FileResponse:
    """Headroom, rules and places by receipt number; every export is written down."""
    project = project_in_duty(request, uid)
    found = variant_of(project, str(variant))
    with TemporaryDirectory() as folder:
        target = Path(folder) / "export"
        write_variant(found, fmt, target, made_at=timezone.localtime())
        file = target.open("rb")  # stays readable after the folder is gone, and goes with the response
    subject = f"export placement {project.pk} variant {found.pk} {fmt}"
    reason: Any = request.GET.get("reason", "")
    log_access(request.user, "export", subject, area_code=project.area_code, reason=reason, request=request)
    name = file_name(found, fmt)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[fmt])
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_POST
def variant_delete(request: HttpRequest, uid: UUID, variant: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    found = variant_of(project, str(variant))
    drop_variant(found, request.user)
    messages.success(request, _("“%(name)s”已删除。") % {"name": found.name})
    return redirect("placement_check", uid=project.uid)
