"""Rounds whose households all answered, written as intake leaves them, fast enough for thousands.

Answers are drawn from a seed; what was drawn is given back, so that a test knows the truth.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from grids.models import Dwelling, Town
from survey.allocation import CATEGORIES
from survey.keys import seal
from survey.models import Consent, Entity, EntityVersion, FormVersion, Household, Round, Sealing, Submission
from survey.rounds import close_round, dwellings_of, open_round
from survey.sealing import confirm_sealing, prepare_sealing, seal_round
from tests.survey.worlds import draw_round, make_form_version, make_item

ROLES = [
    "dwelling",
    "consent",
    "household_type",
    "origin",
    *(f"age_band:{one}" for one in CATEGORIES["age_band"]),
]
OUTLINE = {"root": "/data", "questions": [], "groups": [], "roles": {role: f"/data/{role}" for role in ROLES}}
WEIGHTS = {"origin": (5, 3, 2), "household_type": (4, 5, 6, 2, 3, 1, 1)}

Told = dict[str, dict[str, Any]]  # dwelling code → composition


def asking_everything(root_code: str) -> FormVersion:
    """A form whose outline names every dimension; nobody fills it in here."""
    return make_form_version(make_item(root_code), f"all-{root_code}", "1", "<h/>", OUTLINE)


def drawn_answer(chance: Random) -> dict[str, Any]:
    persons = [0] * 7
    for _person in range(chance.randint(1, 5)):
        persons[chance.choices(range(7), (1, 1, 2, 1, 9, 3, 1))[0]] += 1
    bands = {band: count for band, count in zip(CATEGORIES["age_band"], persons, strict=True) if count}
    kinds = {name: chance.choices(CATEGORIES[name], weights)[0] for name, weights in WEIGHTS.items()}
    return {"age_bands": bands, **kinds}


def answer(
    subject: Round, dwellings: list[Dwelling], by: Any, chance: Random, *, told: Told | None = None
) -> Told:
    """One applied record, household and consent for each dwelling; `told` says what instead of drawing it."""
    said = told if told is not None else {row.code: drawn_answer(chance) for row in dwellings}
    key_id, now = str(subject.uid), timezone.now()
    records = Submission.objects.bulk_create(_record(subject, code, key_id, by, now) for code in said)
    Household.objects.bulk_create(
        Household(
            round=subject,
            dwelling_code=record.dwelling_code,
            submission=record,
            key_id=key_id,
            composition_sealed=seal(
                key_id, json.dumps(said[record.dwelling_code]).encode(), about="household.composition"
            ),
            recorded_at=now,
        )
        for record in records
    )
    Consent.objects.bulk_create(
        Consent(round=subject, dwelling_code=one.dwelling_code, submission=one, is_given=True, at=now)
        for one in records
    )
    return said


def _record(subject: Round, code: str, key_id: str, by: Any, now: Any) -> Submission:
    instance = f"uuid:{uuid.uuid4()}"
    raw = f"<data><meta><instanceID>{instance}</instanceID></meta></data>".encode()
    return Submission(
        form=subject.form_version.form,
        form_version=subject.form_version,
        round=subject,
        instance_id=instance,
        root_instance_id=instance,
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        key_id=key_id,
        raw=seal(key_id, raw, about="submission.raw"),
        state=Submission.State.APPLIED,
        review=Submission.Review.APPROVED,
        dwelling_code=code,
        by=by,
        received_at=now,
    )


@dataclass(frozen=True)
class Ended:
    """A closed round and what it was told."""

    round: Round
    told: Told


def ended_round(
    town: Town,
    by: Any,
    *,
    area_codes: list[str],
    seed: int = 1,
    told: Told | None = None,
    version: FormVersion | None = None,
    share: float = 1.0,
) -> Ended:
    """Opened, answered, closed."""
    form = version or asking_everything(town.root_code)
    opened = open_round(draw_round(form, town, area_codes=area_codes), by=by)
    chance = Random(seed)
    doors = [row for row in dwellings_of(opened).order_by("code") if chance.random() <= share]
    said = answer(opened, doors, by, chance, told=told)
    return Ended(close_round(opened, by=by), said)


def add_list_entity(subject: Round, dwelling_code: str) -> Entity:
    """A row of a list that is kept sealed, with two versions."""
    key_id = str(subject.uid)
    content = json.dumps({"origin": "moved"}).encode()
    made = Entity.objects.create(
        town=subject.town,
        list_name="households",
        dwelling_code=dwelling_code,
        label="王家",
        round=subject,
        key_id=key_id,
        version=2,
        data_sealed=seal(key_id, content, about="entity.data"),
    )
    for number in (1, 2):
        EntityVersion.objects.create(
            entity=made,
            version=number,
            label="王家",
            key_id=key_id,
            content_sealed=seal(key_id, content, about="entity_version.content"),
        )
    return made


def sealed(subject: Round, by: Any, *, epsilon: str = "1") -> Sealing:
    """Prepared, confirmed and sealed by one and the same hand."""
    prepare_sealing(subject, by=by, epsilon=Decimal(epsilon), open_matters={})
    confirm_sealing(subject, by=by, open_matters={})
    return seal_round(subject, by=by)


def ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)
