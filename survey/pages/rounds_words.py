"""Words that the scripts of these pages say, in the reader's language."""

from django.utils.translation import gettext as _

from survey.progress import STATES


def progress_words() -> dict[str, object]:
    return {
        "states": {key: str(label) for key, label in STATES.items()},
        "due": _("约定已到"),
        "dwellings": _("%(count)s 户"),
        "of": _("%(count)s / %(total)s 户"),
        "finished": _("有结果"),
        "visits": _("上门 %(count)s 次"),
        "resting": _("刚去过，暂不上门：%(count)s 户"),
        "unassigned": _("还没有分配：%(count)s 户"),
        "no_grid": _("不在任何网格"),
        "no_building": _("没有符合的楼栋。"),
        "off_map": _("现用的地图上没有这栋楼"),
        "at": _("%(time)s 的情况"),
        "failed": _("没有取到最新进度，请检查网络后刷新。"),
    }


def assign_words() -> dict[str, object]:
    return {
        "dwellings": _("%(count)s 户"),
        "buildings": _("%(count)s 栋"),
        "nobody": _("还没有分配"),
        "no_grid": _("不在任何网格"),
        "unit": _("%(unit)s 单元"),
        "several": _("几人分担"),
        "selected": _("已选 %(dwellings)s 户，%(buildings)s 栋"),
        "nothing": _("还没有选"),
        "how": _("点楼栋、圈选，或在下面的表里勾选。"),
        "give": _("分给%(name)s"),
        "choose": _("请选一位网格员"),
        "outside": _("其中 %(count)s 栋不在%(name)s的职责范围内"),
        "already": _("所选的已经都是%(name)s的"),
        "saved": _("已保存"),
        "failed": _("没有保存：网络没有回应。请再试一次。"),
        "lasso_on": _("正在圈选：按住并画一圈，松开即选中；再圈一次已选的楼栋就取消。"),
        "becomes": _("%(before)s → %(after)s 户"),
        "pick": _("选中%(name)s"),
    }
