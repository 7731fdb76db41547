"""How segregation changes with the surroundings: from the courtyard (100 m) to the quarter (1000 m)."""

from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.crs import metric_zone, to_metres
from gis_core.errors import TooLarge
from grids.arrays import stock_arrays
from grids.kernels.spatial_mix import SpatialProfile, spatial_profile
from grids.mixing.dimensions import name_of
from grids.mixing.exposure import require_stock
from grids.mixing.place import place_of
from grids.mixing.rows import DIGITS
from grids.mixing.source_facts import source_json
from grids.mixing.stock_tables import stock_counts
from grids.models import Stock

RADII_M = (100, 300, 1000)
MOST_BUILDINGS = 60_000
PROFILES_KEPT = 64


def profile_json(town: Any, source: str, dimension: str, area: str, user: Any) -> dict[str, Any]:
    """The profile of one area, every building seeing what is around it in the area; `shapes.ProfileShape`."""
    found, asked, _groups = require_stock(town, source, dimension, user)
    assert found.stock is not None
    place = place_of(found, area, user)
    count = int((place.mask & (stock_counts(found.stock, asked).known > 0)).sum())
    if count > MOST_BUILDINGS:
        raise TooLarge(
            _("这里有 %(count)s 栋楼，一次最多算 %(most)s 栋。请选一个街道或社区（area）。")
            % {"count": f"{count:,}", "most": f"{MOST_BUILDINGS:,}"},
            building_count=count,
            most=MOST_BUILDINGS,
        )
    profile = _kept(str(found.stock.uid), asked, np.packbits(place.mask).tobytes())
    return {
        "source": source_json(found, asked),
        "dimension": {"code": asked, "name": name_of(asked)},
        "area": place.as_group,
        "along": "straight",
        "radii_m": list(RADII_M),
        "h": profile.h.round(DIGITS).tolist(),
        "r": profile.r.round(DIGITS).tolist(),
        "sentence": _sentence(profile.r),
    }


@lru_cache(maxsize=PROFILES_KEPT)
def _kept(stock_uid: str, dimension: str, packed_mask: bytes) -> SpatialProfile:
    stock = Stock.objects.get(uid=stock_uid)
    arrays, held = stock_arrays(stock), stock_counts(stock, dimension)
    mask = np.unpackbits(np.frombuffer(packed_mask, np.uint8), count=len(arrays)).astype(bool)
    mask &= held.known > 0
    if not mask.any():
        return spatial_profile(np.zeros((0, 2)), held.counts[mask], RADII_M)
    lonlat = arrays.lonlat[mask]
    lon, lat = lonlat.mean(axis=0).tolist()
    return spatial_profile(to_metres(lonlat, metric_zone(lon=lon, lat=lat)), held.counts[mask], RADII_M)


def _sentence(r: NDArray[np.float64]) -> str:
    near, _middle, far = (round(100 * float(value)) for value in r)
    if not near:
        return _("100 米之内就已经和整个范围一样混。")
    if near and far <= near / 2:
        return _(
            "100 米之内的差别是 %(near)d%%，放到 1000 米只剩 %(far)d%%：各类住房隔着几条街，没有隔成片。"
        ) % {"near": near, "far": far}
    return _("100 米之内的差别是 %(near)d%%，放到 1000 米还有 %(far)d%%：同类住房连成了片。") % {
        "near": near,
        "far": far,
    }
