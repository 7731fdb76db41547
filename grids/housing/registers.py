"""A register of dwellings (CSV or XLSX) → the next stock, where registered dwellings replace the estimate.

Each row is one dwelling: its building by our 17-digit code or by its outside id (way/123), unit, floor,
door, and what the register says of tenure, room class, floor area and vacancy. All rows of a building
replace its estimate. A row that cannot be read, names an unknown building or repeats a door refuses the
whole file.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.denylist import require_allowed_columns
from gis_core.errors import MissingColumn
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from gis_core.readers.column_names import matched_columns
from gis_core.readers.numbers import RowCheck
from gis_core.readers.tables import Table, read_table
from grids.bulk_load import copy_columns
from grids.housing.stock_copies import copy_of_stock, put_to_use
from grids.models import Building, Dwelling, Stock, Town
from grids.names import has_han
from grids.town_import.file_marks import sha256_of
from grids.town_import.quality import Finding, percent, report_of

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "building": ("楼栋", "楼栋编码", "楼栋代码", "building", "building_code", "source_id", "osm_id"),
    "unit": ("单元", "单元号", "unit"),
    "floor": ("楼层", "层", "floor"),
    "door": ("房号", "室", "门牌", "户号", "door"),
    "tenure": ("房屋性质", "权属", "tenure"),
    "room_class": ("户型", "room_class"),
    "floor_area": ("面积", "建筑面积", "floor_area_m2", "floor_area"),
    "vacant": ("空置", "是否空置", "vacant", "is_vacant"),
}
REQUIRED = ("building", "unit", "floor", "door")
TENURES = {
    **dict.fromkeys(["商品房", "market"], "market"),
    **dict.fromkeys(["公租房", "public_rental"], "public_rental"),
    **dict.fromkeys(["保租房", "保障性租赁住房", "affordable_rental"], "affordable_rental"),
    **dict.fromkeys(["人才公寓", "talent"], "talent"),
    **dict.fromkeys(["安置房", "resettlement"], "resettlement"),
    **dict.fromkeys(["共有产权房", "shared_ownership"], "shared_ownership"),
    **dict.fromkeys(["单位住房", "房改房", "work_unit"], "work_unit"),
    **dict.fromkeys(["宿舍", "dormitory"], "dormitory"),
}
YES_NO = {
    **dict.fromkeys(["是", "yes", "true", "1", "空置", "y"], True),
    **dict.fromkeys(["否", "no", "false", "0", "n"], False),
}
LARGEST = 99  # two digits each of unit, floor and door


class RegisterRow(NamedTuple):
    row: int
    building_id: int
    building_code: str
    unit: int
    floor: int
    door: int
    tenure: str
    room_class: str
    floor_area_m2: float | None
    is_vacant: bool | None

    @property
    def code(self) -> str:
        return f"{self.building_code}{self.unit:02d}{self.floor:02d}{self.door:02d}"


@transaction.atomic
def import_register(
    town: Town,
    path: Path | str,
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
    source_name: str = "",
    by: User | None = None,
    progress: Progress | None = None,
) -> Stock:
    """Load a register of dwellings and put the stock that has it to use.

    Raises:
        Refusal: a column is missing or denied, or rows cannot be read; nothing was written.
    """
    progress = progress or NoProgress()
    file = Path(path)
    progress.step(_("读取 %(name)s") % {"name": source_name or file.name})
    table = read_table(file, sheet=sheet)
    require_allowed_columns(table.columns)
    where = register_columns(table.columns, columns or {})
    stock = copy_of_stock(town, added=source_name or file.name, sha256=sha256_of(file), by=by)
    rows = _rows(table, where, stock)
    progress.step(_("写入登记户室"))
    _replace_dwellings(rows)
    return put_to_use(stock, _report(stock, rows, source_name or file.name))


def register_columns(names: Sequence[str], stated: Mapping[str, str]) -> dict[str, str]:
    """Which column holds what; the four that name a door are required."""
    found = matched_columns(names, stated, COLUMN_NAMES)
    missing = [COLUMN_NAMES[key][0] for key in REQUIRED if key not in found]
    missing += [name for name in found.values() if name not in names]
    if missing:
        raise MissingColumn(
            _("户室登记缺少列：%(missing)s。现有列：%(columns)s。请指明这些内容在哪一列。")
            % {"missing": "、".join(missing), "columns": "、".join(names[:40])},
            missing=missing,
            columns=list(names),
        )
    return found


def _rows(table: Table, where: Mapping[str, str], stock: Stock) -> list[RegisterRow]:
    buildings: dict[str, tuple[int, str]] = {}
    for key, code, source_id in Building.objects.filter(stock=stock).values_list("pk", "code", "source_id"):
        buildings[code] = buildings[source_id] = (key, code)
    check = RowCheck()
    rows = [made for row in table.rows if (made := _row(row.row, row.values, where, buildings, check))]
    seen: dict[str, int] = {}
    for made in rows:
        if made.code in seen:
            expected = _("每户一行（第 %(row)d 行已有此户）") % {"row": seen[made.code]}
            check.add(made.row, where["door"], f"{made.unit}-{made.floor}-{made.door}", expected)
        seen[made.code] = made.row
    check.finish()
    return rows


def _row(
    number: int,
    values: Mapping[str, Any],
    where: Mapping[str, str],
    buildings: Mapping[str, tuple[int, str]],
    check: RowCheck,
) -> RegisterRow | None:
    cell = {key: values.get(column) for key, column in where.items()}
    name = _text(cell["building"])
    building = buildings.get(name) or buildings.get(f"way/{name}") or buildings.get(f"relation/{name}")
    if building is None:
        check.add(number, where["building"], name or _("空"), _("已载入楼栋的 17 位编码或 OSM 编号"))
    unit, floor, door = (
        _two_digits(number, key, cell[key], where, check) for key in ("unit", "floor", "door")
    )
    tenure = _word(number, "tenure", cell, TENURES, "", where, check)
    vacant = _word(number, "vacant", cell, YES_NO, None, where, check)
    area_m2 = check.number(number, where.get("floor_area", ""), cell.get("floor_area"))
    if building is None or unit is None or floor is None or door is None:
        return None
    room_class = _text(cell.get("room_class"))[:10]
    return RegisterRow(number, *building, unit, floor, door, tenure, room_class, area_m2, vacant)


def _two_digits(number: int, key: str, value: Any, where: Mapping[str, str], check: RowCheck) -> int | None:
    found = check.integer(number, where[key], value)
    if found is None or not 1 <= found <= LARGEST:
        if value is None or found is not None:
            check.add(number, where[key], _("空") if value is None else value, _("1 到 99 的整数"))
        return None
    return found


def _word(
    number: int,
    key: str,
    cell: Mapping[str, Any],
    words: Mapping[str, Any],
    default: Any,
    where: Mapping[str, str],
    check: RowCheck,
) -> Any:
    text = _text(cell.get(key)).lower()
    if text and text not in words:
        check.add(number, where[key], text, "、".join(filter(has_han, words)))
    return words.get(text, default)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _replace_dwellings(rows: Sequence[RegisterRow]) -> None:
    """The rows in place of whatever their buildings had, with the buildings' counts."""
    counts = Counter(row.building_id for row in rows)
    vacant = Counter(row.building_id for row in rows if row.is_vacant)
    units: dict[int, set[int]] = {}
    for row in rows:
        units.setdefault(row.building_id, set()).add(row.unit)
    Dwelling.objects.filter(building_id__in=counts).delete()
    copy_columns(
        Dwelling,
        {
            "building_id": [row.building_id for row in rows],
            "code": [row.code for row in rows],
            "unit": [row.unit for row in rows],
            "floor": [row.floor for row in rows],
            "door": [row.door for row in rows],
            "tenure": [row.tenure for row in rows],
            "room_class": [row.room_class for row in rows],
            "floor_area_m2": [row.floor_area_m2 for row in rows],
            "is_vacant": [row.is_vacant for row in rows],
            "source": ["register"] * len(rows),
        },
    )
    buildings = Building.objects.in_bulk(list(counts))
    for key, building in buildings.items():
        building.dwelling_count, building.vacant_count = counts[key], vacant[key]
        building.unit_count, building.dwelling_source = len(units[key]), "register"
    fields = ["dwelling_count", "vacant_count", "unit_count", "dwelling_source"]
    Building.objects.bulk_update(buildings.values(), fields, batch_size=1000)


def _report(stock: Stock, rows: Sequence[RegisterRow], name: str) -> dict[str, Any]:
    registered = len({row.building_id for row in rows})
    homes = Building.objects.filter(stock=stock, dwelling_count__gt=0).count()
    estimated = homes - registered
    counts = {"rows": len(rows), "buildings_registered": registered, "buildings_estimated": estimated}
    finding = Finding(
        "register_loaded",
        "info" if not estimated else "warning",
        f"登记 {len(rows):,} 户，{registered:,} 栋楼；{percent(estimated, homes)}的有住户楼栋仍为估算。",
        f"{len(rows):,} dwellings of {registered:,} buildings are registered; "
        f"{percent(estimated, homes)} of the buildings with homes are still estimated.",
        len(rows),
    )
    return report_of(counts, [finding], [{"name": name, "sha256": stock.source_sha256}])
