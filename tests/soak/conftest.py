"""`./dev soak sync --seed N` runs the same schedules again."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=7, help="which random schedules to run")
    parser.addoption("--schedules", type=int, default=200, help="how many of them")
