"""GCJ-02 (Amap, Tencent) and BD-09 (Baidu): the formulas. Callers import them from `crs.py`.

The official algorithm is not published. The public formula lies within 0.75 m of 664 cities
that the services themselves shifted; field reports put its truth at about ±10 m. The way back
is found by iteration and returns to its start within 2 mm, which is a statement about the
round trip, not about the truth.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis_core.coordinate_checks import FloatArray, as_pairs

# The public GCJ-02 formula: Krasovsky 1940 semi-major axis and first eccentricity squared.
GCJ_A_M = 6378245.0
GCJ_EE = 0.00669342162296594323
CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
BD_X_PI = np.pi * 3000.0 / 180.0
BD_SHIFT_LON, BD_SHIFT_LAT = 0.0065, 0.006


def in_china(lonlat: ArrayLike) -> NDArray[np.bool_]:
    """Where the public formula shifts: a rectangle around China, not its border."""
    lon, lat = as_pairs(lonlat).T
    west, south, east, north = CHINA_BOX
    within: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return within


def _gcj02_offset(lonlat: FloatArray) -> FloatArray:
    """Shift in degrees that GCJ-02 adds to a WGS-84 place."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root, pi = np.sqrt(np.abs(x)), np.pi
    ripple = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    lat_rad = np.radians(lonlat[:, 1])
    magic = 1.0 - GCJ_EE * np.sin(lat_rad) ** 2
    d_lat = north * 180.0 / (GCJ_A_M * (1.0 - GCJ_EE) / (magic * np.sqrt(magic)) * pi)
    d_lon = east * 180.0 / (GCJ_A_M / np.sqrt(magic) * np.cos(lat_rad) * pi)
    offset = np.column_stack((d_lon, d_lat))
    offset[~in_china(lonlat)] = 0.0
    return offset


def wgs84_to_gcj02(lonlat: ArrayLike) -> FloatArray:
    """Shift WGS-84 to GCJ-02; places outside China stay as they are."""
    start = as_pairs(lonlat)
    return start + _gcj02_offset(start)


def gcj02_to_bd09(lonlat: ArrayLike) -> FloatArray:
    """Apply Baidu's second shift; places outside China stay as they are."""
    start = as_pairs(lonlat)
    x, y = start.T
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BD_X_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_X_PI)
    moved = np.column_stack((radius * np.cos(angle) + BD_SHIFT_LON, radius * np.sin(angle) + BD_SHIFT_LAT))
    return np.where(in_china(start)[:, None], moved, start)


def _inverse(forward: Callable[[ArrayLike], FloatArray], shifted: FloatArray) -> FloatArray:
    """Fixed-point inverse of a shift that varies slowly: each round divides the error by about 100."""
    guess = shifted.copy()
    for _round in range(12):
        error = forward(guess) - shifted
        guess = guess - error
        if not error.size or np.nanmax(np.abs(error)) < 1e-12:
            break
    # On the rim of the rectangle the shift switches on and the fixed point may not exist:
    # there the forward formula left the place alone, so the inverse does too.
    lost = np.abs(forward(guess) - shifted).max(axis=1, initial=0.0) > 1e-9
    guess[lost] = shifted[lost]
    return guess


def gcj02_to_wgs84(lonlat: ArrayLike) -> FloatArray:
    return _inverse(wgs84_to_gcj02, as_pairs(lonlat))


def bd09_to_gcj02(lonlat: ArrayLike) -> FloatArray:
    return _inverse(gcj02_to_bd09, as_pairs(lonlat))


def wgs84_to_bd09(lonlat: ArrayLike) -> FloatArray:
    return gcj02_to_bd09(wgs84_to_gcj02(lonlat))


def bd09_to_wgs84(lonlat: ArrayLike) -> FloatArray:
    return gcj02_to_wgs84(bd09_to_gcj02(lonlat))
