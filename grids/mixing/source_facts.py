"""What stands beside every figure: where it comes from, of when, how many answered, what privacy it cost."""

from typing import Any

from django.utils.translation import gettext as _

from grids.generations import active
from grids.mixing.accuracy import accuracy_rows
from grids.mixing.choices import COUNTED_IN_PERSONS
from grids.mixing.sealed import sealed_areas, sealed_levels
from grids.mixing.sources import MixSource
from grids.models import GridPlan, SealedRelease, SealedTally, Town

NOTHING: dict[str, Any] = dict.fromkeys(
    (
        "label", "date", "round", "starts_on", "ends_on", "answered", "dwellings", "response", "epsilon",
        "year", "sha256", "stock", "plan", "unit", "attribution", "release", "table", "name", "source",
        "accuracy",
    )
)  # fmt: skip


def source_json(source: MixSource, dimension: str) -> dict[str, Any]:
    """The same keys for every kind; what a kind does not have is null."""
    head = {**NOTHING, "kind": source.kind, "key": source.key}
    if source.plan is not None:
        head["plan"] = str(source.plan.uid)
    if source.stock is not None:
        return {**head, **_stock(source)}
    if source.release is not None:
        return {**head, **_sealed(source.release, dimension)}
    assert source.table is not None
    table = source.table
    return {
        **head,
        "label": str(table),
        "name": table.name,
        "date": str(table.year),
        "year": table.year,
        "unit": table.unit,
        "source": table.source,
        "attribution": table.source,
        "table": str(table.uid),
        "sha256": table.file_sha256,
    }


def _stock(source: MixSource) -> dict[str, Any]:
    stock = source.stock
    assert stock is not None
    dated = stock.source_date or (stock.activated_at or stock.created_at).date()
    return {
        "label": _("房屋登记 #%(number)d") % {"number": stock.number},
        "date": dated.isoformat(),
        "dwellings": stock.dwelling_count,
        "stock": str(stock.uid),
        "unit": _("套"),
        "attribution": stock.attribution,
    }


def _sealed(release: SealedRelease, dimension: str) -> dict[str, Any]:
    answered, dwellings = answered_of(release, dimension)
    return {
        "label": release.round_name,
        "round": release.round_name,
        "release": str(release.uid),
        "date": release.ends_on.isoformat(),
        "starts_on": release.starts_on.isoformat(),
        "ends_on": release.ends_on.isoformat(),
        "answered": answered,
        "dwellings": dwellings,
        "response": round(answered / dwellings, 4) if answered is not None and dwellings else None,
        "epsilon": float(release.epsilon),
        "year": release.year,
        "sha256": release.sha256,
        "unit": _("人") if dimension in COUNTED_IN_PERSONS else _("户"),
        "attribution": _("走访登记，封存时加扰动"),
        "accuracy": accuracy_of(release, dimension) if dimension else None,
    }


def answered_of(release: SealedRelease, dimension: str) -> tuple[int | None, int]:
    """Households that answered this dimension, and dwellings of the round."""
    levels = sealed_levels(release, dimension) if dimension else []
    if not levels:
        return None, release.dwelling_count
    areas = sealed_areas(release, dimension, levels[-1]).values()
    return sum(area.answered for area in areas), release.dwelling_count


def accuracy_of(release: SealedRelease, dimension: str) -> list[dict[str, float | int | None]]:
    tallies = SealedTally.objects.filter(release=release, dimension=dimension)
    groups = tallies.order_by().values("category").distinct().count()
    return accuracy_rows(release.allocations[dimension], groups, in_persons=dimension in COUNTED_IN_PERSONS)


def is_plan_in_use(plan: GridPlan, town: Town) -> bool:
    in_use = active(GridPlan, town)
    return in_use is not None and in_use.pk == plan.pk
