"""What the record pages share: the reason that a reading needs, and the words of doors and states."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gis_core.errors import NotFound
from gis_core.permissions import may, require
from grids.models import Dwelling, GenerationState
from survey.access import REVIEW, ReasonMissing, require_reason
from survey.answer_labels import in_language
from survey.models import Entity, Form, Round, Submission
from survey.rounds import DWELLINGS, door_label

KEPT = "reading_reasons"
REASON_LASTS_S = 30 * 60
REASONS = {
    "review": gettext_lazy("审核走访记录"),
    "correction": gettext_lazy("居民要求更正"),
    "copy": gettext_lazy("居民要求查阅"),
    "complaint": gettext_lazy("处理投诉"),
}
READERS = (REVIEW, "read_household_case", "erase_household")


def reason_given(request: HttpRequest, subject: str) -> str:
    """`?reason=review`, else what was typed for this very thing within the last half hour, else nothing."""
    code = request.GET.get("reason", "")
    if code in REASONS:
        return str(REASONS[code])
    text, given_at = request.session.get(KEPT, {}).get(subject, ("", 0.0))
    return str(text) if timezone.now().timestamp() - given_at < REASON_LASTS_S else ""


def ask_reason(request: HttpRequest, subject: str, what: str, **context: Any) -> HttpResponse:
    """The page that stands before every reading without a reason."""
    given = {"subject": subject, "what": what, "reasons": REASONS.items(), "next": request.get_full_path()}
    return render(request, "survey/records/ask_reason.html", {**given, **context})


@require_POST
def give_reason(request: HttpRequest) -> HttpResponse:
    """Keep the reason in the session and go on; the reading itself is written down when it happens."""
    if not any(may(request.user, action) for action in READERS):
        require(request.user, REVIEW)
    reason = require_reason(request.POST.get("reason", ""))
    subject = request.POST.get("subject", "")[:60]
    target = request.POST.get("next", "")
    if not subject or not _is_own_page(target):
        raise ReasonMissing(_("请从要查看的页面填写原因。"))
    kept = request.session.get(KEPT, {})
    kept[subject] = (reason, timezone.now().timestamp())
    request.session[KEPT] = dict(list(kept.items())[-50:])
    return HttpResponseRedirect(target)


def _is_own_page(address: str) -> bool:
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def door_labels(codes: Iterable[str], round_: Round | None = None) -> dict[str, str]:
    """Dwelling code → what is written beside the door."""
    asked = {code for code in codes if code}
    rows = Dwelling.objects.filter(code__in=asked).select_related("building")
    if round_ is not None and round_.stock_id:
        rows = rows.filter(building__stock=round_.stock_id)
    else:
        rows = rows.filter(building__stock__state=GenerationState.ACTIVE)
    return {row.code: door_label(row) for row in rows}


def form_title(form: Form) -> str:
    return in_language({"zh": form.title_zh, "en": form.title_en}, form.form_id)


def entity_names(record: Submission, labels: dict[str, str]) -> dict[str, str]:
    """What stands for the id of the record's door where a question picked it from the list."""
    if not record.dwelling_code:
        return {}
    rows = Entity.objects.filter(list_name=DWELLINGS, dwelling_code=record.dwelling_code)
    return {str(uuid): labels.get(record.dwelling_code, "") for uuid in rows.values_list("uuid", flat=True)}


def dwelling_for(round_: Round, code: str) -> Dwelling:
    """A dwelling of the round's own communities."""
    rows = Dwelling.objects.filter(building__stock=round_.stock_id, code=code).select_related("building")
    found = rows.filter(building__community_code__in=round_.area_codes).first() if code.isascii() else None
    if found is None:
        raise NotFound(_("这一轮没有这个户室，或者不在您的职责范围内。"))
    return found


def back_to(request: HttpRequest, fallback: str, *args: Any) -> str:
    """Where a form says it came from, if that is a page of ours."""
    asked = request.POST.get("next", "")
    return (
        asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else reverse(fallback, args=args)
    )
