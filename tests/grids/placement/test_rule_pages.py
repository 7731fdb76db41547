"""The page of rules: nothing is preset, everything typed is kept, and what was made stays as it was."""

import pytest
from django.test import Client
from django.urls import reverse

from grids.models import PlacementProject, PlacementRules, Variant
from grids.placement.imports import import_applicants, import_flats
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant
from tests.grids.placement.draw_projects import Clock, closed, drawn_project
from tests.grids.placement.new_quarter import FLATS, applicant, flats_csv, quarter_project, table
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db

GIVEN = {
    "name": "每栋 1.25 倍",
    "reason": "各类住户在每栋楼里相近",
    "cap_level": "unit",
    "factor-public_rental": "1,25",
    "factor-resettlement": "",
    "reserves_accessible": "on",
    "most_in_cluster": "4",
}


@pytest.fixture
def official() -> Client:
    return client_for(make_person("official", "housing_official", area_code="330100"))


@pytest.fixture
def project() -> PlacementProject:
    made = quarter_project()
    import_flats(made, flats_csv(), "flats.csv", None)
    rows = [applicant(f"A{at}", "公租房" if at < 3 else "安置房") for at in range(4)]
    rows[0]["申报房源"] = FLATS[0]
    import_applicants(made, table(rows), "applicants.csv", None)
    return made


def address(project: PlacementProject, name: str = "placement_rules", **more: int) -> str:
    return reverse(name, kwargs={"uid": project.uid, **more})


def test_an_empty_form_presets_no_factor_and_lists_only_tenures_that_somebody_asks_for(official, project):
    page = official.get(address(project))
    assert [(line["tenure"], line["count"], line["percent"]) for line in page.context["caps"]] == [
        ("public_rental", 3, 75.0),
        ("resettlement", 1, 25.0),
    ]
    assert [line["field"].value() for line in page.context["caps"]] == [None, None]
    assert page.context["form"]["reason"].value() is None


def test_rules_are_saved_as_typed_and_read_back_as_sentences(official, project):
    assert official.post(address(project), GIVEN).url == address(project)
    made = PlacementRules.objects.get()
    assert (made.cap_level, made.cap_factors, made.most_in_cluster) == ("unit", {"public_rental": "1.25"}, 4)
    assert (made.reserves_accessible, made.shares_entrances) == (True, False)
    [shown] = official.get(address(project)).context["rules"]
    assert shown["sentences"] == [
        "每个单元、每种户型里，按申请比例：公租房不超过 1.25 倍。",
        "无障碍房先给需要的人。",
        "相邻的同一房屋性质不超过 4 户。",
    ]


def test_rules_without_any_cap_say_so(official, project):
    plain = {"name": "只摇号", "reason": "对照", "cap_level": "building"}
    official.post(address(project), plain)
    [shown] = official.get(address(project)).context["rules"]
    assert shown["sentences"] == ["不限各类房屋性质的比例。", "无障碍房不另外保留。"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("reason", ""),
        ("reason", "   "),
        ("name", ""),
        ("factor-public_rental", "很多"),
        ("factor-public_rental", "0"),
        ("factor-public_rental", "101"),
        ("factor-public_rental", "1/0"),
        ("cap_level", "street"),
        ("most_in_cluster", "0"),
    ],
)
def test_a_wrong_field_is_marked_and_everything_typed_stays(official, project, field, typed):
    answer = official.post(address(project), {**GIVEN, field: typed})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    kept = {"name": "每栋 1.25 倍", "factor-public_rental": "1,25", "most_in_cluster": "4"}
    for name in kept.keys() - {field}:
        assert form[name].value() == kept[name]
    assert not PlacementRules.objects.exists()


def test_a_name_that_is_taken_is_told_at_the_name(official, project):
    make_rules(project, name=GIVEN["name"], reason="试")
    answer = official.post(address(project), GIVEN)
    assert answer.status_code == 422
    assert "已经有叫" in answer.context["form"].errors["name"][0]
    assert PlacementRules.objects.count() == 1


def test_new_rules_from_others_start_filled_in_with_another_name_to_give(official, project):
    model = make_rules(
        project, name="甲", reason="因为", cap_level="floor", cap_factors={"talent": "2"}, most_in_cluster=3
    )
    form = official.get(f"{address(project)}?from={model.pk}").context["form"]
    assert (form["reason"].value(), form["cap_level"].value(), form["most_in_cluster"].value()) == (
        "因为",
        "floor",
        3,
    )
    assert form["name"].value() is None
    assert form["factor-talent"].value() == "2"  # nobody asks for it, the model had it
    assert official.get(f"{address(project)}?from=x").context["like"] is None


def test_rules_in_use_stay_and_others_can_go(official, project):
    used, unused = (make_rules(project, name=name, reason="试") for name in ("甲", "乙"))
    make_variant(project, Variant.Kind.GIVEN, used, "方案", None)
    for rules in (used, unused):
        official.post(address(project, "placement_rules_delete", pk=rules.pk))
    assert list(PlacementRules.objects.values_list("name", flat=True)) == ["甲"]
    assert official.post(address(project, "placement_rules_delete", pk=unused.pk)).status_code == 404


def test_rules_of_another_project_cannot_be_deleted_through_this_one(official, project):
    other = PlacementProject.objects.create(
        town=project.town, stock=project.stock, name="另一个", area_code="339999"
    )
    rules = make_rules(other, name="丙", reason="试")
    assert official.post(address(project, "placement_rules_delete", pk=rules.pk)).status_code == 404
    assert PlacementRules.objects.filter(pk=rules.pk).exists()


def test_once_the_list_is_closed_rules_are_only_read(clock: Clock):
    project, rules = drawn_project()
    closed(project, rules)
    official = client_for(make_person("official", "housing_official", area_code=project.area_code))
    assert b"<textarea" not in official.get(address(project)).content
    answer = official.post(address(project), GIVEN)
    assert answer.status_code == 422
    assert "名单已经封闭" in str(answer.context["form"].non_field_errors())
    assert project.rules.count() == 1
