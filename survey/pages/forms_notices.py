"""Notice texts 告知文本: read out before the first question. A new version is added, none is changed."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.access_log import log_access
from gis_core.errors import Conflict
from gis_core.permissions import Scope, duties_for, require, within_duty
from survey.models import NoticeText, Round
from survey.questionnaires.notices import DRAFT_EN, DRAFT_ZH

EDIT = "edit_notices"
LONGEST = 2000


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = NoticeText
        fields = ("area_code", "text_zh", "text_en", "contact")
        widgets = {
            "text_zh": forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST}),
            "text_en": forms.Textarea(attrs={"rows": 7, "maxlength": LONGEST}),
        }
        help_texts = {"contact": gettext_lazy("电话或地址，印在门条上，也显示在告知之后")}
        labels = {"area_code": gettext_lazy("区划代码")}

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope

    def clean_area_code(self) -> str:
        code = str(self.cleaned_data["area_code"]).strip()
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12 and self.scope.holds(code)):
            raise ValidationError(_("请填您职责范围内的区划代码（2 到 12 位数字）。"))
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("text_zh", "text_en"):
            text = given.get(name) or ""
            if "__" in text:
                self.add_error(name, _("还有没填的空白（__）。"))
            if len(text) > LONGEST:
                self.add_error(name, _("太长：至多 %(count)d 个字。") % {"count": LONGEST})
        return given


@never_cache
@require_safe
def notices_page(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT)
    seen = within_duty(NoticeText.objects.all(), request.user, EDIT, code_field="area_code", ancestors=True)
    by_area: dict[str, list[NoticeText]] = defaultdict(list)
    for notice in seen.select_related("created_by").order_by("area_code", "-version"):
        by_area[notice.area_code].append(notice)
    used = set(Round.objects.exclude(notice=None).values_list("notice", flat=True))
    areas = [{"code": code, "newest": found[0], "older": found[1:]} for code, found in by_area.items()]
    return render(request, "survey/forms/notices.html", {"areas": areas, "used": used})


@never_cache
@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT)
    scope = duties_for(request.user, EDIT)
    form = NoticeForm(scope, request.POST or None, initial=_initial(request, scope))
    if form.is_valid():
        made = _added(request, form)
        messages.success(
            request, _("第 %(version)d 版已保存。以后新建的走访用它。") % {"version": made.version}
        )
        return redirect("notices")
    return render(request, "survey/forms/notice_new.html", {"form": form}, status=400 if form.errors else 200)


def _initial(request: HttpRequest, scope: Scope) -> dict[str, str]:
    """The newest text of that area to start from, else the draft."""
    asked = request.GET.get("area", "")
    code = asked if scope.holds(asked) else sorted(scope.area_codes)[0]
    last = NoticeText.objects.filter(area_code=code).order_by("-version").first()
    if last is None:
        return {"area_code": code, "text_zh": DRAFT_ZH, "text_en": DRAFT_EN}
    return {"area_code": code, "text_zh": last.text_zh, "text_en": last.text_en, "contact": last.contact}


def _added(request: HttpRequest, form: NoticeForm) -> NoticeText:
    notice: NoticeText = form.save(commit=False)
    same = NoticeText.objects.filter(area_code=notice.area_code)
    notice.version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
    notice.created_by = request.user  # type: ignore[assignment]
    try:
        with transaction.atomic():
            notice.save()
    except IntegrityError as err:
        raise Conflict(_("刚才另有人存了新的一版。请返回查看后再存。")) from err
    subject = f"notice {notice.area_code} {notice.version}"
    log_access(request.user, "add_notice", subject, area_code=notice.area_code, request=request)
    return notice
