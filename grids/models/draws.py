"""The one draw of a placement project, the offers that follow from it, and objections to it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.placement import PlacementProject, PlacementRules, made_by


class Draw(models.Model):
    """The one draw of a project. Every step is written once; none can be taken back or repeated."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # the address of the verify page
    project = models.OneToOneField(PlacementProject, on_delete=models.PROTECT, related_name="draw")
    rules = models.ForeignKey(PlacementRules, on_delete=models.PROTECT, related_name="+")
    rules_text = models.TextField()  # byte for byte what was hashed
    list_hash = models.CharField(max_length=64)
    rules_hash = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    parties = models.JSONField(default=list)  # [{"party", "sha256"}], two or more
    beacon_source = models.CharField(_("公开随机数来源"), max_length=200)
    beacon_due_at = models.DateTimeField(_("公布时间"))
    beacon_fallback = models.CharField(_("备用来源"), max_length=200)
    committed_at = models.DateTimeField(null=True)
    nonces = models.JSONField(default=list)
    revealed_at = models.DateTimeField(null=True)
    beacon = models.CharField(max_length=200, blank=True)
    beacon_proof = models.CharField(max_length=300, blank=True)  # where anyone can look it up
    seed = models.CharField(max_length=64, blank=True)
    full_archive = models.JSONField(null=True)
    public_archive = models.JSONField(null=True)
    drawn_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=300, blank=True)
    made_by = made_by()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="beacon_comes_after_every_nonce",
                condition=Q(beacon="")
                | Q(revealed_at__isnull=False, revealed_at__lt=models.F("beacon_due_at")),
            ),
            models.CheckConstraint(
                name="a_drawn_draw_has_its_archive",
                condition=Q(drawn_at__isnull=True) | Q(full_archive__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Offer(models.Model):
    """A flat offered to a receipt number, by the draw or because somebody before refused."""

    class State(models.TextChoices):
        OFFERED = "offered", _("已通知")
        ACCEPTED = "accepted", _("已接受")
        REFUSED = "refused", _("不接受")  # has no consequence: later offers are made as if it had not been
        LAPSED = "lapsed", _("逾期未答")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="offers")
    receipt = models.CharField(max_length=40)
    flat_code = models.CharField(max_length=23)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    moved_in_on = models.DateField(null=True)
    # Outcome after moving in: staying | left | unknown.
    months_3 = models.CharField(max_length=20, blank=True)
    months_12 = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["offered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "flat_code"],
                condition=Q(state__in=["offered", "accepted"]),
                name="flat_offered_to_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["draw", "receipt"],
                condition=Q(state__in=["offered", "accepted"]),
                name="one_open_offer_per_receipt",
            ),
        ]


class Appeal(models.Model):
    """An objection to the published list, answered with a reason from a closed list."""

    class Reason(models.TextChoices):
        SIZE = "size", _("户型不符")
        ACCESSIBILITY = "accessibility", _("无障碍需要")
        STOCK = "stock", _("房源不足")
        TENURE_CAP = "tenure_cap", _("房屋性质已达上限")

    class Answer(models.TextChoices):
        UPHELD = "upheld", _("成立")
        REJECTED = "rejected", _("不成立")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="appeals")
    receipt = models.CharField(max_length=40)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    reason = models.CharField(max_length=14, choices=Reason.choices, blank=True)
    answered_by = made_by()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                name="rejected_appeal_names_its_reason", condition=~Q(answer="rejected") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="appeal_reason_is_of_the_list",
                condition=Q(reason__in=["", "size", "accessibility", "stock", "tenure_cap"]),
            ),
        ]
