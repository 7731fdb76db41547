"""Central's own Python client (pyodk) against our server: what it reads, writes, and is refused."""

import json
from datetime import date

import pytest
from pyodk.client import Client
from pyodk.errors import PyODKError

from gis_core.models import AccessLog
from survey.models import Household, ReviewComment, Submission
from survey.questionnaires.built_in import HOUSEHOLD, VISIT
from tests.survey.intake.records import Work
from tests.survey.programs.conftest import pyodk_client


def told(error: pytest.ExceptionInfo[PyODKError]) -> tuple[int, dict]:
    response = error.value.args[1]
    return response.status_code, response.json()


def test_rounds_are_projects_and_their_forms_are_listed(pyodk: Client, work: Work):
    assert [(one.id, one.name) for one in pyodk.projects.list()] == [(work.round.pk, "秋季走访")]
    assert pyodk.projects.get(work.round.pk).id == work.round.pk
    forms = {form.xmlFormId: form for form in pyodk.forms.list()}
    assert set(forms) == {HOUSEHOLD, VISIT}
    assert forms[HOUSEHOLD].hash == work.form.xform_md5
    assert forms[HOUSEHOLD].state == "open"
    assert pyodk.forms.get(VISIT).version == work.visit_form.version
    assert pyodk.get(f"projects/{work.round.pk}/forms/{HOUSEHOLD}.xml").text == work.form.xform


def test_records_are_listed_and_their_rows_leave_out_composition_and_contacts(pyodk: Client, work: Work):
    work.send(work.household(contact={"contact_address_as": "王阿姨", "contact_phone": "13800000000"}))
    [record] = pyodk.submissions.list(HOUSEHOLD)
    assert pyodk.submissions.get(record.instanceId, HOUSEHOLD).submitterId == work.field.worker.pk
    table = pyodk.submissions.get_table(HOUSEHOLD, count=True)
    [row] = table["value"]
    assert table["@odata.count"] == 1
    assert row["__id"] == record.instanceId
    assert row["home"]["occupancy"] == "rented"
    assert row["home"]["has_lift"] == "no"
    assert row["wishes"]["needs"] == "learning"
    text = json.dumps(table, ensure_ascii=False)
    for kept_back in (
        "age_",
        "family_children",
        "moved",
        "王阿姨",
        "13800000000",
        "household_type",
        "origin",
    ):
        assert kept_back not in text


def test_the_xml_of_a_record_comes_without_composition_and_contacts(pyodk: Client, work: Work):
    work.send(work.household(contact={"contact_address_as": "王阿姨"}))
    record = Submission.objects.get()
    address = f"projects/{work.round.pk}/forms/{HOUSEHOLD}/submissions/{record.instance_id}.xml"
    text = pyodk.get(address).text
    assert "<occupancy>rented</occupancy>" in text
    assert "王阿姨" not in text
    assert "family_children" not in text
    assert record.instance_id in text


def test_pages_of_rows_and_filters(pyodk: Client, work: Work):
    for door in (1, 2):
        work.send(work.household(work.field.dwelling(door=door)))
    first = pyodk.submissions.get_table(HOUSEHOLD, top=1)["value"]
    second = pyodk.submissions.get_table(HOUSEHOLD, top=1, skip=1)["value"]
    assert {row["__id"] for row in (*first, *second)} == set(
        Submission.objects.values_list("instance_id", flat=True)
    )
    today = f"__system/submissionDate ge {date(2020, 1, 1)}"
    assert len(pyodk.submissions.get_table(HOUSEHOLD, filter=today)["value"]) == 2
    later = "__system/submissionDate gt 2100-01-01T00:00:00.000Z and __system/reviewState eq null"
    assert pyodk.submissions.get_table(HOUSEHOLD, filter=later)["value"] == []


def test_every_reading_of_rows_is_written_down_with_its_reason(pyodk: Client, work: Work):
    work.send(work.household())
    AccessLog.objects.all().delete()
    pyodk.session.headers["X-Wangge-Reason"] = "autumn report"
    pyodk.submissions.get_table(HOUSEHOLD)
    log = AccessLog.objects.get(action="export_rows")
    assert (log.user, log.reason) == (work.field.director, "autumn report")
    del pyodk.session.headers["X-Wangge-Reason"]
    pyodk.submissions.list(HOUSEHOLD)
    assert "pyodk" in AccessLog.objects.filter(action="export_rows").latest("pk").reason


def test_a_record_is_sent_edited_reviewed_and_commented(pyodk: Client, work: Work):
    record = work.household()
    made = pyodk.submissions.create(xml=record.xml.decode(), form_id=HOUSEHOLD)
    assert made.instanceId == record.instance_id
    assert made.reviewState is None
    corrected = record.edited()
    pyodk.submissions.edit(record.instance_id, corrected.xml.decode(), HOUSEHOLD, comment="checked by phone")
    now = pyodk.submissions.get(record.instance_id, HOUSEHOLD)
    assert now.reviewState == "edited"
    assert [comment.body for comment in pyodk.submissions.list_comments(record.instance_id, HOUSEHOLD)] == [
        "checked by phone"
    ]
    current = Submission.objects.get(is_current=True)
    assert current.instance_id == corrected.instance_id
    assert ReviewComment.objects.get().submission == current


def test_a_registered_record_is_approved_and_rejected(pyodk: Client, work: Work):
    work.send(work.household())
    instance_id = Submission.objects.get().instance_id
    pyodk.submissions.review(instance_id, "approved", HOUSEHOLD)
    assert Submission.objects.get().review == "approved"
    assert pyodk.submissions.get(instance_id, HOUSEHOLD).reviewState == "approved"
    pyodk.submissions.review(instance_id, "rejected", HOUSEHOLD, comment="wrong door")
    assert Submission.objects.get().review == "rejected"
    assert not Household.objects.filter(is_current=True).exists()


def test_the_same_record_twice_is_one_record(pyodk: Client, work: Work):
    record = work.household()
    for _turn in (1, 2):
        pyodk.submissions.create(xml=record.xml.decode(), form_id=HOUSEHOLD)
    assert Submission.objects.count() == 1


def test_other_bytes_under_a_known_id_are_a_conflict(pyodk: Client, work: Work):
    record = work.household()
    pyodk.submissions.create(xml=record.xml.decode(), form_id=HOUSEHOLD)
    with pytest.raises(PyODKError) as error:
        pyodk.submissions.create(xml=record.xml.decode().replace("rented", "vacant"), form_id=HOUSEHOLD)
    status, body = told(error)
    assert status == 409
    assert body["details"]["reason"] == "instance_conflict"


def test_entity_lists_and_their_rows(pyodk: Client, work: Work):
    assert {one.name for one in pyodk.entity_lists.list()} == {"dwellings", "households"}
    dwellings = pyodk.entity_lists.get("dwellings")
    assert [one.name for one in dwellings.properties] == [
        "has_gas", "has_heat", "has_lift", "is_self_contained", "occupancy",
    ]  # fmt: skip
    work.send(work.household())
    rows = pyodk.entities.list("dwellings")
    assert len(rows) == 32  # the first community of town 甲
    [changed] = [row for row in rows if row.currentVersion.version == 2]
    table = pyodk.entities.get_table("dwellings")
    [row] = [row for row in table["value"] if row["__id"] == changed.uuid]
    assert (row["occupancy"], row["has_lift"]) == ("rented", "no")


def test_sealed_lists_give_no_properties(pyodk: Client, work: Work):
    work.send(work.household())
    for row in pyodk.entities.get_table("households")["value"]:
        assert set(row) <= {"__id", "label", "__system"}


def test_what_is_made_at_the_desk_is_not_made_from_outside(pyodk: Client, work: Work):
    for attempt in (
        lambda: pyodk.entity_lists.create(entity_list_name="people"),
        lambda: pyodk.entities.create(label="x", entity_list_name="dwellings", data={"label": "x"}),
        lambda: pyodk.projects.create_app_users(["x"], [HOUSEHOLD]),
    ):
        with pytest.raises(PyODKError) as error:
            attempt()
        status, body = told(error)
        assert status == 403
        assert set(body) == {"message", "code", "details"}


def test_rows_that_the_round_does_not_allow_are_refused(pyodk: Client, work: Work):
    work.field.round.__class__.objects.update(allows_row_export=False)
    for attempt in (
        lambda: pyodk.submissions.get_table(HOUSEHOLD),
        lambda: pyodk.submissions.list(HOUSEHOLD),
        lambda: pyodk.entities.list("dwellings"),
        lambda: pyodk.entities.get_table("dwellings"),
    ):
        with pytest.raises(PyODKError) as error:
            attempt()
        status, body = told(error)
        assert status == 403
        assert "逐户导出" in body["message"]
    assert pyodk.forms.list()


def test_a_director_of_another_area_finds_nothing(live_server, settings, work, other_director):
    settings.DESK_TOTP = False
    with pyodk_client(live_server.url, "elsewhere", project_id=work.round.pk) as client:
        assert client.projects.list() == []
        with pytest.raises(PyODKError) as error:
            client.submissions.get_table(HOUSEHOLD)
        assert told(error)[0] == 404
