"""Records as intake leaves them, made straight through the models: sealed, with their visit and household."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from gis_core.models import User
from grids.models import Dwelling
from survey.keys import HOLDING, make_key, seal
from survey.models import (
    Attachment,
    Consent,
    Entity,
    EntityVersion,
    FormVersion,
    Household,
    KeptUpload,
    Occupancy,
    Submission,
    Visit,
)
from tests.survey.worlds import Field, draw_field, make_form_version, make_item


def _select(name: str, zh: str, en: str, choices: dict[str, tuple[str, str]], **more: Any) -> dict[str, Any]:
    given = [{"value": v, "labels": {"zh": z, "en": e}} for v, (z, e) in choices.items()]
    return question(name, zh, en, "select_one", choices=given, **more)


def question(name: str, zh: str, en: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "path": f"/data/{name}",
        "name": name.rsplit("/", 1)[-1],
        "kind": kind,
        "role": "",
        "labels": {"zh": zh, "en": en},
        "hints": {},
        "is_required": False,
        "is_answerable": True,
        "repeats": [],
        "choices": [],
        "choices_from": "",
        "save_to": [],
        "relevant": "",
        **more,
    }


YES_NO = {"yes": ("有", "yes"), "no": ("没有", "no")}
QUESTIONS = [
    question("dwelling", "户室", "Dwelling", "select_one", role="dwelling", choices_from="dwellings.csv"),
    _select(
        "consent", "同意登记吗", "Consent", {"yes": ("同意", "yes"), "no": ("不同意", "no")}, role="consent"
    ),
    _select(
        "home/occupancy",
        "居住情况",
        "Occupancy",
        {"owner_occupied": ("自住", "Owner"), "rented": ("出租", "Rented")},
        role="occupancy",
        save_to=[{"list": "dwellings", "property": "occupancy"}],
    ),
    _select(
        "home/has_lift",
        "有没有电梯",
        "Lift",
        YES_NO,
        save_to=[{"list": "dwellings", "property": "has_lift"}],
    ),
    question("people/age_60_79", "60–79 岁几人", "Aged 60–79", "integer", role="age_band:60-79"),
    _select(
        "people/origin",
        "从哪里来",
        "Origin",
        {"local": ("本地", "Local"), "moved": ("外地迁入", "Moved")},
        role="origin",
    ),
    question("contact/address_as", "怎么称呼", "Address as", role="contact_address_as"),
    question("contact/phone", "电话", "Phone", role="contact_phone"),
    question("note", "备注", "Remark"),
    question("photo", "楼道照片", "Photo", "image", role="place_photo"),
]
OUTLINE = {
    "form_id": "hh",
    "version": "1",
    "title": {"zh": "住户表", "en": "Household"},
    "languages": [],
    "root": "/data",
    "questions": QUESTIONS,
    "groups": [
        {"path": "/data/home", "labels": {"zh": "房屋", "en": "Home"}, "is_repeat": False},
        {"path": "/data/people", "labels": {"zh": "住户", "en": "People"}, "is_repeat": False},
        {"path": "/data/contact", "labels": {"zh": "联系", "en": "Contact"}, "is_repeat": False},
    ],
    "entity_lists": ["dwellings"],
    "entities": [],
    "roles": {one["role"]: one["path"] for one in QUESTIONS if one["role"]},
    "namespaces": {"wangge": "urn:wangge:form"},
}
ANSWERS = {
    "consent": "yes",
    "home/occupancy": "owner_occupied",
    "home/has_lift": "no",
    "people/age_60_79": "2",
    "people/origin": "moved",
    "contact/address_as": "王阿姨",
    "contact/phone": "13800138000",
    "note": "希望装电梯",
}


def draw_records_field(**facts: Any) -> Field:
    """The open round of worlds.py with a form that asks something of every kind."""
    return draw_field(make_form_version(make_item(), "hh", "1", "<h/>", OUTLINE), **facts)


def _inside(part: dict[str, str] | str) -> str:
    return (
        part if isinstance(part, str) else "".join(f"<{name}>{text}</{name}>" for name, text in part.items())
    )


def xml_of(version: FormVersion, instance_id: str, answers: dict[str, str], deprecated: str = "") -> bytes:
    """The record that these answers make, groups nested as the form nests them."""
    parts: dict[str, dict[str, str] | str] = {}
    for path, text in answers.items():
        group, _slash, name = path.rpartition("/")
        if group:
            inside = parts.setdefault(group, {})
            assert isinstance(inside, dict)
            inside[name] = text
        else:
            parts[name] = text
    body = "".join(f"<{name}>{_inside(part)}</{name}>" for name, part in parts.items())
    old = f"<deprecatedID>{deprecated}</deprecatedID>" if deprecated else ""
    meta = f"<meta><instanceID>{instance_id}</instanceID>{old}</meta>"
    return f'<data id="{version.form.form_id}" version="{version.version}">{body}{meta}</data>'.encode()


def keep_record(
    field: Field,
    dwelling: Dwelling | None,
    answers: dict[str, str] | None = None,
    *,
    by: User | None = None,
    corrects: Submission | None = None,
    received_at: datetime | None = None,
    **facts: Any,
) -> Submission:
    """A registered record; `facts` are columns of its row."""
    told = {**ANSWERS, **(answers or {})}
    instance_id = f"uuid:{uuid.uuid4()}"
    payload = xml_of(field.form_version, instance_id, told, corrects.instance_id if corrects else "")
    key_id = str(field.round.uid)
    at = received_at or timezone.now()
    if corrects is not None:
        Submission.objects.filter(pk=corrects.pk).update(is_current=False)
    record = Submission.objects.create(
        **{
            "form": field.form_version.form,
            "form_version": field.form_version,
            "round": field.round,
            "instance_id": instance_id,
            "root_instance_id": corrects.root_instance_id if corrects else instance_id,
            "deprecated_id": corrects.instance_id if corrects else "",
            "sha256": hashlib.sha256(payload).hexdigest(),
            "size_bytes": len(payload),
            "key_id": key_id,
            "raw": seal(key_id, payload, about="submission.raw"),
            "state": Submission.State.APPLIED,
            "review": Submission.Review.EDITED if corrects else Submission.Review.RECEIVED,
            "dwelling_code": dwelling.code if dwelling else "",
            "by": by or field.worker,
            "received_at": at,
            **facts,
        }
    )
    if dwelling is not None and record.state == Submission.State.APPLIED:
        _register(field, record, dwelling, told, at)
    return record


def _register(
    field: Field, record: Submission, dwelling: Dwelling, told: dict[str, str], at: datetime
) -> None:
    own = {"round": field.round, "dwelling_code": dwelling.code}
    Visit.objects.filter(submission__root_instance_id=record.root_instance_id).update(is_current=False)
    for table in (Household, Consent, Occupancy):
        table.objects.filter(**own).update(is_current=False)
    Visit.objects.create(submission=record, worker=record.by, outcome="met", at=at, **own)
    Consent.objects.create(
        submission=record, notice=field.round.notice, is_given=True, health_is_given=True, at=at, **own
    )
    composition = {
        "age_bands": {"60-79": int(told["people/age_60_79"])},
        "household_type": "",
        "origin": "moved",
    }
    contact = {"address_as": told["contact/address_as"], "phone": told["contact/phone"]}
    Household.objects.create(
        submission=record,
        key_id=record.key_id,
        composition_sealed=seal(
            record.key_id, json.dumps(composition).encode(), about="household.composition"
        ),
        contact_sealed=seal(record.key_id, json.dumps(contact).encode(), about="household.contact"),
        recorded_at=at,
        **own,
    )
    Occupancy.objects.create(
        town=field.town, state=told["home/occupancy"], submission=record, observed_on=at.date(), **own
    )


def keep_photo(record: Submission, content: bytes, name: str = "1.jpg") -> Attachment:
    return Attachment.objects.create(
        submission=record,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        media_type="image/jpeg",
        content=seal(record.key_id, content, about="attachment.content"),
        received_at=timezone.now(),
    )


def keep_upload(
    field: Field, payload: bytes, *, reason: str = "not_xml", status: int = 400, **facts: Any
) -> KeptUpload:
    make_key(HOLDING)
    return KeptUpload.objects.create(
        **{
            "reason": reason,
            "status": status,
            "sha256": hashlib.sha256(payload).hexdigest(),
            "size_bytes": len(payload),
            "key_id": HOLDING,
            "raw": seal(HOLDING, payload, about="kept_upload.raw"),
            "by": field.worker,
            "received_at": timezone.now(),
            **facts,
        }
    )


def clash(field: Field, dwelling: Dwelling, first: Submission, second: Submission) -> Entity:
    """has_lift: empty (1); the first visit said yes (2); the second, which had not seen that, no (3)."""
    entity = Entity.objects.get(list_name="dwellings", dwelling_code=dwelling.code)
    EntityVersion.objects.get_or_create(entity=entity, version=1, defaults={"label": entity.label})
    states = [(2, "yes", first, "", []), (3, "no", second, "hard", ["has_lift"])]
    for number, value, record, conflict, names in states:
        EntityVersion.objects.create(
            entity=entity,
            version=number,
            base_version=1,
            label=entity.label,
            data={"has_lift": value},
            received={"has_lift": value},
            submission=record,
            conflict=conflict,
            conflicting_properties=names,
        )
    Entity.objects.filter(pk=entity.pk).update(
        version=3, data={"has_lift": "no"}, conflict="hard", round=field.round
    )
    entity.refresh_from_db()
    return entity
