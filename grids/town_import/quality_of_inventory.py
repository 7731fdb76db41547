"""What the report says of facilities, and of the categories that nobody mapped."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from grids.catalogue import walk_categories
from grids.facilities.inventory import InventoryDraft
from grids.models import Facility
from grids.town_import.quality import EXAMPLES_LISTED, Finding


def inventory_findings(draft: InventoryDraft) -> list[Finding]:
    open_ones = [row for row in draft.facilities if row.status == Facility.Status.OPEN]
    found = _missing_categories(open_ones)
    assumed = [row for row in open_ones if "tag?level" in row.matches.values()]
    if assumed:
        found.append(
            Finding(
                "schools_without_level",
                "warning",
                f"{len(assumed)} 所学校没有标注学段，名称也看不出，同时按小学和初中计算。请核对。",
                f"{len(assumed)} schools state no level, nor does their name; they count as primary and as "
                "junior "
                "secondary schools. Check them.",
                len(assumed),
                [row.source_id for row in assumed][:EXAMPLES_LISTED],
            )
        )
    unsized = [row for row in open_ones if "tag?size" in row.matches.values()]
    if unsized:
        found.append(
            Finding(
                "size_unknown",
                "info",
                f"{len(unsized)} 处公园或场地没有轮廓或小于标准，只计入最小一级。",
                f"{len(unsized)} parks or courts have no outline or are below the standard; they count for "
                "the smallest class only.",
                len(unsized),
                [row.source_id for row in unsized][:EXAMPLES_LISTED],
            )
        )
    return found + _facility_counts(draft)


def _missing_categories(facilities: Iterable[Any]) -> list[Finding]:
    """The shall categories nobody mapped one by one, all others in one finding."""
    present = Counter(code for row in facilities for code in row.matches)
    absent = [row for row in walk_categories() if not present[row.code]]
    found = [
        Finding(
            "category_without_data",
            "warning",
            f"未标注任何{row.name_zh}：这是没有数据，不是没有服务。该类不计入得分。",
            f"No {row.name_en} is mapped: this is no data, not no service. The category leaves the score.",
            0,
            [row.code],
        )
        for row in absent
        if row.is_shall
    ]
    others = [row for row in absent if not row.is_shall]
    if others:
        found.append(
            Finding(
                "other_categories_without_data",
                "info",
                f"另有 {len(others)} 类非必配设施没有数据："
                f"{'、'.join(row.name_zh for row in others[:8])}等。",
                f"{len(others)} further categories, not required ones, have no data: "
                f"{', '.join(row.name_en for row in others[:8])} …",
                len(others),
                [row.code for row in others],
            )
        )
    return found


def _facility_counts(draft: InventoryDraft) -> list[Finding]:
    total = len(draft.facilities)
    nameless = sum(not row.name for row in draft.facilities)
    restricted = sum(row.open_to != "public" for row in draft.facilities)
    closed = sum(row.status != Facility.Status.OPEN for row in draft.facilities)
    rows = (
        ("facilities_without_name", nameless, "{} 处设施没有名称。", "{} facilities have no name."),
        (
            "facilities_not_public",
            restricted,
            "{} 处设施只对居民或成员开放，不计入公众覆盖。",
            "{} facilities are for residents or members only and do not count for everybody.",
        ),
        (
            "facilities_closed",
            closed,
            "{} 处设施停用或在建，不计入。",
            "{} facilities are closed or planned and do not count.",
        ),
        (
            "counted_once",
            draft.counts["counted_once"],
            "{} 处设施重复标注，各计一次。",
            "{} facilities are mapped twice and counted once.",
        ),
        (
            "not_in_catalogue",
            draft.counts["not_in_catalogue"],
            "{} 个其他地点不在服务目录内，未载入。",
            "{} other places are not in the service catalogue and were not loaded.",
        ),
        (
            "facilities_outside",
            draft.counts["facilities_outside"],
            "离边界 2 公里以外的 {} 处设施未载入。",
            "{} facilities more than 2 km beyond the boundary were not loaded.",
        ),
    )
    return [
        Finding(code, "info", zh.format(f"{count:,}"), en.format(f"{count:,}"), count)
        for code, count, zh, en in rows
        if count and total
    ]
