"""Uploads that could not become a record: read with a reason, set beside the record they collide with."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import Conflict, NotFound
from gis_core.permissions import require
from survey import access, intake
from survey.access import REVIEW, visible_records, visible_uploads
from survey.answer_labels import AnswerGroup, answer_groups
from survey.answers import read_answers, read_heading
from survey.models import FormVersion, KeptUpload, Submission
from survey.pages.records_reading import ask_reason, door_labels, entity_names, reason_given
from survey.safe_xml import UnreadableXml

FIRST_BYTES = 2000
UPLOAD_WORDS = {
    "instance_conflict": gettext_lazy("编号相同，内容不同"),
    "stale_edit": gettext_lazy("更正的不是最新一份"),
    "unknown_predecessor": gettext_lazy("要更正的记录不存在"),
    "record_erased": gettext_lazy("原记录已删除"),
    "no_instance_id": gettext_lazy("没有记录编号"),
    "bad_instance_id": gettext_lazy("记录编号不能使用"),
    "unknown_form": gettext_lazy("没有这张表"),
    "unknown_version": gettext_lazy("没有这一版的表"),
    "empty": gettext_lazy("没有内容"),
    "not_xml": gettext_lazy("不是 XML"),
    "unsafe_xml": gettext_lazy("XML 有不安全的声明"),
    "wrong_charset": gettext_lazy("字符编码不对"),
    "too_large": gettext_lazy("过大"),
    "too_deep": gettext_lazy("嵌套过深"),
}


def _upload(request: HttpRequest, uid: Any) -> KeptUpload:
    require(request.user, REVIEW)
    rows = visible_uploads(request.user).select_related("round", "by", "settled_by")
    found: KeptUpload | None = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound(_("没有这份上传，或者不在您的职责范围内。"))
    return found


@never_cache
@require_safe
def kept_upload(request: HttpRequest, uid: Any) -> HttpResponse:
    upload = _upload(request, uid)
    subject = f"upload:{upload.pk}"
    reason = reason_given(request, subject)
    if not reason:
        return ask_reason(request, subject, _("未成记录的上传"), round=upload.round)
    content = access.open_upload(request.user, upload, reason, request=request)
    rival = _rival(request.user, upload)
    before = _values(rival, request, reason) if rival else None
    groups = _groups(content, before, _names(rival))
    context = {
        "round": upload.round,
        "upload": upload,
        "words": UPLOAD_WORDS.get(upload.reason, upload.reason),
        "rival": rival,
        "groups": groups,
        "first_bytes": content[:FIRST_BYTES].decode("utf-8", "replace") if content and groups is None else "",
        "is_gone": content is None,
        "may_adopt": groups is not None and upload.settled_at is None,
    }
    return render(request, "survey/records/kept_upload.html", context)


def _rival(user: Any, upload: KeptUpload) -> Submission | None:
    """The record under the same id, or the newest version of what the upload meant to correct."""
    if not upload.instance_id:
        return None
    same = visible_records(user).filter(instance_id=upload.instance_id, form__form_id=upload.form_id)
    return same.select_related("round", "form_version", "by").first()


def _values(record: Submission, request: HttpRequest, reason: str) -> list[Any] | None:
    opened = access.open_xml(request.user, record, reason, request=request)
    try:
        return read_answers(opened.xml, record.form_version.outline).values if opened.xml else None
    except UnreadableXml:
        return None


def _names(rival: Submission | None) -> dict[str, str]:
    return entity_names(rival, door_labels([rival.dwelling_code], rival.round)) if rival else {}


def _groups(
    content: bytes | None, before: list[Any] | None, names: dict[str, str]
) -> list[AnswerGroup] | None:
    """The answers where the bytes can be read against a form that is known; else None."""
    if not content:
        return None
    try:
        heading = read_heading(content)
        form = FormVersion.objects.filter(form__form_id=heading.form_id, version=heading.version).first()
        if form is None or heading.is_sealed:
            return None
        values = read_answers(content, form.outline).values
        return answer_groups(form.outline, values, before=before, names=names)
    except UnreadableXml:
        return None


@require_POST
def kept_settle(request: HttpRequest, uid: Any) -> HttpResponse:
    """Discard the upload, or make it a record."""
    upload = _upload(request, uid)
    if upload.settled_at is not None:
        raise Conflict(_("这份上传已经处理过。"))
    if request.POST.get("as") == "adopt":
        with transaction.atomic():
            made = intake.adopt_kept(upload, by=request.user)
            _settled(request, upload, "merged")
        messages.success(request, _("已成为记录，请审核。"))
        return redirect("record", pk=made.pk)
    _settled(request, upload, "discarded")
    messages.success(request, _("已弃用。内容 30 天后删除。"))
    address = reverse("review", args=[upload.round.uid]) if upload.round else reverse("review_unplaced")
    return redirect(f"{address}?tab=uploads")


def _settled(request: HttpRequest, upload: KeptUpload, what: str) -> None:
    KeptUpload.objects.filter(pk=upload.pk, settled_at=None).update(
        settled_at=timezone.now(), settled_by=request.user, settled_as=what
    )
    area_code = upload.round.area_codes[0] if upload.round else ""
    subject = f"{what} kept upload {upload.pk}"
    log_access(request.user, "review_record", subject, area_code=area_code, request=request)
