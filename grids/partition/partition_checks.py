"""What is wrong with a partition: gaps, overlaps, buildings in no grid, estates cut, sizes, codes.

Pure functions on shapes in metres. The tolerance is a width: a sliver narrower than it is the
difference between two drawings of one line, not a fault (domain rule: 0.5 m).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from grids.partition.partition_blocks import FloatArray, GridRules, IntArray, Shapes

EXAMPLES_KEPT = 20


@dataclass(frozen=True)
class DrawnGrid:
    code: str
    community_code: str
    shape: BaseGeometry  # metres
    is_dedicated: bool = False
    size_reason: str = ""
    name_zh: str = ""
    name_en: str = ""

    @property
    def label_zh(self) -> str:
        """The name with its sequence number; the whole code where there is no name."""
        return f"{self.name_zh}（{self.code[-3:]}）" if self.name_zh else f"网格 {self.code}"

    @property
    def label_en(self) -> str:
        name = self.name_en or self.name_zh
        return f"{name} ({self.code[-3:]})" if name else f"Grid {self.code}"


@dataclass(frozen=True)
class Ground:
    """What the partition is checked against."""

    communities: dict[str, BaseGeometry]
    building_xy_m: FloatArray
    building_code: Sequence[str]
    building_community: Sequence[str]
    households: IntArray
    estate: IntArray  # index of each building's estate, -1 without
    estate_name: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """One fault: what, where, how large; sentences are kept in both languages because reports are."""

    code: str
    severity: str  # warning | problem
    sentence_zh: str
    sentence_en: str
    count: int = 1
    examples: tuple[str, ...] = ()
    grid_codes: tuple[str, ...] = ()
    area_m2: float = 0.0
    shape: BaseGeometry | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Verdict:
    findings: list[Finding]
    grid_of_building: IntArray  # index into the drawn grids, -1 in none; the first where grids overlap
    households: IntArray  # per grid
    buildings: IntArray  # per grid

    @property
    def has_problems(self) -> bool:
        return any(finding.severity == "problem" for finding in self.findings)


def check_partition(drawn: Sequence[DrawnGrid], ground: Ground, rules: GridRules) -> Verdict:
    """Every rule on every grid; nothing is repaired."""
    shapes = np.array([grid.shape for grid in drawn], dtype=object)
    usable = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    # A broken outline is reported once and then read as GEOS repairs it, so that the other rules still speak.
    shapes = np.where(usable, shapes, shapely.make_valid(shapes))
    of_building, findings_b = _place_buildings(shapes, drawn, ground)
    households, buildings = _sums(of_building, ground.households, len(drawn))
    findings = [
        *_broken_outlines(drawn, usable, shapes),
        *_codes(drawn, ground),
        *_outside(drawn, shapes, ground, rules),
        *_gaps(drawn, shapes, ground, rules),
        *_overlaps(drawn, shapes, rules),
        *findings_b,
        *_cut_estates(drawn, of_building, ground, rules),
        *_sizes(drawn, households, rules),
    ]
    return Verdict(findings, of_building, households, buildings)


def wider_than(shape: BaseGeometry, width_m: float) -> list[BaseGeometry]:
    """The polygons of a shape that are somewhere wider than a width, whole."""
    parts = shapely.get_parts(shapely.make_valid(shape))
    parts = parts[shapely.get_dimensions(parts) == 2]
    # Mitred, so that the inner offset of a rectangle is exactly the smaller rectangle.
    return list(parts[~shapely.is_empty(shapely.buffer(parts, -width_m / 2, join_style="mitre"))])


def _sums(of_building: IntArray, households: IntArray, grid_count: int) -> tuple[IntArray, IntArray]:
    inside = of_building >= 0
    per_grid = np.bincount(of_building[inside], weights=households[inside], minlength=grid_count)
    return per_grid.astype(np.int64), np.bincount(of_building[inside], minlength=grid_count)


def _broken_outlines(drawn: Sequence[DrawnGrid], usable: Shapes, shapes: Shapes) -> Iterator[Finding]:
    for grid, good, shape in zip(drawn, usable, shapes, strict=True):
        if not good:
            why = shapely.is_valid_reason(grid.shape)
            yield Finding(
                "invalid_geometry",
                "problem",
                f"网格 {grid.code} 的边界无效（{why}），请改正边界。",
                f"The outline of grid {grid.code} is invalid ({why}); mend the outline.",
                grid_codes=(grid.code,),
                shape=shape,
            )


def _codes(drawn: Sequence[DrawnGrid], ground: Ground) -> Iterator[Finding]:
    times = Counter(grid.code for grid in drawn)
    for code, count in sorted(times.items()):
        if count > 1:
            yield Finding(
                "duplicate_code",
                "problem",
                f"网格代码 {code} 用了 {count} 次，代码在一个方案内只能用一次。",
                f"Grid code {code} is used {count} times; a code may be used once in a plan.",
                count=count,
                grid_codes=(code,),
            )
    for grid in drawn:
        community, sequence = grid.code[:12], grid.code[12:]
        right = grid.code.isascii() and grid.code.isdigit() and len(grid.code) == 15 and sequence != "000"
        if not right or community != grid.community_code or community not in ground.communities:
            yield Finding(
                "invalid_code",
                "problem",
                f"网格代码 {grid.code} 不合规则："
                f"应为 12 位社区代码（{grid.community_code or '？'}）加 3 位顺序号。",
                f"Grid code {grid.code} breaks the rule: 12 digits of its community "
                f"({grid.community_code or '?'}) and a 3-digit sequence number.",
                grid_codes=(grid.code,),
            )


def _outside(
    drawn: Sequence[DrawnGrid], shapes: Shapes, ground: Ground, rules: GridRules
) -> Iterator[Finding]:
    for grid, shape in zip(drawn, shapes, strict=True):
        home = ground.communities.get(grid.community_code)
        beyond = shape if home is None else shapely.difference(shape, home)
        if parts := wider_than(beyond, rules.tolerance_m):
            out = shapely.union_all(parts)
            yield Finding(
                "outside_community",
                "problem",
                f"{grid.label_zh}有 {out.area:,.0f} 平方米在本社区之外；网格不跨社区。",
                f"{out.area:,.0f} m² of {grid.label_en} lie outside its community; a grid stays inside one.",
                grid_codes=(grid.code,),
                area_m2=out.area,
                shape=out,
            )


def _gaps(drawn: Sequence[DrawnGrid], shapes: Shapes, ground: Ground, rules: GridRules) -> Iterator[Finding]:
    covered = shapely.union_all(shapes) if len(shapes) else shapely.Polygon()
    for code, home in sorted(ground.communities.items()):
        for part in wider_than(shapely.difference(home, covered), rules.tolerance_m):
            near = [grid.code for grid in drawn if shapely.dwithin(grid.shape, part, rules.tolerance_m)]
            yield Finding(
                "gap",
                "problem",
                f"社区 {code} 内有 {part.area:,.0f} 平方米不属于任何网格。",
                f"{part.area:,.0f} m² of community {code} belong to no grid.",
                grid_codes=tuple(near),
                area_m2=part.area,
                shape=part,
            )


def _overlaps(drawn: Sequence[DrawnGrid], shapes: Shapes, rules: GridRules) -> Iterator[Finding]:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for a, b in sorted(zip(one[one < other].tolist(), other[one < other].tolist(), strict=True)):
        for part in wider_than(shapely.intersection(shapes[a], shapes[b]), rules.tolerance_m):
            codes = (drawn[a].code, drawn[b].code)
            yield Finding(
                "overlap",
                "problem",
                f"{drawn[a].label_zh}与{drawn[b].label_zh}重叠 {part.area:,.0f} 平方米。",
                f"{drawn[a].label_en} and {drawn[b].label_en} overlap by {part.area:,.0f} m².",
                grid_codes=codes,
                area_m2=part.area,
                shape=part,
            )


def _place_buildings(
    shapes: Shapes, drawn: Sequence[DrawnGrid], ground: Ground
) -> tuple[IntArray, list[Finding]]:
    """The grid of every building by its point.

    A point exactly on a border counts for the first of the two grids and is no fault; inside two
    grids at once is one.
    """
    result = np.full(len(ground.households), -1, dtype=np.int64)
    points = shapely.points(ground.building_xy_m)
    tree = shapely.STRtree(shapes)
    touched, near = tree.query(points, predicate="intersects")
    order = np.lexsort((near, touched))[::-1]
    result[touched[order]] = near[order]
    deep, _ = tree.query(points, predicate="within")
    twice = np.flatnonzero(np.bincount(deep, minlength=len(points)) > 1)
    inside = np.array([code in ground.communities for code in ground.building_community], dtype=bool)
    none = np.flatnonzero((result < 0) & inside)
    findings = []
    if len(none):
        findings.append(
            _building_finding("building_in_no_grid", none, ground, "不在任何网格内", "lie in no grid")
        )
    if len(twice):
        findings.append(
            _building_finding(
                "building_in_several_grids", twice, ground, "同时在几个网格内", "lie in several grids"
            )
        )
    return result, findings


def _building_finding(code: str, which: IntArray, ground: Ground, zh: str, en: str) -> Finding:
    households = int(ground.households[which].sum())
    return Finding(
        code,
        "problem",
        f"{len(which)} 栋楼（{households} 户）{zh}。",
        f"{len(which)} buildings ({households} households) {en}.",
        count=len(which),
        examples=tuple(ground.building_code[i] for i in which[:EXAMPLES_KEPT]),
        shape=shapely.union_all(shapely.buffer(shapely.points(ground.building_xy_m[which]), 4.0)),
    )


def _cut_estates(
    drawn: Sequence[DrawnGrid], of_building: IntArray, ground: Ground, rules: GridRules
) -> Iterator[Finding]:
    for index, name in enumerate(ground.estate_name):
        members = np.flatnonzero(ground.estate == index)
        for community in sorted({ground.building_community[int(i)] for i in members}):
            here = members[[ground.building_community[int(i)] == community for i in members]]
            grids = sorted({int(g) for g in of_building[here] if g >= 0})
            households = int(ground.households[here].sum())
            if len(grids) > 1 and households <= rules.hard_high:
                codes = tuple(drawn[g].code for g in grids)
                yield Finding(
                    "estate_split",
                    "warning",
                    f"小区“{name or '未命名'}”只有 {households} 户，却分在 {len(grids)} 个网格；"
                    f"不超过 {rules.hard_high} 户的小区不拆分。",
                    f"Estate “{name or 'unnamed'}” has only {households} households but lies in "
                    f"{len(grids)} grids; an estate of up to {rules.hard_high} is not split.",
                    examples=(name,),
                    grid_codes=codes,
                )


def _sizes(drawn: Sequence[DrawnGrid], households: IntArray, rules: GridRules) -> Iterator[Finding]:
    for grid, count in zip(drawn, households.tolist(), strict=True):
        if grid.is_dedicated or rules.low <= count <= rules.high:
            continue
        hard = not rules.hard_low <= count <= rules.hard_high
        unexplained = hard and not grid.size_reason.strip()
        build: Callable[..., Finding] = _unexplained_size if unexplained else _unusual_size
        yield build(grid, count, rules)


def _unexplained_size(grid: DrawnGrid, count: int, rules: GridRules) -> Finding:
    return Finding(
        "size_needs_reason",
        "problem",
        f"{grid.label_zh}有 {count} 户，超出 {rules.hard_low}–{rules.hard_high} 户，须写明理由或调整边界。",
        f"{grid.label_en} has {count} households, outside {rules.hard_low}–{rules.hard_high}: "
        "give the reason or move its outline.",
        count=count,
        grid_codes=(grid.code,),
    )


def _unusual_size(grid: DrawnGrid, count: int, rules: GridRules) -> Finding:
    reason_zh = f"理由：{grid.size_reason}" if grid.size_reason else "可以接受，宜调整。"
    reason_en = f"Reason: {grid.size_reason}" if grid.size_reason else "Acceptable; better adjusted."
    return Finding(
        "size_unusual",
        "warning",
        f"{grid.label_zh}有 {count} 户，不在 {rules.low}–{rules.high} 户之间。{reason_zh}",
        f"{grid.label_en} has {count} households, not between {rules.low} and {rules.high}. {reason_en}",
        count=count,
        grid_codes=(grid.code,),
    )
