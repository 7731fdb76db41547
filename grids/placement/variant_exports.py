"""An alternative as a file: headroom, rules, doors, and who gets which flat by receipt number."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from gis_core.errors import UnknownFormat
from gis_core.writers import Column, Sheet, Source, write_csv, write_sheets
from grids.housing.tenures import TENURES
from grids.models import Variant
from grids.placement.building_names import building_names
from grids.placement.check import worded

CONTENT_TYPES = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SUFFIXES = {"csv": "csv.zip", "xlsx": "xlsx"}


class Table(NamedTuple):
    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


def file_name(variant: Variant, fmt: str) -> str:
    return f"{variant.project.town.slug}-placement-{variant.made_at:%Y%m%d-%H%M%S}.{SUFFIXES[fmt]}"


def write_variant(variant: Variant, fmt: str, target: Path, *, made_at: datetime) -> None:
    """Four tables and where they come from: sheets of a workbook, or CSV files in an archive.

    Raises:
        UnknownFormat: neither csv nor xlsx.
    """
    if fmt not in CONTENT_TYPES:
        raise UnknownFormat(
            _("没有“%(met)s”这种导出格式。可选：csv、xlsx。") % {"met": fmt[:20]}, met=fmt[:20]
        )
    tables, sources = tables_of(variant), sources_of(variant, made_at)
    if fmt == "xlsx":
        sheets = [Sheet(table.title, table.columns, table.rows) for table in tables]
        write_sheets(target, sheets, title=variant.name, sources=sources, made_at=made_at)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            with archive.open(f"{table.key}.csv", "w") as file:
                write_csv(file, table.columns, table.rows)
        archive.writestr("inputs.txt", "\n".join(map(str, sources)) + "\n")


def tables_of(variant: Variant) -> list[Table]:
    found = worded(variant.findings)
    codes = [row["code"] for row in found["mix"]["by_building"]]
    names = building_names(variant.project.stock_id, codes)
    return [
        _headroom(found["headroom"], names),
        _rules(found["rules"]),
        _doors(found["entrances"], names),
        _places(variant, names),
    ]


def _headroom(rows: Iterable[dict[str, Any]], names: dict[str, str]) -> Table:
    columns = [
        Column("building_code", _("楼栋代码")),
        Column("building", _("楼栋名称")),
        Column("cell", _("楼栋、单元或楼层")),
        Column("room_class", _("户型")),
        Column("tenure", _("房屋性质")),
        Column("flats", _("房源套数"), "", "integer"),
        Column("cap", _("上限"), "", "integer"),
        Column("used", _("已用"), "", "integer"),
        Column("left", _("余量"), "", "integer"),
    ]
    told = [
        (
            row["building"],
            names.get(row["building"], ""),
            row["cell"],
            row["room_class"],
            _tenure(row["tenure"]),
            row["flats"],
            row["cap"],
            row["used"],
            row["left"],
        )
        for row in rows
    ]
    return Table("headroom", _("余量"), columns, told)


def _rules(rows: Iterable[dict[str, Any]]) -> Table:
    """One line a rule, then one a flat that breaks it: what has to be mended."""
    columns = [
        Column("rule", _("规则代号")),
        Column("is_met", _("是否符合")),
        Column("sentence", _("结果")),
        Column("flat", _("不符的房源")),
    ]
    told: list[tuple[Any, ...]] = []
    for row in rows:
        verdict = _("符合") if row["is_met"] else _("不符合")
        told += [(row["code"], verdict, row["sentence"], flat) for flat in row["flats"] or [""]]
    return Table("rules", _("规则结果"), columns, told)


def _doors(rows: Iterable[dict[str, Any]], names: dict[str, str]) -> Table:
    columns = [
        Column("building_code", _("楼栋代码")),
        Column("building", _("楼栋名称")),
        Column("door", _("门（单元）")),
        Column("tenures", _("走这个门的")),
        Column("dwellings", _("户数"), "", "integer"),
        Column("is_shared", _("是否共用")),
    ]
    told = [
        (
            row["building"],
            names.get(row["building"], ""),
            row["door"],
            "; ".join(f"{_tenure(code)} {count}" for code, count in row["tenures"].items()),
            sum(row["tenures"].values()),
            _("是") if row["is_shared"] else _("否"),
        )
        for row in rows
    ]
    return Table("doors", _("出入口"), columns, told)


def _places(variant: Variant, names: dict[str, str]) -> Table:
    columns = [
        Column("receipt", _("回执号")),
        Column("tenure", _("房屋性质")),
        Column("room_class", _("户型")),
        Column("flat", _("房源编码")),
        Column("building", _("楼栋名称")),
    ]
    facts = {
        receipt: (_tenure(tenure), room_class)
        for receipt, tenure, room_class in variant.project.applicants.values_list(
            "receipt", "tenure", "room_class"
        )
    }
    everybody = sorted({*facts, *variant.places})
    told = [
        (
            receipt,
            *facts.get(receipt, ("", "")),
            flat := variant.places.get(receipt, ""),
            names.get(flat[:17], ""),
        )
        for receipt in everybody
    ]
    return Table("places", _("回执号与房源"), columns, told)


def _tenure(code: str) -> str:
    return str(TENURES.get(code, code))


def sources_of(variant: Variant, made_at: datetime) -> list[Source]:
    project, rules = variant.project, variant.rules
    return [
        Source(_("所属项目"), project.name),
        Source(_("配房方案"), variant.name, variant.get_kind_display(), f"{variant.made_at:%Y-%m-%d %H:%M}"),
        Source(_("规则"), f"{rules.name}：{rules.reason}" if rules else _("不设规则")),
        Source(_("房源"), project.flats_file, project.flats_sha256),
        Source(_("申请"), project.applicants_file, project.applicants_sha256),
        Source(_("房屋登记"), project.stock.source_name, project.stock.attribution),
        Source(_("名单与规则的 SHA-256"), variant.inputs_sha256),
        Source(_("导出"), f"{made_at:%Y-%m-%d %H:%M}"),
    ]
