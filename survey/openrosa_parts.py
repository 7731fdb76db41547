"""The body of a submission: multipart, of known length or chunked, read after the sender is known.

Memory is bounded: small bodies stay in it, larger ones lie in a temporary file, and files are read one at a
time. A body that was cut on its way is refused whole, so that half a photo never counts as one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext as _

from gis_core.errors import Refusal, TooLarge
from survey.sent import SentFile

MOST_BYTES = 100_000_000  # what X-OpenRosa-Accept-Content-Length says
XML_PART, INCOMPLETE_PART = "xml_submission_file", "*isIncomplete*"
IN_MEMORY_BYTES = 1 << 20
TAIL_BYTES = 512
READ_BYTES = 1 << 16


class BadBody(Refusal):
    code = "bad_body"


class CutShort(Refusal):
    """The body ended before its end: nothing is wrong with the record, it is to be sent again."""

    code = "cut_short"
    status = 408


@dataclass(frozen=True)
class Parts:
    payload: bytes
    files: tuple[SentFile, ...]
    is_incomplete: bool


@contextmanager
def parts_of(request: HttpRequest) -> Iterator[Parts]:
    """The parts of a submission, for as long as the block lasts.

    Raises:
        TooLarge
        CutShort
        BadBody: not multipart, or without `xml_submission_file`.
    """
    with _whole_body(request) as (body, length):
        tail = _tail(body, length)
        fields, files = _parse(request, body, length)
        try:
            _require_end(request, tail)
            yield _as_parts(fields, files)
        finally:
            for found in files.values():
                found.close()


@contextmanager
def _whole_body(request: HttpRequest) -> Iterator[tuple[Any, int]]:
    """The body as a file that has its full length, copied no further than the limit."""
    stated = request.META.get("CONTENT_LENGTH") or ""
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    expected = int(stated) if stated.isascii() and stated.isdigit() else None
    if expected is not None and expected > MOST_BYTES:
        raise TooLarge(_("请求太大，未读取。"))
    stream = request.environ["wsgi.input"] if is_chunked and expected is None else request
    with SpooledTemporaryFile(IN_MEMORY_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR) as kept:
        length = _copy(stream, kept)
        if expected is not None and length != expected:
            raise CutShort(_("上传在途中断，未收下。请再传一次。"))
        kept.seek(0)
        yield kept, length


def _copy(stream: Any, kept: Any) -> int:
    length = 0
    while block := _read(stream):
        length += len(block)
        if length > MOST_BYTES:
            raise TooLarge(_("请求太大，未读取。"))
        kept.write(block)
    return length


def _read(stream: Any) -> bytes:
    try:
        block: bytes = stream.read(READ_BYTES)
    except Exception as err:  # every web server has its own word for a body that breaks off
        raise CutShort(_("上传在途中断，未收下。请再传一次。")) from err
    return block


def _tail(body: Any, length: int) -> bytes:
    body.seek(max(0, length - TAIL_BYTES))
    found: bytes = body.read()
    body.seek(0)
    return found


def _parse(request: HttpRequest, body: Any, length: int) -> tuple[Any, dict[str, UploadedFile]]:
    handlers = [MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]
    meta = {**request.META, "CONTENT_LENGTH": str(length)}
    try:
        fields, files = MultiPartParser(meta, body, handlers, "utf-8").parse()
    except (RequestDataTooBig, TooManyFilesSent) as err:
        raise TooLarge(_("请求太大，未读取。")) from err
    except MultiPartParserError as err:
        raise BadBody(_("请求不是 OpenRosa 的 multipart/form-data 格式。")) from err
    return fields, {name: cast(UploadedFile, files.getlist(name)[-1]) for name in files}


def _require_end(request: HttpRequest, tail: bytes) -> None:
    """Django's parser takes what there is; the closing boundary is what says that it was all."""
    boundary = request.content_params.get("boundary", "") if request.content_params else ""
    if f"--{boundary}--".encode() not in tail:
        raise CutShort(_("上传在途中断，未收下。请再传一次。"))


def _as_parts(fields: Any, files: dict[str, UploadedFile]) -> Parts:
    sent = files.pop(XML_PART, None)
    if sent is None and XML_PART not in fields:
        raise BadBody(_("请求里没有 xml_submission_file 部分。"))
    payload: bytes = sent.read() if sent is not None else fields[XML_PART].encode()
    if sent is not None:
        sent.close()
    return Parts(
        payload,
        tuple(SentFile(name, found.content_type or "", _reader(found)) for name, found in files.items()),
        is_incomplete=fields.get(INCOMPLETE_PART, "").strip().lower() == "yes",
    )


def _reader(found: UploadedFile) -> Any:
    def read() -> bytes:
        found.seek(0)
        content: bytes = found.read()
        return content

    return read
