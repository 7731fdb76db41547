"""The page 混居 as a housing official uses it: choices, one place, three sources kept apart, print."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.page_talk import cookies_of, page_opener, pages_of_pdf, query_of, serious_barriers, until

pytestmark = pytest.mark.browser

ROUND = "9f1c2d3e-0000-4000-8000-00000000a001"
TOLD = "本地占三成的演示走访"
# One sealed round of 新桥, written through the one door: every grid 200 of 300 answered, 60 of them local.
SEAL = f"""
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from grids.models import Grid, GridPlan, Town
from grids.tallies import Cell, PairSum, Release, replace_sealed_tallies
town = Town.objects.get(slug="xinqiao")
plan = GridPlan.objects.get(town=town, state="active")
grids = list(Grid.objects.filter(plan=plan).order_by("code"))
community, shares = grids[0].community_code, (("local", 60.0), ("moved", 100.0), ("resettled", 40.0))
def cells(level, code, many):
    said = (level, code, "origin")
    return [Cell(*said, name, count * many, 4.0, 200 * many, 300 * many) for name, count in shares]
rows = [cell for grid in grids for cell in cells("grid", grid.code, 1)]
rows += cells("community", community, len(grids))
spent = {{"origin": {{"levels": {{"grid": 0.5, "community": 0.2}}, "pairs": 0.2, "sensitivity": 2}}}}
days = (date(2026, 3, 1), date(2026, 4, 30), 2026, Decimal("1.0"))
release = Release(town, UUID("{ROUND}"), "{TOLD}", plan, [community], *days, spent, 300 * len(grids),
                  datetime(2026, 5, 2, tzinfo=UTC))
replace_sealed_tallies(release, rows, [PairSum(community, "origin", 9000, 4500.0, 30.0)], by=None)
"""
UNSEAL = f"from grids.models import SealedRelease; SealedRelease.objects.filter(round_uid='{ROUND}').delete()"
IS_READY = "() => Boolean(window.printSheet?.isReady)"
IS_SHOWN = "() => window.__lastSwitchMs !== undefined && !mixPage.mapView.store.isBusy"


@pytest.fixture(scope="module")
def sealed_round(site: Site) -> Iterator[None]:
    site.manage("shell", "-v", "0", "-c", SEAL)
    yield
    site.manage("shell", "-v", "0", "-c", UNSEAL)


@pytest.fixture(scope="module")
def housing_cookies(site: Site, chromium: Browser) -> list[Any]:
    return cookies_of(site, chromium, "housing")


@pytest.fixture
def open_page(site: Site, chromium: Browser, housing_cookies: list[Any]) -> Iterator[Callable[..., Page]]:
    """`open_page("/mix/?…")` as the housing official."""
    yield from page_opener(
        site,
        chromium,
        housing_cookies,
        lambda address: IS_READY if "/print/" in address else IS_SHOWN,
        seconds=90,  # the first page of a server waits for machine code to be made
    )


def choose(page: Page, row: str, code: str) -> None:
    """Click one of the choices and wait until it is on the screen."""
    page.evaluate("() => { window.__lastSwitchMs = undefined; }")
    page.locator(f"[data-{row}] [data-code='{code}']").click()
    until(page, "() => window.__lastSwitchMs !== undefined")


def value_of(page: Page) -> str:
    return page.locator("[data-headline-value]").inner_text()


def test_one_choice_changes_map_headline_legend_table_and_address_together(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/mix/?town=xinqiao")
    assert page.evaluate("() => mixPage.bytes.length === mixPage.state.building_count")
    before = (value_of(page), page.locator("[data-legend-title]").inner_text())
    rows = page.locator("[data-areas] tbody tr").count()
    choose(page, "levels", "grid")
    choose(page, "measures", "r_star")
    assert query_of(page)["level"] == "grid"
    assert query_of(page)["measure"] == "r_star"
    assert (value_of(page), page.locator("[data-legend-title]").inner_text()) != before
    assert page.locator("[data-areas] tbody tr").count() < rows
    assert page.evaluate("() => mixPage.side.areas.fills.size") == page.evaluate(
        "() => mixPage.shown.answer.rows.length"
    )
    page.go_back()
    until(page, "() => mixPage.settled.view.measure === 'w' && mixPage.settled.view.level === 'grid'")


def test_the_headline_is_the_figure_of_the_interface(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("/mix/?town=xinqiao&level=community&measure=w")
    asked = "town=xinqiao&source=stock&dimension=tenure&level=community"
    row = page.request.get(f"{site.url}/api/v1/mix/figures/?{asked}").json()["rows"][0]
    assert page.evaluate("() => mixPage.column.headline.last.value") == row["w"]
    assert page.locator("[data-headline-words]").inner_text().startswith("同一栋楼里随便挑两套")


def test_a_choice_that_cannot_exist_says_why_and_stays_unchosen(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao")
    chip = page.locator("[data-measures] [data-code='r_star']")
    assert chip.get_attribute("aria-disabled") == "true"
    chip.click(force=True)  # a reader may try; Playwright would wait for it to be enabled
    assert "楼与楼之间的比较" in page.locator("[data-choice-why]").inner_text()
    assert "measure" not in query_of(page)
    assert page.evaluate("() => mixPage.settled.view.measure") == "w"


def test_choices_are_walked_and_made_by_keyboard_and_reasons_are_heard(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/mix/?town=xinqiao")
    page.locator("[data-measures] [aria-checked=true]").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.dataset.code") == "r_star"
    assert page.locator("[data-choice-why]").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("() => mixPage.settled.view.measure") == "w"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, "() => mixPage.settled.view.measure === 'share'")
    assert page.evaluate("() => document.activeElement.dataset.code") == "share"


def test_the_table_begins_by_code_and_sorts_by_figure_when_asked(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao&level=grid&measure=w")
    codes = "() => [...document.querySelectorAll('[data-areas] tbody tr')].map((row) => row.dataset.code)"
    assert page.evaluate(codes) == sorted(page.evaluate(codes))
    page.locator("[data-areas] [data-key=value]").click()
    page.locator("[data-areas] [data-key=value]").click()
    assert query_of(page)["sort"] == "-value"
    figures = page.evaluate(
        "() => [...document.querySelectorAll('[data-areas] tbody tr')]"
        ".map((row) => mixPage.talk.rowOf(row.dataset.code).w).filter((w) => w !== null)"
    )
    assert figures == sorted(figures, reverse=True)


def test_a_row_opens_its_place_by_keyboard_and_its_address_opens_it_again(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/mix/?town=xinqiao&level=grid&measure=w")
    row = page.locator("[data-areas] tbody tr").nth(2)
    code = row.get_attribute("data-code")
    row.locator("button").focus()
    page.keyboard.press("Enter")
    until(page, f"() => mixPage.side.areas.marks.chosen === '{code}'")
    name = page.locator("[data-headline-place]").inner_text()
    assert name == row.locator("button").inner_text()
    page.reload()
    until(page, IS_SHOWN)
    assert page.locator("[data-headline-place]").inner_text() == name
    page.locator("[data-headline-clear]").click()
    until(page, "() => mixPage.settled.view.area === null && !mixPage.side.areas.marks.chosen")


def test_legend_and_distribution_leave_one_class_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao")
    page.locator(".legend-class").nth(2).focus()
    page.keyboard.press("Enter")
    until(page, "() => mixPage.view.class === 2")
    assert page.evaluate("() => document.activeElement.dataset.class") == "2"
    assert page.locator("[data-bin='2']").get_attribute("aria-pressed") == "true"
    counts = page.locator(".legend-count").all_inner_texts()
    homes = "() => mixPage.bytes.filter((byte) => byte !== mixPage.state.legend.no_homes).length"
    assert sum(int(count.replace(",", "")) for count in counts) == page.evaluate(homes)


def test_split_bar_is_one_sentence_whose_parts_make_up_the_whole(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao")
    page.wait_for_selector("[data-split-part]:not([hidden])")
    assert (
        page.locator("[data-split-bar]").get_attribute("aria-label")
        == page.locator("[data-split-sentence]").inner_text()
    )
    shares = page.locator(".split-share").all_inner_texts()
    assert sum(float(share.strip("<>%")) for share in shares) == pytest.approx(100, abs=0.3)


def test_two_places_stand_side_by_side_and_whom_one_meets_is_told(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao&level=grid&measure=w&open=compare,exposure")
    page.wait_for_selector(".exposure-table")
    assert page.locator(".exposure-table tbody tr").count() == page.locator(".group-row").count() + 1
    page.locator("[data-compare-with]").select_option(index=1)
    page.wait_for_selector(".compare-table")
    assert page.locator(".compare-table thead th").count() == 2
    assert query_of(page)["with"]
    assert query_of(page)["open"] == "compare,exposure"


def test_surveyed_figures_carry_round_response_margin_and_promise_and_touch_no_building(
    open_page: Callable[..., Page], sealed_round: None
) -> None:
    page = open_page("/mix/?town=xinqiao&source=sealed&open=privacy")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert value_of(page) == "30.0%"
    assert "±" in page.locator("[data-headline-margin]").inner_text()
    line = page.locator("[data-headline-source]").inner_text()
    assert "走访" in line
    assert TOLD in line
    assert "66.7%" in line
    page.wait_for_selector("[data-part=privacy] table")
    assert "ε" in page.locator("[data-part=privacy]").inner_text()
    assert page.locator("[data-part=privacy] tbody tr").count() == 3
    building = page.locator("[data-levels] [data-code=building]")
    building.click(force=True)
    assert "最细只公布到网格" in page.locator("[data-choice-why]").inner_text()
    choose(page, "levels", "community")  # where W exists, and is looked at first
    assert value_of(page) == "50.0%"
    assert [url for url in asked if url.endswith(".bin")] == []


def test_a_drawn_area_becomes_whole_grids_and_says_so(
    open_page: Callable[..., Page], sealed_round: None
) -> None:
    page = open_page("/mix/?town=xinqiao&source=sealed")
    page.locator("[data-draw]").click()
    assert page.locator("[data-draw-hint]").is_visible()
    box = page.locator("#mix-map").bounding_box()
    assert box is not None
    for x, y in ((0.35, 0.2), (0.9, 0.2), (0.9, 0.85), (0.35, 0.85)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(350)  # two clicks closer than this are a double click
    page.locator("[data-draw]").click()
    until(page, "() => Boolean(mixPage.shown?.drawn)")
    until(page, "() => mixPage.side.areas.marks.selected.size > 0")
    assert "按整个网格取" in page.locator("[data-headline-note]").inner_text()
    grids = page.evaluate("() => mixPage.shown.drawn.grids.length")
    assert f"{grids} 个网格" in page.locator("[data-headline-place]").inner_text()
    assert len(query_of(page)["draw"].split(";")) == 4
    assert value_of(page) == "30.0%"


def test_a_failed_answer_is_said_and_can_be_asked_for_again(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao", expected="404")
    page.route("**/api/v1/mix/figures/**", lambda route: route.fulfill(status=404, body=""))
    page.locator("[data-levels] [data-code=grid]").click()
    notice = page.locator("[data-map-notice]")
    notice.wait_for(state="visible")
    page.unroute_all()
    notice.locator("button").click()
    until(page, "() => mixPage.shown.listed === 'grid'")


# The checker itself sets style attributes, which the policy refuses: those complaints are not the page's.
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_open_page_has_no_serious_barrier(open_page: Callable[..., Page], dark: bool) -> None:
    page = open_page(
        "/mix/?town=xinqiao&level=grid&measure=r_star&open=exposure,compare,trend",
        dark=dark,
        expected="inline style",
    )
    page.wait_for_selector(".exposure-table")
    assert serious_barriers(page) == []


def test_dark_switch_repaints_the_areas(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/?town=xinqiao&level=grid&measure=w")
    colour = "() => [...mixPage.side.areas.fills.values()].find((fill) => fill.colour).colour"
    light = page.evaluate(colour)
    page.locator("[data-theme-switch]").click()
    until(page, f"() => ({colour})() !== '{light}'")


def test_printed_sheet_is_one_page_with_source_scale_and_the_remark(open_page: Callable[..., Page]) -> None:
    page = open_page("/mix/print/?town=xinqiao&level=grid&measure=w")
    assert page.locator("[data-print-now]").is_enabled()
    sheet = page.locator(".sheet").inner_text()
    assert "不等于融合" in sheet
    assert "住房存量" in sheet
    assert page.locator(".sheet-north").is_visible()
    assert page.locator(".scale-text").inner_text().endswith("m")
    assert pages_of_pdf(page.pdf(prefer_css_page_size=True)) == 1
