"""Both languages are complete: every sentence has English, and no page mixes the two."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gis_core.models import AccessLog, Job, Role, User
from gis_core.wording import (
    clashes,
    english,
    faults,
    sentences_of_app,
    sentences_of_python,
    sentences_of_template,
)
from tests.people import client_for

Person = Callable[..., User]
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
LATIN = re.compile(r"[A-Za-z][a-z]{3,}")
CHINESE_ON_ENGLISH_PAGES = {"中文", "简体中文"}
LATIN_ON_CHINESE_PAGES = {"Wangge", "English", "TOTP", "Free", "Microsoft", "Authenticator", "abcde", "fghjk"}
HUMAN_ATTRIBUTES = {"placeholder", "aria-label", "title", "alt", "data-to-dark", "data-to-light", "data-done"}

VOID_TAGS = {"input", "meta", "link", "path", "rect", "circle", "br", "img"}


class Words(HTMLParser):
    """The words that a person reads or hears on a page, but for `translate="no"` and codes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.closed_by: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.words += [value for key, value in attrs if key in HUMAN_ATTRIBUTES and value]
        is_left_out = given.get("translate") == "no" or "code" in (given.get("class") or "").split()
        if (self.closed_by or is_left_out or tag in ("script", "style")) and tag not in VOID_TAGS:
            self.closed_by.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.closed_by and self.closed_by[-1] == tag:
            self.closed_by.pop()

    def handle_data(self, text: str) -> None:
        if not self.closed_by:
            self.words.append(text)


def test_every_sentence_has_english_with_the_same_placeholders():
    folders = [Path(folder) for folder in settings.LOCALE_PATHS]
    assert faults([folder.parent for folder in folders], folders) == []


def test_english_is_english():
    words = english([Path(folder) for folder in settings.LOCALE_PATHS])
    assert {zh: en for zh, en in words.items() if re.search(r"[\u4e00-\u9fff]", en)} == {}


def test_no_sentence_has_two_different_english_texts_in_two_rooms():
    assert clashes([Path(folder) for folder in settings.LOCALE_PATHS]) == {}


def test_a_clash_is_found_unless_a_context_tells_the_two_apart(tmp_path: Path):
    for room, entry in {
        "one": 'msgid "进行中"\nmsgstr "Running"',
        "two": 'msgid "进行中"\nmsgstr "Open"',
        "three": 'msgctxt "round"\nmsgid "进行中"\nmsgstr "Open"',
    }.items():
        folder = tmp_path / room / "en" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(f'msgid ""\nmsgstr ""\n\n{entry}\n', encoding="utf-8")
    assert clashes([tmp_path / "one", tmp_path / "two"]) == {"进行中": ["Open", "Running"]}
    assert clashes([tmp_path / "one", tmp_path / "three"]) == {}


def test_sentences_with_a_context_are_found(tmp_path: Path):
    source = tmp_path / "a.py"
    source.write_text('x = pgettext_lazy("round", "进行中"); y = pgettext("a", b)', encoding="utf-8")
    assert list(sentences_of_python(source)) == ["round\x04进行中"]
    page = tmp_path / "a.html"
    page.write_text('{% load i18n %}{% translate "进行中" context "round" %}', encoding="utf-8")
    assert list(sentences_of_template(page)) == ["round\x04进行中"]


def test_sentences_are_found_in_python_and_templates(tmp_path: Path):
    source = tmp_path / "a.py"
    source.write_text('x = _("一" "二"); y = gettext("三 %(n)d") % {"n": 1}; z = f("四")', encoding="utf-8")
    assert list(sentences_of_python(source)) == ["一二", "三 %(n)d"]
    page = tmp_path / "templates" / "a.html"
    page.parent.mkdir()
    page.write_text(
        '{% load i18n %}{% translate "五" %}<p>六</p>'
        "{% blocktranslate trimmed with name=a.b|c %}\n 七 {{ name }}\n"
        "{% endblocktranslate %}",
        encoding="utf-8",
    )
    assert list(sentences_of_template(page)) == ["五", "七 %(name)s"]
    assert set(sentences_of_app(tmp_path)) == {"一二", "三 %(n)d", "五", "七 %(name)s"}


@pytest.fixture
def pages(person: Person) -> Callable[[str], dict[str, str]]:
    """Every page of this room as the people who may open it see it, by address."""

    def fetch(language: str) -> dict[str, str]:
        boss = person("administrator", "99", username=f"boss-{language}", language=language)
        user = person("planner", "99", username=f"someone-{language}", language=language, password="x")
        auditor = person("auditor", "99", username=f"reader-{language}", language=language)
        for role in Role.values:
            user.duties.create(role=role, area_code="9901", valid_from="2020-01-01", valid_until="2021-01-01")
        AccessLog.objects.create(user=boss, action="make_reset_link", subject=f"user {user.pk}")
        jobs = [
            Job.objects.create(kind="backup", owner=boss, state=state, total_count=9, done_count=3)
            for state in Job.State.values
        ]
        seen: dict[str, str] = {}

        def get(client: Client, *addresses: str) -> None:
            for address in addresses:
                seen[address] = client.get(address).content.decode()

        get(
            client_for(boss),
            "/",
            "/account/",
            "/settings/people/",
            "/settings/people/new/",
            "/settings/backups/",
        )
        get(
            client_for(boss),
            f"/settings/people/{user.pk}/",
            f"/settings/people/{boss.pk}/",
            "/nowhere/",
            "/offline/",
        )
        get(
            client_for(boss),
            *(f"/jobs/{job.pk}/" for job in jobs),
            "/sign-in/enrol/",
            "/settings/access-log/",
        )
        get(
            client_for(auditor),
            "/settings/access-log/?q=x",
            "/settings/access-log/",
            "/settings/people/",
            "/",
        )
        get(client_for(user), "/?who=user")
        seen["link"] = client_for(boss).post(f"/settings/people/{user.pk}/link/").content.decode()
        seen["refused"] = (
            client_for(boss).post(f"/settings/people/{user.pk}/", {"role": "x"}).content.decode()
        )
        seen["codes"] = client_for(boss).post("/account/recovery-codes/").content.decode()
        anyone: Any = Client(headers={"accept-language": "en" if language == "en" else "zh-CN"})
        get(anyone, "/sign-in/", "/sign-in/?expired=1", "/welcome/xyz/")
        seen["wrong"] = anyone.post("/sign-in/", {"username": "a", "password": "b"}).content.decode()
        return seen

    return fetch


@pytest.mark.django_db
def test_english_pages_have_no_chinese(pages: Callable[[str], dict[str, str]]):
    for address, page in pages("en").items():
        assert '<html lang="en">' in page, address
        left = {word for text in Words(page).words for word in CJK.findall(text)} - CHINESE_ON_ENGLISH_PAGES
        assert left == set(), address


@pytest.mark.django_db
def test_chinese_pages_have_no_english(pages: Callable[[str], dict[str, str]]):
    for address, page in pages("zh-hans").items():
        assert '<html lang="zh-Hans">' in page, address
        found = {word for text in Words(page).words for word in LATIN.findall(text)}
        left = {
            w
            for w in found
            if w not in LATIN_ON_CHINESE_PAGES and not re.fullmatch(r"boss|someone|reader|hans", w)
        }
        assert left - {"duty", "user", "planner", "restore", "access", "username"} == set(), address


@pytest.mark.django_db
def test_no_page_has_inline_script_or_style(pages: Callable[[str], dict[str, str]]):
    for address, page in pages("zh-hans").items():
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page), address
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script, (address, script)
