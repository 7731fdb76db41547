"""Identifiers that may be made on a tablet as well as here: random UUIDs, version 4."""

import uuid


def new_uuid() -> uuid.UUID:
    return uuid.uuid4()
