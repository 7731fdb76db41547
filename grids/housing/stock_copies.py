"""The next stock as a copy of the one in use: where registers and new area codes are written into."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from gis_core.models import User
from grids.corrections import apply_corrections
from grids.generations import activate, active, begin, mark_checked
from grids.housing.stock_tables import assign_grids
from grids.models import GridPlan, Stock, Town
from grids.town_import.carrying_over import refresh_dwelling_count

SQL = Path(__file__).parents[1] / "sql"


class NoStock(Conflict):
    """The town has no buildings to write into."""

    code = "no_stock"


def copy_of_stock(town: Town, *, added: str, sha256: str = "", by: User | None = None) -> Stock:
    """A new generation, loading, with everything of the stock in use.

    Raises:
        NoStock
    """
    current = active(Stock, town)
    if current is None:
        raise NoStock(
            _("城镇“%(town)s”还没有楼栋。请先导入 OSM 文件或楼栋轮廓。") % {"town": town.name_zh},
            town=town.slug,
        )
    made = begin(
        Stock,
        town,
        source_name=f"{current.source_name} + {added}"[-200:],
        source_sha256=sha256,
        source_date=current.source_date,
        attribution=current.attribution,
        is_synthetic=current.is_synthetic,
        building_count=current.building_count,
        created_by=by,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            (SQL / "copy_stock.sql").read_text(encoding="utf-8"), {"old": current.pk, "new": made.pk}
        )
    return made


def put_to_use(stock: Stock, report: dict[str, Any]) -> Stock:
    """Count, correct, place into the grids in force, and activate."""
    refresh_dwelling_count(stock)
    apply_corrections(stock, None)
    stock.building_count = stock.buildings.count()
    stock.report = report
    mark_checked(stock)
    plan = active(GridPlan, stock.town)
    if plan is not None:
        assign_grids(stock, plan)
    activate([stock])
    return stock
