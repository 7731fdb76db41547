"""Sessions of programs: a user name and password for a token that lives a day.

Who needs a second step at the desk needs it here too: the six figures of the app are written behind the
password, in the same field, since Central's client has only that one. Wrong ones count towards the lockout.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.access_log import log_access
from gis_core.errors import NotAllowed, Refusal
from gis_core.models import User
from gis_core.permissions import may, needs_second_step
from survey.devices import make_device, revoke_device
from survey.models import Device
from survey.programs.problems import ProgramView
from survey.sign_in_lock import require_unlocked

VALID = timedelta(hours=24)
CODE_DIGITS = 6
PROGRAM: Any = Device.Kind.PROGRAM
MAY_COME_IN = ("open_rounds", "visit_dwellings")


class WrongPassword(Refusal):
    code = "wrong_password"
    status = 401


class Sessions(ProgramView):
    authentication_classes: Sequence[Any] = ()
    permission_classes: Sequence[Any] = (AllowAny,)

    def post(self, request: Request) -> Response:
        given = request.data if isinstance(request.data, dict) else {}
        user = _signed_in(request._request, str(given.get("email", "")), str(given.get("password", "")))
        if not any(may(user, action) for action in MAY_COME_IN):
            raise NotAllowed(_("您的职责不包括这项操作。需要时请向管理员申请。"))
        name = (request.headers.get("User-Agent") or "")[:80]
        device, token = make_device(user, PROGRAM, name)
        device.expires_at = device.created_at + VALID
        device.save(update_fields=["expires_at"])
        log_access(user, "sign_in", f"program {device.uid}", request=request._request)
        return Response(
            {
                "token": token,
                "createdAt": device.created_at.isoformat(),
                "expiresAt": device.expires_at.isoformat(),
            }
        )


def _signed_in(request: HttpRequest, username: str, password: str) -> User:
    """The person of this password, and of this code where a second step is asked for."""
    wrong = WrongPassword(
        _(
            "用户名、密码或一次性代码不对。桌面职责的人把 6 位代码接在密码后面。"
            "连续 5 次不对，账号会锁定 15 分钟。"
        )
    )
    known = User.objects.filter(username=username).first()
    code = ""
    if known is not None and needs_second_step(known):
        password, code = password[:-CODE_DIGITS], password[-CODE_DIGITS:]
    user = authenticate(request, username=username, password=password)
    require_unlocked(request, username)
    if not isinstance(user, User) or (needs_second_step(user) and not _is_code_of(user, code)):
        raise wrong
    return user


def _is_code_of(user: User, code: str) -> bool:
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    if device is None or not code.isascii() or not code.isdigit():
        return False
    is_allowed, _wait = device.verify_is_allowed()
    return bool(is_allowed and device.verify_token(code))


class CurrentSession(ProgramView):
    def get(self, request: Request) -> Response:
        device = request.auth
        return Response(
            {"createdAt": device.created_at.isoformat(), "expiresAt": device.expires_at.isoformat()}
        )

    def delete(self, request: Request) -> Response:
        revoke_device(request.auth, by=request.user)
        log_access(request.user, "sign_out", f"program {request.auth.uid}", request=request._request)
        return Response({"success": True})


class CurrentUser(ProgramView):
    def get(self, request: Request) -> Response:
        return Response(actor(request.user))


def actor(user: Any) -> dict[str, Any]:
    return {
        "id": user.pk,
        "type": "user",
        "displayName": str(user),
        "email": user.get_username(),
        "createdAt": (getattr(user, "date_joined", None) or timezone.now()).isoformat(),
    }
