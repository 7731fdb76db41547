"""Grids of a town: make a first partition from the street blocks, take one from a file, check it.

A plan is a generation: made aside, checked, then activated in one switch. Blocks come from
`partition_blocks`, their grouping from `partition_merge`, the rules from `partition_checks`; this
file reads the town, writes the plan and keeps what the checker found.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core import crs
from gis_core.errors import Refusal
from gis_core.progress import NoProgress, Progress
from gis_core.readers.vector import VectorRow
from grids.models import GenerationState, Grid, GridPlan, Town
from grids.partition import partition_ground as ground_reader
from grids.partition.partition_blocks import GridRules, Shapes, blocks_of
from grids.partition.partition_checks import DrawnGrid, Verdict, check_partition
from grids.partition.partition_merge import merge_blocks, reading_order
from grids.partition.partition_store import keep_verdict, new_plan, write_grids, write_memberships

GRIDS_IN_COMMUNITY = 999
CODE_DIGITS = 15
DEDICATED_WORDS = ("dedicated", "专属", "专属网格")


class NoCommunities(Refusal):
    code = "no_communities"
    status = 409


class NoStock(Refusal):
    code = "no_stock"
    status = 409


class TooManyGrids(Refusal):
    code = "too_many_grids"
    status = 422


class PlanHasProblems(Refusal):
    code = "plan_has_problems"
    status = 409


@dataclass(frozen=True)
class GridColumns:
    """Which columns of an imported layer hold what; an empty name: not given."""

    name: str = ""
    code: str = ""
    kind: str = ""
    reason: str = ""


@dataclass
class NewGrid:
    """A grid before it is written: outline in metres, code filled in by the rule when empty."""

    community_code: str
    shape: BaseGeometry
    code: str = ""
    name_zh: str = ""
    name_en: str = ""
    is_dedicated: bool = False
    size_reason: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def drawn(self) -> DrawnGrid:
        return DrawnGrid(
            self.code,
            self.community_code,
            self.shape,
            self.is_dedicated,
            self.size_reason,
            self.name_zh,
            self.name_en,
        )


def make_plan(
    town: Town,
    *,
    by: Any = None,
    progress: Progress | None = None,
    rules: GridRules | None = None,
) -> GridPlan:
    """A first partition from the street blocks of the active network, stock and areas; not yet active."""
    rules, progress = rules or GridRules(), progress or NoProgress()
    zone, stock = _zone_and_stock(town)
    lines, institutions = ground_reader.cut_lines(town, zone), ground_reader.institutions(town, zone)
    communities = stock.ground.communities
    progress.step(_("划分街坊"), total=len(communities))
    grids: list[NewGrid] = []
    for code in sorted(communities):
        _which, standing, estates = ground_reader.part_of(stock, code)
        nearby = lines.around(communities[code])
        blocks = blocks_of(communities[code], nearby, estates, standing, institutions, rules)
        region = merge_blocks(blocks, nearby, rules)
        shapes = [shapely.union_all(blocks.shapes[region == r]) for r in range(int(region.max()) + 1)]
        own = [bool(blocks.is_institution[region == r].all()) for r in range(len(shapes))]
        grids += [NewGrid(code, shape, is_dedicated=one) for shape, one in zip(shapes, own, strict=True)]
        progress.advance()
    source = {"source_name": _("按街坊自动划分"), "is_synthetic": True}
    return _save(town, grids, stock, zone, rules, by=by, source=source, progress=progress)


def import_plan(
    town: Town,
    rows: Sequence[VectorRow],
    columns: GridColumns,
    *,
    source: dict[str, Any],
    by: Any = None,
    progress: Progress | None = None,
    rules: GridRules | None = None,
) -> GridPlan:
    """A partition drawn elsewhere, taken as it is; what is wrong with it is found, not repaired.

    A row without a code gets one by the rule, in the community that holds most of its area.
    """
    zone, stock = _zone_and_stock(town)
    grids = [_grid_of(row, columns, zone, stock.ground.communities) for row in rows]
    return _save(
        town,
        grids,
        stock,
        zone,
        rules or GridRules(),
        by=by,
        source=source,
        progress=progress or NoProgress(),
    )


def check_plan(plan: GridPlan) -> Verdict:
    """Check a plan against today's stock and areas, and keep what was found with it."""
    zone, stock = _zone_and_stock(plan.town)
    rows = list(plan.grids.order_by("number"))
    drawn = [
        DrawnGrid(
            grid.code,
            grid.community_code,
            crs.geometry_to_metres(shapely.from_wkb(bytes(grid.geom.wkb)), zone),
            grid.kind == Grid.Kind.DEDICATED,
            grid.size_reason,
            grid.name_zh,
            grid.name_en,
        )
        for grid in rows
    ]
    verdict = check_partition(drawn, stock.ground, GridRules(**plan.rules))
    keep_verdict(plan, verdict, zone)
    write_memberships(plan, stock.stock, stock.building_id, verdict.grid_of_building)
    return verdict


def explain_sizes(plan: GridPlan, reason: str) -> Verdict:
    """Give one reason to every grid outside the hard bounds that has none, and check again."""
    low, high = plan.rules["hard_low"], plan.rules["hard_high"]
    unexplained = plan.grids.filter(size_reason="").exclude(household_count__range=(low, high))
    unexplained.update(size_reason=reason.strip()[:200])
    return check_plan(plan)


def require_no_problems(plan: GridPlan) -> None:
    """Refuse to activate a plan with gaps, overlaps or grids whose size nobody explained."""
    problems = [f for f in plan.report.get("findings", []) if f["severity"] == "problem"]
    if problems:
        raise PlanHasProblems(
            _("方案 %(number)d 有 %(count)d 处必须改正的问题，不能启用。第一处：%(first)s")
            % {"number": plan.number, "count": len(problems), "first": problems[0]["sentence_zh"]},
            findings=problems[:20],
            count=len(problems),
        )


def _zone_and_stock(town: Town) -> tuple[crs.MetricZone, ground_reader.StandingStock]:
    if not ground_reader.community_shapes(town):
        raise NoCommunities(_("“%(town)s”还没有社区边界。请先在“数据”里导入区划。") % {"town": town.name_zh})
    stock = ground_reader.active_stock(town)
    if stock is None:
        raise NoStock(
            _("“%(town)s”还没有启用的房屋数据。请先在“数据”里导入并启用。") % {"town": town.name_zh}
        )
    zone = ground_reader.zone_of(town)
    return zone, ground_reader.stock_in_metres(town, stock, zone)


def _grid_of(
    row: VectorRow, columns: GridColumns, zone: crs.MetricZone, communities: dict[str, BaseGeometry]
) -> NewGrid:
    def text(column: str) -> str:
        value = row.values.get(column) if column else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    shape = crs.geometry_to_metres(row.geometry, zone)
    code, name = text(columns.code), text(columns.name)
    home = code[:12] if code[:12] in communities else _community_holding(shape, communities)
    return NewGrid(
        home,
        shape,
        code=code,
        name_zh=name,
        is_dedicated=text(columns.kind).lower() in DEDICATED_WORDS,
        size_reason=text(columns.reason)[:200],
    )


def _community_holding(shape: BaseGeometry, communities: dict[str, BaseGeometry]) -> str:
    sound = shapely.make_valid(shape)
    shared = {code: sound.intersection(home).area for code, home in sorted(communities.items())}
    best = max(shared, key=lambda code: shared[code])
    return best if shared[best] > 0 else ""


@transaction.atomic
def _save(
    town: Town,
    grids: list[NewGrid],
    stock: ground_reader.StandingStock,
    zone: crs.MetricZone,
    rules: GridRules,
    *,
    by: Any,
    source: dict[str, Any],
    progress: Progress,
) -> GridPlan:
    progress.step(_("检查网格"))
    number_grids(grids)
    verdict = check_partition([grid.drawn for grid in grids], stock.ground, rules)
    plan = new_plan(town, by=by, rules=asdict(rules), valid_from=timezone.localdate(), **source)
    progress.step(_("写入网格"))
    write_grids(plan, grids, zone)
    write_memberships(plan, stock.stock, stock.building_id, verdict.grid_of_building)
    keep_verdict(plan, verdict, zone)
    plan.state = GenerationState.CHECKED
    plan.save(update_fields=["state"])
    return plan


def number_grids(grids: list[NewGrid]) -> None:
    """Codes and names by rule for the grids that bring none: community + 3, west to east, north to south.

    A code that any grid brings along is kept and never given to another.
    """
    for community in sorted({grid.community_code for grid in grids if grid.community_code}):
        here = [grid for grid in grids if grid.community_code == community]
        if len(here) > GRIDS_IN_COMMUNITY:
            raise TooManyGrids(
                _("社区 %(code)s 分出 %(count)d 个网格，代码只能容纳 %(most)d 个。请先划细社区。")
                % {"code": community, "count": len(here), "most": GRIDS_IN_COMMUNITY},
                count=len(here),
            )
        taken = {grid.code for grid in here if grid.code}
        free = (f"{community}{n:03d}" for n in range(1, 1000) if f"{community}{n:03d}" not in taken)
        shapes: Shapes = np.array([grid.shape for grid in here], dtype=object)
        centres = shapely.get_coordinates(shapely.centroid(shapely.make_valid(shapes)))
        for index in reading_order(centres, shapely.area(shapes)):
            grid = here[index]
            grid.code = grid.code or next(free)
            _name(grid)


def _name(grid: NewGrid) -> None:
    sequence = int(grid.code[12:]) if grid.code[12:].isdigit() and len(grid.code) == CODE_DIGITS else 0
    if sequence:
        grid.name_zh = grid.name_zh or f"第{chinese_number(sequence)}网格"
        grid.name_en = grid.name_en or f"Grid {sequence}"
    else:
        grid.name_zh = grid.name_zh or grid.code or "网格"


def chinese_number(number: int) -> str:
    """1 to 999 in words: 一, 十, 十一, 二十, 一百零二, 一百一十."""
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (digits[ones] if ones else "")
