"""One job's progress as a page, as a part of a page that asks again, and for programs."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from rest_framework import generics, serializers

from gis_core.errors import NotAllowed, NotFound
from gis_core.jobs import cancel_job, label_of
from gis_core.models import Job
from gis_core.permissions import duties_for
from gis_core.sessions import asked_by_itself


def visible_jobs(user: Any) -> QuerySet[Job]:
    """The own jobs, and those on places of the own duty."""
    on_my_places = Q(pk__in=[])
    for code in duties_for(user, "open_data").area_codes:
        on_my_places |= Q(area_code__startswith=code)
    return Job.objects.filter(Q(owner=user) | on_my_places)


def _job_of(request: HttpRequest, pk: UUID) -> Job:
    found = visible_jobs(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这项工作，或者不在您的职责范围内。"))
    return found


@never_cache
@require_safe
def job_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "jobs/page.html", {"job": _job_of(request, pk)})


@asked_by_itself
@never_cache
@require_safe
def job_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar alone. It asks for itself again while the job is open (static/public/shell/jobs.js)."""
    return render(request, "jobs/part.html", {"job": _job_of(request, pk)})


@require_POST
def job_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _job_of(request, pk)
    if found.owner_id != request.user.pk:
        raise NotAllowed(_("只有启动这项工作的人可以取消它。"))
    cancel_job(found)
    return redirect("job", pk=pk)


class JobSerializer(serializers.ModelSerializer[Job]):
    label = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id", "kind", "label", "area_code", "state", "step", "done_count", "total_count", "attempt_count",
            "cancel_asked", "error_code", "error_sentence", "error_details", "result_url", "created_at",
            "started_at", "heartbeat_at", "ended_at", "url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_label(self, job: Job) -> str:
        return label_of(job.kind)

    def get_url(self, job: Job) -> str:
        return f"/jobs/{job.pk}/"


class JobList(generics.ListAPIView[Job]):
    """Own jobs and those on places of the own duty, newest first."""

    serializer_class = JobSerializer
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return visible_jobs(self.request.user)


class JobDetail(generics.RetrieveAPIView[Job]):
    serializer_class = JobSerializer
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return visible_jobs(self.request.user)
