"""A worker's hand on the tablet: every tap and keystroke goes through here and is counted."""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Error, Locator, Page

from tests.browser.conftest import CHROMIUM, FLAGS, SIZES

PASSPHRASE, PIN = "green bicycle seven", "246810"
NEXT, FINISH = ".foot-bar .button-primary", ".foot-bar .button-good"
#: With the server dead the browser says so on its console; nothing else may be said there.
NO_NETWORK = re.compile(
    r"net::ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|CONNECTION_RESET|NETWORK_CHANGED|FAILED)"
)


class Tablet:
    def __init__(
        self, browser: BrowserType, url: str, profile: Path, *, size: str = "tablet", language: str = "zh-CN"
    ) -> None:
        self.browser, self.url, self.profile, self.language = browser, url, profile, language
        self.size = size
        self.faults: list[str] = []
        self.taps = 0
        self.context: BrowserContext
        self.page: Page

    # --- The browser ---------------------------------------------------------------------------

    def start(self) -> None:
        """Like switching the tablet on: a new browser over what the last one left on disk."""
        width, height = SIZES[self.size]
        self.context = self.browser.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            args=FLAGS,
            locale=self.language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        self.page = self.context.pages[0]
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, said: str) -> None:
        if not NO_NETWORK.search(said):
            self.faults.append(said)

    def stop(self) -> None:
        with suppress(Error):  # closed already
            self.context.close()

    def crash(self) -> None:
        """The tab is killed where it stands: no unload, no last save. Then the browser goes too."""
        with suppress(Error):  # the page dies while it is being asked
            self.page.goto("chrome://crash", timeout=5_000)
        self.stop()

    # --- Taps ----------------------------------------------------------------------------------

    def tap(self, what: str | Locator) -> None:
        self.taps += 1
        (self.page.locator(what).first if isinstance(what, str) else what).click()

    def type(self, what: str, text: str) -> None:
        """A tap into the field and one for every key."""
        self.taps += 1 + len(text)
        self.page.fill(what, text)

    def until(self, claim: str, seconds: float = 20) -> None:
        """Poll: the page's CSP forbids what wait_for_function does."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(claim):
            assert time.monotonic() < end, f"{claim}\n{self.page.inner_text('body')[:800]}"
            time.sleep(0.1)

    def see(self, selector: str, seconds: float | None = None) -> Locator:
        found = self.page.locator(selector).first
        try:
            found.wait_for(timeout=seconds and seconds * 1000)
        except Error as err:
            raise AssertionError(f"{selector} is not there; {self.page.inner_text('body')[:800]}") from err
        return found

    # --- Morning -------------------------------------------------------------------------------

    def sign_in(self, username: str, password: str) -> None:
        self.page.goto(f"{self.url}/tablet/")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.page.click("button[type=submit]")
        self.see("#passphrase")
        self.page.fill("#passphrase", PASSPHRASE)
        self.page.fill("#again", PASSPHRASE)
        self.page.fill("#pin", PIN)
        self.page.click("button[type=submit]")

    def download(self) -> None:
        self.see("article .button").click()
        self.see("main > .button-primary, .day-list", seconds=180)  # the area's map is baked for the first
        self.until("navigator.serviceWorker.getRegistration('/tablet/').then((one) => !!(one && one.active))")

    def fetch_again(self) -> None:
        self.go("ready")
        self.see("article .button").click()
        self.until("!document.querySelector('article progress, article .progress')")
        self.page.wait_for_timeout(300)

    def unlock(self) -> None:
        self.page.goto(f"{self.url}/tablet/")
        self.see("#unlock").fill(PASSPHRASE)
        self.page.click("button[type=submit]")
        self.page.locator("#unlock").wait_for(state="detached")

    # --- Doors ---------------------------------------------------------------------------------

    def go(self, *way: str) -> None:
        """By address, as a bookmark would: not a tap."""
        self.page.evaluate("(to) => { location.hash = to }", "#/" + "/".join(way))

    def show_list(self, building: str) -> None:
        """The list with this building unfolded: where a worker stands when the visit begins."""
        self.go("today")
        head = self.see(f'[data-building="{building}"] .house-head button')
        if head.get_attribute("aria-expanded") == "false":
            head.click()
        self.see(f'[data-building="{building}"] .door-tile')

    def open_door(self, code: str) -> None:
        self.tap(f'.house [data-door="{code}"]')
        self.see(".door-content, .form")

    def outcome(self, code: str, selector: str) -> None:
        """An outcome in one tap; it is final with the next one, or when its seconds are over."""
        self.show_list(code[:17])
        self.open_door(code)
        self.tap(selector)
        self.see(".toast")

    def state_of(self, code: str) -> str:
        self.show_list(code[:17])
        return self.see(f'.house [data-door="{code}"]').get_attribute("data-state") or ""

    # --- The form ------------------------------------------------------------------------------

    def fill(self, answers: Mapping[str, Any], *, until_path: str = "") -> None:
        """Page by page to the end, or until the page with this question has been answered.

        Values: text to choose or type, a list to choose several, a Path for a photo.
        """
        self.see(".form .question")
        while not self.page.locator(FINISH).count():
            if until_path in self._answer_page(answers):
                return
            title = self.page.inner_text(".form-title")
            self.tap(NEXT)
            self.until(f"document.querySelector('.form-title').innerText !== {title!r}")

    def _answer_page(self, answers: Mapping[str, Any]) -> list[str]:
        """One question after the other; an answer may bring further questions onto the page."""
        done: list[str] = []
        while True:
            shown = [one.get_attribute("data-path") or "" for one in self.page.locator(".question").all()]
            new = [path for path in shown if path not in done]
            if not new:
                return done
            done.append(new[0])
            if new[0] in answers:
                self._answer(new[0], answers[new[0]])

    def _answer(self, path: str, value: Any) -> None:
        question = f'[data-path="{path}"]'
        self.page.locator(f"{question} .option, {question} input").first.wait_for(state="attached")
        if isinstance(value, Path):
            self.taps += 2  # the camera's shutter and its tick
            self.page.set_input_files(f"{question} input[type=file]", str(value))
            self.see(f"{question} img")
        elif self.page.locator(f"{question} .option").count():
            for one in value if isinstance(value, list) else [value]:
                self.tap(f'{question} [data-value="{one}"]')
        else:
            self.type(f"{question} input", str(value))

    def finish(self) -> None:
        self.tap(FINISH)
        self.see(".day-list")

    # --- Evening -------------------------------------------------------------------------------

    def send_everything(self, seconds: float = 120) -> None:
        self.go("outbox")
        end = time.monotonic() + seconds
        self.see("[data-waiting]")  # the outbox itself, and read: another page may be empty too
        while not self.page.locator('[data-waiting="0"]').count():
            assert time.monotonic() < end, self.page.inner_text("body")[:800]
            button = self.page.locator("main .button-primary").first
            if button.is_enabled():
                button.click()
            self.page.wait_for_timeout(500)
