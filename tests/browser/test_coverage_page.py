"""The page 生活圈 as a planner uses it: one control, linked views, cards, addresses to send, print."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import Site
from tests.browser.page_talk import cookies_of, page_opener, pages_of_pdf, query_of, serious_barriers, until

pytestmark = pytest.mark.browser

# A building of at least twenty dwellings whose own footprint lies under its point, well inside the view.
FIND_BUILDING = """() => {
  const { map, fixed } = coveragePage;
  const frame = map.map.getBounds().pad(-0.3);
  for (let at = 0; at < fixed.dwellings.length; at++) {
    const place = L.latLng(fixed.points[2 * at + 1], fixed.points[2 * at]);
    if (fixed.dwellings[at] < 20 || !frame.contains(place) || map.buildingAt(place) !== at) continue;
    const { x, y } = map.map.latLngToContainerPoint(place);
    return { number: at, x, y };
  }
}"""
IS_READY = "() => Boolean(window.printSheet?.isReady)"
IS_DRAWN = """() => window.__lastSwitchMs !== undefined && Boolean(window.coveragePage?.histogram.chart)
  && !coveragePage.map.store.isBusy && coveragePage.values.waiting.size === 0"""


@pytest.fixture(scope="module")
def planner_cookies(site: Site, chromium: Browser) -> list[Any]:
    return cookies_of(site, chromium, "planner")


@pytest.fixture
def open_page(site: Site, chromium: Browser, planner_cookies: list[Any]) -> Iterator[Callable[..., Page]]:
    """`open_page("/coverage/?…")` as the planner."""
    yield from page_opener(
        site, chromium, planner_cookies, lambda address: IS_READY if "/print/" in address else IS_DRAWN
    )


def choose(page: Page, code: str) -> None:
    """Choose a category and wait until it is on the screen."""
    page.evaluate("() => { window.__lastSwitchMs = undefined; }")
    page.locator(f"#category-{code}").click()
    until(page, "() => window.__lastSwitchMs !== undefined")


def test_one_choice_changes_map_headline_histogram_table_and_address_at_once(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/coverage/?town=monaco")
    before = page.locator("[data-headline-share]").inner_text()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    for code in ("EDU-PRI", "COM-MKT", "TRA-BUS", "HLT-PHA", "EDU-PRI"):
        choose(page, code)
    # A switch costs one small file of values (and its facilities), never a tile: that is what makes it fast.
    assert [path for path in asked if path.endswith(".mvt")] == []
    assert len([path for path in asked if path.endswith(".bin")]) <= 4
    assert query_of(page)["cat"] == "EDU-PRI"
    share = page.locator("[data-headline-share]").inner_text()
    assert share != before
    assert page.locator("#category-EDU-PRI .category-share").inner_text() == share
    assert page.locator("#category-EDU-PRI").get_attribute("aria-selected") == "true"
    assert page.locator("[data-ranking] tbody tr").count() > 1
    bars = page.locator("[data-histogram-table] tbody tr").count()
    assert 6 <= bars <= 30
    assert page.evaluate("() => coveragePage.map.facilities.lon.length") > 0


def test_the_share_on_the_page_is_the_run_s_own(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("/coverage/?town=monaco&cat=EDU-PRI&weight=buildings")
    run = page.evaluate("() => coveragePage.state.run.id")
    address = f"{site.url}/api/v1/coverage/runs/{run}/shares/?level=town&category=EDU-PRI&mode=norm"
    row = page.request.get(address).json()["results"][0]
    shown = page.evaluate("() => coveragePage.headline.last")
    assert shown["hit"] == row["building_covered"]


def test_category_without_data_cannot_be_chosen_and_says_why(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco&cat=EDU-PRI")
    empty = page.locator("[role=option][aria-disabled=true]").first
    assert "没有数据，不是没有服务" in (empty.get_attribute("title") or "")
    empty.click(force=True)
    page.wait_for_timeout(100)
    assert query_of(page)["cat"] == "EDU-PRI"


def test_category_is_found_and_chosen_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco")
    field = page.locator("[data-category-field]")
    field.fill("公交")
    assert page.locator("[role=option]:visible").count() == 1
    field.press("Enter")
    until(page, "() => coveragePage.view.cat === 'TRA-BUS'")
    field.press("Escape")
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant")


def test_legend_isolates_a_class_by_keyboard_and_counts_it(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco&cat=EDU-PRI")
    row = page.locator(".legend-class").nth(1)
    count = row.locator(".legend-count").inner_text()
    row.focus()
    page.keyboard.press("Enter")
    until(page, "() => coveragePage.view.class === 1")
    assert row.get_attribute("aria-pressed") == "true"
    assert page.evaluate("() => document.activeElement.dataset.class") == "1"
    assert count in page.locator("[data-headline-note]").inner_text()
    page.keyboard.press("Enter")
    until(page, "() => coveragePage.view.class === null")


def test_a_click_opens_the_building_a_row_draws_its_walk_and_the_back_button_returns(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/coverage/?town=monaco&cat=EDU-PRI&z=17&lon=7.4197&lat=43.7325")
    found = page.evaluate(FIND_BUILDING)
    box = page.locator("#coverage-map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + found["x"], box["y"] + found["y"])
    page.wait_for_selector(".card-score")
    assert query_of(page)["b"] == str(found["number"])
    assert page.locator(".card-missing li").count() == len(
        page.evaluate("() => coveragePage.facts.fact.missing")
    )
    assert page.locator(".walk .verdict").first.inner_text() in "✓✗"
    page.locator("button.walk").first.click()
    until(page, "() => coveragePage.map.focus.walk !== null")
    assert page.evaluate("() => coveragePage.map.focus.walk.path.length") >= 2
    address = page.url
    page.keyboard.press("Escape")
    until(page, "() => document.querySelector('[data-card]').hidden")
    page.go_back()
    until(page, f"() => coveragePage.view.b === {found['number']}")
    page.wait_for_selector(".card-score")
    page.goto(address)
    until(page, "() => Boolean(window.coveragePage?.map?.focus.walk)")


def test_row_outlines_its_area_and_opens_it(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=xinqiao&cat=EDU-KIN&level=grid")
    row = page.locator("[data-ranking] tbody tr").first
    row.hover()
    until(page, "() => coveragePage.map.focus.area?.length > 0")
    before = query_of(page).get("z")
    row.locator("button").click()
    until(page, f"() => new URLSearchParams(location.search).get('z') !== '{before}'")


def test_search_finds_a_place_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco")
    field = page.get_by_role("combobox", name="查找地址、小区、设施、区域或道路")
    field.fill("Casino")
    page.wait_for_selector("#map-search-found [role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "found-0"
    field.press("Enter")
    until(page, "() => coveragePage.map.map.getZoom() >= 17")
    field.fill("zzzz-nothing")
    until(page, "() => document.querySelector('[data-search-status]').classList.contains('is-shown')")


def test_minutes_of_slower_walkers_cover_no_more(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco&cat=EDU-PRI&mode=time-adult")
    adult = page.evaluate("() => coveragePage.headline.last.share")
    page.locator("[data-profile]").select_option("older")
    until(
        page, "() => coveragePage.view.mode === 'time-older' && coveragePage.headline.mode === 'time-older'"
    )
    assert page.evaluate("() => coveragePage.headline.last.share") <= adult


def test_tiles_that_do_not_come_are_said_and_can_be_asked_for_again(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco", expected="404")

    def refuse(route: Route) -> None:
        route.fulfill(status=404, body="")

    page.route("**/tiles/**", refuse)
    page.evaluate("() => coveragePage.map.map.setView([43.739, 7.427], 18, { animate: false })")
    notice = page.locator("[data-map-notice]")
    notice.wait_for(state="visible")
    page.unroute("**/tiles/**", refuse)
    notice.locator("button").click()
    until(page, "() => coveragePage.map.store.failed.size === 0 && !coveragePage.map.store.isBusy")
    assert notice.is_hidden()


# The checker itself sets style attributes, which the policy refuses: those complaints are not the page's.
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_open_card_has_no_serious_barrier(open_page: Callable[..., Page], dark: bool) -> None:
    page = open_page(
        "/coverage/?town=monaco&cat=EDU-PRI&z=17&lon=7.4197&lat=43.7325&b=100",
        dark=dark,
        expected="inline style",
    )
    page.wait_for_selector(".card-score")
    assert serious_barriers(page) == []


def test_dark_switch_redraws_map_and_chart(open_page: Callable[..., Page]) -> None:
    page = open_page("/coverage/?town=monaco&cat=EDU-PRI")
    colour = "() => coveragePage.last.picture.ramp[0]"
    light = page.evaluate(colour)
    page.locator("[data-theme-switch]").click()
    until(page, f"() => ({colour})() !== '{light}'")


def test_printed_sheet_is_one_page_with_legend_scale_north_and_sources(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/coverage/print/?town=monaco&cat=EDU-PRI")
    assert page.locator("[data-print-now]").is_enabled()
    sheet = page.locator(".sheet").inner_text()
    assert "OpenStreetMap" in sheet
    assert "达标线 500 m" in sheet
    assert page.locator(".sheet-north").is_visible()
    assert page.locator(".scale-text").inner_text().endswith("m")
    assert pages_of_pdf(page.pdf(prefer_css_page_size=True)) == 1
