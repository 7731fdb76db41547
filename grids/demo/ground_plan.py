"""Streets, water and blocks of the fictional community 新桥社区, in metres from its south-west corner.

        y
    640 |  ~~~~~~~~~~~~~~~~ 柳溪 ~~~~~~~~~~~~~~~~
    615 +------+-------+------+------+   滨河路
        |  A4  |  B4   |  C4  |  D4  |
    475 +------+-------+------+------+   书院街
        |  A3  |  B3   |  C3  |  D3  |
    330 +------+-------+------+------+   文化街
        |  A2  |  B2   |  C2  |  D2  |
    165 +------+-------+------+------+   新桥街
        |  A1  |  B1   |  C1  |  D1  |
      0 +------+-------+------+------+   人民路
        0     205     430    625    820  x
      云溪路 柳岸街  学府街  新桥路 清河大道

Nothing in a real town is quite straight: `bent` warps the lattice a little, buildings stay square.
"""

import itertools
import math
from collections.abc import Iterator

import shapely
from shapely.geometry import Polygon

from grids.demo.sheet import XY, Sheet

COLUMNS = {"A": (0.0, 205.0), "B": (205.0, 430.0), "C": (430.0, 625.0), "D": (625.0, 820.0)}
ROWS = {"1": (0.0, 165.0), "2": (165.0, 330.0), "3": (330.0, 475.0), "4": (475.0, 615.0)}
WIDTH_M, DEPTH_M = 820.0, 615.0
STEP_M = 20.0
TURN = math.radians(-6.0)

# (name, English name, kind, how far it runs beyond the community)
UPRIGHT = [
    (-620.0, "西环路", "West Ring Road", "secondary", (-900.0, 1500.0)),
    (-290.0, "杏林路", "Xinglin Road", "residential", (-700.0, 640.0)),
    (0.0, "云溪路", "Yunxi Road", "tertiary", (-900.0, 1500.0)),
    (205.0, "柳岸街", "Liu'an Street", "tertiary", (-420.0, 1200.0)),
    (430.0, "学府街", "Xuefu Street", "residential", (-420.0, 615.0)),
    (625.0, "新桥路", "Xinqiao Road", "residential", (-700.0, 615.0)),
    (820.0, "清河大道", "Qinghe Avenue", "secondary", (-900.0, 1500.0)),
    (1130.0, "东湖路", "Donghu Road", "residential", (-420.0, 900.0)),
    (1420.0, "东环路", "East Ring Road", "secondary", (-900.0, 1500.0)),
]
LEVEL = [
    (-700.0, "站前路", "Station Road", "tertiary", (-620.0, 1420.0)),
    (-420.0, "建设路", "Jianshe Road", "residential", (-620.0, 1420.0)),
    (-200.0, "永安街", "Yong'an Street", "residential", (-290.0, 1130.0)),
    (0.0, "人民路", "Renmin Road", "secondary", (-900.0, 1700.0)),
    (165.0, "新桥街", "Xinqiao Street", "residential", (-290.0, 1130.0)),
    (330.0, "文化街", "Wenhua Street", "tertiary", (-620.0, 1420.0)),
    (475.0, "书院街", "Shuyuan Street", "residential", (0.0, 820.0)),
    (615.0, "滨河路", "Binhe Road", "tertiary", (-620.0, 1420.0)),
    (900.0, "河北街", "Hebei Street", "residential", (-620.0, 1420.0)),
    (1200.0, "北环路", "North Ring Road", "secondary", (-900.0, 1700.0)),
]


def bent(x: float, y: float) -> XY:
    """The lattice as it lies on the ground: a slow wave and a slight turn."""
    wave_x = x + 9.0 * math.sin(y / 170.0) + 5.0 * math.sin(x / 300.0 + 1.0)
    wave_y = y + 8.0 * math.sin(x / 230.0 + 0.6) + 3.0 * math.sin(y / 140.0)
    return (
        wave_x * math.cos(TURN) - wave_y * math.sin(TURN),
        wave_x * math.sin(TURN) + wave_y * math.cos(TURN),
    )


def bent_line(x0: float, y0: float, x1: float, y1: float, also: tuple[float, ...] = ()) -> list[XY]:
    """A straight line of the lattice as a bent one; `also` are places (0..1) that must be vertices."""
    count = max(2, round(math.dist((x0, y0), (x1, y1)) / STEP_M) + 1)
    steps = sorted({i / (count - 1) for i in range(count)} | set(also))
    return [bent(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in steps]


def block_ring(name: str) -> Polygon:
    """A block between its street centrelines."""
    (x0, x1), (y0, y1) = COLUMNS[name[0]], ROWS[name[1]]
    return lattice_area(x0, y0, x1, y1)


def lattice_area(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    sides = [
        bent_line(x0, y0, x1, y0)[:-1],
        bent_line(x1, y0, x1, y1)[:-1],
        bent_line(x1, y1, x0, y1)[:-1],
        bent_line(x0, y1, x0, y0)[:-1],
    ]
    return Polygon([point for side in sides for point in side])


def community_outline() -> Polygon:
    """The blocks together, so that their borders and its own are the same points."""
    return shapely.union_all([block_ring(name) for name in block_names()], grid_size=0.01)


def block_names() -> Iterator[str]:
    return (column + row for row in ROWS for column in COLUMNS)


def draw_streets(sheet: Sheet) -> None:
    for x, name, name_en, kind, (low, high) in UPRIGHT:
        crossings = tuple(
            (y - low) / (high - low) for y, *_rest, span in LEVEL if low <= y <= high and _on(x, span)
        )
        sheet.line(bent_line(x, low, x, high, crossings), highway=kind, name=name, name__en=name_en)
    for y, name, name_en, kind, (low, high) in LEVEL:
        crossings = tuple(
            (x - low) / (high - low) for x, *_rest, span in UPRIGHT if low <= x <= high and _on(y, span)
        )
        sheet.line(bent_line(low, y, high, y, crossings), highway=kind, name=name, name__en=name_en)
    sheet.line(bent_line(-620, 632, 1420, 632), highway="footway", name="柳溪步道", name__en="Liuxi Walk")
    for x in (-200.0, 100.0, 320.0, 520.0, 720.0, 1000.0):
        sheet.line(bent_line(x, 615, x, 632), highway="footway")


def _on(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


def draw_water_and_green(sheet: Sheet) -> None:
    """The canal along the north, a lake in the east, the railway in the south, green strips."""
    sheet.area(_ring(-900, 648, 1700, 676), natural="water", water="canal", name="柳溪", name__en="Liu Creek")
    sheet.area(
        _ring(-620, 620, 1420, 647), leisure="garden", name="柳溪绿带", name__en="Liu Creek green belt"
    )
    lake = shapely.buffer(shapely.LineString([bent(1200, 180), bent(1290, 120), bent(1300, 40)]), 60)
    sheet.area(lake.exterior.coords, natural="water", name="东湖", name__en="East Lake")
    park = shapely.buffer(shapely.LineString([bent(1190, 200), bent(1310, 110), bent(1310, 20)]), 95)
    sheet.area(park.exterior.coords, leisure="park", name="东湖公园", name__en="East Lake Park")
    sheet.line(bent_line(-900, -820, 1700, -820), railway="rail", name="云溪线", name__en="Yunxi line")
    for x0, y0, x1, y1 in _neighbour_blocks():
        inner = shapely.buffer(lattice_area(x0, y0, x1, y1), -14)
        sheet.area(inner.exterior.coords, landuse="residential")


def _ring(x0: float, y0: float, x1: float, y1: float) -> list[XY]:
    return list(lattice_area(x0, y0, x1, y1).exterior.coords)


def _neighbour_blocks() -> Iterator[tuple[float, float, float, float]]:
    """Quiet ground around the community, so that it does not float."""
    xs = (-620.0, -290.0, 0.0, 205.0, 430.0, 625.0, 820.0, 1130.0)
    for x0, x1 in itertools.pairwise(xs):
        for y0, y1 in ((-420.0, -200.0), (-200.0, 0.0), (700.0, 900.0)):
            yield (x0, y0, x1, y1)
    for x0, x1 in ((-620.0, -290.0), (-290.0, 0.0), (820.0, 1130.0)):
        for y0, y1 in ((0.0, 165.0), (165.0, 330.0), (330.0, 615.0)):
            yield (x0, y0, x1, y1)
