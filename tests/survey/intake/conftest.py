"""A round with our own forms, opened once a test."""

import pytest

from tests.survey.intake.records import Work, draw_work


@pytest.fixture
def work(db: None) -> Work:
    return draw_work()
