"""The catalogue, the profiles, and the search."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.errors import NotFound
from gis_core.shell import local_name
from grids.api.narrowing import Narrowed, NarrowedList
from grids.catalogue import effective, headings
from grids.models import CityProfile, WalkingProfile
from grids.profiles import city_profile
from grids.scoping import visible_towns
from grids.search import search
from grids.serializers import CityProfileSerializer, WalkingProfileSerializer


class TownLookup(Narrowed):
    """Answers about one town: `town` is its slug; without it the first one within the duties."""

    parameters: ClassVar[frozenset[str]] = frozenset({"town"})

    def town(self, request: Request) -> Any:
        towns = visible_towns(request.user, self.duty_action)
        slug = request.query_params.get("town")
        if slug is not None:
            towns = towns.none() if "\x00" in slug else towns.filter(slug=slug)
        found = towns.first()
        if found is None:
            raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
        return found


class Categories(TownLookup):
    @extend_schema(parameters=[OpenApiParameter("town", OpenApiTypes.STR)], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """The catalogue's walk categories under their headings, with the thresholds of the town's profile."""
        profile = city_profile(self.town(request))
        rows = effective(profile)
        body = [
            {
                "code": heading.code,
                "name": local_name(heading),
                "categories": [_category(rows[one.code]) for one in heading.categories if one.code in rows],
            }
            for heading in headings()
        ]
        return Response({"profile": {"code": profile.code, "version": profile.version}, "headings": body})


def _category(row: Any) -> dict[str, Any]:
    return {
        "code": row.code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "tier": row.tier,
        "provision": row.provision,
        "demand_group": row.demand_group,
        "threshold_m": row.threshold_m,
        "threshold_min": row.threshold_min,
        "source_clause": row.source_clause,
    }


class Search(TownLookup):
    parameters: ClassVar[frozenset[str]] = frozenset({"town", "q"})

    @extend_schema(
        parameters=[OpenApiParameter("town", OpenApiTypes.STR), OpenApiParameter("q", OpenApiTypes.STR)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """Areas, grids, estates, facilities, streets and buildings whose name, address or code holds `q`."""
        return Response(search(request.user, self.town(request), request.query_params.get("q", "")))


class CityProfiles(NarrowedList):
    """City standards, all versions: thresholds are no secret."""

    queryset = CityProfile.objects.all()
    serializer_class = CityProfileSerializer
    ordering_fields: ClassVar[tuple[str, ...]] = ("code", "version")

    def get_queryset(self) -> QuerySet[Any]:
        return CityProfile.objects.order_by("code", "-version")


class WalkingProfileFilters(filters.FilterSet):
    avoids_steps = filters.BooleanFilter()


class WalkingProfiles(NarrowedList):
    """How fast a group walks."""

    queryset = WalkingProfile.objects.all()
    serializer_class = WalkingProfileSerializer
    filterset_class = WalkingProfileFilters
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    ordering_fields: ClassVar[tuple[str, ...]] = ("code", "speed_m_min")

    def get_queryset(self) -> QuerySet[Any]:
        return WalkingProfile.objects.order_by("code")
