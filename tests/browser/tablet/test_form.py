"""The household form in Chromium: killed in the middle, taken up again, refused, looked at page by page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import SIZES
from tests.browser.page_talk import keep_picture, serious_barriers
from tests.browser.tablet.driver import FINISH, NEXT, Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.world import PASSWORD, WORKER

pytestmark = pytest.mark.browser

FIRST_DOOR = 11  # those before belong to test_day
CONSENT, HEALTH = "/data/opening/consent", "/data/health/consent_health"
TYPE, ORIGIN = "/data/household/household_type", "/data/household/origin"
ADULTS, NEEDS = "/data/people/age_15_59", "/data/wishes/needs"
ADDRESS_AS, PHONE = "/data/contact/contact_address_as", "/data/contact/contact_phone"
PHOTO, POINT = "/data/place/place_photo", "/data/place/place_point"
AN_ID_NUMBER = "11010519491231002X"
SMALL_TARGETS = """[...document.querySelectorAll('.form button, .form label.button, .form .input')]
  .filter((one) => one.offsetParent && !one.matches('.visually-hidden'))
  .map((one) => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 120)])
  .filter(([height]) => height > 0 && height < 51.5)"""
WIDTH = "(one) => one.decode().then(() => one.naturalWidth)"
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def one_tablet(
    chromium: Browser, mortal_site: TabletSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tablet]:
    """Signed in once, with a day pack; each test leaves it in the list of doors."""
    if not mortal_site.is_running:
        mortal_site.start()
    made = Tablet(chromium.browser_type, mortal_site.url, tmp_path_factory.mktemp("form"))
    made.start()
    made.sign_in(WORKER, PASSWORD)
    made.download()
    yield made
    made.stop()


@pytest.fixture
def tablet(one_tablet: Tablet, running: TabletSite) -> Iterator[Tablet]:
    one_tablet.faults.clear()
    yield one_tablet
    assert one_tablet.faults == []


@pytest.fixture
def doors(running: TabletSite) -> list[str]:
    return list(running.world[WORKER][FIRST_DOOR:])


def begin(tablet: Tablet, code: str) -> None:
    tablet.go("today")
    tablet.see(".day-list")
    tablet.go("visit", code, "new")
    tablet.see(".form .question")


def question(tablet: Tablet, path: str) -> Any:
    return tablet.page.locator(f'[data-path="{path}"]')


def test_a_tab_killed_in_the_middle_loses_neither_answers_nor_photos(
    tablet: Tablet, running: TabletSite, doors: list[str], photo: Path
) -> None:
    code = doors[0]
    begin(tablet, code)
    tablet.fill(
        {CONSENT: "yes", ADULTS: 2, TYPE: "couple", HEALTH: "no", NEEDS: ["culture"], PHOTO: photo},
        until_path=PHOTO,
    )
    tablet.page.wait_for_timeout(500)
    tablet.crash()
    tablet.start()
    tablet.unlock()
    begin(tablet, code)
    assert question(tablet, PHOTO).locator("img").evaluate(WIDTH) == 1600
    tablet.fill({})
    tablet.finish()
    tablet.send_everything()
    row = running.rows(WORKER)["doors"][code]
    assert row["composition"] == {"age_bands": {"15-59": 2}, "household_type": "couple", "origin": ""}
    assert row["requests"] == {"culture": "sometime"}
    assert row["photos"] == [["JPEG", 1600, False]]


def test_every_keystroke_is_on_disk_before_the_next_second(
    tablet: Tablet, running: TabletSite, doors: list[str]
) -> None:
    code = doors[2]
    begin(tablet, code)
    tablet.fill({CONSENT: "yes", HEALTH: "no", NEEDS: ["legal"]}, until_path=ADDRESS_AS)
    for letter in "王阿姨":
        question(tablet, ADDRESS_AS).locator("input").press("End")
        tablet.page.keyboard.insert_text(letter)
        tablet.page.wait_for_timeout(300)
        tablet.page.reload()  # as hard as a tab that the system throws away: memory is gone
        tablet.unlock()
        begin(tablet, code)
    assert question(tablet, ADDRESS_AS).locator("input").input_value() == "王阿姨"


def test_refusal_ends_the_visit_at_once_and_nothing_else_is_kept(
    tablet: Tablet, running: TabletSite, doors: list[str]
) -> None:
    code = doors[1]
    begin(tablet, code)
    tablet.fill({CONSENT: "yes", TYPE: "single"}, until_path=TYPE)
    for _ in range(9):
        if question(tablet, CONSENT).count():
            break
        tablet.tap(".form-previous")
    tablet.tap(f'[data-path="{CONSENT}"] [data-value=no]')
    tablet.tap(NEXT)
    tablet.see(FINISH)  # no page is left but the check
    tablet.finish()
    tablet.send_everything()
    row = running.rows(WORKER)["doors"][code]
    assert (row["outcomes"], row["consent"], row["composition"]) == (["declined"], [False, None], {})


def test_an_id_number_stops_the_form_at_its_question(
    tablet: Tablet, running: TabletSite, doors: list[str]
) -> None:
    begin(tablet, doors[2])
    answers = {CONSENT: "yes", HEALTH: "no", NEEDS: ["legal"], ADDRESS_AS: f"证 {AN_ID_NUMBER}"}
    tablet.fill(answers, until_path=ADDRESS_AS)
    tablet.tap(NEXT)
    assert "身份证号" in question(tablet, ADDRESS_AS).locator("[role=alert]").inner_text()
    tablet.tap(".form-contents")
    tablet.tap(".sheet .list li:last-child button")
    tablet.see(".banner-warn")
    tablet.tap(FINISH)  # leads back instead of finishing
    tablet.see(f'[data-path="{ADDRESS_AS}"] [role=alert]')


def test_a_declined_question_is_blank_and_says_so(
    tablet: Tablet, running: TabletSite, doors: list[str]
) -> None:
    begin(tablet, doors[3])
    tablet.fill({CONSENT: "yes", ADULTS: 3}, until_path=ADULTS)
    button = question(tablet, ADULTS).locator(".question-decline")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert question(tablet, ADULTS).locator("input").input_value() == ""


def test_the_position_is_asked_for_once_and_only_by_a_tap(
    tablet: Tablet, running: TabletSite, doors: list[str]
) -> None:
    tablet.context.grant_permissions(["geolocation"])
    tablet.context.set_geolocation({"latitude": 30.274085, "longitude": 120.155070, "accuracy": 6})
    begin(tablet, doors[3])
    tablet.page.evaluate(
        "() => { for (const name of ['getCurrentPosition', 'watchPosition']) {"
        " const own = navigator.geolocation[name].bind(navigator.geolocation);"
        " navigator.geolocation[name] = (...all) => { (window.asked ??= []).push(name); own(...all) } } }"
    )
    tablet.fill({CONSENT: "yes"}, until_path=POINT)
    assert tablet.page.evaluate("window.asked ?? []") == []
    question(tablet, POINT).locator(".button").first.click()
    tablet.see(f'[data-path="{POINT}"] .point')
    assert "30.27408" in question(tablet, POINT).inner_text()
    assert tablet.page.evaluate("window.asked") == ["getCurrentPosition"]


def test_a_form_opened_by_mistake_leaves_no_draft_and_a_discarded_one_is_gone(
    tablet: Tablet, running: TabletSite, doors: list[str]
) -> None:
    code = doors[4]
    begin(tablet, code)
    tablet.tap(".bar .button-icon")
    tablet.see(".door-content")
    assert tablet.state_of(code) == "todo"
    begin(tablet, code)
    tablet.tap(f'[data-path="{CONSENT}"] [data-value=yes]')
    tablet.page.wait_for_timeout(400)
    tablet.tap(".form-contents")
    tablet.tap(".sheet .button-danger")
    tablet.tap(".sheet .button-danger")
    tablet.see(".door-content")
    assert tablet.state_of(code) == "todo"


@pytest.mark.parametrize(("size", "language"), [("tablet", "zh"), ("upright", "zh"), ("upright", "en")])
def test_every_page_of_the_form_fits_has_large_targets_and_no_serious_barrier(
    tablet: Tablet, doors: list[str], size: str, language: str
) -> None:
    width, height = SIZES[size]
    tablet.page.set_viewport_size({"width": width, "height": height})
    speak(tablet, language)
    begin(tablet, doors[4])
    if question(tablet, CONSENT).count():
        tablet.tap(f'[data-path="{CONSENT}"] [data-value=yes]')
    problems: list[str] = []
    for number in range(12):
        problems += faults_of(tablet.page, f"{size}-{language}-{number}")
        if tablet.page.locator(FINISH).count():
            break
        tablet.tap(NEXT)
        tablet.page.wait_for_timeout(150)
    tablet.tap(".form-contents")
    problems += faults_of(tablet.page, f"{size}-{language}-contents")
    tablet.tap(".sheet .button-danger")
    tablet.tap(".sheet .button-danger")  # the draft goes
    tablet.see(".door-content")
    tablet.faults.clear()  # axe itself tries inline styles, which the policy reports
    speak(tablet, "zh")
    assert problems == []


def speak(tablet: Tablet, language: str) -> None:
    chosen = json.dumps({"language": language})
    tablet.page.evaluate(f"localStorage.setItem('wangge.preferences', '{chosen}')")
    tablet.unlock()


def faults_of(page: Page, name: str) -> list[str]:
    keep_picture(page, f"form-{name}")
    found = [f"{name}: {barrier}" for barrier in serious_barriers(page)]
    found += [f"{name}: {height:.0f} px high: {html}" for height, html in page.evaluate(SMALL_TARGETS)]
    return found + ([f"{name}: wider than the screen"] if page.evaluate(TOO_WIDE) else [])
