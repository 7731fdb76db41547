"""Two placements, imported from the same kind of file as any other.

安居苑 is being prepared: 120 flats, 110 receipt numbers, and a proposal that fills building after building
with one tenure; what the check has to say about it is the first thing to look at. 清河雅苑 was drawn and
published, so that the public page has something to show.
"""

import csv
import io
import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gis_core.models import User
from grids.housing.tenures import TENURES
from grids.models import Building, Draw, Dwelling, PlacementProject, Town, Variant
from grids.placement import draw_steps
from grids.placement.imports import import_applicants, import_flats
from grids.placement.lottery import commitment
from grids.placement.projects import begin_project
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant

NAME, ESTATE = "安居苑配房（演示）", "安居苑"
FLATS_A_BUILDING, APPLICANTS = 24, 110
DRAWN_NAME, DRAWN_ESTATE = "清河雅苑首批配房（演示）", "清河雅苑"
DRAWN_FLATS_A_BUILDING, DRAWN_APPLICANTS = 10, 46
SEED = 20_261_122
DUE_AFTER = timedelta(seconds=8)
KINDS = ("public_rental", "affordable_rental", "resettlement", "shared_ownership")
KIND_WEIGHTS = (40, 30, 20, 10)
NONCES = {
    "经办人": "demo-nonce-1-officer",
    "公证员": "demo-nonce-2-notary",
    "居民代表": "demo-nonce-3-resident",
}
REASON = "试算：各类住户在每栋楼里与申请比例相近，留一点余地"

Row = dict[str, Any]


def load_placement(town: Town, by: User | None) -> PlacementProject | None:
    """The project, once; None where the estate is not there."""
    standing = PlacementProject.objects.filter(town=town, name=NAME).first()
    if standing is not None:
        return standing
    flats = demo_flats(town, ESTATE, FLATS_A_BUILDING)
    if not flats:
        return None
    project = _with_lists(town, NAME, flats, demo_applicants(flats), by)
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


@transaction.atomic
def reveal_drawn_placement(town: Town, by: User | None) -> Draw | None:
    """A small project as far as all nonces; its public value is made up, and says so."""
    standing = Draw.objects.filter(project__town=town, project__name=DRAWN_NAME).first()
    flats = demo_flats(town, DRAWN_ESTATE, DRAWN_FLATS_A_BUILDING)
    if standing is not None or not flats:
        return standing
    people = demo_applicants(flats, DRAWN_APPLICANTS, "QH")
    project = _with_lists(town, DRAWN_NAME, flats, people, by)
    factors = dict.fromkeys(KINDS, "1.5")
    rules = make_rules(project, name="每栋不超过 1.5 倍", reason=REASON, cap_factors=factors, by=by)
    make_variant(project, Variant.Kind.SERIAL, rules, "依次选房，1.5 倍", by)
    draw = draw_steps.close_list(
        project,
        rules,
        parties=list(NONCES),
        beacon_source="演示用的数（不是真正的公开随机数）",
        beacon_due_at=timezone.now() + DUE_AFTER,
        beacon_fallback="演示用的另一个数",
        by=by,
    )
    for party, nonce in NONCES.items():
        draw = draw_steps.commit(draw, party, commitment(nonce), by=by)
    for party, nonce in NONCES.items():
        draw = draw_steps.reveal(draw, party, nonce, by=by)
    return draw


def publish_drawn_placement(draw: Draw, by: User | None) -> Draw:
    """Draw and publish, once. What is left until the public value is due is waited for: nothing tells a draw
    another time."""
    if draw.published_at is not None:
        return draw
    time.sleep(max(0.0, (draw.beacon_due_at - timezone.now()).total_seconds()))
    drawn = draw_steps.draw_now(draw, "demo-2026-11-22", "写在演示程序里，任何人都能读到", by=by)
    return draw_steps.publish(drawn, by=by)


def _with_lists(
    town: Town, name: str, flats: list[Row], applicants: list[Row], by: User | None
) -> PlacementProject:
    project = begin_project(town, name, by)
    import_flats(project, _csv(flats), "房源.csv", by)
    import_applicants(project, _csv(applicants), "申请人.csv", by)
    return project


def demo_flats(town: Town, estate: str, flats_a_building: int) -> list[Row]:
    """The lowest flats of every building; those of the first stairwell's ground floor have ramps."""
    found = []
    buildings = Building.objects.filter(
        stock__town=town, stock__state="active", estate__name_zh=estate, dwelling_count__gte=flats_a_building
    ).order_by("address")
    for building in buildings:
        homes = Dwelling.objects.filter(building=building).order_by("floor", "unit", "door")
        for home in homes[:flats_a_building]:
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


def demo_applicants(flats: list[Row], count: int = APPLICANTS, letters: str = "YX") -> list[Row]:
    """Fewer than flats in every room class; most ask for buildings where their tenure already is."""
    dice = random.Random(SEED)
    kept = sorted(dice.sample(range(len(flats)), min(count, len(flats) - 1)))
    rooms = dice.sample([flats[at]["户型"] for at in kept], len(kept))
    buildings = sorted({flat["楼栋"] for flat in flats})
    own_share = _share_of_tenure(buildings)
    rows = []
    for number, room in enumerate(rooms, start=1):
        kind = dice.choices(KINDS, KIND_WEIGHTS)[0]
        worth = {code: own_share.get((code, kind), 0.0) + dice.random() for code in buildings}
        rows.append(
            {
                "回执号": f"{letters}{number:04d}",
                "房屋性质": str(TENURES[kind]),
                "户型": room,
                "需要无障碍": "是" if dice.random() < 0.05 else "否",
                "优先序": 1 if dice.random() < 0.15 else 2,
                "志愿": "、".join(sorted(worth, key=lambda code: -worth[code])[: dice.randint(1, 4)]),
                "服从调配": "否" if dice.random() < 0.05 else "是",
            }
        )
    _propose(rows, flats)
    return rows


def _share_of_tenure(codes: list[str]) -> dict[tuple[str, str], float]:
    """{(building, tenure): share of the building's dwellings}"""
    homes = Dwelling.objects.filter(building__stock__state="active", building__code__in=codes)
    found = Counter(homes.values_list("building__code", "tenure"))
    whole = Counter(homes.values_list("building__code", flat=True))
    return {(code, kind): count / whole[code] for (code, kind), count in found.items()}


def _propose(rows: list[Row], flats: list[Row]) -> None:
    """Flats in the order of their codes to the applicants in the order of their tenure."""
    free: dict[str, list[str]] = {}
    for flat in sorted(flats, key=lambda one: one["房源编码"], reverse=True):
        free.setdefault(flat["户型"], []).append(flat["房源编码"])
    for row in sorted(rows, key=lambda one: (one["房屋性质"], one["回执号"])):
        row["申报房源"] = free[row["户型"]].pop()


def _csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
