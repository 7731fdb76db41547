"""The whole drawing of 新桥社区 and the four files it becomes: extract, register, outline, grids.

Fictional: the name, the codes (99…), the people's dwellings. Its size is that of a real community of
the field (0.5 km², 3,276 households, 11 grids).
"""

import csv
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings

from gis_core import crs
from grids.demo.blocks import Standing, draw_estate
from grids.demo.ground_plan import bent, block_ring, community_outline, draw_streets, draw_water_and_green
from grids.demo.housing import ESTATES, EstatePlan
from grids.demo.old_quarter import draw_lanes, draw_shops
from grids.demo.people import COMMUNITY_CODE
from grids.demo.public_blocks import draw_public_blocks
from grids.demo.sheet import FloatArray, Sheet, way_ids, write_extract

ROOT_CODE = "990102"
STREET_CODE = "990102003"
HOUSEHOLDS = 3_276
COVERED_AROUND_M = 1_500.0
ANCHOR = crs.LonLat(lon=105.2, lat=40.05)  # open desert: nothing real lies under the drawing
REGISTER_COLUMNS = ("楼栋", "楼名", "单元", "楼层", "房号", "房屋性质", "户型", "建筑面积", "空置")
INSERTED = {plan.name: plan.inserted for plan in ESTATES if plan.inserted}
ROOM_AREA_M2 = {"一室": 46.0, "两室": 74.0, "三室": 98.0, "四室": 128.0}

# Blocks of each grid as the community drew it; where a size needs a reason, the reason.
GRIDS: tuple[tuple[str, str, str], ...] = (
    ("A4 B4", "滨河网格", ""),
    ("C4 C3", "书香网格", ""),
    ("D4", "安居网格", ""),
    ("A3", "柳岸东网格", ""),
    ("B3", "新桥花园网格", ""),
    ("A2 B2", "柳岸西网格", ""),
    ("C2", "清河雅苑网格", ""),
    ("D2 D3", "新桥路网格", ""),
    ("A1 B1", "老街网格", ""),
    ("C1", "纺织厂网格", ""),
    ("D1", "纺织新村网格", "新村正在腾退改造，户数逐年减少，边界暂不调整"),
)


@dataclass(frozen=True)
class Drawing:
    sheet: Sheet
    buildings: list[Standing]

    @property
    def dwelling_count(self) -> int:
        return sum(len(building.dwellings) for building in self.buildings)


@dataclass(frozen=True)
class DemoFiles:
    extract: Path
    register: Path
    outline: Path
    grids: Path


def draw() -> Drawing:
    """Everything on one sheet; the same every time."""
    sheet, buildings = Sheet(), []
    draw_streets(sheet)
    draw_water_and_green(sheet)
    for plan in ESTATES:
        buildings += draw_estate(sheet, plan, _dealt(plan))
        draw_shops(sheet, plan)
    buildings += draw_lanes(sheet)
    draw_public_blocks(sheet)
    _draw_facilities(sheet)
    sheet.weld(lambda way: "highway" in way.tags)
    return Drawing(sheet, buildings)


def _dealt(plan: EstatePlan) -> Iterator[str]:
    """Tenures by weight, whole buildings at a time."""
    return itertools.cycle([tenure for tenure, weight in plan.tenures for _ in range(weight)])


def _draw_facilities(sheet: Sheet) -> None:
    path = Path(settings.FIXTURES_DIR) / "demo" / "facilities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tags = dict(part.split("=", 1) for part in row["tags"].split(";"))
            place = sheet.point(bent(float(row["x"]), float(row["y"])))
            names = {"name": row["name_zh"], "name:en": row["name_en"]}
            sheet.node_tags[place].update({**tags, **names})


def write_files(drawing: Drawing, folder: Path) -> DemoFiles:
    folder.mkdir(parents=True, exist_ok=True)
    files = DemoFiles(
        folder / "xinqiao.osm.pbf",
        folder / "xinqiao-register.csv",
        folder / "xinqiao-outline.geojson",
        folder / "xinqiao-grids.geojson",
    )
    write_extract(drawing.sheet, files.extract, to_lonlat, margin_m=COVERED_AROUND_M)
    _write_register(drawing, files.register)
    _write_polygons(files.outline, [(community_outline(), {"name": "新桥社区", "code": COMMUNITY_CODE})])
    _write_polygons(files.grids, list(_grid_outlines()))
    return files


def to_lonlat(xy_m: FloatArray) -> FloatArray:
    """From metres of the drawing to its place on the globe."""
    zone = crs.metric_zone(lon=ANCHOR.lon, lat=ANCHOR.lat)
    return crs.to_lonlat(np.asarray(xy_m) + crs.to_metres([ANCHOR], zone)[0], zone)


def _grid_outlines() -> Iterator[tuple[shapely.Polygon, dict[str, str]]]:
    """Unions of whole blocks, cut from one set of lines so that neighbours share their border exactly."""
    for blocks, name, reason in GRIDS:
        shape = shapely.union_all([block_ring(block) for block in blocks.split()], grid_size=0.01)
        yield shape, {"名称": name, "理由": reason}


def _write_polygons(path: Path, rows: list[tuple[shapely.Polygon, dict[str, str]]]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": json.loads(shapely.to_geojson(shapely.transform(shape, to_lonlat))),
        }
        for shape, properties in rows
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _write_register(drawing: Drawing, path: Path) -> None:
    """One row a dwelling; as many are vacant as there are more dwellings than households."""
    ids = way_ids(drawing.sheet)
    rows = []
    for building in drawing.buildings:
        for unit, floor, door in building.dwellings:
            rooms = building.rooms[(unit + door) % len(building.rooms)]
            area_m2 = ROOM_AREA_M2[rooms] + (door * 7 + unit * 3) % 9
            rows.append([f"way/{ids[id(building.way)]}", building.estate + building.number, unit, floor, door,
                         _tenure(building, unit, floor, door), rooms, f"{area_m2:.1f}", ""])  # fmt: skip
    spare = len(rows) - HOUSEHOLDS
    by_lot = sorted(range(len(rows)), key=lambda index: _lot(rows[index][:5]))
    for index in by_lot[:spare]:
        rows[index][-1] = "是"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REGISTER_COLUMNS)
        writer.writerows(rows)


def _tenure(building: Standing, unit: int, floor: int, door: int) -> str:
    """The building's own, or, for the few dwellings that were let in between, the estate's second one."""
    inserted = INSERTED.get(building.estate)
    if inserted is None:
        return building.tenure
    tenure, one_in = inserted
    lot = _lot([building.estate, building.number, unit, floor, door, "tenure"])
    return tenure if int(lot, 16) % one_in == 0 else building.tenure


def _lot(key: list[object]) -> str:
    """An order that looks drawn by lot and is the same every time."""
    return sha256("/".join(str(part) for part in key).encode()).hexdigest()
