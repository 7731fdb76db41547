"""What the browser tests say to a page, whichever it is: sign in, wait, look for barriers, open and watch."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import ROOT, Site, open_context, watch

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "wangge-demo-2026"
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-GB"}


def sign_in(page: Page, site: Site, username: str) -> None:
    page.goto(f"{site.url}/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(f"{site.url}/")


def signed_in_page(context: BrowserContext, site: Site, username: str) -> Iterator[Page]:
    """One page of somebody's, for a fixture to hand out; any fault on it fails the test."""
    page = context.new_page()
    faults = watch(page)
    sign_in(page, site, username)
    yield page
    context.close()
    assert faults == []


def cookies_of(site: Site, chromium: Browser, username: str) -> list[Any]:
    """What makes any later page somebody's without signing in again."""
    context = open_context(chromium)
    sign_in(context.new_page(), site, username)
    cookies: list[Any] = context.cookies()
    context.close()
    return cookies


def page_opener(
    site: Site, chromium: Browser, cookies: list[Any], is_ready: Callable[[str], str], seconds: float = 30
) -> Iterator[Callable[..., Page]]:
    """`open_it("/mix/?…", size=…, dark=…)`: each address in a context of its own.

    It is open once the script of `is_ready(address)` holds. Any fault on any of the pages fails the test, but
    for those that hold `expected`.
    """
    opened = []

    def open_it(address: str, *, expected: str | None = None, **look: Any) -> Page:
        context = open_context(chromium, **look)
        context.add_cookies(cookies)
        page = context.new_page()
        opened.append((context, watch(page), expected))
        page.goto(site.url + address)
        until(page, is_ready(address), seconds)
        return page

    yield open_it
    faults = [
        fault for _, found, expected in opened for fault in found if not expected or expected not in fault
    ]
    for context, _, _ in opened:
        context.close()
    assert faults == []


def until(page: Page, script: str, seconds: float = 30) -> None:
    """Poll: Playwright's own waiting for a script needs eval, which the page's policy refuses."""
    end = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < end, f"still not true after {seconds} s: {script}"
        page.wait_for_timeout(50)


def settle(page: Page, address: str = "/coverage/") -> None:
    """Maps load on after the page has; the others are there at once."""
    has_map = address.startswith(("/coverage", "/grids", "/places", "/mix"))
    page.wait_for_load_state("networkidle" if has_map else "load")
    page.wait_for_timeout(150)


def query_of(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def speak(page: Page, site: Site, language: str) -> None:
    """The account's own language wins over the browser's."""
    asked = {"language": language, "csrfmiddlewaretoken": csrf(page)}
    page.request.post(f"{site.url}/language/", form=asked, headers={"Referer": site.url})


def csrf(page: Page) -> str:
    return str(page.evaluate("document.querySelector('input[name=csrfmiddlewaretoken]').value"))


def serious_barriers(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:160]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def keep_picture(page: Page, name: str) -> None:
    """Pictures to look at, when WANGGE_PICTURES names a folder for them."""
    if folder := os.environ.get("WANGGE_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def pages_of_pdf(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages")
