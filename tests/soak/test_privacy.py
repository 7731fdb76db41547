"""`./dev soak privacy --seed N`: attacks on a sealed round through its own interface, and the promise of ε.

Three rounds of 7,200 households are sealed with ε = 1 and asked in every way that the interface allows. An
attack knows the map, all building sizes and every household but the ones it is after. It must not find more
building cells exactly than somebody who never asked, plus three points of a hundred.
"""

import json
import logging
import math
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import lsqr

from grids.models import PrivacyBudget, SealedRelease
from grids.privacy_ledger import BudgetSpent
from survey.models import Household, Round, Submission
from survey.rounds import dwellings_of
from survey.sealed_table import cells_of, pairs_of, sums_of, tree_of
from survey.sealing_plan import plan_for
from tests.soak.attack_ground import (
    DIMENSION,
    GROUPS,
    HOUSEHOLDS,
    SIDE_M,
    Attacker,
    Ground,
    counts_of,
    draw_ground,
    inside,
    rectangle,
)
from tests.survey.sealing.grounds import answer as write_answers
from tests.survey.sealing.grounds import sealed

POINTS = 0.03
ASKED_AGAIN = 1_000
LEAST_SQUARES = (150, 1_500)
PAIRS_AVERAGED = 30
DRAWS = 2_000
EPSILON = "1"


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_attacks_on_sealed_rounds_find_no_more_than_a_guess(
    live_server: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "grids.api.narrowing.ApiRate.allow_request", lambda *_args: True
    )  # a patient attacker
    logging.getLogger("django.request").setLevel(logging.ERROR)  # most random questions are refused
    seed = request.config.getoption("--seed")
    chance = Random(seed)
    ground = draw_ground()
    told = ground.told(chance)
    first = ground.ended(told)
    changed = changed_once(told, chance)
    second = ground.ended(changed)
    third = ground.ended(told)
    sealed(first.round, ground.director, epsilon=EPSILON)
    attacker = Attacker(live_server.url, ground.town)
    source = f"sealed:{SealedRelease.objects.get().uid}"

    say(f"\nseed {seed}: {len(told)} households, {len(ground.codes)} buildings, 20 grids, ε = {EPSILON}")
    truth = ground.cells(told)
    exact_recovery(attacker, ground, truth, source, chance)
    nested_and_overlapping(attacker, ground, source, chance)
    same_question_many_times(attacker, source)
    raw_tables_are_out_of_reach(attacker, source, second.round, chance)
    two_rounds(ground, second, third)
    distinguishing(ground, told, changed)
    say(f"  {attacker.asked} questions asked")


def say(line: str) -> None:
    print(line, flush=True)


# --- Exact recovery of building cells ------------------------------------------------------------


def exact_recovery(attacker: Attacker, ground: Ground, truth: Any, source: str, chance: Random) -> None:
    guess = np.rint(HOUSEHOLDS * truth.sum(axis=0) / truth.sum())
    say(f"  no access, guess from the town's shares: {tell(np.tile(guess, (len(truth), 1)), truth)}")
    say(f"  no access, best number for each group:   {tell(best_constants(truth), truth)}")
    sampled = sorted(chance.sample(range(len(truth)), 40))
    one = np.array([difference(attacker, ground, number, source, chance) for number in sampled])
    report("differencing, 1 pair", one, truth[sampled], guess)
    few = sampled[::5]
    many = np.array([averaged(attacker, ground, number, source, chance) for number in few])
    report("30 averaged pairs", many, truth[few], guess)
    asked = [polygon(chance) for _query in range(max(LEAST_SQUARES))]
    answers = [attacker.area(source, outline) for outline in asked]
    for count in LEAST_SQUARES:
        for knows_snapping in (False, True):
            rows = solve(ground, asked[:count], answers[:count], guess, knows_snapping=knows_snapping)
            by = "by whole grids" if knows_snapping else "by buildings"
            report(f"least squares, {count} queries {by}", rows, truth, guess)


def averaged(attacker: Attacker, ground: Ground, number: int, source: str, chance: Random) -> Any:
    pairs = [difference(attacker, ground, number, source, chance) for _pair in range(PAIRS_AVERAGED)]
    return np.mean(pairs, axis=0)


def best_constants(truth: Any) -> Any:
    """The one number for each group that is right most often: nobody without access can guess better."""
    best = [np.bincount(truth[:, group]).argmax() for group in range(truth.shape[1])]
    return np.tile(best, (len(truth), 1))


def report(name: str, estimated: Any, truth: Any, guess: Any) -> None:
    """Print, and hold against the better of two guesses at the same cells without access."""
    found = np.rint(estimated)
    blind = np.tile(guess, (len(truth), 1))
    base = max(share_right(blind, truth), share_right(best_constants(truth), truth))
    say(f"  {name}: {tell(found, truth)}; best guess {100 * base:.1f} %")
    assert share_right(found, truth) <= base + POINTS, name


def share_right(estimated: Any, truth: Any) -> float:
    return float((estimated == truth).mean())


def tell(estimated: Any, truth: Any) -> str:
    right, small = estimated == truth, (truth >= 1) & (truth <= 4)
    return f"{100 * right.mean():.1f} % of cells exact, {100 * right[small].mean():.1f} % of cells 1-4"


def difference(attacker: Attacker, ground: Ground, number: int, source: str, chance: Random) -> Any:
    """Two polygons that differ by one building: its cells are what lies between their answers."""
    x, y = ground.places_m[number]
    west, south = x - chance.uniform(60, 240), y - chance.uniform(60, 240)
    north = y + chance.uniform(60, 240)
    with_it = rectangle(west, south, x + 5, north)
    notch = [(west, south), (x + 5, south), (x + 5, y - 5), (x - 5, y - 5), (x - 5, y + 5), (x + 5, y + 5)]
    without_it = [*notch, (x + 5, north), (west, north)]
    return counts_of(attacker.area(source, with_it)) - counts_of(attacker.area(source, without_it))


def polygon(chance: Random) -> list[tuple[float, float]]:
    """Any star-shaped polygon over the town."""
    x, y = chance.uniform(0, 500), chance.uniform(0, 400)
    angles = sorted(chance.uniform(0, 2 * math.pi) for _corner in range(7))
    if max(b - a for a, b in zip(angles, [*angles[1:], angles[0] + 2 * math.pi], strict=True)) > 2.6:
        return polygon(chance)
    reach = [chance.uniform(60, 320) for _corner in angles]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a, r in zip(angles, reach, strict=True)]


def solve(ground: Ground, asked: list[Any], answers: list[Any], guess: Any, *, knows_snapping: bool) -> Any:
    """The cells that fit all answers best, nearest to the guess where answers leave them open."""
    order = {code: number for number, code in enumerate(grid_codes())}
    rows = []
    for outline, answer in zip(asked, answers, strict=True):
        if knows_snapping:
            taken = [order[row["code"]] for row in answer["grids"]]
            rows.append(np.isin(ground.grid, taken).astype(float))
        else:
            rows.append(inside(outline, ground.places_m).astype(float))
    design = csr_matrix(np.array(rows))
    given = np.array([counts_of(answer) for answer in answers])
    prior = np.tile(guess, (len(ground.codes), 1)).astype(float)
    rest = given - design @ prior
    found = [lsqr(design, rest[:, group], damp=0.3)[0] for group in range(len(GROUPS))]
    return np.clip(prior + np.array(found).T, 0, HOUSEHOLDS)


def grid_codes() -> list[str]:
    return [f"33010000100{community}{grid:03d}" for community in (1, 2) for grid in range(1, 11)]


# --- What else the interface must keep to -----------------------------------------------------------


def nested_and_overlapping(attacker: Attacker, ground: Ground, source: str, chance: Random) -> None:
    """Polygons are whole grids: the same grids give the same answer, whatever was drawn."""
    seen: dict[tuple[str, ...], str] = {}
    again = 0
    for _number in range(60):
        x, y = chance.uniform(100, 300), chance.uniform(100, 300)
        for grow in (0.0, 3.0, 7.0, 15.0, 40.0):
            half = SIDE_M + grow
            answer = attacker.area(source, rectangle(x - half, y - half, x + half, y + half))
            taken = tuple(row["code"] for row in answer["grids"])
            text = json.dumps(answer["row"], sort_keys=True)
            again += taken in seen
            assert seen.setdefault(taken, text) == text
    assert again > 100
    say(
        f"  nested and overlapping polygons: {len(seen)} different answers, {again} repeats equal to the byte"
    )


def same_question_many_times(attacker: Attacker, source: str) -> None:
    where = {"source": source, "dimension": DIMENSION, "level": "grid"}
    bodies = {attacker.get("figures", **where) for _time in range(ASKED_AGAIN)}
    assert len(bodies) == 1
    areas = {json.dumps(attacker.area(source, rectangle(0, 0, 210, 210))) for _time in range(50)}
    assert len(areas) == 1
    say(f"  the same question {ASKED_AGAIN} times: one answer of {len(bodies.pop())} bytes")


def raw_tables_are_out_of_reach(attacker: Attacker, source: str, waiting: Round, chance: Random) -> None:
    """Ask at random, turn a round's raw answers upside down, ask the same: not a byte may differ."""
    questions = [random_question(source, waiting, chance) for _number in range(250)]
    before = [attacker.get(name, **query) for name, query in questions]
    Household.objects.filter(round=waiting).update(composition_sealed=b"nothing", is_current=False)
    Submission.objects.filter(round=waiting).update(review="rejected", dwelling_code="")
    after = [attacker.get(name, **query) for name, query in questions]
    assert before == after
    Household.objects.filter(round=waiting).delete()
    assert [attacker.get(name, **query) for name, query in questions] == before
    answered = sum(b'"rows"' in body or b'"levels"' in body for body in before)
    say(f"  {len(questions)} random questions ({answered} with figures): none depends on a raw table")


def random_question(source: str, waiting: Round, chance: Random) -> tuple[str, dict[str, str]]:
    name = chance.choice(("figures", "figures", "figures", "split", "exposure", "trend", "sources", "budget"))
    query = {
        "source": chance.choice((source, source, "stock", f"sealed:{waiting.uid}", "sealed:x", "households")),
        "dimension": chance.choice((DIMENSION, "origin", "age_band", "tenure", "", "composition")),
        "level": chance.choice(("building", "grid", "community", "street", "town", "dwelling")),
        "area": chance.choice(("", *grid_codes()[:3], "330100001001", "33010000100100001", "3301")),
    }
    known = {"figures": tuple(query), "trend": tuple(query), "sources": (), "budget": ()}
    kept = known.get(name, ("source", "dimension", "area"))
    return name, {key: query[key] for key in kept}


# --- Rounds, ledger, the promise ----------------------------------------------------------------------


def changed_once(told: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The same town, where one household answers otherwise."""
    one = chance.choice(sorted(told))
    kinds = [group for group in GROUPS if group != told[one][DIMENSION]]
    return {**told, one: {**told[one], DIMENSION: chance.choice(kinds)}}


def two_rounds(ground: Ground, second: Any, third: Any) -> None:
    """The second round gets fresh noise and pays for it; the third would exceed the year and is refused."""
    Round.objects.filter(pk=second.round.pk).update(state="closed")
    refill(second, ground)
    sealed(second.round, ground.director, epsilon=EPSILON)
    tables = [
        {
            (code, category): count
            for code, category, count in release.tallies.filter(
                level="grid", dimension=DIMENSION
            ).values_list("code", "category", "count")
        }
        for release in SealedRelease.objects.order_by("pk")
    ]
    differing = sum(tables[0][code] != tables[1][code] for code in tables[0])
    assert differing > 0.9 * len(tables[0])
    assert set(PrivacyBudget.objects.values_list("spent", flat=True)) == {Decimal(2)}
    with pytest.raises(BudgetSpent):
        sealed(third.round, ground.director, epsilon="0.05")
    assert SealedRelease.objects.count() == 2
    say(f"  two rounds, one changed household: fresh noise in {differing} of {len(tables[0])} cells;")
    say("  the ledger stands at 2 of 2 for 300 buildings, and the third round is refused")


def refill(made: Any, ground: Ground) -> None:
    """The raw tables were turned upside down to see whether anybody notices: put the answers back."""
    Submission.objects.filter(round=made.round).delete()
    write_answers(made.round, list(dwellings_of(made.round)), ground.director, Random(0), told=made.told)


def distinguishing(ground: Ground, told: Any, changed: Any) -> None:
    """How well the best linear test tells two towns apart that differ in one household's answer."""
    made = ground.ended(told)
    plan = plan_for(made.round, Decimal(EPSILON))
    other = ground.ended(changed)
    second = plan_for(other.round, Decimal(EPSILON))
    spent = plan.of(DIMENSION).epsilon
    draws = [np.array([table(one) for _draw in range(DRAWS)]) for one in (plan, second)]
    half = DRAWS // 2
    spread = np.vstack([draws[0][:half], draws[1][:half]]).var(axis=0) + 1e-9
    direction = true_difference(plan, second) / spread
    scores = [draw[half:] @ direction for draw in draws]
    measured = advantage_of(*scores)
    noise = 3 * math.sqrt(0.5 / half)
    for name, epsilon in (("of this dimension", spent), ("of the whole release", float(EPSILON))):
        bound = math.tanh(epsilon / 2)
        say(f"  distinguishing advantage {measured:.3f}, bound {name} tanh({epsilon:.2f}/2) = {bound:.3f}")
        assert measured <= bound + noise


def table(plan: Any) -> Any:
    """One freshly drawn table, as a vector."""
    allocation, counted = plan.of(DIMENSION), plan.counted[DIMENSION]
    cells = [cell.count for cell in cells_of(plan.ground, counted, allocation)]
    return np.array([*cells, *(pair.within_differing for pair in pairs_of(plan.ground, counted, allocation))])


def true_difference(plan: Any, second: Any) -> Any:
    """Where the two towns differ before any noise: what the attacker who knows all others works with."""
    found = []
    for one in (plan, second):
        allocation, counted = one.of(DIMENSION), one.counted[DIMENSION]
        tree = tree_of(one.ground, allocation.levels)
        sums = sums_of(counted.counts, one.ground, tree)
        differing = (counted.answered**2 - (counted.counts**2).sum(axis=1)) // 2
        pairs = [differing[one.ground.community == n].sum() for n in range(len(one.ground.communities))]
        found.append(np.array([*sums.ravel(), *pairs], float))
    return found[1] - found[0]


def advantage_of(zero: Any, one: Any) -> float:
    """The largest difference between the two shares above a threshold."""
    cuts = np.unique(np.concatenate([zero, one]))
    above = [1 - np.searchsorted(np.sort(scores), cuts, side="right") / len(scores) for scores in (zero, one)]
    return float(np.abs(above[0] - above[1]).max())
