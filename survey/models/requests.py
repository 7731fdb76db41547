"""Requests of residents 民生诉求: a need, its steps, and the level at which it was settled."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from survey.models.identifiers import new_uuid


class Request(models.Model):
    """One need of a dwelling in one of the twelve service categories. It names a service, never a
    diagnosis.
    """

    class Category(models.TextChoices):
        INFRASTRUCTURE = "infrastructure", _("基础设施")
        INFORMATION = "information", _("政策宣传")
        LEARNING = "learning", _("上学与学习")
        HEALTH = "health", _("就医与健康")
        INSURANCE = "insurance", _("社会保险")
        EMPLOYMENT = "employment", _("就业创业")
        CULTURE = "culture", _("文化活动")
        PERMITS = "permits", _("证照办理")
        NEIGHBOURS = "neighbours", _("邻里交往")
        LEGAL = "legal", _("法律服务")
        MEDIATION = "mediation", _("纠纷调解")
        ASSISTANCE = "assistance", _("社会救助")

    HEALTH_HINTING = ("health", "assistance")  # asked only after the separate consent

    class Urgency(models.TextChoices):
        SOMETIME = "sometime", _("不急")
        MONTH = "month", _("一月内")
        WEEK = "week", _("一周内")

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("受理")
        DISPATCHED = "dispatched", _("派单")
        HANDLING = "handling", _("处置")
        ANSWERED = "answered", _("反馈")
        RATED = "rated", _("评价")
        CLOSED = "closed", _("办结")

    class Level(models.TextChoices):
        BUILDING = "building", _("楼栋")
        GRID = "grid", pgettext_lazy("level", "网格")
        COMMUNITY = "community", pgettext_lazy("level", "社区")
        STREET = "street", _("街道")

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, null=True, related_name="requests")
    submission = models.ForeignKey(
        "survey.Submission", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    dwelling_code = models.CharField(max_length=23)
    category = models.CharField(max_length=16, choices=Category.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.SOMETIME)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    closed_level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    channel = models.CharField(max_length=10, default="visit")  # window | phone | visit | 12345 | paper
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    # Whom to call about a case that outlives its round: sealed with the holding key when the round is
    # sealed, gone when the case is closed.
    contact_sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["town", "dwelling_code", "category"],
                condition=~Q(state="closed"),
                name="one_open_request_per_dwelling_and_category",
            ),
            models.CheckConstraint(
                name="closed_request_says_where", condition=~Q(state="closed") | ~Q(closed_level="")
            ),
        ]
        indexes = [models.Index(fields=["town", "state"])]

    def __str__(self) -> str:
        return f"{self.category} {self.dwelling_code}"


class RequestStep(models.Model):
    """One step of a request's way; steps are only ever added."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=Request.State.choices)
    note = models.CharField(max_length=300, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)  # 1–5, when the step is a rating
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]
