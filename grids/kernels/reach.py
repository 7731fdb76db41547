"""How far is the nearest facility of each kind, and who is covered: the two questions of coverage.

Both run on lanes (`lanes`, `sweep`, `doorstep`): 32 categories share one search, more categories
take more searches. `compounds` adds the rule of closed compounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grids.kernels.compounds import checked_cutoff, nearest_walks_with_compounds, walks_and_sums
from grids.kernels.eliminate import PreparedGraph
from grids.kernels.graph import Spots, Uint16Array


@dataclass(frozen=True, eq=False)
class CoverageAnswer:
    """Coverage of a whole town.

    Attributes:
        walk_dm: (K, b) walk to the nearest facility of each category, UNREACHED beyond the cutoff.
        covered_residents: (K, speeds, thresholds) residents whose walk is within the reach.
        residents_total: all residents, reached or not.
        reach_dm: (speeds, thresholds) how far that speed comes in that time.
    """

    walk_dm: Uint16Array
    covered_residents: NDArray[np.int64]
    residents_total: int
    reach_dm: NDArray[np.int64]


def nearest_walks(
    prepared: PreparedGraph,
    facilities: Spots,
    facility_category: ArrayLike,
    buildings: Spots,
    *,
    category_count: int,
    cutoff_dm: int | None = None,
) -> Uint16Array:
    """The walk of every building to its nearest facility of every category, over public streets.

    What lies inside a closed compound is unreached here; see `nearest_walks_with_compounds`,
    which takes the same arguments.

    Returns:
        (K, b) decimetres including both access legs; UNREACHED beyond the cutoff (inclusive).
    """
    return nearest_walks_with_compounds(
        replace(prepared, interior=None, inside=None),
        facilities,
        facility_category,
        buildings,
        category_count=category_count,
        cutoff_dm=cutoff_dm,
    )


def coverage_answer(
    prepared: PreparedGraph,
    facilities: Spots,
    facility_category: ArrayLike,
    buildings: Spots,
    residents: ArrayLike,
    *,
    category_count: int,
    speeds_m_s: Sequence[float],
    thresholds_s: Sequence[float],
    cutoff_dm: int | None = None,
    facility_is_public: ArrayLike | None = None,
) -> CoverageAnswer:
    """Walks and covered residents in one pass, for several walking speeds and time limits.

    Speed only scales distance, so all speeds and limits are thresholds on one table of walks.

    Args:
        residents: (b,) whole numbers (persons, or any finer unit).
        speeds_m_s: walking speeds, one per age group.
        thresholds_s: time limits; a walk of exactly the limit is covered.
        Others as in `nearest_walks_with_compounds`. A reach longer than the cutoff is cut to it.

    Raises:
        ValueError: residents that are not one whole number per building.
    """
    people = np.asarray(residents)
    if people.shape != (len(buildings),) or (people.size and people.dtype.kind not in "iu"):
        raise ValueError(
            f"residents: {people.dtype} of shape {people.shape}, expected {len(buildings)} whole numbers"
        )
    people = people.astype(np.int64)
    # Rounded at a thousandth of a decimetre first: 1.1 m/s x 600 s is 6,600 dm, not 6,599.999.
    exact_dm = np.round(np.multiply.outer(np.asarray(speeds_m_s), np.asarray(thresholds_s)) * 10, 3)
    reach_dm = np.minimum(np.floor(exact_dm).astype(np.int64), checked_cutoff(prepared, cutoff_dm))
    walk_dm, covered = walks_and_sums(
        prepared,
        facilities,
        facility_category,
        buildings,
        category_count,
        cutoff_dm,
        facility_is_public,
        people,
        reach_dm.ravel(),
    )
    covered = covered.reshape(category_count, *reach_dm.shape)
    return CoverageAnswer(walk_dm, covered, int(people.sum()), reach_dm)
