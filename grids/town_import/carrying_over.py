"""What a new OSM load must not lose: facilities from tables, registered dwellings, corrections."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from grids.facilities.facility_merging import merge
from grids.facilities.inventory import InventoryDraft, in_spatial_order
from grids.facilities.stored_facilities import stored_facilities
from grids.generations import active
from grids.models import Building, FacilityInventory, Stock, Town
from grids.town_import.quality import Finding

SQL = Path(__file__).parents[1] / "sql"


class Carried(NamedTuple):
    buildings: int  # with registered dwellings that came over
    lost: list[str]  # outside ids of buildings with registered dwellings that the new load does not have


def with_own_facilities(inventory: InventoryDraft, town: Town | None) -> InventoryDraft:
    """The new facilities and those that came from tables or by hand, merged by the same rule as at their
    import."""
    current = active(FacilityInventory, town) if town is not None else None
    own = stored_facilities(current, source__in=["table", "manual"]) if current is not None else []
    if not own:
        return inventory
    merged, _replaced = merge(inventory.facilities, own)
    inventory.counts["carried_over"] = len(own)
    return InventoryDraft(in_spatial_order(merged), inventory.counts)


def carry_register(stock: Stock) -> Carried:
    """Give registered dwellings of the stock in use to the same buildings of a new one, instead of its
    estimates."""
    current = active(Stock, stock.town)
    if current is None:
        return Carried(0, [])
    registered = Building.objects.filter(stock=current, dwelling_source="register")
    if not registered.exists():
        return Carried(0, [])
    with connection.cursor() as cursor:
        sql = (SQL / "carry_register.sql").read_text(encoding="utf-8")
        cursor.execute(sql, {"old": current.pk, "new": stock.pk})
    kept = set(
        Building.objects.filter(stock=stock, dwelling_source="register").values_list("source_id", flat=True)
    )
    refresh_dwelling_count(stock)
    lost = [
        source_id for source_id in registered.values_list("source_id", flat=True) if source_id not in kept
    ]
    return Carried(len(kept), lost)


def refresh_dwelling_count(stock: Stock) -> None:
    counts = Building.objects.filter(stock=stock).values_list("dwelling_count", flat=True)
    stock.dwelling_count = sum(counts)
    stock.save(update_fields=["dwelling_count"])


def carrying_findings(carried: Carried, corrected: int) -> list[dict[str, Any]]:
    found = []
    if carried.buildings:
        found.append(
            Finding(
                "register_carried",
                "info",
                f"{carried.buildings} 栋楼的登记户室沿用到新数据。",
                f"Registered dwellings of {carried.buildings} buildings were carried over.",
                carried.buildings,
            )
        )
    if carried.lost:
        found.append(
            Finding(
                "register_lost",
                "problem",
                f"{len(carried.lost)} 栋有登记户室的楼不在新文件中，其登记未沿用。请核对后重新导入登记。",
                f"{len(carried.lost)} buildings with registered dwellings are not in the new file; their "
                "register was not "
                "carried over. Check them and import the register again.",
                len(carried.lost),
                carried.lost[:10],
            )
        )
    if corrected:
        found.append(
            Finding(
                "corrections_applied",
                "info",
                f"{corrected} 处人工更正已写入。",
                f"{corrected} corrections made by people were applied.",
                corrected,
            )
        )
    return [asdict(finding) for finding in found]
