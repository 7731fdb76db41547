"""One walk as a line on the map: from the door to the street, along the streets, to the facility."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.crs import geodesic_distance_m, to_lonlat, to_metres
from gis_core.errors import NotFound
from grids.coverage.run_files import NORM, STRAIGHT, TIME, is_step_free, modes, speed_of
from grids.coverage.walk_ground import Ground, ground_of
from grids.kernels.paths import NO_WALK, Leg, trace, walks_from
from grids.models import CoverageRun
from grids.profiles import minutes_up

FloatArray = NDArray[np.float64]


class NoWalk(NotFound):
    """There is no way on foot between the two."""

    code = "no_walk"


def drawn_walk(run: CoverageRun, number: int, facility_number: int, mode: str = NORM) -> dict[str, Any]:
    """The walk from a building to a facility as a GeoJSON feature.

    `walk_m` is the figure that the coverage table counts; the line has that length but for the
    rounding of edges to decimetres.
    """
    profiles = run.inputs["profiles"]
    if mode not in modes(profiles):
        mode = NORM
    ground = ground_of(run)
    points = np.flatnonzero(ground.arrays.facility_number == facility_number)
    if not 0 <= number < ground.arrays.building_count or not len(points):
        raise NotFound(_("这次计算里没有这栋楼或这处设施。"), building=number, facility=facility_number)
    if mode == STRAIGHT:
        return _straight(ground, number, facility_number, points)
    step_free = is_step_free(mode, profiles)
    graph = ground.graph_for(step_free=step_free)
    start, ends = ground.start(number, step_free=step_free), ground.ends(points, step_free=step_free)
    walks = walks_from(graph, start, ends)
    best = int(walks.walk_dm.argmin())
    if start.edge[0] < 0 or walks.walk_dm[best] == NO_WALK:
        raise NoWalk(
            _("从这栋楼步行到不了这处设施：附近没有道路，或两边的道路没有连通。"),
            building=number,
            facility=facility_number,
        )
    legs = trace(walks, best)
    door = np.array(ground.arrays.door_lonlat[number : number + 1])
    end = np.array(ground.arrays.facility_door_lonlat[points[best]])[None]
    line = np.concatenate([door, *_along(ground, walks.origin, ends.take(np.array([best])), legs), end])
    walk_dm = int(walks.walk_dm[best])
    steps = sum(bool(ground.town.network.edge_is_steps[leg.edge]) for leg in legs)
    return _feature(_without_repeats(line), walk_dm, steps, mode, facility_number, profiles)


def _straight(ground: Ground, number: int, facility_number: int, points: NDArray[np.intp]) -> dict[str, Any]:
    start = ground.town.stock.lonlat[number]
    ends = ground.town.inventory.access_lonlat[points]
    distance_m = geodesic_distance_m(np.broadcast_to(start, ends.shape), ends)
    nearest = int(distance_m.argmin())
    line = np.array([start, ends[nearest]])
    return _feature(line, round(float(distance_m[nearest]) * 10), 0, STRAIGHT, facility_number, [])


def _along(ground: Ground, origin: Any, end: Any, legs: list[Leg]) -> list[FloatArray]:
    """The stretches of street, as lon/lat lines; a walk without any stands still at its spot."""
    legs = legs or [
        Leg(int(spot.edge[0]), int(spot.offset_dm[0]), int(spot.offset_dm[0])) for spot in (origin, end)
    ]
    network = ground.town.network
    return [
        to_lonlat(
            _cut(
                to_metres(
                    network.shape_lonlat[network.shape_start[leg.edge] : network.shape_start[leg.edge + 1]],
                    ground.town.zone,
                ),
                leg,
                int(network.edge_length_dm[leg.edge]),
            ),
            ground.town.zone,
        )
        for leg in legs
    ]


def _cut(shape_xy: FloatArray, leg: Leg, length_dm: int) -> FloatArray:
    """The part of an edge between two offsets, in walking order; offsets are shares of its length."""
    along = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(shape_xy, axis=0), axis=1))))
    scale = along[-1] / length_dm if length_dm else 0.0
    low, high = sorted((leg.from_offset_dm * scale, leg.to_offset_dm * scale))
    inner = shape_xy[(along > low) & (along < high)]
    ends = np.column_stack([np.interp([low, high], along, shape_xy[:, axis]) for axis in (0, 1)])
    part = np.concatenate([ends[:1], inner, ends[1:]])
    return part if leg.from_offset_dm <= leg.to_offset_dm else part[::-1]


def _without_repeats(line: FloatArray) -> FloatArray:
    """Neighbouring vertices that differ; two are kept at least, since GeoJSON wants a line."""
    rounded = line.round(7)
    differs = np.concatenate(([True], (rounded[1:] != rounded[:-1]).any(axis=1)))
    kept = rounded[differs]
    return kept if len(kept) > 1 else np.repeat(kept, 2, axis=0)


def _feature(
    line: FloatArray,
    walk_dm: int,
    steps: int,
    mode: str,
    facility_number: int,
    profiles: list[dict[str, Any]],
) -> dict[str, Any]:
    minutes = {
        one["code"]: int(minutes_up(np.array([walk_dm]), speed_of(TIME + one["code"], profiles))[0])
        for one in profiles
        if one["avoids_steps"] <= is_step_free(mode, profiles) or not steps
    }
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line.tolist()},
        "properties": {
            "walk_m": walk_dm / 10,
            "steps": steps,
            "minutes": minutes,
            "mode": mode,
            "facility": facility_number,
        },
    }
