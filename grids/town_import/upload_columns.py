"""What a file's columns are called and probably mean, and its first rows, before anything is loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_core.readers.tables import read_table
from gis_core.readers.vector import layers_of, read_vector
from grids.facilities import facility_columns
from grids.housing import footprints, registers
from grids.models import Upload
from grids.territory.area_tables import CODE_NAMES, NAME_NAMES
from grids.town_import.uploads import TABLE_SUFFIXES, path_of

ROWS_SHOWN = 6
GRID_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "网格名称", "name"),
    "code": ("代码", "网格代码", "code"),
    "kind": ("类别", "类型", "kind"),
    "reason": ("理由", "规模理由", "reason"),
}
AREA_NAMES: Mapping[str, tuple[str, ...]] = {"code": CODE_NAMES, "name": NAME_NAMES}
PLACE_NAMES: Mapping[str, tuple[str, ...]] = {
    "x": ("经度", "lon", "lng", "longitude", "x", "东坐标", "easting"),
    "y": ("纬度", "lat", "latitude", "y", "北坐标", "northing"),
}
LABELS: dict[str, Any] = {
    "name": _("名称"),
    "name_en": _("英文名"),
    "code": _("代码"),
    "kind": _("类别"),
    "reason": _("规模理由"),
    "id": _("编号"),
    "id_type": _("编号类型"),
    "category": _("设施类别"),
    "amap": _("高德分类代码"),
    "address": _("地址"),
    "hours": _("开放时间"),
    "status": _("状态"),
    "open_to": _("对谁开放"),
    "capacity": _("规模"),
    "yearly_users": _("年服务人次"),
    "x": _("经度或东坐标"),
    "y": _("纬度或北坐标"),
    "building": _("楼栋代码或编号"),
    "unit": _("单元"),
    "floor": _("楼层"),
    "door": _("房号"),
    "tenure": _("房屋性质"),
    "room_class": _("户型"),
    "floor_area": _("建筑面积"),
    "vacant": _("空置"),
    "floors": _("层数"),
    "height": _("高度"),
    "year": _("建成年份"),
    "dwellings": _("户数"),
    "units": _("单元数"),
}


@dataclass(frozen=True)
class Preview:
    """The first rows of a file, with a guess for every content that the kind of file may have."""

    columns: list[str]
    rows: list[list[Any]]
    keys: list[tuple[str, Any, str]]  # key, label, guessed column or ""
    is_table: bool
    layers: list[str] = field(default_factory=list)
    stated_crs: str = ""

    @property
    def needs_system(self) -> bool:
        """Tables with coordinates never say in which system; layers usually do."""
        has_place = any(key == "x" for key, *_rest in self.keys)
        return (self.is_table and has_place) or (not self.is_table and not self.stated_crs)


def contents_of(upload: Upload, *, is_table: bool) -> dict[str, tuple[str, ...]]:
    """The contents that a kind of file may have, with usual column names."""
    match upload.what:
        case Upload.What.GRIDS:
            return dict(GRID_NAMES)
        case Upload.What.AREAS:
            return dict(AREA_NAMES)
        case Upload.What.FACILITIES:
            return {**(PLACE_NAMES if is_table else {}), **facility_columns.COLUMN_NAMES}
        case Upload.What.BUILDINGS:
            return dict(footprints.COLUMN_NAMES)
        case Upload.What.REGISTER:
            return dict(registers.COLUMN_NAMES)
    return {}


def preview(upload: Upload, *, layer: str | None = None) -> Preview:
    """Look into the file. Refusals say what is wrong with it, before a job is spent on it."""
    path = path_of(upload)
    is_table = path.suffix.lower() in TABLE_SUFFIXES
    if is_table:
        table = read_table(path)
        columns, rows = table.columns, [row.values for row in table.rows[:ROWS_SHOWN]]
        return Preview(columns, _cells(columns, rows), _guess(upload, columns, is_table=True), True)
    layers = layers_of(path)
    chosen = next((one for one in layers if one.name == layer), layers[0])
    sample: list[Mapping[str, Any]] = []
    if chosen.crs:
        sample = [row.values for row in read_vector(path, layer=chosen.name, repair=True).rows[:ROWS_SHOWN]]
    return Preview(
        chosen.columns,
        _cells(chosen.columns, sample),
        _guess(upload, chosen.columns, is_table=False),
        False,
        [one.name for one in layers],
        chosen.crs or "",
    )


def _cells(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    return [[_short(row.get(column)) for column in columns] for row in rows]


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _guess(upload: Upload, columns: Sequence[str], *, is_table: bool) -> list[tuple[str, Any, str]]:
    by_name = {column.strip().lower(): column for column in columns}
    found = []
    for key, usual in contents_of(upload, is_table=is_table).items():
        guess = next((by_name[name.lower()] for name in usual if name.lower() in by_name), "")
        found.append((key, LABELS.get(key, key), guess))
    return found
