"""走访普查 under a director's hands: progress, the lasso, the live balance, opening and ending a round."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, open_context, watch
from tests.browser.page_talk import (
    LANGUAGES,
    keep_picture,
    serious_barriers,
    sign_in,
    signed_in_page,
    speak,
    until,
)

pytestmark = pytest.mark.browser
ROUND, TRIAL = "秋季走访", "试走一轮"


def from_database(site: Site, expression: str) -> str:
    code = f"from survey.models import *; print({expression})"
    return site.manage("shell", "-v", "0", "-c", code).strip()


@pytest.fixture(scope="module")
def uid(site: Site) -> str:
    return from_database(site, f"Round.objects.get(name='{ROUND}').uid")


@pytest.fixture(scope="module")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    yield from signed_in_page(open_context(chromium), site, "director")


def open_progress(page: Page, site: Site, uid: str, view: str = "") -> None:
    page.goto("about:blank")  # another # in the address alone would not load the page again
    page.goto(f"{site.url}/rounds/{uid}/{view}")
    until(page, "Boolean(window.progressPage?.isReady)")


def open_assignment(page: Page, site: Site, uid: str) -> None:
    page.goto(f"{site.url}/rounds/{uid}/assign/")
    until(page, "Boolean(window.assignPage?.isReady)")
    page.wait_for_load_state("networkidle")


def number(text: str) -> int:
    return int(text.replace(",", ""))


def balance(page: Page) -> dict[str, int]:
    """What the list of workers shows: name → dwellings."""
    rows = page.locator("[data-workers] li")
    names = rows.locator(".load-name").all_inner_texts()
    return dict(zip(names, map(number, rows.locator(".number").all_inner_texts()), strict=True))


def selected(page: Page) -> int:
    return page.evaluate("window.assignPage.selected.size")


def spot_of_a_building(page: Page) -> tuple[float, float]:
    """Where on the screen the first building of grid 007 stands."""
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
    return x, y


# --- Progress -------------------------------------------------------------------------------


def test_the_states_add_up_to_every_dwelling(page: Page, site: Site, uid: str) -> None:
    open_progress(page, site, uid)
    counts = page.locator("[data-legend] li:not(.due-line) [data-count]").all_inner_texts()
    total = number(page.locator("[data-figure=total]").inner_text())
    assert sum(map(number, counts)) == total == 3608
    declined = "len({v.dwelling_code for v in Visit.objects.filter(outcome='declined', is_current=True)})"
    shown = page.locator("[data-state=declined] [data-count]").inner_text()
    assert shown == from_database(site, declined)


def test_the_legend_filters_the_table_and_gives_an_address(page: Page, site: Site, uid: str) -> None:
    open_progress(page, site, uid)
    grids = page.locator("[data-progress-table] tr").count()
    page.locator("[data-state=call_back]").click()
    until(page, "location.hash === '#call_back'")
    rows = page.locator("[data-progress-table] tr")
    assert 0 < rows.count() < grids
    counts = rows.locator("strong").all_inner_texts()
    assert sum(map(number, counts)) == number(
        page.locator("[data-state=call_back] [data-count]").inner_text()
    )

    open_progress(page, site, uid, "#call_back")
    assert page.locator("[data-state=call_back]").get_attribute("aria-pressed") == "true"
    page.locator("[data-state=call_back]").click()
    assert page.locator("[data-progress-table] tr").count() == grids


def test_a_grid_opens_into_its_buildings_by_keyboard(page: Page, site: Site, uid: str) -> None:
    open_progress(page, site, uid)
    opener = page.locator("[data-progress-table] .grid-line button").first
    opener.focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.building-line').length > 3")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


# --- Assignment -----------------------------------------------------------------------------


def test_a_lasso_selects_the_buildings_within_it_and_the_balance_follows(
    page: Page, site: Site, uid: str
) -> None:
    open_assignment(page, site, uid)
    before = balance(page)
    assert sum(before.values()) == 3608
    draw_around_unassigned(page)
    picked = page.evaluate("window.assignPage.plan.dwellingsOf(window.assignPage.selected)")
    assert picked == before["还没有分配"] == 270

    page.get_by_role("radio", name="杨帆").check()
    assert balance(page) == {**before, "杨帆": before["杨帆"] + 270, "还没有分配": 0}
    assert "→" in page.locator("[data-workers] .is-changing .load-change").first.inner_text()
    assert (
        from_database(site, f"Assignment.objects.filter(set__round__uid='{uid}', ended_at=None).count()")
        == "11"
    )

    page.locator("[data-give]").click()
    until(page, "window.assignPage.selected.size === 0")
    assert balance(page)["还没有分配"] == 0
    page.locator("[data-undo]").click()
    until(page, "window.assignPage.plan.balance().get(0) === 270")
    assert balance(page) == before


def around_unassigned(page: Page) -> list[tuple[float, float]]:
    """A line on the window along a box around the buildings that nobody visits."""
    left, top, right, bottom = page.evaluate(
        """() => {
          const { plan, map } = window.assignPage;
          const leaflet = map.base.map;
          const frame = leaflet.getContainer().getBoundingClientRect();
          const spots = plan.buildings.filter((_, at) => plan.ownersOf(at).includes(0))
            .map(({ at }) => leaflet.latLngToContainerPoint([at[1], at[0]]));
          const xs = spots.map(({ x }) => x + frame.left), ys = spots.map(({ y }) => y + frame.top);
          return [Math.min(...xs) - 8, Math.min(...ys) - 8, Math.max(...xs) + 8, Math.max(...ys) + 8];
        }"""
    )
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 4)]


def draw_around_unassigned(page: Page) -> None:
    """With the mouse."""
    first, *others = around_unassigned(page)
    page.locator("[data-lasso]").click()
    page.mouse.move(*first)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(x, y, steps=6)
    page.mouse.up()
    until(page, "window.assignPage.selected.size > 0")
    page.keyboard.press("Escape")
    assert page.locator("[data-lasso]").get_attribute("aria-pressed") == "false"


def test_everything_goes_by_keyboard_too(page: Page, site: Site, uid: str) -> None:
    open_assignment(page, site, uid)
    page.locator("[data-places] .opener").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-places] .level-b .opener").first.focus()
    page.keyboard.press("Enter")
    stairwell = page.locator("[data-places] .level-u input").first
    stairwell.focus()
    page.keyboard.press("Space")
    assert selected(page) == 1
    assert page.locator("[data-places] .level-g input").first.evaluate("box => box.indeterminate")
    before = balance(page)
    page.get_by_role("radio", name="陈小燕").focus()
    page.keyboard.press("Space")
    assert page.locator("[data-trouble]").inner_text() == "所选的已经都是陈小燕的"
    assert page.locator("[data-give]").is_disabled()
    page.locator("[data-withdraw]").focus()
    page.keyboard.press("Enter")
    until(page, "window.assignPage.selected.size === 0 && !window.assignPage.isBusy")
    lost = balance(page)["还没有分配"] - before["还没有分配"]
    assert lost > 0
    assert balance(page)["陈小燕"] == before["陈小燕"] - lost
    page.locator("[data-undo]").click()
    until(page, "window.assignPage.plan.balance().get(0) === 270")


def test_who_has_no_duty_there_is_not_offered_the_button(page: Page, site: Site, uid: str) -> None:
    open_assignment(page, site, uid)
    page.locator("[data-places] .level-g input").first.check()
    page.get_by_role("radio", name="杨帆").check()
    assert "职责范围内" in page.locator("[data-trouble]").inner_text()
    assert page.locator("[data-give]").is_disabled()


def test_a_click_on_a_building_selects_it_and_another_lets_it_go(page: Page, site: Site, uid: str) -> None:
    open_assignment(page, site, uid)
    spot = spot_of_a_building(page)
    page.mouse.click(*spot)
    until(page, "window.assignPage.selected.size > 0")
    page.wait_for_timeout(400)  # two clicks at once are a double click, which zooms
    page.mouse.click(*spot)
    until(page, "window.assignPage.selected.size === 0")


def test_five_thousand_dwellings_are_redrawn_within_a_tenth_of_a_second(
    page: Page, site: Site, uid: str
) -> None:
    """The page's own arithmetic and drawing on a plan of 500 buildings with 10 dwellings each."""
    open_assignment(page, site, uid)
    took = page.evaluate(
        """() => {
          const { plan } = window.assignPage;
          const Plan = plan.constructor;
          const buildings = Array.from({ length: 500 }, (_, at) => ({
            code: String(at).padStart(17, "0"), grid: String(at % 11).padStart(15, "0"), at: [0, 0],
            number: at, units: [[1, 5], [2, 5]] }));
          const grids = [...new Set(buildings.map(({ grid }) => grid))].map((code) => ({ code }));
          const large = new Plan({ buildings, grids, workers: plan.workers });
          const keys = new Set(large.owners.keys());
          const start = performance.now();
          large.preview(keys, plan.workers[0].id);
          const places = large.places(keys);
          large.outside(keys, plan.workers[0].id);
          return { ms: performance.now() - start, places: places.length };
        }"""
    )
    assert took["places"] == 11  # every grid whole
    assert took["ms"] < 100
    redraw = page.evaluate(
        "(() => { const start = performance.now(); window.assignPage.select(new Set("
        "window.assignPage.plan.owners.keys())); return performance.now() - start; })()"
    )
    assert redraw < 100


# --- The life of a round --------------------------------------------------------------------


@pytest.fixture
def no_trial(site: Site, page: Page) -> Iterator[None]:
    """The round that a test makes is gone afterwards: other tests stand on the demo's own."""
    yield
    page.goto("about:blank")  # or its page would ask for the progress of a round that is gone
    from_database(site, f"Round.objects.filter(name='{TRIAL}').delete()[0]")


def test_a_round_is_prepared_opened_and_ended(page: Page, site: Site, no_trial: None) -> None:
    page.goto(f"{site.url}/rounds/new/?town=xinqiao")
    page.fill("#id_name", TRIAL)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/rounds/*-*/")
    assert page.locator(".is-missing").count() == 0
    assert "正在同一社区进行" in page.locator(".note").inner_text()
    assert page.locator(".is-open").inner_text().startswith("分配给网格员：还有 3608 户还没有分配")
    keep_picture(page, "rounds-draft")

    page.get_by_role("button", name="开始走访").click()
    until(page, "Boolean(window.progressPage?.isReady)")
    assert page.locator("[data-figure=finished]").inner_text() == "0"
    assert page.locator("[data-unassigned]").inner_text() == "还没有分配：3,608 户"

    page.get_by_text("结束这一轮", exact=True).click()
    ending = page.get_by_role("button", name="结束", exact=True)
    assert ending.is_disabled()
    page.fill("#close-name", TRIAL)
    ending.click()
    until(page, "Boolean(window.progressPage?.isReady)")
    assert "已结束" in page.locator(".round-strip .state").inner_text()
    assert page.locator("#close-name").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["desk", "tablet", "upright"])
def test_pages_of_a_round_open_clean_and_fit(
    site: Site, chromium: Browser, uid: str, size: str, language: str
) -> None:
    context = open_context(chromium, size=size, language=LANGUAGES[language])
    page = context.new_page()
    faults = watch(page)
    sign_in(page, site, "director")
    speak(page, site, language)
    problems = []
    for name in ("", "assign/", "collect/"):
        page.goto(f"{site.url}/rounds/{uid}/{name}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        keep_picture(page, f"rounds-{name.strip('/') or 'progress'}-{size}-{language}")
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        problems += [f"{name}: {wider} px too wide"] if wider > 1 else []
        problems += [f"{name} {fault}" for fault in faults]
        problems += [f"{name} {barrier}" for barrier in serious_barriers(page)]
        page.wait_for_timeout(50)
        faults.clear()
    speak(page, site, "zh-hans")
    context.close()
    assert problems == [], json.dumps(problems, ensure_ascii=False, indent=1)
