"""Database → shapes in metres, for drawing and checking partitions."""

from dataclasses import dataclass

import numpy as np
import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from gis_core import crs
from grids.models import Area, FacilityInventory, GenerationState, Stock, StreetNetwork, Town
from grids.partition.partition_blocks import CutLines, Estates, IntArray, Shapes, Standing
from grids.partition.partition_checks import Ground

CUTTING_KINDS = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "pedestrian",
    "road",
)
MAJOR_KINDS = ("motorway", "trunk", "primary", "secondary")
WIDE_WATER_M2 = 5_000
INSTITUTION_GROUPS = ("EDU", "HLT", "ADM")  # schools, hospitals, offices drawn as an outline
INSTITUTION_M2 = 3_000


@dataclass(frozen=True)
class StandingStock:
    """Buildings of one stock generation in metres."""

    stock: Stock
    building_id: IntArray
    standing: Standing
    ground: Ground
    estate_shapes: Shapes


def zone_of(town: Town) -> crs.MetricZone:
    """The town's metric zone, by the middle of its communities."""
    shapes = list(community_shapes(town).values())
    centre = shapely.centroid(shapely.union_all(shapes)) if shapes else _boundary_centre(town)
    return crs.metric_zone(lon=centre.x, lat=centre.y)


def _boundary_centre(town: Town) -> shapely.Point:
    centre = town.boundary.centroid if town.boundary else None
    return shapely.Point(centre.x, centre.y) if centre else shapely.Point(105.0, 35.0)


def community_shapes(town: Town) -> dict[str, BaseGeometry]:
    """Outlines of today's communities, lon/lat."""
    rows = Area.objects.filter(
        town=town, level=Area.Level.COMMUNITY, valid_until__isnull=True, geom__isnull=False
    ).values_list("code", "geom")
    return {code: shapely.make_valid(shapely.from_wkb(bytes(geom.wkb))) for code, geom in rows}


def stock_in_metres(town: Town, stock: Stock, zone: crs.MetricZone) -> StandingStock:
    """Every building of a stock with its households: dwellings that are not known to be vacant."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, code, community_code, coalesce(estate_id, 0),
                      greatest(dwelling_count - vacant_count, 0), ST_X(point), ST_Y(point), ST_AsBinary(geom)
               FROM grids_building WHERE stock_id = %s ORDER BY number""",
            [stock.pk],
        )
        rows = cursor.fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * 8
    estates = list(stock.estates.order_by("id").values_list("id", "name_zh", "name_en", "geom"))
    number = {row[0]: index for index, row in enumerate(estates)}
    lonlat = np.column_stack([np.array(columns[5], float), np.array(columns[6], float)])
    footprints = shapely.from_wkb(np.array([bytes(blob) for blob in columns[7]], dtype=object))
    xy_m = crs.to_metres(lonlat, zone) if len(rows) else np.zeros((0, 2))
    households = np.array(columns[4], dtype=np.int64)
    shapes = np.array([shapely.from_wkb(bytes(row[3].wkb)) for row in estates], dtype=object)
    ground = Ground(
        communities={
            code: crs.geometry_to_metres(shape, zone) for code, shape in community_shapes(town).items()
        },
        building_xy_m=xy_m,
        building_code=list(columns[1]),
        building_community=list(columns[2]),
        households=households,
        estate=np.array([number.get(estate, -1) for estate in columns[3]], dtype=np.int64),
        estate_name=[row[1] or row[2] for row in estates],
    )
    return StandingStock(
        stock,
        np.array(columns[0], dtype=np.int64),
        Standing(xy_m, crs.geometry_to_metres(footprints, zone) if len(rows) else footprints, households),
        ground,
        crs.geometry_to_metres(shapes, zone) if len(shapes) else shapes,
    )


def cut_lines(town: Town, zone: crs.MetricZone) -> CutLines:
    """Streets, rails and water of the active network that may bound a grid."""
    network = StreetNetwork.objects.filter(town=town, state=GenerationState.ACTIVE).first()
    if network is None:
        return CutLines(np.array([], object), np.array([], object))
    kinds = [*CUTTING_KINDS, *(f"{kind}_link" for kind in CUTTING_KINDS)]
    streets = _shapes(
        """SELECT kind, ST_AsBinary(geom) FROM grids_streetedge
           WHERE network_id = %s AND kind = ANY(%s) ORDER BY number""",
        [network.pk, kinds],
    )
    drawn = _shapes(
        """SELECT layer, ST_AsBinary(geom) FROM grids_mapfeature
           WHERE network_id = %s AND (layer IN ('rail', 'water') OR (layer = 'road' AND kind = ANY(%s)))
           ORDER BY id""",
        [network.pk, list(MAJOR_KINDS)],
    )
    minor = [shape for kind, shape in streets if kind.removesuffix("_link") not in MAJOR_KINDS]
    major = [shape for kind, shape in streets if kind.removesuffix("_link") in MAJOR_KINDS]
    major += [shape for _layer, shape in drawn]
    return CutLines(_lines(minor, zone), _lines(major, zone))


def _shapes(sql: str, parameters: list[object]) -> list[tuple[str, BaseGeometry]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(kind, shapely.from_wkb(bytes(blob))) for kind, blob in cursor.fetchall()]


def _lines(shapes: list[BaseGeometry], zone: crs.MetricZone) -> Shapes:
    """Lines as they are; polygons (wide water) by their rim, small ones not at all; points never."""
    if not shapes:
        return np.array([], dtype=object)
    metres = crs.geometry_to_metres(np.array(shapes, dtype=object), zone)
    wide = shapely.area(metres) >= WIDE_WATER_M2
    dimension = shapely.get_dimensions(metres)
    return np.concatenate([metres[dimension == 1], shapely.boundary(metres[(dimension == 2) & wide])])


def institutions(town: Town, zone: crs.MetricZone) -> list[BaseGeometry]:
    """Outlines of single institutions that may be a grid of their own (专属网格)."""
    inventory = FacilityInventory.objects.filter(town=town, state=GenerationState.ACTIVE).first()
    if inventory is None:
        return []
    rows = inventory.facilities.filter(area_m2__gte=INSTITUTION_M2, geom__isnull=False).values_list(
        "categories", "geom"
    )
    shapes = [
        shapely.from_wkb(bytes(geom.wkb))
        for categories, geom in rows
        if any(code.startswith(INSTITUTION_GROUPS) for code in categories) and geom.dims == 2
    ]
    return list(crs.geometry_to_metres(np.array(shapes, dtype=object), zone)) if shapes else []


def part_of(town_stock: StandingStock, code: str) -> tuple[IntArray, Standing, Estates]:
    """The buildings and estates of one community."""
    ground = town_stock.ground
    which = np.flatnonzero(np.array([c == code for c in ground.building_community], dtype=bool))
    standing = town_stock.standing
    part = Standing(standing.xy_m[which], standing.footprints[which], standing.households[which])
    used = sorted({int(e) for e in ground.estate[which] if e >= 0})
    households = [int(standing.households[which[ground.estate[which] == e]].sum()) for e in used]
    return which, part, Estates(town_stock.estate_shapes[used], np.array(households, dtype=np.int64))


def active_stock(town: Town) -> Stock | None:
    return Stock.objects.filter(town=town, state=GenerationState.ACTIVE).first()
