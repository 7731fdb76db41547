"""What a sender may try: other people's ids, chains out of order, false names, false types, odd bodies."""

import gzip
from dataclasses import replace

import pytest
from django.test import Client

from survey.models import Attachment, KeptUpload, Submission, Visit
from tests.survey.intake.records import OPENROSA, post, token_of

PHOTO = b"\xff\xd8\xff\xe0 not really a picture"


def body(xml: bytes, *files: tuple[str, bytes], kind: str = "text/xml") -> bytes:
    head = 'Content-Disposition: form-data; name="{}"; filename="{}"\r\nContent-Type: {}\r\n\r\n'
    parts = [head.format("xml_submission_file", "s.xml", kind).encode() + xml]
    parts += [head.format(name, name, "text/html").encode() + content for name, content in files]
    return b"--xyz\r\n" + b"\r\n--xyz\r\n".join(parts) + b"\r\n--xyz--\r\n"


def raw(work, content: bytes, kind: str = "multipart/form-data; boundary=xyz", method: str = "POST", **more):
    headers = {**OPENROSA, "Authorization": f"Bearer {work.token}", "Accept": "application/json", **more}
    return Client().generic(method, "/openrosa/submission", content, content_type=kind, headers=headers)


def test_a_colleague_cannot_replace_what_a_worker_recorded(work):
    """The correction is kept with its receipt and waits: it names a door that is not the colleague's."""
    record = work.household()
    work.send(record)
    edit = record.edited(answers=record.answers.replace("rented", "vacant"))
    told = post(token_of(work.field.colleague), edit, HTTP_ACCEPT="application/json").json()["receipt"]
    assert (told["state"], told["held_reason"]) == ("held", "outside_duty")
    assert work.entity().data["occupancy"] == "rented"
    assert Visit.objects.get(is_current=True).submission.by == work.field.worker


def test_a_colleague_who_sends_the_same_bytes_learns_no_more_than_that_they_are_here(work):
    record = work.household()
    work.send(record)
    told = post(token_of(work.field.colleague), record, HTTP_ACCEPT="application/json").json()["receipt"]
    assert told["may_delete"]
    assert Submission.objects.get().by == work.field.worker


def test_a_chain_of_corrections_in_reverse_loses_nothing(work):
    first = work.household()
    second = first.edited(answers=first.answers.replace("rented", "vacant"))
    third = second.edited(answers=first.answers.replace("rented", "owner_occupied"))
    assert [work.send(one)["status"] for one in (third, second, first)] == [404, 404, 201]
    assert KeptUpload.objects.count() == 2
    assert [work.send(one)["status"] for one in (second, third)] == [201, 201]
    assert work.entity().data["occupancy"] == "owner_occupied"


def test_a_record_that_corrects_itself_is_unknown(work):
    record = work.household()
    assert work.send(replace(record, deprecated_id=record.instance_id))["status"] == 404


def test_two_ids_in_one_record_are_one(work):
    """The id in `meta` counts, wherever else one is written."""
    record = work.household()
    twice = record.xml.replace(
        b"<meta><instanceID>", b"<instanceID>uuid:other</instanceID><meta><instanceID>"
    )
    assert work.send(twice)["instance_id"] == record.instance_id


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\x.jpg", "/abs/photo.jpg", "a" * 300 + ".jpg"])
def test_a_name_is_a_name_and_no_path(work, name):
    record = work.household(place={"place_photo": name})
    told = raw(work, body(record.xml, (name, PHOTO))).json()["receipt"]
    assert told["state"] == "applied"
    assert told["photos_expected"] == 1
    assert Attachment.objects.get().name == name[:200]


def test_a_plain_name_beside_a_path_fills_no_place_of_another(work):
    record = work.household(place={"place_photo": "a.jpg"})
    told = raw(work, body(record.xml, ("b.jpg", PHOTO), ("a.jpg", PHOTO), ("a.jpg", PHOTO + b"2"))).json()
    assert (told["receipt"]["photos_received"], Attachment.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", ["application/json", "image/png", "text/html; charset=gbk", "x"])
def test_the_type_that_a_part_claims_does_not_matter(work, kind):
    assert raw(work, body(work.household().xml, kind=kind)).json()["receipt"]["state"] == "applied"


@pytest.mark.parametrize("kind", ["application/json", "text/xml", "multipart/form-data", ""])
def test_a_body_that_is_no_form_is_refused_and_makes_nothing(work, kind):
    answer = raw(work, body(work.household().xml), kind)
    assert 400 <= answer.status_code < 500
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert not Submission.objects.exists()


def test_a_packed_body_is_told_that_it_cannot_be_read(work):
    answer = raw(work, gzip.compress(body(work.household().xml)), **{"Content-Encoding": "gzip"})
    assert 400 <= answer.status_code < 500
    assert not Submission.objects.exists()


@pytest.mark.parametrize("where", ["name", "value", "id"])
def test_nul_bytes_are_kept_and_break_nothing(work, where):
    record = work.household(place={"place_photo": "a.jpg"})
    if where == "name":
        answer = raw(work, body(record.xml, ("a\0.jpg", PHOTO)))
        assert answer.status_code == 201
    else:
        place = b"rented" if where == "value" else record.instance_id.encode()
        assert raw(work, body(record.xml.replace(place, place + b"\0"))).status_code == 400
        assert KeptUpload.objects.get().raw is not None


def test_other_methods_are_refused_in_openrosas_clothes(work):
    for method in ("PUT", "DELETE", "PATCH", "GET"):
        answer = raw(work, b"", method=method)
        assert (answer.status_code, answer["X-OpenRosa-Version"]) == (405, "1.0")


def test_photos_may_come_in_any_order_before_and_after_the_record(work):
    record = work.household(place={"place_photo": "a.jpg"})
    assert work.send(record, {"z.jpg": PHOTO}, incomplete=True)["files_missing"] == ["a.jpg"]
    assert work.send(record, {"a.jpg": PHOTO}, incomplete=True)["may_delete"]
    assert work.send(record)["may_delete"]
    assert Submission.objects.count() == Visit.objects.count() == 1
