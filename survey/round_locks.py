"""Sealing and intake never meet: whoever writes something of a round holds its row shared, sealing alone.

Bytes are encrypted before they are written. Without the lock a record could be encrypted while the round was
closed and written after it was sealed: under a key that is gone, in a round that has no rows.
"""

from django.db import connection

from survey.models import Round
from survey.prepared import run

SHARED = "SELECT state FROM survey_round WHERE id = %s FOR SHARE"


class SealedMeanwhile(Exception):  # noqa: N818 — a fact, not a failure
    """The round was sealed between the first look at it and the lock: look again."""


def hold_shared(round_id: int | None) -> str | None:
    """Keep the round from being sealed until this transaction ends; the state it is in now."""
    if round_id is None:
        return None
    with connection.cursor() as cursor:
        run(cursor, SHARED, [round_id])
        found = cursor.fetchone()
    return found[0] if found else None


def require_still(round_id: int | None, state: str | None) -> None:
    """Hold the round, and make sure that it was not sealed since somebody saw it in `state`.

    Raises:
        SealedMeanwhile
    """
    if state == Round.State.SEALED:
        return
    if hold_shared(round_id) == Round.State.SEALED:
        raise SealedMeanwhile
