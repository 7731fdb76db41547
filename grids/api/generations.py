"""Networks, stocks, inventories and plans: which loads there are, and what their reports say."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from grids.api.narrowing import NarrowedList
from grids.models import FacilityInventory, GenerationState, Stock, StreetNetwork, Town
from grids.scoping import visible_towns
from grids.serializers import GENERATION_FIELDS


class GenerationFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="town__slug")
    state = filters.ChoiceFilter(choices=GenerationState.choices)


class GenerationList(NarrowedList):
    """Generations of one kind, newest first, for the towns within the duties."""

    duty_action = "open_data"
    own_fields: ClassVar[list[str]] = []
    filterset_class = GenerationFilters
    lookup_field = "uid"
    lookup_value_regex = "[0-9a-f-]{36}"
    ordering_fields: ClassVar[tuple[str, ...]] = ("number", "created_at", "source_date")

    def get_queryset(self) -> QuerySet[Any]:
        towns = visible_towns(self.request.user, self.duty_action)
        kept = self.queryset.model.objects.filter(town__in=towns)
        return kept.select_related("town").order_by("town", "-number")

    def get_serializer_class(self) -> Any:
        return serializer_for(self.queryset.model, tuple(self.own_fields))


def serializer_for(kind: Any, own_fields: tuple[str, ...]) -> Any:
    """The serializer of one kind of generation: what all have, its own fields, and its report."""
    meta = type("Meta", (), {"model": kind, "fields": [*GENERATION_FIELDS, *own_fields, "report"]})
    town = serializers.SlugRelatedField[Town](slug_field="slug", read_only=True)
    return type(f"{kind.__name__}Serializer", (serializers.ModelSerializer,), {"Meta": meta, "town": town})


class Networks(GenerationList):
    """Loads of the walking network."""

    queryset = StreetNetwork.objects.none()
    own_fields: ClassVar[list[str]] = ["node_count", "edge_count", "length_m", "island_count"]


class Stocks(GenerationList):
    """Loads of estates, buildings and dwellings."""

    queryset = Stock.objects.none()
    own_fields: ClassVar[list[str]] = ["building_count", "dwelling_count"]


class Inventories(GenerationList):
    """Loads of facilities."""

    queryset = FacilityInventory.objects.none()
    own_fields: ClassVar[list[str]] = ["facility_count"]
