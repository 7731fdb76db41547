"""The roles a question may carry (`bind::wangge:role`) and what each needs to be one.

A role is how intake finds the answer, whatever the question is called and wherever it stands.
"""

from dataclasses import dataclass

from survey.models import Occupancy, Request, Visit

AGE_BANDS = ("0-2", "3-5", "6-11", "12-14", "15-59", "60-79", "80+")
NO_ANSWER = "no_answer"
HOUSEHOLD_TYPES = (
    "single", "couple", "family_children", "three_generations", "elderly_only", "shared", "other", NO_ANSWER,
)  # fmt: skip
ORIGINS = ("local", "moved", "resettled", NO_ANSWER)
SLOTS = ("tonight", "tomorrow_morning", "weekend")
COMPOSITION = frozenset({*(f"age_band:{band}" for band in AGE_BANDS), "household_type", "origin"})
CONTACT = frozenset({"contact_address_as", "contact_phone"})
NEVER_SAVED = COMPOSITION | CONTACT


@dataclass(frozen=True)
class Role:
    """Kinds of question that may carry it, and the choice values it understands (none: any)."""

    kinds: tuple[str, ...]
    values: tuple[str, ...] = ()


_ONE = ("select_one", "calculate")
_WORKED_OUT = ("select_one", "calculate", "hidden")
ROLES: dict[str, Role] = {
    "dwelling": Role(("select_one", "text", "calculate", "hidden")),
    "notice": Role(("note",)),
    "outcome": Role(_ONE, tuple(Visit.Outcome.values)),
    "call_back_at": Role(("dateTime", "calculate")),
    "call_back_slot": Role(_ONE, SLOTS),
    "consent": Role(_ONE, ("yes", "no")),
    "consent_health": Role(_ONE, ("yes", "no")),
    "occupancy": Role(_ONE, tuple(Occupancy.State.values)),
    **{f"age_band:{band}": Role(("integer", "calculate")) for band in AGE_BANDS},
    "household_type": Role(_ONE, HOUSEHOLD_TYPES),
    "origin": Role(_ONE, ORIGINS),
    "contact_address_as": Role(("text",)),
    "contact_phone": Role(("text",)),
    "needs": Role(("select_multiple", "calculate"), tuple(Request.Category.values)),
    "need_category": Role(_WORKED_OUT, tuple(Request.Category.values)),
    "need_urgency": Role(_WORKED_OUT, tuple(Request.Urgency.values)),
    "place_photo": Role(("image",)),
    "place_point": Role(("geopoint",)),
    "visited_at": Role(("dateTime", "calculate", "hidden")),
}
IN_ONE_REPEAT = ("need_category", "need_urgency")
