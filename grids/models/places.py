"""Estates, buildings, dwellings, facilities: what stands where."""

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grids.models.generations import Generation


class Stock(Generation):
    """One load of estates, buildings and dwellings."""

    building_count = models.IntegerField(default=0)
    dwelling_count = models.IntegerField(default=0)


class Estate(models.Model):
    """A housing estate 小区. A closed one is entered through its gates, by its residents."""

    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="estates")
    number = (
        models.PositiveIntegerField()
    )  # from 1; the same estate keeps it in later loads: StreetEdge.compound
    source_id = models.CharField(max_length=40, blank=True)
    name_zh = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    geom = models.MultiPolygonField(srid=4326)
    is_closed = models.BooleanField(default=False)
    closed_source = models.CharField(max_length=20, blank=True)  # "register", "osm", "assumed"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stock", "number"], name="estate_number_once_per_stock")
        ]


class EstateGate(models.Model):
    """A gate of an estate; who may pass, and when."""

    estate = models.ForeignKey(Estate, on_delete=models.CASCADE, related_name="gates")
    source_id = models.CharField(max_length=40, blank=True)
    point = models.PointField(srid=4326)
    hours = models.CharField(max_length=200, blank=True)
    is_open_to_public = models.BooleanField(default=False)


class Building(models.Model):
    """A building. Its code hangs on the community (12 + 5 digits), never on a grid."""

    class Kind(models.TextChoices):
        RESIDENTIAL = "residential", _("住宅")
        MIXED = "mixed", _("商住")
        DORMITORY = "dormitory", _("宿舍")
        COMMERCIAL = "commercial", _("商业办公")
        PUBLIC = "public", _("公共服务")
        INDUSTRIAL = "industrial", _("工业仓储")
        ANCILLARY = "ancillary", _("附属用房")
        UNKNOWN = "unknown", _("未知")

    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="buildings")
    number = models.IntegerField()  # dense 0..n-1 within the stock: index of value arrays and tile ids
    code = models.CharField(max_length=17)
    community_code = models.CharField(max_length=12)
    estate = models.ForeignKey(Estate, on_delete=models.SET_NULL, null=True, related_name="buildings")
    source_id = models.CharField(max_length=40)  # "way/123": the outside name of the same thing
    name = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.UNKNOWN)
    geom = models.MultiPolygonField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=Transform(F("geom"), 3857),
        output_field=models.MultiPolygonField(srid=3857),
        db_persist=True,
    )  # for drawing only: a length in it is wrong
    point = models.PointField(srid=4326)  # a point inside
    footprint_m2 = models.FloatField()
    floors = models.SmallIntegerField(null=True)
    height_m = models.FloatField(null=True)
    unit_count = models.SmallIntegerField(null=True)  # stairwells 单元
    built_year = models.SmallIntegerField(null=True)
    is_self_contained = models.BooleanField(null=True)  # 成套
    has_gas = models.BooleanField(null=True)
    has_heat = models.BooleanField(null=True)
    has_lift = models.BooleanField(null=True)
    has_water = models.BooleanField(null=True)
    dwelling_count = models.IntegerField(default=0)
    vacant_count = models.IntegerField(default=0)  # dwellings known to be vacant
    dwelling_source = models.CharField(
        max_length=10,
        choices=[("register", _("登记")), ("estimate", _("估算")), ("none", _("无"))],
        default="none",
    )

    class Meta:
        ordering = ["stock", "number"]
        constraints = [
            models.UniqueConstraint(fields=["stock", "number"], name="building_number_once_per_stock"),
            models.UniqueConstraint(fields=["stock", "code"], name="building_code_once_per_stock"),
        ]
        indexes = [
            models.Index(fields=["stock", "community_code"]),
            models.Index(fields=["stock", "source_id"]),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Entrance(models.Model):
    """A door of a building. `resolved_by` says how we know it."""

    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="entrances")
    source_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, blank=True)  # OSM's entrance value: main, yes, staircase …
    unit = models.CharField(max_length=10, blank=True)
    point = models.PointField(srid=4326)
    resolved_by = models.CharField(max_length=10, default="tagged")  # manual | tagged


class Dwelling(models.Model):
    """A dwelling: facts of the register only, nothing about who lives there."""

    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="dwellings")
    code = models.CharField(max_length=23)  # building 17 + unit 2 + floor 2 + door 2
    unit = models.SmallIntegerField()
    floor = models.SmallIntegerField()
    door = models.SmallIntegerField()
    tenure = models.CharField(max_length=20, blank=True)
    room_class = models.CharField(max_length=10, blank=True)
    floor_area_m2 = models.FloatField(null=True)
    is_vacant = models.BooleanField(null=True)
    source = models.CharField(max_length=10, choices=[("register", _("登记")), ("estimate", _("估算"))])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["building", "code"], name="dwelling_code_once_per_building")
        ]


class FacilityInventory(Generation):
    """One load of facilities."""

    facility_count = models.IntegerField(default=0)


class Facility(models.Model):
    """A facility that residents use. Only those with status open count towards coverage."""

    class Status(models.TextChoices):
        OPEN = "open", _("开放")
        CLOSED = "closed", _("关闭")
        PLANNED = "planned", _("规划")

    inventory = models.ForeignKey(FacilityInventory, on_delete=models.CASCADE, related_name="facilities")
    number = models.IntegerField()  # dense 0..n-1 within the inventory
    source_id = models.CharField(max_length=40)  # "node/123"
    source = models.CharField(max_length=20, default="osm")  # osm | table | manual
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    categories = ArrayField(models.CharField(max_length=12))  # catalogue codes
    matched_by = models.JSONField(default=dict)  # code -> "tag" | "tag+name" | "tag+size" | "amap" | "table"
    point = models.PointField(srid=4326)
    geom = models.GeometryField(srid=4326, null=True)  # outline when it is an area
    area_m2 = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    open_to = models.CharField(max_length=20, default="public")  # public | residents | members
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    capacity = models.IntegerField(null=True)
    yearly_users = models.IntegerField(null=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="positions")
    raw_lonlat = models.PointField(srid=4326, null=True)  # as received, when the import shifted it
    raw_system = models.CharField(max_length=20, blank=True)
    tags = models.JSONField(default=dict)

    class Meta:
        ordering = ["inventory", "number"]
        constraints = [models.UniqueConstraint(fields=["inventory", "number"], name="facility_number_once")]
        indexes = [GinIndex(fields=["categories"]), models.Index(fields=["inventory", "source_id"])]

    def __str__(self) -> str:
        return self.name_zh or self.name_en or self.source_id


class FacilityAccess(models.Model):
    """A point where one enters a facility; a park has several."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="access_points")
    point = models.PointField(srid=4326)
    resolved_by = models.CharField(max_length=10)  # manual | tagged | gate | path | point

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_resolved_by_known",
                condition=Q(resolved_by__in=["manual", "tagged", "gate", "path", "point"]),
            )
        ]
