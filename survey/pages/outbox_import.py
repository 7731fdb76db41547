"""The desk's page for a file that a tablet exported: for which worker, which file, and what became of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.models import User
from survey.models import Round
from survey.outbox_files import Imported, import_outbox
from survey.rounds import whole_round_for

PLAN = "plan_rounds"
STATES = {
    "applied": gettext_lazy("已完成登记"),
    "held": gettext_lazy("待处理"),
    "waiting": gettext_lazy("等待照片"),
    "kept_as_conflict": gettext_lazy("与已有记录冲突，已保留"),
    "kept_unreadable": gettext_lazy("读不出来，已保留"),
    "erased": gettext_lazy("早已收到，内容已删除"),
}


class OutboxFileForm(forms.Form):
    worker = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("哪位网格员的平板"), empty_label=None
    )
    file = forms.FileField(label=gettext_lazy("导出的文件（.jsonl）"))
    with_drafts = forms.BooleanField(
        label=gettext_lazy("没填完的草稿也收下"),
        help_text=gettext_lazy("仅当这台平板上的草稿再也打不开时选择；否则网格员还会填完它。"),
        required=False,
    )

    def __init__(self, subject: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workers = User.objects.filter(pk__in=subject.assignment_sets.values("worker")).order_by(
            "display_name"
        )
        self.fields["worker"].queryset = workers  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "POST"])
def outbox_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    subject = whole_round_for(request.user, uid, PLAN)
    form = OutboxFileForm(subject, request.POST or None, request.FILES or None)
    found = _take(request, subject, form) if form.is_valid() else None
    context = {"round": subject, "form": form, "found": found, "rows": _rows(found) if found else []}
    return render(request, "survey/tablet/outbox_import.html", context, status=400 if form.errors else 200)


def _take(request: HttpRequest, subject: Round, form: OutboxFileForm) -> Imported | None:
    given = form.cleaned_data
    try:
        found = import_outbox(given["file"], by=given["worker"], with_drafts=given["with_drafts"])
    except Refusal as refusal:
        form.add_error("file", refusal.sentence)
        return None
    counts = f"{found.taken_count} records, {len(found.damaged_lines)} damaged lines"
    about = f"round {subject.pk} user {given['worker'].pk}"
    log_access(
        request.user,
        "import_outbox",
        about,
        area_code=subject.area_codes[0],
        reason=counts,
        request=request,
    )
    return found


def _rows(found: Imported) -> list[tuple[Any, int]]:
    return [(STATES.get(state, state), count) for state, count in sorted(found.states.items())]
