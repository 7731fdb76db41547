"""Jobs that run once a day by themselves: a room names the kind, the worker queues it when one has passed."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from gis_core.jobs import start_job
from gis_core.models import Job

DAY = timedelta(days=1)
ONE_AT_A_TIME = 7_301_001  # PostgreSQL advisory lock: several workers may look at the same moment

_kinds: list[str] = []


def every_day(kind: str) -> None:
    """Queue this kind of job, which takes no arguments, once in 24 hours."""
    if kind not in _kinds:
        _kinds.append(kind)


@transaction.atomic
def queue_daily_jobs() -> list[str]:
    """Queue those whose last start was a day ago or more; called by the worker now and then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    recent = Job.objects.filter(kind__in=_kinds, created_at__gt=timezone.now() - DAY)
    due = sorted(set(_kinds) - set(recent.values_list("kind", flat=True)))
    for kind in due:
        start_job(kind, owner=None)
    return due
