"""Central's way to say no: `{"message", "code", "details"}`, the code a status with a figure behind it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.errors import NotFound, Refusal
from gis_core.plain_requests import read_by_view
from survey.devices import DeviceToken
from survey.models import Device
from survey.openrosa_parts import MOST_BYTES

PREFIX = "/v1/"
CODES = {
    400: 400.2,
    401: 401.2,
    403: 403.1,
    404: 404.1,
    405: 404.1,
    409: 409.1,
    413: 413.1,
    415: 400.4,
    422: 400.8,
}


class NotOffered(Refusal):
    """Central has it, this house has not."""

    code = "not_offered"
    status = 501


def problem_body(status_code: int, message: str, details: Any = None) -> dict[str, Any]:
    return {"message": message, "code": CODES.get(status_code, status_code + 0.1), "details": details or {}}


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    body = problem_body(refusal.status, refusal.sentence, {"code": refusal.code, **refusal.details})
    return JsonResponse(body, status=refusal.status)


read_by_view(PREFIX, MOST_BYTES, refuse)


class ProgramToken(DeviceToken):
    """The token of a session made at /v1/sessions; tablets' tokens open nothing here."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None and found[1].kind != Device.Kind.PROGRAM:
            raise exceptions.AuthenticationFailed(_("这不是程序的登录。请在 /v1/sessions 登录。"))
        return found


class ProgramView(APIView):
    authentication_classes: Sequence[Any] = (ProgramToken,)
    schema = None  # described by ODK Central's own documentation

    def get_exception_handler(self) -> Any:
        return _as_problem

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        found: Response = super().finalize_response(request, response, *args, **kwargs)
        found.headers.setdefault("Cache-Control", "private, no-store")
        return found


def _as_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exc, Refusal):
        details = {"code": exc.code, **exc.details}
        return Response(problem_body(exc.status, exc.sentence, details), status=exc.status)
    if isinstance(exc, exceptions.APIException):
        sentences = {
            401: _("请先登录。"),
            404: _("没有找到，或者不在您的职责范围内。"),
            405: _("这个地址不接受这种请求方法。"),
        }
        code = exc.status_code
        headers = {"WWW-Authenticate": exc.auth_header} if getattr(exc, "auth_header", None) else None
        return Response(
            problem_body(code, sentences.get(code, str(exc.detail))), status=code, headers=headers
        )
    return None


class Nowhere(ProgramView):
    """Any other address below /v1/."""

    authentication_classes: Sequence[Any] = ()
    permission_classes: Sequence[Any] = ()

    def _nothing(self, request: Request, **rest: Any) -> Response:
        raise NotFound(_("这个接口没有提供。提供的部分见说明。"))

    get = post = put = patch = delete = _nothing
    http_method_names: Sequence[str] = ("get", "post", "put", "patch", "delete", "head", "options")


def created(body: Any) -> Response:
    """Central answers 200 where others say 201."""
    return Response(body, status=status.HTTP_200_OK)
