"""The mix map's files: what each building's byte says, whose it is, and colours that can be told apart."""

import itertools
from uuid import uuid4

import numpy as np
import pytest

from grids.housing.tenures import TENURES
from grids.maps import mix_legends as legends
from grids.maps.mix_outlines import outlines_json
from grids.maps.mix_values import value_bytes
from grids.mixing import choices
from grids.mixing.stock_tables import building_table
from grids.models import Building, Dwelling, GenerationState, Town
from grids.scoping import active_generations
from tests.grids.test_legends import NIGHT, SEEN_BY, contrast, lab
from tests.grids.two_towns import FIRST, GRID, OTHER_GRID, SECOND, draw_towns
from tests.people import client_for, make_person

MARKET, RENTAL = "market", "public_rental"

# Tenures of the dwellings of buildings 0 to 5; 0 and 1 are one estate, the others stand alone.
REGISTER = [
    [MARKET] * 3 + [RENTAL] * 3,  # 9 of 15 pairs differ
    [MARKET, RENTAL],  # two dwellings: shown with the estate
    [MARKET] * 5,
    [MARKET] * 2 + [RENTAL],  # three dwellings and no estate
    [MARKET] * 2 + [RENTAL] * 8,  # 16 of 45
    [],
]


@pytest.fixture
def town(db):
    """Town 甲 with a register of tenures; written while the stock is loading, as an import does."""
    town, _other = draw_towns()
    stock = active_generations(town)["stock"]
    stock.state = GenerationState.CHECKED
    stock.save()
    Dwelling.objects.filter(building__stock=stock).delete()
    for building in Building.objects.filter(stock=stock).order_by("number"):
        tenures = REGISTER[building.number]
        Dwelling.objects.bulk_create(
            Dwelling(
                building=building, code=f"{building.code}01{at:02d}01", unit=1, floor=at, door=1,
                tenure=tenure, source="register",
            )
            for at, tenure in enumerate(tenures, 1)
        )  # fmt: skip
        Building.objects.filter(pk=building.pk).update(dwelling_count=len(tenures))
    stock.state = GenerationState.ACTIVE
    stock.save()
    return town


@pytest.fixture
def stock(town):
    return active_generations(town)["stock"]


def differing(tenures: list[str]) -> float:
    """Share of pairs that differ, pair by pair."""
    pairs = list(itertools.combinations(tenures, 2))
    return sum(one != other for one, other in pairs) / len(pairs)


def test_a_byte_is_the_share_of_differing_pairs_in_half_percents(stock):
    found = value_bytes(stock, "tenure", "w")
    for number in (0, 2, 4):
        assert found[number] == round(200 * differing(REGISTER[number]))


def test_two_dwellings_are_shown_with_their_estate_and_three_without_one_not_at_all(stock):
    # The estate: 6 dwellings at 9/15 and 2 at 1/1, weighted by dwellings = (6 * 0.6 + 2 * 1) / 8.
    found = value_bytes(stock, "tenure", "w")
    assert found[1] == round(200 * (6 * 0.6 + 2 * 1.0) / 8)
    assert found[3] == legends.BYTE_TOO_FEW
    assert found[5] == legends.BYTE_NO_HOMES


def test_a_share_is_the_group_s_own_and_of_small_buildings_the_estate_s(stock):
    rental = sorted([MARKET, RENTAL], key=list(TENURES).index).index(RENTAL)
    found = value_bytes(stock, "tenure", f"share-{rental}")
    assert found.tolist() == [100, 100, 0, legends.BYTE_TOO_FEW, 160, legends.BYTE_NO_HOMES]


def test_map_and_table_say_the_same_of_every_building(stock):
    table = building_table(stock, "tenure")
    found = value_bytes(stock, "tenure", "w")
    shown = found <= legends.STEPS
    assert shown.tolist() == table.is_shown.tolist()
    assert np.rint(table.mix.w[shown] * 200).astype(int).tolist() == found[shown].tolist()


def test_buildings_whose_register_is_silent_are_not_mapped_as_unmixed(town, stock):
    stock.state = GenerationState.CHECKED
    stock.save()
    Building.objects.filter(stock=stock, number=4).update(dwelling_count=40)  # 10 of 40 told
    assert value_bytes(stock, "tenure", "w")[4] == legends.BYTE_UNKNOWN


def files_of(client) -> dict:
    return client.get("/mix/state.json?town=jia").json()


def bytes_at(client, state: dict, figure: str = "w") -> np.ndarray:
    answer = client.get(state["values"].format(dimension="tenure", figure=figure))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    return np.frombuffer(answer.content, np.uint8)


def test_what_lies_outside_the_duties_is_struck_out(town):
    director = client_for(make_person("director", "community_director", area_code=SECOND))
    state = files_of(director)
    assert bytes_at(director, state)[:4].tolist() == [legends.BYTE_UNKNOWN] * 4
    assert bytes_at(director, state)[4] == round(200 * 16 / 45)
    dwellings = np.frombuffer(director.get(state["arrays"]["dwellings"]).content, "<u2")
    assert dwellings.tolist() == [0, 0, 0, 0, 10, 0]


def test_another_person_s_address_is_not_found(town):
    director = client_for(make_person("director", "community_director", area_code=SECOND))
    planner = client_for(make_person("planner", "planner", area_code="330100"))
    whole = files_of(planner)["values"].format(dimension="tenure", figure="w")
    assert planner.get(whole).status_code == 200
    assert director.get(whole).status_code == 404


@pytest.mark.parametrize("figure", ["share-2", "share--1", "share-1/../w", "h", "..", "share-٣"])
def test_figures_that_no_building_has_are_not_found(town, figure):
    planner = client_for(make_person("planner", "planner", area_code="330100"))
    address = files_of(planner)["values"].format(dimension="tenure", figure=figure)
    assert planner.get(address).status_code == 404


def test_no_surveyed_dimension_has_a_building_file(town):
    planner = client_for(make_person("planner", "planner", area_code="330100"))
    template = files_of(planner)["values"]
    for dimension in ("origin", "age_band", "household_type"):
        assert planner.get(template.format(dimension=dimension, figure="w")).status_code == 404


def test_outlines_are_those_of_the_named_plan_within_the_duties(town):
    planner = client_for(make_person("planner", "planner", area_code="330100"))
    state = files_of(planner)
    found = planner.get(state["outlines"]["grid"].format(plan=state["plan"])).json()["features"]
    assert [feature["properties"]["code"] for feature in found] == [GRID, OTHER_GRID]
    director = client_for(make_person("director", "community_director", area_code=FIRST))
    own = director.get(files_of(director)["outlines"]["community"]).json()["features"]
    assert {feature["properties"]["code"] for feature in own} == {FIRST}


def test_an_outline_address_of_another_plan_or_of_older_areas_is_not_found(town):
    planner = make_person("planner", "planner", area_code="330100")
    for level, version in (
        ("grid", str(uuid4())),
        ("grid", "none"),
        ("community", "0" * 16),
        ("town", "x"),
    ):
        assert outlines_json(town, planner, "open_mix", level, version) is None


# --- Choices and colours ------------------------------------------------------------------


def test_every_choice_exists_or_says_why():
    for kind, levels in choices.choices_json().items():
        assert set(levels) == set(choices.LEVELS)
        for level, rule in levels.items():
            assert set(rule["measures"]) == set(choices.MEASURES)
            if rule["why"]:
                assert set(rule["measures"].values()) == {rule["why"]}, (kind, level)


def test_surveyed_figures_keep_to_their_levels():
    sealed = choices.choices_json()["sealed"]
    assert sealed["building"]["why"]
    assert {code for code, why in sealed["grid"]["measures"].items() if not why} == {
        "share",
        "effective_groups",
    }
    for level in ("community", "street"):
        open_here = {code for code, why in sealed[level]["measures"].items() if not why}
        assert open_here == {"w", "r_star", "share", "effective_groups"}
        assert sealed[level]["of"]["age_band"]["w"]


def test_the_register_shows_everything_from_the_grid_up_and_w_and_shares_of_a_building():
    stock = choices.choices_json()["stock"]
    assert {code for code, why in stock["building"]["measures"].items() if not why} == {"w", "share"}
    for level in ("grid", "community", "street", "town"):
        assert not any(stock[level]["measures"].values())


@pytest.mark.parametrize("seen", SEEN_BY)
@pytest.mark.parametrize(
    "ramp", [legends.LIGHT, legends.DARK, legends.GROUPS], ids=["light", "dark", "groups"]
)
def test_any_two_colours_differ_by_ten(ramp, seen):
    apart = {
        (a, b): np.linalg.norm(lab(a, SEEN_BY[seen]) - lab(b, SEEN_BY[seen]))
        for a, b in itertools.combinations(ramp, 2)
    }
    assert min(apart.values()) >= 10, min(apart, key=apart.get)


@pytest.mark.parametrize("ramp", [legends.LIGHT, legends.DARK], ids=["light", "dark"])
def test_the_ramp_goes_one_way_from_light_to_dark_or_back(ramp):
    lightness = [lab(colour, np.eye(3))[0] for colour in ramp]
    steps = np.diff(lightness)
    assert (steps < 0).all() or (steps > 0).all()


@pytest.mark.parametrize("colour", legends.DARK)
def test_dark_classes_stand_out_from_the_night_map(colour):
    assert contrast(colour, NIGHT) >= 1.8


def test_six_classes_a_scale_each_end_inclusive_and_a_whole_byte():
    for code, scale in legends.SCALES.items():
        assert len(scale.bounds) == len(legends.LIGHT)
        assert scale.bounds[-1] is None
        if code in ("w", "share"):
            assert all(float(bound * legends.STEPS).is_integer() for bound in scale.bounds[:-1])


def test_a_town_without_any_source_says_what_would_do(db):
    town = Town.objects.create(slug="bing", name_zh="丙", root_code="330102")
    planner = client_for(make_person("planner", "planner", area_code=town.root_code))
    page = planner.get("/mix/?town=bing").content.decode()
    assert "丙还没有可看的混居数据" in page
    assert "/data/new/?town=bing" in page
    assert "desk/mix" not in page
    assert "没有可打印的地图" in planner.get("/mix/print/?town=bing").content.decode()
