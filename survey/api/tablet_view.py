"""What every answer to a tablet carries: the server's time, and nothing that a cache may keep."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from survey.devices import DeviceToken

TIME = "X-Wangge-Time"  # tells the tablet that it was this server, and by how much its clock is off


class TabletView(APIView):
    authentication_classes: Sequence[Any] = (DeviceToken,)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        found: Response = super().finalize_response(request, response, *args, **kwargs)
        found.headers[TIME] = timezone.now().isoformat(timespec="milliseconds")
        found.headers.setdefault("Cache-Control", "no-store")
        return found
