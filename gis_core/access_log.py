"""What is written down about who looked at or changed what."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_core.models import AccessLog

# The words of the log page; an action that is not listed is shown by its code.
ACTIONS = {
    "sign_in": _("登录"),
    "sign_in_locked": _("登录被锁定"),
    "sign_out": _("退出"),
    "create_person": _("新建人员"),
    "change_person": _("修改人员"),
    "deactivate_person": _("停用人员"),
    "activate_person": _("恢复人员"),
    "make_invitation": _("生成邀请链接"),
    "make_reset_link": _("生成密码重置链接"),
    "use_link": _("用链接设置密码"),
    "change_password": _("修改密码"),
    "enrol_code": _("登记一次性代码"),
    "reset_code": _("重置一次性代码"),
    "use_recovery_code": _("使用备用代码"),
    "grant_duty": _("授予职责"),
    "revoke_duty": _("撤销职责"),
    "make_backup": _("备份"),
    "download_backup": _("下载备份"),
    "read_access_log": _("查看访问记录"),
    "export": _("导出"),
    "import_town": _("导入城镇"),
    "import_published": _("导入公布的统计表"),
    "withdraw_published": _("撤下公布的统计表"),
    "restore_published": _("恢复公布的统计表"),
    "activate_generation": _("启用数据版本"),
}


def client_address(request: HttpRequest | None) -> str | None:
    return request.META.get("REMOTE_ADDR") or None if request is not None else None


def log_access(
    user: Any,
    action: str,
    subject: str,
    *,
    area_code: str = "",
    reason: str = "",
    request: HttpRequest | None = None,
) -> AccessLog:
    """Write one row. `subject` names the thing ("duty 12"), never what it says about a resident."""
    return AccessLog.objects.create(
        user=user if getattr(user, "pk", None) else None,
        action=action,
        subject=subject[:80],
        area_code=area_code[:12],
        reason=reason[:200],
        address=client_address(request),
    )
