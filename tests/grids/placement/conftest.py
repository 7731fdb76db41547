"""What several placement tests stand on: the quarter, its official, and a clock that stands still."""

import pytest
from django.test import Client

from grids.models import PlacementProject, Town
from grids.placement.imports import import_flats
from grids.placement.projects import begin_project
from tests.grids.placement.draw_projects import Clock
from tests.grids.placement.list_senders import official_of
from tests.grids.placement.new_quarter import draw_quarter, flats_csv


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The draw's time, until a test moves it."""
    return Clock(monkeypatch)


@pytest.fixture
def town(db: None) -> Town:
    return draw_quarter()


@pytest.fixture
def official(db: None) -> Client:
    return official_of()


@pytest.fixture
def project(town: Town) -> PlacementProject:
    return begin_project(town, "东苑配房", None)


@pytest.fixture
def with_flats(project: PlacementProject) -> PlacementProject:
    import_flats(project, flats_csv(), "flats.csv", None)
    return project
