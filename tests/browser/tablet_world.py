"""The world of the tablet's browser tests, in a process of its own: `draw` makes it, `rows` reads it back.

Run as `python -m tests.browser.tablet_world draw|rows`, in the environment of the server under test.
"""

import io
import json
import os
import sys
from typing import Any

import django

PASSWORD = "correct-horse-battery"
WORKER, DIRECTOR = "worker", "director"


def draw() -> dict[str, Any]:
    """One open round with the built-in forms; the worker has two buildings with 16 dwellings."""
    from grids.models import Dwelling
    from survey.models import NoticeText
    from tests.survey.tablet.tablets import draw_day

    field = draw_day()
    doors = Dwelling.objects.filter(building__stock=field.round.stock, building__number__in=[0, 1])
    NoticeText.objects.filter(pk=field.round.notice_id).update(contact="安和社区居委会 0571-8888 1234")
    for person in (field.worker, field.director):
        person.set_password(PASSWORD)
        person.display_name = {WORKER: "陈小燕", DIRECTOR: "刘建国"}[person.username]
        person.save()
    return {
        "round": str(field.round.uid),
        "doors": list(doors.order_by("code").values_list("code", flat=True)),
    }


def rows() -> dict[str, Any]:
    """What the server knows of every dwelling, read as a director reads it."""
    from survey.models import Round, Submission

    round_ = Round.objects.get()
    codes = Submission.objects.filter(round=round_).values_list("dwelling_code", flat=True)
    records = Submission.objects.filter(round=round_)
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
    from survey.models import Attachment, Consent, Entity, Occupancy, Request, Visit

    here: dict[str, Any] = {"round": round_, "dwelling_code": code}
    current = {**here, "is_current": True}
    visits = Visit.objects.filter(**here).order_by("at")
    opened = open_household(User.objects.get(username=DIRECTOR), round_, code, "后续核对")
    consent = Consent.objects.filter(**current).first()
    photos = Attachment.objects.filter(submission__round=round_, submission__dwelling_code=code)
    requests = Request.objects.filter(dwelling_code=code)
    return {
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


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    django.setup()
    sys.stdout.write(json.dumps({"draw": draw, "rows": rows}[sys.argv[1]](), ensure_ascii=False))
