"""The table of status codes, row by row, with what is kept of each upload."""

from dataclasses import replace

import pytest
from django.test import Client

from survey.models import KeptUpload, Submission, Visit
from tests.survey.intake.records import OPENROSA, new_id, post, token_of


def kept() -> list[tuple[str, int]]:
    return list(KeptUpload.objects.values_list("reason", "status").order_by("pk"))


def test_a_new_record_is_stored_and_registered(work):
    record = work.household()
    receipt = work.send(record)
    assert (receipt["status"], receipt["state"], receipt["may_delete"]) == (201, "applied", True)
    assert receipt["instance_id"] == record.instance_id
    assert receipt["server_version"] == 1
    assert Visit.objects.get().outcome == "met"


def test_the_same_bytes_again_change_nothing(work):
    record = work.household()
    first, second = work.send(record), work.send(record)
    assert second["status"] == 201
    assert (first["sha256"], first["received_at"]) == (second["sha256"], second["received_at"])
    assert Submission.objects.count() == Visit.objects.count() == 1


def test_other_bytes_under_the_same_id_are_kept_beside_the_record(work):
    record = work.household()
    work.send(record)
    receipt = work.send(replace(record, answers=record.answers.replace("rented", "vacant")))
    assert (receipt["status"], receipt["state"], receipt["may_delete"]) == (409, "kept_as_conflict", True)
    assert kept() == [("instance_conflict", 409)]
    assert Submission.objects.count() == 1
    assert KeptUpload.objects.get().round == work.round


def test_a_late_photo_fills_its_place(work):
    record = photo_record(work)
    first = work.send(record)
    assert (first["photos_received"], first["photos_expected"], first["may_delete"]) == (0, 1, False)
    assert first["files_missing"] == ["door.jpg"]
    second = work.send(record, {"door.jpg": b"\xff\xd8\xff\xd9 door"})
    assert (second["status"], second["photos_received"], second["may_delete"]) == (201, 1, True)


def photo_record(work, name="door.jpg"):
    return work.household(place={"place_photo": name})


def test_a_version_header_is_asked_for(work):
    token = {"Authorization": f"Bearer {work.token}"}
    for method in ("head", "post"):
        assert getattr(Client(), method)("/openrosa/submission", headers=token).status_code == 400


def test_without_the_xml_part_it_is_no_submission(work):
    response = Client().post(
        "/openrosa/submission", {"a": "b"}, headers={**OPENROSA, "Authorization": f"Bearer {work.token}"}
    )
    assert response.status_code == 400
    assert kept() == []


def test_what_is_not_xml_is_kept_and_said(work):
    receipt = work.send(b"<data id='wangge_household'><open>")
    assert (receipt["status"], receipt["state"]) == (400, "kept_unreadable")
    assert kept() == [("not_xml", 400)]


def test_an_unknown_form_is_kept(work):
    receipt = work.send(replace(work.household(), form_id="other"))
    assert (receipt["status"], receipt["state"]) == (404, "kept_unreadable")
    assert kept() == [("unknown_form", 404)]


@pytest.mark.parametrize("version", ["2099", ""])
def test_an_unknown_or_blank_version_is_kept(work, version):
    assert work.send(replace(work.household(), version=version))["status"] == 404
    assert kept() == [("unknown_version", 404)]


def test_a_record_without_id_is_kept_and_refused(work):
    record = replace(work.household(), instance_id="")
    assert work.send(record)["status"] == 400
    assert work.send(record)["status"] == 400
    assert kept() == [("no_instance_id", 400)]  # the same bytes are kept once


def test_a_correction_becomes_the_second_version(work):
    record = work.household()
    work.send(record)
    edit = record.edited()
    receipt = work.send(edit)
    assert (receipt["status"], receipt["server_version"], receipt["state"]) == (201, 2, "applied")
    assert Submission.objects.get(instance_id=edit.instance_id).review == "edited"
    assert list(Submission.objects.order_by("pk").values_list("is_current", flat=True)) == [False, True]


def test_the_same_correction_again_is_the_same(work):
    record = work.household()
    work.send(record)
    edit = record.edited()
    assert work.send(edit)["server_version"] == 2
    assert work.send(edit)["server_version"] == 2
    assert Submission.objects.count() == 2


def test_a_correction_of_what_was_corrected_is_kept(work):
    record = work.household()
    work.send(record)
    work.send(record.edited())
    receipt = work.send(record.edited())
    assert (receipt["status"], receipt["state"], receipt["may_delete"]) == (409, "kept_as_conflict", True)
    assert kept() == [("stale_edit", 409)]


def test_a_correction_of_an_unknown_record_is_kept(work):
    receipt = work.send(replace(work.household(), deprecated_id=new_id()))
    assert receipt["status"] == 404
    assert kept() == [("unknown_predecessor", 404)]


def test_another_record_under_an_old_id_is_a_conflict(work):
    record = work.household()
    work.send(record)
    work.send(record.edited())
    other = replace(work.household(), instance_id=record.instance_id)
    assert work.send(other)["status"] == 409


def test_the_original_again_after_its_correction_still_gets_its_receipt(work):
    """ODK Central answers 409; a network that delivers twice must not make a worker afraid."""
    record = work.household()
    work.send(record)
    work.send(record.edited())
    again = work.send(record)
    assert (again["status"], again["server_version"]) == (201, 1)
    assert Submission.objects.filter(is_current=True).count() == 1


def test_a_closed_round_still_takes_records(work):
    from survey.rounds import close_round

    record = work.household()
    close_round(work.round, by=work.field.director)
    receipt = work.send(record)
    assert (receipt["status"], receipt["state"], receipt["held_reason"]) == (201, "held", "round_closed")
    assert receipt["may_delete"]


def test_an_erased_record_keeps_its_receipt_and_takes_nothing_back(work):
    record = work.household()
    work.send(record)
    Submission.objects.update(state="erased", raw=None, xml=None)
    again = work.send(record, {"door.jpg": b"photo"})
    assert (again["status"], again["state"], again["may_delete"]) == (201, "erased", True)
    assert Submission.objects.get().raw is None
    assert not Submission.objects.get().attachments.exists()
    other = work.send(replace(record, answers=record.answers.replace("rented", "vacant")))
    assert other["status"] == 409
    assert kept() == [("record_erased", 409)]


def test_two_people_may_hold_the_same_bytes(work):
    record = work.household()
    work.send(record)
    colleague = token_of(work.field.colleague)
    response = post(colleague, record, HTTP_ACCEPT="application/json")
    assert response.status_code == 201
    assert Submission.objects.get().by == work.field.worker


def test_a_kept_upload_can_become_a_correction(work):
    from survey.intake import adopt_kept

    record = work.household()
    work.send(record)
    work.send(replace(record, answers=record.answers.replace("rented", "other_use")))
    made = adopt_kept(KeptUpload.objects.get(), by=work.field.director)
    assert (made.state, made.deprecated_id) == ("applied", record.instance_id)
    assert work.entity().data["occupancy"] == "other_use"
