"""Figures of a run as byte arrays, indexed by Building.number: what recolours the map.

One byte a building. Norm, straight and step-free: tens of metres, rounded up; time: minutes, rounded
up. So a bound of the legend (a whole number of those units) is met exactly when the byte is not above
it. 254 is farther than the run's cutoff or not connected; 255 is nothing known: no street near, no
facility of the kind in the data, or outside the reader's duties.

Files under `TILES_DIR/values/<run>/` hold the whole town; what a reader may not see is struck out of
the copy that is sent (`masked`).
"""

from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.progress import NoProgress, Progress
from grids.arrays import grid_numbers, stock_arrays
from grids.coverage.results import run_arrays
from grids.coverage.run_files import NORM, TIME, modes, speed_of
from grids.kernels.graph import UNREACHED
from grids.maps.legends import BYTE_LARGEST, BYTE_TOO_FAR, BYTE_UNKNOWN, METRES_A_BYTE, SCORE_STEPS
from grids.maps.value_files import Bytes, NoSuchValues, dwelling_counts, kept_file, packed, struck_out
from grids.models import CoverageRun
from grids.profiles import minutes_up
from grids.scoping import BoolArray

FORMAT = 1
SCORE = "score"
NO_PLACE = 65535  # no community or grid, or outside the duties
ARRAYS = ("community", "grid", "dwellings", "residents", "kind", "points")


def _require_known(run: CoverageRun, mode: str, category: str) -> None:
    """Asked before a name from outside becomes part of a path."""
    if mode not in modes(run.inputs["profiles"]):
        raise NoSuchValues(_("这次计算没有“%(mode)s”这种方式。") % {"mode": mode[:40]}, mode=mode[:40])
    if category != SCORE and category not in run.categories:
        sentence = _("这次计算没有类别“%(code)s”。") % {"code": category[:40]}
        raise NoSuchValues(sentence, category=category[:40])


def value_bytes(run: CoverageRun, mode: str, category: str) -> Bytes:
    """(b,) one byte a building for the whole town."""
    _require_known(run, mode, category)
    if category == SCORE:
        return _score_bytes(run)
    arrays = run_arrays(run)
    if not has_data(run, category):
        return np.full(arrays.building_count, BYTE_UNKNOWN, np.uint8)
    profiles = run.inputs["profiles"]
    walk_dm = np.asarray(arrays.distances(mode, profiles)[run.categories.index(category)])
    if mode.startswith(TIME):
        units = minutes_up(walk_dm.astype(np.int64), speed_of(mode, profiles))
    else:
        units = -(-walk_dm.astype(np.int64) // (10 * METRES_A_BYTE))
    found = np.minimum(units, BYTE_LARGEST).astype(np.uint8)
    found[walk_dm == UNREACHED] = BYTE_TOO_FAR
    found[~arrays.known(mode, profiles)] = BYTE_UNKNOWN
    return found


def _score_bytes(run: CoverageRun) -> Bytes:
    score = np.asarray(run_arrays(run).score)
    found = np.full(len(score), BYTE_UNKNOWN, np.uint8)
    known = ~np.isnan(score)
    found[known] = np.rint(score[known] * SCORE_STEPS).astype(np.uint8)
    return found


def has_data(run: CoverageRun, category: str) -> bool:
    return bool(run.summary.get("categories", {}).get(category, {}).get("has_data", False))


def kept_values(run: CoverageRun, mode: str, category: str) -> bytes:
    """The gzipped file of the whole town, made on first request."""
    _require_known(run, mode, category)
    path = _folder(run) / mode / f"{category}.bin.gz"
    return kept_file(path, lambda: value_bytes(run, mode, category))


def _folder(run: CoverageRun) -> Path:
    return Path(settings.TILES_DIR) / "values" / f"{run.pk}-{FORMAT}"


def masked_values(run: CoverageRun, mode: str, category: str, mask: BoolArray) -> bytes:
    """The gzipped values with every building outside the mask struck out."""
    return struck_out(kept_values(run, mode, category), mask, BYTE_UNKNOWN)


def masked_array(run: CoverageRun, name: str, mask: BoolArray) -> bytes:
    """A gzipped array of `ARRAYS`; places and counts outside the mask are struck out, footprints are not."""
    stock = stock_arrays(run.stock)
    hidden: Any = NO_PLACE if name in ("community", "grid") else 0
    found: NDArray[Any]
    match name:
        case "community":
            found = np.where(stock.community_codes[stock.community] == "", NO_PLACE, stock.community).astype(
                "<u2"
            )
        case "grid":
            grid = grid_numbers(run.plan, run.stock, len(stock))
            found = np.where(grid < 0, NO_PLACE, grid).astype("<u2")
        case "dwellings":
            found = dwelling_counts(stock.dwellings)
        case "residents":
            found = np.array(run_arrays(run).residents, "<f4")
        case "kind":
            return packed(stock.kind)
        case "points":
            return packed(stock.lonlat.astype("<f4"))
        case _:
            raise NoSuchValues(_("没有“%(name)s”这个数组。") % {"name": name}, name=name)
    found[~mask] = hidden
    return packed(found)


def publish_values(run: CoverageRun, progress: Progress | None = None) -> None:
    """Make the files of the headline mode beforehand, so that the first reader waits for none."""
    progress = progress or NoProgress()
    wanted = [code for code in run.categories if has_data(run, code)]
    progress.step(_("生成地图数值"), total=len(wanted) + 1)
    for code in (SCORE, *wanted):
        kept_values(run, NORM, code)
        progress.advance()
