"""Offline updates whose predecessor never came: after five days they are applied to what stands."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.daily_jobs import every_day
from gis_core.jobs import Progress, job
from survey.judging import apply_waiting
from survey.models import WaitingUpdate

WAIT = timedelta(days=5)


@job("apply_waiting", label=_("登记等待过久的离线修改"))
def apply_waiting_job(progress: Progress) -> None:
    apply_overdue()


def register() -> None:
    """Have the worker look every day."""
    every_day("apply_waiting")


def apply_overdue() -> int:
    """Apply every update that has waited long enough, the oldest of each branch first; twice is harmless."""
    overdue = WaitingUpdate.objects.filter(held_at__lt=timezone.now() - WAIT)
    rows = overdue.order_by("branch_id", "branch_base_version").values_list("submission_id", flat=True)
    count = 0
    for pk in list(dict.fromkeys(rows)):
        with transaction.atomic():
            count += apply_waiting(pk, is_forced=True)
    return count
