"""冲突: dwellings and households on which two visits disagree, and the page where a director decides."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound, Refusal
from gis_core.permissions import COMMUNITY_DIGITS, require
from survey import access
from survey.access import REVIEW, visible_entities
from survey.conflicts import Contents, clear_contents, contested, open_conflicts, settle
from survey.models import Entity
from survey.pages.records_reading import ask_reason, door_labels, reason_given
from survey.rounds import DWELLINGS, round_for

CHOSEN, TYPED = "value:", "typed:"
OTHER = "__other__"


@never_cache
@require_safe
def conflicts_page(request: HttpRequest, uid: Any) -> HttpResponse:
    require(request.user, REVIEW)
    round_ = round_for(request.user, uid, REVIEW)
    rows = list(open_conflicts(visible_entities(request.user)).filter(_of_round(round_))[:500])
    labels = door_labels([row.dwelling_code for row in rows], round_)
    for row in rows:
        row.door = labels.get(row.dwelling_code, row.label)
        row.what = _("户室设施") if row.list_name == DWELLINGS else _("家庭情况")
    return render(request, "survey/records/conflicts.html", {"round": round_, "rows": rows})


def _of_round(round_: Any) -> Any:
    """Entities of the round, and dwellings (which outlive rounds) whose last version came with it."""
    touched = Q(
        list_name=DWELLINGS, versions__submission__round=round_, versions__conflict__in=["soft", "hard"]
    )
    return Q(pk__in=Entity.objects.filter(Q(round=round_) | touched).values("pk"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conflict_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, REVIEW)
    entity = visible_entities(request.user).filter(pk=pk, deleted_at=None).select_related("round").first()
    if entity is None:
        raise NotFound(_("没有这条冲突，或者不在您的职责范围内。"))
    contents = _contents(request, entity)
    if isinstance(contents, HttpResponse):
        return contents
    if request.method != "POST":
        return _page(request, entity, contents)
    try:
        settle(entity, contents, _chosen(request), version=_version(request), by=request.user)
    except Refusal as refusal:
        entity.refresh_from_db()
        return _page(request, entity, contents, refusal)
    log_access(
        request.user,
        "settle_conflict",
        f"entity {entity.pk} dwelling {entity.dwelling_code}",
        area_code=entity.dwelling_code[:COMMUNITY_DIGITS],
        request=request,
    )
    messages.success(request, _("已合并，两份来源都保留在历史里。"))
    return redirect("conflicts", uid=entity.round.uid) if entity.round else redirect("conflict", pk=entity.pk)


def _contents(request: HttpRequest, entity: Entity) -> Contents | HttpResponse:
    """A dwelling's facts lie open; what concerns a household needs a reason."""
    if not entity.key_id:
        return clear_contents(entity)
    subject = f"entity:{entity.pk}"
    reason = reason_given(request, subject)
    if not reason:
        return ask_reason(request, subject, entity.label, round=entity.round)
    return access.open_entity(request.user, entity, reason, request=request)


def _page(
    request: HttpRequest, entity: Entity, contents: Contents, error: Refusal | None = None
) -> HttpResponse:
    labels = door_labels([entity.dwelling_code], entity.round)
    context = {
        "entity": entity,
        "round": entity.round,
        "door": labels.get(entity.dwelling_code, entity.label),
        "contested": contested(entity, contents),
        "history": entity.versions.select_related("submission__by", "settled_by").order_by("-version")[:30],
        "error": error,
        "other": OTHER,
    }
    return render(request, "survey/records/conflict.html", context, status=error.status if error else 200)


def _chosen(request: HttpRequest) -> dict[str, str]:
    """The picked value of each property, or the one that was typed instead."""
    found = {}
    for name, value in request.POST.items():
        if name.startswith(CHOSEN):
            key = name.removeprefix(CHOSEN)
            found[key] = request.POST.get(TYPED + key, "") if value == OTHER else value.removeprefix("=")
    return found


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
