"""One upload as it came in, before anybody looked into it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gis_core.models import User
from survey.models import Device


@dataclass(frozen=True)
class SentFile:
    """A file beside the XML; its bytes are read one file at a time."""

    name: str
    media_type: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Sent:
    """`is_incomplete`: the sender says that more files of the same record follow."""

    payload: bytes
    files: Sequence[SentFile]
    by: User
    device: Device | None = None
    round_uid: str | None = None
    is_incomplete: bool = field(default=False)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.payload).hexdigest()
