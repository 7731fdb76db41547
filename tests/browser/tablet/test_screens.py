"""Every screen of the tablet, both languages, every size, light and dark: it fits, and axe finds nothing.

All of it without a server, as a worker has it in a stairwell. WANGGE_PICTURES names a folder for pictures.
"""

import json
from collections.abc import Callable

import pytest

from tests.browser.conftest import SIZES
from tests.browser.page_talk import AXE, keep_picture
from tests.browser.tablet.driver import NEXT, Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.test_day import CONSENT, NEEDS, OCCUPANCY, age
from tests.browser.tablet.world import COLLEAGUE, PASSWORD

pytestmark = pytest.mark.browser

HELD = ("tablet", "upright", "phone")
AXE_RUN = "axe.run(document, {resultTypes: ['violations']})"

Opening = Callable[[Tablet, list[str]], None]


def _at(*way: str) -> Opening:
    return lambda tablet, _doors: tablet.go(*way)


def _door(number: int) -> Opening:
    return lambda tablet, doors: tablet.go("door", doors[number])


def _tapped(opening: Opening, *selectors: str) -> Opening:
    def open_and_tap(tablet: Tablet, doors: list[str]) -> None:
        opening(tablet, doors)
        for selector in selectors:
            tablet.see(selector).click()

    return open_and_tap


def _search(tablet: Tablet, _doors: list[str]) -> None:
    tablet.go("today")
    tablet.see(".search input").fill("101")


def _map_with_panel(tablet: Tablet, _doors: list[str]) -> None:
    """A canvas has nothing to point at by name: a finger goes along the middle until it meets a house."""
    tablet.go("today", "map")
    frame = tablet.see(".area-map-canvas .view-canvas").locator("xpath=ancestor::*[@role='application']")
    box = frame.bounding_box()
    assert box is not None
    tablet.page.wait_for_timeout(800)
    for step in range(1, 24):
        tablet.page.mouse.click(box["x"] + box["width"] * step / 24, box["y"] + box["height"] / 2)
        tablet.page.wait_for_timeout(60)
        if tablet.page.locator(".map-panel").count():
            return
    raise AssertionError("no house was met")


def _form_page(door: int, path: str) -> Opening:
    """The form's page with this question: from its first page onwards, wherever it was left."""

    def leaf(tablet: Tablet, doors: list[str]) -> None:
        tablet.go("door", doors[door])
        tablet.see("[data-action=form]").click()
        tablet.see(".form-title")
        while (previous := tablet.page.locator(".form-previous")).is_enabled():
            previous.click()
        while not tablet.page.locator(f'[data-path="{path}"]').count():
            tablet.see(NEXT).click()

    return leaf


SCREENS: dict[str, Opening] = {
    "today": _at("today"),
    "search": _search,
    "map": _at("today", "map"),
    "map-panel": _map_with_panel,
    "door": _door(8),
    "door-waiting": _door(9),
    "door-declined": _door(10),
    "door-draft": _door(11),
    "card": _tapped(_door(8), "[data-action=card]"),
    "pick-time": _tapped(_door(8), "[data-slot=pick]"),
    "form": _form_page(8, CONSENT),
    "form-people": _form_page(11, age("15_59")),
    "form-needs": _form_page(11, NEEDS),
    "returned": _at("returned"),
    "outbox": _at("outbox"),
    "ready": _at("ready"),
    "settings": _at("settings"),
}


def test_every_screen_fits_and_has_no_barrier(running: TabletSite, tablets: Callable[..., Tablet]) -> None:
    doors = running.world[COLLEAGUE]
    tablet = tablets()
    problems: list[str] = []
    tablet.page.goto(f"{running.url}/tablet/")
    tablet.see("#username")
    look(tablet, "sign-in-zh", problems)
    tablet.sign_in(COLLEAGUE, PASSWORD)
    tablet.download()
    running.kill()
    _leave_traces(tablet, doors)
    for language in ("zh", "en"):
        _speak(tablet, language)
        tablet.page.goto(f"{running.url}/tablet/")
        tablet.page.reload()
        tablet.see("#unlock")
        look(tablet, f"lock-{language}", problems)
        tablet.unlock()
        for name, opening in SCREENS.items():
            tablet.page.set_viewport_size(dict(zip(("width", "height"), SIZES["tablet"], strict=True)))
            tablet.go("today")
            tablet.see(".tab-bar")
            opening(tablet, doors)
            tablet.page.wait_for_timeout(300)
            look(tablet, f"{name}-{language}", problems)
            tablet.page.keyboard.press("Escape")
    assert problems == []


def _leave_traces(tablet: Tablet, doors: list[str]) -> None:
    """Doors in several states, records that wait, a form half filled."""
    tablet.outcome(doors[9], "[data-slot=weekend]")
    tablet.outcome(doors[10], "[data-outcome=declined]")
    tablet.outcome(doors[12], "[data-outcome=no_one_in]")
    tablet.outcome(doors[13], "[data-outcome=vacant]")
    tablet.show_list(doors[11][:17])
    tablet.open_door(doors[11])
    tablet.tap("[data-action=form]")
    counted = age("15_59")
    tablet.fill({CONSENT: "yes", OCCUPANCY: "rented", counted: 2}, until_path=counted)
    tablet.page.wait_for_timeout(700)


def _speak(tablet: Tablet, language: str) -> None:
    kept = json.dumps({"language": language, "largeType": False, "theme": "system"})
    tablet.page.evaluate("(kept) => localStorage.setItem('wangge.preferences', kept)", kept)


def look(tablet: Tablet, name: str, problems: list[str]) -> None:
    """Words differ by language, widths by size, contrasts by light: each is looked at where it may fail."""
    page = tablet.page
    is_english = name.endswith("-en")
    for size in HELD:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(150)
        keep_picture(page, f"{name}-{size}")
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 0:
            problems.append(f"{name} {size}: {wider} px wider than the window")
        if size == "phone" or (size == "tablet" and not is_english):
            problems += [f"{name} {size}: {barrier}" for barrier in barriers(tablet)]
    if not is_english:
        page.emulate_media(color_scheme="dark")
        keep_picture(page, f"{name}-dark")
        problems += [f"{name} dark: {barrier}" for barrier in barriers(tablet)]
        page.emulate_media(color_scheme="light")


def barriers(tablet: Tablet) -> list[str]:
    """Whatever axe finds, however small. What the page itself said is looked at first: axe makes noise."""
    said, tablet.faults[:] = list(tablet.faults), []
    if not tablet.page.evaluate("'axe' in window"):
        tablet.page.evaluate(AXE.read_text())
    found = tablet.page.evaluate(AXE_RUN)["violations"]
    tablet.page.wait_for_timeout(50)
    tablet.faults.clear()
    return said + [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:160]}" for rule in found]
