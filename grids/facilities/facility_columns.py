"""What the columns of a facility list are called, and the words in their cells."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from gis_core.errors import MissingColumn
from gis_core.readers.column_names import matched_columns

# What a column may be called when nobody says which one it is.
COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "id", "osm_id", "设施编号", "poi_id"),
    "id_type": ("osm_type",),
    "name": ("名称", "设施名称", "name", "name_zh"),
    "name_en": ("英文名", "name_en"),
    "category": ("类别", "设施类别", "分类", "category", "catalogue", "code"),
    "amap": ("typecode", "高德类型", "高德代码"),
    "address": ("地址", "address"),
    "hours": ("开放时间", "营业时间", "hours", "opening_hours"),
    "status": ("状态", "status"),
    "open_to": ("开放对象", "open_to"),
    "capacity": ("容量", "规模", "capacity"),
    "yearly_users": ("年服务人次", "yearly_users"),
}
STATUS_WORDS = {
    **dict.fromkeys(["开放", "在用", "营业", "open", "正常"], "open"),
    **dict.fromkeys(["关闭", "停用", "停业", "closed"], "closed"),
    **dict.fromkeys(["规划", "在建", "planned", "拟建"], "planned"),
}
OPEN_TO_WORDS = {
    **dict.fromkeys(["公众", "所有人", "public"], "public"),
    **dict.fromkeys(["居民", "小区居民", "residents"], "residents"),
    **dict.fromkeys(["成员", "内部", "会员", "members"], "members"),
}


def recognised_columns(names: Sequence[str], stated: Mapping[str, str]) -> dict[str, str]:
    """Which column holds what: the user's word first, else the usual names.

    Raises:
        MissingColumn: a named column is not there, or neither category nor Amap code can be found.
    """
    missing = [name for name in stated.values() if name not in names]
    if missing:
        raise MissingColumn(
            _("表中没有“%(missing)s”列，现有列：%(columns)s。请选择已有的列名。")
            % {"missing": "、".join(missing), "columns": "、".join(names[:40])},
            missing=missing,
            columns=list(names),
        )
    found = matched_columns(names, stated, COLUMN_NAMES)
    if "category" not in found and "amap" not in found:
        raise MissingColumn(
            _(
                "没有找到设施类别列。请指明哪一列是服务目录代码或名称，或哪一列是高德类型代码。现有列：%(columns)s。"
            )
            % {"columns": "、".join(names[:40])},
            columns=list(names),
        )
    return found
