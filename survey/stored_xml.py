"""The machine's own reading of what is stored, while it judges. People read through `access.py`."""

from survey.attachments import ABOUT as ABOUT_FILE
from survey.keys import seal, unseal
from survey.models import Submission
from survey.safe_xml import UnreadableXml

RAW, XML = "submission.raw", "submission.xml"


def sealed_xml(record: Submission) -> bytes:
    """What a record said, in clear.

    Raises:
        UnreadableXml: the sealed XML has not come.
        KeyDestroyed
    """
    if record.xml is not None:  # sealed on a tablet, or a closed case's contact was taken out
        return unseal(record.key_id, record.xml, about=XML)
    if record.is_sealed or record.raw is None:
        raise UnreadableXml("not_here")
    return unseal(record.key_id, record.raw, about=RAW)


def move_to_key(record: Submission, key_id: str) -> None:
    """Seal a record again with the key of the round that it turned out to belong to.

    Raises:
        KeyDestroyed
    """
    if record.key_id == key_id:
        return
    for field, about in (("raw", RAW), ("xml", XML)):
        content = getattr(record, field)
        if content is not None:
            setattr(record, field, seal(key_id, unseal(record.key_id, content, about=about), about=about))
    for row in record.attachments.exclude(content=None):
        row.content = seal(key_id, unseal(record.key_id, row.content, about=ABOUT_FILE), about=ABOUT_FILE)
        row.save(update_fields=["content"])
    record.key_id = key_id
    record.save(update_fields=["raw", "xml", "key_id"])
