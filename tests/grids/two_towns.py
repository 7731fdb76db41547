"""Two towns in one database, with codes chosen to trap a careless comparison.

town 甲 330100                                   town 乙 330101: codes that begin with the same five digits
  community …001001: buildings 0 1 2 3             community 330101001001: buildings 0 1
    grid …001 holds buildings 0 and 1
    building 2 has the code …00123, which begins with the code of grid …001
    grid …002 holds buildings 2 and 3
  community …001002: buildings 4 5
"""

from dataclasses import asdict, dataclass
from datetime import date

from grids.coverage.runs import run_coverage
from grids.models import Area, Building, CoverageRun, GridPlan, Town
from grids.partition.partition_checks import GridRules
from tests.grids.drawn_towns import DrawnTown, box

FIRST, SECOND = "330100001001", "330100001002"
GRID, OTHER_GRID = FIRST + "001", FIRST + "002"
COLLIDING = FIRST + "00123"
OTHER_TOWN = "330101001001"


@dataclass(frozen=True)
class TwoTowns:
    own: Town
    other: Town
    own_run: CoverageRun
    other_run: CoverageRun


def draw_towns() -> tuple[Town, Town]:
    return _draw("jia", "330100"), _draw("yi", "330101")


def draw_two_towns() -> TwoTowns:
    """Both towns with their coverage."""
    own, other = draw_towns()
    return TwoTowns(own, other, run_coverage(own), run_coverage(other))


def _draw(slug: str, root_code: str) -> Town:
    town = DrawnTown(slug=slug, root_code=root_code)
    town.street((0, 0), (600, 0), (1200, 0))
    town.facility("EDU-KIN", (100, 10))
    town.facility("COM-CONV HLT-PHA", (500, -10))
    town.estate(1, (-10, 5), (330, 30), closed=False)
    communities = [FIRST] * 4 + [SECOND] * 2 if slug == "jia" else [OTHER_TOWN] * 2
    for number, community in enumerate(communities):
        town.building(
            (100.0 + 200 * number, 15.0),
            community_code=community,
            name=f"{slug} {number} 号楼",
            address=f"民族路 {number} 号",
            **({"estate": 1} if number < 2 else {}),
        )
    if slug == "jia":
        town.grids = {GRID: [0, 1], OTHER_GRID: [2, 3]}
    made = town.build()
    if slug == "jia":
        Building.objects.filter(stock__town=made, number=2).update(code=COLLIDING)
        GridPlan.objects.filter(town=made).update(rules=asdict(GridRules()))
    for code in sorted({made.root_code, made.root_code + "001", *communities}):
        level = {6: Area.Level.COUNTY, 9: Area.Level.STREET, 12: Area.Level.COMMUNITY}[len(code)]
        Area.objects.create(
            town=made,
            code=code,
            level=level,
            name_zh=f"{slug} {code}",
            valid_from=date(2026, 1, 1),
            geom=box(-50, -50, 1300, 50),
        )
    return made
