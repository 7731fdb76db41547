"""What can be seen to be wrong about coordinates without transforming them.

Callers import these names from `crs.py`.
"""

from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import ArrayLike, NDArray

from gis_core.errors import WrongCoordinates

FloatArray = NDArray[np.float64]
Extent = tuple[float, float, float, float]
WORLD: Extent = (-180.0, -90.0, 180.0, 90.0)


def as_pairs(points: ArrayLike) -> FloatArray:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"coordinates must have shape (n, 2), not {array.shape}")
    return array


def _row_name(index: int, rows: Sequence[int] | None) -> int:
    return int(rows[index]) if rows is not None else index + 1


def wrong_row(sentence: str, index: int, points: FloatArray, rows: Sequence[int] | None) -> WrongCoordinates:
    x, y = (float(value) for value in points[index])
    row = _row_name(index, rows)
    return WrongCoordinates(sentence % {"row": row, "x": f"{x:.10g}", "y": f"{y:.10g}"}, row=row, x=x, y=y)


def inside(points: FloatArray, extent: Extent) -> NDArray[np.bool_]:
    x, y = points.T
    west, south, east, north = extent
    within: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return within


def require_lonlat(
    lonlat: ArrayLike, *, rows: Sequence[int] | None = None, extent: Extent | None = None
) -> None:
    """Refuse degrees that cannot be lon/lat, naming the first bad row.

    Args:
        lonlat: (n, 2) degrees.
        rows: (n,) row numbers as the user sees them; 1, 2, 3 … when absent.
        extent: west, south, east, north of the town; a pair that lies in it only after
            being exchanged is refused as swapped. Lying outside is no error in itself.

    Raises:
        WrongCoordinates: a missing number, an angle out of range, or a swapped pair.
    """
    points = as_pairs(lonlat)
    for index in np.flatnonzero(~np.isfinite(points).all(axis=1))[:1]:
        raise wrong_row(
            _("第 %(row)d 行缺少坐标（%(x)s, %(y)s）。请补上经度和纬度，或删去该行。"), index, points, rows
        )
    outside, fits_swapped = ~inside(points, WORLD), inside(points[:, ::-1], WORLD)
    for index in np.flatnonzero(outside & fits_swapped)[:1]:
        raise wrong_row(
            _(
                "第 %(row)d 行经纬度可能写反：经度 %(x)s、纬度 %(y)s，"
                "纬度应在 ±90° 之间。请交换两列后重新上传。"
            ),
            index,
            points,
            rows,
        )
    for index in np.flatnonzero(outside)[:1]:
        raise wrong_row(
            _(
                "第 %(row)d 行的坐标（%(x)s, %(y)s）不是经纬度，应在 ±180° 与 ±90° 之间。"
                "请说明文件使用的坐标系。"
            ),
            index,
            points,
            rows,
        )
    if extent is None:
        return
    for index in np.flatnonzero(~inside(points, extent) & inside(points[:, ::-1], extent))[:1]:
        raise wrong_row(
            _(
                "第 %(row)d 行经纬度可能写反：（%(x)s, %(y)s）在本地范围之外，"
                "交换后落在范围内。请交换两列后重新上传。"
            ),
            index,
            points,
            rows,
        )
