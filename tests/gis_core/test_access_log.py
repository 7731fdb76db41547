"""Who may read the log, which rows, and that reading it with a filter is itself a row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from gis_core.access_log import log_access
from gis_core.models import AccessLog, User
from tests.people import client_for

Person = Callable[..., User]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_cannot_be_told_is_ignored(person, day):
    client = client_for(person("auditor"))
    assert client.get("/settings/access-log/", {"since": day, "until": day}).status_code == 200


PAGE = "/settings/access-log/"


def subjects(reader: User, query: str = "") -> list[str]:
    return [row.subject for row, _label in client_for(reader).get(f"{PAGE}?{query}").context["rows"]]


def test_only_auditors_and_the_data_protection_officer_read_it(person: Person):
    for role in ("administrator", "planner", "community_director", "housing_official"):
        assert client_for(person(role)).get(PAGE).status_code == 403, role
    for role in ("auditor", "data_protection_officer"):
        assert client_for(person(role)).get(PAGE).status_code == 200, role


def test_rows_of_other_areas_are_not_shown(person: Person):
    reader, here, there = person("auditor", "3201"), person("planner", "320102"), person("planner", "3202")
    log_access(here, "sign_in", "here without a place")
    log_access(there, "sign_in", "there without a place")
    log_access(there, "export", "a place here", area_code="320103")
    log_access(here, "export", "a place there", area_code="320201")
    log_access(None, "sign_in_locked", "username x")
    assert subjects(reader) == ["username x", "a place here", "here without a place"]


def test_it_filters_by_word_action_code_and_days(person: Person):
    reader, someone = person("auditor"), person("planner", username="anna")
    log_access(someone, "export", "coverage-run 3", area_code="9901", reason="季报")
    log_access(someone, "sign_in", "user 1")
    yesterday = timezone.now() - timedelta(days=1)
    AccessLog.objects.filter(action="sign_in").update(at=yesterday)
    day = timezone.localtime(yesterday).date().isoformat()
    assert subjects(reader, "q=季报") == ["coverage-run 3"]
    assert subjects(reader, "action=sign_in") == ["user 1"]
    assert subjects(reader, "code=9901") == ["coverage-run 3"]
    assert subjects(reader, f"since={day}&until={day}") == ["user 1"]
    assert subjects(reader, "since=nonsense&q=anna") == ["coverage-run 3", "user 1"]


def test_filtering_leaves_a_row_that_says_what_was_looked_for(person: Person):
    reader = person("data_protection_officer")
    client_for(reader).get(f"{PAGE}?q=anna&action=export")
    row = AccessLog.objects.get(action="read_access_log")
    assert (row.user, row.reason, row.address) == (reader, "q=anna action=export", "127.0.0.1")


def test_it_is_paged_and_keeps_the_filter(person: Person):
    reader = person("auditor")
    for number in range(51):
        log_access(reader, "export", f"run {number}", area_code="99")
    page = client_for(reader).get(f"{PAGE}?action=export")
    assert len(page.context["rows"]) == 50
    assert "action=export&amp;page=2" in page.content.decode()
    assert subjects(reader, "action=export&page=2") == ["run 0"]
