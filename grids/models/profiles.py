"""Thresholds and walking speeds as data: a city's profile, versioned; and published populations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CityProfile(models.Model):
    """A city's standard: thresholds and provision per category, household size, reporting speed.

    `categories` maps a catalogue code to what this city sets differently from the catalogue:
    {"EDU-KIN": {"threshold_m": 500, "provision": "shall"}}. Immutable once a run has read it.
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=200, blank=True)
    categories = models.JSONField(default=dict)
    household_size = models.FloatField(default=2.5)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="profile_version_once")]

    def __str__(self) -> str:
        return f"{self.name_zh} v{self.version}"


class WalkingProfile(models.Model):
    """How fast a group walks, and whether steps stop it."""

    code = models.SlugField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    speed_m_min = models.FloatField()
    avoids_steps = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="walking_speed_possible", condition=Q(speed_m_min__gt=5))]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.speed_m_min:g} m/min"


class PopulationTable(models.Model):
    """An official aggregate: persons, household size or group shares of one area. No finer key exists."""

    town = models.ForeignKey("grids.Town", on_delete=models.CASCADE, related_name="population_tables")
    area_code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    persons = models.IntegerField(null=True)
    household_size = models.FloatField(null=True)
    group_shares = models.JSONField(default=dict)  # {"age_60_plus": 0.21, …}: demand groups of the catalogue
    source = models.CharField(_("来源"), max_length=200)
    notes = ArrayField(models.CharField(max_length=200), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "area_code", "year"], name="population_once_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.year}"
