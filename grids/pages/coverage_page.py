"""The page 生活圈: its state, its print view, its exports, and the start of a computation."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.api import wants_json
from gis_core.errors import NotAllowed, NotFound, Refusal
from gis_core.jobs import start_job
from gis_core.permissions import require
from grids.coverage import exports
from grids.coverage.results import current_run
from grids.maps.coverage_state import OPEN, page_state
from grids.models import Town
from grids.scoping import building_mask, held_towns, town_of

EXPORT, RUN = "export_coverage", "run_coverage"
EXPORT_FORMATS = {"xlsx": "xlsx", "csv": "csv.zip", "gpkg": "gpkg"}


class UnknownExport(Refusal):
    code = "unknown_export"


@never_cache
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    return render(request, "grids/coverage.html", {"state": page_state(request)})


@never_cache
@require_safe
def coverage_print(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    return render(request, "grids/coverage_print.html", {"state": page_state(request)})


@never_cache
@require_safe
def coverage_state(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    return JsonResponse(page_state(request))


def _town_for(request: HttpRequest, action: str) -> Town:
    require(request.user, action)
    town = town_of(request, action)
    if town is None:
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
    return town


@require_POST
def coverage_run(request: HttpRequest) -> HttpResponse:
    """Queue a computation for the town; its page shows how far it is."""
    town = _town_for(request, RUN)
    if not held_towns(request.user, RUN).filter(pk=town.pk).exists():
        raise NotAllowed(_("计算整个城镇需要覆盖全城的职责。"), town=town.slug)
    job = start_job("run_coverage", owner=request.user, area_code=town.root_code, town_id=town.pk)
    if wants_json(request):
        return JsonResponse({"url": f"/jobs/{job.pk}/"}, status=202)
    return redirect("job", pk=job.pk)


@never_cache
@require_safe
def coverage_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The figures of every building within the duties, with what they were computed from."""
    town = _town_for(request, EXPORT)
    asked = request.GET.get("format", "xlsx")
    if asked not in EXPORT_FORMATS:
        raise UnknownExport(
            _("没有“%(format)s”这种导出格式，请用 %(known)s。")
            % {"format": asked[:20], "known": "、".join(EXPORT_FORMATS)},
            format=asked[:20],
        )
    run = current_run(town)
    if run is None:
        raise NotFound(_("“%(town)s”还没有计算过生活圈。") % {"town": town.name_zh}, town=town.slug)
    mask = building_mask(request.user, EXPORT, run.stock)
    kind = EXPORT_FORMATS[asked]
    with TemporaryDirectory() as folder:
        target = Path(folder) / "export"
        exports.write_coverage(run, kind, target, None if mask.all() else mask)
        file = target.open("rb")  # stays readable after the folder is gone, and goes with the response
    subject = f"export coverage-run {run.pk} {asked}"
    log_access(request.user, "export", subject, area_code=town.root_code, request=request)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=exports.file_name(run, kind),
        content_type=exports.CONTENT_TYPES[kind],
    )
    response["Cache-Control"] = "private, no-store"
    return response
