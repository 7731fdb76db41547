"""Which buildings of unknown use the estimate takes for housing."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.crs import LonLat
from gis_core.readers.osm import OsmExtract, OsmMapFeature, OsmPoi
from grids.housing.building_drafts import BuildingDraft
from grids.housing.dwelling_estimates import LARGEST_ASSUMED_HOME_M2, SMALLEST_HOME_M2
from grids.names import words

NOT_HOUSING_LANDUSE = words(
    "commercial retail industrial military railway education school university college hospital "
    "kindergarten construction brownfield farmyard port depot garages institutional religious "
    "cemetery landfill quarry"
)
WHOLE_BUILDING_USES = words(
    "school kindergarten university college hospital townhall police fire_station library theatre "
    "cinema place_of_worship marketplace parking courthouse prison bus_station nursing_home"
)


def assumed_homes(buildings: Sequence[BuildingDraft], extract: OsmExtract | None) -> NDArray[np.bool_]:
    """(b,) buildings that the estimate takes for housing although their use is not mapped."""
    points = np.array([row.point for row in buildings], dtype=object)
    around = _landuse_at(points, extract.map_features if extract is not None else ())
    footprint_m2 = np.array([row.footprint_m2 for row in buildings])
    sized = (footprint_m2 >= SMALLEST_HOME_M2) & (footprint_m2 <= LARGEST_ASSUMED_HOME_M2)
    in_estate = np.array([row.estate_number > 0 for row in buildings])
    used = _whole_building_used(buildings, extract.pois if extract is not None else ())
    is_home = (around == "residential") | in_estate | ((around == "") & sized)
    return np.asarray(is_home & ~used & (footprint_m2 >= SMALLEST_HOME_M2))


def _landuse_at(points: NDArray[np.object_], features: Sequence[OsmMapFeature]) -> NDArray[np.str_]:
    """(p,) "residential", "other" or "" by the smallest area of known use around each point."""
    around = np.full(len(points), "", dtype="<U11")
    known = [
        row
        for row in features
        if row.layer == "landuse" and row.kind in NOT_HOUSING_LANDUSE | {"residential"}
    ]
    known.sort(key=lambda row: -row.geometry.area)
    if known:
        tree = shapely.STRtree([row.geometry for row in known])
        point, which = tree.query(points, predicate="intersects")
        for at, area in sorted(zip(point.tolist(), which.tolist(), strict=True), key=lambda pair: pair[1]):
            around[at] = "residential" if known[area].kind == "residential" else "other"
    return around


def _whole_building_used(buildings: Sequence[BuildingDraft], pois: Sequence[OsmPoi]) -> NDArray[np.bool_]:
    """(b,) a school, hospital or the like stands in it; shops on the ground floor say nothing."""
    used = np.zeros(len(buildings), dtype=np.bool_)
    users = [
        shapely.Point(LonLat(*poi.lonlat))
        for poi in pois
        if poi.tags.get("amenity") in WHOLE_BUILDING_USES or poi.tags.get("tourism") == "hotel"
        if poi.geometry is None or poi.building_id
    ]
    if users:
        tree = shapely.STRtree([row.geometry for row in buildings])
        used[tree.query(users, predicate="within")[1]] = True
    return used
