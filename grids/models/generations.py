"""Generations: the versioned inputs of every figure."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class GenerationState(models.TextChoices):
    LOADING = "loading", _("载入中")
    CHECKED = "checked", _("待启用")
    ACTIVE = "active", _("使用中")
    RETIRED = "retired", _("已停用")


class Generation(models.Model):
    """One dated, immutable load of a kind of data for one town.

    Loaded aside, checked, then activated in one switch that retires its predecessor. Nothing in a
    generation changes after activation; a correction is a new generation. Results name the
    generations they read, so any figure can be derived again.
    """

    town = models.ForeignKey("grids.Town", on_delete=models.CASCADE, related_name="%(class)ss")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # names its files in var/
    number = models.PositiveIntegerField()  # 1, 2, 3 … within the town and kind
    state = models.CharField(max_length=10, choices=GenerationState.choices, default=GenerationState.LOADING)
    source_name = models.CharField(max_length=200)  # file name or "drawn for the demo"
    source_sha256 = models.CharField(max_length=64, blank=True)
    source_date = models.DateField(null=True)  # what the source says of its own age
    attribution = models.CharField(max_length=200, blank=True)
    is_synthetic = models.BooleanField(default=False)  # drawn, not observed: marked on every page
    report = models.JSONField(default=dict)  # counts, findings, problems: shown on the data page
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["town", "number"], name="%(class)s_number_once_per_town"),
            models.UniqueConstraint(
                fields=["town"], condition=Q(state="active"), name="%(class)s_one_active_per_town"
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.town.slug} {self._meta.model_name} {self.number}"
