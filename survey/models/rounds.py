"""Rounds, who visits what in them, and the tablets they do it with."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from survey.models.identifiers import new_uuid


class Round(models.Model):
    """One door-to-door round 走访: a form, areas, dates. draft → open → closed → sealed.

    On opening it pins the stock (which dwellings exist) and the grid plan (which grid each lies in),
    and gets a key of its own, kept outside the database (`survey/keys.py`). `public_key` is the half
    that tablets seal finished records to.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("筹备")
        OPEN = "open", pgettext_lazy("round", "进行中")
        CLOSED = "closed", _("已结束")
        SEALED = "sealed", _("已封存")

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=100)
    form_version = models.ForeignKey("survey.FormVersion", on_delete=models.PROTECT, related_name="rounds")
    notice = models.ForeignKey("survey.NoticeText", on_delete=models.PROTECT, null=True, related_name="+")
    area_codes = ArrayField(models.CharField(max_length=12))  # communities, 12 digits
    stock = models.ForeignKey("grids.Stock", on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey("grids.GridPlan", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    attempt_cap = models.PositiveSmallIntegerField(_("每户最多上门次数"), default=3)
    cool_down_hours = models.PositiveSmallIntegerField(_("两次上门至少相隔（小时）"), default=4)
    allows_collect = models.BooleanField(_("允许用 ODK Collect"), default=False)
    allows_row_export = models.BooleanField(_("允许逐户导出"), default=False)
    public_key = models.TextField(blank=True)  # RSA, SubjectPublicKeyInfo in base64, one line
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="round_ends_after_it_starts", condition=Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="round_pins_its_ground_when_open",
                condition=Q(state="draft") | Q(stock__isnull=False, plan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AssignmentSet(models.Model):
    """Everything one worker visits in one round; the day pack is named by it."""

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="assignment_sets")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "worker"], name="one_set_per_round_and_worker")
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.worker}"


class Assignment(models.Model):
    """One grid, building or stairwell given to a worker. Ended, never deleted: work done under it stays
    valid.

    A dwelling is visited by the most exact assignment that holds it: stairwell before building before grid.
    """

    set = models.ForeignKey(AssignmentSet, on_delete=models.CASCADE, related_name="assignments")
    grid_code = models.CharField(max_length=15, blank=True)
    building_code = models.CharField(max_length=17, blank=True)
    unit = models.SmallIntegerField(null=True)  # stairwell 单元 of that building
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="assignment_names_one_place",
                condition=Q(grid_code__regex=r"^\d{15}$", building_code="", unit__isnull=True)
                | Q(grid_code="", building_code__regex=r"^\d{17}$"),
            )
        ]

    def __str__(self) -> str:
        return self.grid_code or f"{self.building_code} {self.unit or ''}".strip()


class Device(models.Model):
    """A tablet, or another client, on which one person works. Only the token's SHA-256 is kept."""

    class Kind(models.TextChoices):
        TABLET = "tablet", _("平板")
        COLLECT = "collect", "ODK Collect"
        PROGRAM = "program", _("程序")

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=80, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name or str(self.uid)
