"""Outcomes in one tap: they can be taken back for some seconds, and are never lost in them."""

from collections.abc import Callable

import pytest

from tests.browser.tablet.driver import Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.test_day import CONSENT, OCCUPANCY
from tests.browser.tablet.world import COLLEAGUE, PASSWORD

pytestmark = pytest.mark.browser

UNDO_MS = 6000


def test_an_outcome_survives_a_tab_killed_while_it_could_still_be_taken_back(
    running: TabletSite, tablets: Callable[..., Tablet]
) -> None:
    code = running.world[COLLEAGUE][14]
    tablet = begin(running, tablets)
    tablet.outcome(code, "[data-outcome=no_one_in]")  # waits until the app says that it is recorded
    tablet.crash()
    tablet.start()
    tablet.unlock()
    assert tablet.state_of(code) == "cooling"
    tablet.go("outbox")
    tablet.see(".list .row, .list li")
    assert tablet.page.locator("main .list > li").count() == 1


def test_who_declines_takes_back_what_was_written_down(
    running: TabletSite, tablets: Callable[..., Tablet]
) -> None:
    code = running.world[COLLEAGUE][15]
    tablet = begin(running, tablets)
    tablet.show_list(code[:17])
    tablet.open_door(code)
    tablet.tap("[data-action=form]")
    tablet.fill({CONSENT: "yes", OCCUPANCY: "rented"}, until_path=OCCUPANCY)
    tablet.page.wait_for_timeout(700)
    assert tablet.state_of(code) == "draft"
    tablet.open_door(code)
    tablet.tap("[data-outcome=declined]")
    tablet.page.wait_for_timeout(UNDO_MS + 1500)
    assert tablet.state_of(code) == "declined"
    tablet.page.reload()
    tablet.unlock()
    assert tablet.state_of(code) == "declined"
    drafts = "new Promise((done) => { const opened = indexedDB.open('wangge'); opened.onsuccess = () => {"
    count = "opened.result.transaction('drafts').objectStore('drafts').count()"
    assert (
        tablet.page.evaluate(
            f"{drafts} const asked = {count}; asked.onsuccess = () => done(asked.result) }} }})"
        )
        == 0
    )


def begin(running: TabletSite, tablets: Callable[..., Tablet]) -> Tablet:
    """Signed in, downloaded, and out of reach of any server."""
    tablet = tablets(size="upright")
    tablet.sign_in(COLLEAGUE, PASSWORD)
    tablet.download()
    running.kill()
    return tablet
