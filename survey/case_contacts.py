"""Contacts of cases that go on after their round is sealed: moved to the case, gone when it is closed.

Everything that a round's key opened ends with the round. A resident who was promised an answer must still be
reached: for each open request the contact of its door is sealed again, with the holding key, on the request.
"""

from django.db.models import QuerySet

from survey.kept import holding_key
from survey.keys import seal, unseal
from survey.models import Household, Request, Round

ABOUT_HOUSEHOLD, ABOUT_REQUEST = "household.contact", "request.contact"


def open_cases(subject: Round) -> QuerySet[Request]:
    """Requests under way at doors of the round, whichever way they came in."""
    doors = Household.objects.filter(round=subject, contact_sealed__isnull=False).values("dwelling_code")
    found = Request.objects.filter(town=subject.town_id, dwelling_code__in=doors)
    return found.exclude(state=Request.State.CLOSED)


def move_contacts(subject: Round) -> int:
    """Give each open case the newest contact of its door.

    Returns:
        How many cases got one.
    """
    rows = Household.objects.filter(round=subject, contact_sealed__isnull=False)
    newest = {row.dwelling_code: row for row in rows.order_by("is_current", "recorded_at", "pk")}
    count = 0
    for case in open_cases(subject).select_for_update(of=("self",)):
        own = newest[case.dwelling_code]
        assert own.contact_sealed is not None
        told = unseal(own.key_id, bytes(own.contact_sealed), about=ABOUT_HOUSEHOLD)
        case.contact_sealed = seal(holding_key(), told, about=ABOUT_REQUEST)
        case.save(update_fields=["contact_sealed"])
        count += 1
    return count
