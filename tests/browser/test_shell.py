"""The shell under somebody's hands: enrolling an authenticator, a job's bar, the dark switch, menus."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page, Route

from gis_core.models import Job, User
from tests.browser.conftest import open_context, watch
from tests.people import PASSWORD, client_for, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window that fails its test on a console error; tests may take an expected one out of `faults`."""
    context = open_context(chromium)
    page = context.new_page()
    page.faults = watch(page)  # type: ignore[attr-defined]
    yield page
    context.close()
    assert page.faults == []  # type: ignore[attr-defined]


def signed_in(page: Page, user: User, base: str) -> Page:
    session = client_for(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return page


def test_a_planner_enrols_by_hand_and_reaches_the_page_asked_for(page: Page, live_server: Any):
    user = make_person("planner", "planner", password=PASSWORD)
    page.goto(f"{live_server.url}/account/")
    page.get_by_label("用户名").fill("planner")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="登记验证器").wait_for()
    assert page.locator("svg.qr").bounding_box()["width"] >= 200  # type: ignore[index]
    device = TOTPDevice.objects.get(user=user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    page.get_by_label("一次性代码").fill(f"{totp.token():06d}")
    page.get_by_role("button", name="登记").click()
    page.get_by_role("link", name="已保存，继续").click()
    page.get_by_role("heading", name="我的账号").wait_for()


def test_a_jobs_bar_follows_the_job_to_its_end_even_over_a_lost_network(page: Page, live_server: Any):
    user = make_person("planner", "planner")
    job = Job.objects.create(kind="backup", owner=user, state="running", total_count=8, done_count=2)
    tries: list[int] = []

    def lose_the_first(route: Route) -> None:
        tries.append(1)
        route.abort() if len(tries) == 1 else route.continue_()

    page.route("**/part/", lose_the_first)
    signed_in(page, user, live_server.url).goto(live_server.url)
    page.get_by_text("2 / 8").wait_for()
    Job.objects.filter(pk=job.pk).update(done_count=5)
    page.get_by_text("5 / 8").wait_for()
    Job.objects.filter(pk=job.pk).update(state="done", result_url="/account/")
    page.get_by_role("link", name="查看结果").wait_for()
    assert len(tries) >= 3
    page.faults[:] = [fault for fault in page.faults if "ERR_FAILED" not in fault]  # type: ignore[attr-defined]


def test_the_dark_switch_is_kept_and_menus_close_on_escape(page: Page, live_server: Any):
    signed_in(page, make_person("planner", "planner"), live_server.url).goto(live_server.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="换成深色").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{live_server.url}/account/")
    assert page.evaluate(ground) == dark
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="退出").wait_for()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="退出").is_visible()


def test_stopping_an_account_waits_for_its_user_name(page: Page, live_server: Any):
    boss, user = make_person("boss", "administrator"), make_person("someone", "planner")
    signed_in(page, boss, live_server.url).goto(f"{live_server.url}/settings/people/{user.pk}/")
    page.get_by_text("停用", exact=True).click()
    button = page.get_by_role("button", name="停用账号")
    assert button.is_disabled()
    page.get_by_label("输入用户名 someone 以确认").fill("someone")
    button.click()
    page.get_by_text("账号已停用，该人员的登录已结束。").wait_for()
    user.refresh_from_db()
    assert not user.is_active
