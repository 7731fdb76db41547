"""Placements: flats, receipt numbers, rules, alternatives, and the one draw.

An applicant is a receipt number with a tenure, a room class, an accessibility need, a priority class and
choices; no name, no household, nothing that a survey or a published table said. No row here points at a
household that lives somewhere already, and refusing an offer leaves no mark on the applicant.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def made_by() -> "models.ForeignKey":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")


class PlacementProject(models.Model):
    """One allocation of flats: 房源 → 申请 → 规则 → 校核 → 方案比较 → 摇号 → 公示.

    Flats, applicants and rules may change until the list is closed; from then on only the draw moves.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", _("准备中")
        CLOSED = "closed", _("名单已封闭")
        COMMITTED = "committed", _("已承诺")
        REVEALED = "revealed", _("已公开随机数")
        DRAWN = "drawn", _("已摇号")
        PUBLISHED = "published", _("已公示")
        STOPPED = "stopped", _("已中止")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="placements")
    # Pinned at the start.
    stock = models.ForeignKey("grids.Stock", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=100)
    area_code = models.CharField(max_length=12)  # the smallest area that holds every building of it
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    flats_file = models.CharField(max_length=200, blank=True)
    flats_sha256 = models.CharField(max_length=64, blank=True)
    applicants_file = models.CharField(max_length=200, blank=True)
    applicants_sha256 = models.CharField(max_length=64, blank=True)
    created_by = made_by()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Flat(models.Model):
    """A flat to be allocated. It stands in a building of the pinned stock."""

    project = models.ForeignKey(PlacementProject, on_delete=models.CASCADE, related_name="flats")
    code = models.CharField(max_length=23)  # building 17 + unit 2 + floor 2 + door 2
    building_code = models.CharField(max_length=17)
    unit = models.SmallIntegerField()
    floor = models.SmallIntegerField()
    door = models.SmallIntegerField()
    room_class = models.CharField(max_length=10)
    floor_area_m2 = models.FloatField(null=True)
    is_accessible = models.BooleanField(default=False)
    # Which door one enters by, where a building has more.
    entrance = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="flat_once_per_project"),
            models.CheckConstraint(name="flat_code_is_of_a_dwelling", condition=Q(code__regex=r"^\d{23}$")),
        ]

    def __str__(self) -> str:
        return self.code


class Applicant(models.Model):
    """A receipt number and what the rules may look at; nothing else about anybody.

    `secret` opens the applicant's own row of the public archive; it is printed on the receipt and forgotten
    here once the draw is published.
    """

    project = models.ForeignKey(PlacementProject, on_delete=models.CASCADE, related_name="applicants")
    receipt = models.CharField(_("回执号"), max_length=40)
    tenure = models.CharField(_("房屋性质"), max_length=20)
    room_class = models.CharField(_("户型"), max_length=10)
    needs_accessible = models.BooleanField(_("需要无障碍"), default=False)
    priority = models.PositiveSmallIntegerField(_("优先序"), default=1)
    choices = ArrayField(models.CharField(max_length=17), default=list)  # building codes, best first
    takes_any = models.BooleanField(_("服从调配"), default=True)
    given_flat = models.CharField(max_length=23, blank=True)  # of a placement proposed in the file
    secret = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["receipt"]
        constraints = [
            models.UniqueConstraint(fields=["project", "receipt"], name="receipt_once_per_project"),
            models.CheckConstraint(name="applicant_priority_from_one", condition=Q(priority__gte=1)),
            models.CheckConstraint(
                name="receipt_is_letters_and_digits", condition=Q(receipt__regex=r"^[A-Za-z0-9-]{1,40}$")
            ),
        ]

    def __str__(self) -> str:
        return self.receipt


class PlacementRules(models.Model):
    """What a variant keeps to, with the reason that the official typed in. There is no default quota."""

    class Level(models.TextChoices):
        BUILDING = "building", _("每栋楼")
        UNIT = "unit", _("每个单元")
        FLOOR = "floor", _("每层")

    project = models.ForeignKey(PlacementProject, on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(_("名称"), max_length=60)
    reason = models.CharField(_("理由"), max_length=300)
    cap_level = models.CharField(max_length=8, choices=Level.choices, default=Level.BUILDING)
    # {"public_rental": "1.25"}; a tenure that is absent has no cap.
    cap_factors = models.JSONField(default=dict)
    reserves_accessible = models.BooleanField(_("无障碍房先给需要的人"), default=True)
    most_in_cluster = models.PositiveSmallIntegerField(null=True)  # neighbouring flats of one tenure
    shares_entrances = models.BooleanField(_("同楼同门"), default=False)  # no door for one tenure alone
    made_by = made_by()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(name="placement_rules_say_why", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["project", "name"], name="placement_rules_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """A saved, named alternative with everything it was found to do. Immutable.

    `given`: the placement proposed in the file; `lottery`: no mix rule; `serial`, `augmented`: drawn with a
    trial seed that is not, and cannot become, the seed of the draw.
    """

    class Kind(models.TextChoices):
        GIVEN = "given", _("申报方案")
        LOTTERY = "lottery", _("只摇号，不限比例")
        SERIAL = "serial", _("依次选房")
        AUGMENTED = "augmented", _("依次选房并调剂")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(PlacementProject, on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rules = models.ForeignKey(PlacementRules, on_delete=models.PROTECT, null=True, related_name="+")
    inputs_sha256 = models.CharField(max_length=64)  # of flats, applicants and rules as they were
    places = models.JSONField(default=dict)  # {receipt: flat code}
    findings = models.JSONField(default=dict)  # the check's result; its shape is in placement/check.py
    made_by = made_by()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="variant_name_once")]

    def __str__(self) -> str:
        return self.name
