"""One door to every figure of mixed residence: town, source, dimension, level, and who asks."""

from typing import Any

from django.utils.translation import gettext as _

from grids.mixing.choices import LEVELS, MEASURES, SEALED, STOCK, why_no_level, why_no_measure
from grids.mixing.dimensions import name_of, named_groups
from grids.mixing.published_figures import published_groups, published_levels, published_rows
from grids.mixing.rows import Figures, Row
from grids.mixing.sealed import sealed_groups, sealed_levels, sealed_rows, sealed_whole
from grids.mixing.source_facts import answered_of, source_json
from grids.mixing.source_list import sources_of
from grids.mixing.sources import (
    MixSource,
    NoSuchFigure,
    UnknownChoice,
    dimensions_of,
    find_source,
    require_dimension,
    town_for,
)
from grids.mixing.stock_figures import stock_rows, stock_whole
from grids.mixing.stock_tables import stock_counts


def figures(town: Any, source: str, dimension: str, level: str, user: Any, area: str = "") -> Figures:
    """The figures of one level, as this person may see them.

    Args:
        town: a Town, or its slug.
        source: "stock", "sealed:<uid>" or "published:<uid>".
        dimension: one of the source's; its first when empty.
        level: building, grid, community, street, town.
        area: only what lies in this area (code), or is this grid.

    Raises:
        NotAllowed, NotFound: outside the duties. UnknownChoice: no such name. NoSuchFigure: the choice does
        not exist here, and why.
    """
    found_town = town_for(user, town) if isinstance(town, str) else town
    found = find_source(user, found_town, source)
    return figures_of(found, require_dimension(found, dimension), level, user, area)


def figures_of(source: MixSource, dimension: str, level: str, user: Any, area: str = "") -> Figures:
    require_level(source, level)
    groups = require_groups(source, dimension)
    rows = _rows(source, dimension, level, user, area)
    return Figures(
        source=source_json(source, dimension),
        dimension={"code": dimension, "name": dimension_name(source, dimension)},
        level=level,
        groups=named_groups(dimension, groups),
        weighting="pairs" if source.kind == SEALED else "households",
        rows=rows,
        whole=_whole(source, dimension, user),
        not_available=_not_available(source, dimension, level),
        notes=notes_of(source),
    )


def dimension_name(source: MixSource, dimension: str) -> str:
    return source.table.name if source.table is not None else name_of(dimension)


def groups_of(source: MixSource, dimension: str) -> tuple[str, ...]:
    if source.stock is not None:
        return stock_counts(source.stock, dimension).groups
    if source.release is not None:
        return sealed_groups(source.release, dimension)
    return published_groups(source)


def require_groups(source: MixSource, dimension: str) -> tuple[str, ...]:
    """The groups of a dimension; a refusal where the source knows none."""
    groups = groups_of(source, dimension)
    if not groups:
        raise NoSuchFigure(
            _("这份房屋登记里没有“%(name)s”。导入带这一列的户室登记后就有。") % {"name": name_of(dimension)},
            dimension=dimension,
        )
    return groups


def levels_of(source: MixSource, dimension: str) -> list[str]:
    """Levels on which the source has rows."""
    if source.release is not None:
        return sealed_levels(source.release, dimension)
    if source.table is not None:
        return published_levels(source)
    return [level for level in LEVELS if source.plan is not None or level != "grid"]


def require_level(source: MixSource, level: str) -> None:
    if level not in LEVELS:
        raise UnknownChoice(
            _("level 为“%(met)s”，可用：%(known)s。") % {"met": level[:40], "known": "、".join(LEVELS)},
            level=level[:40],
        )
    why = why_no_level(source.kind, level)
    if not why and level == "grid" and source.kind == STOCK and source.plan is None:
        why = _("这个城镇还没有在用的网格。")
    if why:
        raise NoSuchFigure(str(why), level=level, source=source.key)


def _rows(source: MixSource, dimension: str, level: str, user: Any, area: str) -> list[Row]:
    if source.kind == STOCK:
        return stock_rows(source, dimension, level, user, area)
    if source.kind == SEALED:
        return sealed_rows(source, dimension, level, user, area)
    return published_rows(source, level, user, area)


def _whole(source: MixSource, dimension: str, user: Any) -> Row | None:
    if source.kind == STOCK:
        return stock_whole(source, dimension, user)
    return sealed_whole(source, dimension, user) if source.kind == SEALED else None


def _not_available(source: MixSource, dimension: str, level: str) -> list[dict[str, str]]:
    """Levels and measures that do not exist here, each with its reason."""
    levels = [{"level": one, "reason": str(why_no_level(source.kind, one))} for one in LEVELS]
    has = levels_of(source, dimension)
    for row in levels:
        if not row["reason"] and row["level"] not in has:
            row["reason"] = _("这个来源没有这一级的数据。")
    measures = [
        {"measure": one, "reason": str(why_no_measure(source.kind, level, one, dimension))}
        for one in MEASURES
    ]
    return [row for row in [*levels, *measures] if row["reason"]]


def notes_of(source: MixSource) -> list[str]:
    """What must be said beside any figure of this kind."""
    said = [_("混居的比例说明谁住在哪里，不说明邻里相处得好不好，也不用来给网格排名。")]
    if source.kind == STOCK:
        said.append(_("按登记的住房套数计，含空置房；没有登记这一项的住房不计入，旁边写明登记了多少。"))
    elif source.kind == SEALED:
        said.append(
            _(
                "走访数据封存时加过一次随机扰动，数量取整到 5，“±”是 95% 的误差范围；"
                "不到 30 户作答的地方不显示。没有作答的住户不在内，他们可能与作答的不同。"
            )
        )
    else:
        said.append(_("这是公布的统计数字，原样引用，未作推算。"))
    return said


# --- What there is -------------------------------------------------------------------------


def sources_json(town: Any, user: Any) -> dict[str, Any]:
    """Every source of a town that this person may read, with its dimensions, groups and levels."""
    found_town = town_for(user, town) if isinstance(town, str) else town
    body: dict[str, Any] = {"town": found_town.slug, "stock": None, "sealed": [], "published": []}
    for source in sources_of(found_town, user):
        told = {
            **source_json(source, ""),
            "dimensions": [_dimension(source, d) for d in dimensions_of(source)],
        }
        if source.kind == STOCK:
            body["stock"] = told
        else:
            body[source.kind].append(told)
    return body


def _dimension(source: MixSource, code: str) -> dict[str, Any]:
    groups = groups_of(source, code)
    answered = response = None
    if source.release is not None:
        answered, dwellings = answered_of(source.release, code)
        response = round(answered / dwellings, 4) if answered is not None and dwellings else None
    return {
        "code": code,
        "name": dimension_name(source, code),
        "groups": named_groups(code, groups),
        "levels": levels_of(source, code) if groups else [],
        "answered": answered,
        "response": response,
    }
