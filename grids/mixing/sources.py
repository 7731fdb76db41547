"""Where a figure comes from: the stock in use, one sealed round, one published table. Never a mixture.

A source is named `stock`, `sealed:<uid>` or `published:<uid>`. Grid workers read what was sealed about
their own grid; stock and published tables need the page 混居 itself.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import NotFound, Refusal
from gis_core.permissions import require
from grids.generations import active
from grids.mixing.choices import PUBLISHED, SEALED, STOCK
from grids.mixing.dimensions import PUBLISHED_DIMENSION, STOCK_DIMENSIONS
from grids.models import GridPlan, PublishedTable, SealedRelease, Stock, Town
from grids.scoping import visible_towns

OPEN, READ_SEALED = "open_mix", "read_sealed"
ACTIONS = {STOCK: OPEN, SEALED: READ_SEALED, PUBLISHED: OPEN}


class UnknownChoice(Refusal):
    code = "unknown_choice"


class NoSuchFigure(Refusal):
    """A choice that exists elsewhere but not here; the sentence says why."""

    code = "no_such_figure"


@dataclass(frozen=True)
class MixSource:
    """One source of one town. Exactly one of stock, release, table is set."""

    kind: str
    town: Town
    plan: GridPlan | None = None
    stock: Stock | None = None
    release: SealedRelease | None = None
    table: PublishedTable | None = None

    @property
    def action(self) -> str:
        return ACTIONS[self.kind]

    @property
    def key(self) -> str:
        found = self.release or self.table
        return f"{self.kind}:{found.uid}" if found is not None else self.kind

    @property
    def pin(self) -> str:
        """Names everything that the figures hang on."""
        stock = str(self.stock.uid) if self.stock else ""
        return "|".join((self.key, stock, str(self.plan.uid) if self.plan else ""))


def town_for(user: Any, slug: str | None, action: str = READ_SEALED) -> Town:
    """The town of this slug, or the first one, within the duties for the action."""
    require(user, action)
    towns = visible_towns(user, action)
    if slug is not None:
        towns = towns.none() if "\x00" in slug else towns.filter(slug=slug)
    found: Town | None = towns.first()
    if found is None:
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
    return found


def find_source(user: Any, town: Town, asked: str) -> MixSource:
    """The source of this name.

    Raises:
        UnknownChoice: it is no name of a source. NotAllowed: the duties do not open this kind.
        NotFound: there is none, or it is another town's.
    """
    kind, _sep, uid = asked.partition(":")
    if kind not in ACTIONS or bool(uid) != (kind != STOCK):
        raise UnknownChoice(
            _("source 为“%(met)s”，应为 stock、sealed:<编号> 或 published:<编号>。") % {"met": asked[:60]},
            source=asked[:60],
        )
    require(user, ACTIONS[kind])
    if not visible_towns(user, ACTIONS[kind]).filter(pk=town.pk).exists():
        raise NotFound(_("没有这个城镇，或者不在您的职责范围内。"))
    if kind == STOCK:
        return stock_source(town)
    number = _uuid(uid)
    if kind == SEALED:
        release = SealedRelease.objects.select_related("plan", "town").filter(uid=number, town=town).first()
        if release is not None:
            return MixSource(SEALED, town, plan=release.plan, release=release)
    else:
        table = PublishedTable.objects.filter(uid=number, town=town, withdrawn_at=None).first()
        if table is not None:
            return MixSource(PUBLISHED, town, table=table)
    raise NotFound(_("没有这个来源，或者不在您的职责范围内。"))


def stock_source(town: Town) -> MixSource:
    stock: Stock | None = active(Stock, town)
    if stock is None:
        raise NotFound(_("“%(town)s”没有在用的房屋数据。请先在“数据”里导入并启用。") % {"town": town.name_zh})
    return MixSource(STOCK, town, plan=active(GridPlan, town), stock=stock)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def dimensions_of(source: MixSource) -> tuple[str, ...]:
    if source.release is not None:
        return tuple(source.release.allocations)
    return STOCK_DIMENSIONS if source.stock is not None else (PUBLISHED_DIMENSION,)


def require_dimension(source: MixSource, asked: str) -> str:
    """The dimension asked for, the source's first when none is; a refusal that lists what there is."""
    known = dimensions_of(source)
    if not known:
        raise NoSuchFigure(_("这个来源没有这一级的数据。"), source=source.key)
    if asked and asked not in known:
        raise UnknownChoice(
            _("这个来源没有“%(met)s”这一项，可用：%(known)s。")
            % {"met": asked[:40], "known": "、".join(known)},
            dimension=asked[:40],
        )
    return asked or known[0]
