"""Forms, work list and notices at the desk: uploading, refusals by row, scope, and what is written down."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gis_core.models import AccessLog, User
from survey.models import Form, FormVersion, NoticeText, WorkListItem
from survey.questionnaires.built_in import seed_forms
from tests.people import client_for, make_person
from tests.survey.forms.workbooks import asking
from tests.survey.worlds import make_item

pytestmark = pytest.mark.django_db
COMMUNITY = "330100001001"
GOOD = ("select_one yn | help | 需要帮助吗？",)
YES_NO = "yn | yes | 是\nyn | no | 否"


@pytest.fixture
def director() -> User:
    return make_person("director", "community_director", area_code=COMMUNITY)


@pytest.fixture
def item() -> WorkListItem:
    return make_item("330100")


@pytest.fixture
def desk(director) -> Client:
    return client_for(director)


def upload(desk: Client, content: bytes, item: WorkListItem, area: str = COMMUNITY, name: str = "表.xlsx"):
    file = SimpleUploadedFile(name, content)
    return desk.post(reverse("form_upload"), {"file": file, "item": item.pk, "area_code": area})


def text_of(response) -> str:
    return response.content.decode()


def test_an_upload_becomes_a_version_and_is_written_down(desk, director, item):
    response = upload(desk, asking(*GOOD, choices=YES_NO), item)
    version = FormVersion.objects.get()
    assert response.status_code == 302
    assert response["Location"].endswith(f"?version={version.pk}")
    assert (version.form.area_code, version.form.item, version.uploaded_by) == (COMMUNITY, item, director)
    assert AccessLog.objects.filter(action="upload_form", area_code=COMMUNITY).count() == 1
    page = text_of(desk.get(response["Location"]))
    assert "需要帮助吗？" in page
    assert "安排服务，规划便民设施" in page  # the purpose of the item


def test_the_same_workbook_again_changes_nothing(desk, item):
    content = asking(*GOOD, choices=YES_NO)
    upload(desk, content, item)
    response = upload(desk, content, item)
    assert response.status_code == 302
    assert FormVersion.objects.count() == 1


def test_the_same_version_with_other_content_is_refused(desk, item):
    upload(desk, asking(*GOOD, choices=YES_NO), item)
    response = upload(desk, asking("text | other | 另一题"), item)
    assert response.status_code == 400
    assert "内容不同" in text_of(response)
    assert FormVersion.objects.count() == 1


def test_a_new_version_joins_its_form(desk, item):
    upload(desk, asking(*GOOD, choices=YES_NO), item)
    upload(desk, asking("text | other | 另一题", version="2"), item)
    assert Form.objects.count() == 1
    assert set(FormVersion.objects.values_list("version", flat=True)) == {"1", "2"}


def test_a_refused_form_is_told_by_sheet_and_row(desk, item):
    response = upload(desk, asking("text | q1 | 需要什么？", "text | q2 | 您的民族", version=""), item)
    page = text_of(response)
    assert response.status_code == 422
    assert FormVersion.objects.count() == 0
    assert "工作表 settings" in page
    assert "工作表 survey" in page
    assert "您的民族" in page


def test_a_duplicate_choice_is_named(desk, item):
    content = asking("select_one yn | q1 | 需要吗？", choices="yn | yes | 是\nyn | no | 否\nyn | yes | 对")
    page = text_of(upload(desk, content, item))
    assert "选项表“yn”的“yes”也在第 2 行" in page


def test_another_area_cannot_take_the_id_of_a_form(desk, item):
    upload(desk, asking(*GOOD, choices=YES_NO), item)
    other = make_person("other", "community_director", area_code="330100001002")
    response = upload(client_for(other), asking("text | q | 题"), item, area="330100001002")
    assert response.status_code == 400
    assert "form_id" in text_of(response)
    assert COMMUNITY not in text_of(response)


def test_an_upload_for_an_area_outside_the_duties_is_refused(desk, item):
    assert upload(desk, asking(*GOOD, choices=YES_NO), item, area="330100001002").status_code == 400
    assert Form.objects.count() == 0


def test_an_item_of_another_area_cannot_be_bound(desk, item):
    foreign = make_item("440100")
    assert upload(desk, asking(*GOOD, choices=YES_NO), foreign).status_code == 400


def test_an_ended_item_takes_no_form(desk):
    ended = make_item("330100")
    WorkListItem.objects.filter(pk=ended.pk).update(valid_until=date(2026, 1, 2))
    assert upload(desk, asking(*GOOD, choices=YES_NO), ended).status_code == 400


def test_the_workbook_comes_back_byte_by_byte(desk, item):
    content = asking(*GOOD, choices=YES_NO)
    upload(desk, content, item)
    version = FormVersion.objects.get()
    address = {"uid": version.form.uid, "pk": version.pk}
    assert desk.get(reverse("form_workbook", kwargs=address)).content == content
    assert desk.get(reverse("form_xform", kwargs=address)).content.decode() == version.xform


def test_a_director_of_another_community_does_not_find_the_form(desk, item):
    upload(desk, asking(*GOOD, choices=YES_NO), item)
    other = client_for(make_person("other", "community_director", area_code="330100001002"))
    form = Form.objects.get()
    assert other.get(reverse("form", kwargs={"uid": form.uid})).status_code == 404
    assert form.form_id not in text_of(other.get(reverse("forms")))


def test_a_form_of_the_area_above_is_seen_and_not_changed(desk, item):
    above = client_for(make_person("above", "administrator", area_code="330100"))
    upload(above, asking(*GOOD, choices=YES_NO), item, area="330100")
    form = Form.objects.get()
    assert desk.get(reverse("form", kwargs={"uid": form.uid})).status_code == 200
    assert desk.post(reverse("form_retire", kwargs={"uid": form.uid})).status_code == 403


def test_built_in_forms_are_seen_by_every_editor_and_changed_by_none(desk):
    form = seed_forms()[0].form
    page = text_of(desk.get(reverse("form", kwargs={"uid": form.uid})))
    assert "随系统自带" in page
    assert desk.post(reverse("form_retire", kwargs={"uid": form.uid})).status_code == 403


def test_retiring_and_restoring_a_form_and_a_version(desk, item):
    upload(desk, asking(*GOOD, choices=YES_NO), item)
    version = FormVersion.objects.get()
    desk.post(reverse("form_retire", kwargs={"uid": version.form.uid}))
    desk.post(reverse("form_version_retire", kwargs={"uid": version.form.uid, "pk": version.pk}))
    version.refresh_from_db()
    assert version.retired_at
    assert version.form.retired_at
    assert upload(desk, asking("text | q | 题", version="2"), item).status_code == 400
    desk.post(reverse("form_retire", kwargs={"uid": version.form.uid}), {"restore": "1"})
    assert upload(desk, asking("text | q | 题", version="2"), item).status_code == 302


def test_a_form_is_bound_to_another_item(desk, item):
    upload(desk, asking(*GOOD, choices=YES_NO), item)
    other = WorkListItem.objects.create(
        code="Q-2", area_code="330100001001", name_zh="供暖需求", purpose_zh="安排供暖", basis="duty",
        retention_days=90, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    form = Form.objects.get()
    desk.post(reverse("form_bind", kwargs={"uid": form.uid}), {"item": other.pk})
    form.refresh_from_db()
    assert form.item == other


def test_without_an_item_there_is_nothing_to_upload_to(desk):
    assert "事项清单里还没有" in text_of(desk.get(reverse("form_upload")))


def test_a_work_list_item_is_made_in_the_own_area_only():
    desk = client_for(make_person("dpo", "data_protection_officer", area_code="330100"))
    told = {
        "code": "H-1", "area_code": "330100001001", "name_zh": "供暖需求登记", "purpose_zh": "安排供暖",
        "basis": "consent", "retention_days": "180", "valid_from": "2026-11-01",
    }  # fmt: skip
    assert desk.post(reverse("work_list_new"), told).status_code == 302
    assert desk.post(reverse("work_list_new"), {**told, "code": "H-2", "area_code": "44"}).status_code == 400
    assert (
        desk.post(reverse("work_list_new"), {**told, "code": "H-3", "retention_days": "9999"}).status_code
        == 400
    )
    assert (
        desk.post(reverse("work_list_new"), {**told, "code": "H-4", "name_zh": "民族情况登记"}).status_code
        == 400
    )
    assert list(WorkListItem.objects.values_list("code", flat=True)) == ["H-1"]


def test_the_basis_and_area_of_an_item_stay_as_they_were(item):
    desk = client_for(make_person("dpo", "data_protection_officer", area_code="330100"))
    told = {
        "code": "X", "area_code": "33", "name_zh": "新名称", "purpose_zh": "新目的", "basis": "duty",
        "retention_days": "30", "valid_from": "2026-01-01",
    }  # fmt: skip
    assert desk.post(reverse("work_list_item", kwargs={"pk": item.pk}), told).status_code == 302
    item.refresh_from_db()
    assert (item.name_zh, item.retention_days) == ("新名称", 30)
    assert (item.area_code, item.basis) == ("330100", "consent")


def test_a_notice_is_added_and_never_changed():
    desk = client_for(make_person("dpo", "data_protection_officer", area_code="330100"))
    told = {"area_code": "330100", "text_zh": "告知一。", "text_en": "Notice one.", "contact": "0571-1"}
    desk.post(reverse("notice_new"), told)
    desk.post(reverse("notice_new"), {**told, "text_zh": "告知二。"})
    assert list(NoticeText.objects.order_by("version").values_list("version", "text_zh")) == [
        (1, "告知一。"),
        (2, "告知二。"),
    ]
    assert "告知二。" in text_of(desk.get(reverse("notices")))


def test_a_notice_with_blanks_or_without_english_is_not_stored():
    desk = client_for(make_person("dpo", "data_protection_officer", area_code="330100"))
    assert (
        desk.post(
            reverse("notice_new"), {"area_code": "330100", "text_zh": "我们是__社区", "text_en": "We"}
        ).status_code
        == 400
    )
    assert (
        desk.post(
            reverse("notice_new"), {"area_code": "330100", "text_zh": "告知。", "text_en": ""}
        ).status_code
        == 400
    )
    assert NoticeText.objects.count() == 0


def test_a_file_that_is_no_workbook_is_answered_on_the_page(desk, item):
    for content in (
        b"type,name\ntext,q1\n",
        b"PK\x03\x04broken",
        io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x").getvalue(),
    ):
        assert upload(desk, content, item).status_code == 400
    assert Form.objects.count() == 0
