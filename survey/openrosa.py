"""The OpenRosa endpoints: what ODK Collect and our own tablet speak. Protocol only; intake decides.

Addresses lie below /openrosa/ (bearer's token, or Basic over TLS) and below /openrosa/key/<token>/, which is
all that Collect needs to know. Status codes follow ODK Central, with the departures of DECISIONS.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.plain_requests import read_by_view
from gis_core.sessions import public
from survey.held_reasons import HELD_WORDS
from survey.intake import accept_submission
from survey.models import Device, FormVersion
from survey.openrosa_answers import XML, message, refuse, xml_answer
from survey.openrosa_lists import (
    DWELLINGS_FILE,
    as_csv,
    deletions,
    doors_of,
    form_for,
    forms_of,
    list_mark,
    reads_dwellings,
)
from survey.openrosa_parts import MOST_BYTES, parts_of
from survey.openrosa_senders import openrosa
from survey.receipts import Receipt

FORM_LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"

read_by_view("/openrosa/", MOST_BYTES, refuse)


@openrosa("GET", "HEAD")
def form_list(request: HttpRequest, device: Device, base: str) -> HttpResponseBase:
    asked = request.GET.get("formID")
    versions = forms_of(device).values()
    listed = [_listed(one, base) for one in versions if asked in (None, one.form.form_id)]
    return xml_answer(f'<xforms xmlns="{FORM_LIST}">{"".join(listed)}</xforms>')


def _listed(version: FormVersion, base: str) -> str:
    """Collect throws the whole list away when a form lacks a part, so every part is always there."""
    form = version.form
    here = f"{base}/forms/{version.pk}"
    manifest = f"<manifestUrl>{escape(here)}/manifest</manifestUrl>" if reads_dwellings(version) else ""
    return (
        f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.title_zh or form.form_id)}</name>"
        f"<version>{escape(version.version)}</version><hash>md5:{version.xform_md5}</hash>"
        f"<downloadUrl>{escape(here)}/form.xml</downloadUrl>{manifest}</xform>"
    )


@openrosa("GET", "HEAD", needs_version=False)
def form_xml(request: HttpRequest, device: Device, base: str, pk: int) -> HttpResponseBase:
    return HttpResponse(form_for(device, pk).xform.encode(), content_type=XML)


@openrosa("GET", "HEAD")
def manifest(request: HttpRequest, device: Device, base: str, pk: int) -> HttpResponseBase:
    version = form_for(device, pk)
    files = "".join(_entity_list(device, version, base)) if reads_dwellings(version) else ""
    return xml_answer(f'<manifest xmlns="{MANIFEST}">{files}</manifest>')


def _entity_list(device: Device, version: FormVersion, base: str) -> Iterator[str]:
    here = escape(f"{base}/forms/{version.pk}")
    yield (
        f'<mediaFile type="entityList"><filename>{DWELLINGS_FILE}</filename>'
        f"<hash>md5:{list_mark(doors_of(device, version))}</hash>"
        f"<downloadUrl>{here}/{DWELLINGS_FILE}</downloadUrl><integrityUrl>{here}/integrity</integrityUrl>"
        "</mediaFile>"
    )


@openrosa("GET", "HEAD", needs_version=False)
def entities_csv(request: HttpRequest, device: Device, base: str, pk: int) -> HttpResponseBase:
    """Ids, labels and versions of the doors; nothing that anybody answered ever lies in Collect's lists."""
    rows = doors_of(device, form_for(device, pk))
    mark = f'"{list_mark(rows)}"'
    if mark in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        log_access(device.user, "fetch_doors", f"device {device.pk}, {len(rows)} doors", request=request)
        response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["ETag"], response["Cache-Control"] = mark, "private, no-cache"
    return response


@openrosa("GET", "HEAD", needs_version=False)
def integrity(request: HttpRequest, device: Device, base: str, pk: int) -> HttpResponseBase:
    form_for(device, pk)
    ids = [one for text in request.GET.getlist("id") for one in text.split(",") if one]
    told = [
        f"<entity id={quoteattr(uid)}><deleted>{'true' if gone else 'false'}</deleted></entity>"
        for uid, gone in deletions(device, ids)
    ]
    return xml_answer(f"<data><entities>{''.join(told)}</entities></data>")


@openrosa("HEAD", "POST")
def submission(request: HttpRequest, device: Device, base: str) -> HttpResponseBase:
    """204 to the question whether one may upload; then a record, whole or in several posts."""
    if request.method == "HEAD":
        return HttpResponse(status=204)
    with parts_of(request) as parts:
        receipt = accept_submission(
            parts.payload,
            files=parts.files,
            by=device.user,
            device=device,
            round_uid=request.GET.get("round"),
            is_incomplete=parts.is_incomplete,
        )
    code = receipt.reason if receipt.status >= 400 else ""
    return message(request, sentence_for(receipt), status=receipt.status, receipt=receipt, code=code)


def sentence_for(receipt: Receipt) -> str:
    """What the worker reads about this upload."""
    if receipt.status == 201:
        return _of_a_record(receipt)
    told = {
        "no_instance_id": _("记录没有编号（instanceID），已原样保留，请联系社区主任。"),
        "unknown_form": _("服务器上没有这张表，记录已原样保留，请联系社区主任。"),
        "unknown_version": _("服务器上没有这张表的这个版本，记录已原样保留，请联系社区主任。"),
        "unknown_predecessor": _("要更正的记录不在服务器上，更正已原样保留，请联系社区主任。"),
        "stale_edit": _("这条记录已经有更新的更正，您的更正已保留，由社区主任核对。"),
        "record_erased": _("这条记录已经删除，新内容已保留，由社区主任核对。"),
        "instance_conflict": _("同一编号下已有不同的内容，这一份已保留，由社区主任核对。"),
        "wrong_charset": _("记录不是 UTF-8 编码，已原样保留，请联系社区主任。"),
    }
    return told.get(receipt.reason) or _("记录无法读取，已原样保留，请联系社区主任。")


def _of_a_record(receipt: Receipt) -> str:
    if receipt.state == "erased":
        return _("这条记录早先已收到，后来已删除。")
    missing = len(receipt.files_missing)
    if missing:
        return _("已收到，还缺 %(count)d 个文件。") % {"count": missing}
    if receipt.state == "held":
        return _("已收到，等待社区主任核对：%(reason)s。") % {"reason": HELD_WORDS[receipt.reason]}
    return _("已收到并登记。")


@csrf_exempt
@public
def unknown(request: HttpRequest, **_named: str) -> HttpResponseBase:
    return refuse(request, NotFound(_("这个地址没有内容，或者不在您的职责范围内。")))
