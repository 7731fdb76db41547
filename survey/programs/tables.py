"""Rows for programs: OData of a form's records. The same questions may leave as in a workbook of rows.

No composition, no contacts, no consent, no place, no photo, no free text, no repeat: `told_questions` of
`survey/exports.py` decides, so that both ways out stay one.
"""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.access_log import log_access
from survey.access import xml_for_export
from survey.answers import Answers, read_answers
from survey.exports import ROWS_MOST, told_questions
from survey.models import FormVersion, Round, Submission
from survey.programs.addressed import ROWS, form_of, project_of, reason_of, records_of, require_rows
from survey.programs.odata_filter import FilterRefused, as_query
from survey.programs.problems import NotOffered, ProgramView
from survey.programs.records import REVIEW_NAMES
from survey.safe_xml import UnreadableXml

TABLE = "Submissions"
NOT_OFFERED = ("$select", "$expand", "$orderby", "$search", "$apply", "$compute")


class Service(ProgramView):
    """The list of tables: one."""

    def get(self, request: Request, project_id: int, form_id: str) -> Response:
        form_of(project_of(request.user, project_id), form_id)
        base = request.build_absolute_uri().split("?")[0].rstrip("/")
        return Response(
            {
                "@odata.context": f"{base}/$metadata",
                "value": [{"name": TABLE, "kind": "EntitySet", "url": TABLE}],
            }
        )


class Rows(ProgramView):
    def get(self, request: Request, project_id: int, form_id: str, table: str) -> Response | HttpResponse:
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        require_rows(request.user, project)
        if table != TABLE:
            raise NotOffered(_("只提供 Submissions 表；重复组里的内容不逐户导出。"), table=table[:80])
        found = records_of(request.user, project, version, ROWS).filter(state=Submission.State.APPLIED)
        return odata_response(request, found, lambda rows: _told(request, project, version, rows))


def odata_response(request: Request, found: Any, told: Any, context: str = TABLE) -> Response:
    """One page of rows, with the count and the next page's address where there is one."""
    asked = request.query_params
    for name in NOT_OFFERED:
        if asked.get(name):
            raise NotOffered(_("没有提供 %(name)s。") % {"name": name}, option=name)
    if asked.get("$filter") and context != TABLE:
        raise NotOffered(_("没有提供 %(name)s。") % {"name": "$filter"}, option="$filter")
    if asked.get("$filter"):
        found = found.filter(as_query(asked["$filter"]))
    skip, top = _number(asked, "$skip", 0), min(_number(asked, "$top", ROWS_MOST), ROWS_MOST)
    total = found.count()
    rows = list(
        found.order_by("-received_at" if context == TABLE else "dwelling_code", "-pk")[skip : skip + top]
    )
    base = request.build_absolute_uri(request.path)
    body: dict[str, Any] = {
        "@odata.context": f"{base.rsplit('/', 1)[0]}/$metadata#{context}",
        "value": told(rows),
    }
    if asked.get("$count", "").lower() == "true":
        body["@odata.count"] = total
    if skip + len(rows) < total and "$top" not in asked:
        body["@odata.nextLink"] = f"{base}?%24skip={skip + len(rows)}"
    return Response(body)


def _number(asked: Any, name: str, default: int) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise FilterRefused(_("%(name)s 要是 0 或正整数。") % {"name": name})
    return int(text)


def _told(
    request: Request, project: Round, version: FormVersion, rows: list[Submission]
) -> list[dict[str, Any]]:
    reason = reason_of(request, f"OData {version.form.form_id}")
    log_access(
        request.user,
        "export_rows",
        f"program {request.auth.pk} round {project.pk} rows {len(rows)}",
        area_code=project.area_codes[0],
        reason=reason,
        request=request._request,
    )
    xml = xml_for_export(request.user, rows, reason)
    return [odata_row(row, xml.get(row.pk)) for row in rows]


def odata_row(record: Submission, xml: bytes | None) -> dict[str, Any]:
    outline = record.form_version.outline
    root = outline.get("root", "/data")
    body: dict[str, Any] = {"__id": record.root_instance_id, "__system": _system(record)}
    answers = _answers(xml, outline)
    for question in told_questions(outline):
        holder = body
        *groups, name = question["path"].removeprefix(f"{root}/").split("/")
        for group in groups:
            holder = holder.setdefault(group, {})
        text = next(iter(answers.by_path(question["path"])), "") if answers else ""
        holder[name] = _typed(question["kind"], text)
    body["meta"] = {"instanceID": record.instance_id}
    return body


def _answers(xml: bytes | None, outline: dict[str, Any]) -> Answers | None:
    try:
        return read_answers(xml, outline) if xml else None
    except UnreadableXml:
        return None


def _typed(kind: str, text: str) -> Any:
    if not text:
        return None
    try:
        return int(text) if kind == "integer" else float(text) if kind == "decimal" else text
    except ValueError:
        return text


def _system(record: Submission) -> dict[str, Any]:
    is_edit = record.deprecated_id != ""
    return {
        "submissionDate": record.received_at.isoformat(),
        "updatedAt": record.received_at.isoformat() if is_edit else None,
        "submitterId": str(record.by_id),
        "submitterName": str(record.by),
        "reviewState": REVIEW_NAMES.get(Submission.Review(record.review)),
        "formVersion": record.form_version.version,
        "status": None,
        "deletedAt": None,
    }
