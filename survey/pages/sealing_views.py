"""封存: what would leave and what would end, the officer's confirmation, and afterwards the proof."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound, Refusal
from gis_core.jobs import start_job
from gis_core.models import Job
from gis_core.permissions import may, require
from grids.mixing.year_budget import promise
from grids.privacy_ledger import Standing, standing
from grids.tallies import canonical_bytes
from survey.keys import key_exists
from survey.models import Round, Sealing
from survey.pages.round_log import log_round
from survey.pages.sealing_words import ERASED_WORDS, SCAN_WORDS, counted_words, release_rows
from survey.rounds import holds_round, round_for, visible_rounds, whole_round_for
from survey.sealing import (
    ACTION,
    confirm_sealing,
    prepare_sealing,
    recover_sealing,
    require_countable,
    require_sealable,
)
from survey.sealing_erasure import what_is_erased
from survey.sealing_matters import matter_lines, open_matters
from survey.sealing_plan import EPSILONS, USUAL_EPSILON, Plan, outside_count, plan_for
from survey.sealing_proof import proof_of
from survey.tallying import ground_of

PREVIEW, SEAL, REVIEW = "preview_sealing", "seal_round", "review_records"


class NotConfirmed(Refusal):
    code = "not_confirmed"
    status = 422


@never_cache
@require_safe
def sealings_page(request: HttpRequest) -> HttpResponse:
    """Rounds that wait for the officer, those still to be prepared, and those that are sealed."""
    require(request.user, SEAL)
    found = visible_rounds(request.user, SEAL).select_related("sealing__prepared_by", "sealing__confirmed_by")
    context = {
        "prepared": _in_state(found, Round.State.CLOSED).exclude(sealing=None),
        "closed": _in_state(found, Round.State.CLOSED).filter(sealing=None),
        "sealed": _in_state(found, Round.State.SEALED),
        "open_count": _in_state(found, Round.State.OPEN).count(),
    }
    return render(request, "survey/sealing/list.html", context)


def _in_state(found: QuerySet[Round], state: Any) -> QuerySet[Round]:
    return found.filter(state=state).order_by("-ends_on", "-pk")


@never_cache
@require_safe
def sealing_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(request.user, PREVIEW)
    recover_sealing()
    subject = round_for(request.user, uid, PREVIEW)
    sealing = Sealing.objects.filter(round=subject).select_related("prepared_by", "confirmed_by").first()
    if subject.state == Round.State.SEALED and sealing is not None:
        return _proof_page(request, subject, sealing)
    if subject.state != Round.State.CLOSED:
        return render(request, "survey/sealing/not_yet.html", _common(request, subject))
    return _preview_page(request, subject, sealing)


def _common(request: HttpRequest, subject: Round) -> dict[str, Any]:
    return {
        "round": subject,
        "town": subject.town,
        "may_review": may(request.user, REVIEW),
        "may_seal": may(request.user, SEAL) and holds_round(request.user, subject, SEAL),
        "may_prepare": holds_round(request.user, subject, PREVIEW),
    }


def _preview_page(
    request: HttpRequest, subject: Round, sealing: Sealing | None, error: Refusal | None = None
) -> HttpResponse:
    chosen = sealing.epsilon if sealing is not None else USUAL_EPSILON
    epsilon = _epsilon(request.GET.get("epsilon", ""), chosen)
    context = _common(request, subject) | {
        "sealing": sealing,
        "prepared_epsilon": short(sealing.epsilon) if sealing is not None else "",
        "job": _running_job(subject),
        "erased": counted_words(ERASED_WORDS, what_is_erased(subject)),
        "case_contacts": what_is_erased(subject)["contacts_of_open_cases"],
        "matters": matter_lines(open_matters(subject)),
        "error": error,
        "has_key": key_exists(str(subject.uid)),
    }
    if context["has_key"]:
        context |= _release_context(plan_for(subject, epsilon), sealing)
    return render(request, "survey/sealing/preview.html", context, status=error.status if error else 200)


def _release_context(plan: Plan, sealing: Sealing | None) -> dict[str, Any]:
    """What would be released, at what price."""
    try:
        require_countable(plan)
        refusal = None
    except Refusal as err:
        refusal = err
    subject = plan.round
    year = standing(subject.town, plan.ground.buildings, subject.ends_on.year)
    after = Standing(year.year, year.spent + plan.epsilon, year.most)
    return {
        "refusal": refusal,
        "rows": release_rows(plan) if refusal is None else [],
        "grid_count": len(plan.ground.grids),
        "outside": outside_count(plan),
        "epsilon": plan.epsilon,
        "is_changed": sealing is not None and sealing.epsilon != plan.epsilon,
        "choices": [
            {"value": one, "fits": one <= year.left, "is_chosen": one == plan.epsilon} for one in EPSILONS
        ],
        "year": year,
        "most": short(year.most),
        "left": short(year.left),
        "fits": plan.epsilon <= year.left,
        "promise": promise(after) if plan.epsilon <= year.left else "",
    }


def short(value: Decimal) -> str:
    """1.0000 → 1."""
    return f"{value.normalize():f}"


def _epsilon(text: str, usual: Decimal) -> Decimal:
    try:
        asked = Decimal(text)
    except InvalidOperation:
        return usual.normalize()
    return (asked if asked in EPSILONS else usual).normalize()


def _running_job(subject: Round) -> Job | None:
    standing_states = (Job.State.QUEUED, Job.State.RUNNING)
    rows = Job.objects.filter(kind=ACTION, state__in=standing_states, arguments__round_id=subject.pk)
    return rows.order_by("-created_at").first()


def _proof_page(request: HttpRequest, subject: Round, sealing: Sealing) -> HttpResponse:
    proof = proof_of(sealing)
    year = Standing(subject.ends_on.year, sealing.epsilon, sealing.epsilon)
    if proof.release is not None:
        own = proof.release
        year = standing(own.town, _buildings_of(subject), own.year)
    context = _common(request, subject) | {
        "sealing": sealing,
        "epsilon": short(sealing.epsilon),
        "proof": proof,
        "erased": counted_words(ERASED_WORDS, sealing.erased),
        "case_contacts": sealing.erased.get("contacts_of_open_cases", 0),
        "scanned": counted_words(SCAN_WORDS, proof.left),
        "year": year,
        "promise": promise(year),
        "may_open_mix": may(request.user, "open_mix"),
    }
    return render(request, "survey/sealing/proof.html", context)


def _buildings_of(subject: Round) -> list[str]:
    return list(ground_of(subject).buildings)


# --- Preparing and confirming ------------------------------------------------------------------


@require_POST
def sealing_prepare(request: HttpRequest, uid: UUID) -> HttpResponse:
    subject = whole_round_for(request.user, uid, PREVIEW)
    try:
        matters = open_matters(subject)
        if matters and request.POST.get("knowingly") != "1":
            raise NotConfirmed(_("还有没办完的事。请先办完，或勾选“照此封存”。"))
        epsilon = _epsilon(request.POST.get("epsilon", ""), USUAL_EPSILON)
        prepare_sealing(subject, by=request.user, epsilon=epsilon, open_matters=matters, at=timezone.now())
    except Refusal as refusal:
        return _again(request, subject, refusal)
    log_round(request, subject, "prepare_sealing")
    messages.success(request, _("已准备好，等数据保护员确认。"))
    return redirect("sealing", uid=uid)


@require_POST
def sealing_confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The officer typed the round's name: the work is queued, and cannot be undone once it is done."""
    subject = whole_round_for(request.user, uid, SEAL)
    try:
        if request.POST.get("name", "").strip() != subject.name:
            raise NotConfirmed(_("输入的名称与“%(name)s”不一致，没有封存。") % {"name": subject.name})
        require_sealable(
            subject, confirm_sealing(subject, by=request.user, open_matters=open_matters(subject))
        )
    except Refusal as refusal:
        return _again(request, subject, refusal)
    log_round(request, subject, "confirm_sealing")
    made = _running_job(subject) or start_job(
        ACTION,
        owner=request.user,
        area_code=subject.area_codes[0],
        round_id=subject.pk,
        by_id=request.user.pk,
    )
    return redirect("job", pk=made.pk)


def _again(request: HttpRequest, subject: Round, refusal: Refusal) -> HttpResponse:
    if subject.state != Round.State.CLOSED:
        messages.error(request, refusal.sentence)
        return redirect("sealing", uid=subject.uid)
    return _preview_page(request, subject, Sealing.objects.filter(round=subject).first(), refusal)


@never_cache
@require_safe
def sealing_table(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The sealed table as the text that was hashed: `sha256sum` of the file gives the hash of the page."""
    subject = whole_round_for(request.user, uid, PREVIEW)
    sealing = Sealing.objects.filter(round=subject, sealed_at__isnull=False).first()
    proof = proof_of(sealing) if sealing is not None else None
    if proof is None or proof.release is None:
        raise NotFound(_("这一轮还没有封存。"))
    log_access(
        request.user, "export", f"sealed table {subject.pk}", area_code=subject.area_codes[0], request=request
    )
    answer = HttpResponse(canonical_bytes(proof.release), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="sealed-{proof.release.uid}.txt"'
    return answer
