"""Pictures and videos made of boxes: places, times and devices are emptied, pixels and offsets stay."""

import struct

import pytest

from survey.photos import without_metadata

GPS = b"+30.2741+120.1551/ SomePhone"
PIXELS = bytes(range(256)) * 4


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *parts)


def track(handler: bytes, *more: bytes) -> bytes:
    media = box(
        b"mdia", full(b"mdhd", struct.pack(">II", 3800, 3801), b"rest"), full(b"hdlr", bytes(4), handler)
    )
    return box(b"trak", full(b"tkhd", struct.pack(">II", 3800, 3801), b"rest"), media, *more)


def video() -> bytes:
    moov = box(
        b"moov",
        full(b"mvhd", struct.pack(">II", 3800, 3801), b"scale"),
        track(b"vide", box(b"stbl", PIXELS), box(b"udta", box(b"\xa9xyz", GPS))),
        track(b"camm", box(b"stbl", GPS)),
        box(b"udta", box(b"\xa9xyz", GPS)),
        full(b"meta", GPS),
    )
    return box(b"ftyp", b"isom", bytes(4)) + moov + box(b"uuid", bytes(16), GPS) + box(b"mdat", PIXELS)


def picture(method: int = 0) -> bytes:
    """A HEIC with one image item and one Exif item, in the file's data or in the box of its own."""
    head = box(b"ftyp", b"heic", bytes(4), b"mif1")
    items = [
        full(b"infe", struct.pack(">HH4s", i, 0, kind), b"\0", version=2)
        for i, kind in ((1, b"hvc1"), (2, b"Exif"))
    ]
    iinf = full(b"iinf", struct.pack(">H", 2), *items)

    def whole(data_at: int) -> bytes:
        rows = [(1, 0, data_at, len(PIXELS)), (2, method, 0 if method else data_at + len(PIXELS), len(GPS))]
        told = b"".join(
            struct.pack(">HHHHII", item, how, 0, 1, offset, length) for item, how, offset, length in rows
        )
        iloc = full(b"iloc", b"\x44\x00", struct.pack(">H", 2), told, version=1)
        kept = box(b"idat", GPS) if method else b""
        meta = full(b"meta", full(b"hdlr", bytes(4), b"pict"), iinf, iloc, kept)
        return head + meta + box(b"mdat", PIXELS, b"" if method else GPS)

    return whole(whole(0).index(PIXELS))


@pytest.mark.parametrize(
    "content", [video(), picture(), picture(method=1)], ids=["video", "heic", "heic idat"]
)
def test_nothing_tells_where_it_was_taken_and_every_pixel_stays(content):
    assert GPS in content
    cleaned = without_metadata(content)
    assert GPS not in cleaned
    assert len(cleaned) == len(content)
    assert cleaned.index(PIXELS) == content.index(PIXELS)
    assert cleaned.count(PIXELS) == content.count(PIXELS)


def test_a_video_does_not_tell_when_it_was_taken():
    moment = struct.pack(">II", 3800, 3801)
    assert (video().count(moment), without_metadata(video()).count(moment)) == (5, 0)


@pytest.mark.parametrize("cut", [10, 40, 200, 900])
def test_a_file_that_breaks_off_is_kept_as_it_came(cut):
    content = video()[:cut]
    assert without_metadata(content) == content


def test_a_box_of_sixty_four_bits_is_walked():
    long = struct.pack(">I4sQ", 1, b"moov", 16 + len(box(b"udta", GPS))) + box(b"udta", GPS)
    assert GPS not in without_metadata(box(b"ftyp", b"isom", bytes(4)) + long)
