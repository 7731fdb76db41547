"""What a placement does, worked out on paper in a quarter of ten flats."""

from typing import Any

import pytest

from grids.coverage.runs import run_coverage
from grids.kernels.diversity import mix_of_areas
from grids.models import Building, PlacementProject, PlacementRules
from grids.placement.check import check_places, worded
from grids.placement.errors import NothingToCheck
from grids.placement.imports import import_applicants, import_flats
from grids.placement.rules import make_rules
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    WEST_1,
    WEST_2,
    add_dwelling,
    applicant,
    flat,
    flats_csv,
    quarter_project,
    table,
)

pytestmark = pytest.mark.django_db

# Two public rentals and two of resettlement: P1 P2 R1 R2; R2 needs an accessible flat.
PEOPLE = [
    applicant("P1", "公租房", 志愿1=EAST_1, 志愿2=EAST_2, 需要无障碍="否"),
    applicant("P2", "公租房", 志愿1=EAST_1, 志愿2=EAST_2),
    applicant("R1", "安置房", 志愿1=EAST_1, 志愿2=WEST_1),
    applicant("R2", "安置房", 志愿1=WEST_1, 需要无障碍="是"),
]


@pytest.fixture
def project() -> PlacementProject:
    made = quarter_project()
    import_flats(made, flats_csv(), "flats.csv", None)
    import_applicants(made, table(PEOPLE), "people.csv", None)
    return made


def rules(project: PlacementProject, **more: Any) -> PlacementRules:
    facts = {"name": "规则", "reason": "试算", "cap_factors": {"public_rental": "1", "resettlement": "1"}}
    return make_rules(project, **{**facts, **more})


def rule(findings: dict[str, Any], code: str) -> dict[str, Any]:
    return next(row for row in findings["rules"] if row["code"] == code)


TOGETHER = {  # both rentals in building 1, side by side; resettlement in building 3
    "P1": flat(EAST_1, 1, 1),
    "P2": flat(EAST_1, 1, 2),
    "R1": flat(WEST_1, 1, 2),
    "R2": flat(WEST_1, 1, 1),
}
APART = {  # building 1 holds a rental and R1
    "P1": flat(EAST_1, 1, 1),
    "P2": flat(EAST_2, 1, 1),
    "R1": flat(EAST_1, 1, 2),
    "R2": flat(WEST_1, 1, 1),
}


def test_headroom_is_cap_minus_used(project: PlacementProject):
    """Half of the applicants are rentals: caps 2, 2, 1 of 4, 4, 2 flats at factor 1."""
    rows = check_places(project, rules(project), TOGETHER)["headroom"]
    rental = {row["cell"]: row for row in rows if row["tenure"] == "public_rental"}
    told = {cell: (row["flats"], row["cap"], row["used"], row["left"]) for cell, row in rental.items()}
    assert told == {EAST_1: (4, 2, 2, 0), EAST_2: (4, 2, 0, 2), WEST_1: (2, 1, 0, 1)}
    assert {row["room_class"] for row in rows} == {"两室"}


def test_without_rules_there_is_no_cap_and_no_default_quota(project: PlacementProject):
    found = check_places(project, None, TOGETHER)
    assert {(row["cap"], row["left"]) for row in found["headroom"]} == {(None, None)}
    assert {row["code"] for row in found["rules"]} == {
        "known", "one_home", "room_class", "need", "housed", "reserve",
    }  # fmt: skip
    assert all(row["is_met"] for row in found["rules"])


def test_a_cap_that_is_passed_names_the_flats(project: PlacementProject):
    """Resettlement may have one of the two flats of building 3; it has both."""
    found = check_places(project, rules(project), TOGETHER)
    caps = rule(found, "caps")
    assert not caps["is_met"]
    assert caps["flats"] == sorted([TOGETHER["R1"], TOGETHER["R2"]])
    assert "2 套房" in caps["sentence"]
    assert rule(check_places(project, None, APART), "housed")["is_met"]


def test_w_and_r_star_of_the_site_on_paper(project: PlacementProject):
    """Nobody lives on the site yet. Apart: building 1 has the only pair, and it differs, so W = 1.

    Of the six pairs of the four, four differ: B = 2/3 and R* = 1 - 1/(2/3) = -1/2. Together: two pairs,
    none differs: W = 0, R* = 1.
    """
    apart, together = (check_places(project, None, places)["mix"] for places in (APART, TOGETHER))
    assert apart["before"] == {"w": None, "r_star": None}
    assert apart["after"] == {"w": 1.0, "r_star": -0.5}
    assert together["after"] == {"w": 0.0, "r_star": 1.0}


def test_community_counts_those_who_live_there_already(project: PlacementProject):
    """Three market homes in building 4: before, one group. After: the mix kernel on the table by hand."""
    found = check_places(project, None, APART)["mix"]
    [community] = found["by_community"]
    assert community["before"] == {"w": 0.0, "r_star": None}
    by_hand = mix_of_areas([[0, 1, 1], [0, 1, 0], [0, 0, 1], [3, 0, 0]], [0, 0, 0, 0], 1)
    assert community["after"] == {
        "w": pytest.approx(by_hand.w[0], abs=1e-6),
        "r_star": pytest.approx(by_hand.r_star[0], abs=1e-6),
    }


def test_pairs_split_into_integers_that_add_up(project: PlacementProject):
    """Seven homes, 21 pairs; five of them alike (3 market, 1 rental, 1 resettlement), so 16 differ.

    Building 1: P1 with R1. Grid 1: P2 of building 2 with R1. Grid 2: R2 with three of building 4. Rest: 11.
    """
    split = check_places(project, None, APART)["mix"]["split"]
    assert [(row["level"], row["after"]["differing"]) for row in split] == [
        ("building", 1),
        ("grid", 4),
        ("community", 11),
    ]
    assert sum(row["after"]["differing"] for row in split) == 16
    assert sum(row["after"]["pairs"] for row in split) == 21
    assert sum(row["before"]["differing"] for row in split) == 0


def test_a_flat_that_the_register_knows_is_not_counted_twice(project: PlacementProject):
    """The register already calls P1's flat market: before, it is left out; after, it is a rental."""
    add_dwelling(Building.objects.get(code=EAST_1), 1, 1, 1, "market")
    by_building = check_places(project, None, APART)["mix"]["by_building"]
    first = next(row for row in by_building if row["code"] == EAST_1)
    assert sum(first["before"]["counts"]) == 0
    assert sum(first["after"]["counts"]) == 2


def test_neighbours_of_one_tenure_make_a_cluster(project: PlacementProject):
    """P1 and P2 on one landing; P2 two floors up is no neighbour, right above is."""
    limited = rules(project, most_in_cluster=1)
    found = check_places(project, limited, TOGETHER)
    assert found["clusters"][0]["size"] == 2
    assert rule(found, "cluster")["flats"] == sorted(
        [TOGETHER["P1"], TOGETHER["P2"], TOGETHER["R1"], TOGETHER["R2"]]
    )
    above = {"P1": flat(EAST_1, 1, 1), "P2": flat(EAST_1, 2, 1)}
    across = {"P1": flat(EAST_1, 1, 1), "P2": flat(EAST_1, 2, 2)}
    assert [row["size"] for row in check_places(project, limited, above)["clusters"]] == [2]
    assert check_places(project, limited, across)["clusters"] == []


def test_a_door_for_one_tenure_alone_is_found(project: PlacementProject):
    """In building 1 rentals and resettlement live; with doors of their own, each door is for one alone."""
    for code, door in (
        (flat(EAST_1, 1, 1), "北门"),
        (flat(EAST_1, 2, 1), "北门"),
        (flat(EAST_1, 1, 2), "南门"),
    ):
        project.flats.filter(code=code).update(entrance=door)
    places = {"P1": flat(EAST_1, 1, 1), "P2": flat(EAST_1, 2, 1), "R1": flat(EAST_1, 1, 2)}
    found = check_places(project, rules(project, shares_entrances=True), places)
    assert rule(found, "entrances")["flats"] == sorted([flat(EAST_1, 1, 1), flat(EAST_1, 2, 1)])
    together = check_places(project, None, APART)
    assert all(row["is_shared"] for row in together["entrances"])


def test_a_stairwell_with_neighbours_of_another_tenure_is_shared(project: PlacementProject):
    add_dwelling(Building.objects.get(code=EAST_1), 1, 3, 1, "market")
    found = check_places(project, rules(project, shares_entrances=True), TOGETHER)
    first = next(row for row in found["entrances"] if row["building"] == EAST_1)
    assert first["tenures"] == {"market": 1, "public_rental": 2}
    assert rule(found, "entrances")["is_met"]


def test_need_of_access_is_looked_at(project: PlacementProject):
    """R2 needs the accessible flat; P1 got it."""
    places = {"P1": flat(WEST_1, 1, 1), "R2": flat(EAST_1, 1, 1)}
    found = check_places(project, None, places)
    assert rule(found, "need")["flats"] == [flat(EAST_1, 1, 1)]
    assert rule(found, "reserve")["flats"] == [flat(WEST_1, 1, 1)]
    assert rule(found, "reserve")["numbers"]["waiting"] == 1
    assert not rule(found, "housed")["is_met"]
    assert found["unplaced"] == ["P2", "R1"]


def test_one_flat_for_two_and_names_nobody_knows_are_told(project: PlacementProject):
    places = {"P1": FLATS[0], "P2": FLATS[0], "X9": FLATS[1], "R1": "1" * 23}
    found = check_places(project, None, places)
    assert rule(found, "one_home")["flats"] == [FLATS[0]]
    assert found["unknown"] == ["1" * 23, "X9"]
    assert not rule(found, "known")["is_met"]


def test_choice_is_counted_on_paper(project: PlacementProject):
    """Together: P1 P2 first; R1 second of two; R2 first. Worth 1, 1, 1/2, 1 of the lottery's 1, 1, 1, 1."""
    choice = check_places(project, None, TOGETHER)["choice"]
    assert (choice["first"], choice["top_3"], choice["mean_rank"]) == (0.75, 1.0, 1.25)
    assert choice["lost_vs_lottery"] == pytest.approx(0.125)
    assert (choice["worse_off"], choice["better_off"], choice["unlisted"], choice["unplaced"]) == (1, 0, 0, 0)
    of = {row["tenure"]: row for row in choice["by_tenure"]}
    assert (of["public_rental"]["lost_vs_lottery"], of["resettlement"]["lost_vs_lottery"]) == (0.0, 0.25)


def test_coverage_of_the_site_names_gaps_and_leaves_unmapped_categories_out(project: PlacementProject):
    """One kindergarten at (100, 10), and nobody has mapped a pharmacy."""
    assert check_places(project, None, APART)["coverage"] == []
    run = run_coverage(project.town)
    found = check_places(project, None, APART)
    rows = {row["category"]: row for row in found["coverage"]}
    threshold_m = run.inputs["categories"]["EDU-KIN"]["threshold_m"]
    # Doors lie 15 m north of the street, the kindergarten 10 m: 15 + |x - 100| + 10.
    near = [
        code for code, x in ((EAST_1, 50), (EAST_2, 150), (WEST_1, 250)) if 25 + abs(x - 100) <= threshold_m
    ]
    share = sum({EAST_1: 4, EAST_2: 4, WEST_1: 2}[code] for code in near) / 10
    assert rows["EDU-KIN"]["share"] == share
    assert rows["EDU-KIN"]["gap"] == (share < 1)
    assert (rows["HLT-PHA"]["share"], rows["HLT-PHA"]["gap"]) == (None, False)
    assert found["coverage_of"] == {"run": str(run.pk), "flats": 10, "unknown": 0}


def test_a_service_that_a_building_does_not_reach_is_a_gap(project: PlacementProject):
    run = run_coverage(project.town)
    run.inputs["categories"]["EDU-KIN"]["threshold_m"] = 100
    run.save()
    rows = {row["category"]: row for row in check_places(project, None, APART)["coverage"]}
    assert rows["EDU-KIN"]["share"] == 0.8
    assert (rows["EDU-KIN"]["gap"], rows["EDU-KIN"]["buildings_without"]) == (True, [WEST_1])
    assert rows["EDU-KIN"]["flats_without"] == 2


def test_sentences_follow_the_reader(project: PlacementProject):
    from django.utils import translation

    kept = check_places(project, rules(project), TOGETHER)
    with translation.override("en"):
        told = worded(kept)
    assert [row["is_met"] for row in told["rules"]] == [row["is_met"] for row in kept["rules"]]
    assert all(row["sentence"].isascii() for row in told["rules"])


def test_nothing_is_checked_where_nothing_is(project: PlacementProject):
    project.applicants.all().delete()
    with pytest.raises(NothingToCheck):
        check_places(project, None, {})


def test_buildings_of_the_site_only_are_listed(project: PlacementProject):
    codes = [row["code"] for row in check_places(project, None, APART)["mix"]["by_building"]]
    assert codes == [EAST_1, EAST_2, WEST_1]
    assert WEST_2 not in codes
