"""Decrypting what is stored, for `access.py` alone, which has asked the duty and the reason and logged them.

Where a key was destroyed there is nothing to read, and nothing breaks.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from survey import opening
from survey.answers import heading_of
from survey.form_versions import answered_form
from survey.keys import KeyDestroyed, unseal
from survey.models import EntityVersion, KeptFile, KeptUpload, Submission
from survey.safe_xml import UnreadableXml
from survey.safe_xml import read_xml as parsed_xml
from survey.sent import Sent, SentFile


def xml_of(submission: Submission) -> bytes | None:
    if submission.xml is not None:
        return opened_bytes(submission.key_id, submission.xml, "submission.xml")
    return None if submission.is_sealed else opened_bytes(submission.key_id, submission.raw, "submission.raw")


def opened_bytes(key_id: str, sealed: bytes | None, about: str) -> bytes | None:
    if sealed is None:
        return None
    try:
        return unseal(key_id, bytes(sealed), about=about)
    except KeyDestroyed:
        return None


def inside(upload: KeptUpload, content: bytes) -> bytes:
    """What a record that was sealed on its tablet says; any other upload as it came."""
    try:
        root = parsed_xml(content)
        heading = heading_of(root)
        form = answered_form(heading.form_id, heading.version, by=upload.by) if heading.is_sealed else None
        if form is None:
            return content
        round_uid = str(upload.round.uid) if upload.round else None
        sent = Sent(content, list(_files(upload)), upload.by, upload.device, round_uid)
        return opening.open_record(root, heading, form, sent).xml or content
    except UnreadableXml:
        return content


def _files(upload: KeptUpload) -> Iterator[SentFile]:
    for row in KeptFile.objects.filter(upload=upload):
        file = opened_bytes(upload.key_id, row.content, "kept_file.content") or b""
        yield SentFile(row.name, "", partial(bytes, file))


def opened_json(key_id: str, sealed: bytes | None, about: str) -> dict[str, Any]:
    content = opened_bytes(key_id, sealed, about)
    return json.loads(content) if content else {}


def version_content(row: EntityVersion) -> dict[str, Any]:
    if row.content_sealed is None:
        return {"data": row.data, "received": row.received}
    found = opened_json(row.key_id, row.content_sealed, "entity_version.content")
    return {"data": found.get("data", {}), "received": found.get("received", {})}
