"""The one place that turns a refusal into an answer: JSON for programs, a page for people."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.errors import Refusal
from gis_core.permissions import needs_second_step

PROGRAM_PATHS = ("/api/", "/tiles/", "/values/")


class SecondStepMissing(exceptions.NotAuthenticated):
    default_code = "second_step_missing"


class DeskSession(SessionAuthentication):
    """The desk's session cookie. An anonymous request is answered 401, not 403."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found and needs_second_step(found[0]) and not found[0].is_verified():
            raise SecondStepMissing(_("请先输入一次性代码完成登录。"))
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="wangge"'


class Paging(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 1000


def wants_json(request: HttpRequest) -> bool:
    if request.path.startswith(PROGRAM_PATHS) or request.path.endswith(".json"):
        return True
    accept = request.headers.get("Accept", "")
    return "application/json" in accept and "text/html" not in accept


def error_body(code: str, sentence: str, details: Any = None) -> dict[str, Any]:
    return {"code": code, "sentence": sentence, "details": details or {}}


def refusal_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error has the same three keys."""
    if isinstance(exc, Refusal):
        return Response(exc.as_dict(), status=exc.status)
    # Imported here: that module reads the settings, which name the classes of this one.
    from rest_framework.views import exception_handler

    response = exception_handler(exc, context)
    if response is not None:
        response.data = _drf_body(exc, response)
    return response


def _drf_body(exc: Exception, response: Response) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        return error_body(
            "invalid", _("请求中有不能使用的值，见 details。"), {"fields": exc.get_full_details()}
        )
    if isinstance(exc, exceptions.APIException):
        sentences = {
            401: _("请先登录。"),
            403: _("您的职责不包括这项操作。需要时请向管理员申请。"),
            404: _("没有找到，或者不在您的职责范围内。"),
            405: _("这个地址不接受这种请求方法。"),
        }
        code = exc.get_codes() if isinstance(exc.get_codes(), str) else "refused"
        own = isinstance(exc, SecondStepMissing) or exc.status_code not in sentences
        return error_body(str(code), str(exc.detail) if own else sentences[exc.status_code])
    if response.status_code == 404:
        return error_body("not_found", _("没有找到，或者不在您的职责范围内。"))
    return error_body("not_allowed", _("您的职责不包括这项操作。需要时请向管理员申请。"))


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(refusal.as_dict(), status=refusal.status)
    context = {"refusal": refusal, "rows": refusal.details.get("rows", [])}
    return render(request, "refusal.html", context, status=refusal.status)


class RefusalMiddleware:
    """A refusal raised in a view becomes its page, or its JSON; anything else stays a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal_page(request, exception) if isinstance(exception, Refusal) else None
