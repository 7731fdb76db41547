"""Day packs: the list of one's own, a manifest, and the parts that it names by their hash."""

import gzip
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.access_log import log_access
from gis_core.errors import NotFound
from survey.api.tablet_view import TabletView
from survey.daypack.pack import DayPack, Part
from survey.daypack.sets import own_set, own_sets

SMALLEST_PACKED_BYTES = 1024


class PackList(TabletView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """One's own sets of open rounds."""
        return Response({"packs": [DayPack(own).offer() for own in own_sets(request.user)]})


class PackManifest(TabletView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, uid: Any) -> Response:
        """What the pack consists of now."""
        return Response(DayPack(own_set(request.user, uid)).manifest(lambda part: part_url(uid, part)))


class PackPart(TabletView):
    @extend_schema(responses=OpenApiTypes.BINARY)
    def get(self, request: Request, uid: Any, kind: str, sha256: str) -> HttpResponse:
        """The bytes of one part. Not found once the part has changed: the manifest names the new ones."""
        pack = DayPack(own_set(request.user, uid))
        part = pack.part(kind)
        if part.sha256 != sha256:
            raise NotFound(_("这份资料刚刚有了变化。请重新下载。"), part=kind)
        if kind == "places":
            _write_down(request, pack)
        return _answer(request, part)


def part_url(uid: Any, part: Part) -> str:
    return reverse("api_pack_part", kwargs={"uid": uid, "kind": part.kind, "sha256": part.sha256})


def _write_down(request: Request, pack: DayPack) -> None:
    """The assignments of the set are never deleted, so set and time name the dwellings."""
    area_code = (pack.round.area_codes or [""])[0]
    counts = f"{pack.dwelling_count} dwellings, {len(pack.places['buildings'])} buildings"
    subject = f"day pack {pack.own.uid}"
    log_access(
        request.user, "day_pack", subject, area_code=area_code, reason=counts, request=request._request
    )


def _answer(request: Request, part: Part) -> HttpResponse:
    content, headers = part.content, {}
    accepts = request.headers.get("Accept-Encoding", "")
    if "gzip" in accepts and len(content) >= SMALLEST_PACKED_BYTES and part.name != "base.pmtiles":
        content, headers = gzip.compress(content, 5, mtime=0), {"Content-Encoding": "gzip"}
    answer = HttpResponse(content, content_type=part.media_type, headers=headers)
    # What residents said goes into the tablet's vault and into no cache on the way there.
    answer["Cache-Control"] = "no-store" if part.is_confidential else "private, max-age=31536000, immutable"
    answer["ETag"] = f'"{part.sha256}"'
    return answer
