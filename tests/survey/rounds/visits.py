"""Visits for tests of progress: rows as the judge would leave them."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from survey.models import Submission, Visit
from tests.survey.worlds import Field

_numbers = count(1)


def knock(field: Field, code: str, outcome: str, *, at: datetime | None = None, **facts: Any) -> Visit:
    """One visit at one door, without what was said there."""
    number = next(_numbers)
    record = Submission.objects.create(
        form=field.form_version.form,
        form_version=field.form_version,
        round=field.round,
        instance_id=f"uuid:{number}",
        root_instance_id=f"uuid:{number}",
        sha256=f"{number:064d}",
        size_bytes=1,
        key_id=str(field.round.uid),
        state="applied",
        by=field.worker,
        received_at=timezone.now(),
    )
    return Visit.objects.create(
        submission=record,
        round=field.round,
        dwelling_code=code,
        worker=field.worker,
        outcome=outcome,
        at=at or timezone.now() - timedelta(days=1),
        **facts,
    )
