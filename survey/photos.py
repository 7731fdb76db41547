"""Photos of places without what the camera adds: place, time, device, owner. Pixels stay as they are.

JPEG, PNG and WebP are rewritten block by block, so nothing is compressed twice. A JPEG keeps the one fact
that a viewer needs, which way up it is. HEIC and videos: `boxes.py`. Files of other kinds pass unchanged.
"""

import struct
from collections.abc import Iterator

from survey.boxes import is_boxes, without_descriptions

JPEG_START, JPEG_SCAN, JPEG_END = 0xD8, 0xDA, 0xD9
JPEG_KEPT_APPS = frozenset({0xE0, 0xE2, 0xEE})  # JFIF, colour profile, Adobe's colour transform
JPEG_COMMENT, JPEG_EXIF = 0xFE, 0xE1
EXIF_HEAD = b"Exif\x00\x00"
ORIENTATION = 0x0112
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_DROPPED = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
WEBP_EXIF_FLAGS = 0b00001100


def without_metadata(content: bytes) -> bytes:
    """The same picture without EXIF, XMP, IPTC and comments; anything else, or broken, unchanged."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return b"".join(_jpeg(content))
        if content.startswith(PNG_HEAD):
            return PNG_HEAD + b"".join(_png(content))
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
        if is_boxes(content):
            return without_descriptions(content)
    except (struct.error, IndexError):
        return content
    return content


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while True:
        if content[at] != 0xFF:
            raise IndexError("not at a marker")
        marker = content[at + 1]
        if marker in (JPEG_SCAN, JPEG_END):
            yield content[at:]
            return
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        block = content[at : at + 2 + length]
        if marker == JPEG_EXIF and block[4:].startswith(EXIF_HEAD):
            yield _only_orientation(block[4 + len(EXIF_HEAD) :])
        elif not (0xE0 <= marker <= 0xEF or marker == JPEG_COMMENT) or marker in JPEG_KEPT_APPS:
            yield block
        at += 2 + length


def _only_orientation(tiff: bytes) -> bytes:
    """An EXIF block that says which way up the picture is and nothing else; b"" when it is upright."""
    order = "<" if tiff[:2] == b"II" else ">"
    (at,) = struct.unpack(order + "I", tiff[4:8])
    (count,) = struct.unpack(order + "H", tiff[at : at + 2])
    for i in range(count):
        entry = at + 2 + 12 * i
        tag, _kind, _count, value = struct.unpack(order + "HHIH", tiff[entry : entry + 10])
        if tag == ORIENTATION and 2 <= value <= 8:
            ifd = struct.pack(">HHHIHHI", 1, ORIENTATION, 3, 1, value, 0, 0)
            exif = EXIF_HEAD + b"MM\x00\x2a" + struct.pack(">I", 8) + ifd
            return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    return b""


def _png(content: bytes) -> Iterator[bytes]:
    at = len(PNG_HEAD)
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind not in PNG_DROPPED:
            yield content[at : at + 12 + length]
        at += 12 + length


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at < len(content):
        kind, length = struct.unpack("<4sI", content[at : at + 8])
        size = 8 + length + length % 2
        if kind not in WEBP_DROPPED:
            block = bytearray(content[at : at + size])
            if kind == b"VP8X":
                block[8] &= ~WEBP_EXIF_FLAGS & 0xFF
            kept.append(bytes(block))
        at += size
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
