"""The town of the bar, sections by duty, words and numbers by language, errors as pages or JSON."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from gis_core import shell
from gis_core.errors import MissingColumn, NotFound
from gis_core.models import User
from gis_core.shell import Section, TownChoice, WorkItem, current_town_slug
from gis_core.templatetags.shell import bytes_size, grouped, wan
from tests.people import client_for

Person = Callable[..., User]


@pytest.fixture
def two_towns(monkeypatch: pytest.MonkeyPatch) -> list[TownChoice]:
    towns = [
        TownChoice("a", "甲镇", "Town A", "区划代码为自拟", "9901"),
        TownChoice("b", "乙镇", "", "", "9902"),
    ]
    monkeypatch.setattr(shell, "_town_providers", [lambda user: towns])
    return towns


@pytest.mark.django_db
@pytest.mark.usefixtures("two_towns")
def test_the_town_is_the_one_asked_for_then_the_one_kept_then_the_first(person: Person):
    client = client_for(person("planner"))

    def shown(address: str) -> str:
        return client.get(address).context["shell"].town.slug

    assert [shown("/"), shown("/?town=b"), shown("/"), shown("/?town=a"), shown("/account/")] == list("abbaa")


@pytest.mark.django_db
@pytest.mark.usefixtures("two_towns")
def test_a_town_out_of_sight_is_not_found(person: Person):
    answer = client_for(person("planner")).get("/?town=c")
    assert answer.status_code == 404
    assert "选择城镇" in answer.content.decode()
    assert ">None<" not in answer.content.decode()
    request = RequestFactory().get("/?town=c")
    request.user = person("planner")
    with pytest.raises(NotFound):
        current_town_slug(request)


@pytest.mark.django_db
@pytest.mark.usefixtures("two_towns")
def test_the_note_of_the_town_stands_on_every_page(person: Person):
    client = client_for(person("planner"))
    assert "区划代码为自拟" in client.get("/account/").content.decode()
    assert "区划代码为自拟" not in client.get("/account/?town=b").content.decode()


@pytest.mark.django_db
def test_sections_are_those_of_the_duties(person: Person):
    def keys(role: str) -> set[str]:
        return {section["key"] for section in client_for(person(role)).get("/").context["shell"].sections}

    assert "settings" in keys("administrator")
    assert "settings" not in keys("planner")
    assert keys("grid_worker") == {"workbench"}


@pytest.mark.django_db
def test_a_section_without_an_address_is_left_out(person: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(shell._sections, "later", Section("later", "no_such_name", "以后", None))
    assert "以后" not in client_for(person("planner")).get("/").content.decode()


@pytest.mark.django_db
def test_waiting_work_is_listed_and_the_first_steps_disappear(
    person: Person, monkeypatch: pytest.MonkeyPatch
):
    client = client_for(person("administrator"))
    assert "从这里开始" in client.get("/").content.decode()
    item = WorkItem("finding", "导入有 3 处发现", "/data/", timezone.now())
    monkeypatch.setattr(shell, "_work_providers", [lambda user, town: [item]])
    page = client.get("/").content.decode()
    assert "导入有 3 处发现" in page
    assert "从这里开始" not in page


@pytest.mark.django_db
def test_a_person_without_a_duty_is_told_so(person: Person):
    assert "还没有有效的职责" in client_for(person(None)).get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [("zh-hans", 9_999, "9,999"), ("zh-hans", 12_345, "1.2 万"), ("zh-hans", 98_765_432, "9,876.5 万"),
     ("en", 98_765_432, "98,765,432"), ("en", None, ""), ("zh-hans", 0, "0")],
)  # fmt: skip
def test_large_numbers_read_in_the_units_of_the_language(language: str, value: Any, words: str):
    with translation.override(language):
        assert wan(value) == words


def test_counts_and_sizes():
    assert [grouped(1234567), grouped(None), grouped(0)] == ["1,234,567", "", "0"]
    assert [bytes_size(512), bytes_size(1536), bytes_size(5 * 2**30)] == ["512 B", "1.5 KB", "5.0 GB"]


def test_a_name_falls_back_to_the_other_language():
    town = TownChoice("b", "乙镇")
    with translation.override("en"):
        assert shell.local_name(town) == "乙镇"
        assert shell.local_name(TownChoice("a", "甲镇", "Town A")) == "Town A"


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    def raise_on_workbench(error: Exception) -> None:
        def provider(user: Any, town: Any) -> list[WorkItem]:
            raise error

        monkeypatch.setattr(shell, "_work_providers", [provider])

    return raise_on_workbench


@pytest.mark.django_db
def test_a_refusal_is_a_page_for_people_and_json_for_programs(person: Person, raising: Any):
    raising(MissingColumn("缺少列“经度”。", column="经度"))
    client = client_for(person("planner"))
    page = client.get("/")
    assert (page.status_code, "缺少列“经度”。" in page.content.decode()) == (400, True)
    body = client.get("/", headers={"accept": "application/json"})
    assert body.json() == {
        "code": "missing_column",
        "sentence": "缺少列“经度”。",
        "details": {"column": "经度"},
    }


@pytest.mark.django_db
def test_a_programmers_error_is_a_plain_page_without_its_words(person: Person, raising: Any):
    raising(ValueError("secret"))
    client = client_for(person("planner"))
    client.raise_request_exception = False
    page = client.get("/")
    assert page.status_code == 500
    assert "程序出错" in page.content.decode()
    assert "secret" not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/jobs/", "/api/v1/nowhere/", "/api/schema/"])
def test_errors_of_the_api_have_three_keys(address: str):
    answer = Client().get(address)
    assert answer.status_code in (401, 404)
    assert set(answer.json()) == {"code", "sentence", "details"}


@pytest.mark.django_db
def test_every_page_sends_the_security_headers(person: Person):
    for client, address in [(Client(), "/sign-in/"), (client_for(person("planner")), "/")]:
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        for part in (
            "default-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ):
            assert part in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
