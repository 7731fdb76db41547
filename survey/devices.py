"""Tokens of tablets and other clients: one device, one person, until a date; only their SHA-256 is kept."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from gis_core.models import User
from gis_core.permissions import duties_in_force
from survey.models import Device

TOKEN_BYTES = 32
VALID_DAYS = {Device.Kind.TABLET: 30, Device.Kind.COLLECT: 90, Device.Kind.PROGRAM: 30}
NOTE_SEEN_EVERY = timedelta(minutes=10)  # a device row is written at most this often


def make_device(user: User, kind: str, name: str = "") -> tuple[Device, str]:
    """A device with its token, which is shown this once and never again."""
    token = secrets.token_hex(TOKEN_BYTES)
    now = timezone.now()
    made = Device.objects.create(
        user=user,
        kind=kind,
        name=name[:80],
        token_sha256=token_hash(token),
        expires_at=now + timedelta(days=VALID_DAYS[Device.Kind(kind)]),
        last_seen_at=now,
    )
    return made, token


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def device_for(token: str) -> Device | None:
    """The device of this token, its person and their duties of today; None when it opens nothing."""
    now = timezone.now()
    found = (
        Device.objects.select_related("user")
        .filter(token_sha256=token_hash(token), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if found is None:
        return None
    found.user.duties_today = duties_in_force(found.user)  # type: ignore[attr-defined]
    if found.last_seen_at is None or now - found.last_seen_at > NOTE_SEEN_EVERY:
        Device.objects.filter(pk=found.pk).update(last_seen_at=now)
    return found


def revoke_device(subject: Device, *, by: Any) -> None:
    """From now on its token opens nothing; doing it twice is harmless."""
    Device.objects.filter(pk=subject.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)


def bearer_token(header: str) -> str:
    """The token of an Authorization header, "" when it is not a bearer's."""
    scheme, _space, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class DeviceToken(BaseAuthentication):
    """DRF views for tablets and programs: `Authorization: Bearer …`; `request.auth` is the Device."""

    def authenticate(self, request: Request) -> tuple[User, Device] | None:
        token = bearer_token(get_authorization_header(request).decode("latin-1"))
        if not token:
            return None
        found = device_for(token)
        if found is None:
            raise exceptions.AuthenticationFailed(_("这台设备的登录已失效。请重新登录。"))
        translation.activate(found.user.language)
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="wangge"'
