"""What the visits say: entities with their history, visits, occupancy, households, consent, erasure.

Composition (age bands, household type, origin) and contacts are in `*_sealed` columns only, encrypted with
the round's key; no column, index or entity property holds them in clear.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from survey.models.identifiers import new_uuid


class Entity(models.Model):
    """One row of an entity list that visits read and update: a dwelling, a household, or what a form
    declares.

    Dwelling facts are kept in clear (`data`); every other list is sealed (`data_sealed`, key of `key_id`).
    Versions run 1, 2, 3 …; `conflict` stays until a director settles it.
    """

    class Conflict(models.TextChoices):
        NONE = "", _("无")
        SOFT = "soft", _("交替修改")
        HARD = "hard", _("内容冲突")

    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="+")
    list_name = models.CharField(max_length=64)
    uuid = models.UUIDField(default=new_uuid, unique=True)
    dwelling_code = models.CharField(max_length=23, blank=True)
    label = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    data = models.JSONField(default=dict)
    data_sealed = models.BinaryField(null=True)
    key_id = models.CharField(max_length=40, blank=True)
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, null=True, related_name="+")
    conflict = models.CharField(max_length=4, choices=Conflict.choices, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["town", "dwelling_code"],
                condition=Q(list_name="dwellings", deleted_at__isnull=True),
                name="one_dwelling_entity_per_dwelling",
            ),
        ]
        indexes = [
            models.Index(fields=["town", "list_name", "dwelling_code"]),
            models.Index(fields=["round", "conflict"]),
        ]

    def __str__(self) -> str:
        return self.label


class EntityVersion(models.Model):
    """One state of an entity, why it came about, and whether it collided with another."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    base_version = models.PositiveIntegerField(null=True)
    trunk_version = models.PositiveIntegerField(null=True)
    branch_id = models.UUIDField(null=True)
    branch_base_version = models.PositiveIntegerField(null=True)
    label = models.CharField(max_length=200)
    data = models.JSONField(default=dict)  # the whole state, in clear lists
    received = models.JSONField(default=dict)  # what this update said
    content_sealed = models.BinaryField(null=True)  # {"data", "received"} of sealed lists
    key_id = models.CharField(max_length=40, blank=True)
    conflict = models.CharField(max_length=4, choices=Entity.Conflict.choices, blank=True, default="")
    conflicting_properties = ArrayField(models.CharField(max_length=64), default=list)
    submission = models.ForeignKey(
        "survey.Submission", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    settled_by = models.ForeignKey(  # a director's merge made this version
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["entity", "version"]
        constraints = [models.UniqueConstraint(fields=["entity", "version"], name="entity_version_once")]


class WaitingUpdate(models.Model):
    """An offline update whose predecessor has not arrived. Replayed when it does, forced after five days."""

    submission = models.ForeignKey(
        "survey.Submission", on_delete=models.CASCADE, related_name="waiting_updates"
    )
    entity_uuid = models.UUIDField(db_index=True)
    branch_id = models.UUIDField()
    branch_base_version = models.PositiveIntegerField()
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "entity_uuid"], name="waiting_update_once")
        ]


class Visit(models.Model):
    """One time at a door. No track, no duration: what came of it, and when to come again."""

    class Outcome(models.TextChoices):
        MET = "met", _("见到")
        UNCHANGED = "unchanged", _("没有变化")
        NO_ONE_IN = "no_one_in", _("无人")
        CALL_BACK = "call_back", _("约好再来")
        DECLINED = "declined", _("谢绝")
        VACANT = "vacant", _("空置")
        NOT_FOUND = "not_found", _("找不到")
        GROUP_LET = "group_let", _("多人合租")

    FINAL = ("met", "unchanged", "declined", "vacant", "not_found", "group_let")

    submission = models.OneToOneField("survey.Submission", on_delete=models.CASCADE, related_name="visit")
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, related_name="visits")
    dwelling_code = models.CharField(max_length=23)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    at = models.DateTimeField()  # as the form says; the server's clock where it says nothing
    call_back_at = models.DateTimeField(null=True)
    call_back_slot = models.CharField(max_length=20, blank=True)  # tonight | tomorrow_morning | weekend | ""
    is_current = models.BooleanField(default=True)  # of its root submission

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["round", "dwelling_code"]), models.Index(fields=["at"])]


class Occupancy(models.Model):
    """What a visit observed of a dwelling, by its door: facts about the dwelling, not about persons."""

    class State(models.TextChoices):
        OWNER = "owner_occupied", _("自住")
        RENTED = "rented", _("出租")
        GROUP_LET = "group_let", _("合租")
        DORMITORY = "dormitory", _("集体宿舍")
        VACANT = "vacant", _("空置")
        OTHER_USE = "other_use", _("非居住")
        UNKNOWN = "unknown", _("未知")

    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, related_name="+")
    dwelling_code = models.CharField(max_length=23)
    state = models.CharField(max_length=16, choices=State.choices)
    submission = models.ForeignKey("survey.Submission", on_delete=models.CASCADE, related_name="+")
    observed_on = models.DateField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["town", "dwelling_code"],
                condition=Q(is_current=True),
                name="one_current_occupancy_per_dwelling",
            )
        ]
        indexes = [models.Index(fields=["round", "dwelling_code"])]


class Household(models.Model):
    """A household as it answered in one round. Older states stay as rows with `is_current` false until
    sealing.
    """

    uid = models.UUIDField(default=new_uuid)  # the household entity's id where the form makes one
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, related_name="households")
    dwelling_code = models.CharField(max_length=23)
    submission = models.ForeignKey("survey.Submission", on_delete=models.CASCADE, related_name="households")
    key_id = models.CharField(max_length=40)
    composition_sealed = models.BinaryField(null=True)  # {"age_bands": {…}, "household_type", "origin"}
    contact_sealed = models.BinaryField(null=True)  # {"address_as", "phone"}; dies with its case
    is_current = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at"]
        indexes = [models.Index(fields=["round", "dwelling_code", "is_current"])]


class Consent(models.Model):
    """What a household agreed to, with the notice it was shown."""

    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, related_name="consents")
    dwelling_code = models.CharField(max_length=23)
    submission = models.ForeignKey("survey.Submission", on_delete=models.CASCADE, related_name="+")
    notice = models.ForeignKey("survey.NoticeText", on_delete=models.PROTECT, null=True, related_name="+")
    is_given = models.BooleanField()
    health_is_given = models.BooleanField(null=True)  # the separate consent for health-hinting needs
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["round", "dwelling_code"])]


class ErasureReceipt(models.Model):
    """Proof that a resident's records were erased: counts and hashes, no content."""

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, null=True, related_name="+")
    dwelling_code = models.CharField(max_length=23)
    case_number = models.CharField(_("受理编号"), max_length=60)
    cause = models.CharField(max_length=20, default="request")  # request | withdrawal | retention
    counts = models.JSONField(default=dict)
    instance_hashes = models.JSONField(default=list)  # sha-256 of each erased submission, as sent
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
