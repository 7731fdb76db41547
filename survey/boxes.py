"""HEIC pictures and MP4, MOV and 3GP videos without what the device adds: place, time, device.

Both are boxes within boxes (ISO/IEC 14496-12 and 23008-12). Boxes that only describe are emptied where they
stand, under the name `free`, so every offset stays true and no picture or sound is touched.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

FREE = b"free"
HOLDERS = frozenset({b"moov", b"trak", b"mdia"})
DESCRIBING = frozenset({b"udta", b"meta", b"uuid"})
TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})  # begin with when it was made and changed
PLACES_ALONG_THE_WAY = frozenset({b"meta", b"camm", b"mdta"})  # tracks of positions beside the picture's
TOLD_OF_A_PICTURE = frozenset({b"Exif", b"mime"})
PICTURES = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})


class Box(NamedTuple):
    kind: bytes
    start: int
    inside: int
    end: int


def is_boxes(content: bytes) -> bool:
    return content[4:8] == b"ftyp" or content[4:8] in (b"moov", b"mdat", b"wide")


def without_descriptions(content: bytes) -> bytes:
    """The same file with its descriptions emptied.

    Raises:
        struct.error, IndexError: it is not made of boxes.
    """
    out = bytearray(content)
    is_picture = content[4:8] == b"ftyp" and content[8:12] in PICTURES
    for box in _boxes(out, 0, len(out)):
        if box.kind == b"meta" and is_picture:
            _empty_items(out, box)
        else:
            _clean(out, box)
    return bytes(out)


def _boxes(out: bytearray, at: int, end: int) -> Iterator[Box]:
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", out, at)
        inside = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", out, inside)
            inside += 8
        size = size or end - at
        if size < inside - at or at + size > end:
            raise IndexError("a box longer than its holder")
        yield Box(kind, at, inside, at + size)
        at += size


def _clean(out: bytearray, box: Box) -> None:
    if box.kind in DESCRIBING or (box.kind == b"trak" and _is_of_places(out, box)):
        out[box.start + 4 : box.start + 8] = FREE
        _empty(out, box.inside, box.end)
    elif box.kind in TIMED:
        moments = 16 if out[box.inside] == 1 else 8
        _empty(out, box.inside + 4, min(box.inside + 4 + moments, box.end))
    elif box.kind in HOLDERS:
        for inner in list(_boxes(out, box.inside, box.end)):
            _clean(out, inner)


def _is_of_places(out: bytearray, track: Box) -> bool:
    for media in _boxes(out, track.inside, track.end):
        if media.kind == b"mdia":
            for box in _boxes(out, media.inside, media.end):
                if box.kind == b"hdlr":
                    return bytes(out[box.inside + 8 : box.inside + 12]) in PLACES_ALONG_THE_WAY
    return False


def _empty(out: bytearray, start: int, end: int) -> None:
    out[start:end] = bytes(max(0, end - start))


# --- A picture's items: Exif and XMP lie somewhere in the file, the box `iloc` says where ------------


def _empty_items(out: bytearray, meta: Box) -> None:
    parts = {box.kind: box for box in _boxes(out, meta.inside + 4, meta.end)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return
    told = set(_told_items(out, parts[b"iinf"]))
    idat = parts[b"idat"].inside if b"idat" in parts else 0
    for item, start, length in list(_extents(out, parts[b"iloc"], idat)):
        if item in told:
            _empty(out, start, min(start + length, len(out)))


def _told_items(out: bytearray, iinf: Box) -> Iterator[int]:
    first = iinf.inside + (6 if out[iinf.inside] == 0 else 8)
    for box in _boxes(out, first, iinf.end):
        version = out[box.inside]
        if box.kind == b"infe" and version >= 2:
            number = ">H" if version == 2 else ">I"
            at = box.inside + 4
            (item,) = struct.unpack_from(number, out, at)
            at += struct.calcsize(number) + 2
            if bytes(out[at : at + 4]) in TOLD_OF_A_PICTURE:
                yield item


def _extents(out: bytearray, iloc: Box, idat: int) -> Iterator[tuple[int, int, int]]:
    """Item, where it begins in the file, how many bytes."""
    version, at = out[iloc.inside], iloc.inside + 4
    offset_bytes, length_bytes = out[at] >> 4, out[at] & 15
    base_bytes, index_bytes = out[at + 1] >> 4, out[at + 1] & 15 if version else 0
    at += 2

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > iloc.end:
            raise IndexError("beyond the box")
        return int.from_bytes(out[at - size : at], "big")

    wide = 4 if version == 2 else 2
    for _item in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(base_bytes) + (idat if method == 1 else 0)
        for _extent in range(number(2)):
            number(index_bytes)
            offset, length = number(offset_bytes), number(length_bytes)
            yield item, base + offset, length
