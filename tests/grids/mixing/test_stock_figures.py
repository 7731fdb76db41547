"""Figures of the register: against arithmetic on paper (the drawing stands in worlds.py)."""

from fractions import Fraction
from itertools import combinations

import pytest

from grids.mixing.figures import figures, sources_json
from grids.mixing.split import split_json
from grids.models import Dwelling
from tests.grids.mixing.worlds import GRID_1, GRID_2, HOMES, MARKET, RENTAL, STREET, A, B, draw_town
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return draw_town()


@pytest.fixture
def planner():
    return make_person("planner", "planner", area_code="330100")


def rows_of(town, user, level, dimension="tenure", **more):
    found = figures(town, "stock", dimension, level, user, **more)
    assert [group["code"] for group in found.groups][:2] == [MARKET, RENTAL]
    return {row.code: row for row in found.rows}


def test_w_and_r_star_of_a_community_are_those_worked_out_by_hand(town, planner):
    row = rows_of(town, planner, "community")[A]
    # Buildings: w = 2·6·4/90, 0, 2·5·5/90, 0 with 10, 10, 10, 3 dwellings.
    w = (10 * Fraction(48, 90) + 10 * Fraction(50, 90)) / 33
    b = Fraction(2 * 24 * 9, 33 * 32)
    assert row.w == pytest.approx(float(w), abs=1e-12)
    assert row.b == pytest.approx(float(b), abs=1e-12)
    assert row.r_star == pytest.approx(float(1 - w / b), abs=1e-12)
    assert [cell.count for cell in row.counts] == [24, 9]
    assert (row.answered, row.dwellings, row.units) == (33, 33, 4)


def test_dwellings_the_register_says_nothing_of_are_left_out_and_the_known_share_is_told(town, planner):
    row = rows_of(town, planner, "community")[B]
    assert (row.answered, row.dwellings, row.response) == (10, 20, 0.5)
    assert [cell.count for cell in row.counts] == [0, 10]
    assert row.w == 0
    assert row.r_star is None  # one group alone: nothing to be segregated


def test_less_than_three_tenths_known_gives_counts_and_no_index(town, planner):
    kept = Dwelling.objects.filter(building__number=4)[:8]
    Dwelling.objects.filter(pk__in=[one.pk for one in kept]).update(tenure="")
    row = rows_of(town, planner, "community")[B]
    assert row.answered == 2
    assert row.w is None
    assert row.why


def test_a_small_building_shows_its_estate(town, planner):
    rows = rows_of(town, planner, "building")
    alone, merged = rows[A + "00003"], rows[A + "00004"]
    assert not alone.merged
    assert alone.w == pytest.approx(50 / 90)
    assert merged.merged
    assert [cell.count for cell in merged.counts] == [8, 5]
    assert merged.w == pytest.approx(10 * 50 / 90 / 13)


def test_nothing_but_w_and_shares_below_the_grid(town, planner):
    for row in rows_of(town, planner, "building").values():
        assert (row.b, row.r_star, row.h, row.d, row.d_corrected, row.effective_groups) == (None,) * 6


def test_a_building_of_which_nothing_is_known_is_not_shown(town, planner):
    row = rows_of(town, planner, "building")[B + "00006"]
    assert not row.shown
    assert row.counts == ()


def differing_pairs(buildings):
    """Brute force: every pair of known dwellings, as (building, tenure)."""
    homes = [(b, t) for b in buildings for t, n in enumerate(HOMES[b]) for _one in range(n)]
    return [(one[0], other[0]) for one, other in combinations(homes, 2) if one[1] != other[1]]


def test_the_split_counts_every_pair_once(town, planner):
    found = split_json(town, "stock", "tenure", A, planner)
    pairs = differing_pairs(range(4))
    grid = {0: 1, 1: 1, 2: 2, 3: 2}
    same = sum(one == other for one, other in pairs)
    same_grid = sum(grid[one] == grid[other] for one, other in pairs) - same
    assert [(row["level"], row["differing"]) for row in found["levels"]] == [
        ("building", same), ("grid", same_grid), ("community", len(pairs) - same - same_grid)
    ]  # fmt: skip
    assert found["total_differing"] == len(pairs) == 216
    assert sum(row["share"] for row in found["levels"]) == pytest.approx(1, abs=1e-5)


def test_the_split_of_the_town_has_every_level_that_holds_a_pair(town, planner):
    found = split_json(town, "stock", "tenure", "", planner)
    assert [row["level"] for row in found["levels"]] == ["building", "grid", "community", "street"]
    assert found["total_differing"] == len(differing_pairs(range(6)))


def test_a_renter_meets_in_the_own_building_whom_counting_says(town, planner):
    body = (
        client_for(planner)
        .get(f"/api/v1/mix/exposure/?town=mixed&source=stock&dimension=tenure&area={A}")
        .json()
    )
    # 4 renters with 9 neighbours of whom 6 own; 5 renters with 9 neighbours of whom 5 own.
    assert body["matrix"][1][0] == pytest.approx((4 * 6 / 9 + 5 * 5 / 9) / 9, abs=1e-6)
    assert sum(body["matrix"][0]) == pytest.approx(1, abs=1e-5)


def test_the_drawn_area_is_taken_as_whole_grids(town, planner):
    from tests.grids.drawn_towns import degrees

    def drawn(west, east):
        corners = [(west, -10), (east, -10), (east, 110), (west, 110), (west, -10)]
        polygon = {"type": "Polygon", "coordinates": [[degrees(corner) for corner in corners]]}
        asked = {"town": "mixed", "source": "stock", "dimension": "tenure", "polygon": polygon}
        return client_for(planner).post("/api/v1/mix/area/", asked, content_type="application/json").json()

    half = drawn(-60, 240)  # all of 001, 90 of 200 m of 002
    assert [grid["code"] for grid in half["grids"]] == [GRID_1]
    assert [cell["count"] for cell in half["row"]["counts"]] == [16, 4]
    more = drawn(-60, 260)  # 110 of 200 m of 002
    assert [grid["code"] for grid in more["grids"]] == [GRID_1, GRID_2]
    assert drawn(140, 160)["row"] is None


def test_a_director_sees_the_own_community_and_nothing_beside_it(town):
    director = make_person("director", "community_director", area_code=A)
    assert set(rows_of(town, director, "community")) == {A}
    assert set(rows_of(town, director, "grid")) == {GRID_1, GRID_2}
    assert rows_of(town, director, "street") == {}
    client = client_for(director)
    for path in (f"split/?area={B}", f"exposure/?area={B}", f"profile/?area={STREET}", f"trend/?area={B}"):
        assert client.get(f"/api/v1/mix/{path}&town=mixed&dimension=tenure").status_code == 404


def test_a_grid_worker_reads_no_stock_figures(town):
    worker = client_for(make_person("worker", "grid_worker", grid_code=GRID_1))
    assert worker.get("/api/v1/mix/figures/?town=mixed&source=stock&level=grid").status_code == 403
    assert worker.get("/api/v1/mix/sources/?town=mixed").json()["stock"] is None


def test_sources_name_dimensions_and_groups_in_the_reader_s_language(town, planner):
    told = sources_json(town, planner)["stock"]
    groups = {one["code"]: [group["name"] for group in one["groups"]] for one in told["dimensions"]}
    assert groups["tenure"] == ["商品房", "公租房"]
    assert groups["room_class"] == ["一室", "两室"]


def test_a_choice_that_cannot_exist_is_refused_with_its_reason(town, planner):
    client = client_for(planner)
    for query in ("level=house", "dimension=income", "source=stock:1", "source=sealed:x", "area="):
        response = client.get(f"/api/v1/mix/figures/?town=mixed&{query}")
        assert response.status_code in ((200,) if query == "area=" else (400, 404)), query
    assert client.get("/api/v1/mix/figures/?town=mixed&colour=red").status_code == 400


def test_the_same_question_gets_the_same_bytes(town, planner):
    client = client_for(planner)
    for path in ("sources/?town=mixed", f"split/?town=mixed&area={A}", "figures/?town=mixed&level=grid"):
        first = client.get(f"/api/v1/mix/{path}")
        again = client.get(f"/api/v1/mix/{path}")
        assert first.content == again.content
        tagged = client.get(f"/api/v1/mix/{path}", headers={"If-None-Match": first["ETag"]})
        assert tagged.status_code == 304
