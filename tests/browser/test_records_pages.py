"""审核 under a director's hands: the queue by keyboard, a record sent back, a merge, an erasure."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, open_context, watch
from tests.browser.page_talk import LANGUAGES, keep_picture, serious_barriers, sign_in, signed_in_page, speak

pytestmark = pytest.mark.browser
ROUND = "秋季走访"
FACTS = """
from survey.models import *
r = Round.objects.get(name='秋季走访')
met = Submission.objects.filter(round=r, state='applied', form=r.form_version.form, is_current=True)
print(r.uid, met.order_by('-pk')[3].pk, Submission.objects.filter(state='held').first().pk,
      Entity.objects.exclude(conflict='').first().pk,
      Household.objects.filter(round=r, is_current=True).order_by('pk').first().dwelling_code,
      Request.objects.first().uid)
"""


@pytest.fixture(scope="module")
def known(site: Site) -> dict[str, str]:
    """Ids of what the demo's round holds."""
    told = site.manage("shell", "-v", "0", "-c", FACTS).split()
    return dict(zip(("round", "record", "held", "conflict", "door", "request"), told[-6:], strict=True))


@pytest.fixture(scope="module")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    for page in signed_in_page(open_context(chromium), site, "director"):
        speak(page, site, "zh-hans")
        yield page


def addresses(known: dict[str, str]) -> dict[str, str]:
    own, door = f"/rounds/{known['round']}", f"/rounds/{known['round']}/households/{known['door']}"
    return {
        "queue": f"{own}/review/",
        "held": f"{own}/review/?tab=held",
        "record": f"/rounds/records/{known['record']}/?reason=review&tab=new",
        "held record": f"/rounds/records/{known['held']}/?reason=review&tab=held",
        "reason": f"/rounds/records/{known['record']}/",
        "conflicts": f"{own}/conflicts/",
        "conflict": f"/rounds/conflicts/{known['conflict']}/",
        "households": f"{own}/households/",
        "household": f"{door}/?reason=copy",
        "sheet": f"{door}/print/?reason=copy",
        "erase": f"{door}/erase/",
        "rows": f"{own}/rows/",
        "request": f"/requests/{known['request']}/",
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["desk", "tablet", "upright"])
def test_the_pages_open_clean_fit_and_have_no_serious_barrier(
    site: Site, chromium: Browser, known: dict[str, str], size: str, language: str
) -> None:
    context = open_context(chromium, size=size, language=LANGUAGES[language])
    page = context.new_page()
    faults = watch(page)
    sign_in(page, site, "director")
    speak(page, site, language)
    problems = []
    for name, address in addresses(known).items():
        answer = page.goto(site.url + address)
        assert answer is not None
        assert answer.status == 200, f"{name}: {answer.status}"
        keep_picture(page, f"records-{size}-{language}-{name.replace(' ', '-')}")
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        problems += [f"{name} is {wider} px wider than the window"] if wider > 1 else []
        problems += [f"{name}: {fault}" for fault in faults]
        faults.clear()
        if size != "tablet":
            problems += [f"{name}: {barrier}" for barrier in serious_barriers(page)]
            page.wait_for_timeout(50)  # axe itself tries inline styles, which the policy reports
            faults.clear()
    context.close()
    assert problems == []


def count_of(page: Page, tab: str) -> int:
    return int(page.locator(f"a[href='?tab={tab}'] .pill-count").inner_text().replace(",", ""))


def test_the_queue_is_worked_by_keyboard(page: Page, site: Site, known: dict[str, str]) -> None:
    page.goto(f"{site.url}/rounds/{known['round']}/review/?tab=new")
    waiting = count_of(page, "new")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.is-at").count() == 1
    assert page.locator("[data-row]").nth(1).get_attribute("class") == "is-at"
    page.keyboard.press("x")
    assert page.locator("[data-ticked-count]").inner_text().strip() == "1"
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("a")
    page.locator(".message").wait_for()
    assert count_of(page, "new") == waiting - 1
    assert count_of(page, "approved") >= 1


def test_letters_typed_into_a_field_decide_nothing(page: Page, site: Site, known: dict[str, str]) -> None:
    page.goto(f"{site.url}{addresses(known)['record']}")
    page.locator("#message").click()
    page.keyboard.type("abjk")
    assert page.locator("#message").input_value() == "abjk"
    assert known["record"] in page.url


def test_a_record_goes_back_with_a_comment_on_one_question(
    page: Page, site: Site, known: dict[str, str]
) -> None:
    page.goto(f"{site.url}/rounds/{known['round']}/review/?tab=new")
    page.keyboard.press("j")
    page.keyboard.press("b")
    page.wait_for_url("**#message")
    page.locator("#message:focus").wait_for()
    page.locator("[data-ask] summary").first.click()
    page.keyboard.type("请核对这一题")
    page.locator("#message").fill("辛苦再看一下")
    page.get_by_role("button", name="退回到平板").click()
    page.locator(".message").wait_for()
    page.goto(f"{site.url}/rounds/{known['round']}/review/?tab=returned")
    page.locator("a.row-link").first.click()
    page.get_by_role("button", name="撤回退回").click()
    page.locator(".message").wait_for()


def test_a_conflict_is_settled_by_picking_sides(page: Page, site: Site, known: dict[str, str]) -> None:
    page.goto(f"{site.url}/rounds/conflicts/{known['conflict']}/")
    for box in page.locator(".merge-one").all():
        assert box.locator(".merge-side").count() >= 3  # before, the visits, another value
        box.locator("input[type=radio]").nth(1).check()
    page.get_by_role("button", name="按所选合并").click()
    page.locator(".message").wait_for()
    page.goto(f"{site.url}/rounds/conflicts/{known['conflict']}/")
    assert page.locator(".merge-one").count() == 0


def test_an_erasure_waits_for_the_code(page: Page, site: Site, known: dict[str, str]) -> None:
    page.goto(f"{site.url}/rounds/{known['round']}/households/{known['door']}/erase/")
    erase = page.get_by_role("button", name="删除，不可恢复")
    assert erase.is_disabled()
    page.fill("#case_number", "2026-001")
    page.fill("#typed", known["door"][:-1])
    assert erase.is_disabled()
    page.fill("#typed", known["door"])
    erase.click()
    page.wait_for_url("**/rounds/erasures/*/")
    assert "2026-001" in page.locator(".paper").inner_text()


def test_a_request_goes_its_way(page: Page, site: Site, known: dict[str, str]) -> None:
    page.goto(f"{site.url}/requests/{known['request']}/")
    page.get_by_role("button", name="开始处置").click()
    page.get_by_role("button", name="反馈结果").click()
    page.select_option("#level-closed", "grid")
    page.get_by_role("button", name="办结这件诉求").click()
    page.get_by_role("button", name="退回重办").wait_for()
    assert page.locator(".timeline li").count() == 4
