"""The pages of this room that the shell lists, and the first steps it proposes."""

from django.utils.translation import gettext_lazy as _

from gis_core.shell import FirstStep, Section, register_first_step, register_section, register_settings_page

register_section(Section("workbench", "workbench", _("工作台"), None, 0))
register_section(Section("settings", "settings", _("设置"), "open_settings", 900))

register_settings_page(Section("people", "people", _("人员与职责"), "manage_people", 10))
register_settings_page(Section("workers", "people", _("网格员"), "manage_workers", 11))
register_settings_page(Section("access_log", "access_log", _("访问记录"), "read_access_log", 50))
register_settings_page(Section("backups", "backups", _("备份"), "make_backup", 60))

register_first_step(
    FirstStep(
        _("建立人员"),
        _("给每位同事建立账号，授予职责，把邀请链接交给本人。"),
        "people",
        _("打开人员与职责"),
        "manage_people",
        10,
    )
)
register_first_step(
    FirstStep(
        _("做一次备份"),
        _("备份包含全部表；恢复前会核对内容与校验值。"),
        "backups",
        _("打开备份"),
        "make_backup",
        20,
    )
)
register_first_step(
    FirstStep(
        _("查看访问记录"),
        _("谁在什么时候查看或修改了什么，按人、区划和日期筛选。"),
        "access_log",
        _("打开访问记录"),
        "read_access_log",
        30,
    )
)
register_first_step(
    FirstStep(
        _("安排网格员"),
        _("给本社区的网格员建立账号，授予网格职责，到期自动失效。"),
        "people",
        _("打开网格员"),
        "manage_workers",
        60,
    )
)
