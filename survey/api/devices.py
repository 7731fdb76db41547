"""Signing a tablet in and out. The password is asked once; then the device's token speaks for the person."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.access_log import log_access
from gis_core.errors import NotFound, Refusal
from gis_core.permissions import require
from survey.api.tablet_view import TabletView
from survey.daypack.sets import OPEN_TABLET
from survey.devices import make_device, revoke_device
from survey.models import Device
from survey.sign_in_lock import require_unlocked


class WrongPassword(Refusal):
    code = "wrong_password"
    status = 401


class SignInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=60)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    name = serializers.CharField(max_length=80, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=["tablet"])


class DeviceList(TabletView):
    authentication_classes: Sequence[Any] = ()
    permission_classes: Sequence[Any] = (AllowAny,)

    @extend_schema(request=SignInSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        """Give this tablet a token in the person's name. Wrong passwords count towards the desk's lockout."""
        given = SignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        user = authenticate(request._request, username=asked["username"], password=asked["password"])
        require_unlocked(request._request, asked["username"])
        if user is None:
            raise WrongPassword(_("用户名或密码不对。连续 5 次不对，账号会锁定 15 分钟。"))
        require(user, OPEN_TABLET)
        device, token = make_device(user, asked["kind"], asked["name"])
        log_access(user, "sign_in", f"tablet {device.uid}", request=request._request)
        person = {"username": user.get_username(), "display_name": str(user), "language": user.language}
        said = {
            "token": token,
            "device": str(device.uid),
            "expires_at": device.expires_at.isoformat(),
            "user": person,
            "server_time": timezone.now().isoformat(),
        }
        return Response(said, status=status.HTTP_201_CREATED)


class DeviceDetail(TabletView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, uid: Any) -> Response:
        """Sign one of one's own devices out: its token opens nothing from now on."""
        found = Device.objects.filter(user=request.user, uid=uid).first()
        if found is None:
            raise NotFound(_("没有找到，或者不在您的职责范围内。"))
        revoke_device(found, by=request.user)
        log_access(request.user, "sign_out", f"tablet {found.uid}", request=request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)
