"""A record sent back by the director is corrected on the tablet that made it; the correction counts."""

from collections.abc import Callable

import pytest

from tests.browser.tablet.driver import Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.test_day import CONSENT, HEALTH, OCCUPANCY, age, visit
from tests.browser.tablet.world import COLLEAGUE, PASSWORD

pytestmark = pytest.mark.browser

COUNT = age("60_79")


def test_a_record_sent_back_is_corrected_where_it_was_made(
    running: TabletSite, tablets: Callable[..., Tablet]
) -> None:
    code = running.world[COLLEAGUE][0]
    tablet = tablets(size="upright")
    tablet.sign_in(COLLEAGUE, PASSWORD)
    tablet.download()
    visit(tablet, code, {CONSENT: "yes", OCCUPANCY: "owner_occupied", COUNT: 20, HEALTH: "no"})
    tablet.send_everything()
    running.send_back(code, COUNT, "请核对老人人数")

    tablet.fetch_again()
    assert tablet.state_of(code) == "returned"
    tablet.tap(".banner-bad .button")  # "one record sent back: show"
    tablet.tap(f'[data-door="{code}"]')
    assert "请核对老人人数" in tablet.see(".banner-bad").inner_text()
    tablet.tap("[data-action=correct]")
    tablet.fill({COUNT: 2})
    tablet.finish()
    assert tablet.state_of(code) == "met"
    tablet.send_everything()

    assert tablet.faults == []
    door = running.rows(COLLEAGUE)["doors"][code]
    assert (door["records"], door["states"]) == (2, ["applied"])
    assert door["composition"]["age_bands"] == {"60-79": 2}
    assert door["occupancy"] == ["owner_occupied"]
