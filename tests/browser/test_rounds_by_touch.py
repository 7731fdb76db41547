"""分配 with a finger on a tablet: the line is drawn while the map stays."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.conftest import SIZES, Site, watch
from tests.browser.test_every_page import sign_in
from tests.browser.test_grids_page import wait_until
from tests.browser.test_rounds_pages import around_unassigned, balance, open_assignment, uid

__all__ = ["uid"]  # the fixture
pytestmark = pytest.mark.browser
STEPS = 6


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    width, height = SIZES["tablet"]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", has_touch=True, device_scale_factor=2
    )
    page = context.new_page()
    faults = watch(page)
    sign_in(page, site, "director")
    yield page
    context.close()
    assert faults == []


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
    wait_until(page, "window.assignPage.selected.size > 0")
    picked = page.evaluate("window.assignPage.plan.dwellingsOf(window.assignPage.selected)")
    assert picked == before["还没有分配"] == 270
    assert middle(page) == stood

    page.locator("[data-lasso]").tap()
    page.get_by_role("radio", name="杨帆").tap()
    page.locator("[data-give]").tap()
    wait_until(page, "window.assignPage.selected.size === 0")
    assert balance(page) == {**before, "杨帆": before["杨帆"] + 270, "还没有分配": 0}
    page.locator("[data-undo]").tap()
    wait_until(page, "window.assignPage.plan.balance().get(0) === 270")
    assert balance(page) == before


def test_without_the_lasso_a_finger_moves_the_map_and_a_tap_selects_one_building(
    page: Page, site: Site, uid: str
) -> None:
    open_assignment(page, site, uid)
    stood = middle(page)
    line = around_unassigned(page)
    draw_with_finger(page, [line[0], (line[0][0] - 60, line[0][1] - 60)])
    wait_until(page, "window.assignPage.selected.size === 0")
    assert middle(page) != stood
    page.wait_for_timeout(600)  # the map runs on a little after the finger has left
    x, y = page.evaluate(
        """() => {
          const { plan, map } = window.assignPage;
          const leaflet = map.base.map;
          const frame = leaflet.getContainer().getBoundingClientRect();
          const at = plan.buildings.find(({ grid }) => grid.endsWith("007")).at;
          const { x, y } = leaflet.latLngToContainerPoint([at[1], at[0]]);
          return [x + frame.left, y + frame.top];
        }"""
    )
    page.touchscreen.tap(x, y)
    wait_until(page, "window.assignPage.selected.size > 0")
    assert page.evaluate("window.assignPage.plan.buildingsOf(window.assignPage.selected).size") == 1
