"""The work list 社区工作事项清单: what a community may be asked to record, why, and for how long."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.access_log import log_access
from gis_core.denylist import is_denied_name
from gis_core.errors import NotAllowed, NotFound
from gis_core.permissions import Scope, duties_for, require, within_duty
from survey.models import WorkListItem

EDIT = "edit_work_list"
FIXED = ("code", "area_code", "basis")


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = WorkListItem
        fields = (
            "code", "area_code", "name_zh", "name_en", "purpose_zh", "purpose_en", "basis",
            "retention_days", "valid_from", "valid_until",
        )  # fmt: skip
        widgets = {
            "purpose_zh": forms.Textarea(attrs={"rows": 2}),
            "purpose_en": forms.Textarea(attrs={"rows": 2}),
            "basis": forms.RadioSelect,
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {"basis": gettext_lazy("法律依据")}
        help_texts = {
            "retention_days": gettext_lazy("从记录到达起算，1 到 3650 天"),
            "area_code": gettext_lazy("2 到 12 位数字；对它下面的区划都适用"),
            "valid_until": gettext_lazy("不填则长期有效；每份表单都该有结束的一天"),
        }

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["basis"].choices = WorkListItem.Basis.choices  # type: ignore[attr-defined]
        for name in FIXED if self.instance.pk else ():
            self.fields[name].disabled = True

    def clean_area_code(self) -> str:
        code = str(self.cleaned_data["area_code"]).strip()
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
            raise ValidationError(_("区划代码是 2 到 12 位数字。"))
        if not self.scope.holds(code):
            raise ValidationError(_("这个区划不在您的职责范围内。"))
        return code

    def clean_retention_days(self) -> int:
        days = int(self.cleaned_data["retention_days"])
        if not 1 <= days <= 3650:
            raise ValidationError(_("保存天数在 1 到 3650 之间。"))
        return days

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends = given.get("valid_from"), given.get("valid_until")
        if starts and ends and ends < starts:
            self.add_error("valid_until", _("结束日期早于开始日期。"))
        for name in ("name_zh", "name_en"):
            if is_denied_name(given.get(name) or ""):
                self.add_error(name, _("清单里不设登记民族、宗教、身份证件的事项。"))
        return given


@never_cache
@require_safe
def work_list_page(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT)
    found = within_duty(
        WorkListItem.objects.all(), request.user, EDIT, code_field="area_code", ancestors=True
    )
    items = list(found.annotate(form_count=Count("forms")).order_by("code"))
    scope = duties_for(request.user, EDIT)
    today = timezone.localdate()
    rows = [
        {"item": item, "may_change": scope.holds(item.area_code), "state": _state(item, today)}
        for item in items
    ]
    return render(request, "survey/forms/work_list.html", {"rows": rows})


def _state(item: WorkListItem, today: Any) -> str:
    if item.valid_until and item.valid_until < today:
        return "ended"
    return "later" if item.valid_from > today else "now"


@never_cache
@require_http_methods(["GET", "POST"])
def work_list_new(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT)
    scope = duties_for(request.user, EDIT)
    codes = sorted(scope.area_codes)
    initial = {
        "area_code": codes[0],
        "valid_from": timezone.localdate(),
        "retention_days": 365,
        "basis": "consent",
    }
    return _edited(request, ItemForm(scope, request.POST or None, initial=initial))


@never_cache
@require_http_methods(["GET", "POST"])
def work_list_item(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, EDIT)
    seen = within_duty(WorkListItem.objects.all(), request.user, EDIT, code_field="area_code", ancestors=True)
    item = seen.filter(pk=pk).first()
    if item is None:
        raise NotFound(_("没有这个事项，或者不在您的职责范围内。"))
    scope = duties_for(request.user, EDIT)
    if not scope.holds(item.area_code):
        raise NotAllowed(_("这个事项由上级区划管理，只能查看。"))
    return _edited(request, ItemForm(scope, request.POST or None, instance=item))


def _edited(request: HttpRequest, form: ItemForm) -> HttpResponse:
    if form.is_valid():
        item = form.save(commit=False)
        item.created_by = item.created_by or request.user
        item.save()
        subject = f"work list item {item.code}"
        log_access(request.user, "change_work_list", subject, area_code=item.area_code, request=request)
        messages.success(request, _("事项“%(item)s”已保存。") % {"item": item})
        return redirect("work_list")
    context = {"form": form, "item": form.instance if form.instance.pk else None}
    return render(request, "survey/forms/work_list_item.html", context, status=400 if form.errors else 200)
