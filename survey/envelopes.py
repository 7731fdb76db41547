"""ODK's encrypted-form layout: what a tablet seals with the round's public key, opened here.

The manifest names the files and carries one AES-256 key, wrapped with RSA-OAEP. Each file is AES-CFB with
PKCS#7 padding; its initialisation vector is MD5(instance id + key) with one byte raised per file, in the
manifest's order, the XML last. Source: getodk.github.io/xforms-spec/encryption.

ODK's own clients wrap with SHA-256 and MGF1 of SHA-1 (Java's default), browsers' WebCrypto with SHA-256 in
both places; both are opened.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.padding import PKCS7

from survey.safe_xml import UnreadableXml, child, local_name, text_of

KEY_BYTES = 32
BLOCK_BYTES = 16
SUFFIX = ".enc"


class CannotOpen(Exception):  # noqa: N818 — a fact about the bytes and the key at hand
    """This key does not open these bytes."""


@dataclass(frozen=True)
class Manifest:
    """What travels in clear with a sealed record."""

    instance_id: str
    wrapped_key: bytes
    media: tuple[str, ...]  # names as sent, `photo.jpg.enc`
    xml_file: str


def manifest_of(root: Element, instance_id: str) -> Manifest:
    """Read the manifest.

    Raises:
        UnreadableXml: bad_manifest
    """
    media = [text_of(one) for group in root if local_name(group) == "media" for one in group]
    xml_file = text_of(child(root, "encryptedXmlFile"))
    try:
        wrapped = base64.b64decode(text_of(child(root, "base64EncryptedKey")), validate=True)
    except binascii.Error as err:
        raise UnreadableXml("bad_manifest") from err
    if not (wrapped and xml_file) or len({*media, xml_file}) != len(media) + 1:
        raise UnreadableXml("bad_manifest")
    return Manifest(instance_id, wrapped, tuple(media), xml_file)


def unwrap_key(private: rsa.RSAPrivateKey, wrapped: bytes) -> bytes:
    """The record's AES key.

    Raises:
        CannotOpen: wrapped for another round.
    """
    for mask in (SHA1(), SHA256()):  # noqa: S303 — the mask of ODK's own layout, no signature
        try:
            key = private.decrypt(wrapped, _oaep(mask))
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise CannotOpen("key")


def open_file(manifest: Manifest, key: bytes, name: str, sealed: bytes) -> bytes:
    """The plain bytes of one file that the manifest names.

    Raises:
        CannotOpen
    """
    order = [*manifest.media, manifest.xml_file]
    decryptor = _cipher(manifest.instance_id, key, order.index(name)).decryptor()
    unpadder = PKCS7(BLOCK_BYTES * 8).unpadder()
    try:
        padded = decryptor.update(sealed) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as err:
        raise CannotOpen(name) from err


def plain_name(name: str) -> str:
    """`photo.jpg` of `photo.jpg.enc`: the name that the XML knows."""
    return name.removesuffix(SUFFIX)


def _oaep(mask: HashAlgorithm) -> padding.OAEP:
    return padding.OAEP(mgf=padding.MGF1(algorithm=mask), algorithm=SHA256(), label=None)


def vector(instance_id: str, key: bytes, number: int) -> bytes:
    """The initialisation vector of the file with this number, counted from 0."""
    seed = bytearray(hashlib.md5(instance_id.encode() + key, usedforsecurity=False).digest())
    for i in range(number + 1):
        seed[i % BLOCK_BYTES] = (seed[i % BLOCK_BYTES] + 1) % 256
    return bytes(seed)


def _cipher(instance_id: str, key: bytes, number: int) -> Cipher[CFB]:
    return Cipher(algorithms.AES(key), CFB(vector(instance_id, key, number)))
