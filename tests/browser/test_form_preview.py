"""The desk shows a form in the tablet's own components, and nothing that is filled in there goes anywhere."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site, open_context, watch
from tests.browser.page_talk import keep_picture, sign_in, speak
from tests.browser.tablet.driver import FINISH, NEXT

CONSENT = "/data/opening/consent"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_previews_the_form_in_the_same_components_and_sends_nothing(
    site: Site, chromium: Browser, language: str
) -> None:
    context = open_context(chromium, size="desk", language={"zh": "zh-CN", "en": "en"}[language])
    page = context.new_page()
    faults = watch(page)
    sign_in(page, site, "director")
    speak(page, site, {"zh": "zh-hans", "en": "en"}[language])
    page.goto(f"{site.url}/settings/forms/")
    title = {"zh": "住户与需求登记", "en": "Household and needs"}[language]
    page.get_by_role("link", name=title).first.click()
    page.locator(".actions .button.primary").click()
    frame = page.frame_locator("iframe")
    frame.locator(f'[data-path="{CONSENT}"] [data-value=yes]').click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    for _ in range(12):
        if frame.locator(FINISH).count():
            break
        frame.locator(NEXT).click()
        page.wait_for_timeout(150)
    frame.locator(FINISH).click()
    frame.locator(".empty .button").wait_for()
    keep_picture(page, f"form-preview-{language}")
    assert (sent, faults) == ([], [])
    context.close()
