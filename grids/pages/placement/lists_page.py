"""The first two steps: the list of flats and the list of applicants, each in from one file or not at all."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.errors import NotFound, Refusal, TooLarge
from gis_core.permissions import require
from grids.models import PlacementProject
from grids.pages.placement.list_counts import (
    MOST_ROOM_COLUMNS,
    applicant_facts,
    flat_lines,
    flat_totals,
    most_listed,
    room_classes,
    room_lines,
    tenure_lines,
)
from grids.pages.placement.row_faults import told_faults
from grids.pages.placement.scope import OPEN, project_in_duty, step_page
from grids.placement.errors import ApplicantsDoNotFit
from grids.placement.imports import ImportReport, forget_applicants, import_applicants, import_flats
from grids.placement.templates import applicants_template, flats_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BUILDINGS_A_PAGE = 50
TEMPLATES: dict[str, Callable[[], bytes]] = {"flats": flats_template, "applicants": applicants_template}


@never_cache
@require_http_methods(["GET", "POST"])
def placement_flats(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    refusal = None
    if request.method == "POST":
        refusal = _refusal_of(request, project, import_flats, _("已导入 %(count)d 套房源。"))
        if refusal is None:
            return redirect("placement_flats", uid=project.uid)
    rooms = room_classes(project)
    lines = flat_lines(project, rooms)
    context = {
        "rooms": rooms,
        "is_wide": len(rooms) > MOST_ROOM_COLUMNS,
        "page": Paginator(lines, BUILDINGS_A_PAGE).get_page(request.GET.get("page")),
        "totals": flat_totals(lines, rooms),
        "has_applicants": project.applicants.exists(),
        "must_clear": isinstance(refusal, ApplicantsDoNotFit),
        **_of_upload(request, refusal),
    }
    return _page(request, "flats", project, context, refusal)


@never_cache
@require_http_methods(["GET", "POST"])
def placement_applicants(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    refusal = None
    if request.method == "POST":
        refusal = _refusal_of(request, project, import_applicants, _("已导入 %(count)d 份申请。"))
        if refusal is None:
            return redirect("placement_applicants", uid=project.uid)
    rooms = room_classes(project)
    classes = room_lines(project, rooms)
    context = {
        "rooms": rooms,
        "classes": classes,
        "tenures": tenure_lines(project, rooms),
        "facts": applicant_facts(project),
        "listed": most_listed(project),
        "flat_count": sum(one.flats for one in classes),
        "waiting_count": sum(one.waiting for one in classes),
        **_of_upload(request, refusal),
    }
    return _page(request, "applicants", project, context, refusal)


@require_POST
def placement_forget_applicants(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    try:
        count = forget_applicants(project, request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("placement_applicants", uid=project.uid)
    messages.success(request, _("已清空 %(count)d 份申请。") % {"count": count})
    back = "placement_flats" if request.POST.get("back") == "flats" else "placement_applicants"
    return redirect(back, uid=project.uid)


@require_safe
def placement_template(request: HttpRequest, kind: str) -> HttpResponse:
    """A file to fill in; it holds no data."""
    require(request.user, OPEN)
    if kind not in TEMPLATES:
        raise NotFound(_("没有这个模板。"))
    name = {"flats": "wangge-flats.xlsx", "applicants": "wangge-applicants.xlsx"}[kind]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(TEMPLATES[kind](), content_type=XLSX, headers=headers)


def _refusal_of(
    request: HttpRequest, project: PlacementProject, take: Callable[..., ImportReport], words: str
) -> Refusal | None:
    """Take the uploaded file in and say so; why not, where it is refused."""
    try:
        report = _taken(request, project, take)
    except Refusal as refusal:
        return refusal
    messages.success(request, words % {"count": report.rows})
    for note in report.notes:
        messages.warning(request, note)
    return None


def _taken(
    request: HttpRequest, project: PlacementProject, take: Callable[..., ImportReport]
) -> ImportReport:
    """The uploaded file, read into memory within a limit and not kept.

    Raises:
        Refusal: no file, a file that is too large, or whatever the import refuses.
    """
    file = request.FILES.get("file")
    if file is None:
        raise Refusal(_("请先选择文件。"))
    if (file.size or 0) > settings.LIST_MAX_BYTES:
        raise TooLarge(
            _("文件有 %(size)d MB，最大 %(most)d MB。请只保留模板里的列，或分成几个项目。")
            % {"size": -(-(file.size or 0) // 2**20), "most": settings.LIST_MAX_BYTES // 2**20},
            size_bytes=file.size,
        )
    allows = request.POST.get("allows_waiting_list") == "1"
    return take(project, file.read(), file.name or "", request.user, allows_waiting_list=allows)


def _of_upload(request: HttpRequest, refusal: Refusal | None) -> dict[str, Any]:
    file = request.FILES.get("file")
    return {
        "refusal": refusal,
        "refused_file": file.name if file else "",
        "faults": told_faults(refusal) if refusal else None,
        "largest_bytes": settings.LIST_MAX_BYTES,
        "largest_mb": settings.LIST_MAX_BYTES // 2**20,
    }


def _page(
    request: HttpRequest,
    key: str,
    project: PlacementProject,
    context: dict[str, Any],
    refusal: Refusal | None,
) -> HttpResponse:
    status = refusal.status if refusal else 200
    return step_page(request, f"grids/placement/{key}.html", project, key, context, status)
