"""A signed-in tablet for tests, and a field whose round asks the built-in questionnaire."""

from typing import Any

from django.test import Client

from gis_core.models import User
from survey.devices import make_device
from survey.models import Form, FormVersion
from survey.questionnaires.built_in import seed_forms
from tests.survey.worlds import Field, draw_field

_converted: list[tuple[dict[str, Any], dict[str, Any]]] = []  # converting takes seconds: once a run


def built_in_forms() -> list[FormVersion]:
    """The two built-in forms, as `seed_forms` would store them."""
    if not _converted:
        for version in seed_forms():
            form = Form.objects.filter(pk=version.form_id).values().get()
            _converted.append((form, FormVersion.objects.filter(pk=version.pk).values().get()))
        return [*FormVersion.objects.filter(form__is_built_in=True).order_by("pk")]
    made = []
    for form, version in _converted:
        stored = Form.objects.create(**{**form, "id": None})
        made.append(FormVersion.objects.create(**{**version, "id": None, "form_id": stored.pk}))
    return made


def draw_day(**facts: Any) -> Field:
    household, _visit = built_in_forms()
    return draw_field(household, **facts)


def tablet_of(user: User) -> Client:
    """A client that sends this person's device token, as the app does: no cookie, no CSRF token."""
    _device, token = make_device(user, "tablet", "test")
    return Client(headers={"authorization": f"Bearer {token}"}, enforce_csrf_checks=True)


def manifest_of(tablet: Client, uid: Any) -> dict[str, Any]:
    answer = tablet.get(f"/api/v1/packs/{uid}/manifest.json")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def part_of(tablet: Client, manifest: dict[str, Any], name: str) -> Any:
    """The answer that carries one part."""
    url = next(part["url"] for part in manifest["parts"] if part["name"] == name)
    return tablet.get(url)
