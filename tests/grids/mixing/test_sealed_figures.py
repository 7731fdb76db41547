"""Figures of a sealed round: the display rules, the arithmetic of margins, and who reads what."""

import math
from datetime import date

import numpy as np
import pytest

from grids.mixing.accuracy import accuracy_rows, laplace_sd
from grids.mixing.figures import figures
from grids.mixing.noisy import LAPLACE_95, Noisy, Tally, entropy, pooled_differing, share_margins
from grids.mixing.sources import NoSuchFigure
from grids.mixing.split import split_json
from grids.models import Grid, GridPlan
from grids.privacy_ledger import debit
from tests.grids.drawn_towns import box
from tests.grids.mixing.worlds import CELLS, GRID_1, GRID_2, SPENT, STREET, A, B, draw_town, origin, seal
from tests.people import client_for, make_person

Z = 2.1183  # ln 20 / √2: a Laplace variable lies within so many standard deviations in 95 of 100 cases


@pytest.fixture
def town(db):
    return draw_town()


@pytest.fixture
def planner(db):
    return make_person("planner", "planner", area_code="330100")


def asked(client, path, **query):
    return client.get(f"/api/v1/mix/{path}/", {"town": "mixed", "dimension": "origin", **query})


def rows(client, release, level):
    body = asked(client, "figures", source=f"sealed:{release.uid}", level=level).json()
    return {row["code"]: row for row in body["rows"]}


def test_counts_are_rounded_to_five_and_carry_their_margin(town, planner):
    row = rows(client_for(planner), seal(town), "community")[A]
    assert [cell["count"] for cell in row["counts"]] == [60, 30, 10]
    # sd 5 and the rounding's 5/√12 together, times 2.118, rounded up
    assert {cell["count_margin"] for cell in row["counts"]} == {
        math.ceil(Z * math.hypot(5, 5 / math.sqrt(12)))
    }
    assert [cell["share"] for cell in row["counts"]] == [0.605, 0.3, 0.095]
    assert row["counts"][0]["share_margin"] == pytest.approx(Z * 5 / 100, abs=1e-3)


def test_fewer_than_thirty_answers_show_nothing(town, planner):
    hidden = rows(client_for(planner), seal(town), "grid")[GRID_2]
    assert not hidden["shown"]
    assert hidden["counts"] == []
    assert [name for name, value in hidden.items() if isinstance(value, float)] == []
    assert hidden["answered"] is None


def test_a_grid_has_shares_and_entropy_and_no_figure_of_pairs(town, planner):
    row = rows(client_for(planner), seal(town), "grid")[GRID_1]
    shares = np.array([50, 20.5, 9.5]) / 80
    assert row["entropy"] == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-6)
    assert row["entropy_margin"] > 0
    assert [row[name] for name in ("w", "b", "r_star", "h", "d", "m")] == [None] * 6
    assert row["quotients"] == []


def test_w_and_r_star_of_a_community_come_from_the_noisy_pair_sum(town, planner):
    row = rows(client_for(planner), seal(town), "community")[A]
    b = 1 - (60.5**2 + 30**2 + 9.5**2 - 3 * 25 - 100) / (100 * 99)
    assert row["w"] == pytest.approx(90 / 200)
    assert row["w_margin"] == pytest.approx(Z * 10 / 200, abs=1e-4)
    assert row["b"] == pytest.approx(b, abs=1e-6)
    assert row["r_star"] == pytest.approx(1 - 0.45 / b, abs=1e-6)
    assert row["r_star_margin"] > row["w_margin"]


def test_below_three_tenths_of_answers_no_index(town, planner):
    row = rows(client_for(planner), seal(town), "community")[B]  # 40 of 200
    assert row["counts"][0]["count"] == 20
    assert [row[name] for name in ("w", "r_star", "entropy", "effective_groups")] == [None] * 4
    assert row["why"]


def test_the_street_adds_the_pair_sums_of_its_communities(town, planner):
    row = rows(client_for(planner), seal(town), "street")[STREET]
    assert row["w"] == pytest.approx((90 + 30) / (200 + 50))
    assert row["w_margin"] == pytest.approx(Z * math.hypot(10, 8) / 250, abs=1e-4)


def test_the_split_of_a_round_has_two_parts_that_make_up_the_whole(town, planner):
    release = seal(town)
    body = asked(client_for(planner), "split", source=f"sealed:{release.uid}", area=A).json()
    b = 1 - (60.5**2 + 30**2 + 9.5**2 - 3 * 25 - 100) / (100 * 99)
    assert [row["level"] for row in body["levels"]] == ["building", "elsewhere"]
    assert body["levels"][0]["share"] == pytest.approx(90 / (b * 4950), abs=1e-6)
    assert sum(row["share"] for row in body["levels"]) == pytest.approx(1, abs=1e-5)
    assert sum(row["pairs"] for row in body["levels"]) == 100 * 99 // 2
    assert body["levels"][0]["margin"] > 0


def test_no_split_for_a_grid_and_none_where_too_few_answered(town, planner):
    release = seal(town)
    with pytest.raises(NoSuchFigure):
        split_json(town, f"sealed:{release.uid}", "origin", GRID_1, planner)
    assert asked(client_for(planner), "split", source=f"sealed:{release.uid}", area=B).status_code == 400


def test_no_exposure_and_no_profile_of_answers(town, planner):
    release = seal(town)
    for path in ("exposure", "profile"):
        assert asked(client_for(planner), path, source=f"sealed:{release.uid}", area=A).status_code == 400


def test_a_drawn_area_sums_whole_grids_of_the_plan_of_the_round(town, planner):
    release = seal(town)
    west, south, east, north = box(-60, -10, 360, 110).extent
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    given = {"town": "mixed", "source": f"sealed:{release.uid}", "dimension": "origin"}
    given["polygon"] = {"type": "Polygon", "coordinates": [ring]}
    body = client_for(planner).post("/api/v1/mix/area/", given, content_type="application/json").json()
    assert [grid["code"] for grid in body["grids"]] == [GRID_1, GRID_2]
    assert body["row"]["answered"] == 100
    assert [cell["count"] for cell in body["row"]["counts"]] == [60, 30, 10]
    assert body["row"]["w"] is None


# --- Who reads what -----------------------------------------------------------------------


def test_a_grid_worker_reads_the_own_grid_and_nothing_else(town):
    release = seal(town)
    client = client_for(make_person("worker", "grid_worker", grid_code=GRID_1))
    assert set(rows(client, release, "grid")) == {GRID_1}
    assert rows(client, release, "community") == {}
    assert rows(client, release, "street") == {}
    assert asked(client, "split", source=f"sealed:{release.uid}", area=A).status_code == 404


def test_a_grid_duty_reads_no_round_of_another_plan(town):
    """After a redraw the same code is another place."""
    release = seal(town)
    GridPlan.objects.filter(town=town).update(state="retired")
    plan = GridPlan.objects.create(
        town=town, number=2, source_name="redrawn", valid_from=date(2026, 6, 1), state="active"
    )
    Grid.objects.create(
        plan=plan, number=0, code=GRID_1, community_code=A, geom=box(300, 0, 400, 100), area_m2=1
    )
    client = client_for(make_person("worker", "grid_worker", grid_code=GRID_1))
    assert rows(client, release, "grid") == {}


def test_a_director_of_one_community_reads_no_street(town):
    release = seal(town)
    client = client_for(make_person("director", "community_director", area_code=A))
    assert set(rows(client, release, "community")) == {A}
    assert rows(client, release, "street") == {}


# --- Trend --------------------------------------------------------------------------------


def test_rounds_of_an_older_plan_are_shared_out_by_area_and_marked(town, planner):
    before = [*origin("grid", GRID_1, (52.0, 20.0, 8.0), 90), *origin("community", A, (60.5, 30.0, 9.5), 120)]
    seal(town, cells=before, pairs=[], ends_on=date(2025, 12, 31))
    old = GridPlan.objects.get(town=town)
    GridPlan.objects.filter(pk=old.pk).update(state="retired")
    plan = GridPlan.objects.create(
        town=town, number=2, source_name="redrawn", valid_from=date(2026, 6, 1), state="active"
    )
    # Three quarters of the old grid 001 (-50 … 150 m) and nothing else.
    Grid.objects.create(plan=plan, number=0, code=A + "009", community_code=A,
                        geom=box(0, 0, 150, 100), area_m2=1)  # fmt: skip
    seal(town, plan=plan, cells=[*origin("grid", A + "009", (40.0, 12.0, 8.0), 70),
                                 *origin("community", A, (60.5, 30.0, 9.5), 120)], pairs=[])  # fmt: skip
    body = asked(client_for(planner), "trend", level="grid", area=A + "009").json()
    estimate, exact = (point["row"] for point in body["points"])
    assert [point["is_estimate"] for point in body["points"]] == [True, False]
    assert estimate["answered"] == 60
    assert [cell["count"] for cell in estimate["counts"]] == [40, 15, 5]  # 39, 15, 6
    assert [cell["count"] for cell in exact["counts"]] == [40, 10, 10]
    assert any("估计" in note for note in body["notes"])


def test_communities_of_two_rounds_stand_side_by_side_without_an_estimate(town, planner):
    seal(town, ends_on=date(2025, 12, 31))
    seal(town)
    body = asked(client_for(planner), "trend", level="community", area=A).json()
    assert [point["date"] for point in body["points"]] == ["2025-12-31", "2026-03-31"]
    assert not any(point["is_estimate"] for point in body["points"])


# --- What the noise does ------------------------------------------------------------------


def sealed_draws(truth, sd, turns, seed):
    """Laplace noise on every count, then shifted onto the known sum, as sealing does."""
    random = np.random.default_rng(seed)
    groups = len(truth)
    scale = sd * math.sqrt(groups / (groups - 1)) / math.sqrt(2)
    noisy = truth + random.laplace(0, scale, (turns, groups))
    return noisy + ((truth.sum() - noisy.sum(axis=1)) / groups)[:, None]


def test_margins_hold_the_truth_in_at_least_95_of_100_draws():
    truth, sd = np.array([220.0, 120.0, 60.0]), 6.0
    shares = truth / truth.sum()
    b = 1 - (truth * (truth - 1)).sum() / (400 * 399)
    e = -(shares * np.log(shares)).sum()
    held = np.zeros(3)
    draws = sealed_draws(truth, sd, 4000, seed=11)
    for counts in draws:
        tally = Tally(counts, np.full(3, sd), 400)
        told_b, told_e = pooled_differing(tally), entropy(tally)
        held += [
            abs(tally.counts[0] / 400 - shares[0]) <= share_margins(tally)[0],
            abs(told_b.value - b) <= told_b.margin,
            abs(told_e.value - e) <= told_e.margin,
        ]
    assert (held / len(draws) >= 0.945).all(), held / len(draws)


def test_the_debiased_b_is_right_on_average():
    truth, sd = np.array([30.0, 20.0, 10.0]), 6.0
    b = 1 - (truth * (truth - 1)).sum() / (60 * 59)
    draws = sealed_draws(truth, sd, 20_000, seed=5)
    met = [pooled_differing(Tally(counts, np.full(3, sd), 60)).value for counts in draws]
    naive = 1 - ((draws**2).sum(axis=1) - 60) / (60 * 59)
    assert abs(np.mean(met) - b) < 0.001
    assert abs(naive.mean() - b) > 0.02  # what the noise would have done


def test_the_accuracy_printed_is_that_of_drawn_noise():
    """Discrete Laplace as the difference of two geometric variables, 200,000 times."""
    random = np.random.default_rng(3)
    success = 1 - math.exp(-0.48 / 2)
    noise = random.geometric(success, (200_000, 3)) - random.geometric(success, (200_000, 3))
    assert laplace_sd(2, 0.48) == pytest.approx(noise.std(), rel=0.01)
    left = noise - noise.mean(axis=1, keepdims=True)
    for row in accuracy_rows(SPENT, 3):
        margin = np.quantile(np.abs(left[:, 0]) / row["households"], 0.95)
        assert margin <= row["share_margin"] <= 1.12 * margin


def test_more_households_and_more_epsilon_make_figures_sharper():
    rows = accuracy_rows(SPENT, 3)
    assert [row["households"] for row in rows] == [100, 200, 400]
    assert rows[0]["share_margin"] > rows[1]["share_margin"] > rows[2]["share_margin"]
    doubled = accuracy_rows({**SPENT, "levels": {"grid": 0.96}, "pairs": 0.4}, 3)
    assert doubled[0]["share_margin"] < 0.55 * rows[0]["share_margin"]
    assert doubled[0]["w_margin"] == pytest.approx(rows[0]["w_margin"] / 2, rel=0.01)


def test_a_gap_over_next_to_nothing_is_no_figure():
    from grids.mixing.noisy import ratio_gap

    assert ratio_gap(Noisy(0.01, 0.01), Noisy(0.02, 0.05)) is None
    assert ratio_gap(Noisy(0.3, 0.1), Noisy(0.6, 0.0)) == Noisy(0.5, pytest.approx(0.1 / 0.6))


def test_the_page_prints_the_year_s_epsilon_and_its_promise(town, planner):
    from decimal import Decimal

    debit(town, [A + "00001"], 2026, Decimal("1.0"))
    body = client_for(planner).get("/api/v1/mix/budget/?town=mixed").json()
    assert (body["year"], body["spent"], body["most"]) == (2026, 1.0, 2.0)
    assert body["advantage"] == pytest.approx(math.tanh(0.5), abs=1e-4)
    assert "74%" in body["sentence"]  # 50 + 46.2 / 2, rounded up


def test_sums_never_depend_on_who_asks_or_when(town, planner):
    release = seal(town)
    one = figures(town, f"sealed:{release.uid}", "origin", "community", planner).as_dict()
    other = figures(town, f"sealed:{release.uid}", "origin", "community", planner).as_dict()
    assert one == other
    assert pytest.approx(Z, abs=1e-4) == LAPLACE_95
    assert len(CELLS) == 15
