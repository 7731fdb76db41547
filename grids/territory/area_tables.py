"""Real areas from any polygon layer, with names from a code table: they take the place of what was made up.

Every polygon needs a code of 6, 9 or 12 digits (2+2+2+3+3; zeros filled up on the right, as statistical
tables write them, are taken off) and a name, in the layer or in the table. Codes without a polygon come
from the table when they are under the same county. What the town had before and the file does not have
ends today; the same code with another name or outline is a new row with dates, so that older figures
keep theirs. Buildings are then hung on the new communities: a new stock, since codes of an active one
never change.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.denylist import require_allowed_columns
from gis_core.errors import MissingColumn
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from gis_core.readers.numbers import RowCheck
from gis_core.readers.tables import read_table
from gis_core.readers.vector import read_vector
from grids.generations import active
from grids.geos import to_shapely
from grids.housing.building_codes import numbering_of
from grids.housing.recoding import recode_stock
from grids.housing.stock_copies import copy_of_stock, put_to_use
from grids.models import Area, Stock, Town
from grids.names import has_han
from grids.territory.areas import (
    COMMUNITY,
    LENGTHS,
    STREET,
    AreaDraft,
    areas_in_force,
    communities_in_force,
    require_free_root,
    save_areas,
)
from grids.town_import.quality import Finding, report_of

IMPORTED_LENGTHS = (6, 9, 12)
CODE_NAMES = ("代码", "区划代码", "code", "adcode", "community_code", "street_code", "area_code")
NAME_NAMES = ("名称", "区划名称", "name", "community", "street", "area")


@dataclass(frozen=True)
class AreaReport:
    """What an import of areas did; `stock` is the generation with the new codes, None without buildings."""

    town: Town
    stock: Stock | None
    report: dict[str, Any]


@transaction.atomic
def import_areas(
    town: Town,
    path: Path | str,
    *,
    code_column: str | None = None,
    name_column: str | None = None,
    codes: Path | str | None = None,
    system: str | None = None,
    layer: str | None = None,
    repair: bool = False,
    by: User | None = None,
    progress: Progress | None = None,
) -> AreaReport:
    """Load areas and hang the town's buildings on them.

    Raises:
        Refusal: a code is malformed, doubled or another town's, a name is missing, rows cannot be read;
        nothing was written.
    """
    progress = progress or NoProgress()
    file = Path(path)
    progress.step(_("读取 %(name)s") % {"name": file.name})
    found = read_vector(file, layer=layer, system=system, repair=repair, geometry_kinds=("polygon",))
    require_allowed_columns(found.columns)
    code_column = _column(found.columns, code_column, CODE_NAMES)
    names = code_names(codes) if codes is not None else {}
    name_column = _column(found.columns, name_column, NAME_NAMES, is_needed=not names)
    rows = [
        (row.row, row.values[code_column], row.values.get(name_column) if name_column else None, row.geometry)
        for row in found.rows
    ]
    drafts = _drafts(rows, names, code_column, name_column or code_column, file.name)
    root = root_of(drafts)
    require_free_root(root, of=town)
    drafts = _with_parents(drafts, names, root, file.name)
    ended = _replace(town, drafts, root)
    progress.step(_("把楼栋挂到社区"))
    stock = _hang_buildings(town, file.name, by)
    return AreaReport(town, stock, _report(drafts, ended, stock, file.name))


def code_names(path: Path | str) -> dict[str, str]:
    """Names by code from a table: every pair of columns X_code and X, or a code and a name column."""
    table = read_table(Path(path))
    require_allowed_columns(table.columns)
    pairs = [
        (name, name.removesuffix("_code"))
        for name in table.columns
        if name.endswith("_code") and name.removesuffix("_code") in table.columns
    ]
    pairs = pairs or [(_column(table.columns, None, CODE_NAMES), _column(table.columns, None, NAME_NAMES))]
    found: dict[str, str] = {}
    for row in table.rows:
        for code_column, name_column in pairs:
            code = plain_code(row.values.get(code_column))
            if len(code) in LENGTHS and row.values.get(name_column):
                found[code] = str(row.values[name_column]).strip()
    return found


def plain_code(value: Any) -> str:
    """Digits of a code without the zeros that fill it up to 12: 320106001000 is the street 320106001."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"\s", "", "" if value is None else str(value))
    if len(text) == 12 and text.isdigit():
        for length in (6, 9):
            if not text[length:].strip("0"):
                return text[:length]
    return text


def root_of(drafts: Sequence[AreaDraft]) -> str:
    """The shortest well-formed code that holds all of them."""
    codes = [row.code for row in drafts]
    shared = next(n for n in range(min(map(len, codes)), -1, -1) if len({code[:n] for code in codes}) == 1)
    return codes[0][: max((length for length in LENGTHS if length <= shared), default=0)]


def _column(names: Sequence[str], stated: str | None, usual: Sequence[str], *, is_needed: bool = True) -> str:
    by_name = {name.strip().lower(): name for name in names}
    found = stated or next((by_name[name] for name in usual if name in by_name), "")
    if (found and found not in names) or (not found and is_needed):
        raise MissingColumn(
            _("没有找到“%(met)s”列，现有列：%(columns)s。请指明代码列和名称列。")
            % {"met": found or usual[0], "columns": "、".join(names[:40])},
            columns=list(names),
        )
    return found


def _drafts(
    rows: Sequence[tuple[int, Any, Any, BaseGeometry]],
    names: Mapping[str, str],
    code_column: str,
    name_column: str,
    source: str,
) -> list[AreaDraft]:
    check = RowCheck()
    seen: dict[str, int] = {}
    drafts = []
    for row, met, stated_name, geometry in rows:
        code = plain_code(met)
        if len(code) not in IMPORTED_LENGTHS or not (code.isascii() and code.isdigit()):
            check.add(row, code_column, met, _("6、9 或 12 位数字的区划代码（2+2+2+3+3）"))
            continue
        if code in seen:
            check.add(row, code_column, code, _("不重复的代码（第 %(row)d 行已用）") % {"row": seen[code]})
        seen[code] = row
        name = names.get(code) or ("" if stated_name is None else str(stated_name).strip())
        if not name:
            check.add(row, name_column, _("空"), _("区划名称（图层或代码表中）"))
        drafts.append(_draft(code, name, geometry, source))
    check.finish()
    return drafts


def _draft(code: str, name: str, geometry: BaseGeometry | None, source: str) -> AreaDraft:
    name_en = "" if has_han(name) else name
    return AreaDraft(code, LENGTHS[len(code)], name, name_en, geometry, False, source)


def _with_parents(
    drafts: list[AreaDraft], names: Mapping[str, str], root: str, source: str
) -> list[AreaDraft]:
    """Streets and counties above the imported areas, from the table or made of their parts."""
    known = {row.code: row for row in drafts}
    for length in (9, 6):
        parts: dict[str, list[AreaDraft]] = {}
        for row in list(known.values()):
            if len(row.code) > length >= len(root):
                parts.setdefault(row.code[:length], []).append(row)
        for code, rows in parts.items():
            if code not in known:
                outline = shapely.union_all([row.geometry for row in rows if row.geometry is not None])
                known[code] = _draft(code, names.get(code, code), outline, source)
    for row in list(known.values()):  # a street without communities is one, so that buildings have a code
        if row.level == STREET and not any(len(code) == 12 and code.startswith(row.code) for code in known):
            made = f"{row.code}900"
            known[made] = AreaDraft(made, COMMUNITY, row.name_zh, row.name_en, row.geometry, True, source)
    return sorted(known.values(), key=lambda row: row.code)


def _replace(town: Town, drafts: Sequence[AreaDraft], root: str) -> int:
    """End what changed or is gone, add what is new, and move the town to its real root."""
    today = timezone.localdate()
    current = {row.code: row for row in areas_in_force(town)}
    new = {row.code: row for row in drafts}
    unchanged = {code for code, row in current.items() if code in new and _is_as_before(row, new[code])}
    ended = [row.pk for code, row in current.items() if code not in unchanged]
    Area.objects.filter(
        pk__in=ended, valid_from=today
    ).delete()  # made and replaced on one day: never in force
    Area.objects.filter(pk__in=ended).update(valid_until=today)
    save_areas(town, [row for code, row in new.items() if code not in unchanged])
    town.root_code, town.codes_are_synthetic = root, False
    town.save(update_fields=["root_code", "codes_are_synthetic"])
    return len(ended)


def _is_as_before(row: Area, draft: AreaDraft) -> bool:
    outline = to_shapely(row.geom)
    same_outline = outline is not None and draft.geometry is not None and outline.equals(draft.geometry)
    return row.name_zh == draft.name_zh and same_outline


def _hang_buildings(town: Town, source: str, by: User | None) -> Stock | None:
    if active(Stock, town) is None:
        return None
    numbering = numbering_of(town)
    stock = copy_of_stock(town, added=source, by=by)
    beside = recode_stock(stock, communities_in_force(town), numbering)
    finding = Finding(
        "buildings_beside_communities",
        "warning" if beside else "info",
        f"{stock.building_count:,} 栋楼已按社区重新编码；{beside:,} 栋不在任何社区边界内，归入最近的社区。",
        f"{stock.building_count:,} buildings have codes by community; {beside:,} lie in none and went to "
        "the nearest.",
        beside,
    )
    return put_to_use(stock, report_of({"buildings": stock.building_count}, [finding], []))


def _report(drafts: Sequence[AreaDraft], ended: int, stock: Stock | None, name: str) -> dict[str, Any]:
    levels = dict(Counter(row.level for row in drafts))
    finding = Finding(
        "areas_loaded",
        "info",
        f"载入 {len(drafts)} 个区划，{ended} 个旧区划到今天为止。"
        "按旧代码授予的职责请重新授予；请重新计算生活圈。",
        f"{len(drafts)} areas loaded, {ended} older ones end today. Grant duties that name old codes "
        "again, and "
        "compute coverage again.",
        len(drafts),
    )
    findings = [finding]
    report = report_of({"areas": levels, "ended": ended}, findings, [{"name": name, "sha256": ""}])
    if stock is not None:
        report["findings"] += stock.report["findings"]
    return report
