"""Rows of slabs, towers and lanes laid into the blocks, square to themselves, inside bent streets."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import shapely
import shapely.affinity
from shapely.geometry import LineString, Polygon, box

from grids.demo.ground_plan import COLUMNS, ROWS, bent, block_ring
from grids.demo.housing import EstatePlan, House, Side
from grids.demo.sheet import XY, Sheet, Way

VERGE_M = 9.0  # from a street's centreline to the estate
SHOP_DEPTH_M = 11.0
WALL_CLEARANCE_M = 5.0
LANE_FROM_WALL_M = 5.5  # the lane runs this far north of a row


@dataclass
class Frame:
    """A block turned so that its rows lie level; `out` turns a point back."""

    angle: float
    origin: XY

    def out(self, x: float, y: float) -> XY:
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return (self.origin[0] + x * cos - y * sin, self.origin[1] + x * sin + y * cos)

    def into(self, shape: Polygon) -> Polygon:
        moved = shapely.affinity.translate(shape, -self.origin[0], -self.origin[1])
        return shapely.affinity.rotate(moved, -self.angle, origin=(0, 0), use_radians=True)

    def ring(self, shape: Polygon) -> list[XY]:
        return [self.out(x, y) for x, y in shape.exterior.coords[:-1]]


@dataclass
class Standing:
    """One drawn building with what the register knows of it."""

    way: Way
    house: House
    estate: str
    number: str
    tenure: str
    rooms: tuple[str, ...]
    dwellings: list[tuple[int, int, int]] = field(default_factory=list)  # unit, floor, door


def frame_of(block: str) -> Frame:
    (x0, x1), (y0, y1) = COLUMNS[block[0]], ROWS[block[1]]
    middle = (y0 + y1) / 2
    west, east = bent(x0, middle), bent(x1, middle)
    centre = ((west[0] + east[0]) / 2, (west[1] + east[1]) / 2)
    return Frame(math.atan2(east[1] - west[1], east[0] - west[0]), centre)


def estate_outline(block: str, shops: tuple[Side, ...], frame: Frame) -> Polygon:
    """The block less its verges, and less a band for shops on some sides; in the frame."""
    ring = frame.into(block_ring(block))
    inner = shapely.buffer(ring, -VERGE_M, join_style="mitre")
    west, south, east, north = ring.bounds
    band = VERGE_M + SHOP_DEPTH_M + 6
    keep = {
        "west": (band, 0, 0, 0),
        "south": (0, band, 0, 0),
        "east": (0, 0, band, 0),
        "north": (0, 0, 0, band),
    }
    for side in shops:
        w, s, e, n = keep[side]
        inner = inner.intersection(box(west + w, south + s, east - e, north - n))
    return inner.simplify(0.2)


@dataclass(frozen=True)
class Row:
    """A row of buildings: left edges, and the level of the lane north of it."""

    lefts: list[float]
    y: float
    house: House

    @property
    def lane_y(self) -> float:
        return self.y + self.house.depth_m + LANE_FROM_WALL_M


def rows_of(plan: EstatePlan, outline: Polygon) -> list[Row]:
    """Rows from north to south, each filled evenly, buildings that would touch the wall left out."""
    room = shapely.buffer(outline, -WALL_CLEARANCE_M, join_style="mitre")
    west, south, east, north = room.bounds
    level = north - LANE_FROM_WALL_M
    result: list[Row] = []
    while len(result) < plan.most_rows:
        index = len(result)
        house = plan.other_house if plan.other_house and index in plan.other_rows else plan.house
        y = level - house.depth_m
        if y < south:
            break
        count = int((east - west + plan.gap_m) // (house.length_m + plan.gap_m))
        spread = count * house.length_m + (count - 1) * plan.gap_m
        start = (west + east - spread) / 2
        lefts = [start + i * (house.length_m + plan.gap_m) for i in range(count)]
        free = [x for i, x in enumerate(lefts) if (index, i) not in plan.skip]
        result.append(Row([x for x in free if room.contains(_slab(x, y, house))], y, house))
        level -= plan.pitch_m
    return [row for row in result if row.lefts]


def _slab(x: float, y: float, house: House) -> Polygon:
    return box(x, y, x + house.length_m, y + house.depth_m)


def draw_estate(sheet: Sheet, plan: EstatePlan, deal: Iterator[str]) -> list[Standing]:
    """One estate whole; the ways of its buildings with what the register will say of them."""
    frame = frame_of(plan.block)
    outline = estate_outline(plan.block, plan.shops, frame)
    rows = rows_of(plan, outline)
    spine_x = _spine(rows, plan)
    doors: dict[float, list[float]] = {row.lane_y: [spine_x] for row in rows}
    buildings: list[Standing] = []
    for row in rows:
        for x in row.lefts:
            number = f"{len(buildings) + 1}号楼"
            buildings.append(_draw_house(sheet, frame, plan, row, x, number, next(deal)))
            doors[row.lane_y] += _door_places(x, row.house)
    access = "private" if plan.is_closed else ""
    lane_ends = _draw_lanes(sheet, frame, doors, outline, access)
    _draw_spine_and_gates(sheet, frame, plan, outline, spine_x, lane_ends, access)
    return buildings


def _spine(rows: list[Row], plan: EstatePlan) -> float:
    """The gap nearest the middle of the longest row."""
    lefts = max((row.lefts for row in rows), key=len)
    if len(lefts) == 1:
        return lefts[0] + rows[0].house.length_m + plan.gap_m / 2
    gaps = [(a + rows[-1].house.length_m + b) / 2 for a, b in itertools.pairwise(lefts)]
    return min(gaps, key=lambda x: abs(x - (lefts[0] + lefts[-1] + rows[-1].house.length_m) / 2))


def _door_places(x: float, house: House) -> list[float]:
    pitch = house.length_m / house.units
    return [x + pitch * (unit + 0.5) for unit in range(house.units)]


def _draw_house(
    sheet: Sheet, frame: Frame, plan: EstatePlan, row: Row, x: float, number: str, tenure: str
) -> Standing:
    house, top = row.house, row.y + row.house.depth_m
    places = _door_places(x, house)
    ring = [(x, row.y), (x + house.length_m, row.y), (x + house.length_m, top)]
    ring += [(place, top) for place in reversed(places)] + [(x, top)]
    way = sheet.area((frame.out(*p) for p in ring), **building_tags(house), addr__housenumber=number)
    way.tags["addr:place"] = plan.name
    for unit, place in enumerate(places, start=1):
        door = sheet.point(frame.out(place, top), entrance="staircase", ref=str(unit))
        sheet.line([door, frame.out(place, row.lane_y)], highway="footway")
    return Standing(way, house, plan.name, number, tenure, plan.rooms, _all_dwellings(house))


def building_tags(house: House) -> dict[str, str]:
    return {
        "building": house.kind,
        "building__levels": str(house.floors),
        "building__flats": str(house.dwellings),
        "start_date": str(house.year),
        "height": f"{house.floors * 3 + 0.6:g}",
    }


def _all_dwellings(house: House) -> list[tuple[int, int, int]]:
    first = house.floors - house.dwelling_floors + 1
    return [
        (unit, floor, door)
        for unit in range(1, house.units + 1)
        for floor in range(first, house.floors + 1)
        for door in range(1, house.doors + 1)
    ]


def _draw_lanes(
    sheet: Sheet, frame: Frame, doors: dict[float, list[float]], outline: Polygon, access: str
) -> dict[float, tuple[float, float]]:
    """One lane along the doors of each row; where each begins and ends."""
    ends_of: dict[float, tuple[float, float]] = {}
    for y, places in doors.items():
        west, east = _chord(outline, y)
        ends = [max(min(places) - 18, west + 4), min(max(places) + 18, east - 4)]
        line = [frame.out(x, y) for x in sorted({*places, *ends})]
        sheet.line(line, highway="service", service="driveway", access=access)
        ends_of[y] = (ends[0], ends[1])
    return ends_of


def _chord(outline: Polygon, y: float) -> tuple[float, float]:
    west, _, east, _ = outline.bounds
    cut = outline.intersection(LineString([(west - 1, y), (east + 1, y)]))
    return (cut.bounds[0], cut.bounds[2]) if not cut.is_empty else (west, east)


def _draw_spine_and_gates(
    sheet: Sheet,
    frame: Frame,
    plan: EstatePlan,
    outline: Polygon,
    spine_x: float,
    lane_ends: dict[float, tuple[float, float]],
    access: str,
) -> None:
    ring = frame.ring(outline)
    estate = sheet.area(ring, landuse="residential", name=plan.name, name__en=plan.name_en, **plan.extra)
    wall = None
    if plan.is_closed:
        estate.tags["access"] = "private"
        wall = sheet.area(ring, barrier="wall", height="2.2")
    lanes = list(lane_ends)  # from north to south
    ends = {"south": lanes[-1], "north": lanes[0]}
    if len(lanes) > 1:
        sheet.line(
            [frame.out(spine_x, y) for y in lanes], highway="service", service="driveway", access=access
        )
    for order, side in enumerate(plan.gates):
        middle = lanes[len(lanes) // 2]
        west_east = lane_ends[middle]
        start = (spine_x, ends[side]) if side in ends else (west_east[side == "east"], middle)
        _draw_gate(sheet, frame, plan, start, side, (estate, wall), is_main=order == 0, access=access)


def _draw_gate(
    sheet: Sheet,
    frame: Frame,
    plan: EstatePlan,
    start: XY,
    side: Side,
    rings: tuple[Way, Way | None],
    *,
    is_main: bool,
    access: str,
) -> None:
    """The way from the spine through the wall to the street; the gate is a vertex of both."""
    step = {"south": (0, -1), "north": (0, 1), "east": (1, 0), "west": (-1, 0)}[side]
    far = (start[0] + 400 * step[0], start[1] + 400 * step[1])
    ray = LineString([frame.out(*start), frame.out(*far)])
    street = attach_to_street(sheet, ray)
    crossing = ray.intersection(LineString(rings[0].points))
    spot = min(shapely.get_parts(crossing), key=lambda p: p.distance(shapely.Point(ray.coords[0])))
    gate = sheet.attach((spot.x, spot.y), [ring for ring in rings if ring is not None])
    if plan.is_closed:
        kind = "lift_gate" if is_main else "gate"
        sheet.point(gate, barrier=kind, access="private", name=plan.name + ("大门" if is_main else "侧门"))
    sheet.line([frame.out(*start), gate], highway="service", service="driveway", access=access)
    sheet.line([gate, street], highway="service", service="driveway")


def attach_to_street(sheet: Sheet, ray: LineString) -> XY:
    """Where a ray first meets a named street; that spot becomes a vertex of the street."""
    start = shapely.Point(ray.coords[0])
    best: tuple[float, Way, XY] | None = None
    for way in sheet.ways:
        if "highway" not in way.tags or "name" not in way.tags:
            continue
        for spot in shapely.get_parts(ray.intersection(LineString(way.points))):
            if spot.is_empty or spot.geom_type != "Point":
                continue
            away = spot.distance(start)
            if best is None or away < best[0]:
                best = (away, way, (spot.x, spot.y))
    if best is None:
        raise ValueError("no street in this direction")
    return sheet.attach(best[2], [best[1]])
