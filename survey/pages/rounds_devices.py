"""Tablets and other clients: who holds one, when it last spoke, and how to end it. ODK Collect's settings."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core import mandates
from gis_core.access_log import log_access
from gis_core.errors import NotFound
from gis_core.models import User
from gis_core.permissions import require
from gis_core.qr_codes import qr_path
from survey.assignment_places import workers_for
from survey.devices import make_device, revoke_device
from survey.errors import RoundNotOpen
from survey.models import Device, Round
from survey.openrosa_settings import collect_settings
from survey.pages.rounds_views import round_to_change

MANAGE = "manage_devices"
DEVICES_PER_PAGE = 50


def visible_devices(user: Any) -> QuerySet[Device]:
    """Devices of the people whose accounts this person looks after."""
    found = Device.objects.filter(user__in=mandates.visible_people(user)).select_related("user")
    return found.order_by(
        F("revoked_at").asc(nulls_first=True), Collate("user__display_name", "zh-x-icu"), "-created_at"
    )


def state_of(device: Device) -> str:
    if device.revoked_at is not None:
        return "revoked"
    return "expired" if device.expires_at <= timezone.now() else "now"


@never_cache
@require_safe
def devices_page(request: HttpRequest) -> HttpResponse:
    require(request.user, MANAGE)
    page = Paginator(visible_devices(request.user), DEVICES_PER_PAGE).get_page(request.GET.get("page"))
    rows = [(device, state_of(device)) for device in page]
    return render(request, "survey/rounds/devices.html", {"page": page, "rows": rows})


@require_POST
def device_revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(request.user, MANAGE)
    found = visible_devices(request.user).filter(uid=uid).first()
    if found is None:
        raise NotFound(_("没有这台设备，或者不在您的职责范围内。"))
    revoke_device(found, by=request.user)
    log_access(
        request.user,
        "revoke_device",
        f"device {found.pk}",
        area_code=found.user.home_code,
        reason=found.user.username,
        request=request,
    )
    messages.success(request, _("“%(device)s”已停用，马上生效。") % {"device": found})
    return redirect("devices")


@never_cache
@require_http_methods(["GET", "POST"])
def round_collect(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The settings code of ODK Collect for one worker, shown this once."""
    subject = round_to_change(request, uid)
    if not subject.allows_collect or subject.state != Round.State.OPEN:
        raise RoundNotOpen(_("这一轮不允许用 ODK Collect，或者不在进行中。"))
    workers = workers_for(subject)
    context: dict[str, Any] = {"round": subject, "town": subject.town, "workers": workers}
    if request.method == "POST":
        worker = next((one for one in workers if str(one.pk) == request.POST.get("worker", "")), None)
        if worker is None:
            raise NotFound(_("没有这位网格员，或者不在您的职责范围内。"))
        context |= {"worker": worker, **_settings_code(request, subject, worker)}
    return render(request, "survey/rounds/collect.html", context)


def _settings_code(request: HttpRequest, subject: Round, worker: User) -> dict[str, Any]:
    device, token = make_device(worker, str(Device.Kind.COLLECT), f"ODK Collect · {subject.name}")
    log_access(
        request.user,
        "make_device",
        f"device {device.pk} round {subject.pk}",
        area_code=subject.area_codes[0],
        reason=worker.username,
        request=request,
    )
    root = request.build_absolute_uri("/")
    path, side = qr_path(collect_settings(subject, device, token, root))
    return {"device": device, "qr_path": path, "qr_side": side}
