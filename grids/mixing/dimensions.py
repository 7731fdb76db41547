"""What people are counted by: dimensions of the stock and of sealed rounds, and the names of their groups."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.arrays import OTHER_ROOMS
from grids.housing.tenures import TENURES
from grids.models import Building

TENURE, ROOM_CLASS, BUILDING_KIND = "tenure", "room_class", "building_kind"
STOCK_DIMENSIONS = (TENURE, ROOM_CLASS, BUILDING_KIND)
ORIGIN, HOUSEHOLD_TYPE, AGE_BAND = "origin", "household_type", "age_band"
SURVEYED_DIMENSIONS = (ORIGIN, HOUSEHOLD_TYPE, AGE_BAND)
PUBLISHED_DIMENSION = "groups"

NAMES: dict[str, Any] = {
    TENURE: gettext_lazy("房屋性质"),
    ROOM_CLASS: gettext_lazy("户型"),
    BUILDING_KIND: gettext_lazy("楼栋用途"),
    ORIGIN: gettext_lazy("从哪里来"),
    HOUSEHOLD_TYPE: gettext_lazy("家庭类型"),
    AGE_BAND: gettext_lazy("年龄段"),
}
SURVEYED_GROUPS: dict[str, dict[str, Any]] = {
    ORIGIN: {
        "local": gettext_lazy("本地"),
        "moved": gettext_lazy("外地迁入"),
        "resettled": gettext_lazy("搬迁安置"),
    },
    HOUSEHOLD_TYPE: {
        "single": gettext_lazy("独居"),
        "couple": gettext_lazy("夫妻"),
        "family_children": gettext_lazy("有未成年子女"),
        "three_generations": gettext_lazy("三代同住"),
        "elderly_only": gettext_lazy("只有老人"),
        "shared": gettext_lazy("合住"),
        "other": gettext_lazy("其他"),
    },
    AGE_BAND: dict.fromkeys(("0-2", "3-5", "6-11", "12-14", "15-59", "60-79", "80+")),
}


def name_of(dimension: str) -> str:
    return str(NAMES.get(dimension, dimension))


def group_name(dimension: str, code: str) -> str:
    """What people call a group; a word of the register or of a published table stays as it was written."""
    if dimension == TENURE:
        return str(TENURES.get(code, code))
    if dimension == BUILDING_KIND:
        return str(dict(Building.Kind.choices).get(code, code))
    if dimension == ROOM_CLASS:
        return _("其他户型") if code == OTHER_ROOMS else code
    if dimension == AGE_BAND:
        return _age_band(code)
    return str(SURVEYED_GROUPS.get(dimension, {}).get(code, code))


def _age_band(code: str) -> str:
    if code.endswith("+"):
        return _("%(age)s 岁及以上") % {"age": code.removesuffix("+")}
    return _("%(band)s 岁") % {"band": code.replace("-", "–")}


def named_groups(dimension: str, codes: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"code": code, "name": group_name(dimension, code)} for code in codes]
