"""What arrived: submissions with their files, and the uploads that could not become one.

Bytes are never stored in clear. `key_id` names the key that opens them (`survey/keys.py`): the round's own,
so that sealing the round destroys it, or the holding key for what belongs to no known round. `sha256` is of
the bytes as they were sent and stays after erasure, so that a resend still gets its receipt.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from survey.models.identifiers import new_uuid


class Submission(models.Model):
    """One record of a form, immutable. A correction is another submission with the same
    `root_instance_id`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待照片")  # sealed on the tablet and not all files are here yet
        APPLIED = "applied", pgettext_lazy("record", "已登记")
        HELD = "held", _("待处理")
        ERASED = "erased", _("已删除")

    class Review(models.TextChoices):
        RECEIVED = "received", _("待审核")
        EDITED = "edited", _("已修改")
        SENT_BACK = "has_issues", _("已退回")
        APPROVED = "approved", _("已通过")
        REJECTED = "rejected", _("不采用")

    form = models.ForeignKey("survey.Form", on_delete=models.PROTECT, related_name="submissions")
    form_version = models.ForeignKey(
        "survey.FormVersion", on_delete=models.PROTECT, related_name="submissions"
    )
    round = models.ForeignKey("survey.Round", on_delete=models.PROTECT, null=True, related_name="submissions")
    instance_id = models.CharField(max_length=100)
    root_instance_id = models.CharField(max_length=100)
    deprecated_id = models.CharField(max_length=100, blank=True)
    is_current = models.BooleanField(default=True)  # of its root: the newest edit
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    is_sealed = models.BooleanField(default=False)  # arrived in the encrypted-form layout
    key_id = models.CharField(max_length=40)
    raw = models.BinaryField(null=True)  # the XML as sent; null once erased
    xml = models.BinaryField(null=True)  # what the sealed record said; null when `raw` says it itself
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    held_reason = models.CharField(max_length=40, blank=True)
    held_details = models.JSONField(default=dict)  # codes and counts, never answers
    review = models.CharField(max_length=10, choices=Review.choices, default=Review.RECEIVED)
    dwelling_code = models.CharField(max_length=23, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("survey.Device", on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["form", "instance_id"], name="instance_id_once_per_form"),
            models.CheckConstraint(name="submission_has_an_instance_id", condition=~Q(instance_id="")),
            models.CheckConstraint(
                name="held_submission_says_why", condition=~Q(state="held") | ~Q(held_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state", "review"]),
            models.Index(fields=["round", "dwelling_code"]),
            models.Index(fields=["form", "root_instance_id"]),
        ]

    def __str__(self) -> str:
        return self.instance_id


class Attachment(models.Model):
    """A file that a submission names. Expected from the moment the XML is read; `content` when it came."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.IntegerField(default=0)
    media_type = models.CharField(max_length=60, blank=True)
    content = models.BinaryField(null=True)  # sealed with the submission's key
    received_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="attachment_name_once")]

    def __str__(self) -> str:
        return self.name


class KeptUpload(models.Model):
    """Bytes that could not become a submission: unreadable, or other bytes under a known id. Never thrown
    away.

    The same bytes from the same person are kept once. `reason` is the code that the sender was answered.
    """

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    reason = models.CharField(max_length=40)
    status = models.SmallIntegerField()  # the HTTP status that the sender got
    details = models.JSONField(default=dict)
    round = models.ForeignKey(
        "survey.Round", on_delete=models.PROTECT, null=True, related_name="kept_uploads"
    )
    form_id = models.CharField(max_length=64, blank=True)
    instance_id = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    key_id = models.CharField(max_length=40)
    raw = models.BinaryField(null=True)
    files = models.JSONField(default=list)  # [{"name", "sha256", "size_bytes"}]; their bytes in KeptFile
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("survey.Device", on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    settled_as = models.CharField(max_length=20, blank=True)  # discarded | merged

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["by", "sha256"], name="kept_upload_once_per_person")]

    def __str__(self) -> str:
        return f"{self.reason} {self.sha256[:12]}"


class KeptFile(models.Model):
    """A file that came with a kept upload, sealed with its key."""

    upload = models.ForeignKey(KeptUpload, on_delete=models.CASCADE, related_name="kept_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "name", "sha256"], name="kept_file_once")]


class SendBack(models.Model):
    """A record returned to the tablet it came from, with comments on single questions."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="send_backs")
    message = models.CharField(_("说明"), max_length=500, blank=True)
    comments = models.JSONField(default=list)  # [{"path", "text"}]
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(Submission, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]


class ReviewComment(models.Model):
    """What a reviewer noted about a submission; stays at the desk."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
