"""住户: consent, visits and what a household told, one door at a time; the sheet to hand over; erasure."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.permissions import COMMUNITY_DIGITS, duties_for, require
from survey import access
from survey.access import REVIEW
from survey.consents import withdraw_health
from survey.models import Consent, ErasureReceipt, Household, Occupancy, Request, Round, Submission, Visit
from survey.pages.household_words import composition_rows
from survey.pages.records_reading import ask_reason, door_labels, dwelling_for, form_title, reason_given
from survey.rounds import round_for

ROWS_PER_PAGE = 50
CONSENTS = ("given", "refused", "withdrawn")


@never_cache
@require_safe
def households_page(request: HttpRequest, uid: Any) -> HttpResponse:
    """Doors that were visited: consent and outcome, nothing that anybody said."""
    require(request.user, REVIEW)
    round_ = round_for(request.user, uid, REVIEW)
    asked = request.GET.get("q", "").strip()[:40]
    consent = request.GET.get("consent", "")
    doors = _doors(request.user, round_, consent if consent in CONSENTS else "")
    labels = door_labels(doors, round_)
    if asked:
        doors = [code for code in doors if asked in labels.get(code, "") or asked in code]
    page = Paginator(doors, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": round_,
        "page": page,
        "rows": _rows(round_, list(page.object_list), labels),
        "q": asked,
        "consent": consent,
        "withdrawn_count": _consents(round_).exclude(withdrawn_at=None).count(),
    }
    return render(request, "survey/records/households.html", context)


def _consents(round_: Round) -> Any:
    return Consent.objects.filter(round=round_, is_current=True)


def _doors(user: Any, round_: Round, consent: str) -> list[str]:
    scope = duties_for(user, REVIEW)
    found = set(Visit.objects.filter(round=round_).values_list("dwelling_code", flat=True))
    if consent:
        told = _consents(round_)
        queries = {
            "given": told.filter(is_given=True, withdrawn_at=None),
            "refused": told.filter(is_given=False),
            "withdrawn": told.exclude(withdrawn_at=None),
        }
        found &= set(queries[consent].values_list("dwelling_code", flat=True))
    return sorted(code for code in found if scope.holds(code))


def _rows(round_: Round, doors: list[str], labels: dict[str, str]) -> list[dict[str, Any]]:
    """The newest of each kind, by door."""
    here = {"round": round_, "dwelling_code__in": doors}
    visits = {row.dwelling_code: row for row in Visit.objects.filter(**here, is_current=True).order_by("at")}
    consents = {row.dwelling_code: row for row in Consent.objects.filter(**here, is_current=True)}
    observed = {row.dwelling_code: row for row in Occupancy.objects.filter(**here, is_current=True)}
    contacts = Household.objects.filter(**here, is_current=True, contact_sealed__isnull=False)
    with_contact = set(contacts.values_list("dwelling_code", flat=True))
    return [
        {
            "code": code,
            "door": labels.get(code, code),
            "visit": visits.get(code),
            "consent": consents.get(code),
            "occupancy": observed.get(code),
            "has_contact": code in with_contact,
        }
        for code in doors
    ]


def _door(request: HttpRequest, uid: Any, code: str) -> tuple[Round, dict[str, Any]]:
    require(request.user, REVIEW)
    round_ = round_for(request.user, uid, REVIEW)
    dwelling = dwelling_for(round_, code)
    if not duties_for(request.user, REVIEW).holds(dwelling.code):
        raise NotFound(_("这一轮没有这个户室，或者不在您的职责范围内。"))
    return round_, {"round": round_, "code": dwelling.code, "door": door_labels([code], round_)[code]}


@never_cache
@require_safe
def household_page(request: HttpRequest, uid: Any, code: str) -> HttpResponse:
    return _household(request, uid, code, "survey/records/household.html")


@never_cache
@require_safe
def household_print(request: HttpRequest, uid: Any, code: str) -> HttpResponse:
    """The sheet a resident may ask for: everything that is recorded, and how to have it changed."""
    return _household(request, uid, code, "survey/records/household_print.html")


def _household(request: HttpRequest, uid: Any, code: str, template: str) -> HttpResponse:
    round_, context = _door(request, uid, code)
    subject = f"household:{round_.pk}:{code}"
    reason = reason_given(request, subject)
    if not reason:
        return ask_reason(request, subject, context["door"], **context)
    opened = access.open_household(request.user, round_, code, reason, request=request)
    return render(request, template, {**context, **household_facts(round_, code, opened)})


def household_facts(round_: Round, code: str, opened: access.OpenedHousehold) -> dict[str, Any]:
    own = {"round": round_, "dwelling_code": code}
    records = list(Submission.objects.filter(**own, is_current=True).select_related("form", "by"))
    for record in records:
        record.form_title = form_title(record.form)  # type: ignore[attr-defined]
    return {
        "household": opened.household,
        "composition": composition_rows(opened.composition),
        "contact": opened.contact,
        "consents": Consent.objects.filter(**own).select_related("notice", "withdrawn_by"),
        "consent": Consent.objects.filter(**own, is_current=True).select_related("notice").first(),
        "occupancy": Occupancy.objects.filter(**own, is_current=True).first(),
        "visits": Visit.objects.filter(**own).select_related("worker"),
        "records": records,
        "requests": Request.objects.filter(town=round_.town, dwelling_code=code),
        "receipts": ErasureReceipt.objects.filter(town=round_.town, dwelling_code=code),
        "shown_at": timezone.now(),
    }


@require_POST
def consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The health consent at once; withdrawing all of it goes on to the erasure, which says what is lost."""
    require(request.user, REVIEW)
    found = Consent.objects.filter(pk=pk).select_related("round__town").first()
    if found is None or not duties_for(request.user, REVIEW).holds(found.dwelling_code):
        raise NotFound(_("没有这份同意，或者不在您的职责范围内。"))
    count = withdraw_health(found, by=request.user)
    log_access(
        request.user,
        "withdraw_consent",
        f"household {found.dwelling_code}",
        area_code=found.dwelling_code[:COMMUNITY_DIGITS],
        request=request,
    )
    messages.success(request, _("健康相关的同意已撤回，%(count)d 件相关诉求已删除。") % {"count": count})
    return redirect("household", uid=found.round.uid, code=found.dwelling_code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def household_case(request: HttpRequest) -> HttpResponse:
    """个案查阅: one household under its case number. The answer to a form, so no address opens it again."""
    require(request.user, access.CASE)
    asked = {key: request.POST.get(key, "").strip() for key in ("case_number", "code", "reason")}
    if request.method != "POST":
        return render(request, "survey/records/household_case.html", {"asked": asked})
    if not asked["case_number"]:
        raise access.ReasonMissing(_("请填写受理编号：凭它能查到居民的申请。"))
    rounds = _rounds_of_door(request.user, asked["code"])
    opened = [
        access.open_household(
            request.user,
            one,
            asked["code"],
            asked["reason"],
            case_number=asked["case_number"],
            request=request,
        )
        for one in rounds
    ]
    label = door_labels([asked["code"]]).get(asked["code"], asked["code"])
    found = [{"round": one.round, **household_facts(one.round, asked["code"], one)} for one in opened]
    return render(
        request, "survey/records/household_case.html", {"asked": asked, "found": found, "door": label}
    )


def _rounds_of_door(user: Any, code: str) -> list[Round]:
    """Rounds, not sealed, in which this door was visited; not found outside the duty."""
    if not (code.isascii() and code.isdigit() and duties_for(user, access.CASE).holds(code)):
        raise NotFound(_("没有这个户室，或者不在您的职责范围内。"))
    rows = Round.objects.filter(visits__dwelling_code=code).exclude(state=Round.State.SEALED)
    found = list(rows.select_related("town").distinct())
    if not found:
        raise NotFound(_("这个户室没有可查阅的登记。"))
    return found
