"""Erasure on a resident's request: what will be lost, the code typed by hand, the receipt to hand over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.errors import NotFound, Refusal
from gis_core.permissions import duties_for, may, require
from survey import access
from survey.erasure import CaseMissing, Subject, erase_household, require_may_erase, what_is_lost
from survey.models import ErasureReceipt
from survey.pages.records_reading import door_labels, dwelling_for
from survey.rounds import round_for

CAUSES = {"request": gettext_lazy("居民要求删除"), "withdrawal": gettext_lazy("居民撤回同意")}
COUNT_WORDS = {
    "records": gettext_lazy("走访记录（含更正前的）"),
    "photos": gettext_lazy("照片和附件"),
    "households": gettext_lazy("住户登记"),
    "entities": gettext_lazy("住户名册条目"),
    "visits": gettext_lazy("上门情况"),
    "consents": gettext_lazy("同意书"),
    "kept_uploads": gettext_lazy("留存的上传"),
    "requests": gettext_lazy("民生诉求"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def household_erase(request: HttpRequest, uid: Any, code: str) -> HttpResponse:
    require(request.user, access.ERASE)
    round_ = round_for(request.user, uid, access.ERASE)
    dwelling = dwelling_for(round_, code)
    require_may_erase(request.user, dwelling.code)
    in_all = (request.POST or request.GET).get("scope") == "all"
    subject = Subject(round_.town, dwelling.code, None if in_all else round_)
    error = None
    if request.method == "POST":
        try:
            return redirect("erasure_receipt", uid=_erased(request, subject).uid)
        except Refusal as refusal:
            error = refusal
    lost = what_is_lost(subject)
    context = {
        "round": round_,
        "code": dwelling.code,
        "door": door_labels([dwelling.code], round_)[dwelling.code],
        "lost": [(COUNT_WORDS[key], count) for key, count in lost.items()],
        "scope": "all" if in_all else "round",
        "causes": CAUSES.items(),
        "cause": request.GET.get("cause", "request"),
        "posted": request.POST,
        "error": error,
        "may_read": may(request.user, access.REVIEW),
    }
    return render(
        request, "survey/records/household_erase.html", context, status=error.status if error else 200
    )


def _erased(request: HttpRequest, subject: Subject) -> ErasureReceipt:
    if request.POST.get("typed", "").strip() != subject.dwelling_code:
        raise CaseMissing(_("输入的户室代码不一致，没有删除任何内容。"))
    cause = request.POST.get("cause", "")
    return erase_household(
        subject,
        by=request.user,
        case_number=request.POST.get("case_number", ""),
        cause=cause if cause in CAUSES else "request",
        with_requests=request.POST.get("with_requests") == "1",
        request=request,
    )


@never_cache
@require_safe
def erasure_receipt(request: HttpRequest, uid: Any) -> HttpResponse:
    require(request.user, access.ERASE)
    rows = ErasureReceipt.objects.select_related("town", "round", "by")
    found = rows.filter(uid=uid).exclude(dwelling_code="").first()
    if found is None or not duties_for(request.user, access.ERASE).holds(found.dwelling_code):
        raise NotFound(_("没有这份删除回执，或者不在您的职责范围内。"))
    context = {
        "receipt": found,
        "round": found.round,
        "door": door_labels([found.dwelling_code], found.round).get(found.dwelling_code, ""),
        "cause": CAUSES.get(found.cause, found.cause),
        "counts": [(COUNT_WORDS.get(key, key), count) for key, count in found.counts.items()],
    }
    return render(request, "survey/records/erasure_receipt.html", context)
