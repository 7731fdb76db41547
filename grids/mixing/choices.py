"""Which figure exists for which kind of source, down to which level; one table for page, API and exports.

A choice that cannot exist is not left out in silence: it carries the sentence that says why. The rules are
those of the display levels in DECISIONS.md: the register may be shown down to the building, surveyed
answers only as sealed sums of a grid or more, official tables only as they were published.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

STOCK, SEALED, PUBLISHED = "stock", "sealed", "published"
KINDS = (STOCK, SEALED, PUBLISHED)

BUILDING, GRID, COMMUNITY, STREET, TOWN = "building", "grid", "community", "street", "town"
LEVELS = (BUILDING, GRID, COMMUNITY, STREET, TOWN)

W, R_STAR, SHARE, EFFECTIVE_GROUPS = "w", "r_star", "share", "effective_groups"
H, D_CORRECTED, QUOTIENT = "h", "d_corrected", "quotient"
MEASURES = (W, R_STAR, SHARE, EFFECTIVE_GROUPS, H, D_CORRECTED, QUOTIENT)

COUNTED_IN_PERSONS = frozenset({"age_band"})
ONE_A_BUILDING = frozenset({"building_kind"})

_NOT_BELOW_GRID = _("走访得来的数据最细只公布到网格，不到楼栋。")
_NOT_BELOW_COMMUNITY = _("公布的统计表最细到社区。")
_NO_TOWN_SUM = _("每轮走访只公布它走过的街道、社区和网格。")
_BETWEEN_BUILDINGS = _("这是楼与楼之间的比较，一栋楼自己没有。")
_GRID_TOO_SMALL = _("网格里答的户太少，加了保护以后，楼内的比较已经不准；请看社区。")
_NO_BUILDINGS_IN_IT = _("公布的统计表不分楼栋，算不出楼内的情况。")
_NO_BUILDINGS_SEALED = _("封存的数据里没有楼栋，这个指标算不出来。")
_ONLY_SHARES_SEALED = _("走访数据只公布占比，不再与全城相除：相除会把误差放大。")
_ONE_USE_A_BUILDING = _("一栋楼只有一种用途，楼里没有不同，楼与楼也就没有可比的混合。")
_PERSONS_NOT_PAIRS = _("年龄按人计，没有“同楼两户”的比较。")

Why = Any  # a lazily translated sentence, or "" where nothing is in the way

_LEVELS_WITHOUT: dict[tuple[str, str], Why] = {
    (SEALED, BUILDING): _NOT_BELOW_GRID,
    (SEALED, TOWN): _NO_TOWN_SUM,
    (PUBLISHED, BUILDING): _NOT_BELOW_COMMUNITY,
    (PUBLISHED, GRID): _NOT_BELOW_COMMUNITY,
}
_STOCK_BUILDING = dict.fromkeys((R_STAR, EFFECTIVE_GROUPS, H, D_CORRECTED, QUOTIENT), _BETWEEN_BUILDINGS)
_SEALED_ANYWHERE = {
    H: _NO_BUILDINGS_SEALED,
    D_CORRECTED: _NO_BUILDINGS_SEALED,
    QUOTIENT: _ONLY_SHARES_SEALED,
}
_PUBLISHED_ANYWHERE = dict.fromkeys((W, R_STAR, H, D_CORRECTED), _NO_BUILDINGS_IN_IT)


def why_no_level(kind: str, level: str) -> Why:
    """Why a kind of source has nothing at a level; "" where it may have."""
    return _LEVELS_WITHOUT.get((kind, level), "")


def why_no_measure(kind: str, level: str, measure: str, dimension: str = "") -> Why:
    """Why a measure does not exist there; "" where it does."""
    if not_there := why_no_level(kind, level):
        return not_there
    if kind == STOCK:
        if dimension in ONE_A_BUILDING and measure in (W, R_STAR, H, D_CORRECTED):
            return _ONE_USE_A_BUILDING
        return _STOCK_BUILDING.get(measure, "") if level == BUILDING else ""
    if kind == PUBLISHED:
        return _PUBLISHED_ANYWHERE.get(measure, "")
    if measure in (W, R_STAR):
        if dimension in COUNTED_IN_PERSONS:
            return _PERSONS_NOT_PAIRS
        if level == GRID:
            return _GRID_TOO_SMALL
    return _SEALED_ANYWHERE.get(measure, "")


def choices_json() -> dict[str, dict[str, Any]]:
    """{kind: {level: {"why", "measures": {measure: why}, "of": {dimension: the same}}}} for the page."""
    own_rules = sorted(COUNTED_IN_PERSONS | ONE_A_BUILDING)
    return {
        kind: {
            level: {
                "why": str(why_no_level(kind, level)),
                "measures": _whys(kind, level, ""),
                "of": {dimension: _whys(kind, level, dimension) for dimension in own_rules},
            }
            for level in LEVELS
        }
        for kind in KINDS
    }


def _whys(kind: str, level: str, dimension: str) -> dict[str, str]:
    return {one: str(why_no_measure(kind, level, one, dimension)) for one in MEASURES}
