"""Records that came in through the front door: kept, adopted, held, erased and sent again."""

from types import SimpleNamespace

import pytest

from survey import access, intake, review
from survey.erasure import Subject, erase_household
from survey.models import Entity, Household, KeptUpload, Request, SendBack, Submission, Visit
from tests.people import client_for
from tests.survey.intake.records import draw_work, seal_record
from tests.survey.records.kept import keep_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    return draw_work()


def test_an_erased_record_that_is_sent_again_gets_its_receipt_and_nothing_comes_back(work):
    record = work.household(contact={"contact_address_as": "王阿姨", "contact_phone": "13800138000"})
    work.send(record)
    door = work.field.dwelling()
    subject = Subject(work.field.town, door.code)
    receipt = erase_household(subject, by=work.field.director, case_number="2026-1", with_requests=True)
    assert receipt.counts["records"] == receipt.counts["households"] == receipt.counts["entities"] == 1
    again = work.send(record)
    assert (again["state"], again["may_delete"]) == ("erased", True)
    assert again["sha256"] == receipt.instance_hashes[0]
    for table in (Household, Request):
        assert not table.objects.filter(dwelling_code=door.code).exists()
    assert not Entity.objects.filter(list_name="households", deleted_at=None).exists()
    assert Submission.objects.get().raw is None


def test_a_correction_of_a_returned_record_answers_it(work):
    record = work.household()
    work.send(record)
    sent = Submission.objects.get()
    review.send_back(sent, by=work.field.director, message="请核对")
    (told,) = review.returned_for(work.field.set)
    assert told["xml"].encode() == record.xml
    assert work.send(record.edited())["status"] == 201
    assert SendBack.objects.get().answered_by == Submission.objects.get(is_current=True)
    assert review.returned_for(work.field.set) == []
    assert Submission.objects.get(is_current=True).review == "edited"


def test_other_bytes_under_the_same_id_are_adopted_as_a_correction(work):
    record = work.household()
    work.send(record)
    other = record.xml.replace(b"<has_lift>no</has_lift>", b"<has_lift>yes</has_lift>")
    assert work.send(other)["state"] == "kept_as_conflict"
    upload = KeptUpload.objects.get()
    desk = client_for(work.field.director)
    page = desk.get(f"/rounds/uploads/{upload.uid}/?reason=review").content.decode()
    assert 'class="answer is-changed"' in page
    answer = desk.post(f"/rounds/uploads/{upload.uid}/settle/", {"as": "adopt"})
    made = Submission.objects.get(is_current=True)
    assert answer["Location"] == f"/rounds/records/{made.pk}/"
    assert (made.review, made.sha256) == ("edited", upload.sha256)
    upload.refresh_from_db()
    assert upload.settled_as == "merged"
    assert (
        Entity.objects.get(list_name="dwellings", dwelling_code=made.dwelling_code).data["has_lift"] == "yes"
    )


def test_a_sealed_conflict_is_read_through_the_door(work):
    record = work.household()
    for answers in (record.xml, record.xml.replace(b"<has_lift>no", b"<has_lift>yes")):
        named = {"instance_id": record.instance_id, "form_id": record.form_id, "version": record.version}
        sealed = seal_record(SimpleNamespace(xml=answers, **named), work.round.public_key)
        work.send(sealed.manifest, sealed.files)
    upload = KeptUpload.objects.get()
    content = access.open_upload(work.field.director, upload, "核对")
    assert b"<has_lift>yes</has_lift>" in (content or b"")


def test_a_held_record_is_registered_on_the_directors_word(work):
    work.field.set.assignments.update(ended_at="2026-01-01T00:00:00Z")
    work.send(work.household())
    held = Submission.objects.get()
    assert held.state == "held"
    desk = client_for(work.field.director)
    assert desk.post(f"/rounds/records/{held.pk}/apply/").status_code == 302
    held.refresh_from_db()
    assert held.state == "applied"
    assert Visit.objects.filter(submission=held).exists()


def test_the_page_of_a_real_record_shows_its_photo_only_after_a_reason(work):
    work.send(work.household())
    record = Submission.objects.get()
    photo = keep_photo(record, b"plain bytes")
    desk = client_for(work.field.director)
    address = f"/rounds/records/{record.pk}/photos/{photo.pk}/"
    assert desk.get(address).status_code == 422
    assert desk.get(f"/rounds/records/{record.pk}/?reason=review").status_code == 200
    assert desk.get(address).content == b"plain bytes"


def test_composition_and_contact_are_what_the_household_said(work):
    work.send(work.household(contact={"contact_address_as": "王阿姨", "contact_phone": "13800138000"}))
    found = access.open_household(work.field.director, work.round, work.field.dwelling().code, "查阅")
    assert found.composition["age_bands"] == {"0-2": 1, "15-59": 2}
    assert found.contact == {"address_as": "王阿姨", "phone": "13800138000"}


def test_a_closed_cases_contact_leaves_the_record_and_a_resend_is_still_known(work):
    record = work.household(contact={"contact_address_as": "王阿姨", "contact_phone": "13800138000"})
    work.send(record)
    access.forget_contact(Household.objects.get())
    kept = Submission.objects.get()
    assert kept.raw is None
    told = intake.sealed_xml(kept)
    assert b"13800138000" not in told
    assert b"<has_lift>no</has_lift>" in told
    assert work.send(record)["status"] == 201
    assert Submission.objects.count() == 1
