"""What stands in the blocks of 新桥社区: estates with their buildings, walls, gates and lanes."""

from dataclasses import dataclass, field
from typing import Literal

Side = Literal["south", "north", "east", "west"]


@dataclass(frozen=True)
class House:
    """One type of residential building."""

    length_m: float
    depth_m: float
    floors: int
    units: int
    doors: int  # per unit and floor
    dwelling_floors: int  # floors with dwellings; the ground floor of 商住 has shops
    kind: str = "apartments"
    year: int = 2005
    has_lift: bool = False
    has_gas: bool = True
    has_heat: bool = True
    is_self_contained: bool = True

    @property
    def dwellings(self) -> int:
        return self.units * self.doors * self.dwelling_floors


@dataclass(frozen=True)
class EstatePlan:
    """One estate: where it lies, how its rows run, who may enter, and whose dwellings it holds."""

    block: str
    name: str
    name_en: str
    house: House
    pitch_m: float  # from one row to the next
    gap_m: float
    tenures: tuple[tuple[str, int], ...]  # dealt to buildings in turn, by weight
    is_closed: bool = False
    gates: tuple[Side, ...] = ("south", "north")
    shops: tuple[Side, ...] = ()
    most_rows: int = 9
    skip: frozenset[tuple[int, int]] = frozenset()  # (row, place) left free for green or a kindergarten
    other_house: House | None = None
    other_rows: frozenset[int] = frozenset()
    rooms: tuple[str, ...] = ("两室", "三室")
    inserted: tuple[str, int] | None = None  # 插花: of every so many dwellings one is of another tenure
    extra: dict[str, str] = field(default_factory=dict)


SLAB_6 = House(47, 12.5, 6, 3, 2, 6, year=2008)
SLAB_6_LONG = House(55, 12.5, 6, 4, 2, 6, year=2011)
SLAB_5_OLD = House(46, 11.0, 5, 3, 2, 5, year=1984, has_gas=False)
CORRIDOR_4 = House(54, 12.0, 4, 1, 12, 4, kind="dormitory", year=1976, has_gas=False, is_self_contained=False)
SLAB_SHOPS = House(60, 13.0, 6, 4, 2, 5, kind="mixed", year=1998)
MID_11 = House(38, 15.0, 11, 2, 2, 11, year=2017, has_lift=True)
MID_11_SMALL = House(42, 15.0, 11, 2, 3, 11, year=2019, has_lift=True)
TOWER_18 = House(27, 22.0, 18, 1, 4, 18, year=2014, has_lift=True)
TOWER_18_SMALL = House(36, 20.0, 18, 1, 8, 18, year=2021, has_lift=True)

ESTATES = (
    EstatePlan(
        "A4", "滨河花园", "Binhe Garden", MID_11, 40, 12,
        (("商品房", 1),), is_closed=True, gates=("south", "east"), most_rows=3,
        skip=frozenset({(2, 2)}), rooms=("三室", "三室", "四室"),
        inserted=("公租房", 8),
    ),
    EstatePlan(
        "C4", "云溪里人才公寓", "Yunxi Lane Talent Apartments", TOWER_18_SMALL, 60, 50,
        (("人才公寓", 1),), gates=("south", "north"), most_rows=1,
        skip=frozenset({(0, 1)}), rooms=("一室", "一室", "两室"),
    ),
    EstatePlan(
        "D4", "安居苑", "Anju Court", MID_11_SMALL, 43, 14,
        (("公租房", 2), ("保租房", 2), ("共有产权房", 1)), gates=("south", "east"), most_rows=2,
        rooms=("一室", "两室", "两室"), skip=frozenset({(1, 1)}),
        inserted=("保租房", 4),
    ),
    EstatePlan(
        "A3", "柳岸家园东区", "Liu'an Home East", SLAB_6, 36, 9,
        (("安置房", 4), ("商品房", 1)), is_closed=True, gates=("south", "east"),
        inserted=("商品房", 5),
    ),
    EstatePlan(
        "B3", "新桥花园", "Xinqiao Garden", SLAB_6_LONG, 38, 9,
        (("商品房", 1),), is_closed=True, gates=("north", "west"), skip=frozenset({(1, 1), (1, 2)}),
        rooms=("两室", "三室", "三室"),
        inserted=("安置房", 6),
    ),
    EstatePlan(
        "C3", "书香苑", "Shuxiang Court", SLAB_6, 37, 8,
        (("商品房", 5), ("共有产权房", 1)), is_closed=True, gates=("south", "north"),
        skip=frozenset({(2, 0)}),
        inserted=("公租房", 9),
    ),
    EstatePlan(
        "A2", "柳岸家园西区", "Liu'an Home West", SLAB_6, 38, 9,
        (("安置房", 3), ("商品房", 1)), is_closed=True, gates=("north", "east"), shops=("south",),
        inserted=("公租房", 6),
    ),
    EstatePlan(
        "C2", "清河雅苑", "Qinghe Court", TOWER_18, 58, 26,
        (("商品房", 1),), is_closed=True, gates=("south", "west"), skip=frozenset({(1, 1)}),
        rooms=("三室", "三室", "四室"),
        inserted=("共有产权房", 7),
    ),
    EstatePlan(
        "D2", "新桥路商住楼", "Xinqiao Road flats", SLAB_SHOPS, 33, 10,
        (("商品房", 5), ("保租房", 1)), gates=("south", "west"), shops=("east",),
        inserted=("保租房", 5),
    ),
    EstatePlan(
        "C1", "纺织厂家属院", "Textile Mill Quarters", SLAB_5_OLD, 33, 10,
        (("商品房", 3), ("公租房", 1)), gates=("north", "east"), shops=("south",),
        other_house=CORRIDOR_4, other_rows=frozenset({0}),
        skip=frozenset({(3, 1), (2, 2)}), rooms=("一室", "两室"),
        inserted=("公租房", 4),
    ),
    EstatePlan(
        "D1", "纺织厂新村", "Textile Mill New Village", SLAB_5_OLD, 33, 12,
        (("商品房", 4), ("公租房", 1)), gates=("north", "west"), shops=("south",), most_rows=3,
        rooms=("一室", "两室"),
        inserted=("公租房", 5),
    ),
)  # fmt: skip

LANES = ("A1", "B1")  # 老街片: houses of one and two floors along lanes
LANE_NAMES = ("一巷", "二巷", "三巷", "四巷")
LANE_PITCH_M = 36.0
