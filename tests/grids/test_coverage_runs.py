"""A run keeps what it was computed from, is made once, and is shown only whole."""

import numpy as np
import pytest

from grids.coverage.results import current_run, run_arrays
from grids.coverage.runs import METHOD, NothingToCompute, ThresholdBeyondCutoff, run_coverage
from grids.models import BuildingWalk, CityProfile, CoverageRun, Town
from tests.grids.drawn_towns import DrawnTown, closed_estate
from tests.grids.run_reading import share, walks

pytestmark = pytest.mark.django_db


def test_a_new_import_leaves_the_old_run_as_it_was():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    town.facility("EDU-PRI", (500, 0))
    town.building((0, 0))
    place = town.build()
    before = run_coverage(place)
    town.facility("EDU-PRI", (100, 0))
    town.build_inventory(place, number=2)
    after = run_coverage(place)
    assert walks(before, "EDU-PRI") == [5000]
    assert walks(after, "EDU-PRI") == [1000]
    assert run_arrays(before).walk_dm[before.categories.index("EDU-PRI")].tolist() == [5000]
    assert current_run(place) == after
    assert not CoverageRun.objects.get(pk=before.pk).is_current


def test_the_same_inputs_give_the_same_run():
    town = DrawnTown()
    town.street((0, 0), (1000, 0))
    place = town.build()
    first = run_coverage(place)
    assert run_coverage(place) == first
    assert run_coverage(place, force=True) != first
    place.profile = CityProfile.objects.create(
        code="own", name_zh="本市", categories={"EDU-PRI": {"threshold_m": 800}}
    )
    place.save()
    again = run_coverage(place)
    assert again.inputs["categories"]["EDU-PRI"]["threshold_m"] == 800
    assert again.inputs["method"] == METHOD == 1


def test_a_failed_run_is_never_shown(monkeypatch):
    place = DrawnTown().build()
    monkeypatch.setattr("grids.coverage.runs.summary_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_coverage(place)
    assert current_run(place) is None
    assert CoverageRun.objects.get(town=place).state == "failed"
    assert not BuildingWalk.objects.exists()


def test_files_that_were_lost_come_back_the_same(settings):
    town = closed_estate()
    town.street((0, -10), (0, -100), steps=True)
    town.facility("COM-CONV", (0, -12))
    town.facility("EDU-PRI", (0, -90))
    town.building((0, 30), estate=7)
    town.building((0, -80))
    run = run_coverage(town.build())
    kept = run_arrays(run)
    columns = {name: np.array(getattr(kept, name)) for name in kept.__dataclass_fields__}
    for file in settings.ARRAYS_DIR.rglob("*.np?"):
        file.unlink()
    again = run_arrays(CoverageRun.objects.get(pk=run.pk))
    assert again is not kept
    for name, column in columns.items():
        np.testing.assert_array_equal(column, getattr(again, name), err_msg=name)


@pytest.mark.parametrize("without", ["streets", "buildings", "facilities", "anything"])
def test_a_town_that_lacks_something_gets_an_honest_empty_answer(without):
    town = DrawnTown()
    if without not in ("streets", "anything"):
        town.street((0, 0), (1000, 0))
    if without not in ("buildings", "anything"):
        town.building((0, 0))
    if without not in ("facilities", "anything"):
        town.facility("EDU-PRI", (100, 0))
    run = run_coverage(town.build())
    assert run.state == "done"
    assert run.summary["far_buildings"] == (1 if without == "streets" else 0)
    assert share(run, "ALL").score is None
    if without == "buildings":
        assert share(run, "EDU-PRI").building_count == 0


def test_a_town_that_was_never_imported_is_refused():
    town = Town.objects.create(slug="new", name_zh="新镇", root_code="3302")
    with pytest.raises(NothingToCompute) as refused:
        run_coverage(town)
    assert refused.value.details["absent"] == ["路网", "房屋", "设施"]


def test_a_threshold_that_the_search_cannot_judge_is_refused():
    place = DrawnTown().build()
    place.profile = CityProfile.objects.create(
        code="far", name_zh="远", categories={"EDU-PRI": {"threshold_m": 2500}}
    )
    place.save()
    with pytest.raises(ThresholdBeyondCutoff):
        run_coverage(place)
    assert run_coverage(place, cutoff_m=2500).cutoff_m == 2500
