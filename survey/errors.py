"""Refusals of this room; `gis_core/api.py` turns them into HTTP. Never an answer of a household in them."""

from gis_core.errors import Refusal


class RoundNotReady(Refusal):
    """Something a round needs before it can open is missing; the sentence says what."""

    code = "round_not_ready"
    status = 409


class RoundNotOpen(Refusal):
    code = "round_not_open"
    status = 409


class AssignmentRefused(Refusal):
    code = "assignment_refused"
    status = 409
