"""Which sources a town has for one person."""

from collections.abc import Iterator
from typing import Any

from gis_core.permissions import duties_for
from grids.generations import active
from grids.mixing.choices import PUBLISHED, SEALED
from grids.mixing.sources import OPEN, READ_SEALED, MixSource, stock_source
from grids.models import PublishedTable, Stock, Town
from grids.scoping import visible_towns
from grids.tallies import released


def sources_of(town: Town, user: Any) -> Iterator[MixSource]:
    """The stock, then sealed rounds from the newest, then published tables; only what the duties open."""
    opens_page = visible_towns(user, OPEN).filter(pk=town.pk).exists()
    if opens_page and active(Stock, town) is not None:
        yield stock_source(town)
    if visible_towns(user, READ_SEALED).filter(pk=town.pk).exists():
        for release in released(town):
            if _touches(user, release.area_codes):
                yield MixSource(SEALED, town, plan=release.plan, release=release)
    if opens_page:
        for table in PublishedTable.objects.filter(town=town, withdrawn_at=None):
            yield MixSource(PUBLISHED, town, table=table)


def _touches(user: Any, area_codes: list[str]) -> bool:
    """Does the round lie in or over a place of the duties?"""
    scope = duties_for(user, READ_SEALED)
    return any(scope.holds(code) or code in scope.ancestor_codes for code in area_codes)
