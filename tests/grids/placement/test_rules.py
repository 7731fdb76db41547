"""Rules as an official types them in, and the classes and entries that a draw makes of them."""

from fractions import Fraction
from typing import Any

import pytest

from grids.models import Applicant, Flat, PlacementProject
from grids.placement.errors import ProjectClosed, WrongRules
from grids.placement.rules import (
    Limits,
    cell_of,
    classes_of,
    entries_in,
    entries_of,
    limits_of,
    make_rules,
    terms_of,
)
from grids.placement.trial import augmented_places, serial_places
from tests.grids.placement.new_quarter import quarter_project

B1, B2 = "33010000100100001", "33010000100100002"


def home(
    building: str, unit: int, floor: int, door: int, room: str = "两室", accessible: bool = False
) -> Flat:
    code = f"{building}{unit:02d}{floor:02d}{door:02d}"
    return Flat(
        code=code, building_code=building, unit=unit, floor=floor, door=door, room_class=room,
        is_accessible=accessible,
    )  # fmt: skip


def person(receipt: str, tenure: str = "public_rental", **more: Any) -> Applicant:
    return Applicant(receipt=receipt, tenure=tenure, **{"room_class": "两室", "choices": [], **more})


FLATS = [home(B1, 1, floor, door) for floor in (2, 11) for door in (1, 2)]
FLATS += [home(B1, 2, 2, 1), home(B2, 1, 1, 1, accessible=True), home(B2, 1, 1, 2)]


def test_a_cell_is_a_building_a_stairwell_or_a_floor():
    flat = home(B1, 2, 11, 3)
    assert [cell_of(flat, level) for level in ("building", "unit", "floor")] == [
        B1,
        f"{B1}-02",
        f"{B1}-02-11",
    ]


def test_caps_are_by_cell_inside_the_room_class():
    """Three of four are rentals, factor 1: ⌈3/4·4⌉, ⌈3/4·1⌉, ⌈3/4·2⌉ in the stairwells; others uncapped."""
    people = [person(f"P{n}") for n in range(3)] + [person("R1", "resettlement")]
    part = classes_of(FLATS, people, Limits("unit", {"public_rental": Fraction(1)}))["两室"]
    assert part.caps["public_rental"] == {f"{B1}-01": 3, f"{B1}-02": 1, f"{B2}-01": 2}
    assert part.caps["resettlement"] == {f"{B1}-01": 4, f"{B1}-02": 1, f"{B2}-01": 2}


def test_other_room_classes_do_not_count():
    people = [person("P1"), *[person(f"R{n}", "resettlement", room_class="三室") for n in range(9)]]
    flats = [*FLATS, *[home(B2, 1, 3, door, room="三室") for door in range(1, 10)]]
    part = classes_of(flats, people, Limits("building", {"public_rental": Fraction(1)}))["两室"]
    assert part.caps == {"public_rental": {B1: 5, B2: 2}}


def test_accessible_flats_are_a_class_of_their_own_where_somebody_needs_one():
    people = [person("P1", needs_accessible=True), person("P2")]
    classes = classes_of(FLATS, people, Limits())
    assert classes["两室 accessible"].flats == {B2: (f"{B2}010101",)}
    assert f"{B2}010101" not in classes["两室"].flats[B2]
    assert [one.klass for one in entries_in(classes, people, Limits())] == ["两室 accessible", "两室"]
    together = classes_of(FLATS, people, Limits(reserves_accessible=False))
    assert list(together) == ["两室"]


def test_a_choice_of_a_building_is_a_choice_of_its_cells_in_order():
    people = [person("P1", choices=[B2, B1])]
    limits = Limits("floor")
    [entry] = entries_in(classes_of(FLATS, people, limits), people, limits)
    assert entry.choices == (f"{B2}-01-01", f"{B1}-01-02", f"{B1}-01-11", f"{B1}-02-02")


def test_entries_come_by_receipt_and_leave_out_buildings_without_such_a_flat():
    people = [person("b", choices=[B1, "33010000100100009"]), person("B"), person("a")]
    found = entries_in(classes_of(FLATS, people, Limits()), people, Limits())
    assert [(one.id, one.choices) for one in found] == [("B", ()), ("a", ()), ("b", (B1,))]


def test_a_room_class_without_flats_keeps_its_applicants_waiting():
    people = [person("P1", room_class="四室", needs_accessible=True)]
    classes = classes_of(FLATS, people, Limits())
    assert classes["四室"].flats == {}
    assert classes["四室 accessible"].flats == {}
    assert entries_in(classes, people, Limits())[0].klass == "四室 accessible"
    assert serial_places(FLATS, people, Limits(), b"s" * 32) == {}
    assert augmented_places(FLATS, people, Limits(), b"s" * 32) == {}


# --- Written down -------------------------------------------------------------------------


@pytest.fixture
def project(db: None) -> PlacementProject:
    return quarter_project()


def test_rules_say_what_they_cap_and_why(project: PlacementProject):
    made = make_rules(
        project, name=" 一 ", reason="邻里均衡", cap_factors={"public_rental": " 1,25 ", "resettlement": ""}
    )
    assert (made.name, made.cap_factors) == ("一", {"public_rental": "1.25"})
    assert limits_of(made).factor("public_rental") == Fraction(5, 4)
    assert limits_of(made).factor("resettlement") is None
    assert limits_of(None).factors is None
    assert (terms_of(project, made), entries_of(project, made)) == ({}, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "  "},
        {"name": ""},
        {"cap_factors": {"public_rental": "0"}},
        {"cap_factors": {"public_rental": "-1"}},
        {"cap_factors": {"public_rental": "很多"}},
        {"cap_factors": {"public_rental": "1/0"}},
        {"cap_factors": {"outsiders": "1"}},
        {"cap_level": "street"},
        {"most_in_cluster": 0},
    ],
)
def test_rules_that_mean_nothing_are_refused(project: PlacementProject, wrong: dict[str, Any]):
    with pytest.raises(WrongRules):
        make_rules(project, **{"name": "一", "reason": "因为", **wrong})
    assert not project.rules.exists()


def test_a_name_is_used_once_and_a_closed_list_takes_no_rules(project: PlacementProject):
    make_rules(project, name="一", reason="因为")
    with pytest.raises(WrongRules):
        make_rules(project, name="一", reason="又")
    project.state = PlacementProject.State.CLOSED
    project.save()
    with pytest.raises(ProjectClosed):
        make_rules(project, name="二", reason="因为")
