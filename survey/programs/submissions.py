"""Records over /v1/: metadata, one more record, a correction, a review, comments, files."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.access_log import log_access
from gis_core.errors import Conflict, Refusal
from gis_core.permissions import require
from survey import review
from survey.access import read_xml
from survey.answers import read_heading
from survey.exports import ROWS_MOST, told_questions
from survey.intake import SentFile, accept_submission, sealed_xml
from survey.models import FormVersion, Round, Submission
from survey.programs.addressed import (
    REVIEW,
    ROWS,
    form_of,
    project_of,
    reason_of,
    record_of,
    records_of,
    require_rows,
)
from survey.programs.problems import ProgramView, created
from survey.programs.records import comment_body, record_body
from survey.receipts import Receipt
from survey.redaction import without_answers
from survey.safe_xml import UnreadableXml

MOST_XML_BYTES = 4 * 2**20


class RecordRefused(Refusal):
    """What intake did not take; the bytes are kept under their reason all the same."""

    code = "record_refused"


class Xml(BaseParser):
    media_type = "application/xml"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> bytes:
        return _read(stream, MOST_XML_BYTES)


class TextXml(Xml):
    media_type = "text/xml"


class AnyFile(BaseParser):
    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> bytes:
        return _read(stream, None)


def _read(stream: Any, most_bytes: int | None) -> bytes:
    content: bytes = stream.read() if most_bytes is None else stream.read(most_bytes + 1)
    if most_bytes is not None and len(content) > most_bytes:
        raise ParseError(_("请求太大，未读取。"))
    return content


class Submissions(ProgramView):
    parser_classes = (Xml, TextXml)

    def get(self, request: Request, project_id: int, form_id: str) -> Response:
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        require_rows(request.user, project)
        rows = list(records_of(request.user, project, version, ROWS)[:ROWS_MOST])
        _written_down(request, project, f"list of {len(rows)} records")
        return Response([record_body(row) for row in rows])

    def post(self, request: Request, project_id: int, form_id: str) -> Response:
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        receipt = _accepted(request, project, version, request.data)
        return created(record_body(_stored(version, receipt)))


class OneSubmission(ProgramView):
    parser_classes = (JSONParser, Xml, TextXml)

    def get(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Response:
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        require_rows(request.user, project)
        record = record_of(request.user, project, version, instance_id, ROWS)
        _written_down(request, project, f"record {record.pk} dwelling {record.dwelling_code or '-'}")
        return Response(record_body(record))

    def put(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Response:
        """A correction; its XML names what it replaces (`deprecatedID`)."""
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        record = record_of(request.user, project, version, instance_id, REVIEW)
        _require_correction_of(record, request.data)
        return Response(record_body(_stored(version, _accepted(request, project, version, request.data))))

    def patch(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Response:
        require(request.user, REVIEW)
        project = project_of(request.user, project_id)
        record = record_of(request.user, project, form_of(project, form_id), instance_id, REVIEW)
        given = request.data if isinstance(request.data, dict) else {}
        _reviewed(record, given.get("reviewState"), by=request.user)
        record.refresh_from_db()
        return Response(record_body(record))


class SubmissionXml(ProgramView):
    """A record as it was sent, only with the questions that may leave answered."""

    def get(self, request: Request, project_id: int, form_id: str, instance_id: str) -> HttpResponse:
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        require_rows(request.user, project)
        record = record_of(request.user, project, version, instance_id, ROWS)
        xml = read_xml(request.user, record, reason_of(request, "XML"), request=request._request)
        outline = record.form_version.outline
        told = {question["path"] for question in told_questions(outline)}
        kept_back = {question["path"] for question in outline["questions"]} - told
        answer = without_answers(xml, kept_back, root=outline["root"]) if xml else b""
        return HttpResponse(answer, content_type="application/xml; charset=utf-8")


class Comments(ProgramView):
    def get(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Response:
        record = self._record(request, project_id, form_id, instance_id)
        return Response([comment_body(row) for row in record.comments.order_by("-at")])

    def post(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Response:
        record = self._record(request, project_id, form_id, instance_id)
        given = request.data if isinstance(request.data, dict) else {}
        return created(comment_body(review.comment(record, by=request.user, text=str(given.get("body", "")))))

    def _record(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Submission:
        require(request.user, REVIEW)
        project = project_of(request.user, project_id)
        return record_of(request.user, project, form_of(project, form_id), instance_id, REVIEW)


class Attachments(ProgramView):
    """Names of a record's files, and whether they came; their content stays at the desk."""

    def get(self, request: Request, project_id: int, form_id: str, instance_id: str) -> Response:
        project = project_of(request.user, project_id)
        record = own_or_visible(request, project, form_of(project, form_id), instance_id)
        rows = record.attachments.values_list("name", "received_at")
        return Response([{"name": name, "exists": at is not None} for name, at in rows])


class OneAttachment(ProgramView):
    parser_classes = (AnyFile,)

    def post(self, request: Request, project_id: int, form_id: str, instance_id: str, name: str) -> Response:
        project = project_of(request.user, project_id)
        version = form_of(project, form_id)
        record = own_or_visible(request, project, version, instance_id)
        if record.is_sealed or record.xml is not None:
            raise Conflict(_("这份记录的文件由平板自己补传。"))
        content: bytes = request.data
        file = SentFile(name, request.content_type or "", lambda: content)
        # The machine reads its own copy so that the file comes with the very bytes of the record.
        accept_submission(sealed_xml(record), files=[file], by=request.user, device=request.auth)
        return Response({"success": True})


def own_or_visible(request: Request, project: Round, version: FormVersion, instance_id: str) -> Submission:
    """One's own record, or one that a director reviews."""
    own = Submission.objects.filter(
        by=request.user, round=project, form=version.form_id, root_instance_id=instance_id, is_current=True
    ).first()
    return own or record_of(request.user, project, version, instance_id, REVIEW)


def _written_down(request: Request, project: Round, subject: str) -> None:
    log_access(
        request.user,
        "export_rows",
        f"program {request.auth.pk} round {project.pk} {subject}",
        area_code=project.area_codes[0],
        reason=reason_of(request, "metadata"),
        request=request._request,
    )


def _accepted(request: Request, project: Round, version: FormVersion, payload: Any) -> Receipt:
    if not isinstance(payload, bytes) or not payload:
        raise ParseError(_("请求里没有记录的 XML。"))
    _require_form(payload, version)
    receipt = accept_submission(payload, by=request.user, device=request.auth, round_uid=str(project.uid))
    if receipt.status >= 400:
        refusal = RecordRefused(
            _("这份记录没有收下（%(reason)s）；内容已按原样留存，可在走访的“冲突”页处理。")
            % {"reason": receipt.reason},
            reason=receipt.reason,
        )
        refusal.status = receipt.status
        raise refusal
    return receipt


def _require_form(payload: bytes, version: FormVersion) -> None:
    try:
        heading = read_heading(payload)
    except UnreadableXml:
        return  # intake keeps it and says why
    if heading.form_id and heading.form_id != version.form.form_id:
        raise Conflict(_("记录里的表单编号与地址不符。"), form_id=heading.form_id)


def _require_correction_of(record: Submission, payload: Any) -> None:
    try:
        heading = read_heading(payload if isinstance(payload, bytes) else b"")
    except UnreadableXml as err:
        raise ParseError(_("请求里没有记录的 XML。")) from err
    if heading.deprecated_id != record.instance_id:
        raise Conflict(
            _("这份记录已被更正过，您改的不是最新的一份。请先取最新的一份。"), current=record.instance_id
        )


def _stored(version: FormVersion, receipt: Receipt) -> Submission:
    return Submission.objects.select_related("by").get(form=version.form_id, instance_id=receipt.instance_id)


def _reviewed(record: Submission, state: Any, *, by: Any) -> None:
    if state == "approved":
        review.accept(record, by=by)
    elif state == "rejected":
        review.reject(record, by=by, note=_("由程序标为不采用"))
    elif state == "hasIssues":
        review.send_back(record, by=by, message=_("由程序退回，请看说明"))
    elif state in (None, "received"):
        review.reopen(record, by=by)
    else:
        raise ParseError(_("reviewState 只能是 approved、rejected、hasIssues 或 null。"))
