"""What a coverage run found. A run is immutable; its id is part of every tile and value address."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Value
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


class AreaShareQuerySet(models.QuerySet["AreaShare"]):
    def of_category(self, run: CoverageRun, category: str) -> "AreaShareQuerySet":
        """One category's counts as plain columns; "ALL" counts what has every *shall* category at once.

        Adds `category`, `building_covered`, `dwelling_covered`, `resident_covered`, `group_count` and
        `group_covered`. A category without data has no rows.
        """
        named = {"category": Value(category)}
        if category == "ALL":
            return self.annotate(
                building_covered=F("building_whole"),
                dwelling_covered=F("dwelling_whole"),
                resident_covered=F("resident_whole"),
                group_count=Value(None, output_field=models.FloatField()),
                group_covered=Value(None, output_field=models.FloatField()),
                **named,
            )
        place = run.categories.index(category)
        return self.filter(**{f"buildings_covered__{place}__isnull": False}).annotate(
            building_covered=F(f"buildings_covered__{place}"),
            dwelling_covered=F(f"dwellings_covered__{place}"),
            resident_covered=F(f"residents_covered__{place}"),
            group_count=F(f"groups__{place}"),
            group_covered=F(f"groups_covered__{place}"),
            **named,
        )


class AreaShare(models.Model):
    """Coverage of one area or grid in one mode: counts, so that shares add up.

    The arrays have one number per category in the run's order, null where the town has no data; a row
    per category would be thirty times the rows. Buildings of which the mode knows nothing (no street
    near) are in no count; the run's summary says how many they are.
    """

    pk = models.CompositePrimaryKey("run_id", "level", "mode", "code")
    run = models.ForeignKey(
        CoverageRun, on_delete=models.CASCADE, related_name="area_shares", db_index=False, db_constraint=False
    )  # as above
    level = models.CharField(max_length=10)  # town | county | street | community | grid
    mode = models.CharField(max_length=30)  # norm | straight | step_free | time-<walking profile>
    code = models.CharField(max_length=15)
    building_count = models.IntegerField()
    dwelling_count = models.IntegerField()
    resident_count = models.FloatField()
    buildings_covered = ArrayField(models.IntegerField(null=True))
    dwellings_covered = ArrayField(models.IntegerField(null=True))
    residents_covered = ArrayField(models.FloatField(null=True))
    groups = ArrayField(models.FloatField(null=True))  # residents of the demand group, null where unknown
    groups_covered = ArrayField(models.FloatField(null=True))
    building_whole = models.IntegerField()  # with every shall category that the town has data for
    dwelling_whole = models.IntegerField()
    resident_whole = models.FloatField()
    score = models.FloatField(null=True)  # mean by residents, by buildings where nobody lives
    missing = ArrayField(models.CharField(max_length=12), default=list)  # shall categories below half covered

    objects = AreaShareQuerySet.as_manager()
