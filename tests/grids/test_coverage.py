"""Towns whose walks can be worked out on paper."""

import pytest

from grids.coverage import run_coverage
from grids.models import BuildingWalk
from grids.results import run_arrays
from tests.grids.drawn_towns import DrawnTown

pytestmark = pytest.mark.django_db
FAR = 32767


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.ARRAYS_DIR = tmp_path


def walks(run, code: str) -> dict[int, int | None]:
    """Walk in decimetres to the nearest facility of a category, by building number."""
    place = run.categories.index(code)
    return {w.number: (w.walk_dm[place] if w.walk_dm else None) for w in BuildingWalk.objects.filter(run=run)}


def share(run, code: str, *, level: str = "town", mode: str = "norm"):
    return run.area_shares.get(level=level, mode=mode, category=code)


def test_a_walk_of_exactly_the_threshold_is_covered():
    # 300 m for a kindergarten: doors 10 m from the street on both ends, 280.0 and 280.1 m along it.
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-KIN", (100, 10))
    town.building((380, 10))
    town.building((380.1, 10))
    run = run_coverage(town.build())
    assert walks(run, "EDU-KIN") == {0: 3000, 1: 3001}
    assert share(run, "EDU-KIN").building_covered == 1
    assert share(run, "EDU-KIN").building_count == 2
