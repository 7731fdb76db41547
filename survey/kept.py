"""Uploads that could not become a record: kept with their bytes, their files and the reason."""

import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from survey.keys import HOLDING, make_key, seal
from survey.models import KeptFile, KeptUpload
from survey.models.forms import Form
from survey.receipts import Receipt, receipt_of_kept
from survey.sent import Sent

ABOUT, ABOUT_FILE = "kept_upload.raw", "kept_file.content"
FORM_ID_MOST = Form._meta.get_field("form_id").max_length or 64
ID_MOST = 100


def holding_key() -> str:
    """The key of what belongs to no known round; made when it is first needed."""
    make_key(HOLDING)
    return HOLDING


def keep_upload(
    sent: Sent,
    *,
    reason: str,
    status: int,
    form_id: str = "",
    instance_id: str = "",
    round_id: int | None = None,
    key_id: str = "",
    expected: Iterable[str] = (),
) -> Receipt:
    """Keep the bytes under their reason; the same bytes of the same person again only add files."""
    key_id = key_id or holding_key()
    facts = {
        "reason": reason[:40],
        "status": status,
        "round_id": round_id,
        "form_id": form_id[:FORM_ID_MOST],
        "instance_id": instance_id[:ID_MOST],
        "size_bytes": len(sent.payload),
        "key_id": key_id,
        "raw": seal(key_id, sent.payload, about=ABOUT),
        "files": [{"name": name, "sha256": "", "size_bytes": 0} for name in dict.fromkeys(expected)],
        "device": sent.device,
        "received_at": timezone.now(),
    }
    with transaction.atomic():
        rows = KeptUpload.objects.select_for_update()
        kept, _new = rows.get_or_create(by=sent.by, sha256=sent.sha256, defaults=facts)
        if kept.raw is not None:  # erased meanwhile: a resend adds nothing
            _keep_files(kept, sent)
    return receipt_of_kept(kept)


def _keep_files(kept: KeptUpload, sent: Sent) -> None:
    if not sent.files:
        return
    rows = {one["name"]: one for one in kept.files}
    for file in sent.files:
        content = file.read()
        sha256 = hashlib.sha256(content).hexdigest()
        sealed = seal(kept.key_id, content, about=ABOUT_FILE)
        KeptFile.objects.get_or_create(
            upload=kept, name=file.name, sha256=sha256, defaults={"content": sealed}
        )
        rows[file.name] = {"name": file.name, "sha256": sha256, "size_bytes": len(content)}
    kept.files = list(rows.values())
    kept.save(update_fields=["files"])
