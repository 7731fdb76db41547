"""The page 数据 under somebody's hands: what is in use, a report with its map, an upload step by step."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, open_context
from tests.browser.page_talk import settle, signed_in_page, until

pytestmark = pytest.mark.browser
TABLE = "名称,类别,经度,纬度\n新药店,药店,105.2050,40.0525\n".encode("utf-8-sig")


@pytest.fixture(scope="module")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    yield from signed_in_page(open_context(chromium), site, "planner")


def test_a_report_draws_what_was_loaded(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/data/?town=xinqiao")
    page.locator("#kind-stock ~ .table-scroll a.row-link").first.click()
    until(page, "Boolean(window.loadPage?.map?.layers.get('loaded'))")
    settle(page)
    assert page.evaluate("window.loadPage.map.layers.get('loaded').getLayers().length") > 300


def test_the_upload_form_shows_only_what_the_choice_needs(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/data/new/?town=xinqiao")
    assert page.locator("[data-osm-only]").is_visible()
    assert not page.locator("[data-new-town]").is_visible()
    page.select_option("[name=town]", "+")
    assert page.locator("[data-new-town]").is_visible()
    page.locator("[name=what][value=facilities]").check()
    assert not page.locator("[data-osm-only]").is_visible()


def test_a_table_shows_its_columns_and_asks_for_the_coordinate_system(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/data/new/?town=xinqiao&what=facilities")
    page.set_input_files("[name=file]", {"name": "pharmacies.csv", "mimeType": "text/csv", "buffer": TABLE})
    assert page.locator(".file-name").first.inner_text() == "pharmacies.csv"
    page.get_by_role("button", name="上传", exact=True).click()
    page.wait_for_url("**/data/uploads/**")
    assert page.locator("#column-name").input_value() == "名称"
    assert page.locator("#column-x").input_value() == "经度"
    page.get_by_label("WGS-84").check()
    page.get_by_role("button", name="开始读取").click()
    page.wait_for_url("**/jobs/**")


def test_retiring_waits_for_the_towns_name(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/data/?town=xinqiao")
    page.locator("#kind-network ~ .table-scroll a.row-link").first.click()
    page.locator(".danger-more summary").click()
    button = page.locator(".danger-more button")
    assert button.is_disabled()
    page.fill("#name", "新桥社区")
    assert button.is_enabled()
