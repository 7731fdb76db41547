"""What only the official in charge takes out of a draw: the full archive by file, and the receipts to print.

The auditor reads logs and no records, so the full archive goes to auditor and notary from the official's
hand; taking it is written down, and its hash is public.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.permissions import require, within_duty
from grids.models import Draw
from grids.placement.public_archive import full_archive_file

ACTION = "run_draw"


def draw_in_duty(request: HttpRequest, uid: UUID) -> Draw:
    require(request.user, ACTION)
    rows = within_duty(
        Draw.objects.select_related("project__town"), request.user, ACTION, code_field="project__area_code"
    )
    draw = rows.filter(uid=uid).first()
    if draw is None:
        raise NotFound(_("没有这次摇号，或者不在您的职责范围内。"))
    return draw


@never_cache
@require_safe
def draw_full_archive(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw = draw_in_duty(request, uid)
    if draw.drawn_at is None:
        raise NotFound(_("摇号以后才有完整档案。"))
    log_access(
        request.user,
        "read_full_archive",
        f"draw {draw.uid}",
        area_code=draw.project.area_code,
        request=request,
    )
    response = HttpResponse(full_archive_file(draw), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="full.json"'
    return response


@never_cache
@require_safe
def draw_slips(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A receipt for each applicant, with the secret that opens the own row: print, hand out, keep no copy."""
    draw = draw_in_duty(request, uid)
    if draw.published_at is not None:
        raise NotFound(_("公示以后密语已经从系统里删除，不能再打印。"))
    slips = [
        {"receipt": receipt, "secret": "-".join(secret[at : at + 5] for at in range(0, len(secret), 5))}
        for receipt, secret in draw.project.applicants.exclude(secret="").values_list("receipt", "secret")
    ]
    log_access(
        request.user, "print_slips", f"draw {draw.uid}", area_code=draw.project.area_code, request=request
    )
    return render(request, "grids/draw_slips.html", {"draw": draw, "slips": slips})
