"""The words of the sealing pages: what is released and how exact, what is erased, what was proved."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grids.mixing.accuracy import accuracy_rows
from grids.mixing.dimensions import name_of
from survey.allocation import CATEGORIES
from survey.sealing_plan import Accuracy, Plan, accuracies, pair_margin

LEVEL_WORDS = {
    "grid": pgettext_lazy("level", "网格"),
    "community": pgettext_lazy("level", "社区"),
    "street": gettext_lazy("街道"),
}
ERASED_WORDS: dict[str, Any] = {
    "households": gettext_lazy("住户登记（家庭类型、从哪里来、年龄段）"),
    "records": gettext_lazy("走访记录的原文"),
    "files": gettext_lazy("照片和附件"),
    "contacts": gettext_lazy("联系方式"),
    "entity_versions": gettext_lazy("住户名册的历次版本"),
    "kept_uploads": gettext_lazy("没有成为记录的上传"),
    "remarks": gettext_lazy("退回说明和审核备注"),
}
SCAN_WORDS: dict[str, Any] = {
    "household": gettext_lazy("住户登记"),
    "submission": gettext_lazy("走访记录的原文"),
    "attachment": gettext_lazy("照片和附件"),
    "entity": gettext_lazy("住户名册"),
    "entityversion": gettext_lazy("住户名册的历次版本"),
    "keptupload": gettext_lazy("没有成为记录的上传"),
    "keptfile": gettext_lazy("上传里的文件"),
    "remarks": gettext_lazy("退回说明和审核备注"),
}


def points(share: float) -> str:
    """A margin of a share in percentage points, as people say it; beyond one half it says nothing."""
    if share >= 0.5:
        return _("看不出")
    value = 100 * share
    return f"±{value:.1f}" if value < 10 else f"±{value:.0f}"


def release_rows(plan: Plan) -> list[dict[str, Any]]:
    """One row a dimension, its levels inside, and what 100, 200 and 400 households would give."""
    by_dimension: dict[str, list[Accuracy]] = {}
    for one in accuracies(plan):
        by_dimension.setdefault(one.dimension, []).append(one)
    return [_row(plan, dimension, levels) for dimension, levels in by_dimension.items()]


def _row(plan: Plan, dimension: str, levels: list[Accuracy]) -> dict[str, Any]:
    allocation = plan.of(dimension)
    usual = accuracy_rows(
        allocation.as_json(), len(CATEGORIES[dimension]), in_persons=allocation.counts_persons
    )
    between = pair_margin(plan, dimension)
    return {
        "name": name_of(dimension),
        "answered": plan.answered[dimension],
        "finest": LEVEL_WORDS[levels[0].level],
        "is_above_grid": levels[0].level != "grid",
        "levels": [
            {
                "name": LEVEL_WORDS[one.level],
                "count": one.area_count,
                "answered": one.answered,
                "is_one_size": one.answered[0] == one.answered[1],
                "best": points(one.margins[0]),
                "worst": points(one.margins[1]),
                "is_even": points(one.margins[0]) == points(one.margins[1]),
            }
            for one in levels
        ],
        "usual": [(row["households"], points(float(row["share_margin"] or 0))) for row in usual],
        "pairs": points(between) if between is not None else "",
        "epsilon": f"{allocation.epsilon:.2f}",
    }


def counted_words(words: dict[str, Any], counts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(words[code], counts.get(code, 0)) for code in words]
