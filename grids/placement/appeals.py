"""Objections to the published list. An answer that rejects one names its reason, from a closed list.

The list holds what the rules look at and nothing else; who somebody is cannot be a reason.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from grids.models import Appeal, Draw
from grids.placement.draw_refusals import WrongAnswer, WrongStep
from grids.placement.inclusion import inclusion


@transaction.atomic
def file_appeal(draw: Draw, receipt: str, *, by: Any) -> Appeal:
    """An objection of somebody on the list; one waits for its answer before the next is taken."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("project").get(pk=draw.pk)
    if draw.published_at is None:
        raise WrongStep(_("公示以后才能提出异议。"))
    found = inclusion(draw, receipt)
    if not found.is_listed:
        raise WrongAnswer(_("名单里没有这个回执号：%(receipt)s") % {"receipt": found.receipt[:40]})
    if draw.appeals.filter(receipt=found.receipt, answer="").exists():
        raise WrongStep(_("这个回执号已有一份异议等待答复。"))
    appeal = Appeal.objects.create(draw=draw, receipt=found.receipt)
    log_access(by, "appeal_file", f"appeal {appeal.pk}", area_code=draw.project.area_code)
    return appeal


@transaction.atomic
def answer_appeal(appeal: Appeal, answer: str, reason: str = "", *, by: Any) -> Appeal:
    """Upheld or rejected, once; a rejection gives one of the four reasons."""
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("draw__project")
    appeal = rows.get(pk=appeal.pk)
    if appeal.answer:
        raise WrongStep(_("这份异议已经答复。"))
    if answer not in Appeal.Answer.values:
        raise WrongAnswer(_("答复只有“成立”和“不成立”两种。"), answer=answer[:20])
    if reason not in Appeal.Reason.values and (reason or answer == Appeal.Answer.REJECTED):
        raise WrongAnswer(_("不成立的理由只能从列出的几项里选。"), reason=reason[:40])
    appeal.answer, appeal.reason = answer, reason
    appeal.answered_by, appeal.answered_at = by, timezone.now()
    appeal.save(update_fields=["answer", "reason", "answered_by", "answered_at"])
    log_access(by, f"appeal_{answer}", f"appeal {appeal.pk}", area_code=appeal.draw.project.area_code)
    return appeal
