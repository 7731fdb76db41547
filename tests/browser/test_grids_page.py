"""The page 网格 under somebody's hands: list and map are two views of the same grids."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, open_context
from tests.browser.page_talk import settle, signed_in_page, until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    yield from signed_in_page(open_context(chromium), site, "planner")


def drawn(page: Page, layer: str) -> int:
    return page.evaluate(f"window.gridsPage.map.layers.get('{layer}')?.getLayers().length ?? 0")


def open_grids(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/grids/?town=xinqiao")
    until(page, "Boolean(window.gridsPage?.map?.layers.get('findings'))")
    settle(page)


def test_eleven_grids_are_drawn_and_listed(page: Page, site: Site) -> None:
    open_grids(page, site)
    assert drawn(page, "grids") == 11
    assert page.locator("[data-grid]").count() == 11
    assert page.locator(".big-figures dd").all_inner_texts()[:2] == ["11", "3,276"]


def test_opening_a_row_zooms_to_its_grid_and_gives_an_address(page: Page, site: Site) -> None:
    open_grids(page, site)
    before = page.evaluate("window.gridsPage.map.map.getZoom()")
    row = page.locator("[data-grid]").nth(3)
    row.locator("summary").click()
    code = row.get_attribute("data-grid")
    until(page, f"location.hash === '#grid-{code}'")
    assert page.evaluate("window.gridsPage.map.map.getZoom()") >= before
    page.reload()
    until(page, f"document.getElementById('grid-{code}').open")


def test_a_dot_of_the_band_opens_its_grid(page: Page, site: Site) -> None:
    open_grids(page, site)
    dot = page.locator("[data-dot]").last
    dot.click()
    assert page.locator(f"[data-grid='{dot.get_attribute('data-dot')}']").get_attribute("open") is not None


def test_a_finding_leads_to_its_grid(page: Page, site: Site) -> None:
    open_grids(page, site)
    finding = page.locator("[data-finding]").first
    finding.click()
    code = (finding.get_attribute("data-codes") or "").split(" ")[0]
    assert page.locator(f"[data-grid='{code}']").get_attribute("open") is not None


def test_another_plan_is_chosen_from_the_list(page: Page, site: Site) -> None:
    open_grids(page, site)
    page.select_option("#plan", "2")
    page.wait_for_url("**/grids/?town=xinqiao&plan=2*")
    settle(page)
    assert page.get_by_role("button", name="启用这个方案").count() == 1
