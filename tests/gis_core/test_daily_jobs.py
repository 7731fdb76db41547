"""A daily job is queued once in 24 hours, whoever asks and however often."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from gis_core import daily_jobs, jobs
from gis_core.models import Job

pytestmark = pytest.mark.django_db
KIND = "count_the_stars"


@pytest.fixture
def daily(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(daily_jobs, "_kinds", [])
    jobs.job(KIND)(lambda progress: None)
    daily_jobs.every_day(KIND)
    yield
    del jobs._kinds[KIND]


def test_it_is_queued_once_and_again_after_a_day(daily: None):
    assert daily_jobs.queue_daily_jobs() == [KIND]
    assert daily_jobs.queue_daily_jobs() == []
    Job.objects.filter(kind=KIND).update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert daily_jobs.queue_daily_jobs() == [KIND]
    assert Job.objects.filter(kind=KIND).count() == 2
