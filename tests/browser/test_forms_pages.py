"""Forms at the desk in a real browser: what a director reads of a form, and what an upload answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, open_context, watch
from tests.browser.page_talk import serious_barriers, sign_in, speak
from tests.survey.forms.workbooks import asking

pytestmark = pytest.mark.browser
YES_NO = "yn | yes | 是\nyn | no | 否"


@pytest.fixture(params=["zh-hans", "en"])
def director(request: pytest.FixtureRequest, site: Site, chromium: Browser) -> Iterator[Page]:
    context = open_context(chromium, size="upright", language="zh-CN")
    page = context.new_page()
    page.faults = watch(page)  # type: ignore[attr-defined]
    sign_in(page, site, "director")
    speak(page, site, request.param)
    yield page
    context.close()


def choose(page: Page, site: Site, folder: Path, content: bytes) -> None:
    path = folder / "form.xlsx"
    path.write_bytes(content)
    page.goto(f"{site.url}/settings/forms/upload/")
    page.set_input_files("input[type=file]", str(path))
    assert page.inner_text(".file-name") == "form.xlsx"
    page.check("input[name=item] >> nth=0")
    page.click("form[data-form-upload] button[type=submit]")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 1)


def test_a_form_is_read_question_by_question(director: Page, site: Site):
    director.goto(f"{site.url}/settings/forms/")
    director.locator("a.row-link", has=director.locator("xpath=../small[text()='wangge_household']")).click()
    assert director.locator(".outline .role", has_text="consent_health").count() == 1
    assert director.locator(".outline .asked").count() > 25
    assert fits(director)
    assert serious_barriers(director) == []


def test_a_refused_workbook_is_shown_by_sheet_and_row(director: Page, site: Site, tmp_path: Path):
    choose(director, site, tmp_path, asking("text | q1 | 需要什么？", "text | q2 | 您的民族", version=""))
    rows = director.locator(".findings-table tbody tr")
    assert [row.split("\t")[0].strip() for row in rows.all_inner_texts()] == ["2", "3"]
    assert fits(director)
    assert serious_barriers(director) == []


def test_a_good_workbook_leads_to_its_version(director: Page, site: Site, tmp_path: Path):
    language = director.evaluate("document.documentElement.lang")
    content = asking("select_one yn | help | 需要帮助吗？", choices=YES_NO, form_id=f"help_{language[:2]}")
    choose(director, site, tmp_path, content)
    director.wait_for_url("**/?version=*")
    assert director.locator(".outline .asked").all_inner_texts() == ["需要帮助吗？"]
    assert director.faults == []  # type: ignore[attr-defined]
    director.reload()  # without the message of success, which is the shell's
    assert fits(director)
    assert serious_barriers(director) == []
