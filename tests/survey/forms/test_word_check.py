"""What a form may not ask is refused with a sentence, its sheet and its row; places and notices pass."""

import pytest

from survey.questionnaires.problems import FormRefused
from survey.questionnaires.storing import checked
from tests.survey.forms.workbooks import asking, workbook

YES_NO = "yn | yes | 是\nyn | no | 否"


def refused(content: bytes) -> FormRefused:
    with pytest.raises(FormRefused) as caught:
        checked(content, name="f.xlsx")
    return caught.value


def places(refusal: FormRefused) -> list[tuple[str, int, str]]:
    return [(problem.sheet, problem.row, problem.column) for problem in refusal.problems]


@pytest.mark.parametrize(
    "row",
    [
        "text | q1 | 您的民族",
        "text | q1 | 宗教信仰",
        "text | q1 | 身份证号码",
        "text | q1 | 是否党员",
        "text | minzu | 您的情况",
        "text | household_ethnicity | 情况",
        "text | religion | 情况",
        "text | q1 | 您是汉族吗？",
        "text | idCardNo | 编号",
        "image | face_photo | 照片",
    ],
)
def test_a_question_on_the_denylist_is_refused_with_its_row(row):
    refusal = refused(asking("text | first | 需要什么服务？", row))
    assert ("survey", 3) in [(sheet, number) for sheet, number, _column in places(refusal)]
    assert "不登记" in refusal.problems[0].sentence


@pytest.mark.parametrize("label", ["您的民族", "Your ethnicity", "Religion of the household"])
def test_every_language_of_a_label_is_looked_at(label):
    survey = f"type | name | label::中文 (zh) | label::English (en)\ntext | q1 | 情况 | {label}"
    assert places(refused(workbook(survey=survey))) == [("survey", 2, "label::english (en)")]


def test_an_english_form_is_refused_in_english(settings):
    from django.utils import translation

    with translation.override("en"):
        refusal = refused(asking("text | q1 | Ethnicity of the family"))
    assert "never recorded" in refusal.problems[0].sentence
    assert "Ethnicity of the family" in refusal.problems[0].sentence


def test_choices_that_name_ethnic_groups_are_refused():
    refusal = refused(asking("select_one g | q1 | 您是", choices="g | a | 汉族\ng | b | 回族\ng | c | 其他"))
    assert places(refusal) == [("choices", 2, "label::中文 (zh)"), ("choices", 3, "label::中文 (zh)")]


def test_short_names_of_groups_side_by_side_are_refused():
    refusal = refused(asking("select_one g | q1 | 您是", choices="g | a | 汉\ng | b | 回\ng | c | 其他"))
    assert places(refusal)[0][:2] == ("choices", 2)


def test_choices_that_name_religions_are_refused():
    refusal = refused(asking("select_one g | q1 | 您是", choices="g | a | Muslim\ng | b | 佛教"))
    assert [place[:2] for place in places(refusal)] == [("choices", 2), ("choices", 3)]


def test_a_hint_that_asks_is_refused_and_one_that_warns_is_not():
    head = "type | name | label::中文 (zh) | hint::中文 (zh)\n"
    assert places(refused(workbook(survey=head + "text | q1 | 请填写 | 户主民族")))[0] == (
        "survey",
        2,
        "hint::中文 (zh)",
    )
    checked(workbook(survey=head + "text | q1 | 补充说明 | 不要写身份证号"), name="f.xlsx")


@pytest.mark.parametrize(
    "row",
    [
        "text | address | 住址（如民族路12号）",
        "text | q1 | 离民族广场多远？",
        "note | n1 | 我们不登记民族、宗教、身份证号，不拍人像，不记录行踪。",
        "select_one yn | consent | 我们不登记民族、宗教信仰和身份证号。是否同意？ | | consent",
        "text | surface | 面积",
        "text | school | 想去蒙古族中学吗？",
        "text | region | 从宁夏回族自治区搬来吗？",
        "text | trace | 水族馆离家远吗？",
    ],
)
def test_places_and_notices_pass(row):
    checked(asking("text | first | 需要什么服务？", row, choices=YES_NO), name="f.xlsx")


def test_streets_named_for_the_word_pass_as_choices_of_an_address():
    streets = "st | minzu_donglu | 民族东路\nst | minzu_tuanjie | 民族团结小区\nst | other | 其他"
    checked(asking("select_one st | street | 您住在哪条街道？", choices=streets), name="f.xlsx")


def test_english_landmarks_pass_as_choices_of_an_area():
    areas = "ea | a1 | Barnard Farm, landmark Habitation of Faith Church\nea | a2 | Christian Centre"
    checked(asking("select_one ea | eid | Enumeration area", choices=areas), name="f.xlsx")


def test_the_same_choices_elsewhere_do_not_pass():
    refusal = refused(asking("select_one st | q1 | 您属于", choices="st | minzu | 民族\nst | b | 其他"))
    assert places(refusal)[0][:2] == ("choices", 2)


def test_an_address_that_asks_for_more_is_refused():
    assert places(refused(asking("text | q1 | 现住址及民族")))[0][:2] == ("survey", 2)


def test_a_bare_word_among_streets_is_refused():
    refusal = refused(asking("select_one st | q1 | 住址和街道", choices="st | a | 民族\nst | b | 解放路"))
    assert places(refusal)[0][:2] == ("choices", 2)


def test_an_entity_property_on_the_denylist_is_refused():
    survey = "type | name | label | save_to\ntext | q1 | 情况 | ethnicity"
    content = workbook(survey=survey, entities="list_name | label\nthings | ${q1}")
    assert ("survey", 2, "save_to") in places(refused(content))


def test_all_findings_are_told_at_once():
    content = asking("text | q1 | 民族", "audit | audit |", "text | q2 | 宗教", version="")
    assert [problem.sheet for problem in refused(content).problems] == [
        "settings",
        "survey",
        "survey",
        "survey",
    ]
