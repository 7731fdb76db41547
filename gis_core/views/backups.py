"""Backups: the list, making one as a job, taking one away."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.access_log import log_access
from gis_core.backups import backups, require_whole_system
from gis_core.errors import NotFound
from gis_core.jobs import start_job
from gis_core.models import Job


@never_cache
@require_http_methods(["GET", "POST"])
def backup_list(request: HttpRequest) -> HttpResponse:
    require_whole_system(request.user)
    if request.method == "POST":
        made = start_job("backup", owner=request.user)
        log_access(request.user, "make_backup", f"job {made.pk}", request=request)
        return redirect("backups")
    open_states = [Job.State.QUEUED, Job.State.RUNNING]
    jobs = Job.objects.filter(kind="backup")
    last = jobs.first()
    context = {
        "backups": list(backups()),
        "running": jobs.filter(state__in=open_states),
        "failed": last if last and last.state == Job.State.FAILED else None,
    }
    return render(request, "settings/backups.html", context)


@require_safe
def backup_download(request: HttpRequest, name: str) -> HttpResponseBase:
    require_whole_system(request.user)
    found = next((backup for backup in backups() if backup.name == name), None)
    if found is None:
        raise NotFound(_("没有备份文件 %(path)s。") % {"path": name})
    log_access(request.user, "download_backup", name, request=request)
    path = Path(settings.BACKUPS_DIR) / found.name
    response = FileResponse(path.open("rb"), as_attachment=True, filename=found.name)
    response["Cache-Control"] = "no-store"
    return response
