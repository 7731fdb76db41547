"""What people call a building: its estate and its name or address there."""

from collections.abc import Iterable

from grids.models import Building


def building_names(stock_id: int, codes: Iterable[str]) -> dict[str, str]:
    """{building code: name}; "" where it has none."""
    rows = Building.objects.filter(stock=stock_id, code__in=list(codes)).order_by()
    found = {}
    for code, name, address, estate in rows.values_list("code", "name", "address", "estate__name_zh"):
        called, within = name or address or "", estate or ""
        found[code] = called if called.startswith(within) else f"{within} {called}".strip()
    return found
