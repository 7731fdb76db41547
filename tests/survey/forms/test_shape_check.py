"""Forms of other hands: what no record could bring to us is refused at upload, with its row."""

import pytest

from gis_core.errors import Refusal
from survey.questionnaires.storing import checked
from tests.survey.forms.workbooks import SETTINGS, workbook

HEAD = ["type", "name", "label"]


def problems_of(content: bytes) -> list[tuple[str, int, str]]:
    with pytest.raises(Refusal) as caught:
        checked(content, name="f.xlsx")
    return [(one.sheet, one.row, one.column) for one in caught.value.problems]


@pytest.mark.parametrize("name", ["𠮷", "😀", "a😀", "问题一"])
def test_a_name_that_a_client_cannot_read_is_placed(name):
    survey = [HEAD, ["text", "plain", "一"], ["text", name, "生僻字𠮷䶮"]]
    assert ("survey", 3, "name") in problems_of(workbook(survey=survey))


def test_rare_characters_and_emoji_pass_in_every_word():
    survey = [HEAD, ["select_one 选项", "q1", "生僻字𠮷䶮😀"]]
    choices = [["list_name", "name", "label"], ["选项", "a", "𠮷😀"], ["选项", "b", "䶮"]]
    settings = [SETTINGS[0], ["生僻字𠮷䶮😀", "odd", "1"]]
    outline = checked(workbook(survey=survey, choices=choices, settings=settings), name="f.xlsx").outline
    (question,) = outline["questions"]
    assert question["path"] == "/data/q1"
    assert question["labels"]["zh"] == "生僻字𠮷䶮😀"
    assert outline["title"]["zh"] == "生僻字𠮷䶮😀"


def test_a_form_without_a_question_is_refused():
    assert problems_of(workbook(survey=[HEAD])) == [("survey", 0, "")]


def test_groups_deeper_than_a_record_may_be_are_refused():
    groups = [["begin group", f"g{i}", "G"] for i in range(60)]
    ends = [["end group", None, None]] * 60
    assert problems_of(workbook(survey=[HEAD, *groups, ["text", "t", "T"], *ends])) == [
        ("survey", 62, "name")
    ]


def test_forty_groups_pass():
    groups = [["begin group", f"g{i}", "G"] for i in range(40)]
    ends = [["end group", None, None]] * 40
    made = checked(workbook(survey=[HEAD, *groups, ["text", "t", "T"], *ends]), name="f.xlsx")
    assert made.outline["questions"][0]["path"].count("/") == 42


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["select_one_from_file places.csv", "s", "S", None], "type"),
        (["select_multiple_from_file yards.geojson", "s", "S", None], "type"),
        (["calculate", "c", None, "pulldata('fruits', 'name', 'key', ${n})"], "calculation"),
    ],
)
def test_a_file_that_no_tablet_has_is_refused(row, column):
    survey = [[*HEAD, "calculation"], ["text", "n", "N", None], row]
    assert problems_of(workbook(survey=survey)) == [("survey", 3, column)]


def test_choices_on_a_sheet_that_stays_behind_are_refused():
    survey = [
        [*HEAD, "choice_filter"],
        ["text", "n", "N", None],
        ["select_one_external ex", "s", "S", "n=${n}"],
    ]
    external = [["list_name", "name", "label", "n"], ["ex", "x", "X", "a"]]
    assert problems_of(workbook(survey=survey, external_choices=external)) == [("survey", 3, "type")]


def test_the_list_of_doors_is_given_along():
    survey = [HEAD, ["select_one_from_file dwellings.csv", "s", "S"]]
    assert (
        checked(workbook(survey=survey), name="f.xlsx").outline["questions"][0]["choices_from"]
        == "dwellings.csv"
    )


def test_without_java_the_result_says_that_expressions_were_not_checked(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    survey = [[*HEAD, "relevant"], ["text", "n", "N", "not(("]]
    made = checked(workbook(survey=survey), name="f.xlsx")
    assert [one["code"] for one in made.warnings].count("not_validated") == 1
