"""What the report says of the walking network."""

from grids.streets.network import NetworkDraft
from grids.town_import.quality import EXAMPLES_LISTED, Finding, percent

SMALL_ISLAND_SHARE = 0.01


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
            f"{draft.island_count} parts of the network are not connected to the main part, "
            f"{percent(on_islands, total)} of "
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
        "{} streets cross the outline of a closed estate without a mapped gate; they count as ways in for "
        "its residents.",
        "warning",
    ),
)
