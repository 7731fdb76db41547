"""What the draw says when it will not take a step."""

from gis_core.errors import Conflict, Refusal


class WrongStep(Conflict):
    """Not this step's turn: the steps follow one another, and none is taken twice."""

    code = "wrong_step"


class TooEarly(Conflict):
    code = "too_early"


class Stopped(Conflict):
    """The draw was stopped; it is over for this project."""

    code = "draw_stopped"


class WrongPlan(Refusal):
    """Parties, sources or times with which the list cannot be closed."""

    code = "wrong_draw_plan"


class WrongCommitment(Refusal):
    code = "wrong_commitment"


class WrongNonce(Refusal):
    code = "wrong_nonce"


class WrongBeacon(Refusal):
    code = "wrong_beacon"


class ListChanged(Conflict):
    """What was closed is not what is stored now: somebody changed the database by hand."""

    code = "closed_list_changed"


class WrongAnswer(Refusal):
    """An answer to an offer or an appeal that does not fit it."""

    code = "wrong_answer"
