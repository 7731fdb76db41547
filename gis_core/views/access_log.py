"""The access log for auditors and the data-protection officer: filters, pages; reading it is logged too."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.access_log import ACTIONS, log_access
from gis_core.models import AccessLog, Duty, User
from gis_core.permissions import duties_for, require

ROWS_PER_PAGE = 50
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)  # beyond, midnight in a zone cannot be told


def visible_log(user: object) -> QuerySet[AccessLog]:
    """Rows about places of the duty, and rows without a place by people who belong to those places."""
    areas = duties_for(user, "read_access_log").area_codes
    if not areas:
        return AccessLog.objects.none()
    at_home = User.objects.filter(_begins("home_code", areas)).values("pk")
    on_duty = Duty.objects.filter(
        _begins("area_code", areas) | _begins("grid_code", areas) | _begins("building_code", areas)
    ).values("user")
    nowhere = Q(area_code="") & (Q(user=None) | Q(user__in=at_home) | Q(user__in=on_duty))
    return AccessLog.objects.filter(_begins("area_code", areas) | nowhere).select_related("user")


def _begins(field: str, codes: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for code in codes:
        found |= Q(**{f"{field}__startswith": code})
    return found


@never_cache
@require_safe
def access_log_page(request: HttpRequest) -> HttpResponse:
    require(request.user, "read_access_log")
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "action", "code", "since", "until")}
    page = Paginator(_filtered(visible_log(request.user), asked), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [(row, ACTIONS.get(row.action, row.action)) for row in page]
    if any(asked.values()):
        reason = " ".join(f"{key}={value}" for key, value in asked.items() if value)
        log_access(request.user, "read_access_log", "access log", reason=reason, request=request)
    context = {
        "page": page,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "actions": sorted(ACTIONS.items(), key=lambda item: str(item[1])),
        "rows": rows,
    }
    return render(request, "settings/access_log.html", context)


def _filtered(found: QuerySet[AccessLog], asked: dict[str, str]) -> QuerySet[AccessLog]:
    if asked["q"]:
        words = Q(subject__icontains=asked["q"]) | Q(reason__icontains=asked["q"])
        found = found.filter(
            words | Q(user__username__icontains=asked["q"]) | Q(user__display_name__icontains=asked["q"])
        )
    if asked["action"]:
        found = found.filter(action=asked["action"])
    if asked["code"]:
        found = found.filter(area_code__startswith=asked["code"])
    if since := _day(asked["since"]):
        found = found.filter(at__gte=_midnight(since))
    if until := _day(asked["until"]):
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    return found


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
