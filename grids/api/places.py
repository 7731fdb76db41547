"""Estates, buildings, dwellings and facilities of the generations in use, or of one that is named."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from grids.api.narrowing import GeoPaging, InBox, NarrowedList
from grids.models import Building, Dwelling, Estate, Facility, FacilityInventory, GenerationState, Stock
from grids.scoping import buildings_within, visible_towns
from grids.serializers import BuildingSerializer, DwellingSerializer, EstateSerializer, FacilitySerializer


class PlaceList(NarrowedList):
    """Places of a generation. A list shows the one in use unless the parameter names another."""

    generation: ClassVar[Any] = Stock
    generation_name: ClassVar[str] = "stock"
    generation_path: ClassVar[str] = "stock"

    def within(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        found = self.within()
        if self.action == "list" and self.generation_name not in self.request.query_params:
            found = found.filter(**{f"{self.generation_path}__state": GenerationState.ACTIVE})
        return found

    def pinned_to(self) -> QuerySet[Any]:
        towns = visible_towns(self.request.user, self.duty_action)
        return self.generation.objects.filter(town__in=towns)


class EstateFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="stock__town__slug")
    stock = filters.UUIDFilter(field_name="stock__uid")
    is_closed = filters.BooleanFilter()
    name = filters.CharFilter(field_name="name_zh", lookup_expr="contains")
    in_bbox = InBox(field_name="geom")


class Estates(PlaceList):
    """Estates with at least one building within the duties, as GeoJSON."""

    duty_action = "read_stock"
    queryset = Estate.objects.none()
    serializer_class = EstateSerializer
    pagination_class = GeoPaging
    filterset_class = EstateFilters
    ordering_fields: ClassVar[tuple[str, ...]] = ("number", "name_zh")

    def within(self) -> QuerySet[Any]:
        buildings = buildings_within(self.request.user, self.duty_action).exclude(estate=None)
        return Estate.objects.filter(pk__in=buildings.order_by().values("estate")).order_by("stock", "number")


class BuildingFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="stock__town__slug")
    stock = filters.UUIDFilter(field_name="stock__uid")
    area = filters.CharFilter(field_name="community_code", lookup_expr="startswith")
    code = filters.CharFilter(field_name="code")
    source_id = filters.CharFilter(field_name="source_id")
    kind = filters.ChoiceFilter(choices=Building.Kind.choices)
    estate = filters.NumberFilter(field_name="estate__number")
    grid = filters.CharFilter(method="in_grid")
    in_bbox = InBox(field_name="geom")

    def in_grid(self, queryset: QuerySet[Any], _name: str, code: str) -> QuerySet[Any]:
        """Buildings of a grid of the plan in use: by membership, never by digits."""
        plan_in_use = {"gridmembership__plan__state": GenerationState.ACTIVE}
        return queryset.filter(gridmembership__grid__code=code, **plan_in_use)


class Buildings(PlaceList):
    """Buildings within the duties, as GeoJSON. `area` is a prefix; `code` is compared whole."""

    duty_action = "read_stock"
    queryset = Building.objects.none()
    serializer_class = BuildingSerializer
    pagination_class = GeoPaging
    filterset_class = BuildingFilters
    ordering_fields: ClassVar[tuple[str, ...]] = (
        "number",
        "code",
        "dwelling_count",
        "floors",
        "footprint_m2",
    )

    def within(self) -> QuerySet[Any]:
        buildings = buildings_within(self.request.user, self.duty_action)
        return buildings.defer("geom_3857").select_related("estate").order_by("stock", "number")


class DwellingFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="building__stock__town__slug")
    stock = filters.UUIDFilter(field_name="building__stock__uid")
    building = filters.CharFilter(field_name="building__code")
    area = filters.CharFilter(field_name="building__community_code", lookup_expr="startswith")
    tenure = filters.CharFilter()
    source = filters.ChoiceFilter(choices=[("register", "register"), ("estimate", "estimate")])


class Dwellings(PlaceList):
    """Dwellings of the buildings within the duties: facts of the register, nobody who lives there."""

    duty_action = "read_stock"
    queryset = Dwelling.objects.none()
    serializer_class = DwellingSerializer
    filterset_class = DwellingFilters
    generation_path: ClassVar[str] = "building__stock"
    ordering_fields: ClassVar[tuple[str, ...]] = ("code", "floor", "unit")

    def within(self) -> QuerySet[Any]:
        buildings = buildings_within(self.request.user, self.duty_action).order_by().values("pk")
        return Dwelling.objects.filter(building__in=buildings).order_by("code", "id")


class FacilityFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="inventory__town__slug")
    inventory = filters.UUIDFilter(field_name="inventory__uid")
    category = filters.CharFilter(method="of_category")
    status = filters.ChoiceFilter(choices=Facility.Status.choices)
    source_id = filters.CharFilter(field_name="source_id")
    name = filters.CharFilter(field_name="name_zh", lookup_expr="contains")
    in_bbox = InBox(field_name="point")

    def of_category(self, queryset: QuerySet[Any], _name: str, code: str) -> QuerySet[Any]:
        return queryset.filter(categories__contains=[code])


class Facilities(PlaceList):
    """Facilities of the towns within the duties, and of the ring around them, as GeoJSON."""

    queryset = Facility.objects.none()
    serializer_class = FacilitySerializer
    pagination_class = GeoPaging
    filterset_class = FacilityFilters
    generation = FacilityInventory
    generation_name: ClassVar[str] = "inventory"
    generation_path: ClassVar[str] = "inventory"
    ordering_fields: ClassVar[tuple[str, ...]] = ("number", "name_zh")

    def within(self) -> QuerySet[Any]:
        towns = visible_towns(self.request.user, self.duty_action)
        return Facility.objects.filter(inventory__town__in=towns).order_by("inventory", "number")
