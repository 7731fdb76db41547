"""pyxform's refusals in the uploader's language, with sheet, row and column; its English does not show."""

import pytest
from django.utils import translation

from survey.questionnaires.problems import FormRefused
from survey.questionnaires.sheets import read_sheets
from survey.questionnaires.storing import checked
from tests.survey.forms.workbooks import workbook

HEAD = "type | name | label | calculation | relevant | save_to | parameters | trigger | choice_filter\n"
YES_NO = "list_name | name | label\nyn | yes | 是\nyn | no | 否"
THINGS = "list_name | label\nthings | x"


def findings(survey: str, **sheets: str) -> list[tuple[str, int, str]]:
    with pytest.raises(FormRefused) as caught:
        checked(workbook(survey=survey, **sheets), name="f.xlsx")
    problems = caught.value.problems
    assert not [problem for problem in problems if "原文" in problem.sentence], problems
    return [(problem.sheet, problem.row, problem.column) for problem in problems]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("text | q | 题\n | q2 | 题", ("survey", 3, "type")),
        ("txet | q | 题", ("survey", 2, "type")),
        ("text | | 题", ("survey", 2, "name")),
        ("text | 1q | 题", ("survey", 2, "name")),
        ("text | q | 题\ntext | q | 题", ("survey", 3, "name")),
        ("text | q |", ("survey", 2, "label")),
        ("calculate | q |", ("survey", 2, "calculation")),
        ("text | q | 题 | | ${gone} = 1", ("survey", 2, "relevant")),
        ("text | q | 题 | | ${q = 1", ("survey", 2, "relevant")),
        ("begin group | g | 组\ntext | q | 题", ("survey", 2, "type")),
        ("text | q | 题\nend group | |", ("survey", 3, "type")),
        ("begin repeat | data | 组\ntext | q | 题\nend repeat | |", ("survey", 2, "name")),
        ("text | q | 题 | | | thing", ("survey", 2, "save_to")),
        ("text | q | 题 | | | | max_pixels", ("survey", 2, "parameters")),
        ("image | q | 题 | | | | colour=red", ("survey", 2, "parameters")),
        ("range | q | 题 | | | | start=a end=2 step=1", ("survey", 2, "parameters")),
        ("select_one_from_file | q | 题", ("survey", 2, "type")),
    ],
)
def test_a_fault_of_the_survey_sheet_is_placed(rows, place):
    assert place in findings(HEAD + rows)


@pytest.mark.parametrize(
    ("rows", "choices", "place"),
    [
        ("select_one gone | q | 题", YES_NO, ("survey", 2, "type")),
        ("select_one yn | q | 题", YES_NO + "\nyn | yes | 对", ("choices", 4, "name")),
        ("select_one yn | q | 题", YES_NO + "\nyn | | 空", ("choices", 4, "name")),
        ("select_multiple yn | q | 题", YES_NO + "\nyn | not sure | 难说", ("choices", 4, "name")),
    ],
)
def test_a_fault_of_the_choices_sheet_is_placed(rows, choices, place):
    assert place in findings(HEAD + rows, choices=choices)


@pytest.mark.parametrize(
    ("rows", "entities", "place"),
    [
        ("text | q | 题 | | | name", THINGS, ("survey", 2, "save_to")),
        ("text | q | 题 | | | __x", THINGS, ("survey", 2, "save_to")),
        ("text | q | 题 | | | gone#x", THINGS, ("survey", 2, "save_to")),
        ("text | q | 题 | | | x\ntext | q2 | 题 | | | x", THINGS, ("survey", 3, "save_to")),
        ("text | q | 题", "list_name | label\nthings |", ("entities", 2, "label")),
        ("text | q | 题", "list_name | update_if\nthings | true()", ("entities", 2, "entity_id")),
        ("text | q | 题", THINGS + "\nthings | y", ("entities", 3, "list_name")),
        ("text | q | 题", "list_name | label | colour\nthings | x | red", ("entities", 1, "")),
    ],
)
def test_a_fault_of_the_entities_sheet_is_placed(rows, entities, place):
    assert place in findings(HEAD + rows, entities=entities)


def test_a_broken_expression_is_found_by_odk_validate_with_its_row():
    with pytest.raises(FormRefused) as caught:
        checked(workbook(survey=HEAD + "text | q | 题\ntext | q2 | 题 | | ${q} = = 1"), name="f.xlsx")
    [problem] = caught.value.problems
    assert problem.code == "odk_validate"
    assert (problem.sheet, problem.row) == ("survey", 3)


def test_every_sentence_is_there_in_english_too():
    from survey.questionnaires.pyxform_entity_words import ENTITY_ERRORS
    from survey.questionnaires.pyxform_warning_words import WARNINGS
    from survey.questionnaires.pyxform_words import ERRORS

    for saying in (*ERRORS, *ENTITY_ERRORS, *WARNINGS):
        with translation.override("en"):
            told = f"{saying.sentence} {saying.expected}"
        assert not any("\u3400" <= letter <= "\u9fff" for letter in told.replace("中文 (zh)", "")), told


def test_what_pyxform_says_unexpectedly_is_told_with_its_own_words():
    from survey.questionnaires.findings import findings_of_error

    sheets = read_sheets(workbook(survey=HEAD + "text | q | 题"), name="f.xlsx")
    [finding] = findings_of_error("[row : 2] A sentence of a later version about ${q}.", sheets)
    assert (finding.row, "A sentence of a later version" in finding.sentence) == (2, True)
