"""Changes to forms, and their files: bind, retire, restore; workbook and XForm as they were stored."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.permissions import require
from gis_core.shell import is_number
from survey.models import Form, FormVersion
from survey.questionnaires.scope import EDIT_FORMS, form_for, items_for, require_may_change

WORKBOOK_TYPES = {
    b"PK": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    b"\xd0\xcf": ("application/vnd.ms-excel", "xls"),
}


@require_POST
def form_bind(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Bind a form to another item of the work list; its versions and records stay."""
    form = _form_to_change(request, uid)
    chosen = request.POST.get("item", "")
    item = items_for(form.area_code).filter(pk=int(chosen)).first() if is_number(chosen) else None
    if item is None:
        raise NotFound(_("没有这个事项，或者它不适用于这份表单的区划。"))
    form.item = item
    form.save(update_fields=["item"])
    _log(request, "bind_form", form, f"{form.form_id} {item.code}")
    messages.success(request, _("已绑定到事项“%(item)s”。") % {"item": item})
    return redirect("form", uid=form.uid)


@require_POST
def form_retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Retire a form, or take it back into use. Rounds that run with it go on."""
    form = _form_to_change(request, uid)
    form.retired_at = _toggled(request, form)
    form.save(update_fields=["retired_at"])
    _log(request, "retire_form" if form.retired_at else "restore_form", form, form.form_id)
    told = (
        _("表单已停用。进行中的走访照旧，新的走访不能再选它。") if form.retired_at else _("表单已恢复使用。")
    )
    messages.success(request, told)
    return redirect("form", uid=form.uid)


@require_POST
def form_version_retire(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    form = _form_to_change(request, uid)
    version = _version(form, pk)
    version.retired_at = _toggled(request, version)
    version.save(update_fields=["retired_at"])
    action = "retire_form_version" if version.retired_at else "restore_form_version"
    _log(request, action, form, f"{form.form_id} {version.version}")
    told = _("版本 %(version)s 已停用。") if version.retired_at else _("版本 %(version)s 已恢复使用。")
    messages.success(request, told % {"version": version.version})
    return redirect(f"{reverse('form', kwargs={'uid': form.uid})}?version={version.pk}")


@require_safe
def form_workbook(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """The workbook as it was uploaded, byte by byte."""
    require(request.user, EDIT_FORMS)
    version = _version(form_for(request.user, uid), pk)
    content = bytes(version.workbook)
    media_type, suffix = WORKBOOK_TYPES.get(content[:2], ("application/octet-stream", "bin"))
    return _download(content, media_type, f"{version.form.form_id}-{version.version}.{suffix}")


@require_safe
def form_xform(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    require(request.user, EDIT_FORMS)
    version = _version(form_for(request.user, uid), pk)
    name = f"{version.form.form_id}-{version.version}.xml"
    return _download(version.xform.encode(), "text/xml; charset=utf-8", name)


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "private, no-store"
    return response


def _form_to_change(request: HttpRequest, uid: UUID) -> Form:
    require(request.user, EDIT_FORMS)
    form = form_for(request.user, uid)
    require_may_change(request.user, form)
    return form


def _version(form: Form, pk: int) -> FormVersion:
    found = form.versions.select_related("form").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这个版本。"))
    return found


def _toggled(request: HttpRequest, row: Any) -> Any:
    """When it was retired: kept if it is already, taken away by `restore`."""
    if request.POST.get("restore"):
        return None
    return row.retired_at or timezone.now()


def _log(request: HttpRequest, action: str, form: Form, subject: str) -> None:
    log_access(request.user, action, f"form {subject}", area_code=form.area_code, request=request)
