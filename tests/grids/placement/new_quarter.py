"""A small town for placements: three buildings of flats to give away, one where people live already.

street (0,0) ──────────────── (600,0), a kindergarten at (100,10), a pharmacy at (5000, 10): too far
  building 1  东苑 1号楼   4 flats: unit 1, floors 1-2, doors 1-2     two-room
  building 2  东苑 2号楼   4 flats: the same
  building 3  西苑 1号楼   2 flats: unit 1, floor 1, doors 1-2; door 1 is accessible
  building 4  西苑 2号楼   3 market dwellings in the register
"""

import csv
import io
from typing import Any

from grids.models import Building, Dwelling, Estate, PlacementProject, Town
from grids.placement.projects import begin_project
from tests.grids.drawn_towns import COMMUNITY, DrawnTown

EAST_1, EAST_2, WEST_1, WEST_2 = (f"{COMMUNITY}{number:05d}" for number in (1, 2, 3, 4))
ROOM = "两室"


def draw_quarter() -> Town:
    town = DrawnTown(slug="quarter")
    town.street((0, 0), (300, 0), (600, 0))
    town.facility("EDU-KIN", (100, 10))
    town.estate(1, (0, 5), (200, 40), closed=False)
    town.estate(2, (220, 5), (500, 40), closed=False)
    for x, estate, name in ((50, 1, "1号楼"), (150, 1, "2号楼"), (250, 2, "1号楼"), (450, 2, "2号楼")):
        town.building((float(x), 15.0), estate=estate, name=name, dwelling_count=0)
    town.grids = {COMMUNITY + "001": [0, 1], COMMUNITY + "002": [2, 3]}
    made = town.build()
    Estate.objects.filter(stock__town=made, number=1).update(name_zh="东苑")
    Estate.objects.filter(stock__town=made, number=2).update(name_zh="西苑")
    lived_in = Building.objects.get(stock__town=made, code=WEST_2)
    for door in (1, 2, 3):
        add_dwelling(lived_in, 1, 1, door, "market")
    return made


def add_dwelling(building: Building, unit: int, floor: int, door: int, tenure: str, **facts: Any) -> Dwelling:
    return Dwelling.objects.create(
        building=building,
        code=f"{building.code}{unit:02d}{floor:02d}{door:02d}",
        unit=unit,
        floor=floor,
        door=door,
        tenure=tenure,
        source="register",
        **facts,
    )


def quarter_project() -> PlacementProject:
    return begin_project(draw_quarter(), "东苑西苑配房", None)


def flat(building: str, floor: int, door: int, unit: int = 1) -> str:
    return f"{building}{unit:02d}{floor:02d}{door:02d}"


FLATS = [flat(code, floor, door) for code in (EAST_1, EAST_2) for floor in (1, 2) for door in (1, 2)]
FLATS += [flat(WEST_1, 1, 1), flat(WEST_1, 1, 2)]


def flats_csv(**changed: Any) -> bytes:
    """The ten flats; `changed` replaces cells of the first row."""
    rows = [
        {"房源编码": code, "户型": ROOM, "无障碍": "是" if code == flat(WEST_1, 1, 1) else "否"}
        for code in FLATS
    ]
    rows[0].update(changed)
    return table(rows)


def applicant(receipt: str, tenure: str = "公租房", **more: Any) -> dict[str, Any]:
    return {"回执号": receipt, "房屋性质": tenure, "户型": ROOM, **more}


def table(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
