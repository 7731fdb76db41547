"""A round with records, and Central's own Python client signed in to it over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyodk._utils.config import CentralConfig, Config
from pyodk.client import Client

from gis_core.models import Duty
from tests.grids.two_towns import FIRST
from tests.people import make_person
from tests.survey.intake.records import Work, draw_work

PASSWORD = "correct-horse-battery"


def pyodk_client(url: str, username: str, password: str = PASSWORD, project_id: int | None = None) -> Client:
    central = CentralConfig(base_url=url, username=username, password=password, default_project_id=project_id)
    return Client(config=Config(central=central))


@pytest.fixture
def work(transactional_db: Any) -> Work:
    """An open round that allows rows; its director may sign in with the password alone (DESK_TOTP off)."""
    made = draw_work(allows_row_export=True)
    director = made.field.director
    director.set_password(PASSWORD)
    director.save()
    return made


@pytest.fixture
def pyodk(live_server: Any, settings: Any, work: Work) -> Iterator[Client]:
    settings.DESK_TOTP = False
    with pyodk_client(live_server.url, "director", project_id=work.round.pk) as client:
        yield client


@pytest.fixture
def other_director(work: Work) -> Any:
    person = make_person("elsewhere", "community_director", area_code="330101", password=PASSWORD)
    assert not Duty.objects.filter(user=person, area_code=FIRST).exists()
    return person
