"""Which facility is the nearest, for every building and category: asked for by exports only.

The walk itself is known from the run; finding whose it is takes one search per category with
labels, so the answer is kept beside the run's other files.
"""

import numpy as np
from numpy.typing import NDArray

from gis_core.progress import NoProgress, Progress
from grids.arrays import load_arrays, save_arrays
from grids.coverage import run_files
from grids.coverage.walk_ground import Ground, ground_of
from grids.kernels.compounds import nearest_seeds_with_compounds
from grids.models import CoverageRun


def nearest_facilities(run: CoverageRun, progress: Progress | None = None) -> NDArray[np.int32]:
    """(K, b) Facility.number of the nearest on foot, -1 beyond the cutoff; ties: the lower access point."""
    path = run_files.folder(run.pk).with_suffix(".nearest.npz")
    if not path.exists():
        save_arrays(path, {"facility": _labelled(ground_of(run), progress or NoProgress())})
    return load_arrays(path)["facility"]


def _labelled(ground: Ground, progress: Progress) -> NDArray[np.int32]:
    arrays = ground.arrays
    facility = np.full((len(ground.run.categories), arrays.building_count), -1, np.int32)
    buildings = ground.starts()
    for row in range(len(facility)):
        progress.advance()
        points = ground.point[ground.category == row]
        if not len(points) or not arrays.building_count:
            continue
        _walk_dm, seed = nearest_seeds_with_compounds(
            ground.prepared,
            ground.ends(points),
            buildings,
            cutoff_dm=ground.run.cutoff_m * 10,
            facility_is_public=np.array(arrays.facility_is_public[points]),
        )
        facility[row] = np.where(seed >= 0, arrays.facility_number[points][seed], -1)
    return facility
