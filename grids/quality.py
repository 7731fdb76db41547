"""The data-quality report of an import: what was found, what is missing, and what that means for the figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from grids.catalogue import walk_categories
from grids.estates import EstateDraft
from grids.inventory import InventoryDraft
from grids.models import Building, Facility
from grids.network import NetworkDraft
from grids.stock import StockDraft

EXAMPLES_LISTED = 10
FEW_FLOORS_SHARE = 0.5
SMALL_ISLAND_SHARE = 0.01
FEWEST_BUILDINGS_A_KM = 0.2


@dataclass(frozen=True)
class Finding:
    """One thing the reader of a figure must know."""

    code: str
    severity: str  # info | warning | problem
    sentence_zh: str
    sentence_en: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


def report_of(
    counts: dict[str, Any], findings: Iterable[Finding], files: Sequence[dict[str, str]]
) -> dict[str, Any]:
    """The report as a generation keeps it; problems first."""
    order = {"problem": 0, "warning": 1, "info": 2}
    ranked = sorted(findings, key=lambda finding: order[finding.severity])
    return {"counts": counts, "findings": [asdict(finding) for finding in ranked], "files": list(files)}


def percent(part: int, whole: int) -> str:
    """A share that never rounds something to nothing or a part to all."""
    if not part or not whole:
        return "0 %"
    share = 100 * part / whole
    if part == whole:
        return "100 %"
    return "<1 %" if share < 1 else f"{min(round(share), 99)} %"


def stock_findings(draft: StockDraft, *, street_km: float = 0.0) -> list[Finding]:
    total = len(draft.buildings)
    if not total:
        return [
            Finding(
                "no_buildings",
                "problem",
                "文件中没有楼栋：可以看路网，不能计算生活圈。请导入含楼栋的文件或楼栋登记。",
                "The file holds no buildings: there is a network to look at, and no coverage to compute. "
                "Import a file with buildings or a building register.",
            )
        ]
    found = [_floors_finding(draft, total), _homes_finding(draft)]
    if total < FEWEST_BUILDINGS_A_KM * street_km:
        found.append(
            Finding(
                "few_buildings",
                "problem",
                f"{street_km:,.0f} 公里道路旁只有 {total:,} 栋楼：这个文件很可能没有楼栋数据，生活圈结果没有意义。",
                f"Only {total:,} buildings along {street_km:,.0f} km of streets: the file most likely holds no building "
                "data, and coverage means nothing here.",
                total,
            )
        )
    found += _use_finding(draft)
    named = sum(bool(row.name or row.address) for row in draft.buildings)
    found.append(
        Finding(
            "building_names",
            "info",
            f"{percent(named, total)}的楼栋有名称或地址；其余只能按编号或在地图上查找。",
            f"{percent(named, total)} of the buildings have a name or an address; the others are found by code or on the map.",
            named,
        )
    )
    if draft.bad_values:
        found.append(
            Finding(
                "bad_values",
                "warning",
                f"{len(draft.bad_values)} 处层数、高度或户数无法读取，按未标注处理。",
                f"{len(draft.bad_values)} values of levels, height or flats cannot be read and count as not mapped.",
                len(draft.bad_values),
                draft.bad_values[:EXAMPLES_LISTED],
            )
        )
    return found + _placing_findings(draft) + estate_findings(draft.estates)


def _floors_finding(draft: StockDraft, total: int) -> Finding:
    with_floors = sum(row.floors is not None for row in draft.buildings)
    severity = "info" if with_floors >= FEW_FLOORS_SHARE * total else "warning"
    return Finding(
        "building_floors",
        severity,
        f"{percent(with_floors, total)}的楼栋有层数；其余楼栋的户数按同类楼栋的平均层数估算。",
        f"{percent(with_floors, total)} of the buildings have floors; dwellings of the others are estimated from the "
        "mean floors of their kind.",
        with_floors,
    )


def _homes_finding(draft: StockDraft) -> Finding:
    dwellings = sum(row.homes.count for row in draft.buildings)
    return Finding(
        "dwellings_estimated",
        "warning",
        f"{dwellings:,} 户是按占地、层数和单元估算的，不是登记数；导入房屋登记后以登记为准。",
        f"{dwellings:,} dwellings are estimated from footprint, floors and stairwells, not registered; "
        "a register replaces them once imported.",
        dwellings,
    )


def _use_finding(draft: StockDraft) -> list[Finding]:
    unknown, assumed = draft.counts["unknown_use"], draft.counts["assumed_homes"]
    if not unknown:
        return []
    share = percent(unknown, len(draft.buildings))
    return [
        Finding(
            "building_use_unknown",
            "warning",
            f"{share}的楼栋没有标注用途；其中 {assumed:,} 栋按位置和大小当作住宅估算户数。",
            f"{share} of the buildings have no mapped use; {assumed:,} of them are taken for housing by place and size.",
            unknown,
            [row.source_id for row in draft.buildings if row.kind == Building.Kind.UNKNOWN][:EXAMPLES_LISTED],
        )
    ]


def _placing_findings(draft: StockDraft) -> list[Finding]:
    found = []
    if beside := draft.counts["buildings_beside_communities"]:
        found.append(
            Finding(
                "buildings_beside_communities",
                "warning",
                f"{beside} 栋楼不在任何社区边界内，已归入最近的社区。",
                f"{beside} buildings lie in no community's outline and were given to the nearest.",
                beside,
            )
        )
    if outside := draft.counts["buildings_outside"]:
        found.append(
            Finding(
                "buildings_outside",
                "info",
                f"边界外的 {outside:,} 栋楼未载入。",
                f"{outside:,} buildings outside the boundary were not loaded.",
                outside,
            )
        )
    return found


def estate_findings(estates: Sequence[EstateDraft]) -> list[Finding]:
    if not estates:
        return [
            Finding(
                "no_estates",
                "info",
                "文件中没有标注小区：没有数据，不等于没有封闭小区。步行路线可能穿过实际封闭的小区。",
                "No estates are mapped: that is no data, not an absence of closed estates. Walks may lead through "
                "estates that are closed in fact.",
            )
        ]
    closed = [row for row in estates if row.is_closed]
    gateless = [row for row in estates if row.says_private and not row.gates]
    unknown = [row for row in estates if not row.is_closed and not row.says_private]
    found = [
        Finding(
            "estates_closed",
            "info",
            f"{len(estates)} 个小区中 {len(closed)} 个有围墙或禁行标注并有大门，按封闭小区计算；"
            f"{len(unknown)} 个是否封闭不明，按可穿行计算。",
            f"Of {len(estates)} estates {len(closed)} have gates and a wall or a private tag and count as closed; "
            f"for {len(unknown)} it is unknown, and walks may pass through.",
            len(closed),
            [row.source_id for row in unknown][:EXAMPLES_LISTED],
        )
    ]
    if gateless:
        found.append(
            Finding(
                "closed_estates_without_gates",
                "warning",
                f"{len(gateless)} 个小区标为封闭但没有标注大门，按可穿行计算。请补充大门。",
                f"{len(gateless)} estates are tagged as closed but have no gate; walks may pass through. Map their gates.",
                len(gateless),
                [row.source_id for row in gateless][:EXAMPLES_LISTED],
            )
        )
    return found


def network_findings(draft: NetworkDraft) -> list[Finding]:
    total = len(draft.node_source_id)
    if not total:
        return [
            Finding(
                "no_streets",
                "problem",
                "文件中没有可步行的道路，无法计算步行距离。",
                "The file holds no streets to walk on; no walk can be computed.",
            )
        ]
    on_islands = int((draft.node_component > 0).sum())
    found = [
        Finding(
            "islands",
            "warning" if on_islands > SMALL_ISLAND_SHARE * total else "info",
            f"路网有 {draft.island_count} 处与主网不相连，共 {percent(on_islands, total)}的路口；"
            "保留在网中，从那里走不到主网上的设施。",
            f"{draft.island_count} parts of the network are not connected to the main part, {percent(on_islands, total)} of "
            "the junctions; they are kept, and nothing on the main part is reached from them.",
            draft.island_count,
            [
                f"node/{node}"
                for node in draft.node_source_id[draft.node_component > 0][:EXAMPLES_LISTED].tolist()
            ],
        )
    ]
    for code, zh, en, severity in _NETWORK_COUNTS:
        if count := draft.counts[code]:
            found.append(Finding(code, severity, zh.format(count), en.format(count), count))
    return found


_NETWORK_COUNTS = (
    ("ferries", "{} 条轮渡未计入步行网。", "{} ferries are not part of the walking network.", "info"),
    (
        "missing_nodes",
        "{} 个道路节点不在文件内，道路在那里断开。",
        "{} street nodes are not in the file; the streets end there.",
        "warning",
    ),
    (
        "stray_platforms",
        "{} 处站台不与任何道路相连，未计入。",
        "{} platforms touch no street and are left out.",
        "info",
    ),
    (
        "barriers_closed",
        "{} 处门或墙不许通行，道路在那里断开。",
        "{} gates or walls let nobody pass; the streets end there.",
        "info",
    ),
    (
        "outline_crossings",
        "{} 处道路穿过封闭小区的边界而没有标注大门，按本小区居民的出入口计算。",
        "{} streets cross the outline of a closed estate without a mapped gate; they count as ways in for its residents.",
        "warning",
    ),
)


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
                f"{len(assumed)} schools state no level, nor does their name; they count as primary and as junior "
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
                f"{len(unsized)} parks or courts have no outline or are below the standard; they count for the smallest class only.",
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
                f"另有 {len(others)} 类非必配设施没有数据：{'、'.join(row.name_zh for row in others[:8])}等。",
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
