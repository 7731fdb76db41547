"""Whose pack it is: one's own assignments, of open rounds, as far as today's duties still hold them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.permissions import require
from grids.models import Dwelling
from grids.scoping import buildings_within
from survey.assignment_places import VISIT
from survey.assignments import assigned_dwellings
from survey.models import Assignment, AssignmentSet, Round

OPEN_TABLET = "open_tablet"


def own_sets(user: Any) -> QuerySet[AssignmentSet]:
    """The person's sets of open rounds in which something is assigned to them now."""
    require(user, OPEN_TABLET)
    standing = Assignment.objects.filter(set=OuterRef("pk"), ended_at=None)
    found = AssignmentSet.objects.filter(Exists(standing), worker=user, round__state=Round.State.OPEN)
    related = found.select_related(
        "round__town", "round__notice", "round__stock", "round__form_version__form"
    )
    return related.order_by("-round__starts_on", "pk")


def own_set(user: Any, uid: Any) -> AssignmentSet:
    """One of them; everybody else's is not found."""
    found = own_sets(user).filter(uid=uid).first()
    if found is None:
        raise NotFound(_("这一轮走访已经结束，或者没有派给您。"), set=str(uid))
    return found


def dwellings_to_visit(own: AssignmentSet) -> QuerySet[Dwelling]:
    """What is assigned and lies within the worker's duties of today."""
    buildings = buildings_within(own.worker, VISIT).filter(stock=own.round.stock_id)
    return assigned_dwellings(own).filter(building__in=buildings.order_by().values("pk"))
