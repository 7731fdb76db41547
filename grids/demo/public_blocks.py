"""Blocks without estates: the school, the park by the creek, the civic corner; and buildings in estates."""

import shapely

from grids.demo.blocks import Frame, attach_to_street, frame_of
from grids.demo.old_quarter import rectangle
from grids.demo.sheet import Sheet

# block, x, y (south-west corner in the block's frame), width, depth, tags
BUILDINGS: list[tuple[str, float, float, float, float, dict[str, str]]] = [
    ("B2", -92, 10, 66, 13, {"building": "school", "building__levels": "4", "name": "教学楼"}),
    ("B2", -92, 34, 66, 13, {"building": "school", "building__levels": "4", "name": "实验楼"}),
    ("B2", -20, 34, 26, 20, {"building": "school", "building__levels": "2", "name": "风雨操场"}),
    ("B2", 42, -52, 46, 18, {"building": "kindergarten", "building__levels": "3", "name": "新桥幼儿园"}),
    ("B2", 46, 32, 40, 16, {"building": "public", "building__levels": "4", "name": "新桥社区党群服务中心"}),
    ("B2", 46, 10, 22, 12, {"building": "public", "building__levels": "2", "name": "新桥警务室"}),
    ("D3", -82, 24, 52, 18,
     {"building": "hospital", "building__levels": "5", "name": "柳岸街道社区卫生服务中心"}),
    ("D3", -82, -6, 30, 14, {"building": "public", "building__levels": "3", "name": "柳岸街道办事处"}),
    ("D3", -30, -50, 50, 34, {"building": "retail", "building__levels": "2", "name": "新桥菜市场"}),
    ("D3", 30, -52, 50, 26, {"building": "retail", "building__levels": "4", "name": "新桥商场"}),
    ("D3", -5, 24, 36, 14, {"building": "office", "building__levels": "6", "name": "清河邮政大楼"}),
    ("B4", 58, 24, 34, 16, {"building": "public", "building__levels": "2", "name": "新桥文化活动站"}),
    ("B4", 70, -48, 12, 8, {"building": "toilets", "building__levels": "1"}),
    ("C4", 24, 14, 34, 22, {"building": "office", "building__levels": "9", "name": "柳溪创客空间"}),
    ("C4", -66, -38, 46, 16, {"building": "commercial", "building__levels": "3", "name": "云溪里邻里中心"}),
    ("B3", -18, -8, 36, 14, {"building": "kindergarten", "building__levels": "2", "name": "新桥花园托育园"}),
]  # fmt: skip

# block, x, y, width, depth, tags of an area on the ground
AREAS: list[tuple[str, float, float, float, float, dict[str, str]]] = [
    ("B2", -98, -62, 112, 128,
     {"amenity": "school", "isced__level": "1", "name": "新桥小学", "name__en": "Xinqiao Primary School"}),
    ("B2", -84, -52, 84, 46,
     {"leisure": "pitch", "sport": "soccer", "name": "新桥小学操场", "access": "private"}),
    ("B2", 34, -58, 62, 40,
     {"amenity": "kindergarten", "name": "新桥幼儿园", "name__en": "Xinqiao Kindergarten"}),
    ("B2", 30, -10, 64, 16, {"leisure": "garden", "name": "新桥社区游园"}),
    ("B4", -90, -50, 142, 100, {"leisure": "park", "name": "柳岸公园", "name__en": "Liu'an Park"}),
    ("B4", -70, 14, 26, 15, {"leisure": "pitch", "sport": "basketball", "name": "柳岸公园篮球场"}),
    ("B4", -20, 18, 18, 12, {"leisure": "fitness_station", "name": "柳岸公园健身点"}),
    ("B4", 8, -34, 22, 16, {"leisure": "playground", "name": "柳岸公园儿童乐园"}),
    ("D3", 40, 20, 40, 32, {"amenity": "parking", "name": "柳岸停车场"}),
    ("C1", -12, 34, 18, 12, {"leisure": "fitness_station", "name": "纺织厂健身场"}),
]  # fmt: skip

PATHS: list[tuple[str, list[tuple[float, float]]]] = [
    ("B4", [(-90, -20), (-40, -10), (0, 6), (52, 12)]),
    ("B4", [(-40, -10), (-50, 50)]),
    ("B4", [(0, 6), (10, -50)]),
    ("B4", [(0, 6), (-10, 50)]),
]


def draw_public_blocks(sheet: Sheet) -> None:
    for block, x, y, width, depth, tags in AREAS:
        sheet.area(rectangle(frame_of(block), x, y, width, depth), **tags)
    for block, x, y, width, depth, tags in BUILDINGS:
        _draw_building(sheet, frame_of(block), x, y, width, depth, tags)
    for block, points in PATHS:
        frame = frame_of(block)
        sheet.line([frame.out(*p) for p in points], highway="footway")
    _lead_paths_to_streets(sheet, frame_of("B4"))
    _draw_pond(sheet, frame_of("B4"))


def _draw_building(
    sheet: Sheet, frame: Frame, x: float, y: float, width: float, depth: float, tags: dict[str, str]
) -> None:
    """A building with its main entrance in the middle of the long side that faces the nearer street."""
    north = y + depth / 2 > 0
    door = (x + width / 2, y + depth if north else y)
    corners = [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)]
    corners.insert(3 if north else 1, door)
    sheet.area((frame.out(*c) for c in corners), **tags)
    sheet.point(frame.out(*door), entrance="main")


def _lead_paths_to_streets(sheet: Sheet, frame: Frame) -> None:
    """The park's paths go on to the streets around it, through its open sides."""
    for start, far in (((-90, -20), (-300, -20)), ((52, 12), (300, 12)), ((-50, 50), (-50, 300)),
                       ((10, -50), (10, -300)), ((-10, 50), (-10, 300))):  # fmt: skip
        ray = shapely.LineString([frame.out(*start), frame.out(*far)])
        sheet.line([frame.out(*start), attach_to_street(sheet, ray)], highway="footway")


def _draw_pond(sheet: Sheet, frame: Frame) -> None:
    blob = shapely.buffer(shapely.LineString([(-62, -36), (-36, -30), (-14, -32)]), 9)
    sheet.area((frame.out(*p) for p in blob.exterior.coords), natural="water", name="荷花池")
