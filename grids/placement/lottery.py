"""The verifiable lottery, version 1: from a closed list, rules, nonces and a beacon to one order.

Every step can be done with `sha256sum` and `LC_ALL=C sort`. No shuffling, no remainders: a ticket is a hash.
"""

import hashlib
from collections.abc import Iterable, Sequence

SPEC = "mix-lottery-v1"


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def list_hash(ids: Iterable[str]) -> bytes:
    """Of the receipt numbers, sorted bytewise, one a line, each line ended."""
    return sha256("".join(f"{one}\n" for one in sorted(ids, key=str.encode)).encode())


def commitment(nonce: str) -> str:
    """What a party publishes before the beacon exists."""
    return sha256(nonce.encode()).hex()


def length_prefixed(content: bytes) -> bytes:
    """Eight bytes of length, big-endian, then the bytes: two texts can never run into one another."""
    return len(content).to_bytes(8, "big") + content


def seed_of(list_digest: bytes, rules_digest: bytes, nonces: Sequence[str], beacon: str) -> bytes:
    """The seed: hashes enter as their 32 bytes, texts as UTF-8, nonces in the order of the commitments."""
    parts = [SPEC.encode(), list_digest, rules_digest, *(nonce.encode() for nonce in nonces), beacon.encode()]
    return sha256(b"".join(length_prefixed(part) for part in parts))


def ticket(seed: bytes, one: str) -> str:
    return sha256(f"{seed.hex()}:{one}".encode()).hex()


def order_of(seed: bytes, priorities: Sequence[tuple[int, str]]) -> list[str]:
    """Receipt numbers in the order of the draw: by priority class, then ticket, then the number itself.

    Args:
        priorities: (priority class, receipt number); class 1 comes before class 2.
    """
    drawn = [(priority, ticket(seed, one), one.encode()) for priority, one in priorities]
    return [one.decode() for _, _, one in sorted(drawn)]
