"""分配 with a finger on a tablet: the line is drawn while the map stays."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.conftest import SIZES, Site
from tests.browser.page_talk import signed_in_page, until
from tests.browser.test_rounds_pages import (
    around_unassigned,
    balance,
    open_assignment,
    spot_of_a_building,
    uid,
)

__all__ = ["uid"]  # the fixture
pytestmark = pytest.mark.browser
STEPS = 6


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    width, height = SIZES["tablet"]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", has_touch=True, device_scale_factor=2
    )
    yield from signed_in_page(context, site, "director")


def touch(wire: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """What the browser gets from the glass itself, before any script sees it."""
    found = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})


def draw_with_finger(page: Page, line: list[tuple[float, float]]) -> None:
    wire = page.context.new_cdp_session(page)
    touch(wire, "touchStart", line[0])
    for (x0, y0), (x1, y1) in pairwise(line):
        for step in range(1, STEPS + 1):
            touch(wire, "touchMove", (x0 + (x1 - x0) * step / STEPS, y0 + (y1 - y0) * step / STEPS))
    touch(wire, "touchEnd")
    wire.detach()


def middle(page: Page) -> list[float]:
    return page.evaluate("(({ lng, lat }) => [lng, lat])(window.assignPage.map.base.map.getCenter())")


def test_a_line_drawn_with_a_finger_selects_what_lies_within_it(page: Page, site: Site, uid: str) -> None:
    open_assignment(page, site, uid)
    before, stood = balance(page), middle(page)
    page.locator("[data-lasso]").tap()
    assert page.locator("[data-lasso]").get_attribute("aria-pressed") == "true"
    draw_with_finger(page, around_unassigned(page))
    until(page, "window.assignPage.selected.size > 0")
    picked = page.evaluate("window.assignPage.plan.dwellingsOf(window.assignPage.selected)")
    assert picked == before["还没有分配"] == 270
    assert middle(page) == stood

    page.locator("[data-lasso]").tap()
    page.get_by_role("radio", name="杨帆").tap()
    page.locator("[data-give]").tap()
    until(page, "window.assignPage.selected.size === 0")
    assert balance(page) == {**before, "杨帆": before["杨帆"] + 270, "还没有分配": 0}
    page.locator("[data-undo]").tap()
    until(page, "window.assignPage.plan.balance().get(0) === 270")
    assert balance(page) == before


def test_without_the_lasso_a_finger_moves_the_map_and_a_tap_selects_one_building(
    page: Page, site: Site, uid: str
) -> None:
    open_assignment(page, site, uid)
    stood = middle(page)
    line = around_unassigned(page)
    draw_with_finger(page, [line[0], (line[0][0] - 60, line[0][1] - 60)])
    until(page, "window.assignPage.selected.size === 0")
    assert middle(page) != stood
    page.wait_for_timeout(600)  # the map runs on a little after the finger has left
    x, y = spot_of_a_building(page)
    page.touchscreen.tap(x, y)
    until(page, "window.assignPage.selected.size > 0")
    assert page.evaluate("window.assignPage.plan.buildingsOf(window.assignPage.selected).size") == 1
