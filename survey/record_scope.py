"""Which records, uploads and entities a person's duties reach: a community's own, whole, and no grid's.

A household row is narrower than the map: duties for a grid or a building open none at the desk.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.permissions import Scope, duties_for
from survey.models import Entity, KeptUpload, Round, Submission

REVIEW, CASE, ERASE = "review_records", "read_household_case", "erase_household"


def _holds(field: str, scope: Scope) -> Q:
    found = Q(pk__in=[])
    for code in sorted(scope.area_codes):
        found |= Q(**{f"{field}__startswith": code})
    return found


def _whole_rounds(scope: Scope) -> list[int]:
    """Rounds that lie whole within the duty."""
    return [row.pk for row in Round.objects.all() if all(scope.holds(code) for code in row.area_codes)]


def _without_place(scope: Scope) -> Q:
    """What names no dwelling belongs to whoever holds its whole round, else to the sender's own place."""
    return Q(round__in=_whole_rounds(scope)) | _holds("by__home_code", scope)


def visible_records(user: Any, action: str = REVIEW) -> QuerySet[Submission]:
    """Records of dwellings within the duties, and those of no known dwelling that came from there."""
    scope = duties_for(user, action)
    if not scope.area_codes:
        return Submission.objects.none()
    unplaced = Q(dwelling_code="") & _without_place(scope)
    return Submission.objects.filter((~Q(dwelling_code="") & _holds("dwelling_code", scope)) | unplaced)


def visible_uploads(user: Any, action: str = REVIEW) -> QuerySet[KeptUpload]:
    """Kept uploads that came from a place within the duties."""
    scope = duties_for(user, action)
    if not scope.area_codes:
        return KeptUpload.objects.none()
    return KeptUpload.objects.filter(_without_place(scope))


def visible_entities(user: Any, action: str = REVIEW) -> QuerySet[Entity]:
    """Entities of dwellings within the duties."""
    scope = duties_for(user, action)
    found = Entity.objects.filter(_holds("dwelling_code", scope)).exclude(dwelling_code="")
    return found if scope.area_codes else found.none()


def require_record(user: Any, pk: int, action: str = REVIEW) -> Submission:
    found = visible_records(user, action).select_related("round", "form", "form_version", "by").filter(pk=pk)
    record = found.first()
    if record is None:
        raise NotFound(_("没有这份记录，或者不在您的职责范围内。"))
    return record
