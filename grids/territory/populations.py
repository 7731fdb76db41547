"""Published tables of population: persons, household size and group shares of an area, nothing finer.

A row is an area as the statistics office publishes it: a community or larger. Columns named after a
demand group of the catalogue (`age_60_plus`, or `age_60_plus_percent`) hold its share of the
residents. Columns on the denylist refuse the file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.denylist import require_allowed_columns
from gis_core.errors import MissingColumn
from gis_core.readers.numbers import RowCheck
from gis_core.readers.tables import TableRow, read_table
from grids.catalogue import categories
from grids.coverage.residents import EVERYONE, PREFIX_LENGTHS
from grids.models import PopulationTable, Town

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "area_code": ("area_code", "区划代码", "代码", "code"),
    "persons": ("persons", "人口", "常住人口", "population"),
    "household_size": ("household_size", "户均人口", "平均家庭户规模"),
    "year": ("year", "年份"),
}
PERCENT = "_percent"
EARLIEST_YEAR, LATEST_YEAR = 1950, 2100
SMALLEST_HOUSEHOLD, LARGEST_HOUSEHOLD = 1.0, 15.0


def demand_groups() -> tuple[str, ...]:
    """The groups whose shares mean something to coverage."""
    return tuple(sorted({row.demand_group for row in categories()} - {EVERYONE}))


@transaction.atomic
def import_population(town: Town, path: Path | str, *, source: str, year: int | None = None) -> int:
    """Load a published table; rows of the same area and year are replaced. Returns how many rows.

    Raises:
        DeniedColumns, MissingColumn, RowErrors: nothing was written.
    """
    table = read_table(path)
    require_allowed_columns(table.columns)
    named = {key: _column(table.columns, names) for key, names in COLUMN_NAMES.items()}
    if named["area_code"] is None or (named["year"] is None and year is None):
        lacking = "area_code" if named["area_code"] is None else "year"
        raise MissingColumn(
            _("表中缺少“%(lacking)s”列；现有：%(columns)s。")
            % {"lacking": lacking, "columns": "、".join(table.columns)},
            column=lacking,
        )
    check = RowCheck()
    rows = [_read(row, named, table.columns, check, town, year) for row in table.rows]
    check.finish()
    for row in rows:
        key = {"town": town, "area_code": row.pop("area_code"), "year": row.pop("year")}
        PopulationTable.objects.update_or_create(**key, defaults={**row, "source": source[:200]})
    return len(rows)


def _column(columns: list[str], names: tuple[str, ...]) -> str | None:
    return next((column for column in columns if column.strip().lower() in names), None)


def _read(
    row: TableRow,
    named: Mapping[str, str | None],
    columns: list[str],
    check: RowCheck,
    town: Town,
    year: int | None,
) -> dict[str, Any]:
    def value(key: str) -> Any:
        column = named[key]
        return None if column is None else row.values[column]

    size = check.number(row.row, "household_size", value("household_size"))
    if size is not None and not SMALLEST_HOUSEHOLD <= size <= LARGEST_HOUSEHOLD:
        check.add(row.row, "household_size", size, _("每户 1 至 15 人"))
    persons = check.integer(row.row, "persons", value("persons"))
    if persons is not None and persons < 0:
        check.add(row.row, "persons", persons, _("0 或更多"))
    in_year = check.integer(row.row, "year", value("year")) if named["year"] else year
    if in_year is None or not EARLIEST_YEAR <= in_year <= LATEST_YEAR:
        check.add(row.row, "year", in_year, _("公布的年份，如 2020"))
    return {
        "area_code": _area_code(row, value("area_code"), check, town),
        "year": in_year,
        "persons": persons,
        "household_size": size,
        "group_shares": _shares(row, columns, check),
    }


def _area_code(row: TableRow, told: Any, check: RowCheck, town: Town) -> str:
    """The code without the zeros that fill it up to twelve digits."""
    digits = str(told if told is not None else "").strip().removesuffix(".0")
    code = next((digits[:n] for n in sorted(PREFIX_LENGTHS) if digits[n:].strip("0") == ""), digits)
    is_known_length = len(code) in PREFIX_LENGTHS and code.isdigit()
    if not is_known_length or not (code.startswith(town.root_code) or town.root_code.startswith(code)):
        check.add(row.row, "area_code", digits, _("本镇内或其上级的区划代码，社区（12 位）或更大"))
    return code


def _shares(row: TableRow, columns: list[str], check: RowCheck) -> dict[str, float]:
    shares = {}
    for column in columns:
        name = column.strip().lower()
        group = name.removesuffix(PERCENT)
        if group not in demand_groups():
            continue
        number = check.number(row.row, column, row.values[column])
        if number is None:
            continue
        share = number / 100 if name.endswith(PERCENT) else number
        if not 0 <= share <= 1:
            check.add(
                row.row,
                column,
                number,
                _("0 至 1 的比例（百分数请用 %(name)s_percent 列）") % {"name": group},
            )
        shares[group] = share
    return shares
