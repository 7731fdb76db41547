"""Roles, identity, devices and entity lists: what is refused, where, and what passes."""

import pytest

from survey.questionnaires.problems import FormRefused
from survey.questionnaires.storing import checked
from tests.survey.forms.test_word_check import places, refused
from tests.survey.forms.workbooks import asking, workbook

NAMESPACE = [["form_id", "version", "namespaces"], ["hh", "1", 'wangge="urn:wangge:form"']]


@pytest.mark.parametrize(
    "kind", ["audit", "start-geopoint", "background-audio", "deviceid", "phonenumber", "simserial"]
)
def test_what_follows_or_identifies_a_person_is_refused(kind):
    name = "audit" if kind == "audit" else "x"
    assert places(refused(asking("text | q1 | 需要", f"{kind} | {name} |"))) == [("survey", 3, "type")]


def test_a_track_hidden_behind_a_trigger_is_refused():
    survey = "type | name | label | trigger\ntext | q1 | 需要 |\nbackground-geopoint | spot | | ${q1}"
    assert ("survey", 3, "type") in places(refused(workbook(survey=survey)))


def test_a_device_number_by_way_of_a_preload_is_refused():
    survey = (
        "type | name | label | bind::jr:preload | bind::jr:preloadParams\n"
        "text | q1 | 需要 | |\nhidden | x | | property | deviceid"
    )
    assert places(refused(workbook(survey=survey)))[0][:2] == ("survey", 3)


@pytest.mark.parametrize("look", ["selfie", "new-front", "quick selfie"])
def test_a_picture_of_a_face_is_refused(look):
    assert places(refused(asking(f"image | photo | 照片 | {look}"))) == [("survey", 2, "appearance")]


def test_a_picture_of_a_place_passes():
    checked(asking("image | photo | 楼道照片 | new"), name="f.xlsx")


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"version": ""}, "version"),
        ({"form_id": ""}, "form_id"),
        ({"form_id": "住户表"}, "form_id"),
        ({"form_id": "wangge_household"}, "form_id"),
        ({"form_id": "a" * 65}, "form_id"),
        ({"version": "1" * 65}, "version"),
        ({"submission_url": "https://example.org/submission"}, "submission_url"),
        ({"public_key": "MIIBIjANBgkqhkiG"}, "public_key"),
    ],
)
def test_a_form_says_who_it_is_and_reports_to_nobody_else(told, column):
    assert ("settings", 2, column) in places(refused(asking("text | q1 | 需要", **told)))


def test_a_role_without_its_namespace_is_refused():
    content = workbook(survey="type | name | label | bind::wangge:role\ntext | q1 | 需要 | dwelling")
    assert ("settings", 2, "namespaces") in places(refused(content))


@pytest.mark.parametrize(
    ("rows", "choices"),
    [
        (["text | q1 | 需要 | | nonsense"], ""),
        (["text | q1 | 需要 | | age_band:0-2"], ""),
        (["integer | q1 | 人数 | | age_band:0-9"], ""),
        (["select_one yn | q1 | 同意吗 | | consent"], "yn | y | 是\nyn | n | 否"),
        (
            ["select_one yn | q1 | 同意吗 | | consent", "select_one yn | q2 | 再问 | | consent"],
            "yn | yes | 是\nyn | no | 否",
        ),
        (["select_multiple c | q1 | 需求 | | needs"], "c | health | 就医\nc | unknown_code | 别的"),
        (["select_one u | q1 | 紧急 | | need_urgency"], "u | week | 一周内"),
        (
            ["begin repeat | r | 每人", "select_one yn | q1 | 同意吗 | | consent", "end repeat | |"],
            "yn | yes | 是\nyn | no | 否",
        ),
    ],
)
def test_a_role_that_cannot_work_is_refused(rows, choices):
    refusal = refused(asking(*rows, choices=choices))
    assert {problem.code for problem in refusal.problems} == {"role"}


COMPOSED = "type | name | label | calculation | bind::wangge:role | save_to\n"


@pytest.mark.parametrize(
    "rows",
    [
        "integer | old | 老人 | | age_band:80+ | old_count",
        "integer | old | 老人 | | age_band:80+ |\ncalculate | has_old | | ${old} > 0 | | has_old",
        "integer | old | 老人 | | age_band:80+ |\n"
        "calculate | a | | ${old} | |\ncalculate | b | | ${a} + 1 | | b",
        "text | phone | 电话 | | contact_phone | phone",
    ],
)
def test_composition_and_contacts_never_become_entity_properties(rows):
    content = workbook(survey=COMPOSED + rows, settings=NAMESPACE, entities="list_name | label\nthings | x")
    assert {problem.code for problem in refused(content).problems} == {"saved_composition"}


def test_composition_never_becomes_an_entity_label_either():
    content = workbook(
        survey=COMPOSED + "integer | old | 老人 | | age_band:80+ |\ntext | q2 | 需要 | | | need",
        settings=NAMESPACE,
        entities="list_name | label\nthings | concat('x', ${old})",
    )
    assert {problem.code for problem in refused(content).problems} == {"saved_composition"}


def test_nor_decides_whether_an_entity_is_made():
    content = workbook(
        survey=COMPOSED + "integer | old | 老人 | | age_band:80+ |\ntext | q2 | 需要 | | | need",
        settings=NAMESPACE,
        entities="list_name | label | create_if\nthings | x | ${old} > 0",
    )
    assert {problem.code for problem in refused(content).problems} == {"saved_composition"}


def test_a_required_question_and_a_missing_door_are_told_but_taken():
    survey = "type | name | label | required\ntext | q1 | 需要 | yes"
    warnings = checked(workbook(survey=survey), name="f.xlsx").warnings
    assert {(w["row"], w["column"]) for w in warnings} >= {(2, "required"), (0, "bind::wangge:role")}


def test_six_hundred_questions_are_taken():
    rows = [f"integer | q{number} | 第 {number} 题 𠮷😀" for number in range(600)]
    assert len(checked(asking(*rows), name="f.xlsx").outline["questions"]) == 600


def test_a_refusal_lists_every_row_for_the_page():
    with pytest.raises(FormRefused) as caught:
        checked(asking("text | q1 | 民族"), name="f.xlsx")
    row = caught.value.details["rows"][0]
    assert row["sheet"] == "survey"
    assert row["row"] == 2
    assert caught.value.status == 422
