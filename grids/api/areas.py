"""Towns, areas, grid plans and grids."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from grids.api.generations import GenerationList
from grids.api.narrowing import GeoPaging, InBox, NarrowedList
from grids.models import Area, Grid, GridPlan, Town
from grids.scoping import visible_areas, visible_grids, visible_towns
from grids.serializers import AreaSerializer, GridSerializer, TownSerializer


class Towns(NarrowedList):
    """Towns within the caller's duties."""

    queryset = Town.objects.none()
    serializer_class = TownSerializer
    lookup_field = "slug"
    lookup_value_regex = "[^/]+"
    ordering_fields: ClassVar[tuple[str, ...]] = ("slug", "root_code")

    def get_queryset(self) -> QuerySet[Any]:
        return visible_towns(self.request.user, self.duty_action)


class AreaFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="town__slug")
    code = filters.CharFilter(field_name="code", lookup_expr="startswith")
    level = filters.ChoiceFilter(choices=Area.Level.choices)
    in_bbox = InBox(field_name="geom")


class Areas(NarrowedList):
    """Areas within the duties and the ones above them, as GeoJSON. `code` is a prefix."""

    queryset = Area.objects.none()
    serializer_class = AreaSerializer
    pagination_class = GeoPaging
    filterset_class = AreaFilters
    ordering_fields: ClassVar[tuple[str, ...]] = ("code", "level", "name_zh")

    def get_queryset(self) -> QuerySet[Any]:
        areas = visible_areas(self.request.user, self.duty_action)
        return areas.select_related("town").order_by("code", "valid_from")


class GridPlans(GenerationList):
    """Partitions of the towns within the duties."""

    queryset = GridPlan.objects.none()
    own_fields: ClassVar[list[str]] = ["valid_from", "valid_until", "rules"]


class GridFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="plan__town__slug")
    plan = filters.UUIDFilter(field_name="plan__uid")
    community_code = filters.CharFilter(field_name="community_code", lookup_expr="startswith")
    code = filters.CharFilter(field_name="code")
    in_bbox = InBox(field_name="geom")


class Grids(NarrowedList):
    """Grids of all plans within the duties, as GeoJSON. A grid code is compared whole."""

    queryset = Grid.objects.none()
    serializer_class = GridSerializer
    pagination_class = GeoPaging
    filterset_class = GridFilters
    ordering_fields: ClassVar[tuple[str, ...]] = ("code", "household_count", "building_count", "area_m2")

    def get_queryset(self) -> QuerySet[Any]:
        grids = visible_grids(self.request.user, self.duty_action)
        return grids.select_related("plan").order_by("plan", "code")
