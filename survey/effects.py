"""The rows that one record makes: visit, occupancy, consent, household, requests.

Everything is written in one batch behind the lock of the door's row, so two records of one door come one
after the other. Of occupancy, consent and household the newest by the form's own time is current; what
arrives late takes its place in the history.
"""

import json
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils import timezone

from survey.answers import Answers
from survey.doors import Door
from survey.entity_changes import Change
from survey.keys import seal
from survey.models import Consent, Household, Occupancy, Request, Submission, Visit
from survey.requests import due_on
from survey.rows import Batch

HOUSEHOLDS = "households"
AGE_BANDS = ("0-2", "3-5", "6-11", "12-14", "15-59", "60-79", "80+")
NO_ANSWER = "no_answer"
PERSONS_MOST = 30
AHEAD_MOST = timedelta(days=1)  # a tablet's clock that runs ahead further than this is not believed
URGENCIES = list(Request.Urgency.values)  # from "not urgent" to "within a week"
TEXT_MOST = 60


def write_effects(
    record: Submission, answers: Answers, changes: list[Change], door: Door, batch: Batch
) -> None:
    """Add the rows of one record to the batch."""
    at = visited_at(answers, record.received_at, door.time_zone)
    outcome = outcome_of(answers)
    batch.insert(_visit(record, answers, outcome, at, door))
    state = _occupancy(answers, outcome)
    if state:
        row = Occupancy(
            town_id=door.town_id,
            round_id=record.round_id,
            dwelling_code=door.dwelling_code,
            state=state,
            submission=record,
            observed_on=at.astimezone(ZoneInfo(door.time_zone)).date(),
        )
        _insert_newest(batch, row, "observed_on", ("town_id", "dwelling_code"))
    consent = answers.one("consent")
    if consent in ("yes", "no"):
        _insert_newest(batch, _consent(record, answers, at, door), "at", ("round_id", "dwelling_code"))
    if outcome == Visit.Outcome.MET and (consent == "yes" or not answers.has_question("consent")):
        household = _household(record, answers, changes, at, door)
        _insert_newest(batch, household, "recorded_at", ("round_id", "dwelling_code"))
        _write_requests(record, answers, at, door, batch)


# --- The visit ------------------------------------------------------------------------------


def outcome_of(answers: Answers) -> str:
    """What came of the visit: as the form says, else by its consent and call-back."""
    said = answers.one("outcome")
    if said in Visit.Outcome.values:
        return said
    consent = answers.one("consent")
    if consent == "no":
        return str(Visit.Outcome.DECLINED)
    if not consent and (answers.by_role("call_back_at") or answers.by_role("call_back_slot")):
        return str(Visit.Outcome.CALL_BACK)
    return str(Visit.Outcome.MET)


def visited_at(answers: Answers, received_at: datetime, time_zone: str) -> datetime:
    """When the visit was, by the form; by the server's clock where the form is silent or runs ahead."""
    said = _moment(answers.one("visited_at"), time_zone)
    return said if said is not None and said <= received_at + AHEAD_MOST else received_at


def _moment(text: str, time_zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if "T" not in text and " " not in text:
        found = datetime.combine(found.date(), time_of_day(9))  # a day without an hour
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def _visit(record: Submission, answers: Answers, outcome: str, at: datetime, door: Door) -> Visit:
    call_back_at, call_back_slot = _call_back(answers, outcome, door)
    return Visit(
        submission=record,
        round_id=record.round_id,
        dwelling_code=door.dwelling_code,
        worker_id=record.by_id,
        outcome=outcome,
        at=at,
        call_back_at=call_back_at,
        call_back_slot=call_back_slot,
    )


def _call_back(answers: Answers, outcome: str, door: Door) -> tuple[datetime | None, str]:
    if outcome != Visit.Outcome.CALL_BACK:
        return None, ""
    return _moment(answers.one("call_back_at"), door.time_zone), answers.one("call_back_slot")[:20]


def visit_told(answers: Answers, received_at: datetime, door: Door) -> dict[str, str]:
    """The visit of a record that waits for a person: somebody was at the door, whatever becomes of it."""
    outcome = outcome_of(answers)
    call_back_at, call_back_slot = _call_back(answers, outcome, door)
    return {
        "outcome": outcome,
        "at": visited_at(answers, received_at, door.time_zone).isoformat(),
        "call_back_at": call_back_at.isoformat() if call_back_at else "",
        "call_back_slot": call_back_slot,
    }


def _occupancy(answers: Answers, outcome: str) -> str:
    if outcome in (Visit.Outcome.VACANT, Visit.Outcome.GROUP_LET):
        return outcome
    said = answers.one("occupancy")
    return said if said in Occupancy.State.values else ""


# --- The household --------------------------------------------------------------------------


def _consent(record: Submission, answers: Answers, at: datetime, door: Door) -> Consent:
    health = answers.one("consent_health")
    return Consent(
        round_id=record.round_id,
        dwelling_code=door.dwelling_code,
        submission=record,
        notice_id=door.notice_id,
        is_given=answers.one("consent") == "yes",
        health_is_given={"yes": True, "no": False}.get(health),
        at=at,
    )


def _household(
    record: Submission, answers: Answers, changes: list[Change], at: datetime, door: Door
) -> Household:
    made = Household(
        round_id=record.round_id,
        dwelling_code=door.dwelling_code,
        submission=record,
        key_id=record.key_id,
        recorded_at=at,
    )
    named = [change.uuid for change in changes if change.list_name == HOUSEHOLDS]
    if named:
        made.uid = named[0]
    made.composition_sealed = _seal(record, composition_of(answers), "household.composition")
    contact = {
        "address_as": answers.one("contact_address_as")[:TEXT_MOST],
        "phone": answers.one("contact_phone")[:TEXT_MOST],
    }
    made.contact_sealed = _seal(record, contact, "household.contact") if any(contact.values()) else None
    return made


def composition_of(answers: Answers) -> dict[str, Any]:
    """Counts by age band, kind of household, origin; what was not answered is "" or absent."""
    bands = {band: _count(answers.one(f"age_band:{band}")) for band in AGE_BANDS}
    return {
        "age_bands": {band: count for band, count in bands.items() if count is not None},
        "household_type": _code(answers.one("household_type")),
        "origin": _code(answers.one("origin")),
    }


def _count(text: str) -> int | None:
    """A number of persons; a slip of the finger beyond a household's size is capped, not believed."""
    return min(int(text), PERSONS_MOST) if text.isascii() and text.isdigit() else None


def _code(text: str) -> str:
    return "" if text == NO_ANSWER else text[:TEXT_MOST]


def _seal(record: Submission, content: dict[str, Any], about: str) -> bytes:
    return seal(record.key_id, json.dumps(content, ensure_ascii=False).encode(), about=about)


# --- Requests -------------------------------------------------------------------------------


def needs_of(answers: Answers) -> dict[str, str]:
    """Category → urgency. Needs that hint at health count only after the separate consent."""
    found = dict.fromkeys(word for text in answers.by_role("needs") for word in text.split())
    needs = {category: str(Request.Urgency.SOMETIME) for category in found}
    for category, urgency in answers.rows("need_category", "need_urgency"):
        if urgency in URGENCIES or category not in needs:
            needs[category] = urgency if urgency in URGENCIES else str(Request.Urgency.SOMETIME)
    may_hint = answers.one("consent_health") == "yes"
    return {
        category: urgency
        for category, urgency in needs.items()
        if category in Request.Category.values and (may_hint or category not in Request.HEALTH_HINTING)
    }


def _write_requests(record: Submission, answers: Answers, at: datetime, door: Door, batch: Batch) -> None:
    opened_on = at.astimezone(ZoneInfo(door.time_zone)).date()
    needs = needs_of(answers)
    for category, urgency in needs.items():
        row = Request(
            town_id=door.town_id,
            round_id=record.round_id,
            submission=record,
            dwelling_code=door.dwelling_code,
            category=category,
            urgency=urgency,
            opened_at=at,
            due_on=due_on(urgency, opened_on),
        )
        batch.insert(row, on_conflict=_MORE_URGENT)
    if needs:
        steps = 'INSERT INTO "survey_requeststep" (request_id, state, note, by_id, at)'
        made = "SELECT id, state, '', %s, %s FROM survey_request WHERE submission_id = %s"
        batch.add(f"{steps} {made} AND state = 'accepted'", [record.by_id, timezone.now(), record.pk])


# A need that is open already stays one request; heard again as more urgent, it becomes more urgent.
_MORE_URGENT = """
ON CONFLICT (town_id, dwelling_code, category) WHERE state <> 'closed' DO UPDATE
SET urgency = excluded.urgency, due_on = least(survey_request.due_on, excluded.due_on)
WHERE array_position(ARRAY['sometime', 'month', 'week'], excluded.urgency::text)
    > array_position(ARRAY['sometime', 'month', 'week'], survey_request.urgency::text)
"""


def _insert_newest(batch: Batch, row: Model, moment: str, place: tuple[str, ...]) -> None:
    """Write a row that is current unless a newer one of the same place is; an older one steps back."""
    table = row._meta.db_table
    here = " AND ".join(f'"{column}" = %s' for column in place)
    values = [getattr(row, column) for column in place]
    batch.add(
        f'UPDATE "{table}" SET is_current = false WHERE {here} AND is_current AND "{moment}" <= %s',  # noqa: S608
        [*values, getattr(row, moment)],
    )
    standing = f'SELECT NOT EXISTS (SELECT FROM "{table}" WHERE {here} AND is_current)'  # noqa: S608
    batch.insert(row, computed={"is_current": (standing, values)})
