"""Files of a record: expected once it is read, sealed as they come, in as many posts as it takes."""

import hashlib
import mimetypes
from collections.abc import Iterator

from django.utils import timezone

from survey.envelopes import CannotOpen, open_file, plain_name
from survey.keys import seal, unseal
from survey.models import Attachment, Submission
from survey.opening import Opened
from survey.photos import without_metadata
from survey.rows import Batch
from survey.sent import Sent, SentFile

ABOUT = "attachment.content"
STILL_SEALED = "application/x-odk-encrypted"
NAME_MOST, TYPE_MOST = 200, 60

Names = list[tuple[str, bool]]


def first_files(
    record: Submission, opened: Opened, sent: Sent, *, before: Submission | None, batch: Batch
) -> Names:
    """Rows for every file that a new record names, filled where it came or was in the corrected record."""
    came = dict(_sent_names(opened, sent))
    carried = _carried(before, record, opened, came) if before is not None and not sent.is_incomplete else {}
    names: Names = []
    for name in dict.fromkeys(name[:NAME_MOST] for name in opened.expected):
        row = carried.get(name) or Attachment(name=name)
        if name in came:
            _fill(row, record, opened, came[name])
        row.submission = record
        batch.insert(row)
        names.append((name, row.received_at is not None))
    return names


def later_files(record: Submission, opened: Opened, sent: Sent) -> None:
    """Files of a record that is stored already: new ones fill their place, the same again change nothing.

    A name that the record does not mention is left out, as ODK Central does.
    """
    rows = {row.name: row for row in record.attachments.defer("content").select_for_update()}
    for name in opened.expected:
        if name[:NAME_MOST] not in rows:  # the sealed XML came later and could not be opened
            rows[name[:NAME_MOST]] = Attachment.objects.create(submission=record, name=name[:NAME_MOST])
    for name, file in _sent_names(opened, sent):
        row = rows.get(name)
        if row is not None:
            was = row.sha256
            _fill(row, record, opened, file)
            if row.sha256 != was or not was:
                row.save()


def _sent_names(opened: Opened, sent: Sent) -> Iterator[tuple[str, SentFile]]:
    """Each file under the name that the record knows it by."""
    for file in sent.files:
        sealed = opened.manifest is not None and file.name not in opened.expected
        yield (plain_name(file.name) if sealed else file.name)[:NAME_MOST], file


def _fill(row: Attachment, record: Submission, opened: Opened, file: SentFile) -> None:
    content, media_type = _plain(opened, file)
    row.sha256 = hashlib.sha256(content).hexdigest()
    kept = content if media_type == STILL_SEALED else without_metadata(content)
    row.size_bytes = len(kept)
    row.media_type = media_type[:TYPE_MOST]
    row.content = seal(record.key_id, kept, about=ABOUT)
    row.received_at = timezone.now()


def _plain(opened: Opened, file: SentFile) -> tuple[bytes, str]:
    content = file.read()
    manifest = opened.manifest
    if manifest is None:
        return content, _type_of(file.name, file.media_type)
    if opened.key is not None and file.name in manifest.media:
        try:
            plain = open_file(manifest, opened.key, file.name, content)
        except CannotOpen:
            return content, STILL_SEALED
        return plain, _type_of(plain_name(file.name), "")
    return content, STILL_SEALED


def _type_of(name: str, said: str) -> str:
    guessed = mimetypes.guess_type(name)[0]
    return guessed or said or "application/octet-stream"


def _carried(
    before: Submission, record: Submission, opened: Opened, came: dict[str, SentFile]
) -> dict[str, Attachment]:
    """Files of the corrected record that its correction still names and does not send again."""
    wanted = [name for name in opened.expected if name not in came]
    found = {}
    for row in before.attachments.filter(name__in=wanted).exclude(received_at=None):
        if row.content is not None and before.key_id != record.key_id:
            plain = unseal(before.key_id, row.content, about=ABOUT)
            row.content = seal(record.key_id, plain, about=ABOUT)
        row.pk, row._state.adding = None, True
        found[row.name] = row
    return found
