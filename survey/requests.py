"""Requests of residents: from 受理 to 办结, each step added to the last.

A request names a service and a door. Its step forward follows `NEXT`; it closes at a level (building, grid,
community, street), which tells where small matters are settled and judges nobody. A poor rating or a new
complaint opens it again.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.denylist import has_id_number
from gis_core.errors import NotFound, Refusal
from gis_core.permissions import COMMUNITY_DIGITS, duties_for, may
from grids.models import Dwelling
from grids.scoping import buildings_within
from survey.models import Request, RequestStep

HANDLE, REPORT = "handle_requests", "report_requests"
State = Request.State
NEXT: dict[Any, tuple[Any, ...]] = {
    State.ACCEPTED: (State.DISPATCHED, State.HANDLING),
    State.DISPATCHED: (State.HANDLING,),
    State.HANDLING: (State.ANSWERED,),
    State.ANSWERED: (State.RATED, State.CLOSED, State.HANDLING),
    State.RATED: (State.CLOSED, State.HANDLING),
    State.CLOSED: (State.HANDLING,),
}
DUE_DAYS = {Request.Urgency.WEEK: 7, Request.Urgency.MONTH: 30, Request.Urgency.SOMETIME: 90}
CHANNELS = ("window", "phone", "visit", "12345", "paper")
# What neighbours need not know of each other: a building leader sees these only when they reported them.
BETWEEN_FEW = (*Request.HEALTH_HINTING, Request.Category.MEDIATION, Request.Category.LEGAL)
NOTE_MOST = 300
BUILDING_DIGITS = 17


class StepRefused(Refusal):
    code = "step_refused"
    status = 409


class RequestIncomplete(Refusal):
    code = "request_incomplete"
    status = 422


def due_on(urgency: str, opened_on: date) -> date:
    """The day by which a need of this urgency should be settled."""
    return opened_on + timedelta(
        days=DUE_DAYS.get(Request.Urgency(urgency), DUE_DAYS[Request.Urgency.SOMETIME])
    )


def visible_requests(user: Any) -> QuerySet[Request]:
    """A director's own area; a leader's own building, without what concerns few unless they told it."""
    found = Q(pk__in=[])
    for code in sorted(duties_for(user, HANDLE).area_codes):
        found |= Q(dwelling_code__startswith=code)
    if not may(user, HANDLE):
        own = Q(pk__in=RequestStep.objects.filter(by=user.pk, state=State.ACCEPTED).values("request"))
        scope = duties_for(user, REPORT)
        for code in sorted(scope.building_codes | scope.area_codes):
            found |= Q(dwelling_code__startswith=code) & (own | ~Q(category__in=BETWEEN_FEW))
    return Request.objects.filter(found)


def require_request(user: Any, uid: Any, *, to_handle: bool = False) -> Request:
    found = visible_requests(user).filter(uid=uid).select_related("town", "round").first()
    if found is None or (to_handle and not duties_for(user, HANDLE).holds(found.dwelling_code)):
        raise NotFound(_("没有这件诉求，或者不在您的职责范围内。"))
    return found


def dwelling_for_report(user: Any, code: str) -> Dwelling:
    """The dwelling that somebody may report a need of.

    Raises:
        NotFound: no such dwelling within the duties.
    """
    buildings = buildings_within(user, REPORT).filter(stock__state="active")
    found = Dwelling.objects.filter(building__in=buildings, code=code).select_related("building__stock__town")
    dwelling = found.first() if code.isascii() and code.isdigit() else None
    if dwelling is None:
        raise NotFound(_("没有这个户室，或者不在您的职责范围内。"))
    return dwelling


@transaction.atomic
def report(
    dwelling: Dwelling, *, category: str, urgency: str, channel: str, note: str, by: Any
) -> tuple[Request, bool]:
    """Open a request; where one of the same kind is open at this door, the note is added to it.

    Returns:
        The request, and whether it is new.
    """
    if category not in Request.Category.values or urgency not in Request.Urgency.values:
        raise RequestIncomplete(_("请选择诉求类别和缓急。"))
    if channel not in CHANNELS:
        raise RequestIncomplete(_("请选择来源。"))
    said = _note(note)
    town = dwelling.building.stock.town
    same = Request.objects.select_for_update().filter(
        town=town, dwelling_code=dwelling.code, category=category
    )
    standing = same.exclude(state=State.CLOSED).first()
    if standing is not None:
        RequestStep.objects.create(request=standing, state=standing.state, note=said, by=by)
        return standing, False
    made = Request.objects.create(
        town=town,
        dwelling_code=dwelling.code,
        category=category,
        urgency=urgency,
        channel=channel,
        opened_at=timezone.now(),
        due_on=due_on(urgency, timezone.localdate()),
    )
    RequestStep.objects.create(request=made, state=State.ACCEPTED, note=said, by=by)
    return made, True


@transaction.atomic
def step(
    subject: Request, state: str, *, by: Any, note: str = "", level: str = "", rating: int | None = None
) -> Request:
    """Take the next step, or open a closed request again.

    Raises:
        StepRefused: this state does not follow the present one, or another of its kind is open already.
        RequestIncomplete: closing without a level, rating without stars.
    """
    found = Request.objects.select_for_update().get(pk=subject.pk)
    if state not in NEXT[found.state]:
        raise StepRefused(
            _("诉求现在是“%(state)s”，不能走这一步。") % {"state": found.get_state_display()},
            state=found.state,
        )
    _require_complete(state, level, rating)
    is_reopened = state == State.HANDLING and found.state in (State.RATED, State.CLOSED, State.ANSWERED)
    found.reopened_count += is_reopened
    found.closed_level = level if state == State.CLOSED else ""
    found.closed_at = timezone.now() if state == State.CLOSED else None
    if state == State.CLOSED:
        found.contact_sealed = None  # it was kept for this case alone
    found.state = state
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as err:
        raise StepRefused(_("同一户已有同类诉求未办结，请在那一件上继续。")) from err
    RequestStep.objects.create(request=found, state=state, note=_note(note), rating=rating, by=by)
    return found


def _require_complete(state: str, level: str, rating: int | None) -> None:
    if state == State.CLOSED and level not in Request.Level.values:
        raise RequestIncomplete(_("请选择在哪一级办结。"))
    if (state == State.RATED) != (rating is not None) or (rating is not None and not 1 <= rating <= 5):
        raise RequestIncomplete(_("评价请选 1 到 5 分。"))


def _note(note: str) -> str:
    said = " ".join(note.replace("\x00", "").split())[:NOTE_MOST]
    if has_id_number(said):
        raise RequestIncomplete(_("说明中不要写身份证号。"))
    return said


def overdue(found: QuerySet[Request]) -> QuerySet[Request]:
    return found.filter(due_on__lt=timezone.localdate()).exclude(state=State.CLOSED)


def counts_by_month(found: QuerySet[Request], *, since: datetime) -> list[dict[str, Any]]:
    """Opened and closed by community, category and month. Counts of matters, never of people."""
    opened = _counted(found.filter(opened_at__gte=since), "opened_at")
    closed = _counted(found.filter(closed_at__gte=since), "closed_at")
    keys = sorted({*opened, *closed}, key=lambda key: (key[0], -key[2].toordinal(), key[1]))
    return [
        {
            "community": community,
            "category": category,
            "month": month,
            "opened": opened[(community, category, month)],
            "closed": closed[(community, category, month)],
        }
        for community, category, month in keys
    ]


def _counted(found: QuerySet[Request], field: str) -> Counter[tuple[str, str, Any]]:
    rows = (
        found.order_by()
        .annotate(community=Left("dwelling_code", COMMUNITY_DIGITS), month=TruncMonth(field))
        .values_list("community", "category", "month")
        .annotate(count=Count("pk"))
    )
    return Counter({(community, category, month.date()): count for community, category, month, count in rows})
