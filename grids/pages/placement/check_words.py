"""The wording tables of the scripts of 校核 and 方案比较; {names} are filled in by the script."""

from django.utils.translation import gettext as _


def check_words() -> dict[str, str]:
    return {
        "before": _("配房之前"),
        "after": _("配房之后"),
        "w": _("同楼差异 W"),
        "w_meaning": _("同一栋楼里随便挑两户，房屋性质不同的可能。颜色越深越混杂，不等于越好。"),
        "most": _("户数最多的房屋性质"),
        "most_meaning": _("只看哪一类最多；一栋楼里还可能住着别的，点楼栋看各有多少户。"),
        "too_few": _("没有两户可比"),
        "nobody": _("没有人住"),
        "buildings": _("{n} 栋楼"),
        "building": _("看哪栋楼"),
        "tenure": _("房屋性质"),
        "all": _("合计"),
        "not_on_map": _("有 {n} 栋楼不在现用的地图上，没有画出。"),
        "map_failed": _("这张图没有取到，请重新打开本页。"),
    }


def compare_words() -> dict[str, str]:
    return {
        "working": _("正在试算…"),
        "no_cap": _("不限"),
        "times": _("{n} 倍"),
        "lost": _("选择的损失"),
        "w": _("同楼差异 W"),
        "point": _("上限 {cap}：选择损失 {lost}，W {w}，配到 {housed} 户"),
        "chart_failed": _("没有算出来，请重新打开本页。"),
    }
