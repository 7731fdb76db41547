"""Old .xls files for tests, written byte by byte: BIFF8 records inside an OLE2 compound file.

[MS-XLS] and [MS-CFB]: only what a reader needs. Streams are padded to 4,096 bytes, so that none of them
lies in the mini stream.
"""

import struct

SECTOR = 512
FREE, END_OF_CHAIN, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def biff8(sheets: dict[str, list[list[str]]]) -> bytes:
    bodies = [
        begin(0x0010)
        + b"".join(label(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
        + record(0x000A, b"")
        for rows in sheets.values()
    ]
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    head_length = len(begin(5)) + sum(4 + 6 + len(name) for name in names) + 4
    head, at = begin(0x0005), head_length
    for name, body in zip(names, bodies, strict=True):
        head += record(0x0085, struct.pack("<IH", at, 0) + name)
        at += len(body)
    return head + record(0x000A, b"") + b"".join(bodies)


def entry(name: str, kind: int, child: int, sibling: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written), kind, 1, FREE, sibling, child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", start, size)
    )


def ole2(streams: dict[str, bytes]) -> bytes:
    """A compound file of these streams, side by side in the root."""
    padded = {
        name: body.ljust(max(4096, -(-len(body) // SECTOR) * SECTOR), b"\0") for name, body in streams.items()
    }
    entries = -(-(len(padded) + 1) // 4)  # four directory entries a sector
    at, chain, placed = 1 + entries, [FAT_SECTOR], {}
    chain += [*range(2, 1 + entries), END_OF_CHAIN]
    for name, body in padded.items():
        count = len(body) // SECTOR
        chain += [*range(at + 1, at + count), END_OF_CHAIN]
        placed[name], at = at, at + count
    directory = entry("Root Entry", 5, 1 if padded else FREE, FREE, END_OF_CHAIN, 0)
    for number, (name, body) in enumerate(padded.items(), start=1):
        sibling = number + 1 if number < len(padded) else FREE
        directory += entry(name, 2, FREE, sibling, placed[name], len(body))
    assert len(chain) <= 128, "one FAT sector holds 128 sectors"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    fat = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    return head + fat + directory.ljust(entries * SECTOR, b"\0") + b"".join(padded.values())


def write_xls(sheets: dict[str, list[list[str]]]) -> bytes:
    return ole2({"Workbook": biff8(sheets)})
