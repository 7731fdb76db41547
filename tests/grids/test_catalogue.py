"""The catalogue as it is committed, and what its tags, names, sizes and codes match."""

from types import SimpleNamespace

import pytest

from grids.catalogue import (
    UnknownCategory,
    WrongProfile,
    by_code,
    categories,
    category,
    effective,
    headings,
    walk_categories,
)
from grids.facilities.amap_matching import AMAP_DEFAULT_HOLDERS, match_amap, shared_amap_codes
from grids.facilities.facility_matching import (
    DEFAULT_HOLDERS,
    SIZE_CLASSES,
    match_cell,
    match_tags,
    shared_clauses,
)


def test_92_rows_of_which_82_are_walked_to_under_17_headings() -> None:
    assert len(categories()) == 92
    assert len(walk_categories()) == 82
    assert len({row.code for row in walk_categories()}) == 82
    assert len(headings()) == 17
    assert sum(row.provision == "shall" for row in walk_categories()) == 38


def test_headings_with_required_rows_come_first_and_required_rows_first_in_each() -> None:
    has_shall = [any(row.is_shall for row in heading.categories) for heading in headings()]
    assert has_shall == sorted(has_shall, reverse=True)
    for heading in headings():
        shall = [row.is_shall for row in heading.categories]
        assert shall == sorted(shall, reverse=True)


def test_a_profile_changes_thresholds_and_nothing_else() -> None:
    profile = SimpleNamespace(categories={"EDU-KIN": {"threshold_m": 500, "provision": "may"}})
    rows = effective(profile)
    assert (rows["EDU-KIN"].threshold_m, rows["EDU-KIN"].provision) == (500, "may")
    assert rows["EDU-PRI"] == by_code()["EDU-PRI"]
    assert by_code()["EDU-KIN"].threshold_m == 300


@pytest.mark.parametrize(
    "changes", [{"threshold_m": 0}, {"threshold_m": "300"}, {"name_zh": "x"}, {"provision": "must"}]
)
def test_an_impossible_profile_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(WrongProfile):
        effective(SimpleNamespace(categories={"EDU-KIN": changes}))


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(UnknownCategory) as refused:
        category("EDU-XXX")
    assert "EDU-XXX" in refused.value.sentence


def test_every_shared_clause_and_code_has_a_stated_holder() -> None:
    assert set(shared_clauses()) <= DEFAULT_HOLDERS.keys() | SIZE_CLASSES.keys()
    assert set(shared_amap_codes()) <= set(AMAP_DEFAULT_HOLDERS)
    named = {
        code for holders in (*DEFAULT_HOLDERS.values(), *AMAP_DEFAULT_HOLDERS.values()) for code in holders
    }
    assert named <= set(by_code())


def test_least_sizes_are_those_of_the_catalogue() -> None:
    # GB 50180: 150, 770, 1310, 3150 m² of ground; parks of 0.4, 1 and 5 ha.
    assert dict(SIZE_CLASSES["leisure=pitch"]) == {
        "SPT-OUT": 150, "SPT-SMALL": 770, "SPT-MID": 1310, "SPT-LARGE": 3150,
    }  # fmt: skip
    for code, least_m2 in SIZE_CLASSES["leisure=pitch"]:
        assert f"{least_m2:g}" in by_code()[code].size_rule
    for code, least_m2 in SIZE_CLASSES["leisure=park"]:
        rule = by_code()[code].size_rule
        assert f"≥{least_m2 / 10_000:g}" in rule.replace(".0ha", "ha")


@pytest.mark.parametrize(
    ("tags", "area_m2", "found"),
    [
        ({"amenity": "kindergarten"}, None, {"EDU-KIN": "tag"}),
        ({"amenity": "school", "isced:level": "1;2"}, None, {"EDU-PRI": "tag", "EDU-JUN": "tag"}),
        ({"amenity": "school", "isced:level": "1-2"}, None, {"EDU-PRI": "tag", "EDU-JUN": "tag"}),
        ({"amenity": "school", "isced:level": "3"}, None, {}),
        ({"amenity": "school", "name": "力学小学"}, None, {"EDU-PRI": "tag+name"}),
        ({"amenity": "school", "name": "第二十九中学"}, None, {"EDU-JUN": "tag+name"}),
        ({"amenity": "school", "name": "第九高级中学"}, None, {"EDU-JUN": "tag+name"}),
        ({"amenity": "school"}, None, {"EDU-PRI": "tag?level", "EDU-JUN": "tag?level"}),
        ({"amenity": "school", "name": "市职业学校"}, None, {}),
        ({"amenity": "clinic"}, None, {"HLT-STA": "tag", "HLT-OPD": "tag"}),
        ({"amenity": "clinic", "name": "新街口社区卫生服务中心"}, None, {"HLT-CTR": "tag+name"}),
        ({"amenity": "hospital", "name": "鼓楼医院"}, None, {"HLT-HOSP": "tag+name"}),
        ({"amenity": "hospital"}, None, {"HLT-HOSP": "tag"}),
        ({"amenity": "restaurant"}, None, {"CAT-REST": "tag"}),
        ({"amenity": "restaurant", "name": "老王包子"}, None, {"CAT-REST": "tag", "CAT-BRK": "tag+name"}),
        ({"amenity": "library"}, None, {"CUL-LIB": "tag"}),
        ({"amenity": "community_centre"}, None, {"CUL-STA": "tag"}),
        ({"office": "government"}, None, {}),
        ({"office": "government", "name": "华侨路司法所"}, None, {"ADM-JUST": "tag+name"}),
        ({"office": "lawyer", "name": "某某律师事务所"}, None, {}),
        ({"amenity": "toilets", "wheelchair": "yes"}, None, {"MUN-WC": "tag", "MUN-WCACC": "tag"}),
        ({"leisure": "pitch"}, 150, {"SPT-OUT": "tag+size"}),
        ({"leisure": "pitch"}, 1310, {"SPT-OUT": "tag+size", "SPT-SMALL": "tag+size", "SPT-MID": "tag+size"}),
        ({"leisure": "pitch"}, 149, {"SPT-OUT": "tag?size"}),
        ({"leisure": "park"}, None, {"GRN-PARK5": "tag?size"}),
        ({"leisure": "park"}, 10_000, {"GRN-PARK5": "tag+size", "GRN-PARK10": "tag+size"}),
        ({"leisure": "track"}, None, {"GRN-TRAIL": "tag"}),
        ({"amenity": "place_of_worship"}, None, {}),
        ({"amenity": "school", "name": "实验小学", "opening_hours": "24/7"}, None, {"EDU-PRI": "tag+name"}),
    ],
)  # fmt: skip
def test_tags_match(tags: dict[str, str], area_m2: float | None, found: dict[str, str]) -> None:
    assert match_tags(tags, area_m2) == found


def test_a_supermarket_is_a_shop_a_supermarket_and_a_food_market() -> None:
    assert set(match_tags({"shop": "supermarket"})) == {"COM-SUP", "COM-MKT", "COM-NET"}


@pytest.mark.parametrize(
    ("code", "name", "found"),
    [
        ("141203", "", {"EDU-PRI": "amap"}),
        ("090300", "", {"HLT-STA": "amap?", "HLT-OPD": "amap?"}),
        ("060201", "", {"COM-CONV": "amap", "COM-NET": "amap"}),  # under 060200
        ("070000", "金色年华养老院", {"ELD-HOME": "amap+name"}),
        ("070000", "", {}),
        ("090100", "鼓楼医院", {"HLT-HOSP": "amap+name"}),
        ("141203|141202", "", {"EDU-PRI": "amap", "EDU-JUN": "amap"}),
        ("999999", "", {}),
        ("小学", "", {}),
    ],
)
def test_amap_codes_match(code: str, name: str, found: dict[str, str]) -> None:
    assert match_amap(code, name) == found


def test_a_cell_may_hold_codes_names_groups_and_tags() -> None:
    assert match_cell("幼儿园|HLT-PHA") == {"EDU-KIN": "table", "HLT-PHA": "table"}
    assert set(match_cell("教育")) == {"EDU-KIN", "EDU-PRI", "EDU-JUN", "EDU-TRAIN"}
    assert match_cell("amenity=bank") == {"FIN-BANK": "tag"}
    assert match_cell("寺庙") == {}
