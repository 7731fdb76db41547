"""An OSM file before it is trusted: what it is, whether it is whole, whether it is safe.

osmium reads quickly but says little about a damaged file, follows names that look like
addresses, and lets expat see whatever the XML declares. So the file is recognised by its
content, unpacked under a limit, walked once, and only then handed over under a local path
with its format stated.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from gis_core.errors import TooLarge, UnknownFormat, UnreadableFile, UnsafeFile
from gis_core.readers.unpacking import CHUNK_BYTES, MAX_UNPACKED_BYTES, require_content, unpack_stream

# Limits of the format itself: wiki.openstreetmap.org/wiki/PBF_Format.
MAX_BLOB_HEADER_BYTES = 64 * 1024
MAX_BLOB_BYTES = 32 * 1024**2
MAX_PROLOGUE_BYTES = 1024**2
PBF_START = b"\x0a\x09OSMHeader"  # after the four bytes of its length


@dataclass(frozen=True)
class OsmFile:
    """A checked local file; `format` is what osmium is told, so that a name decides nothing."""

    path: Path
    format: str


@contextmanager
def checked_osm_file(path: Path, *, max_bytes: int = MAX_UNPACKED_BYTES) -> Iterator[OsmFile]:
    """Recognise, unpack and check an OSM file; temporary copies live as long as the block.

    Raises:
        UnreadableFile, UnknownFormat, UnsafeFile, TooLarge
    """
    require_content(path)
    with tempfile.TemporaryDirectory(prefix="osm-") as folder:
        unpacked = path
        for level in range(2):
            with unpacked.open("rb") as file:
                if file.read(3)[:2] not in (b"\x1f\x8b", b"BZ"):
                    break
            target = Path(folder) / f"unpacked-{level}"
            unpack_stream(unpacked, target, max_bytes=max_bytes)
            unpacked = target
        yield _recognised(unpacked.resolve(), named=path.name, max_bytes=max_bytes)


def _recognised(path: Path, *, named: str, max_bytes: int) -> OsmFile:
    with path.open("rb") as file:
        start = file.read(1024)
    if len(start) > 5 and PBF_START.startswith(start[4:15]):
        _check_pbf(path, named=named, max_bytes=max_bytes)
        return OsmFile(path, "pbf")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise UnreadableFile(
            _("文件“%(name)s”没有内容。请检查导出步骤后重新上传。") % {"name": named}, file=named
        )
    if text[:14].lower() == b"<!doctype html" or text[:5].lower() == b"<html":
        raise UnreadableFile(
            _("“%(name)s”是一个网页，不是 OpenStreetMap 文件（下载可能被登录页或错误页代替）。请重新下载。")
            % {"name": named},
            file=named,
        )
    if text[:1] == b"<" or start[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:2] in (b"\0<", b"<\0"):
        _check_xml(path, named=named)
        return OsmFile(path, "osm")
    raise UnknownFormat(
        _(
            "“%(name)s”不是 OpenStreetMap 文件：开头为“%(start)s”。"
            "请上传 .osm.pbf、.osm、.osm.gz 或 .osm.bz2 文件。"
        )
        % {"name": named, "start": ascii(start[:12])[2:-1]},
        file=named,
    )


# --- PBF --------------------------------------------------------------------------------


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise IndexError("varint longer than 64 bits")


def _fields(data: bytes) -> dict[int, int | bytes]:
    """Top-level protobuf fields of a short message, the last of each number."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            found[tag >> 3], at = _varint(data, at)
        elif tag & 7 == 2:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise IndexError("field beyond its message")
            found[tag >> 3], at = data[at : at + size], at + size
        else:
            raise IndexError("field type not used in OSM blobs")
    return found


def _raw_bytes(blob_start: bytes) -> int:
    """What a blob says it unpacks to: field 2, which writers put before the packed data."""
    try:
        tag, at = _varint(blob_start, 0)
        return _varint(blob_start, at)[0] if tag == 0x10 else 0
    except IndexError:
        return 0


def _check_pbf(path: Path, *, named: str, max_bytes: int) -> None:
    """Walk from blob to blob: every size stated, believable, and there."""
    total_bytes = path.stat().st_size
    unpacked_bytes = 0
    with path.open("rb") as file:
        while (at := file.tell()) < total_bytes:
            kind, blob_bytes = _blob_header(file, at=at, named=named)
            if (at == 0) != (kind == b"OSMHeader"):
                raise _damaged(named, at)
            body = file.tell()
            if body + blob_bytes > total_bytes:
                raise UnreadableFile(
                    _(
                        "文件“%(name)s”不完整：第 %(at)d 字节起的数据块应有 %(expected)d 字节，"
                        "只剩 %(met)d 字节。请重新下载后上传。"
                    )
                    % {"name": named, "at": at, "expected": blob_bytes, "met": total_bytes - body},
                    file=named,
                    offset_bytes=at,
                )
            raw_bytes = _raw_bytes(file.read(min(16, blob_bytes)))
            unpacked_bytes += raw_bytes
            if raw_bytes > MAX_BLOB_BYTES:
                raise _damaged(named, at)
            if unpacked_bytes > max_bytes:
                raise TooLarge(
                    _("“%(name)s”解压后超过 %(limit)d MB，未载入。请裁剪到所需范围后重新上传。")
                    % {"name": named, "limit": max_bytes // 1024**2},
                    file=named,
                    limit_bytes=max_bytes,
                )
            file.seek(body + blob_bytes)


def _blob_header(file: IO[bytes], *, at: int, named: str) -> tuple[bytes, int]:
    size_bytes = int.from_bytes(file.read(4), "big")
    header = file.read(min(size_bytes, MAX_BLOB_HEADER_BYTES))
    if size_bytes > MAX_BLOB_HEADER_BYTES:
        raise _damaged(named, at)
    if len(header) < max(size_bytes, 1):
        raise UnreadableFile(
            _("文件“%(name)s”在第 %(at)d 字节处中断，不完整。请重新下载后上传。") % {"name": named, "at": at},
            file=named,
            offset_bytes=at,
        )
    try:
        fields = _fields(header)
        kind, blob_bytes = fields[1], fields[3]
    except (IndexError, KeyError) as err:
        raise _damaged(named, at) from err
    if not isinstance(kind, bytes) or not isinstance(blob_bytes, int):
        raise _damaged(named, at)
    if blob_bytes > MAX_BLOB_BYTES:
        raise UnsafeFile(
            _(
                "文件“%(name)s”第 %(at)d 字节处声称有 %(met)d MB 的数据块，超过格式允许的 %(limit)d MB，"
                "未载入。请重新下载后上传。"
            )
            % {"name": named, "at": at, "met": blob_bytes // 1024**2, "limit": MAX_BLOB_BYTES // 1024**2},
            file=named,
            offset_bytes=at,
            blob_bytes=blob_bytes,
        )
    return kind, blob_bytes


def _damaged(named: str, at: int) -> UnreadableFile:
    return UnreadableFile(
        _("文件“%(name)s”在第 %(at)d 字节处已损坏，不是有效的 .osm.pbf。请重新下载后上传。")
        % {"name": named, "at": at},
        file=named,
        offset_bytes=at,
    )


# --- XML --------------------------------------------------------------------------------


class _RootMet(Exception):  # noqa: N818 — it ends the look at the prologue, it is not an error
    pass


def _check_xml(path: Path, *, named: str) -> None:
    """Read up to the root element: it must be <osm>, with no document type before it."""
    roots: list[str] = []

    def refuse_doctype(*_declared: object) -> None:
        raise UnsafeFile(
            _("“%(name)s”带有 DOCTYPE 或实体定义，可能是攻击，未载入。请删去该声明后重新上传。")
            % {"name": named},
            file=named,
        )

    def meet_root(element: str, _attributes: object) -> None:
        roots.append(element)
        raise _RootMet

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    parser.StartElementHandler = meet_root
    try:
        with path.open("rb") as file:
            for _round in range(MAX_PROLOGUE_BYTES // CHUNK_BYTES + 1):
                chunk = file.read(CHUNK_BYTES)
                parser.Parse(chunk, not chunk)
    except _RootMet:
        pass
    except expat.ExpatError as err:
        raise UnreadableFile(
            _("“%(name)s”不是有效的 XML（第 %(line)d 行）。请重新导出后上传。")
            % {"name": named, "line": err.lineno},
            file=named,
            line=err.lineno,
        ) from err
    if roots != ["osm"]:
        raise UnknownFormat(
            _("“%(name)s”不是 OpenStreetMap 文件：应以 <osm> 开头，实为 <%(met)s>。请重新导出后上传。")
            % {"name": named, "met": (roots or ["?"])[0][:40]},
            file=named,
        )
