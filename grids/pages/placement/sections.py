"""What placements tell the shell: the section, and the words of the access log."""

from django.utils.translation import gettext_lazy as _

from gis_core import access_log, shell
from grids.pages.placement.waiting import waiting

LOG_WORDS = {
    "begin_placement": _("新建配房项目"),
    "rename_placement": _("改配房项目名称"),
    "delete_placement": _("删除配房项目"),
    "import_flats": _("导入房源"),
    "import_applicants": _("导入申请人"),
    "forget_applicants": _("清空申请人"),
    "make_placement_rules": _("制定配房规则"),
    "delete_placement_rules": _("删除配房规则"),
    "make_placement_variant": _("保存配房方案"),
    "delete_placement_variant": _("删除配房方案"),
    "draw_close": _("封闭摇号名单"),
    "draw_commit": _("登记摇号承诺"),
    "draw_reveal": _("公开摇号随机数"),
    "draw_run": _("摇号"),
    "draw_publish": _("公示摇号结果"),
    "draw_stop": _("中止摇号"),
    "read_full_archive": _("下载摇号完整档案"),
    "print_slips": _("打印摇号回执"),
    "offer_accepted": _("登记接受选房"),
    "offer_refused": _("登记不接受选房"),
    "offer_lapsed": _("登记逾期未答"),
    "offer_next": _("通知下一位"),
    "offer_move_in": _("登记入住"),
    "offer_outcome": _("登记入住后情况"),
    "appeal_file": _("登记异议"),
    "appeal_upheld": _("异议成立"),
    "appeal_rejected": _("异议不成立"),
}


def register() -> None:
    access_log.ACTIONS.update(LOG_WORDS)
    shell.register_section(shell.Section("placement", "placements", _("安置"), "open_placement", order=70))
    shell.register_first_step(
        shell.FirstStep(
            _("校核一次配房"),
            _("导入房源和回执号，先看清后果，再公开摇号。"),
            "placements",
            _("打开安置"),
            "open_placement",
            order=70,
        )
    )
    shell.register_workbench(waiting)
