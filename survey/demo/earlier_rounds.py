"""Two rounds before the present one: a spring round that has ended, and a winter round that was sealed.

Their records are written in bulk, as intake leaves them, without what has expired since (visits after ninety
days, contacts after seven). What a household says follows from its door; between the rounds a few change.
The winter round is sealed by the same function that the officer's page calls.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from gis_core.models import User
from gis_core.progress import Progress
from grids.demo.people import COMMUNITY_CODE
from grids.models import Dwelling, Town
from survey.assignments import Place, assign
from survey.demo.answering import drawn_uuid, record_of
from survey.demo.round import GRIDS_OF, grid_codes, household_facts
from survey.demo.sayings import AGES, FAMILIES, Call, answered_at, lot
from survey.keys import seal
from survey.models import Consent, Entity, Household, Round, Submission
from survey.round_drafts import save_draft
from survey.rounds import close_round, dwellings_of, open_round
from survey.sealing import confirm_sealing, prepare_sealing, seal_round
from survey.sealing_plan import USUAL_EPSILON

SPRING, WINTER = "春季走访", "冬季走访"
ANSWERING = {SPRING: 64, WINTER: 62}  # of a hundred inhabited doors
CHANGED = 5  # of a hundred households, from one round to the next


@dataclass(frozen=True)
class Dates:
    starts_on: date
    ends_on: date


def dates_of(name: str, today: date) -> Dates:
    """March of this year, or of the last while it is still winter; December before that."""
    year = today.year if today >= date(today.year, 4, 1) else today.year - 1
    if name == SPRING:
        return Dates(date(year, 3, 5), date(year, 3, 25))
    return Dates(date(year - 1, 12, 1), date(year - 1, 12, 20))


@transaction.atomic
def make_earlier_round(name: str, town: Town, people: dict[str, User], progress: Progress) -> Round:
    """Opened, assigned, answered and closed; then dated back to when it was."""
    found = Round.objects.filter(town=town, name=name).first()
    if found is not None:
        return found
    today = timezone.localdate()
    facts = household_facts(
        town, people, name=name, area_codes=[COMMUNITY_CODE], starts_on=today, ends_on=today
    )
    opened = open_round(save_draft(town, facts, by=people["director"]), by=people["director"])
    codes = grid_codes(town)
    for username, positions in GRIDS_OF.items():
        assign(
            opened, people[username], [Place(grid_code=codes[at]) for at in positions], by=people["director"]
        )
    _write_records(opened, people, progress)
    closed = close_round(opened, by=people["director"])
    dates = dates_of(name, today)
    ended = _moment(town, dates.ends_on, time(21))
    began = _moment(town, dates.starts_on, time(8))
    Round.objects.filter(pk=closed.pk).update(
        starts_on=dates.starts_on, ends_on=dates.ends_on, opened_at=began, closed_at=ended
    )
    return Round.objects.get(pk=closed.pk)


def seal_earlier_round(subject: Round, people: dict[str, User], progress: Progress) -> None:
    """The director prepares, the officer confirms, the same work is done as for any round."""
    if subject.state == Round.State.SEALED:
        return
    prepare_sealing(subject, by=people["director"], epsilon=USUAL_EPSILON, open_matters={})
    confirm_sealing(subject, by=people["dpo"], open_matters={})
    seal_round(subject, by=people["dpo"], progress=progress)


# --- Records --------------------------------------------------------------------------------


def _write_records(opened: Round, people: dict[str, User], progress: Progress) -> None:
    calls = list(_calls(opened))
    progress.step(f"演示走访 · demo visits: {opened.name}", total=len(calls))
    entities = Entity.objects.filter(town=opened.town, list_name="dwellings", deleted_at=None)
    doors = {door.dwelling_code: door for door in entities}
    rows = []
    for call in calls:
        rows.append(_record(opened, call, doors[call.dwelling.code], people["worker"]))
        progress.advance()
    records = Submission.objects.bulk_create((record for record, _told in rows), batch_size=500)
    told = [(record, composition) for record, (_same, composition) in zip(records, rows, strict=True)]
    Household.objects.bulk_create((_household(record, sealed) for record, sealed in told), batch_size=500)
    Consent.objects.bulk_create((_consent(record) for record in records), batch_size=500)


def _calls(opened: Round) -> Iterator[Call]:
    dates = dates_of(opened.name, timezone.localdate())
    days = (dates.ends_on - dates.starts_on).days
    doors = dwellings_of(opened).select_related("building").exclude(is_vacant=True).order_by("code")
    for dwelling in doors:
        if lot(dwelling.code, opened.name, "answers") % 100 < ANSWERING[opened.name]:
            on = dates.starts_on + timedelta(days=lot(dwelling.code, opened.name, "day") % days)
            at = _moment(opened.town, on, time(18, 20)) + timedelta(
                minutes=lot(dwelling.code, "minute") % 150
            )
            yield Call(dwelling, "met", at, 0)


def _moment(town: Town, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(town.time_zone))


def _record(opened: Round, call: Call, door: Entity, worker: User) -> tuple[Submission, bytes]:
    """The record as it was sent, and its composition sealed; both say the same."""
    household = _ways(call.dwelling, opened.name)
    said = answered_at(call, household)
    version, key_id = opened.form_version, str(opened.uid)
    name = f"{call.name}-{opened.name}"
    xml = record_of(version, door, said, name=name, base_version=door.version)
    instance = f"uuid:{drawn_uuid(name, 'instance')}"
    record = Submission(
        form_id=version.form_id,
        form_version=version,
        round=opened,
        instance_id=instance,
        root_instance_id=instance,
        sha256=sha256(xml).hexdigest(),
        size_bytes=len(xml),
        key_id=key_id,
        raw=seal(key_id, xml, about="submission.raw"),
        state=Submission.State.APPLIED,
        review=Submission.Review.APPROVED,
        dwelling_code=call.dwelling.code,
        by=worker,
        received_at=call.at,
        judged_at=call.at,
    )
    told = {
        "age_bands": {band: count for band, count in household["ages"].items() if count},
        "household_type": household["household_type"],
        "origin": household["origin"],
    }
    content = json.dumps(told, ensure_ascii=False).encode()
    return record, seal(key_id, content, about="household.composition")


def _household(record: Submission, composition: bytes) -> Household:
    return Household(
        round=record.round,
        dwelling_code=record.dwelling_code,
        submission=record,
        key_id=record.key_id,
        composition_sealed=composition,
        recorded_at=record.received_at,
    )


def _consent(record: Submission) -> Consent:
    assert record.round is not None
    return Consent(
        round=record.round,
        dwelling_code=record.dwelling_code,
        submission=record,
        notice_id=record.round.notice_id,
        is_given=True,
        health_is_given=False,
        at=record.received_at,
    )


# --- Who lives where ------------------------------------------------------------------------


def _ways(dwelling: Dwelling, round_name: str) -> dict[str, Any]:
    """Origin, kind of household and ages: drawn from the door, coloured by its building and tenure."""
    again = lot(dwelling.code, round_name, "changed") % 100 < CHANGED
    drawn = f"{dwelling.code}/{round_name}" if again else dwelling.code
    family, ages = FAMILIES[_leaning(dwelling, drawn) % len(FAMILIES)]
    return {
        "household_type": family,
        "ages": dict(zip(AGES, ages, strict=True)),
        "origin": _origin(dwelling, drawn),
    }


def _leaning(dwelling: Dwelling, drawn: str) -> int:
    """Half of a building's households are of the kinds that are common in it."""
    if lot(drawn, "leans") % 2:
        return lot(dwelling.code[:17], "kind") + lot(drawn, "kind") % 2
    return lot(drawn, "family")


def _origin(dwelling: Dwelling, drawn: str) -> str:
    chance = lot(drawn, "origin") % 100
    if dwelling.tenure == "resettlement":
        return "resettled" if chance < 72 else "local" if chance < 90 else "moved"
    moved = 12 + lot(dwelling.code[:17], "moved") % 46  # some buildings have many newcomers
    return "moved" if chance < moved else "resettled" if chance >= 95 else "local"
