"""Alternatives: drawn in one order, kept with what they do, never the draw itself."""

from typing import Any

import pytest

from grids.demo import placement as demo
from grids.models import Building, Estate, PlacementProject, Variant
from grids.placement.choice_cost import frontier
from grids.placement.errors import NothingToCheck, WrongRules
from grids.placement.imports import import_applicants, import_flats
from grids.placement.lottery import list_hash, seed_of, sha256
from grids.placement.rules import limits_of, make_rules
from grids.placement.trial import augmented_places, inputs_text, serial_places, trial_seed
from grids.placement.variants import is_current, make_variant
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    WEST_1,
    add_dwelling,
    applicant,
    draw_quarter,
    flats_csv,
    quarter_project,
    table,
)

pytestmark = pytest.mark.django_db

PEOPLE = [
    applicant(f"P{number}", "公租房", 志愿1=EAST_1, 志愿2=EAST_2, 申报房源=FLATS[number])
    for number in range(4)
]
PEOPLE += [
    applicant(f"R{number}", "安置房", 志愿1=EAST_2, 志愿2=EAST_1, 申报房源=FLATS[4 + number])
    for number in range(4)
]


@pytest.fixture
def project() -> PlacementProject:
    made = quarter_project()
    import_flats(made, flats_csv(), "flats.csv", None)
    import_applicants(made, table(PEOPLE), "people.csv", None)
    return made


def rules(project: PlacementProject, **more: Any) -> Any:
    factors = {"public_rental": "1", "resettlement": "1"}
    return make_rules(project, **{"name": "一半", "reason": "试算", "cap_factors": factors, **more})


def test_given_serial_and_lottery_side_by_side(project: PlacementProject):
    """The proposal fills building 1 with rentals; everybody likes it so. Half-and-half caps: two each."""
    half = rules(project)
    given = make_variant(project, "given", half, "申报", None)
    lottery = make_variant(project, "lottery", half, "只摇号", None)
    serial = make_variant(project, "serial", half, "依次", None)
    assert given.places == {row["回执号"]: row["申报房源"] for row in PEOPLE}
    assert given.findings["mix"]["after"] == {"w": 0.0, "r_star": 1.0}
    assert lottery.findings["choice"]["first"] == 1.0
    assert lottery.findings["choice"]["lost_vs_lottery"] == 0.0
    caps = {
        one.name: row for one in (given, serial) for row in one.findings["rules"] if row["code"] == "caps"
    }
    assert not caps["申报"]["is_met"]
    assert caps["依次"]["is_met"]
    # Caps of 2, 2, 1 for each tenure, 8 people: 2 + 2 in buildings 1 and 2, nobody is left out.
    used = {(r["building"], r["tenure"]): r["used"] for r in serial.findings["headroom"]}
    assert {used[EAST_1, "public_rental"], used[EAST_1, "resettlement"]} == {2}
    assert len(serial.places) == 8
    assert serial.findings["choice"]["lost_vs_lottery"] == pytest.approx(0.25)


def test_a_variant_is_what_its_name_says_it_was(project: PlacementProject):
    made = make_variant(project, "serial", None, "一", None)
    with pytest.raises(WrongRules):
        make_variant(project, "serial", None, "一", None)
    assert is_current(made)
    before = Variant.objects.values().get()
    project.applicants.filter(receipt="P1").update(needs_accessible=True)
    assert not is_current(made)
    assert Variant.objects.values().get() == before


def test_a_proposal_needs_places_in_the_file(project: PlacementProject):
    project.applicants.update(given_flat="")
    with pytest.raises(NothingToCheck):
        make_variant(project, "given", None, "申报", None)
    assert not Variant.objects.exists()


def test_alternatives_differ_by_rules_and_not_by_luck(project: PlacementProject):
    """One order for all: rules do not enter the seed, and it is never that of a draw."""
    flats, people = list(project.flats.all()), list(project.applicants.all())
    seed = trial_seed(inputs_text(flats, people))
    rules(project)
    assert trial_seed(inputs_text(project.flats.all(), project.applicants.all())) == seed
    ids = [one.receipt for one in people]
    assert seed != seed_of(list_hash(ids), sha256(b""), [], "")


def test_augmenting_serves_more_lists_than_the_plain_order(project: PlacementProject):
    """R3 lists building 3 only (2 flats), as two P's who also like building 1: they give way to nobody in
    the plain order, and move down their own lists in the other one."""
    people = [
        applicant("P1", 志愿1=WEST_1, 志愿2=EAST_1),
        applicant("P2", 志愿1=WEST_1, 志愿2=EAST_1),
        applicant("Z1", 志愿1=WEST_1, 服从调配="否", 优先序=2),
        applicant("Z2", 志愿1=WEST_1, 服从调配="否", 优先序=2),
    ]
    import_applicants(project, table(people), "people.csv", None)
    flats, who = list(project.flats.all()), list(project.applicants.all())
    limits, seed = limits_of(None), b"s" * 32
    plain, woven = serial_places(flats, who, limits, seed), augmented_places(flats, who, limits, seed)
    assert sorted(plain) == ["P1", "P2"]
    assert sorted(woven) == ["P1", "P2", "Z1", "Z2"]
    assert {woven["Z1"][:17], woven["Z2"][:17]} == {WEST_1}
    assert {woven["P1"][:17], woven["P2"][:17]} == {EAST_1}


def test_frontier_shows_cap_choice_and_mix_together(project: PlacementProject):
    loose, tight = frontier(project, [None, "1"])
    assert (loose["choice_lost"], loose["w"], loose["housed"]) == (0.0, 0.0, 8)
    assert (tight["factor"], tight["choice_lost"], tight["housed"]) == ("1", 0.25, 8)
    # Two and two in each of buildings 1 and 2: 4 of 6 pairs differ.
    assert tight["w"] == pytest.approx(4 / 6, abs=1e-6)


def test_demo_fits_the_estate_and_proposes_by_tenure():
    town = draw_quarter()
    Estate.objects.filter(stock__town=town, number=1).update(name_zh=demo.ESTATE)
    for building in Building.objects.filter(estate__name_zh=demo.ESTATE):
        for place in range(demo.FLATS_A_BUILDING + 6):
            unit, floor, door = place % 2 + 1, place // 4 + 1, place // 2 % 2 + 1
            room = "一室" if place % 3 == 0 else "两室"
            add_dwelling(building, unit, floor, door, "", room_class=room)
        Building.objects.filter(pk=building.pk).update(dwelling_count=30)
    project = demo.load_placement(town, None)
    assert project is not None
    assert demo.load_placement(town, None) == project
    assert (project.flats.count(), project.applicants.count()) == (48, 47)
    given, serial = project.variants.order_by("made_at")
    caps = [
        next(r for r in one.findings["rules"] if r["code"] == "caps")["is_met"] for one in (given, serial)
    ]
    assert caps == [False, True]
    assert serial.findings["mix"]["after"]["w"] > given.findings["mix"]["after"]["w"]
