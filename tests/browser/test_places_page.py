"""The page 房屋设施 under somebody's hands: from a search to a corrected building and back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, open_context
from tests.browser.page_talk import settle, signed_in_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    yield from signed_in_page(open_context(chromium), site, "planner")


def test_a_search_narrows_the_list_and_the_map(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/places/?town=xinqiao")
    page.fill("#f-q", "清河雅苑")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**q=*")
    settle(page)
    assert page.locator("[data-place]").count() == 5
    assert page.evaluate("window.placesPage.state.places.length") == 5


def test_pointing_at_a_row_marks_its_footprint(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/places/?town=xinqiao&q=%E6%B8%85%E6%B2%B3%E9%9B%85%E8%8B%91")
    settle(page)
    row = page.locator("[data-place]").nth(2)
    row.hover()
    number = int(row.get_attribute("data-number") or -2)
    assert page.evaluate("window.placesPage.map.view.focus.selected") == number


def test_a_building_is_corrected_with_a_reason_and_the_correction_undone(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/places/?town=xinqiao&kind=residential")
    page.locator("[data-place] a.row-link").first.click()
    page.get_by_text("更正这些内容").click()
    page.select_option("select[name=has_gas]", "no")
    page.fill("input[name=reason]", "现场核对")
    page.get_by_role("button", name="保存更正").click()
    page.wait_for_url("**/places/buildings/*/#history")
    assert page.locator(".is-corrected .fact-words").inner_text() == "没有"
    page.get_by_role("button", name="撤销").click()
    page.locator(".is-undone").wait_for()
    assert page.locator(".is-corrected").count() == 0


def test_facilities_are_dots_that_open_their_page(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/places/?town=xinqiao&tab=facilities&category=HLT-PHA")
    settle(page)
    assert page.evaluate("window.placesPage.map.layers.get('places').getLayers().length") >= 3
    page.locator("[data-place] a.row-link").first.click()
    page.wait_for_url("**/places/facilities/*/")
