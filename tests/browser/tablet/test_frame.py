"""The frame around the visits: opening offline, gates, lock, update by consent, and its own pages."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import open_context
from tests.browser.page_talk import keep_picture, serious_barriers
from tests.browser.tablet.driver import PASSPHRASE, PIN, Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.world import COLLEAGUE, PASSWORD, WORKER

pytestmark = pytest.mark.browser

Tablets = Callable[..., Tablet]
FRAME = ("ready", "outbox", "settings")
NO_ONE_IN = "[data-outcome=no_one_in]"
REVOKED, FORGOTTEN = 6, 7  # doors of the colleague that no other test visits
SMALL_TARGETS = """[...document.querySelectorAll('button, .input, .chip, nav a')]
  .filter((one) => one.offsetParent)
  .filter((one) => one.getBoundingClientRect().height < 51.5).map((one) => one.outerHTML.slice(0, 120))"""
TOO_WIDE_PX = "document.documentElement.scrollWidth - innerWidth"
BROKEN_STORAGE = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('refused'); } });"
OLD_BROWSER = "delete window.structuredClone;"


def test_the_app_opens_with_the_server_gone_in_a_browser_of_another_language(
    tablets: Tablets, running: TabletSite
) -> None:
    # What the cache holds was answered to a Chinese browser; an English one must find it too.
    tablet = tablets()
    tablet.sign_in(WORKER, PASSWORD)
    tablet.download()
    running.kill()
    tablet.stop()
    tablet.language = "en-GB"
    tablet.start()
    tablet.unlock()
    tablet.go("today")
    tablet.see(".house")
    tablet.go("outbox")
    tablet.see('[data-waiting="0"]')
    assert tablet.faults == []


def test_a_locked_tablet_shows_nothing_of_a_door_and_the_pin_brings_it_back(tablets: Tablets) -> None:
    tablet = tablets()
    tablet.sign_in(WORKER, PASSWORD)
    tablet.download()
    tablet.go("settings")
    tablet.see("button:has-text('立即锁定')").click()
    tablet.see(".pad")
    assert "号楼" not in tablet.page.inner_text("body")
    for digit in "000000":
        tablet.page.keyboard.press(digit)
    tablet.see("[role=alert]")
    tablet.until("!document.querySelector('.pad .button').disabled")
    for digit in PIN:
        tablet.page.keyboard.press(digit)
    tablet.see(".tab-bar")
    assert tablet.faults == []


def test_a_wrong_passphrase_says_that_nothing_is_lost(tablets: Tablets) -> None:
    tablet = tablets()
    tablet.sign_in(WORKER, PASSWORD)
    tablet.see("article")
    tablet.page.goto(f"{tablet.url}/tablet/?again")
    tablet.see("#unlock").fill("not the passphrase")
    tablet.page.click("button[type=submit]")
    assert "都还在" in tablet.see("[role=alert]").inner_text()
    tablet.see("#unlock").fill(PASSPHRASE)
    tablet.page.click("button[type=submit]")
    tablet.see(".tab-bar")


def test_a_new_version_waits_until_it_is_asked_for(tablets: Tablets, running: TabletSite) -> None:
    tablet = tablets()
    tablet.sign_in(WORKER, PASSWORD)
    tablet.download()
    publish_newer(running)
    tablet.go("settings")
    tablet.see("button:has-text('检查更新')").click()
    button = tablet.see("button:has-text('现在更新')")
    assert tablet.page.locator(".tab-bar").count() == 1  # it did not reload by itself
    button.click()
    tablet.see("#unlock").fill(PASSPHRASE)
    tablet.page.click("button[type=submit]")
    tablet.go("today")
    tablet.see(".house")
    assert tablet.faults == []


def test_a_revoked_tablet_keeps_its_records_and_sends_them_after_signing_in_again(
    tablets: Tablets, running: TabletSite
) -> None:
    tablet = tablets()
    tablet.sign_in(COLLEAGUE, PASSWORD)
    tablet.download()
    before = running.rows(COLLEAGUE)["records"]
    revoke_all(running)
    tablet.outcome(running.world[COLLEAGUE][REVOKED], NO_ONE_IN)
    tablet.go("outbox")
    tablet.see("button:has-text('重新登录')").click()
    tablet.page.fill("#username", COLLEAGUE)
    tablet.page.fill("#password", PASSWORD)
    tablet.page.click("button[type=submit]")
    tablet.see("article")
    tablet.go("outbox")
    tablet.see('[data-waiting="0"]')
    assert running.rows(COLLEAGUE)["records"] == before + 1


def test_a_forgotten_passphrase_costs_no_finished_record(tablets: Tablets, running: TabletSite) -> None:
    tablet = tablets()
    tablet.sign_in(COLLEAGUE, PASSWORD)
    tablet.download()
    before = running.rows(COLLEAGUE)["records"]
    revoke_all(running)
    tablet.outcome(running.world[COLLEAGUE][FORGOTTEN], NO_ONE_IN)
    tablet.go("outbox")
    tablet.see(".row")
    tablet.page.goto(f"{tablet.url}/tablet/?again#/signin")
    tablet.page.fill("#username", COLLEAGUE)
    tablet.page.fill("#password", PASSWORD)
    tablet.page.click("button[type=submit]")
    tablet.see("button:has-text('忘了口令')").click()
    for field in ("#passphrase", "#again"):
        tablet.see(field).fill("一个全新的长口令")
    tablet.page.fill("#pin", "135790")
    tablet.page.click("button[type=submit]")
    tablet.see("article")
    tablet.go("outbox")
    tablet.see('[data-waiting="0"]')
    assert running.rows(COLLEAGUE)["records"] == before + 1


def revoke_all(site: TabletSite) -> None:
    code = "from survey.models import Device as D; from django.utils import timezone as t;"
    site._run("manage.py", "shell", "-v", "0", "-c", f"{code} D.objects.update(revoked_at=t.now())")


def publish_newer(site: TabletSite) -> None:
    """The same app with a worker that differs by one comment: a new version to every browser."""
    dist = site.folder / "dist"
    if dist.is_symlink():
        source = dist.resolve()
        dist.unlink()
        shutil.copytree(source, dist)
    with (dist / "tablet" / "sw.js").open("a") as file:
        file.write("\n// newer\n")


@pytest.mark.parametrize(
    ("address", "script", "gate"),
    [
        ("http://tablet.test/tablet/", "", "insecure"),
        ("http://localhost/tablet/", BROKEN_STORAGE, "storage"),
        ("http://localhost/tablet/", OLD_BROWSER, "old"),
    ],
    ids=["insecure", "storage", "old"],
)
def test_where_it_cannot_work_it_says_why_in_plain_words(
    chromium: Browser, address: str, script: str, gate: str
) -> None:
    context = open_context(chromium, size="upright")
    page = context.new_page()
    if script:
        page.add_init_script(script)
    page.route("**/*", serve_built)
    page.goto(address)
    page.locator(f"[data-gate={gate}]").wait_for()
    shown = page.locator("[data-gate]:visible")
    assert shown.count() == 1
    assert page.locator("#app").is_hidden()
    keep_picture(page, f"tablet-gate-{gate}")
    context.close()


def serve_built(route: Route) -> None:
    """The built files without a server, so that the address can be any."""
    path = route.request.url.split("/", 3)[3].removeprefix("static/tablet/")
    name = "index.html" if path == "tablet/" else path
    file = Path(settings.VAR_DIR) / "dist" / "tablet" / name
    if file.is_file():
        route.fulfill(path=str(file))
    else:
        route.fulfill(status=404, body="")


@pytest.mark.parametrize("size", ["tablet", "upright", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_the_frame_fit_and_have_no_serious_barrier(
    tablets: Tablets, size: str, language: str
) -> None:
    tablet = tablets(size=size)
    page, problems = tablet.page, Problems(f"tablet-{size}-{language}")
    page.goto(f"{tablet.url}/tablet/")
    tablet.see("#username")
    choose(page, language)
    problems.look(page, "sign-in")
    page.fill("#username", WORKER)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    tablet.see("#passphrase")
    problems.look(page, "passphrase")
    for field in ("#passphrase", "#again"):
        page.fill(field, PASSPHRASE)
    page.fill("#pin", PIN)
    page.click("button[type=submit]")
    tablet.see("article")
    choose(page, language, on_settings=True)
    for name in FRAME:
        tablet.go(name)
        tablet.see(".tab-bar")
        page.wait_for_timeout(300)
        problems.look(page, name)
    page.locator(".button:has(.icon)").nth(0).click()  # lock now
    tablet.see(".pad")
    problems.look(page, "lock")
    assert problems.found == []


def choose(page: Page, language: str, *, on_settings: bool = False) -> None:
    if on_settings:
        page.evaluate("location.hash = '#/settings'")
        page.locator(f".chip[lang={'en' if language == 'en' else 'zh-Hans'}]").click()
    elif language == "en":
        page.get_by_role("button", name="English").click()


class Problems:
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Any] = []

    def look(self, page: Page, what: str) -> None:
        keep_picture(page, f"{self.name}-{what}")
        wider_px = page.evaluate(TOO_WIDE_PX)
        if wider_px > 1:
            self.found.append(f"{what} is {wider_px} px wider than the window")
        self.found += [f"{what} small: {one}" for one in page.evaluate(SMALL_TARGETS)]
        self.found += [f"{what} {barrier}" for barrier in serious_barriers(page)]
