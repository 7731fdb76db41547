"""The pages of review, conflicts, households and requests under a director's hands."""

from io import BytesIO

import openpyxl
import pytest
from PIL import Image

from gis_core.models import AccessLog
from survey.models import (
    Consent,
    Entity,
    ErasureReceipt,
    Household,
    KeptUpload,
    Request,
    Round,
    SendBack,
    Submission,
)
from survey.requests import report
from tests.people import client_for, make_person
from tests.survey.records.kept import clash, draw_records_field, keep_photo, keep_record, keep_upload, xml_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_records_field()


@pytest.fixture
def desk(field):
    return client_for(field.director)


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def picture(width=40, height=30) -> bytes:
    """A JPEG with a place and an owner in its EXIF."""
    exif = Image.Exif()
    exif[0x010F], exif[0x8298] = "Maker of the camera", "Owner of the camera"
    written = BytesIO()
    Image.new("RGB", (width, height), "navy").save(written, "JPEG", exif=exif)
    return written.getvalue()


# --- The queue and a record -------------------------------------------------------------------


def test_the_queue_counts_what_waits_and_why(field, desk):
    keep_record(field, field.dwelling(0, door=1))
    keep_record(field, field.dwelling(0, door=2), state="held", held_reason="not_assigned")
    keep_upload(field, b"broken", round=field.round)
    page = text_of(desk.get(f"/rounds/{field.round.uid}/review/"))
    assert "1单元 101" in page
    assert "1单元 102" not in page
    held = text_of(desk.get(f"/rounds/{field.round.uid}/review/?tab=held"))
    assert "没有分配给走访人" in held
    assert "不是 XML" in text_of(desk.get(f"/rounds/{field.round.uid}/review/?tab=uploads"))
    assert not AccessLog.objects.filter(action__startswith="read_").exists()  # a list opens nothing


def test_the_queue_shows_nothing_that_a_household_said(field, desk):
    keep_record(field, field.dwelling())
    pages = [f"/rounds/{field.round.uid}/{name}/" for name in ("review", "households", "conflicts")]
    for page in map(text_of, map(desk.get, pages)):
        for secret in ("王阿姨", "13800138000", "外地迁入", "希望装电梯"):
            assert secret not in page


def test_a_record_opens_with_a_reason_only(field, desk):
    record = keep_record(field, field.dwelling())
    asked = text_of(desk.get(f"/rounds/records/{record.pk}/"))
    assert "为什么要看" in asked
    assert "13800138000" not in asked
    assert not AccessLog.objects.filter(action="read_record").exists()
    given = {"subject": f"record:{record.pk}", "reason": "居民来电", "next": f"/rounds/records/{record.pk}/"}
    answer = desk.post("/rounds/reason/", given)
    page = text_of(desk.get(answer["Location"]))
    assert "13800138000" in page
    assert "60–79 岁几人" in page
    assert AccessLog.objects.get(action="read_record").reason == "居民来电"


def test_a_reason_for_one_record_does_not_open_another(field, desk):
    first, second = (keep_record(field, field.dwelling(0, door=door)) for door in (1, 2))
    given = {"subject": f"record:{first.pk}", "reason": "核对", "next": f"/rounds/records/{second.pk}/"}
    assert "为什么要看" in text_of(desk.get(desk.post("/rounds/reason/", given)["Location"]))


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_a_reason_leads_nowhere_outside(desk, target):
    answer = desk.post("/rounds/reason/", {"subject": "record:1", "reason": "核对", "next": target})
    assert answer.status_code == 422


def test_a_correction_stands_beside_what_was_said_before(field, desk):
    record = keep_record(field, field.dwelling())
    correction = keep_record(field, field.dwelling(), {"home/has_lift": "yes"}, corrects=record)
    page = text_of(desk.get(f"/rounds/records/{correction.pk}/?reason=review"))
    assert page.count('class="answer is-changed"') == 1
    assert AccessLog.objects.filter(action="read_record").count() == 2  # both versions were read


def test_a_first_visit_differs_only_from_facts_that_were_known_of_the_dwelling(field, desk):
    door = field.dwelling()
    first, second = keep_record(field, door), keep_record(field, door, by=field.colleague)
    clash(field, door, first, second)  # has_lift was yes before the second visit said no
    page = text_of(desk.get(f"/rounds/records/{second.pk}/?reason=review"))
    assert page.count('class="answer is-changed"') == 1


def test_the_labels_are_in_the_readers_language(field):
    record = keep_record(field, field.dwelling())
    reader = make_person("reader", "community_director", area_code="330100", language="en")
    page = text_of(client_for(reader).get(f"/rounds/records/{record.pk}/?reason=review"))
    assert "Moved" in page
    assert "Aged 60–79" in page


def test_a_photo_comes_without_what_the_camera_added_and_stays_in_no_cache(field, desk):
    record = keep_record(field, field.dwelling())
    photo = keep_photo(record, picture())
    address = f"/rounds/records/{record.pk}/photos/{photo.pk}/"
    assert desk.get(address).status_code == 422  # the record was not opened
    desk.get(f"/rounds/records/{record.pk}/?reason=review")
    answer = desk.get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert "no-store" in answer["Cache-Control"]
    assert b"camera" not in answer.content
    with Image.open(BytesIO(answer.content)) as shown:
        assert shown.size == (40, 30)
        assert not shown.getexif()


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"\xff\xd8\xff broken", b""])
def test_what_is_no_picture_is_saved_and_never_shown(field, desk, content):
    record = keep_record(field, field.dwelling())
    photo = keep_photo(record, content, "照片.jpg")
    desk.get(f"/rounds/records/{record.pk}/?reason=review")
    answer = desk.get(f"/rounds/records/{record.pk}/photos/{photo.pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_picture_larger_than_memory_is_not_decoded(field, desk):
    written = BytesIO()
    Image.new("1", (12_000, 12_000)).save(written, "PNG")
    record = keep_record(field, field.dwelling())
    photo = keep_photo(record, written.getvalue(), "bomb.png")
    desk.get(f"/rounds/records/{record.pk}/?reason=review")
    answer = desk.get(f"/rounds/records/{record.pk}/photos/{photo.pk}/")
    assert answer["Content-Type"] == "application/octet-stream"


def test_accept_goes_on_to_the_next_and_returning_carries_the_comments(field, desk):
    record = keep_record(field, field.dwelling(0, door=1))
    other = keep_record(field, field.dwelling(0, door=2))
    following = f"/rounds/records/{record.pk}/?reason=review&tab=new"
    answer = desk.post(f"/rounds/records/{other.pk}/accept/", {"next": following})
    assert answer["Location"] == following
    sent = {"message": "请核对", "comment:/data/home/has_lift": "上次说有", "comment:/data/note": ""}
    desk.post(f"/rounds/records/{record.pk}/send-back/", sent)
    assert SendBack.objects.get().comments == [{"path": "/data/home/has_lift", "text": "上次说有"}]
    assert AccessLog.objects.filter(action="review_record").count() == 2


def test_accepting_the_ticked_ones(field, desk):
    records = [keep_record(field, field.dwelling(0, door=door)) for door in (1, 2)]
    ticked = {"record": [str(records[0].pk), "x", "²", "9" * 40], "tab": "new"}
    assert desk.post(f"/rounds/{field.round.uid}/review/accept/", ticked).status_code == 302
    assert Submission.objects.get(review="approved") == records[0]


def test_an_erased_record_says_so(field, desk):
    record = keep_record(field, field.dwelling())
    Submission.objects.filter(pk=record.pk).update(state="erased", raw=None)
    page = text_of(desk.get(f"/rounds/records/{record.pk}/"))
    assert "已删除的记录" in page
    assert record.sha256 in page


def test_a_sealed_round_is_told_in_a_sentence(field, desk):
    record = keep_record(field, field.dwelling())
    Round.objects.filter(pk=field.round.pk).update(state="sealed")
    answer = desk.get(f"/rounds/records/{record.pk}/?reason=review")
    assert answer.status_code == 410
    assert "已封存" in answer.content.decode()


# --- Kept uploads and conflicts ---------------------------------------------------------------


def test_other_bytes_under_a_known_id_stand_beside_the_record(field, desk):
    record = keep_record(field, field.dwelling())
    payload = xml_of(field.form_version, record.instance_id, {"home/has_lift": "yes", "note": "另一份"})
    facts = {"round": field.round, "instance_id": record.instance_id, "form_id": "hh"}
    upload = keep_upload(field, payload, reason="instance_conflict", status=409, **facts)
    page = text_of(desk.get(f"/rounds/uploads/{upload.uid}/?reason=review"))
    assert "另一份" in page
    assert "希望装电梯" in page  # what the record says
    assert AccessLog.objects.filter(action="read_upload").count() == 1


def test_unreadable_bytes_are_shown_as_text_and_run_nothing(field, desk):
    upload = keep_upload(field, b"<script>alert(1)</script>")
    page = text_of(desk.get(f"/rounds/uploads/{upload.uid}/?reason=review"))
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_discarding_is_done_once(field, desk):
    upload = keep_upload(field, b"broken")
    assert desk.post(f"/rounds/uploads/{upload.uid}/settle/", {"as": "discard"}).status_code == 302
    assert KeptUpload.objects.get().settled_as == "discarded"
    assert desk.post(f"/rounds/uploads/{upload.uid}/settle/", {"as": "discard"}).status_code == 409


def test_the_merge_page_settles_by_the_picked_side_or_by_another_value(field, desk):
    door = field.dwelling()
    entity = clash(field, door, keep_record(field, door), keep_record(field, door, by=field.colleague))
    page = text_of(desk.get(f"/rounds/conflicts/{entity.pk}/"))
    assert "worker" in page
    assert "colleague" in page
    assert "内容冲突" in text_of(desk.get(f"/rounds/{field.round.uid}/conflicts/"))
    stale = desk.post(f"/rounds/conflicts/{entity.pk}/", {"version": "2", "value:has_lift": "=yes"})
    assert stale.status_code == 409
    missing = desk.post(f"/rounds/conflicts/{entity.pk}/", {"version": "3"})
    assert missing.status_code == 422
    other = {"version": "3", "value:has_lift": "__other__", "typed:has_lift": "yes"}
    assert desk.post(f"/rounds/conflicts/{entity.pk}/", other).status_code == 302
    assert Entity.objects.get(pk=entity.pk).data == {"has_lift": "yes"}


# --- Households -------------------------------------------------------------------------------


def test_the_sheet_says_everything_that_is_recorded(field, desk):
    record = keep_record(field, field.dwelling())
    address = f"/rounds/{field.round.uid}/households/{record.dwelling_code}/"
    for page in (
        text_of(desk.get(f"{address}?reason=copy")),
        text_of(desk.get(f"{address}print/?reason=copy")),
    ):
        for told in ("王阿姨", "13800138000", "外地迁入", "60–79 岁", "自住", "同意登记"):
            assert told in page
    assert AccessLog.objects.filter(action="read_household").count() == 2


def test_withdrawing_the_health_consent_deletes_its_requests(field, desk):
    record = keep_record(field, field.dwelling())
    for category in ("health", "learning"):
        given = {"urgency": "week", "channel": "visit", "note": "", "by": field.worker}
        made, _new = report(field.dwelling(), category=category, **given)
        Request.objects.filter(pk=made.pk).update(submission=record)
    consent = Consent.objects.get()
    assert desk.post(f"/rounds/consents/{consent.pk}/withdraw/").status_code == 302
    consent.refresh_from_db()
    assert (consent.is_given, consent.health_is_given) == (True, False)
    assert [row.category for row in Request.objects.all()] == ["learning"]
    assert desk.post(f"/rounds/consents/{consent.pk}/withdraw/").status_code == 409


def test_erasing_wants_the_code_typed_and_hands_out_a_receipt(field, desk):
    record = keep_record(field, field.dwelling())
    address = f"/rounds/{field.round.uid}/households/{record.dwelling_code}/erase/"
    assert "会失去什么" in text_of(desk.get(address))
    given = {"case_number": "2026-9", "cause": "withdrawal", "typed": record.dwelling_code[:-1]}
    assert desk.post(address, given).status_code == 422
    assert Household.objects.exists()
    answer = desk.post(address, {**given, "typed": record.dwelling_code})
    receipt = ErasureReceipt.objects.get()
    assert (receipt.cause, receipt.round) == ("withdrawal", field.round)
    page = text_of(desk.get(answer["Location"]))
    assert record.sha256 in page
    assert "2026-9" in page


def test_a_case_is_opened_one_at_a_time_by_the_officer(field):
    record = keep_record(field, field.dwelling())
    officer = client_for(make_person("dpo", "data_protection_officer", area_code="330100"))
    asked = {"case_number": "2026-1", "code": record.dwelling_code, "reason": "查阅"}
    assert "13800138000" in text_of(officer.post("/settings/cases/", asked))
    assert officer.post("/settings/cases/", {**asked, "case_number": ""}).status_code == 422
    for code in (record.dwelling_code[:17], "", "²", "330101001001000010101"):
        assert officer.post("/settings/cases/", {**asked, "code": code}).status_code == 404
    assert officer.get(f"/rounds/records/{record.pk}/?reason=review").status_code == 403


# --- Requests and exports ---------------------------------------------------------------------


def test_a_request_is_reported_stepped_and_closed(field, desk):
    door = field.dwelling()
    given = {"building": door.building.code, "dwelling": door.code, "category": "learning", "urgency": "week",
             "channel": "window", "note": "幼儿园报名"}  # fmt: skip
    answer = desk.post("/requests/new/", given)
    made = Request.objects.get()
    assert answer["Location"] == f"/requests/{made.uid}/"
    for step in ({"state": "handling"}, {"state": "answered"}, {"state": "rated", "rating": "4"}):
        assert desk.post(f"/requests/{made.uid}/step/", step).status_code == 302
    assert desk.post(f"/requests/{made.uid}/step/", {"state": "closed"}).status_code == 422
    assert desk.post(f"/requests/{made.uid}/step/", {"state": "closed", "level": "grid"}).status_code == 302
    page = text_of(desk.get(f"/requests/{made.uid}/"))
    assert "幼儿园报名" in page
    assert "4 分" in page
    assert "1" in text_of(desk.get("/requests/counts/"))


def test_the_ledger_filters(field, desk):
    given = {"channel": "phone", "note": "", "by": field.director}
    report(field.dwelling(0), category="learning", urgency="week", **given)
    report(field.dwelling(1), category="permits", urgency="sometime", **given)
    rows = {
        "?category=permits": 1,
        "?urgency=week": 1,
        "?state=open": 2,
        "?state=closed": 0,
        "?due=late": 0,
        f"?q={field.dwelling(0).building.code}": 1,
        "?category=nonsense": 2,
    }
    for query, count in rows.items():
        assert text_of(desk.get(f"/requests/{query}")).count('class="row-link"') == count, query


def test_a_leader_reports_for_the_own_building_only(field):
    building = field.dwelling(0).building
    leader = client_for(make_person("leader", "building_leader", building_code=building.code))
    page = text_of(leader.get("/requests/new/"))
    assert field.dwelling(0).code in page
    assert field.dwelling(1).code not in page
    given = {"category": "learning", "urgency": "week", "channel": "window", "note": ""}
    other = leader.post("/requests/new/", {**given, "dwelling": field.dwelling(1).code})
    assert other.status_code == 404
    assert leader.post("/requests/new/", {**given, "dwelling": field.dwelling(0).code}).status_code == 302
    made = Request.objects.get()
    assert leader.post(f"/requests/{made.uid}/step/", {"state": "handling"}).status_code == 403


def test_the_export_page_gives_the_workbook(field, desk):
    keep_record(field, field.dwelling())
    address = f"/rounds/{field.round.uid}/rows/"
    assert desk.post(address, {"reason": "核对"}).status_code == 409
    Round.objects.filter(pk=field.round.pk).update(allows_row_export=True)
    assert desk.post(address, {"reason": ""}).status_code == 422
    answer = desk.post(address, {"reason": "核对电梯"})
    assert openpyxl.load_workbook(BytesIO(answer.content)).sheetnames == ["水印", "逐户"]
    assert "核对电梯" in text_of(desk.get(address))


def test_the_retention_page_counts_what_is_due_and_starts_the_work(field):
    officer = client_for(make_person("dpo", "data_protection_officer", area_code="330100"))
    keep_record(field, field.dwelling())
    assert "上门情况" in text_of(officer.get("/settings/retention/"))
    assert officer.post("/settings/retention/run/").status_code == 302


def test_the_workbench_says_what_waits(field, desk):
    keep_record(field, field.dwelling(0, door=1))
    keep_record(field, field.dwelling(0, door=2), state="held", held_reason="id_number")
    page = text_of(desk.get("/"))
    assert "1 份记录待审核" in page
    assert "1 份记录待处理" in page
