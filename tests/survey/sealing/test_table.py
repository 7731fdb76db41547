"""What leaves the room: consistent to the last bit, unbiased, as exact as the formula says, once only."""

import hashlib
import math
from decimal import Decimal

import numpy as np
import pytest

from grids.kernels.tree_estimate import estimate_tree
from grids.models import SealedRelease, SealedTally
from grids.tallies import Cell, canonical_bytes, is_untouched, sealed_cells
from survey.allocation import Allocation, allocate
from survey.models import Consent, Household, Submission
from survey.noise import variance_of, with_noise
from survey.sealed_table import cells_of, pairs_of
from survey.sealing_plan import plan_for, planned
from survey.tallying import Counted, Ground, answer_of
from tests.grids.two_towns import FIRST, GRID, OTHER_GRID
from tests.survey.sealing.grounds import OUTLINE, ended_round, sealed
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_field()


def in_one_city(buildings=40, answered=24, *, chance=None):
    """Two communities, four grids of ten buildings; building 0 lies in no grid."""
    chance = chance or np.random.default_rng(5)
    community = np.repeat([0, 1], buildings // 2)
    grid = np.arange(buildings) // 10
    grid[0] = -1
    ground = Ground(
        tuple(f"{n:017d}" for n in range(buildings)),
        ("990102003001", "990102003002"),
        ("990102003001001", "990102003001002", "990102003002001", "990102003002002"),
        ("990102003",),
        community,
        grid,
        np.full(buildings, 30),
    )
    counts = chance.multinomial(answered, (0.5, 0.3, 0.2), size=buildings)
    return ground, Counted("origin", np.full(buildings, answered), counts)


ALLOCATION = Allocation("origin", {"grid": 0.3, "community": 0.2, "street": 0.1}, 0.15)


def by_place(cells: list[Cell]):
    found = {}
    for cell in cells:
        found.setdefault((cell.level, cell.code), []).append(cell.count)
    return {place: np.array(counts) for place, counts in found.items()}


# --- The noise ------------------------------------------------------------------------------


def test_noise_has_mean_zero_and_the_variance_of_the_formula():
    # 40,000 draws: the mean lies within 5 standard errors, the variance within 6 % of 2q/(1-q)².
    drawn = with_noise(np.zeros(40_000, np.int64), sensitivity=2, epsilon=0.4)
    variance = variance_of(2, 0.4)
    assert abs(drawn.mean()) < 5 * math.sqrt(variance / drawn.size)
    assert drawn.var() == pytest.approx(variance, rel=0.06)
    q = math.exp(-0.2)
    assert variance == pytest.approx(sum(n * n * (1 - q) / (1 + q) * q ** abs(n) for n in range(-400, 401)))


def test_a_table_is_unbiased_and_as_exact_as_it_says():
    ground, counted = in_one_city()
    draws = [cells_of(ground, counted, ALLOCATION) for _draw in range(400)]
    counts = np.array([[cell.count for cell in cells] for cells in draws])
    told_sd = np.array([cell.sd for cell in draws[0]])
    truth = {("street", "990102003"): counted.counts.sum(axis=0)}
    for number, code in enumerate(ground.communities):
        truth["community", code] = counted.counts[ground.community == number].sum(axis=0)
    for number, code in enumerate(ground.grids):
        truth["grid", code] = counted.counts[ground.grid == number].sum(axis=0)
    assert set(truth) == set(by_place(draws[0]))
    expected = np.concatenate([truth[place] for place in by_place(draws[0])])
    assert (np.abs(counts.mean(axis=0) - expected) < 5 * told_sd / math.sqrt(400)).all()
    np.testing.assert_allclose(counts.std(axis=0), told_sd, rtol=0.18)


def test_everything_adds_up_to_the_last_bit():
    ground, counted = in_one_city()
    ground.grid[0] = 0  # here every building lies in a grid
    found = by_place(cells_of(ground, counted, ALLOCATION))
    street = found["street", "990102003"]
    communities = [counts for (level, _code), counts in found.items() if level == "community"]
    assert (street == sum(communities)).all()
    for code in ground.communities:
        grids = [counts for (level, one), counts in found.items() if level == "grid" and one.startswith(code)]
        assert (found["community", code] == sum(grids)).all()
    for counts in found.values():
        assert counts.sum() == round(counts.sum())


def test_a_building_in_no_grid_is_counted_in_its_community_only():
    ground, counted = in_one_city()
    cells = cells_of(ground, counted, ALLOCATION)
    answered = {(cell.level, cell.code): cell.answered for cell in cells}
    assert answered["community", "990102003001"] == 20 * 24
    grids = [
        count
        for (level, code), count in answered.items()
        if level == "grid" and code.startswith("990102003001")
    ]
    assert sum(grids) == 19 * 24


def test_pair_sums_count_the_pairs_of_a_building():
    # Building of 3 households A A B: 3 pairs, 2 differ. Of 2 households A B: 1 pair, 1 differs.
    ground = Ground(
        ("1" * 17, "2" * 17), ("990102003001",), (), (), np.zeros(2, int), np.full(2, -1), np.full(2, 9)
    )
    counted = Counted("origin", np.array([3, 2]), np.array([[2, 1, 0], [1, 1, 0]]))
    allocation = Allocation("origin", {"community": 0.5}, 0.5)
    found = [pairs_of(ground, counted, allocation)[0] for _draw in range(600)]
    assert {pair.within_pairs for pair in found} == {4}
    # The noise reaches as far as one household of the largest building: 3 - 1 neighbours.
    sd = math.sqrt(variance_of(2, 0.5))
    assert found[0].sd == pytest.approx(sd)
    assert np.mean([pair.within_differing for pair in found]) == pytest.approx(3, abs=5 * sd / math.sqrt(600))


def test_large_households_count_as_eight_persons():
    told = {"age_bands": {"0-2": 1, "15-59": 12, "80+": 2}}
    row = answer_of("age_band", told)
    assert sum(row) == 8
    assert row == [1, 0, 0, 0, 5, 0, 2]
    assert answer_of("age_band", {"age_bands": {}}) is None
    assert answer_of("origin", {"origin": ""}) is None


# --- ε ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("epsilon", [0.5, 1, 1.5, 2])
def test_the_parts_never_exceed_the_whole(epsilon):
    wide = ("community",)
    parts = allocate(epsilon, {"origin": ("grid", *wide), "household_type": wide, "age_band": wide})
    assert epsilon - 1e-4 < sum(part.epsilon for part in parts) <= epsilon
    assert {part.dimension: part.pairs > 0 for part in parts} == {
        "origin": True,
        "household_type": True,
        "age_band": False,
    }


def test_ages_stay_above_the_grid_where_noise_would_drown_them():
    ground, counted = in_one_city(answered=24)
    ages = Counted("age_band", counted.answered, np.zeros((40, 7), np.int64))
    plan = planned(None, Decimal(1), ground, {"origin": counted, "age_band": ages})  # type: ignore[arg-type]
    assert "grid" in plan.of("origin").levels  # 240 households in the middle grid
    assert "grid" not in plan.of("age_band").levels
    few = Counted("origin", np.full(40, 3), counted.counts // 8)
    assert "grid" not in planned(None, Decimal(1), ground, {"origin": few}).of("origin").levels  # type: ignore[arg-type]


# --- Stored ----------------------------------------------------------------------------------


def test_the_stored_table_is_of_the_rounds_own_areas_and_its_hash_can_be_made_again(field):
    ended = ended_round(field.town, field.director, area_codes=[FIRST], version=asking(field))
    done = sealed(ended.round, field.director, epsilon="2")
    release = SealedRelease.objects.get(uid=done.release_uid)
    assert release.sha256 == hashlib.sha256(canonical_bytes(release)).hexdigest() == done.table_sha256
    places = set(SealedTally.objects.filter(release=release).values_list("level", "code"))
    assert places <= {("grid", GRID), ("grid", OTHER_GRID), ("community", FIRST)}
    answered = sealed_cells(release, "origin", "community")[0].answered
    assert answered == len(ended.told)
    assert is_untouched(release)
    SealedTally.objects.filter(pk=release.tallies.first().pk).update(count=7)
    assert not is_untouched(release)


def test_only_what_stands_is_counted(field):
    ended = ended_round(field.town, field.director, area_codes=[FIRST], version=asking(field))
    codes = sorted(ended.told)
    Household.objects.filter(dwelling_code=codes[0]).update(is_current=False)
    Submission.objects.filter(dwelling_code=codes[1]).update(review="rejected")
    Submission.objects.filter(dwelling_code=codes[2]).update(state="held", held_reason="round_closed")
    Consent.objects.filter(dwelling_code=codes[3]).update(is_given=False)
    assert plan_for(ended.round, Decimal(1)).answered == dict.fromkeys(
        ("origin", "household_type", "age_band"), len(codes) - 4
    )


def test_another_town_of_a_street_keeps_the_street_closed(field):
    # Street 330100001 has two communities; a round of one of them says nothing of the street.
    version = asking(field)
    one = ended_round(field.town, field.director, area_codes=[FIRST], version=version)
    assert plan_for(one.round, Decimal(1)).ground.streets == ()
    both = ended_round(field.town, field.director, area_codes=[FIRST, FIRST[:-1] + "2"], version=version)
    assert plan_for(both.round, Decimal(1)).ground.streets == (FIRST[:9],)


def asking(field):
    field.form_version.outline = OUTLINE
    field.form_version.save()
    return field.form_version


def test_estimate_equals_the_kernel_on_one_node():
    # One community without grids: what is published is the noisy count, moved onto the known total.
    found = estimate_tree(np.array([[7.0, 2.0]]), np.array([4.0]), np.array([-1]), np.array([10.0]))
    assert found.counts.tolist() == [[7.5, 2.5]]
