"""Every page, in both languages, at every size: it opens clean, fits, and a screen reader can use it."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import Browser

from grids.demo.placement import DRAWN_NAME, NAME
from tests.browser.conftest import SIZES, Site, connect, open_context, watch
from tests.browser.page_talk import LANGUAGES, keep_picture, serious_barriers, settle, sign_in, speak

PAGES: dict[str, list[str]] = {
    "": ["/sign-in/", "/offline/", "{verify}", "{verify}print/", "{verify}without-us/"],
    "planner": [
        "/?town=monaco",
        "/coverage/?town=monaco",
        "/coverage/print/?town=monaco",
        "/data/?town=monaco",
        "/data/new/?town=monaco",
        "/grids/?town=monaco",
        "/places/?town=monaco",
        "/coverage/?town=xinqiao",
        "/grids/?town=xinqiao",
        "/places/?town=xinqiao",
        "/mix/?town=xinqiao",
        "/mix/?town=monaco",
        "/mix/print/?town=xinqiao",
        "/account/",
    ],
    "admin": [
        "/",
        "/settings/",
        "/settings/people/",
        "/settings/people/new/",
        "/settings/backups/",
        "/settings/forms/",
    ],
    "auditor": ["/", "/settings/access-log/"],
    "director": [
        "/",
        "/coverage/",
        "/grids/",
        "/places/",
        "/mix/",
        "/rounds/",
        "/rounds/new/",
        "/settings/devices/",
        "/settings/forms/",
        "/settings/forms/upload/",
        "/rounds/unplaced/",
        "/requests/",
        "/requests/new/",
        "/requests/counts/",
    ],
    "housing": [
        "/",
        "/places/",
        "/mix/",
        "/placement/",
        "/placement/new/",
        "{preparing}rename/",
        "{preparing}flats/",
        "{preparing}applicants/",
        "{preparing}rules/",
        "{preparing}check/",
        "{preparing}compare/",
        "{preparing}draw/",
        "{drawn}draw/",
        "{drawn}result/",
    ],
    "worker": ["/"],
    "leader": ["/", "/requests/", "/requests/new/"],
    "dpo": [
        "/",
        "/settings/cases/",
        "/settings/sealing/",
        "/settings/retention/",
        "/settings/work-list/",
        "/settings/work-list/new/",
        "/settings/notices/",
        "/settings/notices/new/",
    ],
}
PHONE_TOO = {"", "worker", "leader"}
WITH_AXE = {"desk", "upright", "phone"}  # the tablet's page is the desk's, only narrower
VIEWS = [
    pytest.param(role, size, language, id=f"{role or 'anyone'}-{size}-{language}")
    for role in PAGES
    for language in LANGUAGES
    for size in SIZES
    if size != "phone" or role in PHONE_TOO
]


def placements_of(site: Site) -> dict[str, str]:
    """Where the demo's two placements and the public page of its draw are."""
    with closing(connect(site.environment["WANGGE_DB"])) as database, database.cursor() as cursor:
        cursor.execute("SELECT uid FROM grids_placementproject WHERE name = %s", [NAME])
        (preparing,) = cursor.fetchone()
        cursor.execute(
            "SELECT p.uid, d.uid FROM grids_draw d JOIN grids_placementproject p ON p.id = d.project_id"
            " WHERE p.name = %s",
            [DRAWN_NAME],
        )
        drawn, draw = cursor.fetchone()
    return {
        "preparing": f"/placement/{preparing}/",
        "drawn": f"/placement/{drawn}/",
        "verify": f"/verify/{draw}/",
    }


@pytest.mark.browser
@pytest.mark.parametrize(("role", "size", "language"), VIEWS)
def test_page_opens_clean_fits_its_width_and_has_no_serious_barrier(
    site: Site, chromium: Browser, role: str, size: str, language: str
) -> None:
    context = open_context(chromium, size=size, language=LANGUAGES[language])
    context.add_cookies([{"name": "wangge_language", "value": language, "url": site.url}])
    page = context.new_page()
    faults = watch(page)
    if role:
        sign_in(page, site, role)
        speak(page, site, language)
    problems = []
    of_demo = placements_of(site)
    for address in (one.format_map(of_demo) for one in PAGES[role]):
        answer = page.goto(site.url + address)
        settle(page, address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        keep_picture(page, f"{role or 'anyone'}-{size}-{language}-{re.sub(r'[^a-z0-9]+', '_', address)}")
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 1 and "print" not in address:
            problems.append(f"{address} is {wider} px wider than the window")
        problems += [f"{address} {fault}" for fault in faults]
        faults.clear()
        if size in WITH_AXE:
            problems += [f"{address} {barrier}" for barrier in serious_barriers(page)]
            page.wait_for_timeout(
                50
            )  # axe itself tries inline styles, which the policy reports a moment later
            faults.clear()
    context.close()
    assert problems == []
