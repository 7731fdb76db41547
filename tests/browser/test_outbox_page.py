"""A director brings a tablet's file to the desk: the page fits, and says what is wrong with a file."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site, open_context, watch
from tests.browser.page_talk import keep_picture, serious_barriers, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desk", "upright"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_of_another_kind_is_named_as_such(
    site: Site, chromium: Browser, tmp_path: Path, size: str, language: str
) -> None:
    wrong = tmp_path / "notes.jsonl"
    wrong.write_text('{"format": "something else"}\n')
    context = open_context(chromium, size=size)
    page = context.new_page()
    faults = watch(page)
    sign_in(page, site, "director")
    page.goto(f"{site.url}/rounds/?town=xinqiao")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    form = {"language": language, "csrfmiddlewaretoken": token or ""}
    page.request.post(f"{site.url}/language/", form=form, headers={"Referer": site.url})
    href = page.locator("main a[href*='/rounds/']:not([href*='new'])").first.get_attribute("href")
    uid = (href or "").split("/rounds/")[1].split("/")[0]
    page.goto(f"{site.url}/rounds/{uid}/outbox-file/")
    page.set_input_files("input[type=file]", str(wrong))
    assert page.inner_text(".file-name") == "notes.jsonl"
    keep_picture(page, f"outbox-import-{size}-{language}")
    barriers = serious_barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1
    page.locator("main form button[type=submit]").click()
    page.locator(".field-error").wait_for()
    context.close()
    assert barriers == []
    assert [fault for fault in faults if "400" not in fault and "style" not in fault] == []
