"""Pages for what goes wrong: each says what happened and where to go from there."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.api import error_body, wants_json
from gis_core.sessions import public


def _answer(request: HttpRequest, status: int, code: str, title: str, sentence: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(error_body(code, sentence), status=status)
    context = {"status": status, "title": title, "sentence": sentence}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    sentence = _("浏览器发来的内容不完整或太大。请返回上一页再试一次。")
    return _answer(request, 400, "bad_request", _("请求无法读取"), sentence)


def not_allowed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    sentence = _("您的职责不包括这一页。需要时请向管理员申请。")
    return _answer(request, 403, "not_allowed", _("不能打开"), sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _("这一页打开太久，或登录已经变化，为安全起见没有保存。请返回上一页，刷新后再提交。")
    return _answer(request, 403, "csrf", _("没有保存"), sentence)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    sentence = _("这个地址没有内容，或者不在您的职责范围内。")
    return _answer(request, 404, "not_found", _("没有找到"), sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the shell: whatever broke may be what the shell needs."""
    sentence = _("程序出错，刚才的操作没有保存。请稍后再试；如果又出现，请把时间和地址告诉管理员。")
    if wants_json(request):
        return JsonResponse(error_body("internal_error", sentence), status=500)
    context = {"status": 500, "title": _("程序出错"), "sentence": sentence}
    return HttpResponse(render_to_string("error_plain.html", context), status=500)


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the offline app and the pages show when the server cannot be reached."""
    context = {
        "status": "",
        "title": _("没有网络"),
        "sentence": _("现在连不上服务器。已经填写的内容还在这台设备上；网络恢复后，请再试一次。"),
    }
    return HttpResponse(render_to_string("error_plain.html", context))
