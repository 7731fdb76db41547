"""Each kind of thing goes when its time is over, and not a day before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gis_core.jobs import run_now
from gis_core.models import AccessLog
from gis_core.progress import NoProgress
from survey import access, requests
from survey.models import ErasureReceipt, Household, KeptUpload, Submission, Visit
from survey.retention import erase_expired
from survey.rounds import close_round
from tests.survey.records.kept import draw_records_field, keep_record, keep_upload

pytestmark = pytest.mark.django_db
KINDS = ("visits", "held_visits", "contacts", "uploads", "consents", "records", "late", "requests")
NOTHING = dict.fromkeys(KINDS, 0)


@pytest.fixture
def field():
    return draw_records_field()


def ago(days: float):
    return timezone.now() - timedelta(days=days)


def erased(**expected):
    counts = erase_expired()
    assert counts == {**NOTHING, **expected}
    assert erase_expired() == NOTHING


def test_nothing_fresh_is_erased(field):
    keep_record(field, field.dwelling())
    keep_upload(field, b"fresh")
    erased()


def test_visits_go_after_90_days_but_a_refusal_stays_while_its_round_is_open(field):
    old = keep_record(field, field.dwelling(0, door=1))
    young = keep_record(field, field.dwelling(0, door=2))
    refused = keep_record(field, field.dwelling(1))
    Visit.objects.filter(submission__in=[old, refused]).update(at=ago(91))
    Visit.objects.filter(submission=young).update(at=ago(89))
    Visit.objects.filter(submission=refused).update(outcome="declined")
    erased(visits=1)
    assert set(Visit.objects.values_list("submission", flat=True)) == {young.pk, refused.pk}
    close_round(field.round, by=field.director)
    erased(visits=1)


def test_a_contact_goes_when_its_case_closes_from_every_version_of_its_record(field):
    door = field.dwelling()
    first = keep_record(field, door)
    record = keep_record(field, door, {"home/has_lift": "yes"}, corrects=first)
    made, _new = requests.report(
        door, category="learning", urgency="week", channel="visit", note="", by=field.worker
    )
    Household.objects.update(recorded_at=ago(8))
    erased()  # the case is open
    for state in ("handling", "answered"):
        requests.step(made, state, by=field.director)
    requests.step(made, "closed", by=field.director, level="grid")
    erased(contacts=2)  # the household as it is and as it was
    for version in (first, record):
        version.refresh_from_db()
        xml = access.open_xml(field.director, version, "核对").xml.decode()
        assert "13800138000" not in xml
        assert "王阿姨" not in xml
        assert version.raw is None
    assert "<has_lift>yes</has_lift>" in xml


def test_a_contact_without_a_case_goes_after_a_week(field):
    keep_record(field, field.dwelling())
    Household.objects.update(recorded_at=ago(6))
    erased()
    Household.objects.update(recorded_at=ago(8))
    erased(contacts=1)


def test_kept_uploads_go_a_month_after_they_were_settled(field):
    keep_upload(field, b"settled long ago", settled_at=ago(31))
    keep_upload(field, b"settled just now", settled_at=ago(29))
    keep_upload(field, b"never settled", received_at=ago(364))
    erased(uploads=1)
    assert KeptUpload.objects.filter(raw=None).get().settled_at is not None


def test_records_go_when_their_work_list_item_says_and_leave_a_receipt(field):
    old = keep_record(field, field.dwelling(0, door=1), received_at=ago(366))  # the item keeps 365 days
    keep_record(field, field.dwelling(0, door=2), received_at=ago(364))
    Visit.objects.update(at=ago(1))
    Household.objects.update(contact_sealed=None)
    erased(records=1)
    old.refresh_from_db()
    assert (old.state, old.raw) == (Submission.State.ERASED, None)
    receipt = ErasureReceipt.objects.get(cause="retention")
    assert receipt.instance_hashes == [old.sha256]


def test_requests_go_a_year_after_they_were_closed(field):
    made, _new = requests.report(
        field.dwelling(), category="learning", urgency="week", channel="visit", note="", by=field.worker
    )
    type(made).objects.update(state="closed", closed_level="grid", closed_at=ago(366))
    erased(requests=1)


def test_the_nightly_job_writes_down_what_went(field):
    keep_upload(field, b"x", settled_at=ago(31))
    run_now("erase_expired", progress=NoProgress())
    assert AccessLog.objects.get(action="erase_expired").subject == "uploads 1"
