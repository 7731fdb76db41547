"""An official at the pages of the small quarter: what is sent, and what the answer says."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from grids.models import PlacementProject
from tests.grids.drawn_towns import COMMUNITY
from tests.people import client_for, make_person

TOWN_CODE = COMMUNITY[:6]


def official_of(area_code: str = TOWN_CODE) -> Client:
    return client_for(make_person(f"official-{area_code}", "housing_official", area_code=area_code))


def send(
    client: Client, name: str, project: PlacementProject, content: bytes, file: str = "list.csv", **more: str
) -> Any:
    given = {"file": SimpleUploadedFile(file, content), **more}
    return client.post(reverse(name, args=[project.uid]), given)


def text_of(answer: Any) -> str:
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def rows_of(answer: Any) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.met) for one in answer.context["faults"].rows]
