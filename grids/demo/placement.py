"""A placement in 安居苑: 120 flats, 110 receipt numbers, and a proposal that sorts them by tenure.

Drawn by program, imported from the same kind of file as any other. The proposal fills building after building
with one tenure: what the check has to say about it is the first thing to look at.
"""

import csv
import io
import random
from typing import Any

from gis_core.models import User
from grids.housing.tenures import TENURES
from grids.models import Building, Dwelling, PlacementProject, Town, Variant
from grids.placement.imports import import_applicants, import_flats
from grids.placement.projects import begin_project
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant

NAME = "安居苑配房（演示）"
ESTATE = "安居苑"
FLATS_A_BUILDING, APPLICANTS = 24, 110
SEED = 20_261_122
KINDS = ("public_rental", "affordable_rental", "resettlement", "shared_ownership")
KIND_WEIGHTS = (40, 30, 20, 10)
REASON = "试算：各类住户在每栋楼里与申请比例相近，留一点余地"


def load_placement(town: Town, by: User | None) -> PlacementProject | None:
    """The project, once; None where the estate is not there."""
    standing = PlacementProject.objects.filter(town=town, name=NAME).first()
    if standing is not None:
        return standing
    flats = demo_flats(town)
    if not flats:
        return None
    project = begin_project(town, NAME, by)
    import_flats(project, _csv(flats), "房源.csv", by)
    import_applicants(project, _csv(demo_applicants(flats)), "申请人.csv", by)
    rules = make_rules(
        project,
        name="每栋不超过 1.25 倍",
        reason=REASON,
        cap_factors=dict.fromkeys(KINDS, "1.25"),
        most_in_cluster=4,
        shares_entrances=True,
        by=by,
    )
    make_variant(project, Variant.Kind.GIVEN, rules, "申报方案：按类别分楼", by)
    make_variant(project, Variant.Kind.SERIAL, rules, "依次选房，1.25 倍", by)
    return project


def demo_flats(town: Town) -> list[dict[str, Any]]:
    """The lowest flats of every building; those of the first stairwell's ground floor have ramps."""
    found = []
    buildings = Building.objects.filter(
        stock__town=town, stock__state="active", estate__name_zh=ESTATE, dwelling_count__gte=FLATS_A_BUILDING
    ).order_by("address")
    for building in buildings:
        homes = Dwelling.objects.filter(building=building).order_by("floor", "unit", "door")
        for home in homes[:FLATS_A_BUILDING]:
            found.append(
                {
                    "楼栋": building.code,
                    "单元": home.unit,
                    "楼层": home.floor,
                    "房号": home.door,
                    "户型": home.room_class or "两室",
                    "面积": home.floor_area_m2 or "",
                    "无障碍": "是" if home.floor == 1 and home.unit == 1 else "否",
                    "房源编码": home.code,
                }
            )
    return found


def demo_applicants(flats: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fewer than flats in every room class; liked buildings first; the proposal goes by tenure."""
    dice = random.Random(SEED)
    kept = sorted(dice.sample(range(len(flats)), min(APPLICANTS, len(flats) - 1)))
    rooms = [flats[at]["户型"] for at in kept]
    buildings = sorted({flat["楼栋"] for flat in flats})
    liked = {code: dice.random() for code in buildings}
    rows = [
        {
            "回执号": f"YX{number:04d}",
            "房屋性质": str(TENURES[dice.choices(KINDS, KIND_WEIGHTS)[0]]),
            "户型": room,
            "需要无障碍": "是" if dice.random() < 0.05 else "否",
            "优先序": 1 if dice.random() < 0.15 else 2,
            "志愿": "、".join(
                sorted(buildings, key=lambda code: -liked[code] - 0.8 * dice.random())[: dice.randint(1, 4)]
            ),
            "服从调配": "否" if dice.random() < 0.05 else "是",
        }
        for number, room in enumerate(dice.sample(rooms, len(rooms)), start=1)
    ]
    _propose(rows, flats)
    return rows


def _propose(rows: list[dict[str, Any]], flats: list[dict[str, Any]]) -> None:
    """Flats in the order of their codes to the applicants in the order of their tenure."""
    free: dict[str, list[str]] = {}
    for flat in sorted(flats, key=lambda one: one["房源编码"], reverse=True):
        free.setdefault(flat["户型"], []).append(flat["房源编码"])
    for row in sorted(rows, key=lambda one: (one["房屋性质"], one["回执号"])):
        row["申报房源"] = free[row["户型"]].pop()


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
