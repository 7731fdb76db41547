"""What every endpoint does before it answers: ask the duties, refuse what it does not know, tag the answer.

A list that names a parameter nobody knows would silently give everything, so it is refused. What hangs
on generations carries an ETag made of them, of the caller's scope and of the address, so asking again
costs a 304.
"""

import hashlib
import math
from typing import Any, ClassVar

from django.contrib.gis.geos import Polygon
from django.db.models import QuerySet
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import viewsets
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView
from rest_framework_gis.pagination import GeoJsonPagination

from gis_core.errors import Refusal
from gis_core.permissions import require
from grids.scoping import scope_token, visible_towns

FORMAT = 1  # part of every ETag: raise it when the shape of an answer changes
ALWAYS = frozenset({"page", "page_size", "ordering"})


class UnknownParameter(Refusal):
    code = "unknown_parameter"


class WrongBox(Refusal):
    code = "wrong_bbox"


class ApiRate(UserRateThrottle):
    """Enough for a page that pans over a map; a loop that runs away is told to wait."""

    rate = "1200/min"


class GeoPaging(GeoJsonPagination):
    page_size_query_param = "page_size"
    max_page_size = 1000


class StrictOrdering(OrderingFilter):
    """Ordering by a field that is not offered is refused, not ignored."""

    def get_valid_fields(self, queryset: Any, view: Any, context: Any = None) -> list[Any]:
        return [(name, name) for name in getattr(view, "ordering_fields", ())]

    def remove_invalid_fields(self, queryset: Any, fields: list[str], view: Any, request: Any) -> list[str]:
        known = list(getattr(view, "ordering_fields", ()))
        unknown = [name for name in fields if name.lstrip("-") not in known]
        if unknown:
            raise UnknownParameter(
                _("不能按“%(met)s”排序，可用：%(known)s。")
                % {"met": unknown[0][:40], "known": "、".join(known) or _("无")},
                ordering=unknown[0][:40],
                known=known,
            )
        return fields


def box_of(text: str) -> Polygon:
    """The rectangle of `west,south,east,north` in degrees, or a refusal that names what was met."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _wrong_box(text) from None
    numbers = (west, south, east, north)
    if not all(map(math.isfinite, numbers)) or not (
        -180 <= west < east <= 180 and -90 <= south < north <= 90
    ):
        raise _wrong_box(text)
    box = Polygon.from_bbox(numbers)
    box.srid = 4326
    return box


def _wrong_box(text: str) -> WrongBox:
    return WrongBox(
        _("in_bbox 为“%(met)s”，应为“西,南,东,北”四个经纬度，西小于东，南小于北，如 118.7,32.0,118.8,32.1。")
        % {"met": text[:80]},
        in_bbox=text[:80],
    )


class InBox(filters.CharFilter):
    """`in_bbox=west,south,east,north`: what touches the rectangle."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__intersects": box_of(value)}) if value else qs


class Narrowed(APIView):
    """A view behind one action of the role matrix."""

    duty_action: ClassVar[str] = "read_map"
    parameters: ClassVar[frozenset[str]] = frozenset()
    throttle_classes = (ApiRate,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(request.user, self.duty_action)
        self.refuse_unknown(request)

    def refuse_unknown(self, request: Request) -> None:
        known = self.known_parameters()
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise UnknownParameter(
                _("不认识参数“%(met)s”。这里可用：%(known)s。")
                % {"met": unknown[0][:40], "known": "、".join(sorted(known)) or _("无")},
                unknown=[name[:40] for name in unknown[:20]],
                known=sorted(known),
            )

    def known_parameters(self) -> frozenset[str]:
        return self.parameters


class NarrowedList(Narrowed, viewsets.ReadOnlyModelViewSet[Any]):
    """List and detail of one table. `filterset_class` names its parameters."""

    filter_backends = (filters.DjangoFilterBackend, StrictOrdering)
    filterset_class: Any = None
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    lookup_value_regex = "[0-9]{1,18}"

    def known_parameters(self) -> frozenset[str]:
        if self.action != "list":
            return frozenset()
        named = self.filterset_class.base_filters if self.filterset_class else ()
        return ALWAYS | frozenset(named)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Parameters narrow and order a list; one thing is found by its address alone."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._unless_same(request, lambda: super(NarrowedList, self).list(request, *args, **kwargs))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._unless_same(
            request, lambda: super(NarrowedList, self).retrieve(request, *args, **kwargs)
        )

    def pinned_to(self) -> QuerySet[Any] | None:
        """Generations that the answer hangs on; None: it may change at any time and gets no tag."""
        return None

    def _unless_same(self, request: Request, answer: Any) -> Response:
        pins = self.pinned_to()
        return answer() if pins is None else unless_same(request, self.duty_action, pins, answer)


def unless_same(request: Request, action: str, pins: QuerySet[Any], answer: Any) -> Response:
    """304 when the caller already has this answer, else the answer with its tag."""
    towns = [scope_token(request.user, action, town) for town in visible_towns(request.user, action)]
    uids = sorted(f"{uid}{state}" for uid, state in pins.order_by().values_list("uid", "state"))
    parts = [str(FORMAT), request.get_full_path(), get_language() or "", *sorted(towns), *uids]
    tag = f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]}"'
    found = get_conditional_response(request._request, etag=tag)
    response = answer() if found is None else Response(status=found.status_code)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response
