"""Towns, administrative areas, and the management grids drawn inside communities."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.generations import Generation


class Town(models.Model):
    """One place that is mapped and measured: every generation, plan and run belongs to one.

    `root_code` is the shortest area code that holds all of it; no two towns may overlap, so a duty's
    code says which towns a person sees. Codes outside China are synthetic (99…) and marked.
    """

    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    name_zh = models.CharField(_("中文名"), max_length=100)
    name_en = models.CharField(_("英文名"), max_length=100, blank=True)
    root_code = models.CharField(_("区划代码"), max_length=12, unique=True)
    codes_are_synthetic = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)
    boundary = models.MultiPolygonField(srid=4326, null=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    profile = models.ForeignKey(
        "grids.CityProfile", on_delete=models.PROTECT, null=True, related_name="towns"
    )
    review_number = models.CharField(_("审图号"), max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="town_root_code_is_digits", condition=Q(root_code__regex=r"^\d{2,12}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Area(models.Model):
    """An administrative area; its 12-digit code (2+2+2+3+3, shorter above) is the hierarchy.

    Codes are withdrawn, restored and renamed, hence the dates.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        COUNTY = "county", _("区县")
        STREET = "street", _("街道")
        COMMUNITY = "community", _("社区")

    CODE_LENGTH = {"province": 2, "city": 4, "county": 6, "street": 9, "community": 12}

    town = models.ForeignKey(Town, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=12)
    level = models.CharField(max_length=10, choices=Level.choices)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    geom = models.MultiPolygonField(srid=4326, null=True)
    is_synthetic = models.BooleanField(default=False)  # code or outline made by us, not by an authority
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["town", "code", "valid_from"], name="area_code_once_per_date"),
            models.CheckConstraint(
                name="area_code_length_follows_level",
                condition=Q(level="province", code__regex=r"^\d{2}$")
                | Q(level="city", code__regex=r"^\d{4}$")
                | Q(level="county", code__regex=r"^\d{6}$")
                | Q(level="street", code__regex=r"^\d{9}$")
                | Q(level="community", code__regex=r"^\d{12}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.code}"


class GridPlan(Generation):
    """A dated partition of a town's communities into management grids."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    rules = models.JSONField(default=dict)  # household bounds and tolerance the checker used
    findings_geom = models.MultiPolygonField(srid=4326, null=True)  # gaps and overlaps, for the map


class Grid(models.Model):
    """A management grid 网格: 15 digits = community + 3. Its code is never a prefix of anything."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("综合网格")
        DEDICATED = "dedicated", _("专属网格")

    plan = models.ForeignKey(GridPlan, on_delete=models.CASCADE, related_name="grids")
    number = models.PositiveIntegerField()  # dense 0..n-1 within the plan: index of value arrays
    code = models.CharField(max_length=15)
    community_code = models.CharField(max_length=12)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.GENERAL)
    geom = models.MultiPolygonField(srid=4326)
    area_m2 = models.FloatField()
    household_count = models.IntegerField(default=0)
    building_count = models.IntegerField(default=0)
    size_reason = models.CharField(max_length=200, blank=True)  # why it may leave 250-600 households
    findings = models.JSONField(default=list)  # [{"code": …, "sentence": …, …}]

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="grid_code_once_per_plan")]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.code}"


class GridMembership(models.Model):
    """Which grid a building lies in, under which plan: the only link between the two."""

    plan = models.ForeignKey(GridPlan, on_delete=models.CASCADE)
    building = models.ForeignKey("grids.Building", on_delete=models.CASCADE)
    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "building"], name="building_in_one_grid_per_plan")
        ]
