"""places.json: buildings and doors with their last known state, in a fixed number of queries.

Facts of the dwelling, needs that are still open, attempts of this round: nothing of who lives there.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import QuerySet
from django.utils import timezone

from gis_core.crs import geometry_to_lonlat, geometry_to_metres, metric_zone
from grids.models import Building, Grid
from survey.daypack.sets import dwellings_to_visit
from survey.models import Assignment, AssignmentSet, Entity, Occupancy, Request, Submission, Visit
from survey.rounds import DWELLINGS

DEGREE_DIGITS = 7  # about a centimetre
MOMENTS = ("at", "call_back_at")  # of a visit, as text in a record that waits
AROUND_M = 25  # of a house: its yard belongs to the picture of one's area

Rows = dict[str, Any]


class Door(NamedTuple):
    """What of a dwelling the pack needs. Rows, not models: a building's outline came with each of those."""

    code: str
    building: str
    building_id: int
    unit: int
    floor: int
    door: int


class Listed(NamedTuple):
    """The dwelling's row in the entity list."""

    uuid: UUID
    version: int
    label: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class DoorRows:
    """What is known of the doors, by dwelling code."""

    listed: dict[str, Listed]
    occupancy: dict[str, str]
    needs: dict[str, list[Rows]]
    visits: dict[str, list[Rows]]  # of this round, oldest first


def places_of(own: AssignmentSet) -> Rows:
    fields = ("code", "building__code", "building_id", "unit", "floor", "door")
    doors = [Door(*row) for row in dwellings_to_visit(own).order_by("code").values_list(*fields)]
    known = _known_of(own, [door.code for door in doors])
    buildings = _buildings({door.building_id for door in doors})
    return {
        "buildings": [_building(row) for row in buildings],
        "doors": [_door(door, known) for door in doors if door.code in known.listed],
        "outline": _outline(own, buildings),
    }


def _known_of(own: AssignmentSet, codes: list[str]) -> DoorRows:
    town, here = own.round.town_id, {"dwelling_code__in": codes}
    entities = Entity.objects.filter(town=town, list_name=DWELLINGS, deleted_at=None, **here)
    occupancy = Occupancy.objects.filter(town=town, is_current=True, **here)
    listed = entities.values_list("dwelling_code", "uuid", "version", "label", "data")
    return DoorRows(
        {code: Listed(*row) for code, *row in listed},
        dict(occupancy.values_list("dwelling_code", "state")),
        _by_door(_needs(Request.objects.filter(town=town, **here))),
        _by_door(_all_visits(own, here)),
    )


def _needs(found: QuerySet[Request]) -> Iterator[tuple[str, Rows]]:
    rows = found.exclude(state=Request.State.CLOSED).order_by("opened_at", "pk")
    for code, category, urgency, state, opened_at in rows.values_list(
        "dwelling_code", "category", "urgency", "state", "opened_at"
    ):
        since = timezone.localdate(opened_at).isoformat()
        yield code, {"category": category, "urgency": urgency, "since": since, "state": state}


def _visits(found: QuerySet[Visit]) -> Iterator[tuple[str, Rows]]:
    fields = ("dwelling_code", "outcome", "at", "call_back_at", "call_back_slot")
    for code, outcome, at, call_back_at, slot in found.order_by("at", "pk").values_list(*fields):
        again = _moment(call_back_at) if call_back_at else None
        yield code, {"outcome": outcome, "at": _moment(at), "call_back_at": again, "call_back_slot": slot}


def _all_visits(own: AssignmentSet, here: dict[str, Any]) -> list[tuple[str, Rows]]:
    """Visits of the round, those among them whose own record waits at the desk; oldest first."""
    rows = list(_visits(Visit.objects.filter(round=own.round_id, is_current=True, **here)))
    return sorted([*rows, *_held_visits(own, here)], key=lambda row: row[1]["at"])


def _held_visits(own: AssignmentSet, here: dict[str, Any]) -> Iterator[tuple[str, Rows]]:
    """The worker was there and has the receipt: the door is not rung again while the director looks."""
    held = Submission.objects.filter(
        round=own.round_id, by=own.worker_id, state=Submission.State.HELD, is_current=True, **here
    ).exclude(review=Submission.Review.REJECTED)
    for code, told in held.order_by("pk").values_list("dwelling_code", "held_details__visit"):
        if told:
            moments = {name: datetime.fromisoformat(told[name]) for name in MOMENTS if told[name]}
            again = {name: _moment(at) for name, at in moments.items()}
            yield code, {**told, "call_back_at": None, **again}


def _by_door(rows: Iterable[tuple[str, Rows]]) -> dict[str, list[Rows]]:
    found: dict[str, list[Rows]] = defaultdict(list)
    for code, row in rows:
        found[code].append(row)
    return found


def _door(row: Door, known: DoorRows) -> Rows:
    entity, visits = known.listed[row.code], known.visits.get(row.code, [])
    return {
        "code": row.code,
        "building": row.building,
        "unit": row.unit,
        "floor": row.floor,
        "door": row.door,
        "entity": str(entity.uuid),
        "version": entity.version,
        "label": entity.label,
        "facts": {name: str(value) for name, value in entity.facts.items()},
        "occupancy": known.occupancy.get(row.code, ""),
        "open_needs": known.needs.get(row.code, []),
        "attempts": len(visits),
        "last_visit": visits[-1] if visits else None,
        "is_declined": any(visit["outcome"] == Visit.Outcome.DECLINED for visit in visits),
    }


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _buildings(pks: set[int]) -> list[Any]:
    found = Building.objects.filter(pk__in=pks).select_related("estate").defer("geom_3857", "estate__geom")
    return list(found.annotate(shape=AsGeoJSON("geom", precision=DEGREE_DIGITS)).order_by("code"))


def _building(row: Any) -> Rows:
    return {
        "code": row.code,
        "name": row.name,
        "address": row.address,
        "kind": row.kind,
        "floors": row.floors,
        "estate": {"zh": row.estate.name_zh, "en": row.estate.name_en} if row.estate else None,
        "point": rounded(row.point),
        "geometry": json.loads(row.shape),
    }


def rounded(point: Any) -> list[float]:
    return [round(point.x, DEGREE_DIGITS), round(point.y, DEGREE_DIGITS)]


def _outline(own: AssignmentSet, buildings: list[Any]) -> Rows | None:
    """The grids that are assigned whole, and the surroundings of every building."""
    if not buildings:
        return None
    zone = metric_zone(lon=buildings[0].point.x, lat=buildings[0].point.y)
    codes = Assignment.objects.filter(set=own, ended_at=None).exclude(grid_code="").values("grid_code")
    rows = Grid.objects.filter(plan=own.round.plan_id, code__in=codes).order_by()
    grids = [_shape(geom) for geom in rows.values_list("geom", flat=True)]
    houses = geometry_to_metres(np.array([_shape(row.geom) for row in buildings]), zone)
    around = shapely.buffer(shapely.convex_hull(houses), AROUND_M, quad_segs=4)
    parts_m = [*around, *(geometry_to_metres(one, zone) for one in grids)]
    joined = geometry_to_lonlat(shapely.union_all(parts_m), zone)
    snapped = shapely.set_precision(joined, 10.0**-DEGREE_DIGITS)
    parts = [part for part in shapely.get_parts(snapped) if part.geom_type == "Polygon"]
    found: Rows = json.loads(shapely.to_geojson(shapely.MultiPolygon(parts)))
    return found


def _shape(geom: Any) -> Any:
    return shapely.from_wkb(bytes(geom.wkb))
