"""What is read off an XForm: kinds, words in two languages, repeats, choices, and where answers are saved."""

from typing import Any

from survey.questionnaires.storing import checked
from tests.survey.forms.workbooks import workbook


def outline(survey: str, **sheets: str) -> dict[str, Any]:
    return checked(workbook(survey=survey, **sheets), name="f.xlsx").outline


def questions(read: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in read["questions"]}


def test_kinds_are_told_apart():
    kinds = {
        "text": "text", "integer": "integer", "decimal": "decimal", "date": "date", "time": "time",
        "dateTime": "dateTime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
        "image": "image", "audio": "audio", "video": "video", "file": "file", "barcode": "barcode",
        "note": "note", "acknowledge": "trigger", "range": "integer", "start": "hidden", "hidden": "hidden",
        "select_one l": "select_one", "select_multiple l": "select_multiple", "rank l": "rank",
    }  # fmt: skip
    rows = "\n".join(f"{kind} | q{number} | 题" for number, kind in enumerate(kinds))
    found = questions(outline("type | name | label\n" + rows, choices="list_name | name | label\nl | a | 甲"))
    assert [found[f"q{number}"]["kind"] for number in range(len(kinds))] == list(kinds.values())


def test_one_language_without_a_name_is_chinese_by_default():
    read = outline("type | name | label\ntext | q | 需要什么？")
    assert questions(read)["q"]["labels"] == {"zh": "需要什么？", "en": ""}


def test_two_languages_and_a_value_inside_a_label():
    survey = (
        "type | name | label::English (en) | label::中文 (zh)\n"
        "text | who | Who? | 谁？\nnote | hello | Hello ${who} | 您好 ${who}"
    )
    read = outline(survey)
    assert questions(read)["hello"]["labels"] == {"zh": "您好 ${who}", "en": "Hello ${who}"}
    assert [(one["code"], one["is_default"]) for one in read["languages"]] == [("en", True), ("zh", False)]


def test_a_third_language_stands_in_where_chinese_is_missing():
    survey = "type | name | label::Deutsch (de) | label::English (en)\ntext | q | Was? | What?"
    assert questions(outline(survey))["q"]["labels"] == {"zh": "Was?", "en": "What?"}


def test_repeats_around_a_question_from_outside_in():
    survey = (
        "type | name | label\nbegin repeat | home | 家\nbegin group | g | 组\nbegin repeat | need | 需求\n"
        "text | what | 什么？\nend repeat | |\nend group | |\nend repeat | |"
    )
    read = outline(survey)
    assert questions(read)["what"]["path"] == "/data/home/g/need/what"
    assert questions(read)["what"]["repeats"] == ["/data/home", "/data/home/g/need"]
    assert {row["path"]: row["is_repeat"] for row in read["groups"]} == {
        "/data/home": True, "/data/home/g": False, "/data/home/g/need": True,
    }  # fmt: skip


def test_answers_go_to_the_list_of_the_nearest_entity():
    survey = (
        "type | name | label | save_to\ntext | place | 地点 | places#where\nbegin repeat | thing | 物\n"
        "text | what | 什么？ | things#what\nend repeat | |"
    )
    read = outline(survey, entities="list_name | label\nplaces | x\nthings | ${what}")
    found = questions(read)
    assert found["place"]["save_to"] == [{"list": "places", "property": "where"}]
    assert found["what"]["save_to"] == [{"list": "things", "property": "what"}]
    assert [(row["path"], row["list"], row["may_create"]) for row in read["entities"]] == [
        ("/data/meta/entity", "places", True),
        ("/data/thing/meta/entity", "things", True),
    ]


def test_choices_of_a_file_are_named_by_the_file():
    read = outline("type | name | label\nselect_one_from_file dwellings.csv | door | 户室")
    assert (questions(read)["door"]["choices"], questions(read)["door"]["choices_from"]) == (
        [],
        "dwellings.csv",
    )


def test_a_name_used_in_two_groups_is_two_questions():
    survey = (
        "type | name | label\nbegin group | a | 甲\ntext | q | 题\nend group | |\n"
        "begin group | b | 乙\ntext | q | 题\nend group | |"
    )
    assert [row["path"] for row in outline(survey)["questions"]] == ["/data/a/q", "/data/b/q"]
