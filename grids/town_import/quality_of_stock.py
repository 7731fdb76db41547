"""What the report says of buildings and estates."""

from collections.abc import Sequence

from grids.housing.estates import EstateDraft
from grids.housing.stock import StockDraft
from grids.models import Building
from grids.town_import.quality import EXAMPLES_LISTED, Finding, percent

FEW_FLOORS_SHARE = 0.5
FEWEST_BUILDINGS_A_KM = 0.2


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
                f"{street_km:,.0f} 公里道路旁只有 {total:,} 栋楼："
                "这个文件很可能没有楼栋数据，生活圈结果没有意义。",
                f"Only {total:,} buildings along {street_km:,.0f} km of streets: the file most likely "
                "holds no building "
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
            f"{percent(named, total)} of the buildings have a name or an address; the others are found by "
            "code or on the map.",
            named,
        )
    )
    if draft.bad_values:
        found.append(
            Finding(
                "bad_values",
                "warning",
                f"{len(draft.bad_values)} 处层数、高度或户数无法读取，按未标注处理。",
                f"{len(draft.bad_values)} values of levels, height or flats cannot be read and count as "
                "not mapped.",
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
        f"{percent(with_floors, total)} of the buildings have floors; dwellings of the others are "
        "estimated from the "
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
            f"{share} of the buildings have no mapped use; {assumed:,} of them are taken for housing by "
            "place and size.",
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
                "No estates are mapped: that is no data, not an absence of closed estates. Walks may lead "
                "through "
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
            f"Of {len(estates)} estates {len(closed)} have gates and a wall or a private tag and count as "
            "closed; "
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
                f"{len(gateless)} estates are tagged as closed but have no gate; walks may pass through. "
                "Map their gates.",
                len(gateless),
                [row.source_id for row in gateless][:EXAMPLES_LISTED],
            )
        )
    return found
