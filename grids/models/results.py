"""What a coverage run found. A run is immutable; its id is part of every tile and value address."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext_lazy as _


class CoverageRun(models.Model):
    """One computation over pinned generations."""

    class State(models.TextChoices):
        RUNNING = "running", _("计算中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.CASCADE, related_name="coverage_runs")
    network = models.ForeignKey("grids.StreetNetwork", on_delete=models.PROTECT)
    stock = models.ForeignKey("grids.Stock", on_delete=models.PROTECT)
    inventory = models.ForeignKey("grids.FacilityInventory", on_delete=models.PROTECT)
    plan = models.ForeignKey("grids.GridPlan", on_delete=models.PROTECT, null=True)
    profile = models.ForeignKey("grids.CityProfile", on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    is_current = models.BooleanField(default=False)
    cutoff_m = models.IntegerField(default=2000)
    snap_limit_m = models.IntegerField(default=100)
    categories = ArrayField(models.CharField(max_length=12))  # the order of every walk array
    inputs = models.JSONField(default=dict)  # catalogue rows, walking profiles, residents' source as read
    summary = models.JSONField(default=dict)  # town-wide shares, missing categories, snap figures, timings
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["town"], condition=models.Q(is_current=True), name="one_current_run_per_town"
            )
        ]


class BuildingWalk(models.Model):
    """Walks of one building: one integer per category in the run's order, decimetres.

    32767 means farther than the run's cutoff, not connected, or no such facility. The snap fields say
    where on which edge the walk meets the street. Edge -1: no street within the snap limit, so nothing
    is known and `walk_dm` is empty; `step_free_dm` is empty where no street without steps is near.
    """

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(
        CoverageRun, on_delete=models.CASCADE, related_name="walks", db_index=False, db_constraint=False
    )  # a check per row takes longer than the whole computation; rows come and go with their run
    number = models.IntegerField()  # Building.number in the run's stock
    edge = models.IntegerField()
    offset_dm = models.IntegerField()
    access_dm = models.IntegerField()
    resolved_by = models.CharField(max_length=10)  # manual | tagged | side | centre | gate
    walk_dm = ArrayField(models.SmallIntegerField())
    step_free_dm = ArrayField(models.SmallIntegerField())
    straight_dm = ArrayField(models.SmallIntegerField())
    score = models.FloatField(null=True)  # share of shall categories with data that are covered


class AreaShare(models.Model):
    """Coverage of one category in one area or grid, in one mode: counts, so that shares add up.

    Buildings of which the mode knows nothing (no street near) are in no count; the run's summary
    says how many they are. The row of category "ALL" counts what has every shall category.
    """

    pk = models.CompositePrimaryKey("run_id", "level", "mode", "category", "code")
    run = models.ForeignKey(
        CoverageRun, on_delete=models.CASCADE, related_name="area_shares", db_index=False, db_constraint=False
    )  # as above
    level = models.CharField(max_length=10)  # town | county | street | community | grid
    mode = models.CharField(max_length=30)  # norm | straight | step_free | time-<walking profile>
    category = models.CharField(max_length=12)  # catalogue code, or "ALL" for the score
    code = models.CharField(max_length=15)
    building_count = models.IntegerField()
    building_covered = models.IntegerField()
    dwelling_count = models.IntegerField()
    dwelling_covered = models.IntegerField()
    resident_count = models.FloatField()
    resident_covered = models.FloatField()
    group_count = models.FloatField(null=True)  # residents of the category's demand group, where known
    group_covered = models.FloatField(null=True)
    score = models.FloatField(null=True)
    missing = ArrayField(models.CharField(max_length=12), default=list)  # shall categories below half covered
