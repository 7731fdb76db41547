"""The forms that come with the product: what they ask, what they never ask, and that they can be filled."""

import pytest
from pyxform.xls2xform import convert

from gis_core.denylist import is_denied_name
from survey.models import FormVersion, Occupancy, Request, Visit
from survey.questionnaires.built_in import HOUSEHOLD, VISIT, built_in_workbook, seed_forms
from survey.questionnaires.outline import outline_of

pytestmark = pytest.mark.django_db


def values_of(version: FormVersion, role: str) -> list[str]:
    path = version.outline["roles"][role]
    question = next(row for row in version.outline["questions"] if row["path"] == path)
    return [choice["value"] for choice in question["choices"]]


@pytest.fixture
def household() -> FormVersion:
    return next(version for version in seed_forms() if version.form.form_id == HOUSEHOLD)


@pytest.fixture
def visit() -> FormVersion:
    return next(version for version in seed_forms() if version.form.form_id == VISIT)


def test_seeding_twice_keeps_the_two_versions():
    first = {version.pk for version in seed_forms()}
    second = {version.pk for version in seed_forms()}
    assert first == second
    assert FormVersion.objects.count() == 2


@pytest.mark.parametrize("folder", ["household", "visit"])
def test_odk_validate_accepts_it_without_a_warning(folder):
    workbook, _version = built_in_workbook(folder)
    warnings: list[str] = []
    convert(workbook, warnings=warnings, validate=True, file_type=".xlsx")
    assert warnings == []


def test_a_changed_sheet_is_another_version(settings, tmp_path):
    import shutil

    source = settings.BASE_DIR / "fixtures" / "forms"
    shutil.copytree(source, tmp_path / "fixtures" / "forms")
    choices = tmp_path / "fixtures" / "forms" / "visit" / "choices.csv"
    before = built_in_workbook("visit")[1]
    choices.write_text(choices.read_text(encoding="utf-8").replace("谢绝", "婉拒"), encoding="utf-8")
    settings.BASE_DIR = tmp_path
    assert built_in_workbook("visit")[1] != before


def test_choices_are_the_codes_that_the_tables_hold(household, visit):
    assert values_of(household, "occupancy") == [value for value, _label in Occupancy.State.choices]
    assert values_of(household, "needs") == [value for value, _label in Request.Category.choices]
    assert set(values_of(visit, "outcome")) == {value for value, _label in Visit.Outcome.choices} - {"met"}


def test_all_seven_age_bands_are_asked(household):
    bands = [role for role in household.outline["roles"] if role.startswith("age_band:")]
    assert bands == [f"age_band:{band}" for band in ("0-2", "3-5", "6-11", "12-14", "15-59", "60-79", "80+")]


def test_no_question_to_a_resident_must_be_answered(household, visit):
    # Which door it is and what came of the visit are the worker's own statements.
    required = {
        row["role"]
        for version in (household, visit)
        for row in version.outline["questions"]
        if row["is_required"]
    }
    assert required == {"dwelling", "outcome"}


def test_every_word_is_there_in_both_languages(household, visit):
    for version in (household, visit):
        shown = [row for row in version.outline["questions"] if row["is_answerable"] or row["kind"] == "note"]
        words = [row["labels"] for row in [*shown, *version.outline["groups"]]]
        words += [choice["labels"] for row in shown for choice in row["choices"]]
        words += [row["hints"] for row in shown if row["hints"]["zh"]]
        assert all(text["zh"] and text["en"] for text in words)


def test_nothing_on_the_denylist_is_asked(household, visit):
    for version in (household, visit):
        for row in version.outline["questions"]:
            words = [row["name"], *row["path"].split("/")]
            if row["is_answerable"]:
                words += [*row["labels"].values(), *row["hints"].values()]
            words += [
                text for choice in row["choices"] for text in (choice["value"], *choice["labels"].values())
            ]
            assert not [word for word in words if is_denied_name(word)]


def test_composition_and_contacts_are_never_saved_to_a_list(household):
    for row in household.outline["questions"]:
        if row["role"].startswith(("age_band", "household_type", "origin", "contact")):
            assert row["save_to"] == []


def test_dwelling_facts_go_to_the_dwelling(household):
    saved = [
        pair["property"]
        for row in household.outline["questions"]
        for pair in row["save_to"]
        if pair["list"] == "dwellings"
    ]
    assert saved == ["occupancy", "has_lift", "has_heat", "has_gas", "is_self_contained"]


def test_the_outline_of_the_stored_xform_is_the_stored_outline(household):
    assert outline_of(household.xform) == household.outline
    assert household.outline["version"] == household.version
