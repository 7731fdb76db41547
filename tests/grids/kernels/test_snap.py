"""Points to streets, against shapely's brute force."""

import itertools

import numpy as np
import pytest
import shapely

from grids.kernels.snap import SEARCH_RADIUS_M, snap


def lines_of(vertices, start):
    return [shapely.LineString(vertices[a:b]) for a, b in itertools.pairwise(start)]


def tangle(seed: int, edges: int = 300, extent_m: float = 3000.0):
    """Random polylines of 2 to 6 vertices, some long, some with doubled vertices, some of no length."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 7, edges)
    start = np.r_[0, np.cumsum(sizes)]
    vertices = np.empty((start[-1], 2))
    for edge in range(edges):
        step_m = rng.choice([5.0, 60.0, 900.0], p=[0.3, 0.6, 0.1])
        line = rng.uniform(0, extent_m, 2) + np.cumsum(rng.normal(0, step_m, (sizes[edge], 2)), axis=0)
        if edge % 17 == 0:
            line[:] = line[0]
        if edge % 5 == 0:
            line[1] = line[0]
        vertices[start[edge] : start[edge + 1]] = line
    return vertices, start, rng.integers(1, 50_000, edges), rng


@pytest.mark.parametrize("seed", range(5))
def test_random_points_land_where_shapely_says(seed):
    vertices, start, length_dm, rng = tangle(seed)
    points = rng.uniform(-800, 3800, (500, 2))
    snapped = snap(points, vertices, start, length_dm, max_distance_m=150)
    lines = lines_of(vertices, start)
    distances_m = np.array([shapely.distance(lines, point) for point in shapely.points(points)])
    nearest_m = distances_m.min(axis=1)
    within = nearest_m <= SEARCH_RADIUS_M
    assert np.allclose(snapped.distance_m[within], nearest_m[within], atol=1e-6)
    assert np.isinf(snapped.distance_m[~within]).all()
    assert np.array_equal(snapped.edge >= 0, nearest_m <= 150)
    for point in np.flatnonzero(snapped.edge >= 0).tolist():
        edge = int(snapped.edge[point])
        assert distances_m[point, edge] <= nearest_m[point] + 1e-6
        on_line = lines[edge].project(shapely.Point(points[point]))
        if lines[edge].length > 0:
            # A line that crosses itself has several nearest places: compare the place, not the way to it.
            back_m = lines[edge].interpolate(snapped.offset_dm[point] / length_dm[edge], normalized=True)
            step_m = lines[edge].length / length_dm[edge]
            assert back_m.distance(shapely.Point(snapped.xy_m[point])) <= 0.51 * step_m + 1e-6
            assert (
                np.hypot(*(snapped.xy_m[point] - points[point]))
                <= lines[edge].interpolate(on_line).distance(shapely.Point(points[point])) + 1e-6
            )


def test_offsets_scale_to_the_edges_own_length():
    # A line of 100 m whose street measures 120.0 m: a quarter of the way is 300 dm.
    snapped = snap([[25, 3]], [[0, 0], [100, 0]], [0, 2], [1200])
    assert (snapped.edge[0], snapped.offset_dm[0], snapped.distance_m[0]) == (0, 300, 3.0)
    assert snapped.xy_m.tolist() == [[25, 0]]


def test_at_a_junction_the_lowest_edge_number_wins():
    # Three streets meet in (0.1, 0.3); the point lies off all of them, nearest to the junction.
    vertices = [[0.1, 0.3], [7.7, 9.1], [5.3, 11.9], [0.1, 0.3], [0.1, 0.3], [9.7, 3.3]]
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        turned = np.concatenate([np.array(vertices)[2 * edge : 2 * edge + 2] for edge in order])
        assert snap([[-20, -20]], turned, [0, 2, 4, 6], [100, 100, 100]).edge.tolist() == [0]


def test_exactly_the_allowed_distance_is_snapped_and_one_step_further_is_reported_only():
    snapped = snap([[50, 100], [50, 100.001]], [[0, 0], [100, 0]], [0, 2], [1000], max_distance_m=100)
    assert snapped.edge.tolist() == [0, -1]
    assert snapped.distance_m.tolist() == [100, 100.001]


def test_beyond_the_search_radius_nothing_is_reported():
    snapped = snap([[50, SEARCH_RADIUS_M + 1]], [[0, 0], [100, 0]], [0, 2], [1000])
    assert snapped.edge.tolist() == [-1]
    assert np.isinf(snapped.distance_m[0])


def test_a_building_in_a_compound_keeps_to_its_own_paths_and_the_street():
    # Path of compound 2 at y = 1, of compound 1 at y = 3, street at y = 10; the points lie at y = 0.
    vertices = [[0, 1], [10, 1], [0, 3], [10, 3], [0, 10], [10, 10]]
    snapped = snap(
        [[5, 0]] * 4, vertices, [0, 2, 4, 6], [100] * 3, allowed_group=[0, 1, 2, 3], edge_group=[2, 1, 0]
    )
    assert snapped.edge.tolist() == [2, 1, 0, 2]


def test_no_points_and_no_streets_are_fine():
    assert len(snap(np.zeros((0, 2)), [[0, 0], [1, 0]], [0, 2], [10]).edge) == 0
    nowhere = snap([[1, 2]], np.zeros((0, 2)), [0], [])
    assert nowhere.edge.tolist() == [-1]
    assert np.isinf(nowhere.distance_m[0])


def test_coordinates_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="1 coordinates are not finite"):
        snap([[np.nan, 0]], [[0, 0], [1, 0]], [0, 2], [10])
