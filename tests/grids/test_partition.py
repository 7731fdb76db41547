"""Partitions of drawn towns whose answers can be worked out on paper.

The lattice town: a community of 5 × 2 street blocks, each 100 m × 100 m, streets between them.

    +----+----+----+----+----+   y = 200
    | 5  | 6  | 7  | 8  | 9  |
    +----+----+----+----+----+   y = 100
    | 0  | 1  | 2  | 3  | 4  |
    +----+----+----+----+----+   y = 0
"""

import itertools

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

from gis_core import crs
from grids.geos import to_shapely
from grids.models import Building, GridMembership
from grids.partition.partition_blocks import CutLines, Estates, GridRules, Standing, blocks_of
from grids.partition.partition_checks import DrawnGrid, Ground, check_partition, wider_than
from grids.partition.partition_ground import community_shapes, zone_of
from grids.partition.partition_merge import merge_blocks, reading_order
from grids.partition.plans import chinese_number, make_plan
from grids.town_import.importing import import_osm_town

COMMUNITY = "990102003004"
RULES = GridRules(low=300, high=500, hard_low=250, hard_high=600, tolerance_m=0.5)
NO_LINES = np.array([], dtype=object)


def lattice_lines(columns=5, rows=2, pitch=100.0):
    upright = [LineString([(x * pitch, -5), (x * pitch, rows * pitch + 5)]) for x in range(1, columns)]
    level = [LineString([(-5, y * pitch), (columns * pitch + 5, y * pitch)]) for y in range(1, rows)]
    return np.array([*upright, *level], dtype=object)


def houses(spots, households):
    footprints = np.array([box(x - 5, y - 5, x + 5, y + 5) for x, y in spots], dtype=object)
    return Standing(np.array(spots, dtype=float), footprints, np.array(households, dtype=np.int64))


def no_estates():
    return Estates(np.array([], dtype=object), np.array([], dtype=np.int64))


def grids_of(blocks, region):
    shapes = [shapely.union_all(blocks.shapes[region == r]) for r in range(region.max() + 1)]
    households = np.bincount(region, weights=blocks.households).astype(int).tolist()
    return shapes, households


def lattice_town(households):
    spots = [(50 + 100 * x, 50 + 100 * y) for y in range(2) for x in range(5)]
    lines = CutLines(lattice_lines(), NO_LINES)
    standing = houses(spots, households)
    blocks = blocks_of(box(0, 0, 500, 200), lines, no_estates(), standing, [], RULES)
    return blocks, merge_blocks(blocks, lines, RULES)


def test_streets_cut_a_community_into_its_ten_blocks_without_gap_or_overlap():
    blocks, _ = lattice_town([100] * 10)
    assert len(blocks.shapes) == 10
    assert shapely.area(blocks.shapes).tolist() == [10_000.0] * 10
    assert shapely.union_all(blocks.shapes).equals(box(0, 0, 500, 200))


def test_ten_blocks_of_200_households_become_five_grids_of_400():
    blocks, region = lattice_town([200] * 10)
    _, households = grids_of(blocks, region)
    assert households == [400] * 5


def test_the_same_town_is_divided_the_same_way_every_time():
    first = lattice_town([90, 210, 130, 310, 55, 170, 260, 140, 85, 190])[1]
    again = lattice_town([90, 210, 130, 310, 55, 170, 260, 140, 85, 190])[1]
    assert first.tolist() == again.tolist()


def test_a_park_without_households_still_belongs_to_a_grid():
    blocks, region = lattice_town([350, 0, 350, 0, 350, 350, 0, 350, 0, 350])
    shapes, households = grids_of(blocks, region)
    assert sorted(households) == [350] * 6
    assert sum(shape.area for shape in shapes) == 100_000


def test_a_main_road_is_crossed_only_when_nothing_else_fits():
    # 150 in each of four blocks in a row; the main road runs between the 2nd and the 3rd.
    spots = [(50 + 100 * x, 50) for x in range(4)]
    main = np.array([LineString([(200, -5), (200, 105)])], dtype=object)
    lines = CutLines(np.array([LineString([(x, -5), (x, 105)]) for x in (100, 300)], dtype=object), main)
    blocks = blocks_of(box(0, 0, 400, 100), lines, no_estates(), houses(spots, [150] * 4), [], RULES)
    region = merge_blocks(blocks, lines, RULES)
    west, east = shapely.box(0, 0, 200, 100), shapely.box(200, 0, 400, 100)
    shapes, households = grids_of(blocks, region)
    assert households == [300, 300]
    assert {shape.equals(west) or shape.equals(east) for shape in shapes} == {True}


def test_an_estate_is_not_split_by_the_lane_through_it():
    # Estate from x=20 to x=180 straddles the lane at x=100: 2 × 200 = 400 households stay together.
    estate = Estates(np.array([box(20, 20, 180, 80)], dtype=object), np.array([400]))
    lines = CutLines(np.array([LineString([(100, -5), (100, 105)])], dtype=object), NO_LINES)
    standing = houses([(60, 50), (140, 50)], [200, 200])
    blocks = blocks_of(box(0, 0, 200, 100), lines, estate, standing, [], RULES)
    assert blocks.building_block[0] == blocks.building_block[1]
    assert blocks.households.max() == 400


def test_an_estate_above_600_households_may_be_split():
    estate = Estates(np.array([box(20, 20, 180, 80)], dtype=object), np.array([800]))
    lines = CutLines(np.array([LineString([(100, -5), (100, 105)])], dtype=object), NO_LINES)
    standing = houses([(60, 50), (140, 50)], [400, 400])
    blocks = blocks_of(box(0, 0, 200, 100), lines, estate, standing, [], RULES)
    assert blocks.building_block[0] != blocks.building_block[1]


def test_a_block_with_too_many_households_is_cut_between_its_buildings():
    # One block, no streets inside, 4 towers of 300: two grids of 600 would do, four cells are offered.
    spots = [(30, 30), (170, 30), (30, 170), (170, 170)]
    standing = houses(spots, [300] * 4)
    whole = box(0, 0, 200, 200)
    blocks = blocks_of(whole, CutLines(NO_LINES, NO_LINES), no_estates(), standing, [], RULES)
    assert len(blocks.shapes) == 4
    assert shapely.area(blocks.shapes) == pytest.approx([10_000] * 4, abs=1.0)
    crossed = shapely.intersection(shapely.boundary(blocks.shapes)[:, None], standing.footprints[None, :])
    assert shapely.length(crossed).sum() == 0


def test_a_school_block_becomes_a_dedicated_grid_of_its_own():
    lines = CutLines(lattice_lines(columns=2, rows=1), NO_LINES)
    standing = houses([(50, 50)], [400])
    blocks = blocks_of(box(0, 0, 200, 100), lines, no_estates(), standing, [box(105, 5, 195, 95)], RULES)
    region = merge_blocks(blocks, lines, RULES)
    assert blocks.is_institution.sum() == 1
    assert region[0] != region[1]


# The two real communities of the field: 3,276 households in 11 grids (298 each) and 5,585 in 11 (508 each).
@pytest.mark.parametrize(("total", "count", "mean"), [(3276, 11, 298), (5585, 11, 508)])
def test_real_profiles_are_bracketed_by_the_band(total, count, mean):
    assert round(total / count) == mean
    share = [total // count + (i < total % count) for i in range(count)]
    shapes = [box(100 * i, 0, 100 * i + 100, 100) for i in range(count)]
    verdict = check_partition(
        [DrawnGrid(f"{COMMUNITY}{i + 1:03d}", COMMUNITY, shape) for i, shape in enumerate(shapes)],
        ground(box(0, 0, 100 * count, 100), [(100 * i + 50, 50) for i in range(count)], share),
        RULES,
    )
    # Just outside 300–500 on either side: a warning each, nothing that needs a reason.
    assert [f.code for f in verdict.findings] == ["size_unusual"] * count
    assert not verdict.has_problems


@pytest.mark.parametrize("total", [3276, 5585])
def test_real_profiles_drawn_as_blocks_are_divided_within_the_hard_bounds(total):
    random = np.random.default_rng(total)
    weights = random.integers(20, 180, size=100)
    households = np.floor(weights * total / weights.sum()).astype(int)
    households[0] += total - households.sum()
    spots = [(50 + 100 * x, 50 + 100 * y) for y in range(10) for x in range(10)]
    lines = CutLines(lattice_lines(columns=10, rows=10), NO_LINES)
    blocks = blocks_of(
        box(0, 0, 1000, 1000), lines, no_estates(), houses(spots, households.tolist()), [], RULES
    )
    _, counts = grids_of(blocks, merge_blocks(blocks, lines, RULES))
    assert sum(counts) == total
    assert min(counts) >= 250
    assert max(counts) <= 600
    assert np.mean([300 <= count <= 500 for count in counts]) >= 0.8


# --- The checker ------------------------------------------------------------------------


def ground(community, spots, households, estate=None, names=()):
    return Ground(
        communities={COMMUNITY: community},
        building_xy_m=np.array(spots, dtype=float).reshape(-1, 2),
        building_code=[f"{COMMUNITY}{i + 1:05d}" for i in range(len(spots))],
        building_community=[COMMUNITY] * len(spots),
        households=np.array(households, dtype=np.int64),
        estate=np.array(estate if estate is not None else [-1] * len(spots), dtype=np.int64),
        estate_name=list(names),
    )


def two_grids(left=None, right=None, **fields):
    shapes = (left or box(0, 0, 100, 100), right or box(100, 0, 200, 100))
    return [
        DrawnGrid(f"{COMMUNITY}{i + 1:03d}", COMMUNITY, shape, **fields) for i, shape in enumerate(shapes)
    ]


def checked(grids, households=(400, 400), **more):
    town = ground(box(0, 0, 200, 100), [(50, 50), (150, 50)], households, **more)
    return check_partition(grids, town, RULES)


def codes(verdict):
    return sorted(finding.code for finding in verdict.findings)


def test_two_good_grids_have_no_findings():
    verdict = checked(two_grids())
    assert codes(verdict) == []
    assert verdict.households.tolist() == [400, 400]


def test_a_gap_is_reported_with_its_area():
    verdict = checked(two_grids(right=box(110, 0, 200, 100)))
    [gap] = verdict.findings
    assert (gap.code, gap.severity, gap.area_m2) == ("gap", "problem", 1000.0)
    assert gap.shape.equals(box(100, 0, 110, 100))


def test_an_overlap_is_reported_with_its_area_and_both_grids():
    verdict = checked(two_grids(right=box(90, 0, 200, 100)))
    [overlap] = verdict.findings
    assert (overlap.code, overlap.area_m2) == ("overlap", 1000.0)
    assert overlap.grid_codes == (f"{COMMUNITY}001", f"{COMMUNITY}002")


@pytest.mark.parametrize(("width", "expected"), [(0.4, []), (0.6, ["gap"])])
def test_slivers_narrower_than_half_a_metre_are_drawing_differences(width, expected):
    assert codes(checked(two_grids(right=box(100 + width, 0, 200, 100)))) == expected


def test_a_building_in_two_grids_or_in_none_is_reported():
    overlapping = checked(two_grids(right=box(40, 0, 200, 100)))
    assert codes(overlapping) == ["building_in_several_grids", "overlap"]
    missing = checked(two_grids(right=box(160, 0, 200, 100)))
    assert codes(missing) == ["building_in_no_grid", "gap", "size_needs_reason"]
    [lost] = [f for f in missing.findings if f.code == "building_in_no_grid"]
    assert lost.examples == (f"{COMMUNITY}00002",)


def test_a_grid_that_leaves_its_community_is_reported():
    verdict = checked(two_grids(right=box(100, 0, 210, 100)))
    [outside] = verdict.findings
    assert (outside.code, outside.area_m2) == ("outside_community", 1000.0)


def test_sizes_warn_outside_300_to_500_and_need_a_reason_outside_250_to_600():
    assert codes(checked(two_grids(), households=(300, 500))) == []
    assert codes(checked(two_grids(), households=(299, 501))) == ["size_unusual"] * 2
    assert codes(checked(two_grids(), households=(250, 600))) == ["size_unusual"] * 2
    assert codes(checked(two_grids(), households=(249, 601))) == ["size_needs_reason"] * 2
    explained = checked(two_grids(size_reason="沿河一侧待拆迁"), households=(249, 601))
    assert codes(explained) == ["size_unusual"] * 2
    assert not explained.has_problems


def test_an_estate_up_to_600_in_two_grids_is_split_and_a_larger_one_is_not():
    assert codes(checked(two_grids(), (300, 300), estate=[0, 0], names=["柳园"])) == ["estate_split"]
    assert codes(checked(two_grids(), (301, 300), estate=[0, 0], names=["柳园"])) == []


def test_codes_are_unique_and_follow_the_community():
    twice = [DrawnGrid(f"{COMMUNITY}001", COMMUNITY, grid.shape) for grid in two_grids()]
    assert codes(checked(twice)) == ["duplicate_code"]
    for wrong in (f"{COMMUNITY}000", f"{COMMUNITY}1", "990102003005001", ""):
        grids = two_grids()
        grids[0] = DrawnGrid(wrong, COMMUNITY, grids[0].shape)
        assert codes(checked(grids)) == ["invalid_code"]


def test_a_bow_tie_outline_is_reported_and_the_rest_still_checked():
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    assert "invalid_geometry" in codes(checked(two_grids(left=bow)))
    assert "gap" in codes(checked(two_grids(left=bow)))


def test_gaps_and_overlaps_agree_with_counting_random_points():
    """An independent second method: every one of 20,000 points lies in exactly one grid, or in a finding."""
    random = np.random.default_rng(7)
    grids = []
    for i, (x, y) in enumerate(itertools.product(range(4), range(3))):
        jitter = random.uniform(-6, 6, 4)
        grids.append(
            DrawnGrid(
                f"{COMMUNITY}{i + 1:03d}",
                COMMUNITY,
                box(
                    100 * x + jitter[0],
                    100 * y + jitter[1],
                    100 * x + 100 + jitter[2],
                    100 * y + 100 + jitter[3],
                ),
            )
        )
    home = box(0, 0, 400, 300)
    verdict = check_partition(grids, ground(home, [], []), RULES)
    points = shapely.points(random.uniform((0, 0), (400, 300), size=(20_000, 2)))
    times = sum(shapely.contains(grid.shape, points).astype(int) for grid in grids)
    for code, wrong in (("gap", times == 0), ("overlap", times > 1)):
        found = shapely.union_all([f.shape for f in verdict.findings if f.code == code])
        slivers = 0.5 * 4 * 12 * 100 / home.area  # what the tolerance may hide at most
        assert (shapely.contains(found, points) & ~wrong).sum() == 0
        assert (wrong & ~shapely.contains(found, points)).mean() <= slivers
        brute = (
            home.difference(shapely.union_all([g.shape for g in grids]))
            if code == "gap"
            else shapely.union_all([a.shape & b.shape for a, b in itertools.combinations(grids, 2)])
        )
        assert found.area == pytest.approx(brute.area, rel=0.02)


def test_width_is_measured_across():
    assert wider_than(box(0, 0, 100, 0.4), 0.5) == []
    assert len(wider_than(box(0, 0, 100, 0.6), 0.5)) == 1
    assert wider_than(MultiLineString([[(0, 0), (1, 1)]]), 0.5) == []
    assert wider_than(Point(0, 0), 0.5) == []


def test_codes_run_west_to_east_then_north_to_south():
    centres = np.array([[150.0, 45.0], [50.0, 152.0], [50.0, 50.0], [150.0, 148.0]])
    assert reading_order(centres, np.full(4, 10_000.0)).tolist() == [1, 3, 2, 0]


def test_grid_numbers_in_words():
    words = {
        1: "一",
        10: "十",
        11: "十一",
        20: "二十",
        35: "三十五",
        100: "一百",
        102: "一百零二",
        110: "一百一十",
    }
    assert {number: chinese_number(number) for number in words} == words


# --- A real town ------------------------------------------------------------------------


@pytest.mark.django_db
def test_monaco_is_divided_without_gap_or_overlap_and_every_building_lies_in_one_grid(settings):
    result = import_osm_town(
        settings.FIXTURES_DIR / "monaco.osm.pbf", name="摩纳哥", time_zone="Europe/Monaco"
    )
    plan = make_plan(result.town)
    faults = {finding["code"] for finding in plan.report["findings"]}
    assert faults <= {"size_unusual", "size_needs_reason"}

    # The same by brute force, without the checker: pairs of polygons, one big union, one count a building.
    zone = zone_of(result.town)
    shapes = [crs.geometry_to_metres(to_shapely(grid.geom), zone) for grid in plan.grids.all()]
    homes = [crs.geometry_to_metres(shape, zone) for shape in community_shapes(result.town).values()]
    home, covered = shapely.union_all(homes), shapely.union_all(shapes)
    assert covered.symmetric_difference(home).buffer(-0.25).area == 0
    pairs = itertools.combinations(shapes, 2)
    assert sum((a & b).buffer(-0.25).area for a, b in pairs if a.intersects(b)) == 0
    memberships = GridMembership.objects.filter(plan=plan)
    assert memberships.count() == Building.objects.filter(stock=result.stock).count()
    inside = sum(300 <= grid.household_count <= 500 for grid in plan.grids.all())
    assert inside >= 0.75 * plan.grids.count()

    again = make_plan(result.town)
    pairs = zip(plan.grids.order_by("code"), again.grids.order_by("code"), strict=True)
    assert all((a.code, a.geom) == (b.code, b.geom) for a, b in pairs)
