"""What a kind of question is called on the desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Any] = {
    "select_one": _("单选"),
    "select_multiple": _("多选"),
    "rank": _("排序"),
    "integer": _("整数"),
    "decimal": _("小数"),
    "text": _("文字"),
    "date": _("日期"),
    "dateTime": _("日期时间"),
    "time": _("时间"),
    "geopoint": _("定位点"),
    "geotrace": _("折线"),
    "geoshape": _("多边形"),
    "image": _("照片"),
    "audio": _("录音"),
    "video": _("录像"),
    "file": _("文件"),
    "barcode": _("条码"),
    "trigger": _("确认"),
    "note": _("说明"),
    "calculate": _("计算"),
    "hidden": _("隐藏"),
}


def kind_word(kind: str) -> str:
    return str(_WORDS.get(kind, kind))
