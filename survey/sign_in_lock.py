"""A locked account, said to programs and tablets in their own words; the desk has a page for it."""

from axes.helpers import get_cool_off
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.errors import Refusal


class SignInLocked(Refusal):
    code = "sign_in_locked"
    status = 429


def require_unlocked(request: HttpRequest, username: str) -> None:
    """Asked after the password was.

    Raises:
        SignInLocked
    """
    if not getattr(request, "axes_locked_out", False):
        return
    request.axes_locked_out = False  # type: ignore[attr-defined]  # its middleware would answer with the page
    log_access(None, "sign_in_locked", f"username {username[:60]}", request=request)
    cool_off = get_cool_off(request)
    minutes = round(cool_off.total_seconds() / 60) if cool_off else 0
    sentence = _("连续多次不对，账号已锁定。请 %(minutes)d 分钟后再试。") % {"minutes": minutes}
    raise SignInLocked(sentence, locked_min=minutes)
