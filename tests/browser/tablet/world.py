"""The world of the tablet's browser tests, in a process of its own: `draw` makes it, `rows` reads it back.

Run as `python -m tests.browser.tablet.world draw|rows|send_back …` in the environment of the server.
"""

import io
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django

PASSWORD = "correct-horse-battery"
WORKER, COLLEAGUE, DIRECTOR = "worker", "colleague", "director"
NAMES = {WORKER: "陈小燕", COLLEAGUE: "李志强", DIRECTOR: "刘建国"}


def draw() -> dict[str, Any]:
    """One open round with the built-in forms; each of two workers has two buildings with 16 dwellings."""
    from survey.models import NoticeText
    from tests.survey.tablet.tablets import draw_day

    field = draw_day()
    NoticeText.objects.filter(pk=field.round.notice_id).update(contact="安和社区居委会 0571-8888 1234")
    for person in (field.worker, field.colleague, field.director):
        person.set_password(PASSWORD)
        person.display_name = NAMES[person.username]
        person.save()
    return {WORKER: _doors(field.round, [0, 1]), COLLEAGUE: _doors(field.round, [2, 3])}


def _doors(round_: Any, buildings: list[int]) -> list[str]:
    from grids.models import Dwelling

    found = Dwelling.objects.filter(building__stock=round_.stock, building__number__in=buildings)
    return list(found.order_by("building__number", "code").values_list("code", flat=True))


def rows(worker: str, *doors: str) -> dict[str, Any]:
    """What the server knows of these dwellings, or of every dwelling of this worker, read as a director
    reads it.
    """
    from survey.models import Round, Submission

    round_ = Round.objects.get()
    records = Submission.objects.filter(round=round_, by__username=worker)
    records = records.filter(dwelling_code__in=doors) if doors else records
    codes = records.values_list("dwelling_code", flat=True)
    return {
        "records": records.count(),
        "instance_ids": len(set(records.values_list("instance_id", flat=True))),
        "states": sorted(set(records.values_list("state", flat=True))),
        "held": sorted(set(records.exclude(held_reason="").values_list("held_reason", flat=True))),
        "sealed": records.filter(is_sealed=True).count(),
        "doors": {code: _door(round_, code) for code in sorted(set(codes))},
    }


def _door(round_: Any, code: str) -> dict[str, Any]:
    from gis_core.models import User
    from survey.access import open_household
    from survey.models import Attachment, Consent, Entity, Occupancy, Request, Submission, Visit

    here: dict[str, Any] = {"round": round_, "dwelling_code": code}
    current = {**here, "is_current": True}
    visits = Visit.objects.filter(**here).order_by("at")
    opened = open_household(User.objects.get(username=DIRECTOR), round_, code, "后续核对")
    consent = Consent.objects.filter(**current).first()
    photos = Attachment.objects.filter(submission__round=round_, submission__dwelling_code=code)
    requests = Request.objects.filter(dwelling_code=code)
    records = Submission.objects.filter(round=round_, dwelling_code=code)
    return {
        "records": records.count(),
        "states": sorted(set(records.values_list("state", flat=True))),
        "outcomes": [visit.outcome for visit in visits],
        "call_backs": [
            [visit.call_back_slot, visit.call_back_at.isoformat() if visit.call_back_at else ""]
            for visit in visits
            if visit.outcome == "call_back"
        ],
        "occupancy": [row.state for row in Occupancy.objects.filter(**current)],
        "versions": list(Entity.objects.filter(dwelling_code=code).values_list("version", flat=True)),
        "consent": [consent.is_given, consent.health_is_given] if consent else None,
        "composition": opened.composition,
        "contact": opened.contact,
        "requests": {row.category: row.urgency for row in requests},
        "photos": [_photo(row) for row in photos],
    }


def _photo(attachment: Any) -> list[Any]:
    """Format, longest side, and whether the camera's notes are still inside."""
    from PIL import Image

    from survey.access import open_photo

    picture = Image.open(io.BytesIO(open_photo(attachment) or b""))
    return [picture.format, max(picture.size), bool(dict(picture.getexif()))]


def send_back(door: str, path: str, message: str) -> dict[str, Any]:
    from gis_core.models import User
    from survey.models import Submission
    from survey.review import send_back

    record = Submission.objects.get(dwelling_code=door, is_current=True)
    send_back(record, by=User.objects.get(username=DIRECTOR), message=message, comments=[(path, message)])
    return {}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {"draw": draw, "rows": rows, "send_back": send_back}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    django.setup()
    sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
