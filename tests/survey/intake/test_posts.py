"""How a post may come in: split, in chunks, with names in Chinese, cut on its way, sealed."""

import hashlib
import io
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from django.test import Client
from PIL import Image

from survey.keys import unseal
from survey.models import Attachment, Household, KeptFile, KeptUpload, Submission, Visit
from tests.survey.intake.records import OPENROSA, composition, post, seal_record


def photo() -> bytes:
    kept = io.BytesIO()
    picture = Image.new("RGB", (40, 30), (200, 30, 30))
    exif = picture.getexif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of somebody"
    picture.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def content_of(row: Attachment) -> bytes:
    return unseal(row.submission.key_id, row.content, about="attachment.content")


def body(xml: bytes, boundary: str = "xyz") -> bytes:
    part = 'Content-Disposition: form-data; name="xml_submission_file"; filename="s.xml"'
    return (
        f"--{boundary}\r\n{part}\r\nContent-Type: text/xml\r\n\r\n".encode()
        + xml
        + f"\r\n--{boundary}--\r\n".encode()
    )


def test_split_posts_make_one_record(work):
    record = work.household(place={"place_photo": "a.jpg"})
    first = work.send(record, {}, incomplete=True)
    second = work.send(record, {"a.jpg": photo()})
    assert (first["may_delete"], second["may_delete"]) == (False, True)
    assert Submission.objects.count() == 1


def test_a_name_in_chinese_is_a_name(work):
    record = work.household(place={"place_photo": "楼道𠮷🏠.jpg"})
    receipt = work.send(record, {"楼道𠮷🏠.jpg": photo()})
    assert receipt["files_missing"] == []


def test_a_file_that_the_record_does_not_name_is_left_out(work):
    assert work.send(work.household(), {"other.jpg": photo()})["photos_expected"] == 0
    assert not Attachment.objects.exists()


def test_a_photo_loses_its_camera_and_keeps_its_way_up(work):
    sent = photo()
    work.send(work.household(place={"place_photo": "a.jpg"}), {"a.jpg": sent})
    row = Attachment.objects.get()
    kept = content_of(row)
    assert row.sha256 == hashlib.sha256(sent).hexdigest()  # of what was sent
    assert b"Camera" in sent
    assert b"Camera" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert dict(picture.getexif()) == {0x0112: 6}
    assert picture.tobytes() == Image.open(io.BytesIO(sent)).tobytes()


def test_a_chunked_post_is_read(work):
    content = body(work.household().xml)
    response = Client().generic(
        "POST",
        "/openrosa/submission",
        b"",
        content_type="multipart/form-data; boundary=xyz",
        headers={**OPENROSA, "Authorization": f"Bearer {work.token}", "Transfer-Encoding": "chunked"},
        CONTENT_TYPE="multipart/form-data; boundary=xyz",
        **{"wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": ""},
    )
    assert response.status_code == 201
    assert Submission.objects.get().state == "applied"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.98])
def test_a_post_that_was_cut_leaves_nothing(work, share):
    content = body(work.household().xml)
    response = Client().generic(
        "POST",
        "/openrosa/submission",
        content[: int(len(content) * share)],
        content_type="multipart/form-data; boundary=xyz",
        headers={**OPENROSA, "Authorization": f"Bearer {work.token}"},
    )
    assert response.status_code == 408
    assert not Submission.objects.exists()
    assert not KeptUpload.objects.exists()


# --- Corrections and their files ---------------------------------------------------------------


def test_a_correction_carries_its_photos_forward(work):
    record = work.household(place={"place_photo": "a.jpg"})
    work.send(record, {"a.jpg": photo()})
    receipt = work.send(record.edited())
    assert (receipt["photos_received"], receipt["photos_expected"], receipt["may_delete"]) == (1, 1, True)


def test_a_correction_in_parts_waits_for_its_own_photos(work):
    record = work.household(place={"place_photo": "a.jpg"})
    work.send(record, {"a.jpg": photo()})
    assert not work.send(record.edited(), incomplete=True)["may_delete"]


def test_a_conflict_keeps_its_files_too(work):
    record = work.household(place={"place_photo": "a.jpg"})
    work.send(record)
    other = replace(record, answers=record.answers.replace("rented", "vacant"))
    assert not work.send(other)["may_delete"]
    assert work.send(other, {"a.jpg": photo()})["may_delete"]
    kept = KeptFile.objects.get()
    assert unseal(kept.upload.key_id, kept.content, about="kept_file.content") == photo()


# --- Sealed records ------------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [SHA1(), SHA256()], ids=["ODK's mask", "WebCrypto's mask"])  # noqa: S303
def test_a_sealed_record_gives_the_same_rows(work, mask):
    record = work.household(place={"place_photo": "a.jpg"})
    sealed = seal_record(record, work.round.public_key, {"a.jpg": photo()}, mask=mask)
    receipt = work.send(sealed.manifest, sealed.files)
    assert (receipt["state"], receipt["photos_received"], receipt["photos_expected"]) == ("applied", 1, 1)
    assert receipt["sha256"] == hashlib.sha256(sealed.manifest).hexdigest()
    assert composition(Household.objects.get())["age_bands"] == {"0-2": 1, "15-59": 2}
    row = Attachment.objects.get()
    assert (row.name, row.media_type) == ("a.jpg", "image/jpeg")
    assert content_of(row).startswith(b"\xff\xd8\xff")


def test_a_sealed_record_waits_for_its_xml(work):
    sealed = seal_record(work.household(), work.round.public_key)
    first = work.send(sealed.manifest)
    assert (first["state"], first["may_delete"]) == ("waiting", False)
    assert first["files_missing"] == ["submission.xml.enc"]
    assert not Visit.objects.exists()
    second = work.send(sealed.manifest, sealed.files)
    assert (second["state"], second["may_delete"]) == ("applied", True)
    assert Visit.objects.count() == 1


def test_a_sealed_record_is_judged_before_its_photos_come(work):
    record = work.household(place={"place_photo": "a.jpg"})
    sealed = seal_record(record, work.round.public_key, {"a.jpg": photo()})
    first = work.send(sealed.manifest, {"submission.xml.enc": sealed.files["submission.xml.enc"]})
    assert (first["state"], first["may_delete"], first["files_missing"]) == ("applied", False, ["a.jpg.enc"])
    second = work.send(sealed.manifest, {"a.jpg.enc": sealed.files["a.jpg.enc"]})
    assert second["may_delete"]


def test_a_sealed_correction_says_so_inside_only(work):
    record = work.household()
    sealed = seal_record(record, work.round.public_key)
    work.send(sealed.manifest, sealed.files)
    edit = seal_record(record.edited(), work.round.public_key)
    assert work.send(edit.manifest)["state"] == "waiting"
    receipt = work.send(edit.manifest, edit.files)
    assert (receipt["state"], receipt["server_version"]) == ("applied", 2)
    assert Submission.objects.get(is_current=True).root_instance_id == record.instance_id


def test_a_record_sealed_for_another_key_is_kept_whole(work):
    from survey.keys import make_key

    sealed = seal_record(work.household(), make_key("elsewhere").public_text)
    receipt = work.send(sealed.manifest, sealed.files)
    assert (receipt["state"], receipt["held_reason"]) == ("held", "cannot_open")
    row = Attachment.objects.get(name="submission.xml.enc")
    assert content_of(row) == sealed.files["submission.xml.enc"]


def test_a_sealed_xml_with_another_id_inside_is_held(work):
    record, other = work.household(), work.household()
    sealed = seal_record(replace(other, instance_id=record.instance_id), work.round.public_key)
    manifest = sealed.manifest.replace(record.instance_id.encode(), other.instance_id.encode())
    assert work.send(manifest, sealed.files)["held_reason"] in (
        "cannot_open",
        "heading_differs",
        "unreadable_answers",
    )
    assert not Visit.objects.exists()


def test_nothing_is_stored_in_clear(work):
    record = work.household(contact={"contact_address_as": "王阿姨", "contact_phone": "13800001111"})
    work.send(record)
    stored = Submission.objects.get()
    assert b"rented" not in bytes(stored.raw)
    household = Household.objects.get()
    assert "王阿姨".encode() not in bytes(household.contact_sealed)
    assert stored.key_id == household.key_id == str(work.round.uid)


class Untouched(io.BytesIO):
    def read(self, *_size: int) -> bytes:
        raise AssertionError("the body was read")


def test_one_gigabyte_is_refused_unread(work):
    headers = {**OPENROSA, "Authorization": f"Bearer {work.token}"}
    response = Client().generic(
        "POST",
        "/openrosa/submission",
        b"",
        content_type="multipart/form-data; boundary=x",
        headers=headers,
        **{"wsgi.input": Untouched(), "CONTENT_LENGTH": str(2**30)},
    )
    assert response.status_code == 413
    assert response["X-OpenRosa-Version"] == "1.0"


def test_nobody_is_parsed_before_being_known(work):
    response = Client().generic(
        "POST",
        "/openrosa/submission",
        b"",
        content_type="multipart/form-data; boundary=x",
        headers=OPENROSA,
        **{"wsgi.input": Untouched(), "CONTENT_LENGTH": "1000"},
    )
    assert response.status_code == 401


def test_a_post_with_a_session_cookie_only_is_not_let_in(work):
    client = Client()
    client.force_login(work.field.worker, backend="django.contrib.auth.backends.ModelBackend")
    assert post("", work.household(), client=client).status_code in (401, 403)
