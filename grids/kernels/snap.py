"""Points to streets: the nearest place on any edge's line, exact, through a grid over the segments.

Every segment is listed in each grid cell that its bounding box touches. A point searches rings of
cells around its own; once a ring lies further away than the best place found, nothing nearer can
follow. A point inside a closed compound may be held to that compound's own paths and the public
streets.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.graph import FloatArray, Int32Array, hilbert_order
from grids.kernels.jit import compiled

SEARCH_RADIUS_M = 2000.0
SEGMENTS_PER_CELL = 2.0
MAX_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where points landed.

    Attributes:
        edge: (p,) edge number, -1 when the nearest edge is further than the allowed distance.
        offset_dm: (p,) along the edge from its first vertex, scaled to the edge's whole length.
        distance_m: (p,) to the nearest allowed edge, also when it is too far to snap; `inf` when
            none lies within the search radius.
        xy_m: (p, 2) the place on the edge; the point itself when nothing was found.
    """

    edge: Int32Array
    offset_dm: Int32Array
    distance_m: FloatArray
    xy_m: FloatArray


def snap(
    points_xy_m: ArrayLike,
    polyline_xy_m: ArrayLike,
    edge_start: ArrayLike,
    edge_length_dm: ArrayLike,
    *,
    max_distance_m: float = 100.0,
    allowed_group: ArrayLike | None = None,
    edge_group: ArrayLike | None = None,
) -> Snapped:
    """The nearest place on any edge for every point; ties go to the lowest edge number.

    Args:
        points_xy_m: (p, 2) metric coordinates.
        polyline_xy_m: (c, 2) vertices of all edges, one after the other.
        edge_start: (e + 1,) edge i owns vertices edge_start[i] to edge_start[i + 1] - 1; an edge
            needs two of them to be found.
        edge_length_dm: (e,) the edge's own whole length, to which offsets are scaled.
        max_distance_m: inclusive; further points get edge -1.
        allowed_group, edge_group: (p,) and (e,) whole numbers; a point of group g may use edges of
            group g and of group 0. Default: every edge is group 0.

    Raises:
        ValueError: coordinates that are not finite, arrays that do not match.
    """
    points = _finite_xy(points_xy_m, "points")
    vertices = _finite_xy(polyline_xy_m, "polylines")
    start = np.ascontiguousarray(np.asarray(edge_start).reshape(-1), np.int64)
    length_dm = np.ascontiguousarray(np.asarray(edge_length_dm).reshape(-1), np.int64)
    edge_count = len(length_dm)
    if (
        len(start) != edge_count + 1
        or start[0] != 0
        or start[-1] != len(vertices)
        or np.any(np.diff(start) < 0)
    ):
        raise ValueError(f"edge_start: expected {edge_count + 1} rising values from 0 to {len(vertices)}")
    groups = _groups(edge_group, edge_count, "edge_group")
    allowed = _groups(allowed_group, len(points), "allowed_group")

    vertex_edge = np.repeat(np.arange(edge_count, dtype=np.int32), np.diff(start))
    first_vertex = np.flatnonzero(vertex_edge[:-1] == vertex_edge[1:]).astype(np.int32)
    along_m, line_m = _measured_along(vertices, start)
    low, cell_m, columns, rows = _grid(vertices, len(first_vertex))
    cell_start, line, line_along_m, line_edge = _listed(
        vertices, along_m, vertex_edge, first_vertex, low, cell_m, columns, rows
    )
    edge, along, distance_m, xy_m = _nearest(
        points,
        np.argsort(hilbert_order(points)),
        allowed,
        line,
        line_along_m,
        line_edge,
        groups,
        low,
        cell_m,
        columns,
        rows,
        cell_start,
        max(SEARCH_RADIUS_M, max_distance_m),
    )
    is_snapped = (edge >= 0) & (distance_m <= max_distance_m)
    safe = np.where(is_snapped, edge, 0)
    offset_dm = np.zeros(len(points), np.int32)
    if edge_count:
        share = np.where(line_m[safe] > 0, along / np.where(line_m[safe] > 0, line_m[safe], 1.0), 0.0)
        offset_dm = np.where(is_snapped, np.rint(np.clip(share, 0.0, 1.0) * length_dm[safe]), 0).astype(
            np.int32
        )
    return Snapped(np.where(is_snapped, edge, -1).astype(np.int32), offset_dm, distance_m, xy_m)


def _finite_xy(values: ArrayLike, name: str) -> FloatArray:
    xy_m = np.ascontiguousarray(np.asarray(values, np.float64).reshape(-1, 2))
    if not np.isfinite(xy_m).all():
        raise ValueError(f"{name}: {int((~np.isfinite(xy_m)).any(axis=1).sum())} coordinates are not finite")
    return xy_m


def _groups(values: ArrayLike | None, count: int, name: str) -> Int32Array:
    groups = np.zeros(count, np.int32) if values is None else np.asarray(values).astype(np.int32).reshape(-1)
    if len(groups) != count:
        raise ValueError(f"{name}: {len(groups)} values, expected {count}")
    return groups


def _grid(vertices: FloatArray, segment_count: int) -> tuple[FloatArray, float, int, int]:
    """South-west corner, cell width, columns and rows of a grid with about two segments a cell."""
    if not segment_count:
        return np.zeros(2), 1.0, 1, 1
    low = np.array([vertices[:, 0].min(), vertices[:, 1].min()])
    width_m, height_m = float(vertices[:, 0].max() - low[0]), float(vertices[:, 1].max() - low[1])
    wanted_cells = min(max(segment_count / SEGMENTS_PER_CELL, 1.0), MAX_CELLS)
    # A town that is one straight street has no area: the longer side alone bounds the cells then.
    cell_m = max(np.sqrt(width_m * height_m / wanted_cells), max(width_m, height_m) / wanted_cells, 1.0)
    return low, float(cell_m), int(width_m // cell_m) + 1, int(height_m // cell_m) + 1


@compiled
def _measured_along(vertices: FloatArray, start: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """(c,) metres along its edge at every vertex, (e,) metres of every edge's line."""
    along_m = np.zeros(len(vertices))
    line_m = np.zeros(len(start) - 1)
    for edge in range(len(start) - 1):
        for i in range(start[edge] + 1, start[edge + 1]):
            step_m = np.hypot(vertices[i, 0] - vertices[i - 1, 0], vertices[i, 1] - vertices[i - 1, 1])
            along_m[i] = along_m[i - 1] + step_m
        if start[edge + 1] > start[edge]:
            line_m[edge] = along_m[start[edge + 1] - 1]
    return along_m, line_m


@compiled
def _listed(
    vertices: FloatArray,
    along_m: FloatArray,
    vertex_edge: Int32Array,
    first_vertex: Int32Array,
    low: FloatArray,
    cell_m: float,
    columns: int,
    rows: int,
) -> tuple[NDArray[np.int64], FloatArray, FloatArray, Int32Array]:
    """Segments cell by cell; a long segment stands in every cell that its line crosses.

    Returns (cells + 1,) row starts, (k, 4) ends as x, y, x, y, (k,) metres along the edge at the
    first end, and (k,) edge numbers. Coordinates are copied, so that a search reads on in memory.
    """
    cell_start = np.zeros(columns * rows + 1, np.int64)
    line, line_along_m, line_edge = np.empty((0, 4)), np.empty(0), np.empty(0, np.int32)
    for is_filling in range(2):
        for i in first_vertex:
            ax, ay = (vertices[i, 0] - low[0]) / cell_m, (vertices[i, 1] - low[1]) / cell_m
            bx, by = (vertices[i + 1, 0] - low[0]) / cell_m, (vertices[i + 1, 1] - low[1]) / cell_m
            bottom, top = int(min(ay, by)), min(int(max(ay, by)), rows - 1)
            for row in range(bottom, top + 1):
                # Columns that the line spans within this row, one thousandth of a cell to be safe.
                left, right = min(ax, bx), max(ax, bx)
                if ay != by:
                    at_low = ax + (bx - ax) * (row - ay) / (by - ay)
                    at_high = ax + (bx - ax) * (row + 1 - ay) / (by - ay)
                    left, right = max(left, min(at_low, at_high)), min(right, max(at_low, at_high))
                for column in range(max(0, int(left - 1e-3)), min(columns - 1, int(right + 1e-3)) + 1):
                    cell = row * columns + column
                    if is_filling:
                        cell_start[cell] -= 1
                        at = cell_start[cell]
                        line[at, 0], line[at, 1] = vertices[i, 0], vertices[i, 1]
                        line[at, 2], line[at, 3] = vertices[i + 1, 0], vertices[i + 1, 1]
                        line_along_m[at], line_edge[at] = along_m[i], vertex_edge[i]
                    else:
                        cell_start[cell] += 1
        if not is_filling:
            total = 0
            for cell in range(columns * rows + 1):
                total += cell_start[cell]
                cell_start[cell] = total
            line, line_along_m, line_edge = np.empty((total, 4)), np.empty(total), np.empty(total, np.int32)
    return cell_start, line, line_along_m, line_edge


@compiled
def _nearest(
    points: FloatArray,
    visits: NDArray[np.intp],
    allowed: Int32Array,
    line: FloatArray,
    line_along_m: FloatArray,
    line_edge: Int32Array,
    groups: Int32Array,
    low: FloatArray,
    cell_m: float,
    columns: int,
    rows: int,
    cell_start: NDArray[np.int64],
    radius_m: float,
) -> tuple[Int32Array, FloatArray, FloatArray, FloatArray]:
    """Edge, metres along it, distance and place for every point, visited in an order that follows memory.

    `line`, `line_along_m` and `line_edge` list the segments cell by cell; see `_listed`.
    """
    edge_out = np.full(len(points), -1, np.int32)
    along_out = np.zeros(len(points))
    distance_out = np.full(len(points), np.inf)
    xy_out = points.copy()
    for point in visits:
        x, y = points[point, 0], points[point, 1]
        column, row = int(np.floor((x - low[0]) / cell_m)), int(np.floor((y - low[1]) / cell_m))
        border_m = min(
            x - low[0] - column * cell_m,
            low[0] + (column + 1) * cell_m - x,
            y - low[1] - row * cell_m,
            low[1] + (row + 1) * cell_m - y,
        )
        # Rings that lie wholly outside the grid are skipped; the one at its far side is the last.
        ring = max(0, -column, column - columns + 1, -row, row - rows + 1)
        last_ring = min(
            int(radius_m / cell_m) + 1,
            max(abs(column), abs(columns - 1 - column), abs(row), abs(rows - 1 - row)),
        )
        best2 = radius_m * radius_m
        best = -1
        best_t = 0.0
        while ring <= last_ring:
            gap_m = max(0.0, (ring - 1) * cell_m + border_m) if ring else 0.0
            if gap_m * gap_m > best2:
                break
            for r in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                is_whole_row = r == row - ring or r == row + ring
                step = 1 if is_whole_row else 2 * ring
                first_column = max(0, column - ring) if is_whole_row else column - ring
                last_column = min(columns - 1, column + ring)
                for c in range(first_column, last_column + 1, step):
                    if c < 0:
                        continue
                    for k in range(cell_start[r * columns + c], cell_start[r * columns + c + 1]):
                        group = groups[line_edge[k]]
                        if group != 0 and group != allowed[point]:
                            continue
                        ax, ay, bx, by = line[k, 0], line[k, 1], line[k, 2], line[k, 3]
                        dx, dy = bx - ax, by - ay
                        length2 = dx * dx + dy * dy
                        along = (x - ax) * dx + (y - ay) * dy
                        t, px, py = 0.0, ax, ay
                        if along >= length2 > 0.0:  # the vertex itself, so that ties at junctions are exact
                            t, px, py = 1.0, bx, by
                        elif along > 0.0:
                            t = along / length2
                            px, py = ax + t * dx, ay + t * dy
                        distance2 = (x - px) * (x - px) + (y - py) * (y - py)
                        if distance2 < best2 or (
                            distance2 == best2 and (best < 0 or line_edge[k] < line_edge[best])
                        ):
                            best2, best, best_t = distance2, k, t
                            xy_out[point, 0], xy_out[point, 1] = px, py
            ring += 1
        if best >= 0:
            length_m = np.hypot(line[best, 2] - line[best, 0], line[best, 3] - line[best, 1])
            edge_out[point] = line_edge[best]
            along_out[point] = line_along_m[best] + best_t * length_m
            distance_out[point] = np.sqrt(best2)
    return edge_out, along_out, distance_out, xy_out
