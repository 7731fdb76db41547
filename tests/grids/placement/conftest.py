"""The clock of the draw's tests stands still until a test moves it."""

import pytest

from tests.grids.placement.draw_projects import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)
