"""What may be asked: the work list, forms and their versions, the notice read out at the door."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from survey.models.identifiers import new_uuid


class WorkListItem(models.Model):
    """One item of what a community may be asked to record 社区工作事项清单.

    A form is bound to exactly one item. The item gives its purpose, its legal basis and how long
    its records are kept; a form without them would be form creep.
    """

    class Basis(models.TextChoices):
        DUTY = "duty", _("法定职责")
        CONSENT = "consent", _("个人同意")

    code = models.CharField(_("事项编号"), max_length=20, unique=True)
    area_code = models.CharField(_("适用区划"), max_length=12)
    name_zh = models.CharField(_("事项名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=100, blank=True)
    purpose_zh = models.CharField(_("目的"), max_length=300)
    purpose_en = models.CharField(_("目的（英文）"), max_length=300, blank=True)
    basis = models.CharField(_("依据"), max_length=10, choices=Basis.choices)
    retention_days = models.PositiveIntegerField(_("保存天数"))
    valid_from = models.DateField(_("开始日期"))
    valid_until = models.DateField(_("结束日期"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="work_list_item_keeps_for_some_days",
                condition=Q(retention_days__gte=1, retention_days__lte=3650),
            ),
            models.CheckConstraint(name="work_list_item_says_why", condition=~Q(purpose_zh="")),
            models.CheckConstraint(
                name="work_list_item_names_its_area", condition=Q(area_code__regex=r"^\d{2,12}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class NoticeText(models.Model):
    """The notice read out before the first question: who, why, what, how long, how to refuse.

    Versions are never changed; consent names the version that was shown.
    """

    area_code = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    text_zh = models.TextField(_("告知文本"))
    text_en = models.TextField(_("告知文本（英文）"))
    contact = models.CharField(_("联系与投诉"), max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["area_code", "-version"]
        constraints = [models.UniqueConstraint(fields=["area_code", "version"], name="notice_version_once")]

    def __str__(self) -> str:
        return f"{self.area_code} {self.version}"


class Form(models.Model):
    """A questionnaire under its XForm id. What it asks is in its versions."""

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    form_id = models.CharField(_("表单编号"), max_length=64)
    area_code = models.CharField(_("适用区划"), max_length=12, blank=True)  # "": built in, for everybody
    item = models.ForeignKey(WorkListItem, on_delete=models.PROTECT, null=True, related_name="forms")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    is_built_in = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title_zh"]
        constraints = [
            models.UniqueConstraint(fields=["area_code", "form_id"], name="form_id_once_per_area"),
            models.CheckConstraint(
                name="form_is_bound_to_the_work_list", condition=Q(is_built_in=True) | Q(item__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh or self.form_id


class FormVersion(models.Model):
    """One immutable version: the workbook as uploaded, the XForm made of it, and its outline.

    `outline` is what `questionnaires.outline_of` read from the XForm: languages, entity lists and one row a
    question (path, name, type, role, labels, choices). Everything that interprets a submission reads it.
    """

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=64)
    xform = models.TextField()
    xform_md5 = models.CharField(max_length=32)  # OpenRosa's formList asks for MD5
    workbook = models.BinaryField()
    workbook_name = models.CharField(max_length=200, blank=True)
    workbook_sha256 = models.CharField(max_length=64)
    outline = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["form", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="form_version_once"),
            models.CheckConstraint(name="form_version_has_a_name", condition=~Q(version="")),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.version}"
