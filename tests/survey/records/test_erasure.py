"""What a resident asks to have erased is gone; ids and hashes stay, and so does everybody else's."""

import pytest

from gis_core.errors import NotFound
from gis_core.models import AccessLog
from survey.erasure import CaseMissing, Subject, erase_household, what_is_lost
from survey.models import (
    Attachment,
    Consent,
    Entity,
    EntityVersion,
    Household,
    KeptUpload,
    Occupancy,
    Request,
    Submission,
    Visit,
)
from survey.requests import report
from tests.grids.two_towns import SECOND
from tests.people import make_person
from tests.survey.records.kept import clash, draw_records_field, keep_photo, keep_record, keep_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_records_field()


def told(field):
    """A record with its correction, a photo, a household entity, an unreadable upload that names the door."""
    door = field.dwelling()
    first = keep_record(field, door)
    second = keep_record(field, door, {"home/has_lift": "yes"}, corrects=first)
    keep_photo(second, b"photo")
    clash(field, door, first, second)
    entity = Entity.objects.get(list_name="dwellings", dwelling_code=door.code)
    household = Entity.objects.create(
        town=field.town, list_name="households", dwelling_code=door.code, label="x", round=field.round
    )
    EntityVersion.objects.create(entity=household, version=1, label="x")
    keep_upload(field, f"<data><dwelling>{entity.uuid}</dwelling".encode(), round=field.round)
    keep_upload(field, b"<data>somebody else", round=field.round)
    return door, second


def test_everything_the_household_told_is_gone_and_counted(field):
    door, record = told(field)
    neighbour = keep_record(field, field.dwelling(0, door=2))
    subject = Subject(field.town, door.code, field.round)
    expected = {
        "records": 2,
        "photos": 1,
        "households": 2,
        "entities": 1,
        "visits": 2,
        "consents": 2,
        "kept_uploads": 1,
    }
    assert what_is_lost(subject) == expected
    receipt = erase_household(subject, by=field.director, case_number="2026-3")
    assert receipt.counts == expected
    assert record.sha256 in receipt.instance_hashes
    kept = Submission.objects.get(pk=record.pk)
    assert (kept.state, kept.raw, kept.xml, kept.dwelling_code) == ("erased", None, None, "")
    assert (kept.instance_id, kept.sha256) == (record.instance_id, record.sha256)
    for table in (Household, Consent):
        assert not table.objects.filter(dwelling_code=door.code).exists()
        assert table.objects.filter(dwelling_code=neighbour.dwelling_code).exists()
    assert not Attachment.objects.filter(submission=record).exists()
    gone = Entity.objects.get(list_name="households")
    assert gone.deleted_at is not None
    assert not gone.versions.exists()
    assert KeptUpload.objects.filter(raw=None).count() == 1
    assert KeptUpload.objects.filter(raw__isnull=False).count() == 1


def test_the_door_is_left_alone_for_the_rest_of_the_round(field):
    door, _record = told(field)
    erase_household(Subject(field.town, door.code), by=field.director, case_number="2026-3")
    assert [row.outcome for row in Visit.objects.filter(dwelling_code=door.code)] == ["declined"]


def test_dwelling_facts_stay(field):
    door, _record = told(field)
    erase_household(Subject(field.town, door.code), by=field.director, case_number="2026-3")
    assert Entity.objects.get(list_name="dwellings", dwelling_code=door.code).data == {"has_lift": "no"}
    assert Occupancy.objects.filter(dwelling_code=door.code).exists()


@pytest.mark.parametrize(("with_requests", "left"), [(False, 1), (True, 0)])
def test_requests_go_only_when_asked_for(field, with_requests, left):
    door, record = told(field)
    made, _new = report(
        door, category="learning", urgency="week", channel="phone", note="", by=field.director
    )
    Request.objects.filter(pk=made.pk).update(submission=record)
    erase_household(
        Subject(field.town, door.code), by=field.director, case_number="1", with_requests=with_requests
    )
    assert Request.objects.filter(submission=None).count() == left


def test_erasing_twice_gives_an_empty_receipt(field):
    door, _record = told(field)
    subject = Subject(field.town, door.code, field.round)
    erase_household(subject, by=field.director, case_number="1")
    again = erase_household(subject, by=field.director, case_number="1")
    assert again.instance_hashes == []
    assert again.counts["records"] == again.counts["households"] == 0


def test_an_erasure_needs_the_duty_and_a_case(field):
    door, _record = told(field)
    subject = Subject(field.town, door.code, field.round)
    with pytest.raises(CaseMissing):
        erase_household(subject, by=field.director, case_number=" ")
    elsewhere = make_person("elsewhere", "community_director", area_code=SECOND)
    for stranger in (elsewhere, field.worker, make_person("admin", "administrator", area_code="33")):
        with pytest.raises(NotFound):
            erase_household(subject, by=stranger, case_number="1")
    officer = make_person("dpo", "data_protection_officer", area_code="330100")
    assert erase_household(subject, by=officer, case_number="1").counts["records"] == 2
    assert AccessLog.objects.get(action="erase_household").user == officer
