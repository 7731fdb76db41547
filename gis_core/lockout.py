"""What a person sees after too many wrong passwords: until when the account is locked."""

from datetime import datetime
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gis_core.access_log import client_address, log_access


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    username = str((credentials or {}).get("username") or request.POST.get("username", ""))
    log_access(None, "sign_in_locked", f"username {username}", request=request)
    context = {"locked_until": _locked_until(request, username), "username": username}
    return render(request, "sign_in/locked.html", context, status=429)


def _locked_until(request: HttpRequest, username: str) -> datetime:
    attempts = AccessAttempt.objects.filter(username=username, ip_address=client_address(request))
    last = attempts.order_by("-attempt_time").first()
    cool_off = get_cool_off(request)
    return (last.attempt_time if last else timezone.now()) + (cool_off or timezone.timedelta())
