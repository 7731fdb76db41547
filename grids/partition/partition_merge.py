"""Blocks put together into grids of the right size, the same way every time.

First the poorest region is joined to its best neighbour until no region is short, then single
blocks change hands where that brings the sizes nearer to the wanted band. Main roads, rails and
water count against a join. In metres; no database.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely

from grids.partition.partition_blocks import Blocks, CutLines, FloatArray, GridRules, IntArray, Shapes

MAJOR_WITHIN_M = 1.5
PROBES = (0.2, 0.5, 0.8)  # shares of a border's length
LEAST_GAIN = 10  # households: smaller gains are not worth a ragged outline


@dataclass
class Region:
    """A grid in the making."""

    blocks: set[int]
    households: int
    area_m2: float
    perimeter_m: float
    shared_m: dict[int, float] = field(default_factory=dict)  # neighbour -> length of the common border
    major_m: dict[int, float] = field(default_factory=dict)  # of it along main roads, rails, water


def merge_blocks(blocks: Blocks, lines: CutLines, rules: GridRules) -> IntArray:
    """The region (0..g-1) of every block; institutions keep a region of their own."""
    regions = _regions(blocks, lines)
    own = set(np.flatnonzero(blocks.is_institution).tolist())
    _grow(regions, own, rules, blocks.shapes)
    _exchange(regions, own, blocks, rules)
    region_of_block = np.zeros(len(blocks.shapes), dtype=np.int64)
    for number, region in enumerate(regions[key] for key in sorted(regions)):
        region_of_block[list(region.blocks)] = number
    return region_of_block


def _regions(blocks: Blocks, lines: CutLines) -> dict[int, Region]:
    shapes = blocks.shapes
    area, perimeter = shapely.area(shapes), shapely.length(shapes)
    regions = {
        index: Region({index}, int(blocks.households[index]), float(area[index]), float(perimeter[index]))
        for index in range(len(shapes))
    }
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    border = shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[other]))
    length = shapely.length(border)
    major_length = length * _share_along(border, lines.major)
    for a, b, shared, along in zip(one, other, length, major_length, strict=True):
        if shared > 0.05:
            regions[int(a)].shared_m[int(b)] = regions[int(b)].shared_m[int(a)] = float(shared)
            regions[int(a)].major_m[int(b)] = regions[int(b)].major_m[int(a)] = float(along)
    return regions


def _share_along(borders: Shapes, major: Shapes) -> FloatArray:
    """Which part of each border runs along a main line, told by three points of its first piece."""
    if not len(major) or not len(borders):
        return np.zeros(len(borders))
    pieces = shapely.get_geometry(shapely.line_merge(borders), 0)
    near = np.zeros((len(borders), len(PROBES)), dtype=bool)
    tree = shapely.STRtree(major)
    for column, share in enumerate(PROBES):
        points = shapely.line_interpolate_point(pieces, share, normalized=True)
        touched, _line = tree.query(points, predicate="dwithin", distance=MAJOR_WITHIN_M)
        near[touched, column] = True
    return near.mean(axis=1)


def _grow(regions: dict[int, Region], own: set[int], rules: GridRules, shapes: Shapes) -> None:
    """Join the poorest region to a neighbour until every region that can be is in the band."""
    settled: set[int] = set(own)
    while True:
        short = [k for k, r in regions.items() if k not in settled and r.households < rules.low]
        if not short:
            return
        poorest = min(short, key=lambda k: (regions[k].households, k))
        partner = _best_partner(poorest, regions, own, rules, shapes)
        if partner is None:
            settled.add(poorest)
            continue
        _join(regions, partner, poorest)
        settled.discard(partner)


def _best_partner(
    poorest: int, regions: dict[int, Region], own: set[int], rules: GridRules, shapes: Shapes
) -> int | None:
    region = regions[poorest]
    near = [k for k in region.shared_m if k not in own]
    if not near:
        return _nearest_apart(poorest, regions, own, rules, shapes)
    if region.households == 0:
        return min(near, key=lambda k: (_cost(region, regions[k], k), k))
    for limit in (rules.high, rules.hard_high):
        fitting = [k for k in near if region.households + regions[k].households <= limit]
        if limit == rules.hard_high:
            fitting = [k for k in fitting if _joining_helps(region, regions[k], rules)]
        if fitting:
            return min(fitting, key=lambda k: (_cost(region, regions[k], k), k))
    return None


def _joining_helps(region: Region, other: Region, rules: GridRules) -> bool:
    apart = rules.distance(region.households) + rules.distance(other.households)
    return rules.distance(region.households + other.households) < apart


def _cost(region: Region, other: Region, key: int) -> float:
    """Perimeter² over area of the joined shape (a circle is 1), dearer where a main line runs between."""
    shared = region.shared_m[key]
    perimeter = region.perimeter_m + other.perimeter_m - 2 * shared
    shape = perimeter**2 / (4 * np.pi * (region.area_m2 + other.area_m2))
    return float(shape * (1 + 2 * region.major_m.get(key, 0.0) / shared))


def _nearest_apart(
    poorest: int, regions: dict[int, Region], own: set[int], rules: GridRules, shapes: Shapes
) -> int | None:
    """An exclave without neighbours joins the nearest region that has room for it."""
    here = shapely.union_all(shapes[list(regions[poorest].blocks)])
    room = [
        k
        for k, r in regions.items()
        if k != poorest and k not in own and r.households + regions[poorest].households <= rules.hard_high
    ]
    if not room:
        return None
    return min(
        room, key=lambda k: (float(np.min(shapely.distance(here, shapes[list(regions[k].blocks)]))), k)
    )


def _join(regions: dict[int, Region], kept: int, gone: int) -> None:
    a, b = regions[kept], regions.pop(gone)
    shared = a.shared_m.pop(gone, 0.0)
    a.major_m.pop(gone, None)
    a.blocks |= b.blocks
    a.households += b.households
    a.area_m2 += b.area_m2
    a.perimeter_m += b.perimeter_m - 2 * shared
    for key, length in b.shared_m.items():
        if key == kept:
            continue
        neighbour = regions[key]
        along = b.major_m[key]
        neighbour.shared_m.pop(gone), neighbour.major_m.pop(gone)
        neighbour.shared_m[kept] = a.shared_m[key] = a.shared_m.get(key, 0.0) + length
        neighbour.major_m[kept] = a.major_m[key] = a.major_m.get(key, 0.0) + along


# --- Exchange of single blocks ----------------------------------------------------------


def _exchange(regions: dict[int, Region], own: set[int], blocks: Blocks, rules: GridRules) -> None:
    """Give blocks on a border to the neighbour while the sum of distances from the band falls."""
    neighbours = _block_neighbours(blocks)
    home = {block: key for key, region in regions.items() for block in region.blocks}
    while True:
        best: tuple[int, int, int] | None = None
        for block in sorted(home):
            giver = regions[home[block]]
            if home[block] in own or len(giver.blocks) == 1 or blocks.households[block] == 0:
                continue
            for key in sorted({home[n] for n in neighbours[block]} - {home[block]} - own):
                gain = _gain(int(blocks.households[block]), giver, regions[key], rules)
                better = gain >= LEAST_GAIN and (best is None or gain > best[0])
                if better and _stays_whole(giver.blocks - {block}, neighbours):
                    best = (gain, block, key)
        if best is None:
            return
        _, block, key = best
        households = int(blocks.households[block])
        regions[home[block]].blocks.discard(block)
        regions[home[block]].households -= households
        regions[key].blocks.add(block)
        regions[key].households += households
        home[block] = key


def _gain(households: int, giver: Region, taker: Region, rules: GridRules) -> int:
    before = rules.distance(giver.households) + rules.distance(taker.households)
    return (
        before - rules.distance(giver.households - households) - rules.distance(taker.households + households)
    )


def _block_neighbours(blocks: Blocks) -> list[list[int]]:
    result: list[list[int]] = [[] for _ in blocks.shapes]
    for key, region in _regions(blocks, CutLines(np.array([], object), np.array([], object))).items():
        result[key] = sorted(region.shared_m)
    return result


def _stays_whole(kept: set[int], neighbours: list[list[int]]) -> bool:
    start = min(kept)
    seen, queue = {start}, [start]
    while queue:
        for block in neighbours[queue.pop()]:
            if block in kept and block not in seen:
                seen.add(block)
                queue.append(block)
    return len(seen) == len(kept)


# --- Numbering --------------------------------------------------------------------------


def reading_order(centres_xy_m: FloatArray, areas_m2: FloatArray) -> IntArray:
    """West to east within a row, rows from north to south (DB11); a row is as deep as a typical grid.

    Rows are cut where the next centre lies more than half a grid's depth below the row's first.
    """
    depth = float(np.median(np.sqrt(areas_m2))) / 2 if len(areas_m2) else 0.0
    row_of = np.zeros(len(centres_xy_m), dtype=np.int64)
    row, top = -1, np.inf
    for index in np.lexsort((centres_xy_m[:, 0], -centres_xy_m[:, 1])):
        if top - centres_xy_m[index, 1] > depth:
            row, top = row + 1, centres_xy_m[index, 1]
        row_of[index] = row
    return np.lexsort((centres_xy_m[:, 0], row_of))
