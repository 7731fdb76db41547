"""Which stored form a record answers. Versions never change, so their outlines are read once per process."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from gis_core.models import User
from gis_core.permissions import duties_in_force
from survey.doors import query
from survey.models import Form, FormVersion
from survey.prepared import run
from survey.questionnaires.built_in import VISIT

VERSIONS_REMEMBERED = 64


@dataclass(frozen=True)
class AnsweredForm:
    """A form version as intake needs it."""

    version_id: int
    form_id: int
    xform_md5: str
    area_code: str
    is_visit_form: bool

    @property
    def outline(self) -> dict[str, Any]:
        return _outline(self.version_id, self.xform_md5)


def answered_form(form_id: str, version: str, *, by: User) -> AnsweredForm | None:
    """The version that a record names; where several areas use one form id, that of the sender's area."""
    with connection.cursor() as cursor:
        run(cursor, query("form_versions.sql"), {"form_id": form_id, "version": version})
        rows = cursor.fetchall()
    found = [
        AnsweredForm(pk, form_pk, md5, area_code, built_in and form_id == VISIT)
        for pk, form_pk, md5, area_code, built_in in rows
    ]
    if len(found) < 2:
        return found[0] if found else None
    places = [by.home_code, *(duty.place_code for duty in duties_in_force(by))]
    return max(found, key=lambda one: (_holds(one.area_code, places), len(one.area_code)))


def is_known_form(form_id: str) -> bool:
    return Form.objects.filter(form_id=form_id).exists()


def _holds(area_code: str, places: list[str]) -> bool:
    return any(place.startswith(area_code) for place in places)


@lru_cache(maxsize=VERSIONS_REMEMBERED)
def _outline(version_id: int, xform_md5: str) -> dict[str, Any]:
    """Keyed by the XForm's hash too: a database made anew counts its keys from 1 again."""
    found: dict[str, Any] = FormVersion.objects.values_list("outline", flat=True).get(pk=version_id)
    return found
