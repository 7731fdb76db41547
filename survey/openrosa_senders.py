"""Who asks: the token in a key address, in Basic over TLS, or a bearer's."""

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gis_core.errors import Refusal
from gis_core.sessions import public
from survey.devices import bearer_token, device_for
from survey.models import Device
from survey.openrosa_answers import message, refuse, with_headers

CHALLENGE = 'Basic realm="wangge", charset="UTF-8"'
Answer = Callable[..., HttpResponseBase]


def openrosa(*methods: str, needs_version: bool = True) -> Callable[[Answer], Answer]:
    """A view below /openrosa/: its sender is known, its errors and headers are what Collect expects.

    The view gets the request, the device, and the base of addresses that this client may use next.
    """

    def wrap(view: Answer) -> Answer:
        @csrf_exempt
        @public
        @wraps(view)
        def answer(request: HttpRequest, token: str = "", **named: Any) -> HttpResponseBase:
            if request.method not in methods:
                response = message(request, _("这个地址不接受这种请求方法。"), status=405)
                response["Allow"] = ", ".join(methods)
                return response
            device = _device(request, token)
            if device is None:
                return _not_known(request, token)
            with translation.override(device.user.language):
                return _answer(view, request, device, token, needs_version=needs_version, **named)

        return answer

    return wrap


def _answer(
    view: Answer, request: HttpRequest, device: Device, token: str, *, needs_version: bool, **named: Any
) -> HttpResponseBase:
    if needs_version and not request.headers.get("X-OpenRosa-Version"):
        return message(request, _("请求缺少 X-OpenRosa-Version 头。"), status=400)
    try:
        return with_headers(view(request, device, address_base(request, token), **named))
    except Refusal as refusal:
        return refuse(request, refusal)
    except OperationalError:
        return message(request, _("服务器正忙，未收下。请稍后再传。"), status=503)


def address_base(request: HttpRequest, token: str) -> str:
    """The address that this client knows the server by, its key included."""
    path = f"/openrosa/key/{token}" if token else "/openrosa"
    url: str = request.build_absolute_uri(path)
    return "https" + url.removeprefix("http") if is_over_tls(request) and not request.is_secure() else url


def is_over_tls(request: HttpRequest) -> bool:
    """Whether the client's own connection is encrypted; a proxy in front says so in a header."""
    return request.is_secure() or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def _device(request: HttpRequest, token: str) -> Device | None:
    """A key address and Basic are Collect's; a tablet's token in an address would be read by every proxy."""
    header = request.headers.get("Authorization", "")
    if token:
        return _of_collect(device_for(token))
    if bearer := bearer_token(header):
        return device_for(bearer)
    username, password = _basic(header)
    if username and is_over_tls(request):
        found = _of_collect(device_for(password))
        return found if found is not None and found.user.username == username else None
    return None


def _of_collect(found: Device | None) -> Device | None:
    return found if found is not None and found.kind == Device.Kind.COLLECT else None


def _basic(header: str) -> tuple[str, str]:
    scheme, _space, packed = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _colon, password = base64.b64decode(packed.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return username, password


def _not_known(request: HttpRequest, token: str) -> HttpResponseBase:
    """A wrong key is 403, never 401: Collect would ask its user for a password that does not exist.

    Our own tablet is told 401: it keeps its outbox and asks its person to sign in again.
    """
    header = request.headers.get("Authorization", "")
    if token:
        return message(request, _("这台设备的登录已失效。请重新登录。"), status=403)
    if bearer_token(header):
        response = message(request, _("这台设备的登录已失效。请重新登录。"), status=401)
        response["WWW-Authenticate"] = 'Bearer realm="wangge"'
        return response
    if _basic(header)[0] and not is_over_tls(request):
        return message(request, _("用户名和密码只能经 https 发送。"), status=403)
    response = message(request, _("请先登录。"), status=401)
    response["WWW-Authenticate"] = CHALLENGE
    return response
