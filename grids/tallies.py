"""The one door through which surveyed figures come into this room, and what its hash is made of.

`replace_sealed_tallies` is the only writer. It takes a finished table: noisy, consistent, of grids and larger
areas. What it stores can be written out again as text, byte for byte the same (`canonical_bytes`), and the
SHA-256 of that text stands in the release: whoever has the table can check that nobody touched it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from grids.models import GridPlan, SealedPairs, SealedRelease, SealedTally, Town

GRID, COMMUNITY, STREET = "grid", "community", "street"
LEVELS = (GRID, COMMUNITY, STREET)
FORMAT = "wangge sealed table 1"
STEPS_IN_ONE = 1024
"""Counts are whole multiples of 1/1024: sums of them are exact, and ten decimals write them out whole."""
AT_ONCE = 5_000


@dataclass(frozen=True)
class Cell:
    """One noisy count."""

    level: str
    code: str
    dimension: str
    category: str
    count: float
    sd: float
    answered: int
    dwellings: int


@dataclass(frozen=True)
class PairSum:
    """Pairs of households of the same building that differ, over one community."""

    code: str
    dimension: str
    within_pairs: int
    within_differing: float
    sd: float


@dataclass(frozen=True)
class Release:
    """What a table is about and how it was made."""

    town: Town
    round_uid: UUID
    round_name: str
    plan: GridPlan
    area_codes: list[str]
    starts_on: date
    ends_on: date
    year: int
    epsilon: Decimal
    allocations: dict[str, Any]
    dwelling_count: int
    sealed_at: datetime


@transaction.atomic
def replace_sealed_tallies(
    release: Release, cells: Sequence[Cell], pairs: Sequence[PairSum], *, by: Any
) -> SealedRelease:
    """Store the table of one round; a table of the same round that was there is replaced.

    Raises:
        ValueError: a level below the grid, or counts that do not add up.
    """
    _require_whole(cells)
    SealedRelease.objects.filter(round_uid=release.round_uid).delete()
    stored = SealedRelease.objects.create(
        town=release.town,
        round_uid=release.round_uid,
        round_name=release.round_name,
        plan=release.plan,
        area_codes=sorted(release.area_codes),
        starts_on=release.starts_on,
        ends_on=release.ends_on,
        year=release.year,
        epsilon=release.epsilon,
        allocations=release.allocations,
        dwelling_count=release.dwelling_count,
        sha256="",
        sealed_by=by if getattr(by, "pk", None) else None,
        sealed_at=release.sealed_at,
    )
    SealedTally.objects.bulk_create(
        [SealedTally(release=stored, **vars(cell)) for cell in cells], batch_size=AT_ONCE
    )
    SealedPairs.objects.bulk_create([SealedPairs(release=stored, **vars(pair)) for pair in pairs])
    stored.sha256 = hashlib.sha256(canonical_bytes(stored)).hexdigest()
    stored.save(update_fields=["sha256"])
    return stored


def _require_whole(cells: Sequence[Cell]) -> None:
    """Categories of households add up to those who answered, exactly; nothing is finer than a grid."""
    sums: dict[tuple[str, str, str], float] = {}
    answered: dict[tuple[str, str, str], int] = {}
    for cell in cells:
        if cell.level not in LEVELS or cell.count * STEPS_IN_ONE != round(cell.count * STEPS_IN_ONE):
            raise ValueError(f"no cell of a sealed table: {cell.level} {cell.code} {cell.dimension}")
        place = (cell.level, cell.code, cell.dimension)
        sums[place] = sums.get(place, 0.0) + cell.count
        answered[place] = cell.answered
    for place, total in sums.items():
        if place[2] != "age_band" and total != answered[place]:  # persons: their number is not known
            raise ValueError(f"categories do not add up: {place} {total} of {answered[place]}")


# --- Reading ------------------------------------------------------------------------------


def released(town: Town) -> QuerySet[SealedRelease]:
    """Sealed rounds of a town, the newest first."""
    return SealedRelease.objects.filter(town=town).select_related("plan")


def sealed_cells(release: SealedRelease, dimension: str, level: str) -> QuerySet[SealedTally]:
    return release.tallies.filter(dimension=dimension, level=level).order_by("code", "category")


def sealed_pairs(release: SealedRelease, dimension: str) -> QuerySet[SealedPairs]:
    return release.pair_sums.filter(dimension=dimension).order_by("code")


# --- The text whose hash is kept ----------------------------------------------------------


def canonical_bytes(release: SealedRelease) -> bytes:
    """The whole table as UTF-8 text: one line a fact, columns parted by tabs, lines in the order of their
    bytes below the heading; numbers with a fixed number of decimals, no line without an end.
    """
    heading = [
        FORMAT,
        f"round\t{release.round_uid}",
        f"town\t{release.town.root_code}",
        f"plan\t{release.plan.uid}",
        f"areas\t{','.join(release.area_codes)}",
        f"dates\t{release.starts_on.isoformat()}\t{release.ends_on.isoformat()}",
        f"epsilon\t{release.year}\t{Decimal(release.epsilon):.4f}",
        f"dwellings\t{release.dwelling_count}",
        *(f"spent\t{line}" for line in _allocation_lines(release.allocations)),
    ]
    cells = [
        f"cell\t{row.level}\t{row.code}\t{row.dimension}\t{row.category}\t{row.count:.10f}\t{row.sd:.6f}"
        f"\t{row.answered}\t{row.dwellings}"
        for row in release.tallies.all()
    ]
    pairs = [
        f"pairs\t{row.code}\t{row.dimension}\t{row.within_pairs}\t{row.within_differing:.10f}\t{row.sd:.6f}"
        for row in release.pair_sums.all()
    ]
    return "".join(f"{line}\n" for line in [*heading, *sorted(cells), *sorted(pairs)]).encode()


def _allocation_lines(allocations: dict[str, Any]) -> list[str]:
    lines = []
    for dimension, spent in sorted(allocations.items()):
        parts = [f"{level}={value:.6f}" for level, value in sorted(spent["levels"].items())]
        lines.append(
            f"{dimension}\t{','.join(parts)}\tpairs={spent['pairs']:.6f}\tsensitivity={spent['sensitivity']}"
        )
    return lines


def is_untouched(release: SealedRelease) -> bool:
    """Does the table in the database still have the hash that it was sealed with?"""
    return hashlib.sha256(canonical_bytes(release)).hexdigest() == release.sha256
