"""Tokens of tablets and other clients: one device, one person, until a date; only their SHA-256 is kept."""

import hashlib
import json
import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from gis_core.models import Duty, User
from survey.models import Device
from survey.prepared import run

TOKEN_BYTES = 32
VALID_DAYS = {Device.Kind.TABLET: 30, Device.Kind.COLLECT: 90, Device.Kind.PROGRAM: 30}
DUTY_FACTS = ("id", "role", "area_code", "grid_code", "building_code")
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
    with connection.cursor() as cursor:
        asked = {"token": token_hash(token), "now": now, "today": timezone.localdate(now)}
        run(cursor, _sender_query(), asked)
        row = cursor.fetchone()
    if row is None:
        return None
    device_columns, person_columns = _names(Device), _names(User)
    cut = len(device_columns)
    found: Device = Device.from_db(connection.alias, device_columns, row[:cut])
    found.user = User.from_db(connection.alias, person_columns, row[cut:-1])
    found.user.duties_today = [Duty(**duty) for duty in json.loads(row[-1])]  # type: ignore[attr-defined]
    if found.last_seen_at is None or now - found.last_seen_at > NOTE_SEEN_EVERY:
        Device.objects.filter(pk=found.pk).update(last_seen_at=now)
    return found


@cache
def _sender_query() -> str:
    """One statement for device, person and duties, asked before every upload; names come from the models.

    Parameters: token (SHA-256), now, today. Index: device token_sha256; duty user.
    """
    device = ", ".join(f'device."{name}"' for name in _columns(Device))
    person = ", ".join(f'person."{name}"' for name in _columns(User))
    duty = ", ".join(f"'{name}', duty.{name}" for name in DUTY_FACTS)
    return f"""
        SELECT {device}, {person}, (
            SELECT coalesce(jsonb_agg(jsonb_build_object({duty})), '[]')
            FROM gis_core_duty AS duty
            WHERE duty.user_id = person.id AND duty.revoked_at IS NULL AND duty.valid_from <= %(today)s
                AND (duty.valid_until IS NULL OR duty.valid_until >= %(today)s)
        )
        FROM survey_device AS device
        JOIN gis_core_user AS person ON person.id = device.user_id
        WHERE device.token_sha256 = %(token)s AND device.revoked_at IS NULL
            AND device.expires_at > %(now)s AND person.is_active
    """  # noqa: S608


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _columns(model: type[Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


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
