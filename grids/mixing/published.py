"""Taking in official aggregates: area code, group, count; nothing finer than a community, all or nothing.

A table is wide (a column a group) or long (a row a cell). Names of ethnic groups and religions are refused
wherever they would become a group, a column or the table's name. A cell that the office left blank or
covered up stays unknown; it is not a zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.denylist import has_id_number, is_denied_name, require_allowed_columns
from gis_core.errors import MissingColumn, Refusal, TooLarge
from gis_core.group_words import lists_groups, names_a_group, names_a_religion
from gis_core.models import User
from gis_core.readers.numbers import RowCheck
from gis_core.readers.tables import Table, TableRow, read_table
from grids.models import Area, PublishedCount, PublishedTable, Town
from grids.territory.area_tables import CODE_NAMES, NAME_NAMES
from grids.town_import.file_marks import sha256_of

WIDE, LONG = "wide", "long"
GROUP_NAMES = ("group", "类别", "组别", "分组", "类型", "category")
COUNT_NAMES = ("count", "数量", "人数", "户数", "套数", "value")
NO_GROUP = ("合计", "总计", "小计", "total", "year", "年份", "单位", "unit", "备注", "note")
COVERED_UP = frozenset({"", "-", "—", "–", "…", "...", "*", "x", "/"})
MOST_GROUPS, MOST_ROWS = 40, 20_000
GROUP_LENGTH = 60
EARLIEST_YEAR, LATEST_YEAR = 1949, 2100
CODE_LENGTHS = (6, 9, 12)


class DeniedGroups(Refusal):
    """The table counts people by what the product never counts them by."""

    code = "denied_groups"
    status = 422


@dataclass(frozen=True)
class Layout:
    """Which columns hold what. `groups`: columns of a wide table; `group`, `count`: of a long one."""

    code: str
    groups: tuple[str, ...] = ()
    group: str = ""
    count: str = ""

    @property
    def kind(self) -> str:
        return LONG if self.group else WIDE


@dataclass(frozen=True)
class Facts:
    """What a table says of itself."""

    name: str
    unit: str
    year: int
    source: str


@dataclass(frozen=True)
class Cells:
    """(area code, place of the group, count) of every cell that the table gives."""

    groups: tuple[str, ...]
    cells: list[tuple[str, int, int]]


def guessed_layout(columns: Sequence[str]) -> Layout:
    """What the columns probably are; a person confirms it."""
    by_name = {column.strip().lower(): column for column in columns}

    def named(names: Iterable[str]) -> str:
        return next((by_name[name] for name in names if name in by_name), "")

    code, group, count = named(CODE_NAMES), named(GROUP_NAMES), named(COUNT_NAMES)
    if group and count:
        return Layout(code, group=group, count=count)
    known = {*CODE_NAMES, *NAME_NAMES, *NO_GROUP}
    return Layout(code, groups=tuple(c for c in columns if c.strip().lower() not in known))


@transaction.atomic
def import_published(
    town: Town, path: Path, facts: Facts, *, layout: Layout | None = None, by: User | None = None
) -> PublishedTable:
    """Load one table.

    Raises:
        DeniedColumns, DeniedGroups, MissingColumn, RowErrors, TooLarge: nothing was written.
    """
    table = read_table(path, max_rows=MOST_ROWS)
    require_allowed_columns(table.columns)
    found = cells_of(town, table, layout or guessed_layout(table.columns))
    require_allowed_names(facts.name, found.groups)
    _require_facts(facts)
    made = PublishedTable.objects.create(
        town=town,
        name=facts.name.strip(),
        unit=facts.unit.strip(),
        year=facts.year,
        source=facts.source.strip(),
        groups=list(found.groups),
        file_sha256=sha256_of(path),
        imported_by=by,
    )
    PublishedCount.objects.bulk_create(
        [
            PublishedCount(table=made, area_code=code, group=group, count=count)
            for code, group, count in found.cells
        ],
        batch_size=5_000,
    )
    return made


def _require_facts(facts: Facts) -> None:
    lacking = [
        word
        for word, text in ((_("名称"), facts.name), (_("计数单位"), facts.unit), (_("来源"), facts.source))
        if not text.strip()
    ]
    if lacking or not EARLIEST_YEAR <= facts.year <= LATEST_YEAR:
        raise Refusal(
            _("请写明%(what)s：公布的数字要说得出是谁、哪一年公布的。")
            % {"what": "、".join([*lacking, _("年份")])}
        )


def require_allowed_names(name: str, groups: Sequence[str]) -> None:
    """Refuse a table by ethnic group, religion, or anything else that is never recorded.

    Raises:
        DeniedGroups
    """
    met = [text for text in (name, *groups) if _is_denied(text)]
    if not met and lists_groups(groups):
        met = list(groups)
    if met:
        raise DeniedGroups(
            _(
                "表中有本系统不收集的分组：%(met)s。民族、宗教、身份证件等一概不导入，公布的统计也一样。"
                "请换一份表；文件未载入。"
            )
            % {"met": "、".join(text[:20] for text in met[:6])},
            groups=[text[:60] for text in met[:20]],
        )


def _is_denied(text: str) -> bool:
    return is_denied_name(text) or names_a_group(text) or names_a_religion(text) or has_id_number(text)


def cells_of(town: Town, table: Table, layout: Layout) -> Cells:
    """Every cell of the table, or every row that cannot be read."""
    _require_layout(table, layout)
    groups = layout.groups or _groups_of_long(table, layout)
    _require_few(groups)
    check = RowCheck()
    codes = {area.code for area in Area.objects.filter(town=town)} | {town.root_code}
    seen: dict[tuple[str, int], int] = {}
    cells = []
    for row in table.rows:
        code = _area_code(row, layout.code, codes, check)
        for group, column, name in _parts(row, layout, groups):
            if group < 0:
                check.add(row.row, layout.group, name or _("空"), _("这一行的组别"))
                continue
            count = _count(row, column, check)
            if code and (code, group) in seen:
                expected = _("每个区划每组一个数（第 %(row)d 行已有）") % {"row": seen[code, group]}
                check.add(row.row, column, name, expected)
            seen[code, group] = row.row
            if count is not None:
                cells.append((code, group, count))
    check.finish()
    return Cells(tuple(groups), cells)


def _require_layout(table: Table, layout: Layout) -> None:
    wanted = [layout.code, *layout.groups, layout.group, layout.count]
    lacking = not layout.code or not (layout.groups or (layout.group and layout.count))
    if lacking or (layout.group and layout.groups):
        raise MissingColumn(
            _("请指明区划代码在哪一列，以及各组的列，或者组别和数量两列。现有列：%(columns)s。")
            % {"columns": "、".join(table.columns[:40])},
            columns=table.columns[:40],
        )
    table.require_columns(*filter(None, wanted))


def _require_few(groups: Sequence[str]) -> None:
    long = [group for group in groups if len(group) > GROUP_LENGTH]
    if long or not 1 <= len(groups) <= MOST_GROUPS:
        raise TooLarge(
            _("一份表应有 1 到 %(most)d 个组，组名不超过 %(length)d 个字；这里有 %(count)d 个。")
            % {"most": MOST_GROUPS, "length": GROUP_LENGTH, "count": len(groups)},
            group_count=len(groups),
        )


def _groups_of_long(table: Table, layout: Layout) -> tuple[str, ...]:
    """In the order in which the table names them first."""
    named = (str(row.values[layout.group]).strip() for row in table.rows if row.values[layout.group])
    return tuple(dict.fromkeys(named))


def _parts(row: TableRow, layout: Layout, groups: Sequence[str]) -> list[tuple[int, str, str]]:
    """(place of the group or -1, column of its count, its name) of one row."""
    if layout.kind == WIDE:
        return [(place, column, column) for place, column in enumerate(groups)]
    name = str(row.values[layout.group] or "").strip()
    return [(groups.index(name) if name else -1, layout.count, name)]


def _area_code(row: TableRow, column: str, codes: set[str], check: RowCheck) -> str:
    """The code of an area of this town, without the zeros that fill it up to twelve digits."""
    told = str(row.values[column] if row.values[column] is not None else "").strip().removesuffix(".0")
    digits = [told, *(told[:n] for n in CODE_LENGTHS if told[n:] and not told[n:].strip("0"))]
    found = next((code for code in digits if code in codes), "")
    if not found:
        check.add(row.row, column, told or _("空"), _("本镇社区、街道或全镇的区划代码"))
    return found


def _count(row: TableRow, column: str, check: RowCheck) -> int | None:
    told = row.values[column]
    if told is None or str(told).strip().lower() in COVERED_UP:
        return None
    count = check.integer(row.row, column, told)
    if count is not None and count < 0:
        check.add(row.row, column, count, _("0 或更大的整数"))
        return None
    return count


# --- Afterwards ----------------------------------------------------------------------------


def withdraw(table: PublishedTable) -> None:
    """Take a table out of every page; it stays, and can be put back."""
    table.withdrawn_at = timezone.now()
    table.save(update_fields=["withdrawn_at"])


def put_back(table: PublishedTable) -> None:
    table.withdrawn_at = None
    table.save(update_fields=["withdrawn_at"])


def template_rows(town: Town, kind: str) -> tuple[list[str], list[list[Any]]]:
    """Heading and rows of a file to fill in: every community of the town, the groups as examples."""
    communities = list(
        Area.objects.filter(town=town, level=Area.Level.COMMUNITY, valid_until=None).order_by("code")
    )
    examples = (_("一人户"), _("二人户"), _("三人及以上户"))
    if kind == LONG:
        heading = [_("区划代码"), _("名称"), _("组别"), _("数量")]
        return heading, [[a.code, a.name_zh, group, None] for a in communities for group in examples]
    return [_("区划代码"), _("名称"), *examples], [[a.code, a.name_zh, None, None, None] for a in communities]
