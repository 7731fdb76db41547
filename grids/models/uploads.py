"""A file somebody sent, between its arrival and the end of the job that reads it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """One uploaded file. It lies in var/uploads under a random name and is deleted when its job ends.

    `options` are what the person chose: coordinate system, columns, layer, the new town's name.
    """

    class What(models.TextChoices):
        OSM = "osm", _("OSM 数据（道路、楼栋、设施）")
        AREAS = "areas", _("区划图层（社区、街道）")
        GRIDS = "grids", _("网格图层")
        FACILITIES = "facilities", _("设施清单")
        BUILDINGS = "buildings", _("楼栋轮廓图层")
        REGISTER = "register", _("户室登记表")
        PUBLISHED = "published", _("公布的统计表")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    town = models.ForeignKey("grids.Town", on_delete=models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    name = models.CharField(max_length=200)  # as the person's machine called it
    file = models.CharField(max_length=80)  # random, within var/uploads
    boundary_file = models.CharField(max_length=80, blank=True)
    size_bytes = models.BigIntegerField()
    options = models.JSONField(default=dict)
    job = models.ForeignKey("gis_core.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)  # when the file went; the row stays as a note

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
