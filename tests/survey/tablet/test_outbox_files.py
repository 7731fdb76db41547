"""What the app seals, the server opens; what it exports, the desk takes in, once."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from gis_core.errors import UnknownFormat
from gis_core.models import AccessLog
from survey.envelopes import manifest_of, open_file, unwrap_key
from survey.keys import key_of
from survey.models import Attachment, Submission, Visit
from survey.outbox_files import import_outbox
from survey.safe_xml import read_xml
from tests.people import client_for, make_person
from tests.survey.intake.records import Record, Work, draw_work

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "tests" / "tablet" / "core" / "make-outbox.ts"
NODE = Path(sys.executable).with_name("node")  # the project's own: the system's may not read TypeScript
# One byte below, at and above the block of the cipher; nothing at all; and more than one buffer.
SIZES = (0, 1, 15, 16, 17, 70_001)


@pytest.fixture
def work(db: None) -> Work:
    return draw_work()


def exported(
    work: Work, records: Iterable[tuple[Record, dict[str, bytes]]], draft: Record | None = None
) -> bytes:
    """The file that the app would write, made by the app's own code."""
    asked: dict[str, Any] = {
        "public_key": work.round.public_key,
        "round": str(work.round.uid),
        "records": [
            {
                "instance_id": record.instance_id,
                "form_id": record.form_id,
                "form_version": record.version,
                "xml": record.xml.decode(),
                "files": [
                    {"name": name, "content": base64.b64encode(content).decode()}
                    for name, content in files.items()
                ],
            }
            for record, files in records
        ],
    }
    if draft:
        asked["draft"] = {"form_id": draft.form_id, "form_version": draft.version, "xml": draft.xml.decode()}
    done = subprocess.run(
        [str(NODE), str(SCRIPT)], cwd=ROOT, input=json.dumps(asked).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def opened(work: Work, line: dict[str, Any]) -> dict[str, bytes]:
    """Every file of an exported line, opened with the round's private key."""
    manifest = manifest_of(read_xml(base64.b64decode(line["xml"])), line["instance_id"])
    key = unwrap_key(key_of(str(work.round.uid)).private, manifest.wrapped_key)
    return {
        file["name"]: open_file(manifest, key, file["name"], base64.b64decode(file["content"]))
        for file in line["files"]
    }


def test_the_server_opens_what_the_app_seals_to_the_byte(work: Work) -> None:
    record = work.visit("no_one_in", note="𠮷野家 😀 <&>\"' 藍")
    photos = {f"{size}.jpg": bytes(range(256)) * (size // 256) + bytes(size % 256) for size in SIZES}
    _head, line = map(json.loads, exported(work, [(record, photos)]).splitlines())
    found = opened(work, line)
    assert found.pop("submission.xml.enc") == record.xml
    assert found == {f"{name}.enc": content for name, content in photos.items()}


def test_a_twentieth_file_still_opens(work: Work) -> None:
    # The initialisation vector counts through its 16 bytes and begins again.
    photos = {f"{n}.jpg": bytes([n]) * 100 for n in range(20)}
    _head, line = map(json.loads, exported(work, [(work.visit("no_one_in"), photos)]).splitlines())
    assert {
        name: content[:1] for name, content in opened(work, line).items() if name != "submission.xml.enc"
    } == {f"{n}.jpg.enc": bytes([n]) for n in range(20)}


def test_nothing_of_a_record_stands_in_the_file_in_clear(work: Work) -> None:
    record = work.household()
    text = exported(work, [(record, {"1.jpg": b"PHOTO"})])
    plain = b"".join(base64.b64decode(part) for part in _base64_parts(text))
    for word in (b"family_children", b"moved", b"PHOTO", str(work.entity().uuid).encode()):
        assert word not in text + plain


def _base64_parts(text: bytes) -> list[str]:
    lines = [json.loads(line) for line in text.splitlines()[1:]]
    return [line["xml"] for line in lines] + [file["content"] for line in lines for file in line["files"]]


def test_importing_registers_each_record_once_in_the_workers_name(work: Work) -> None:
    doors = [work.field.dwelling(door=door) for door in (1, 2)]
    records = [(work.visit("no_one_in", door), {}) for door in doors]
    text = exported(work, records)
    first = import_outbox(io.BytesIO(text), by=work.field.worker)
    second = import_outbox(io.BytesIO(text), by=work.field.worker)
    assert dict(first.states) == dict(second.states) == {"applied": 2}
    assert Submission.objects.count() == 2
    assert {visit.worker for visit in Visit.objects.all()} == {work.field.worker}
    assert {visit.dwelling_code for visit in Visit.objects.all()} == {door.code for door in doors}


def test_photos_come_with_their_record(work: Work) -> None:
    record = work.household(place={"place_photo": "1.jpg"})
    found = import_outbox(io.BytesIO(exported(work, [(record, {"1.jpg": b"JPEG"})])), by=work.field.worker)
    assert found.taken_count == 1
    assert Attachment.objects.get().received_at is not None


def test_a_damaged_line_is_named_and_the_others_are_taken(work: Work) -> None:
    records = [(work.visit("no_one_in", work.field.dwelling(door=door)), {}) for door in (1, 2)]
    head, first, second = exported(work, records).splitlines()
    said = json.loads(first)
    said["xml"] = base64.b64encode(
        base64.b64decode(said["xml"]).replace(b"wangge_visit", b"wangge_visot")
    ).decode()
    found = import_outbox(
        io.BytesIO(b"\n".join([head, json.dumps(said).encode(), second])), by=work.field.worker
    )
    assert (found.damaged_lines, found.taken_count) == ([2], 1)


def test_a_cut_file_says_how_many_records_are_missing(work: Work) -> None:
    records = [(work.visit("no_one_in", work.field.dwelling(door=door)), {}) for door in (1, 2)]
    text = exported(work, records)
    whole_lines = b"\n".join(text.splitlines()[:2])
    assert import_outbox(io.BytesIO(whole_lines), by=work.field.worker).missing_count == 1
    cut = import_outbox(io.BytesIO(text[:-300]), by=work.field.worker)
    assert (cut.taken_count, cut.damaged_lines) == (1, [3])


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"not json", b'{"format": "other", "records": 1}', b"\xff\xfe", b"[1]"]
)
def test_a_file_of_another_kind_is_refused(work: Work, text: bytes) -> None:
    with pytest.raises(UnknownFormat):
        import_outbox(io.BytesIO(text), by=work.field.worker)


def test_drafts_are_left_out_unless_they_are_asked_for(work: Work) -> None:
    text = exported(work, [], draft=work.visit("no_one_in"))
    assert import_outbox(io.BytesIO(text), by=work.field.worker).drafts_left == 1
    assert not Submission.objects.exists()
    import_outbox(io.BytesIO(text), by=work.field.worker, with_drafts=True)
    assert Submission.objects.count() == 1


def test_the_command_prints_what_became_of_the_records(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    path.write_bytes(exported(work, [(work.visit("no_one_in"), {})]))
    said = io.StringIO()
    call_command("import_outbox", str(path), "--as", work.field.worker.username, stdout=said)
    assert "applied            1" in said.getvalue()
    with pytest.raises(CommandError):
        call_command("import_outbox", str(path), "--as", "nobody")


def test_a_director_imports_at_the_desk_and_it_is_written_down(work: Work) -> None:
    file = SimpleUploadedFile("outbox.jsonl", exported(work, [(work.visit("no_one_in"), {})]))
    page = f"/rounds/{work.round.uid}/outbox-file/"
    answer = client_for(work.field.director).post(page, {"worker": work.field.worker.pk, "file": file})
    assert answer.status_code == 200
    assert "收下 1 条记录" in answer.content.decode()
    assert AccessLog.objects.get(action="import_outbox").reason == "1 records, 0 damaged lines"


def test_the_page_is_not_found_outside_the_directors_community(work: Work) -> None:
    other = make_person("elsewhere", "community_director", area_code="330101001001")
    assert client_for(other).get(f"/rounds/{work.round.uid}/outbox-file/").status_code == 404


def test_a_worker_of_another_round_cannot_be_named(work: Work) -> None:
    stranger = make_person("stranger", "grid_worker")
    file = SimpleUploadedFile("outbox.jsonl", exported(work, []))
    page = f"/rounds/{work.round.uid}/outbox-file/"
    answer = client_for(work.field.director).post(page, {"worker": stranger.pk, "file": file})
    assert answer.status_code == 400
