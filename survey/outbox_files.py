"""Files that a tablet exported when the network never came: sealed records, one a line, taken in at the desk.

Each line goes through the same door as an upload, so importing a file twice, or after the tablet sent some of
it, is harmless. A line that was cut or changed on the way is named and left out; the others are taken.
Drafts are unfinished visits: they are left out unless they are asked for, because the tablet may still finish
one under the same id.
"""

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext as _

from gis_core.errors import UnknownFormat
from gis_core.models import User
from survey.intake import accept_submission
from survey.sent import SentFile

FORMAT = "wangge-outbox-1"
LINE_MOST_BYTES = 200 * 2**20
RECORD, DRAFT = "record", "draft"


@dataclass
class Imported:
    """What became of the lines: how many records by receipt state, and which lines could not be read."""

    states: Counter[str] = field(default_factory=Counter)
    damaged_lines: list[int] = field(default_factory=list)
    drafts_left: int = 0
    stated_count: int = 0

    @property
    def taken_count(self) -> int:
        return sum(self.states.values())

    @property
    def missing_count(self) -> int:
        """Records that the head of the file promised and no line brought: the copy was cut."""
        return max(0, self.stated_count - self.taken_count - len(self.damaged_lines))


@dataclass(frozen=True)
class Line:
    kind: str
    round_uid: str | None
    xml: bytes
    files: list[SentFile]


class DamagedLine(Exception):  # noqa: N818 — a fact about the file
    """Cut, changed, or not of this format."""


def import_outbox(file: IO[bytes], *, by: User, with_drafts: bool = False) -> Imported:
    """Take the records of the file in the name of the worker who made them.

    Raises:
        UnknownFormat: not a file that the tablet app exported.
    """
    found = Imported(stated_count=_stated_count(file.readline(LINE_MOST_BYTES)))
    for number, text in enumerate(iter(lambda: file.readline(LINE_MOST_BYTES), b""), start=2):
        try:
            line = _read(text)
        except DamagedLine:
            found.damaged_lines.append(number)
            continue
        if line.kind == DRAFT and not with_drafts:
            found.drafts_left += 1
            continue
        receipt = accept_submission(line.xml, files=line.files, by=by, round_uid=line.round_uid)
        if line.kind == RECORD:
            found.states[receipt.state] += 1
    return found


def _stated_count(head: bytes) -> int:
    try:
        said = json.loads(head)
        if said["format"] == FORMAT:
            return int(said["records"])
    except (ValueError, KeyError, TypeError):
        pass
    raise UnknownFormat(_("这不是平板导出的待上传文件。请在平板的“待上传”里点“导出到文件”，再上传那个文件。"))


def _read(text: bytes) -> Line:
    try:
        said = json.loads(text)
        xml = _bytes(said["xml"])
        files = list(_files(said["files"]))
        round_uid, kind = str(UUID(said["round"])), said["kind"]
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise DamagedLine from err
    if hashlib.sha256(xml).hexdigest() != said.get("sha256") or kind not in (RECORD, DRAFT):
        raise DamagedLine
    return Line(kind, round_uid, xml, files)


def _files(rows: list[dict[str, Any]]) -> Iterator[SentFile]:
    for row in rows:
        yield SentFile(
            str(row["name"])[:200], "application/octet-stream", partial(bytes, _bytes(row["content"]))
        )


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as err:
        raise DamagedLine from err
