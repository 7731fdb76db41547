"""A bad file is refused with a sentence that names it, and nothing of it is read."""

import bz2
import gzip
import struct
import zlib

import pytest

from gis_core.errors import Refusal, TooLarge, UnknownFormat, UnreadableFile, UnsafeFile
from gis_core.readers.osm import read_osm
from tests.gis_core.readers.osm.drawing import as_pbf, node, xml

SMALL = xml(node(1, 7, 43), node(2, 7.1, 43.1))


def pbf_blob(kind: bytes, blob_bytes: int, body: bytes = b"") -> bytes:
    """A blob with its header, the stated size free to lie: length, type (1), datasize (3)."""
    size = bytearray()
    while blob_bytes >= 0x80:
        size.append(blob_bytes & 0x7F | 0x80)
        blob_bytes >>= 7
    size.append(blob_bytes)
    header = b"\x0a" + bytes([len(kind)]) + kind + b"\x18" + bytes(size)
    return struct.pack(">I", len(header)) + header + body


def refused(
    tmp_path, content: bytes, expected: type[Refusal], name: str = "town.osm.pbf", **limits
) -> Refusal:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(expected) as caught:
        read_osm(path, **limits)
    assert name in caught.value.sentence
    return caught.value


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_empty_file(tmp_path, content):
    refused(tmp_path, content, UnreadableFile)


def test_absent_file_and_address(tmp_path):
    for path in (tmp_path / "none.osm", "https://example.org/town.osm.pbf"):
        with pytest.raises(UnreadableFile):
            read_osm(path)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95, 0.999])
def test_truncated_pbf(tmp_path, share):
    whole = as_pbf(
        xml(*(node(i, 7 + i / 1e4, 43) for i in range(1, 500))), tmp_path / "whole.osm.pbf"
    ).read_bytes()
    refused(tmp_path, whole[: int(len(whole) * share)], UnreadableFile)


def test_pbf_with_a_flipped_byte(tmp_path):
    whole = bytearray(
        as_pbf(xml(*(node(i, 7, 43) for i in range(1, 500))), tmp_path / "w.osm.pbf").read_bytes()
    )
    whole[-20] ^= 0xFF
    refused(tmp_path, bytes(whole), UnreadableFile)


def test_html_instead_of_a_map(tmp_path):
    for page in (b"<!DOCTYPE html><html><body>404</body></html>", b"\n<html><head></head></html>"):
        assert "网页" in refused(tmp_path, page, UnreadableFile).sentence


def test_header_that_claims_2_gb(tmp_path):
    refusal = refused(tmp_path, pbf_blob(b"OSMHeader", 2**31 - 1, b"x" * 100), UnsafeFile)
    assert refusal.details["blob_bytes"] == 2**31 - 1
    refused(tmp_path, struct.pack(">I", 2**31 - 1) + pbf_blob(b"OSMHeader", 10)[4:], UnreadableFile)
    good = as_pbf(SMALL, tmp_path / "good.osm.pbf").read_bytes()
    refused(tmp_path, good + pbf_blob(b"OSMData", 2**31 - 1, b"x" * 100), UnsafeFile)


def test_blob_that_claims_to_unpack_to_a_gigabyte(tmp_path):
    packed = zlib.compress(b"\0" * 1000)
    body = b"\x10\x80\x80\x80\x80\x04" + b"\x1a" + bytes([len(packed)]) + packed
    refused(tmp_path, pbf_blob(b"OSMHeader", len(body), body), UnreadableFile)


def test_doctype_and_entity_bomb(tmp_path):
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<osm version="0.6"><node id="1" lon="7" lat="43"><tag k="name" v="&b;"/></node></osm>'
    )
    refused(tmp_path, bomb.encode(), UnsafeFile, "town.osm")
    refused(
        tmp_path, bomb.replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"), UnsafeFile, "town.osm"
    )
    refused(tmp_path, gzip.compress(bomb.encode()), UnsafeFile, "town.osm.gz")


@pytest.mark.parametrize("content", ["<gpx></gpx>", "<osmChange version='0.6'></osmChange>"])
def test_xml_of_another_kind(tmp_path, content):
    refused(tmp_path, content.encode(), UnknownFormat, "town.osm")


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04rest", b"\x89PNG\r\n", b'{"type": "FeatureCollection"}', b"name,lon,lat\n"]
)
def test_file_of_another_kind(tmp_path, content):
    refused(tmp_path, content, UnknownFormat, "town.osm")


def test_truncated_xml_and_gzip(tmp_path):
    refused(tmp_path, SMALL.encode()[:-20], UnreadableFile, "town.osm")
    refused(tmp_path, b"<?xml version='1.0'?><o", UnreadableFile, "town.osm")
    refused(tmp_path, gzip.compress(SMALL.encode())[:-10], UnreadableFile, "town.osm.gz")
    refused(tmp_path, b"\x1f\x8b rest", UnreadableFile, "town.osm.gz")


def test_text_that_is_no_number(tmp_path):
    refused(tmp_path, SMALL.replace('id="2"', 'id="two"').encode(), UnreadableFile, "town.osm")


def test_xml_without_objects(tmp_path):
    refused(tmp_path, xml().encode(), UnreadableFile, "town.osm")


def test_packed_bomb(tmp_path):
    zeros = b"\0" * (1024 * 1024)
    packer, packed = bz2.BZ2Compressor(), bytearray()
    for _round in range(230):
        packed += packer.compress(zeros)
    refused(tmp_path, bytes(packed + packer.flush()), UnsafeFile, "town.osm.bz2")


def test_file_that_unpacks_to_more_than_agreed(tmp_path):
    packed = gzip.compress(SMALL.encode())
    assert refused(tmp_path, packed, TooLarge, "town.osm.gz", max_bytes=100).status == 413
    pbf = as_pbf(SMALL, tmp_path / "small.osm.pbf").read_bytes()
    refused(tmp_path, pbf, TooLarge, max_bytes=10)
