"""A signed-in tablet for tests, and a field whose round asks the built-in questionnaire."""

from typing import Any

from django.test import Client

from gis_core.models import User
from survey.devices import make_device
from tests.survey.intake.records import draw_work
from tests.survey.worlds import Field


def draw_day(**facts: Any) -> Field:
    return draw_work(**facts).field


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
