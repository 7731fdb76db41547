"""People, their duties, what they looked at, and long work.

This room knows no streets and no households: a duty names its place by code only.
"""

import uuid
from datetime import date

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    GRID_WORKER = "grid_worker", _("网格员")
    BUILDING_LEADER = "building_leader", _("楼栋长")
    DIRECTOR = "community_director", _("社区主任")
    PLANNER = "planner", _("规划人员")
    HOUSING = "housing_official", _("住房人员")
    DPO = "data_protection_officer", _("数据保护员")
    AUDITOR = "auditor", _("审计员")
    ADMINISTRATOR = "administrator", _("管理员")


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)  # None makes an unusable password: the invitation link sets one
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Rights come from duties alone; there is no superuser."""

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    display_name = models.CharField(_("姓名"), max_length=60)
    language = models.CharField(_("语言"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    is_active = models.BooleanField(_("启用"), default=True)
    home_code = models.CharField(_("所属区划"), max_length=12, blank=True)  # who may administer the account
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    def __str__(self) -> str:
        return self.display_name or self.username


class DutyQuerySet(models.QuerySet["Duty"]):
    def in_force(self, on: date | None = None) -> "DutyQuerySet":
        """Duties valid on a day (both ends inclusive), by default today; a revoked one never is."""
        day = on or timezone.localdate()
        return self.not_ended(day).filter(valid_from__lte=day)

    def not_ended(self, on: date | None = None) -> "DutyQuerySet":
        """Duties in force or still to come."""
        day = on or timezone.localdate()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), revoked_at__isnull=True)


class Duty(models.Model):
    """What one person may do where, and until when.

    Exactly one place: an area code (2-12 digits, a prefix of everything in it), a grid code
    or a building code. Grid codes are never prefixes of anything: they are compared whole.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="duties")
    role = models.CharField(_("职责"), max_length=30, choices=Role.choices)
    area_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    grid_code = models.CharField(_("网格代码"), max_length=17, blank=True)
    building_code = models.CharField(_("楼栋代码"), max_length=17, blank=True)
    valid_from = models.DateField(_("开始日期"), default=timezone.localdate)
    valid_until = models.DateField(_("结束日期"), null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="granted_duties")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("职责")
        constraints = [
            models.CheckConstraint(
                name="duty_names_exactly_one_place",
                condition=Q(area_code__regex=r"^\d{2,12}$", grid_code="", building_code="")
                | Q(area_code="", grid_code__regex=r"^\d{15,17}$", building_code="")
                | Q(area_code="", grid_code="", building_code__regex=r"^\d{17}$"),
            ),
            models.CheckConstraint(
                name="duty_ends_after_it_starts",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.place_code}"

    @property
    def place_code(self) -> str:
        return self.area_code or self.grid_code or self.building_code


class SignInLink(models.Model):
    """A link that lets one person set a password once: an invitation, or an administrator's reset.

    Only the SHA-256 of the secret is kept, so the table does not open any account.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12, choices=[("invite", _("邀请")), ("reset", _("重置密码"))])
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.user}"


class AccessLog(models.Model):
    """Who looked at or changed what, when and why. Rows are only ever added."""

    at = models.DateTimeField(db_default=Now(), db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)  # "duty 12", "export coverage-run 3": never a resident's answer
    area_code = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Job(models.Model):
    """One piece of long work with its progress; django-tasks runs it.

    The worker's heartbeat tells a running job from one whose worker died; a dead worker's job is
    queued again, so every job must be safe to run twice. Arguments are ids only.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队")
        RUNNING = "running", _("进行中")
        DONE = "done", _("完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="jobs")
    area_code = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=120, blank=True)  # what is being done now, in words
    done_count = models.BigIntegerField(default=0)
    total_count = models.BigIntegerField(default=0)  # 0: not known yet
    attempt_count = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    error_code = models.CharField(max_length=60, blank=True)
    error_sentence = models.TextField(blank=True)
    error_details = models.JSONField(default=dict)
    result_url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
