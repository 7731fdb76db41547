"""保存期限: how long what is kept, what is due now, what was erased when."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.jobs import start_job
from gis_core.models import Job
from gis_core.permissions import require, within_duty
from survey.models import WorkListItem
from survey.retention import ACTION, RULES, runs

OPEN = "open_retention"
RUNS_SHOWN = 60


@never_cache
@require_safe
def retention_page(request: HttpRequest) -> HttpResponse:
    require(request.user, OPEN)
    now = timezone.now()
    words = {rule.key: rule.what for rule in RULES}
    shown = []
    for row in runs()[:RUNS_SHOWN]:
        key, _space, count = row.subject.partition(" ")
        shown.append({"at": row.at, "what": words.get(key, key), "count": count, "user": row.user})
    context = {
        "rules": [
            {"what": rule.what, "how_long": rule.how_long, "due": rule.expired(now).count()} for rule in RULES
        ],
        "items": within_duty(
            WorkListItem.objects.order_by("code"), request.user, OPEN, code_field="area_code", ancestors=True
        ),
        "runs": shown,
        "last": Job.objects.filter(kind=ACTION, state=Job.State.DONE).first(),
    }
    return render(request, "survey/records/retention.html", context)


@require_POST
def retention_run(request: HttpRequest) -> HttpResponse:
    """Erase what is due now instead of tonight."""
    require(request.user, OPEN)
    made = start_job(ACTION, owner=request.user)
    messages.success(request, _("已开始删除到期内容。"))
    return redirect("job", pk=made.pk)
