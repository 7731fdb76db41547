"""Corrections of single facts, kept beside the immutable generations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PlaceCorrectionQuerySet(models.QuerySet["PlaceCorrection"]):
    def standing(self) -> "PlaceCorrectionQuerySet":
        """Corrections that nobody has taken back, oldest first: a later one wins."""
        return self.filter(undone_at__isnull=True).order_by("at", "id")


class PlaceCorrection(models.Model):
    """One fact of a building or facility that somebody who was there knows better than the source.

    An active generation never changes, because figures were computed from it. So the correction
    waits beside it, is shown at once as corrected, and is applied to the next generation loaded.
    The subject is named by the source's own id, which outlives generations. Undoing keeps the row.
    """

    class Subject(models.TextChoices):
        BUILDING = "building", _("楼栋")
        FACILITY = "facility", _("设施")

    town = models.ForeignKey("grids.Town", on_delete=models.CASCADE, related_name="corrections")
    subject = models.CharField(max_length=10, choices=Subject.choices)
    source_id = models.CharField(max_length=40)
    code = models.CharField(
        max_length=17, blank=True
    )  # building code at the time, or the community's for a facility
    field = models.CharField(max_length=40)
    old_value = models.JSONField(null=True)
    new_value = models.JSONField(null=True)
    reason = models.CharField(_("依据"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    objects = PlaceCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["town", "subject", "source_id"])]
        constraints = [
            models.CheckConstraint(name="correction_gives_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="correction_names_its_subject", condition=~Q(source_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.source_id} {self.field}"
