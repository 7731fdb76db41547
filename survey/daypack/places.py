"""places.json: buildings and doors with their last known state, in a fixed number of queries.

Facts of the dwelling, needs that are still open, attempts of this round: nothing of who lives there.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import QuerySet
from django.utils import timezone

from gis_core.crs import geometry_to_lonlat, geometry_to_metres, metric_zone
from grids.models import Building, Dwelling, Grid
from survey.daypack.sets import dwellings_to_visit
from survey.models import Assignment, AssignmentSet, Entity, Occupancy, Request, Visit
from survey.rounds import DWELLINGS

DEGREE_DIGITS = 7  # about a centimetre
AROUND_M = 25  # of a house: its yard belongs to the picture of one's area

Rows = dict[str, Any]


@dataclass(frozen=True)
class DoorRows:
    """What is known of the doors, by dwelling code."""

    entities: dict[str, Entity]
    occupancy: dict[str, str]
    needs: dict[str, list[Rows]]
    visits: dict[str, list[Visit]]  # of this round, oldest first


def places_of(own: AssignmentSet) -> Rows:
    doors = list(dwellings_to_visit(own))
    known = _known_of(own, [door.code for door in doors])
    buildings = _buildings(doors)
    return {
        "buildings": [_building(row) for row in buildings],
        "doors": [_door(door, known) for door in doors if door.code in known.entities],
        "outline": _outline(own, buildings),
    }


def _known_of(own: AssignmentSet, codes: list[str]) -> DoorRows:
    town, here = own.round.town_id, {"dwelling_code__in": codes}
    entities = Entity.objects.filter(town=town, list_name=DWELLINGS, deleted_at=None, **here)
    occupancy = Occupancy.objects.filter(town=town, is_current=True, **here)
    needs: dict[str, list[Rows]] = defaultdict(list)
    for row in Request.objects.filter(town=town, **here).exclude(state="closed").order_by("opened_at", "pk"):
        since = timezone.localdate(row.opened_at).isoformat()
        need = {"category": row.category, "urgency": row.urgency, "since": since, "state": row.state}
        needs[row.dwelling_code].append(need)
    visits: dict[str, list[Visit]] = defaultdict(list)
    for visit in Visit.objects.filter(round=own.round_id, is_current=True, **here).order_by("at", "pk"):
        visits[visit.dwelling_code].append(visit)
    return DoorRows(
        {row.dwelling_code: row for row in entities},
        dict(occupancy.values_list("dwelling_code", "state")),
        needs,
        visits,
    )


def _door(row: Dwelling, known: DoorRows) -> Rows:
    entity, visits = known.entities[row.code], known.visits.get(row.code, [])
    return {
        "code": row.code,
        "building": row.building.code,
        "unit": row.unit,
        "floor": row.floor,
        "door": row.door,
        "entity": str(entity.uuid),
        "version": entity.version,
        "label": entity.label,
        "facts": {name: str(value) for name, value in entity.data.items()},
        "occupancy": known.occupancy.get(row.code, ""),
        "open_needs": known.needs.get(row.code, []),
        "attempts": len(visits),
        "last_visit": _visit(visits[-1]) if visits else None,
        "is_declined": any(visit.outcome == Visit.Outcome.DECLINED for visit in visits),
    }


def _visit(row: Visit) -> Rows:
    return {
        "outcome": row.outcome,
        "at": _moment(row.at),
        "call_back_at": _moment(row.call_back_at) if row.call_back_at else None,
        "call_back_slot": row.call_back_slot,
    }


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _buildings(doors: Iterable[Dwelling]) -> list[Any]:
    found = Building.objects.filter(pk__in={door.building_id for door in doors}).select_related("estate")
    return list(
        found.defer("geom").annotate(shape=AsGeoJSON("geom", precision=DEGREE_DIGITS)).order_by("code")
    )


def _building(row: Any) -> Rows:
    return {
        "code": row.code,
        "name": row.name,
        "address": row.address,
        "kind": row.kind,
        "floors": row.floors,
        "estate": {"zh": row.estate.name_zh, "en": row.estate.name_en} if row.estate else None,
        "point": [round(row.point.x, DEGREE_DIGITS), round(row.point.y, DEGREE_DIGITS)],
        "geometry": json.loads(row.shape),
    }


def _outline(own: AssignmentSet, buildings: list[Any]) -> Rows | None:
    """The grids that are assigned whole, and the surroundings of every building."""
    if not buildings:
        return None
    zone = metric_zone(lon=buildings[0].point.x, lat=buildings[0].point.y)
    codes = Assignment.objects.filter(set=own, ended_at=None).exclude(grid_code="").values("grid_code")
    grids = _shapes(Grid.objects.filter(plan=own.round.plan_id, code__in=codes))
    houses = _shapes(Building.objects.filter(pk__in=[row.pk for row in buildings]))
    around = [geometry_to_metres(shape, zone).buffer(AROUND_M) for shape in houses]
    joined = geometry_to_lonlat(
        shapely.union_all([*around, *(geometry_to_metres(one, zone) for one in grids)]), zone
    )
    rounded = shapely.set_precision(joined, 10.0**-DEGREE_DIGITS)
    parts = [part for part in shapely.get_parts(rounded) if part.geom_type == "Polygon"]
    found: Rows = json.loads(shapely.to_geojson(shapely.MultiPolygon(parts)))
    return found


def _shapes(rows: QuerySet[Any]) -> list[Any]:
    return [shapely.from_wkb(bytes(shape.wkb)) for shape in rows.order_by().values_list("geom", flat=True)]
