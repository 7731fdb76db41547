"""The second step of desk people: a six-digit code of an authenticator app, and recovery codes."""

import secrets
from base64 import b32encode
from binascii import unhexlify

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.mandates import require_whole_account
from gis_core.models import User

RECOVERY_CODE_COUNT = 10
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read two ways


class WrongCode(Refusal):
    code = "wrong_code"


def is_enrolled(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def pending_device(user: User) -> TOTPDevice:
    """The device being set up: the same secret until it is confirmed, so that a reload changes nothing."""
    device, _made = TOTPDevice.objects.get_or_create(user=user, name="app", confirmed=False)
    return device


def secret_text(device: TOTPDevice) -> str:
    """The secret in groups of four, to be typed where no camera is at hand."""
    text = b32encode(unhexlify(device.key)).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@transaction.atomic
def confirm_device(user: User, token: str, request: HttpRequest) -> list[str]:
    """Take the device into use once it has shown a right code; gives new recovery codes."""
    device = pending_device(user)
    _verify(device, token)
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save()
    otp_login(request, device)
    log_access(user, "enrol_code", f"user {user.pk}", request=request)
    return new_recovery_codes(user)


def _verify(device: TOTPDevice, token: str) -> None:
    is_allowed, wait = device.verify_is_allowed()
    if not is_allowed:
        raise WrongCode(_("代码错误次数较多，请在 %(wait)s 秒后再试。") % {"wait": _seconds_left(wait)})
    if not device.verify_token(token):
        raise WrongCode(_("代码不对，或者刚刚用过。请等手机上出现下一个代码再输入；手机时间须准确。"))


def _seconds_left(wait: dict[str, object] | None) -> int:
    from django.utils import timezone

    locked_until = (wait or {}).get("locked_until")
    return max(1, int((locked_until - timezone.now()).total_seconds()) + 1) if locked_until else 1  # type: ignore[operator]


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes for a lost telephone, each good once; earlier ones stop working."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _i in range(10)) for _j in range(RECOVERY_CODE_COUNT)
    ]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def give_code(user: User, text: str, request: HttpRequest) -> None:
    """Accept a code of the app, or a recovery code; throttled by the device after wrong ones."""
    token = "".join(text.split()).replace("-", "").lower()
    device: TOTPDevice | StaticDevice | None
    if token.isdigit() and len(token) == 6:
        device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
        if device is None:
            raise WrongCode(_("还没有登记验证器。"))
        _verify(device, token)
    else:
        device = StaticDevice.objects.filter(user=user, confirmed=True).first()
        if device is None:
            raise WrongCode(_("请输入 6 位数字代码。"))
        _verify(device, token)
        log_access(user, "use_recovery_code", f"user {user.pk}", request=request)
    otp_login(request, device)


@transaction.atomic
def reset_codes(person: User, *, by: User, request: HttpRequest | None = None) -> None:
    """Forget the person's app and recovery codes: the next sign-in sets up a new one."""
    require_whole_account(by, person)
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()
    log_access(by, "reset_code", f"user {person.pk}", area_code=person.home_code, request=request)
