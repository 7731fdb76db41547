"""What these pages tell the shell: three pages of 设置, and the first step of who writes forms."""

from django.utils.translation import gettext_lazy as _

from gis_core import shell
from gis_core.access_log import ACTIONS

LOGGED = {
    "upload_form": _("上传表单"),
    "retire_form": _("停用表单"),
    "restore_form": _("恢复表单"),
    "bind_form": _("改绑表单事项"),
    "retire_form_version": _("停用表单版本"),
    "restore_form_version": _("恢复表单版本"),
    "change_work_list": _("修改事项清单"),
    "add_notice": _("新增告知文本"),
}


def register() -> None:
    ACTIONS.update(LOGGED)
    shell.register_settings_page(shell.Section("forms", "forms", _("表单"), "edit_forms", order=40))
    shell.register_settings_page(
        shell.Section("work_list", "work_list", _("事项清单"), "edit_work_list", order=41)
    )
    shell.register_settings_page(shell.Section("notices", "notices", _("告知文本"), "edit_notices", order=42))
    shell.register_first_step(
        shell.FirstStep(
            _("写告知文本"),
            _("入户先宣读的几句话：谁来、为什么、保存多久、怎样拒绝。没有它，走访不能开始。"),
            "notices",
            _("打开告知文本"),
            "edit_notices",
            order=15,
        )
    )
