"""Keys that open what residents told us: one per round, and one for uploads of no known round.

They lie in `var/keys/survey`, readable by the server's account only, outside the database and outside every
dump of it. Destroying a round's file is what makes its answers unreadable for good, in backups too; so
nothing here caches a key past the file: every use looks whether it still exists.

Stored bytes are AES-256-GCM: one version byte, 12 bytes nonce, ciphertext with tag. `about` binds them to
their place (`submission.raw`, `household.composition` …), so that a value cannot be moved to another column.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from django.conf import settings

HOLDING = "holding"
SEALING = ".sealing"  # of a key between the two steps of sealing
VERSION = b"\x01"
NONCE_BYTES = 12
RSA_BITS = 2048


class KeyDestroyed(Exception):  # noqa: N818 — a fact, not a failure
    """The key of these bytes no longer exists: nobody can read them any more."""


@dataclass(frozen=True)
class Key:
    """A symmetric key for storage, and a pair whose public half tablets seal records to."""

    storage: bytes
    private: rsa.RSAPrivateKey

    @property
    def public_text(self) -> str:
        """SubjectPublicKeyInfo, DER in base64 on one line: what XForms call base64RsaPublicKey."""
        der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()


def _path(key_id: str) -> Path:
    return Path(_name(key_id))


def _name(key_id: str) -> str:
    """Asked several times for every record, so it is put together as text."""
    if not key_id.replace("-", "").isalnum():
        raise ValueError("a key id is a UUID or the holding key's name")
    return f"{settings.KEYS_DIR}/survey/{key_id}.json"


def make_key(key_id: str) -> Key:
    """Make the key, or give the one that exists: opening a round twice keeps its key."""
    path = _path(key_id)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        pair = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        der = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        text = json.dumps(
            {
                "storage": base64.b64encode(secrets.token_bytes(32)).decode(),
                "private": base64.b64encode(der).decode(),
            }
        )
        _write_once(path, text)
    return key_of(key_id)


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and the first writer wins: a link to a finished file never replaces another."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # somebody else made it a moment ago: theirs is the key
    finally:
        draft.unlink()


def key_of(key_id: str) -> Key:
    """The key in its file now.

    Raises:
        KeyDestroyed: there is no such file (any more).
    """
    name = _name(key_id)
    try:
        changed_ns = os.stat(name).st_mtime_ns
    except FileNotFoundError:
        _load.cache_clear()  # nor in memory
        raise KeyDestroyed(key_id) from None
    return _load(name, changed_ns)


@lru_cache(maxsize=64)
def _load(path: str, changed_ns: int) -> Key:
    kept = json.loads(Path(path).read_text())
    pair = load_der_private_key(base64.b64decode(kept["private"]), password=None)
    assert isinstance(pair, rsa.RSAPrivateKey)
    return Key(base64.b64decode(kept["storage"]), pair)


def key_exists(key_id: str) -> bool:
    return os.path.exists(_name(key_id))


def destroy_key(key_id: str) -> None:
    """Overwrite and remove the file. What it opened is unreadable from now on; doing it twice is harmless."""
    for path in (_path(key_id), _path(key_id).with_suffix(SEALING)):
        _destroy(path)
    _keep_folder(_path(key_id).parent)
    _load.cache_clear()


def _destroy(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink(missing_ok=True)


def _keep_folder(folder: Path) -> None:
    """A name that was changed or taken away stays so after a power cut."""
    if not folder.exists():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- Sealing: two steps, so that a killed process leaves the key either whole or gone ------------


def lay_aside(key_id: str) -> None:
    """First step, before the rows are gone for good: nobody can use the key, and it can be put back.

    Raises:
        KeyDestroyed: there is none.
    """
    try:
        os.rename(_path(key_id), _path(key_id).with_suffix(SEALING))
    except FileNotFoundError:
        raise KeyDestroyed(key_id) from None
    _keep_folder(_path(key_id).parent)


def put_back(key_id: str) -> None:
    """The rows are still there after all. A key that stands in its place already is left alone."""
    aside = _path(key_id).with_suffix(SEALING)
    if aside.exists() and not key_exists(key_id):
        os.rename(aside, _path(key_id))
        _keep_folder(aside.parent)


def laid_aside() -> list[str]:
    """Ids of keys between the two steps."""
    folder = Path(settings.KEYS_DIR) / "survey"
    return sorted(path.stem for path in folder.glob(f"*{SEALING}"))


def seal(key_id: str, plain: bytes, *, about: str) -> bytes:
    """Encrypt for storage."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key_of(key_id).storage).encrypt(nonce, plain, about.encode())


def unseal(key_id: str, sealed: bytes, *, about: str) -> bytes:
    """Decrypt what `seal` made for the same place.

    Raises:
        KeyDestroyed
        ValueError: not sealed with this key, or not for this place.
    """
    content = bytes(sealed)
    nonce, body = content[1 : 1 + NONCE_BYTES], content[1 + NONCE_BYTES :]
    try:
        return AESGCM(key_of(key_id).storage).decrypt(nonce, body, about.encode())
    except InvalidTag:
        raise ValueError(f"bytes of {about} are not sealed with this key") from None
