"""逐户导出: what would leave, what stays, and the reason without which nothing does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_core.errors import Refusal
from gis_core.models import AccessLog
from gis_core.permissions import require
from survey.answer_labels import label_of
from survey.exports import EXPORT, ROWS_MOST, exportable, make_export, told_questions
from survey.rounds import round_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rows_export(request: HttpRequest, uid: Any) -> HttpResponse:
    require(request.user, EXPORT)
    round_ = round_for(request.user, uid, EXPORT)
    error = None
    if request.method == "POST":
        try:
            made = make_export(request.user, round_, request.POST.get("reason", ""), request=request)
        except Refusal as refusal:
            error = refusal
        else:
            response = HttpResponse(made.content, content_type=XLSX)
            response["Content-Disposition"] = f'attachment; filename="{made.name}"'
            return response
    is_open = round_.allows_row_export and round_.state != "sealed"
    earlier = AccessLog.objects.filter(action="export_rows", subject__contains=f" round {round_.pk} ")
    context = {
        "round": round_,
        "is_open": is_open,
        "count": len(exportable(request.user, round_)) if is_open else 0,
        "most": ROWS_MOST,
        "columns": [label_of(one) for one in told_questions(round_.form_version.outline)],
        "earlier": earlier.select_related("user").order_by("-at")[:20],
        "error": error,
    }
    return render(request, "survey/records/rows_export.html", context, status=error.status if error else 200)
