"""Uploading a workbook: at once a version, or a table of what is wrong with it by sheet and row."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.permissions import duties_for, require
from gis_core.shell import local_name
from grids.models import Area
from survey.models import WorkListItem
from survey.questionnaires.problems import FormProblem, FormRefused
from survey.questionnaires.scope import EDIT_FORMS, items_for
from survey.questionnaires.sheets import MAX_WORKBOOK_BYTES
from survey.questionnaires.storing import Stored, add_version


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("工作簿"), help_text=gettext_lazy("XLSForm 格式的 .xlsx 或 .xls")
    )
    area_code = forms.ChoiceField(label=gettext_lazy("区划"))
    item = forms.ModelChoiceField(
        label=gettext_lazy("事项"), queryset=WorkListItem.objects.none(), empty_label=gettext_lazy("选一项…")
    )

    def __init__(self, area_codes: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {area.code: local_name(area) for area in Area.objects.filter(code__in=area_codes)}
        self.fields["area_code"].choices = [  # type: ignore[attr-defined]
            (code, f"{names[code]} {code}" if code in names else code) for code in area_codes
        ]
        self.fields["area_code"].initial = area_codes[0]
        self.fields["item"].queryset = _items(area_codes)  # type: ignore[attr-defined]


def _items(area_codes: list[str]) -> QuerySet[WorkListItem]:
    found = WorkListItem.objects.none()
    for code in area_codes:
        found = found | items_for(code)
    return found.distinct().order_by("code")


@never_cache
@require_http_methods(["GET", "POST"])
def upload_page(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT_FORMS)
    codes = sorted(duties_for(request.user, EDIT_FORMS).area_codes)
    form = UploadForm(codes, request.POST or None, request.FILES or None)
    findings: list[FormProblem] = []
    if form.is_valid():
        try:
            return _stored(request, _take(request, form))
        except FormRefused as refused:
            findings = list(refused.problems)
            form.add_error("file", _("这份表单有 %(count)d 处问题，没有存入。") % {"count": len(findings)})
        except Refusal as refusal:
            form.add_error("item" if refusal.code.startswith("work_list") else "file", refusal.sentence)
    context = {
        "form": form,
        "has_items": form.fields["item"].queryset.exists(),  # type: ignore[attr-defined]
        "findings": [(sheet, list(rows)) for sheet, rows in groupby(findings, key=lambda one: one.sheet)],
        "file_name": request.FILES["file"].name if request.FILES.get("file") else "",
        "most_mb": MAX_WORKBOOK_BYTES // 2**20,
    }
    status = 422 if findings else 400 if form.errors else 200
    return render(request, "survey/forms/upload.html", context, status=status)


def _take(request: HttpRequest, form: UploadForm) -> Stored:
    given = form.cleaned_data
    return add_version(
        given["file"].read(MAX_WORKBOOK_BYTES + 1),
        name=given["file"].name,
        area_code=given["area_code"],
        item=given["item"],
        by=request.user,
    )


def _stored(request: HttpRequest, stored: Stored) -> HttpResponse:
    version = stored.version
    if stored.is_new:
        subject = f"form {version.form.form_id} {version.version}"
        log_access(request.user, "upload_form", subject, area_code=version.form.area_code, request=request)
        messages.success(
            request, _("版本 %(version)s 已存入。看过预览再用于走访。") % {"version": version.version}
        )
    else:
        messages.info(
            request, _("版本 %(version)s 已经存过，内容相同，没有变化。") % {"version": version.version}
        )
    return redirect(f"{reverse('form', kwargs={'uid': version.form.uid})}?version={version.pk}")
