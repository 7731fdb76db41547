"""The score of a building: the share of the *shall* categories with data that it reaches.

A category that nobody has mapped in this town leaves the denominator: it is listed as "no data",
which is not "no service".
"""

import numpy as np
from numpy.typing import NDArray

from grids.models import CoverageRun

Distances = NDArray[np.uint16]


def shall_rows(run: CoverageRun, facility_count: NDArray[np.int64]) -> NDArray[np.intp]:
    """Rows of the categories that the score asks for: *shall*, and with data in this town."""
    pinned = run.inputs["categories"]
    asked = [pinned[code]["provision"] == "shall" for code in run.categories]
    return np.flatnonzero(np.array(asked, bool) & (facility_count > 0))


def thresholds_dm(run: CoverageRun) -> NDArray[np.int64]:
    return np.array([run.inputs["categories"][code]["threshold_m"] * 10 for code in run.categories], np.int64)


def covered_count(
    walk_dm: Distances, threshold_dm: NDArray[np.int64], rows: NDArray[np.intp]
) -> NDArray[np.int16]:
    """(b,) how many of the rows are covered; a walk of exactly the threshold is."""
    covered = np.zeros(walk_dm.shape[1], np.int16)
    for row in rows:
        covered += walk_dm[row] <= threshold_dm[row]
    return covered


def building_scores(
    run: CoverageRun, walk_dm: Distances, is_known: NDArray[np.bool_], facility_count: NDArray[np.int64]
) -> NDArray[np.float32]:
    rows = shall_rows(run, facility_count)
    if not len(rows):
        return np.full(walk_dm.shape[1], np.nan, np.float32)
    score = (covered_count(walk_dm, thresholds_dm(run), rows) / len(rows)).astype(np.float32)
    return np.where(is_known, score, np.float32(np.nan))
