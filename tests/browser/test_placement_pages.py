"""An official's whole path: import, check, two alternatives, comparison, draw; then anybody verifies it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, connect, open_context, watch
from tests.browser.page_talk import serious_barriers, signed_in_page

pytestmark = pytest.mark.browser

NAME = "安居苑第一批"
PARTIES = ("经办人", "公证员")
BEACON, PROOF = "03 09 14 21 27 33 + 05", "https://example.org/draws/2026140"
# The lists as an official has them in a spreadsheet: the lowest 24 homes of the first five buildings of an
# estate, and 110 receipts that ask for the room class of the flat proposed to them, tenure after tenure.
WRITE_LISTS = """
import csv
from grids.models import Building, Dwelling
of_town = {{"stock__town__slug": "xinqiao", "stock__state": "active", "estate__name_zh": "安居苑"}}
buildings = list(Building.objects.filter(**of_town, dwelling_count__gte=24).order_by("code")[:5])
homes = [home for one in buildings for home in Dwelling.objects.filter(building=one).order_by("code")[:24]]
flats = [{{"房源编码": home.code, "户型": home.room_class, "无障碍": "否"}} for home in homes]
codes = [one.code for one in buildings]
tenures = ("公租房", "保租房", "安置房")
applicants = [
    {{
        "回执号": f"YX{{number + 1:04d}}", "房屋性质": tenures[number * 3 // 110], "户型": home.room_class,
        "优先序": 1 if number % 7 == 0 else 2, "服从调配": "是", "申报房源": home.code,
        "志愿": "、".join((codes[number % 5], codes[(number + 2) % 5])),
    }}
    for number, home in enumerate(homes[:110])
]
for name, rows in (("flats", flats), ("applicants", applicants)):
    with open("{folder}/" + name + ".csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
"""


@pytest.fixture
def lists(site: Site, tmp_path: Path) -> Path:
    site.manage("shell", "-v", "0", "-c", WRITE_LISTS.format(folder=tmp_path))
    return tmp_path


@pytest.fixture
def official(site: Site, chromium: Browser) -> Iterator[Page]:
    yield from signed_in_page(open_context(chromium), site, "housing")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state("load")


def go_on(page: Page, step: str) -> None:
    page.locator(".next-step a").click()
    page.wait_for_url(re.compile(f"/{step}/"))


def import_lists(page: Page, site: Site, folder: Path) -> None:
    page.goto(f"{site.url}/placement/new/?town=xinqiao")
    page.fill("input[name=name]", NAME)
    press(page, "新建，去导入房源")
    page.set_input_files("#list-file", folder / "flats.csv")
    press(page, "上传并核对")
    if "/applicants/" not in page.url:
        go_on(page, "applicants")
    page.set_input_files("#list-file", folder / "applicants.csv")
    press(page, "上传并核对")
    expect(page.locator("main")).to_contain_text("110 份申请，120 套房")


def make_rules(page: Page, factor: str) -> None:
    page.fill("input[name=name]", f"每栋不超过 {factor} 倍")
    page.fill("textarea[name=reason]", "每栋楼各类住户与申请比例相近")
    for field in page.locator("input[name^=factor-]").all():
        field.fill(factor)
    press(page, "保存规则")
    expect(page.locator(".rule-card")).to_contain_text(f"每栋不超过 {factor} 倍")


def check(page: Page, kind: str) -> None:
    if not page.locator(".check-new").evaluate("details => details.open"):
        page.locator(".check-new > summary").click()
    page.locator(f"input[name=kind][value={kind}]").check()
    page.locator("select[name=rules]").select_option(index=1)
    press(page, "校核并保存")
    assert "?variant=" in page.url


def close_list(page: Page) -> None:
    for number in (1, 2, 3, 4):
        page.fill(f"input[name=party_{number}]", PARTIES[number - 1] if number <= 2 else "")
    page.fill("input[name=beacon_source]", "双色球第 2026140 期开奖号码")
    page.fill("input[name=beacon_due_at]", "2099-12-01T21:15")
    page.fill("input[name=beacon_fallback]", "次日上证指数收盘点位")
    expect(page.get_by_role("button", name="现在封闭名单")).to_be_disabled()
    page.locator("#close-name").fill(NAME)
    press(page, "现在封闭名单")


def secret_of(page: Page, receipt: str) -> str:
    """From the receipt that is printed for this applicant."""
    page.get_by_role("link", name="打印回执（含密语）").click()
    slip = page.locator(".slips li", has_text=receipt)
    secret = slip.locator("dd").nth(1).inner_text()
    page.go_back()
    return secret


def commit(page: Page, party: str) -> str:
    """The party makes its nonce at the desk; the page hashes it and sends the hash alone."""
    form = page.locator("details[open]", has_text=party).locator("form")
    form.get_by_role("button", name="随机生成").click()
    expect(form.locator("[data-said]")).to_contain_text("哈希已填入")
    nonce = form.locator("[data-nonce]").input_value()
    form.locator("[name=kept]").check()
    form.get_by_role("button", name="提交承诺").click()
    expect(page.locator(".message-success")).to_contain_text(f"“{party}”的承诺已登记")
    return nonce


def reveal(page: Page, party: str, nonce: str) -> None:
    form = page.locator("details[open]", has_text=party).locator("form")
    form.locator("[data-nonce]").fill(nonce[:-1])
    expect(form.locator("[data-said]")).to_contain_text("与承诺不符")
    form.locator("[data-nonce]").fill(nonce)
    expect(form.locator("[data-said]")).to_contain_text("与承诺相符")
    form.get_by_role("button", name="公开这个随机数").click()
    expect(page.locator(".message-success")).to_contain_text(f"“{party}”的随机数已公开")


def beacon_comes_out(site: Site) -> None:
    """The due time of the one draw passes; every nonce was out before it."""
    with connect(site.environment["WANGGE_DB"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE grids_draw SET revealed_at = now() - interval '2 minutes',"
            " beacon_due_at = now() - interval '1 minute' WHERE beacon = '' AND revealed_at IS NOT NULL"
        )
        assert cursor.rowcount == 1
    connection.close()


def draw_and_publish(page: Page, site: Site) -> None:
    expect(page.locator("#run")).to_contain_text("等公开数")
    beacon_comes_out(site)
    page.reload()
    page.fill("input[name=beacon]", BEACON)
    page.fill("input[name=proof]", PROOF)
    page.locator("#run-name").fill(NAME)
    press(page, "现在摇号")
    page.locator("#publish-name").fill(NAME)
    press(page, "现在公示")
    page.wait_for_url(re.compile(r"/result/"))


def building_given(page: Page, receipt: str) -> str:
    """What the official reads of one receipt after the publication."""
    page.locator("#receipt-asked").fill(receipt)
    press(page, "查")
    return page.locator(".offer h3").inner_text().split(" ")[0]


def archive_is_drawn_again(page: Page, folder: Path) -> None:
    """The stand-alone script, fed with the file that notary and auditor get, finds every place again."""
    address = page.get_by_role("link", name="完整档案").get_attribute("href")
    file = folder / "full.json"
    file.write_bytes(page.request.get(page.url.split("/placement/")[0] + str(address)).body())
    script = ROOT / "grids" / "placement" / "verify_draw.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", script, file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def verify_as_anybody(chromium: Browser, address: str, receipt: str, secret: str) -> str:
    """Not signed in: the browser redoes the draw, and the receipt opens its own row."""
    context = open_context(chromium)
    page = context.new_page()
    faults = watch(page)
    page.goto(address)
    verdict = page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-is", "right", timeout=30_000)
    assert page.locator("[data-checks] .is-wrong").count() == 0
    page.fill("#own-receipt", receipt)
    page.fill("#own-secret", secret)
    press(page, "查")
    own: str = page.locator("[data-own-answer] .is-result").inner_text()
    assert faults == []
    assert serious_barriers(page) == []
    context.close()
    return own


def test_an_official_goes_from_two_lists_to_a_draw_that_anybody_verifies(
    official: Page, site: Site, chromium: Browser, lists: Path
) -> None:
    page, sent = official, []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    import_lists(page, site, lists)
    go_on(page, "rules")
    make_rules(page, "1.25")
    go_on(page, "check")
    check(page, "given")
    expect(page.locator("main")).to_contain_text("申报方案")
    check(page, "serial")
    go_on(page, "compare")
    expect(page.locator("table.compare thead th[scope=col] a")).to_have_count(2)
    assert page.locator("table.compare tr.differs").count() > 0
    go_on(page, "draw")
    close_list(page)
    receipt = "YX0001"
    secret = secret_of(page, receipt)
    nonces = {party: commit(page, party) for party in PARTIES}
    assert not [one for one in sent for nonce in nonces.values() if nonce in one], "a nonce left the page"
    for party, nonce in nonces.items():
        reveal(page, party, nonce)
    draw_and_publish(page, site)
    given = building_given(page, receipt)
    archive_is_drawn_again(page, lists)
    address = page.locator("#public-address").input_value()
    assert given in verify_as_anybody(chromium, address, receipt, secret)
