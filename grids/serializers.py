"""Shapes of the interface's answers. They only shape: what may be seen was decided before."""

from typing import Any

from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis_core.shell import local_name
from grids.models import (
    Area,
    AreaShare,
    Building,
    CityProfile,
    CoverageRun,
    Dwelling,
    Estate,
    Facility,
    Grid,
    Town,
    WalkingProfile,
)

DECIMALS = 7  # of a degree: about a centimetre

GENERATION_FIELDS = [
    "uid", "town", "number", "state", "source_name", "source_sha256", "source_date", "attribution",
    "is_synthetic", "created_at", "activated_at",
]  # fmt: skip


class TownSerializer(serializers.ModelSerializer[Town]):
    name = serializers.SerializerMethodField()

    class Meta:
        model = Town
        fields = [
            "slug", "name", "name_zh", "name_en", "root_code", "codes_are_synthetic", "is_fictional",
            "time_zone", "review_number",
        ]  # fmt: skip

    def get_name(self, town: Town) -> str:
        return local_name(town)


class AreaSerializer(GeoFeatureModelSerializer):
    geom = GeometryField(precision=DECIMALS)
    town = serializers.SlugRelatedField[Town](slug_field="slug", read_only=True)

    class Meta:
        model = Area
        geo_field = "geom"
        fields = [
            "id", "code", "town", "level", "name_zh", "name_en", "is_synthetic", "source", "valid_from",
            "valid_until",
        ]  # fmt: skip


class GridSerializer(GeoFeatureModelSerializer):
    geom = GeometryField(precision=DECIMALS)
    plan = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)

    class Meta:
        model = Grid
        geo_field = "geom"
        fields = [
            "id", "plan", "number", "code", "community_code", "name_zh", "name_en", "kind", "area_m2",
            "household_count", "building_count", "size_reason", "findings",
        ]  # fmt: skip


class EstateSerializer(GeoFeatureModelSerializer):
    geom = GeometryField(precision=DECIMALS)

    class Meta:
        model = Estate
        geo_field = "geom"
        fields = ["id", "number", "source_id", "name_zh", "name_en", "is_closed", "closed_source"]


class BuildingSerializer(GeoFeatureModelSerializer):
    geom = GeometryField(precision=DECIMALS)
    estate = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)

    class Meta:
        model = Building
        geo_field = "geom"
        fields = [
            "id", "number", "code", "community_code", "estate", "source_id", "name", "address", "kind",
            "footprint_m2", "floors", "height_m", "unit_count", "built_year", "is_self_contained", "has_gas",
            "has_heat", "has_lift", "has_water", "dwelling_count", "vacant_count", "dwelling_source",
        ]  # fmt: skip


class DwellingSerializer(serializers.ModelSerializer[Dwelling]):
    """Facts of the register only."""

    class Meta:
        model = Dwelling
        fields = [
            "id", "building", "code", "unit", "floor", "door", "tenure", "room_class", "floor_area_m2",
            "is_vacant", "source",
        ]  # fmt: skip


class FacilitySerializer(GeoFeatureModelSerializer):
    point = GeometryField(precision=DECIMALS)

    class Meta:
        model = Facility
        geo_field = "point"
        fields = [
            "id", "number", "source_id", "source", "name_zh", "name_en", "categories", "matched_by",
            "area_m2", "address", "hours", "open_to", "status", "capacity", "yearly_users", "parent",
        ]  # fmt: skip


class CityProfileSerializer(serializers.ModelSerializer[CityProfile]):
    class Meta:
        model = CityProfile
        fields = [
            "id", "code", "version", "name_zh", "name_en", "source", "categories", "household_size", "reason",
            "created_at",
        ]  # fmt: skip


class WalkingProfileSerializer(serializers.ModelSerializer[WalkingProfile]):
    class Meta:
        model = WalkingProfile
        fields = ["code", "name_zh", "name_en", "speed_m_min", "avoids_steps", "source"]


class RunSerializer(serializers.ModelSerializer[CoverageRun]):
    town = serializers.SlugRelatedField[Town](slug_field="slug", read_only=True)
    network = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)
    stock = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)
    inventory = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)
    plan = serializers.SlugRelatedField[Any](slug_field="uid", read_only=True)

    class Meta:
        model = CoverageRun
        fields = [
            "id", "town", "network", "stock", "inventory", "plan", "profile", "state", "is_current",
            "cutoff_m", "snap_limit_m", "categories", "created_at", "finished_at",
        ]  # fmt: skip


class ShareSerializer(serializers.ModelSerializer[AreaShare]):
    """A row of `AreaShare.objects.of_category`."""

    category = serializers.CharField(read_only=True)
    building_covered = serializers.IntegerField(read_only=True)
    dwelling_covered = serializers.IntegerField(read_only=True)
    resident_covered = serializers.FloatField(read_only=True)
    group_count = serializers.FloatField(read_only=True, allow_null=True)
    group_covered = serializers.FloatField(read_only=True, allow_null=True)

    class Meta:
        model = AreaShare
        fields = [
            "level", "code", "category", "mode", "building_count", "building_covered", "dwelling_count",
            "dwelling_covered", "resident_count", "resident_covered", "group_count", "group_covered", "score",
            "missing",
        ]  # fmt: skip
