"""The pack put together: a manifest that names its parts by hash, and each part's bytes.

Nothing of it is kept: parts are made anew for every request, so that what residents said lies on no disk
but in the database. A part that has changed since its manifest is not found; the tablet asks again.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from grids.models import Building
from survey.daypack.base_map import base_map
from survey.daypack.places import places_of, rounded
from survey.daypack.sets import dwellings_to_visit
from survey.models import AssignmentSet, FormVersion, SendBack
from survey.questionnaires.built_in import visit_form
from survey.review import open_returns, returned_for

VALID_DAYS = 7
MIN_CLIENT = 1  # older apps may still upload, not download

JSON_TYPE, XML_TYPE, TILES_TYPE = "application/json", "text/xml; charset=utf-8", "application/vnd.pmtiles"


@dataclass(frozen=True)
class Part:
    name: str
    kind: str  # its address below the pack's
    content: bytes
    media_type: str
    is_confidential: bool  # then no cache between here and the vault may keep it

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class DayPack:
    """What one set would be given now. Everything is made when asked for, and once."""

    def __init__(self, own: AssignmentSet) -> None:
        self.own = own
        self.round = own.round

    @cached_property
    def places(self) -> dict[str, Any]:
        return places_of(self.own)

    @cached_property
    def points(self) -> list[list[float]]:
        """Where the houses stand; asked for alone, it leaves the doors unread."""
        if "places" in self.__dict__:
            return [row["point"] for row in self.places["buildings"]]
        houses = Building.objects.filter(pk__in=dwellings_to_visit(self.own).order_by().values("building"))
        return [rounded(point) for point in houses.order_by("code").values_list("point", flat=True)]

    @cached_property
    def versions(self) -> list[FormVersion]:
        """The round's questionnaire, and the short form of every visit."""
        return [self.round.form_version, visit_form()]

    @cached_property
    def version(self) -> str:
        """Changes with anything in the pack. Returned records go by id: reading one is written down."""
        said = [
            self.places,
            round_facts(self.own),
            [str(one.pk) for one in self.versions],
            self.round.notice_id,
            sorted(_returns(self.own)),
        ]
        return hashlib.sha256(_json(said)).hexdigest()[:20]

    @property
    def dwelling_count(self) -> int:
        return len(self.places["doors"])

    def offer(self) -> dict[str, Any]:
        return {
            "set": str(self.own.uid),
            "round": round_facts(self.own),
            "dwelling_count": self.dwelling_count,
            "version": self.version,
        }

    def manifest(self, url_of: Any) -> dict[str, Any]:
        now = timezone.now()
        parts = [self.part(kind) for kind in self.kinds()]
        return {
            "set": str(self.own.uid),
            "version": self.version,
            "round": round_facts(self.own),
            "public_key": self.round.public_key,
            "forms": [_form(one, index) for index, one in enumerate(self.versions)],
            "parts": [
                {"name": one.name, "sha256": one.sha256, "bytes": len(one.content), "url": url_of(one)}
                for one in parts
            ],
            "expires_at": (now + timedelta(days=VALID_DAYS)).isoformat(),
            "server_time": now.isoformat(),
            "min_client": MIN_CLIENT,
        }

    def kinds(self) -> list[str]:
        forms = [f"form-{one.pk}" for one in self.versions]
        notice = ["notice"] if self.round.notice_id else []
        return [*forms, *notice, "places", "returned", *(["base"] if self.points else [])]

    def part(self, kind: str) -> Part:
        """One part as it is now; an unknown kind is not found."""
        if kind == "places":
            return Part("places.json", kind, _json(self.places), JSON_TYPE, True)
        if kind == "returned":
            return Part("returned.json", kind, _json(returned_for(self.own)), JSON_TYPE, True)
        if kind == "notice" and self.round.notice:
            return Part("notice.json", kind, _json(_notice(self.round.notice)), JSON_TYPE, False)
        if kind == "base" and self.points:
            return Part(
                "base.pmtiles", kind, base_map(self.round, self.points).read_bytes(), TILES_TYPE, False
            )
        for one in self.versions:
            if kind == f"form-{one.pk}":
                return Part(_part_name(one), kind, one.xform.encode(), XML_TYPE, False)
        raise NotFound(_("这份资料没有这一部分。"), part=kind)


def round_facts(own: AssignmentSet) -> dict[str, Any]:
    round_, town = own.round, own.round.town
    return {
        "uid": str(round_.uid),
        "name": round_.name,
        "starts_on": round_.starts_on.isoformat(),
        "ends_on": round_.ends_on.isoformat(),
        "state": round_.state,
        "town": {
            "slug": town.slug,
            "name_zh": town.name_zh,
            "name_en": town.name_en,
            "time_zone": town.time_zone,
        },
        "attempt_cap": round_.attempt_cap,
        "cool_down_hours": round_.cool_down_hours,
    }


def _returns(own: AssignmentSet) -> list[int]:
    rows = open_returns(SendBack.objects.filter(to=own.worker, submission__round=own.round))
    return list(rows.values_list("pk", flat=True))


def _form(row: FormVersion, index: int) -> dict[str, Any]:
    return {
        "form_id": row.form.form_id,
        "version": row.version,
        "part": _part_name(row),
        "is_visit_form": index > 0,
        "title": {"zh": row.form.title_zh, "en": row.form.title_en},
    }


def _part_name(row: FormVersion) -> str:
    return f"form-{row.form.form_id}-{row.version}.xml"


def _notice(row: Any) -> dict[str, Any]:
    return {"version": row.version, "text": {"zh": row.text_zh, "en": row.text_en}, "contact": row.contact}


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
