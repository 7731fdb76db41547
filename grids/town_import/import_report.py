"""The report of an OSM import: counts, findings, and the file they come from."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from gis_core.models import User
from gis_core.readers.osm import OsmExtract
from grids.facilities.inventory import InventoryDraft
from grids.housing.stock import StockDraft
from grids.streets.network import NetworkDraft
from grids.town_import.quality import EXAMPLES_LISTED, Finding, report_of
from grids.town_import.quality_of_inventory import inventory_findings
from grids.town_import.quality_of_network import network_findings
from grids.town_import.quality_of_stock import stock_findings
from grids.town_import.town_frame import Frame


@dataclass(frozen=True)
class Source:
    """Where the data come from, as each generation keeps it."""

    name: str
    sha256: str
    extract: OsmExtract

    def fields(self, by: User | None) -> dict[str, Any]:
        stamp = self.extract.header.timestamp
        return {
            "source_name": self.name[:200],
            "source_sha256": self.sha256,
            "source_date": stamp.date() if stamp else None,
            "attribution": self.extract.attribution,
            "created_by": by,
        }


def import_report(
    source: Source,
    frame: Frame,
    network: NetworkDraft,
    stock: StockDraft,
    inventory: InventoryDraft,
    map_count: int,
) -> dict[str, Any]:
    by_category: Counter[str] = Counter(code for row in inventory.facilities for code in row.matches)
    crossing_m = network.counts["area_crossing_dm"] / 10
    counts = {
        "buildings": len(stock.buildings),
        "dwellings_estimated": sum(row.homes.count for row in stock.buildings),
        "estates": len(stock.estates),
        "closed_estates": sum(row.is_closed for row in stock.estates),
        "facilities": len(inventory.facilities),
        "facilities_by_category": dict(sorted(by_category.items())),
        "network": {
            "ways": network.counts["ways"],
            "nodes": len(network.node_source_id),
            "edges": len(network.edge_source_id),
            "length_km": round((network.length_m - crossing_m) / 1000, 3),
            "area_crossing_km": round(crossing_m / 1000, 3),
            "islands": network.island_count,
            "length_km_by_kind": network.length_km_by_kind(),
        },
        "map_features": map_count,
        "file": dict(source.extract.counts),
    }
    findings = [
        *frame.findings,
        *_problem_findings(source.extract),
        *stock_findings(stock, street_km=network.length_m / 1000),
        *network_findings(network),
        *inventory_findings(inventory),
    ]
    stamp = source.extract.header.timestamp
    files = [
        {"name": source.name, "sha256": source.sha256, "date": stamp.date().isoformat() if stamp else ""}
    ]
    return report_of(counts, findings, files)


def _problem_findings(extract: OsmExtract) -> list[Finding]:
    """What the reader could not use, one finding a kind; first the buildings among it."""
    unbuilt = extract.counts["building_objects"] - extract.counts["buildings"]
    found = []
    if unbuilt:
        found.append(
            Finding(
                "buildings_not_built",
                "warning",
                f"文件中标注了 {extract.counts['building_objects']:,} 栋楼，其中 {unbuilt} 栋"
                "轮廓不完整、不闭合或重复，未计入。",
                f"{extract.counts['building_objects']:,} buildings are tagged in the file; {unbuilt} of "
                "them have an outline "
                "that is incomplete, open or mapped twice, and are left out.",
                unbuilt,
            )
        )
    by_code: dict[str, list[str]] = {}
    for problem in extract.problems:
        by_code.setdefault(problem.code, []).append(problem.source_id)
    return found + [
        Finding(
            f"file_{code}",
            "warning",
            f"文件中有 {len(ids)} 个对象不完整或有误（{code}），已跳过或修正。",
            f"{len(ids)} objects of the file are incomplete or wrong ({code}); they were left out or mended.",
            len(ids),
            ids[:EXAMPLES_LISTED],
        )
        for code, ids in by_code.items()
    ]
