"""A small town with a register, and a sealed round over it, with figures that can be worked out on paper.

community A …001001                                   community B …001002
  grid 001: building 0: 6 market 4 rental               building 4: 10 rental
            building 1: 10 market                       building 5: 10 dwellings the register says nothing of
  grid 002: building 2: 5 market 5 rental, estate 1
            building 3: 3 market,          estate 1
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from grids.models import Area, Building, Dwelling, GridPlan, SealedRelease, Stock, Town
from grids.tallies import Cell, PairSum, Release, replace_sealed_tallies
from tests.grids.drawn_towns import DrawnTown, box

STREET, A, B = "330100001", "330100001001", "330100001002"
GRID_1, GRID_2 = A + "001", A + "002"
MARKET, RENTAL = "market", "public_rental"
HOMES = [(6, 4), (10, 0), (5, 5), (3, 0), (0, 10), (0, 0)]
SD = 5.0
SPENT = {"levels": {"grid": 0.48, "community": 0.2, "street": 0.12}, "pairs": 0.2, "sensitivity": 2}


def draw_town(slug: str = "mixed", root_code: str = "330100") -> Town:
    """The town above; its areas are 100 m apart so that polygons can tell grids apart."""
    drawn = DrawnTown(slug=slug, root_code=root_code)
    drawn.street((0, 0), (600, 0))
    drawn.estate(1, (190, 5), (330, 30), closed=False)
    for number, (market, rental) in enumerate(HOMES):
        community = A if number < 4 else B
        count = market + rental or 10
        drawn.building(
            (100.0 * number, 15.0),
            community_code=community,
            name=f"{number} 号楼",
            dwelling_count=count,
            **({"estate": 1} if number in (2, 3) else {}),
        )
    drawn.grids = {GRID_1: [0, 1], GRID_2: [2, 3]}
    town = drawn.build()
    for building in Building.objects.filter(stock__town=town):
        _register(building, *HOMES[building.number])
    _draw_grids(town)
    for code, level in ((root_code, "county"), (STREET, "street"), (A, "community"), (B, "community")):
        Area.objects.create(
            town=town, code=code, level=level, name_zh=f"区 {code}", valid_from=date(2026, 1, 1)
        )
    return town


def _register(building: Building, market: int, rental: int) -> None:
    tenures = [MARKET] * market + [RENTAL] * rental or [""] * 10
    Dwelling.objects.bulk_create(
        Dwelling(
            building=building,
            code=f"{building.code}{1:02d}{floor + 1:02d}01",
            unit=1,
            floor=floor + 1,
            door=1,
            tenure=tenure,
            room_class="两室" if floor % 2 else "一室",
            source="register",
        )
        for floor, tenure in enumerate(tenures)
    )


def _draw_grids(town: Town) -> None:
    """Grid 001 from -50 to 150 m, grid 002 from 150 to 350 m."""
    plan = GridPlan.objects.get(town=town)
    plan.grids.filter(code=GRID_1).update(geom=box(-50, 0, 150, 100), name_zh="一网格")
    plan.grids.filter(code=GRID_2).update(geom=box(150, 0, 350, 100), name_zh="二网格")


def stock_of(town: Town) -> Stock:
    return Stock.objects.get(town=town, state="active")


# --- A sealed round -----------------------------------------------------------------------


def origin(level: str, code: str, counts: tuple[float, ...], dwellings: int, *, sd: float = SD) -> list[Cell]:
    names = ("local", "moved", "resettled")
    return [
        Cell(level, code, "origin", name, count, sd, round(sum(counts)), dwellings)
        for name, count in zip(names, counts, strict=True)
    ]


CELLS = [
    *origin("grid", GRID_1, (50.0, 20.5, 9.5), 90),
    *origin("grid", GRID_2, (10.5, 9.5, 0.0), 30),
    *origin("community", A, (60.5, 30.0, 9.5), 120),
    *origin("community", B, (20.0, 15.0, 5.0), 200),
    *origin("street", STREET, (80.5, 45.0, 14.5), 320),
]
PAIRS = [PairSum(A, "origin", 200, 90.0, 10.0), PairSum(B, "origin", 50, 30.0, 8.0)]


def seal(
    town: Town,
    *,
    cells: list[Cell] | None = None,
    pairs: list[PairSum] | None = None,
    ends_on: date = date(2026, 3, 31),
    plan: GridPlan | None = None,
    round_uid: UUID | None = None,
    allocations: dict[str, Any] | None = None,
) -> SealedRelease:
    release = Release(
        town=town,
        round_uid=round_uid or uuid4(),
        round_name=f"走访 {ends_on}",
        plan=plan or GridPlan.objects.get(town=town, state="active"),
        area_codes=[A, B],
        starts_on=date(ends_on.year, 1, 1),
        ends_on=ends_on,
        year=ends_on.year,
        epsilon=Decimal("1.0"),
        allocations=allocations or {"origin": SPENT},
        dwelling_count=320,
        sealed_at=datetime(ends_on.year, 4, 1, tzinfo=UTC),
    )
    return replace_sealed_tallies(
        release, CELLS if cells is None else cells, PAIRS if pairs is None else pairs, by=None
    )
