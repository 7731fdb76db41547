"""Consent taken back. All of it is an erasure; the one for health-hinting needs stands alone."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from survey.models import Consent, Request


@transaction.atomic
def withdraw_health(subject: Consent, *, by: Any) -> int:
    """End the second consent and delete the requests it had allowed; everything else stays.

    Returns:
        How many requests went.

    Raises:
        Conflict: it was not given, or was withdrawn before.
    """
    found = Consent.objects.select_for_update(of=("self",)).select_related("round").get(pk=subject.pk)
    if not found.health_is_given:
        raise Conflict(_("健康相关的同意没有给出，或已撤回。"))
    found.health_is_given = False
    found.withdrawn_at, found.withdrawn_by = timezone.now(), by
    found.save(update_fields=["health_is_given", "withdrawn_at", "withdrawn_by"])
    told = Request.objects.filter(
        town=found.round.town_id, dwelling_code=found.dwelling_code, category__in=Request.HEALTH_HINTING
    ).exclude(submission=None)
    count = told.count()
    told.delete()
    return count
