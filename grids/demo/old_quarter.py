"""老街片: two blocks of low houses along four lanes, and the bands of shops along the streets."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

from grids.demo.blocks import SHOP_DEPTH_M, VERGE_M, Frame, Standing, building_tags, frame_of
from grids.demo.ground_plan import COLUMNS, ROWS, bent, bent_line, block_ring
from grids.demo.housing import LANE_NAMES, LANE_PITCH_M, LANES, EstatePlan, House, Side
from grids.demo.sheet import Sheet

LANE_HALF_M = 2.2
ROW_CLEARANCE_M = 3.0
OLD_TENURES = ("商品房", "商品房", "公租房", "商品房", "商品房")


def draw_lanes(sheet: Sheet) -> list[Standing]:
    """Lanes run from street to street through both blocks; houses stand on either side."""
    random = np.random.default_rng(20260101)
    (x0, _), (_, x1) = COLUMNS[LANES[0][0]], COLUMNS[LANES[1][0]]
    low, high = ROWS["1"]
    frame = frame_of(LANES[0])
    room = shapely.union_all([shapely.buffer(frame.into(block_ring(b)), -VERGE_M + 2) for b in LANES])
    houses: list[Standing] = []
    for index, name in enumerate(LANE_NAMES):
        y = low + 26 + index * LANE_PITCH_M
        if y > high - 15:
            break
        middle = (COLUMNS["A"][1] - x0) / (x1 - x0)
        path = bent_line(x0, y, x1, y, (middle,))
        sheet.line(path, highway="living_street", name=f"老街{name}", name__en=f"Laojie Lane {index + 1}")
        lane = LineString([frame.into(shapely.Point(p)).coords[0] for p in path])  # type: ignore[arg-type]
        for side in (1, -1):
            houses += _houses_along(sheet, frame, lane, side, room, random, name)
    return houses


def _houses_along(
    sheet: Sheet,
    frame: Frame,
    lane: LineString,
    side: int,
    room: Polygon,
    random: np.random.Generator,
    name: str,
) -> Iterator[Standing]:
    """Houses of 9 to 14 m front, one or two floors, with a yard wall or a gap between some of them."""
    along, number = 6.0, 1 if side > 0 else 2
    while along < lane.length - 12:
        front = float(random.choice([9.0, 10.5, 12.0, 14.0]))
        depth = float(random.choice([8.0, 9.0, 10.5]))
        a, b = lane.interpolate(along), lane.interpolate(along + front)
        near, far = side * LANE_HALF_M, side * (LANE_HALF_M + depth)
        dx, dy = (b.x - a.x) / front, (b.y - a.y) / front
        corners = [(a.x - dy * near, a.y + dx * near), (b.x - dy * near, b.y + dx * near)]
        corners += [(b.x - dy * far, b.y + dx * far), (a.x - dy * far, a.y + dx * far)]
        along += front + float(random.choice([0.4, 0.4, 0.4, 2.5, 6.0]))
        if not room.contains(Polygon(corners)):
            continue
        floors = int(random.choice([1, 1, 2]))
        house = House(front, depth, floors, 1, 1, floors, "house", 1958 + int(random.integers(0, 25)),
                      has_gas=False, has_heat=False, is_self_contained=floors == 2)  # fmt: skip
        middle = ((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2)
        ring = [corners[0], middle, *corners[1:]]
        if side < 0:
            ring = ring[::-1]
        way = sheet.area(
            (frame.out(*c) for c in ring),
            **building_tags(house),
            addr__street=f"老街{name}",
            addr__housenumber=f"{number}号",
        )
        door = sheet.point(frame.out(*middle), entrance="main")
        foot = lane.interpolate(lane.project(shapely.Point(middle)))
        lane_way = next(w for w in sheet.ways if w.tags.get("name") == f"老街{name}")
        spot = sheet.attach(frame.out(foot.x, foot.y), [lane_way])
        sheet.line([door, spot], highway="footway")
        tenure = OLD_TENURES[int(random.integers(0, len(OLD_TENURES)))]
        dwellings = [(1, floor, 1) for floor in range(1, floors + 1)]
        yield Standing(way, house, "", f"老街{name}{number}号", tenure, ("一室", "两室"), dwellings)
        number += 2


def draw_shops(sheet: Sheet, plan: EstatePlan) -> None:
    """Bands of shops of two floors between the street and the estate."""
    ring = block_ring(plan.block)
    band = shapely.buffer(ring, -VERGE_M, join_style="mitre") - shapely.buffer(
        ring, -(VERGE_M + SHOP_DEPTH_M), join_style="mitre"
    )
    for side in plan.shops:
        for piece in _pieces(plan.block, side, band):
            outline = piece.simplify(0.3)
            sheet.area(outline.exterior.coords, building="retail", building__levels="2", start_date="2003")


def _pieces(block: str, side: Side, band: Polygon) -> Iterator[Polygon]:
    """Lengths of about 45 m of one side, with passages of 12 m between them."""
    (x0, x1), (y0, y1) = COLUMNS[block[0]], ROWS[block[1]]
    level = side in ("south", "north")
    start, end = (x0, x1) if level else (y0, y1)
    count = int((end - start - 50) // 57)
    for i in range(count):
        low = start + 25 + i * 57
        depth = 24.0
        if level:
            y = y0 if side == "south" else y1 - depth
            corners = [(low, y), (low + 45, y), (low + 45, y + depth), (low, y + depth)]
        else:
            x = x0 if side == "west" else x1 - depth
            corners = [(x, low), (x + depth, low), (x + depth, low + 45), (x, low + 45)]
        cut = band & Polygon([bent(*corner) for corner in corners])
        yield from (part for part in shapely.get_parts(cut) if part.area > 150)


def rectangle(frame: Frame, x: float, y: float, width: float, depth: float) -> list[tuple[float, float]]:
    return [frame.out(*p) for p in box(x, y, x + width, y + depth).exterior.coords[:-1]]
