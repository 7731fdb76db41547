"""The whole day in Chromium against a live server: what was answered at the doors is what the database holds.

The server is killed for the working day, a tab is killed in the middle of a visit, the browser is restarted,
and in the evening the network drops, cuts and loses answers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.tablet.driver import Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.world import PASSWORD, WORKER

pytestmark = pytest.mark.browser

FAULTS = ["drop", "cut_body", "lose_answer", "double", "drop", "lose_answer"]
CONSENT, HEALTH = "/data/opening/consent", "/data/health/consent_health"
OCCUPANCY, HAS_LIFT = "/data/home/occupancy", "/data/home/has_lift"
TYPE, ORIGIN = "/data/household/household_type", "/data/household/origin"
NEEDS, WEEK, MONTH = "/data/wishes/needs", "/data/wishes/needs_week", "/data/wishes/needs_month"
ADDRESS_AS, PHONE = "/data/contact/contact_address_as", "/data/contact/contact_phone"
PHOTO = "/data/place/place_photo"


def age(band: str) -> str:
    return f"/data/people/age_{band}"


def test_a_day_without_network_reaches_the_database_whole(
    running: TabletSite, tablets: Callable[..., Tablet], photo: Path
) -> None:
    doors = running.world[WORKER]
    tablet = tablets()
    tablet.sign_in(WORKER, PASSWORD)
    tablet.download()
    running.kill()

    tablet.stop()
    tablet.start()
    tablet.unlock()  # a cold start with no server anywhere
    ten_visits(tablet, doors, photo)
    assert [tablet.state_of(code) for code in doors[:10]] == [
        "met", "met", "met", "declined", "unchanged", "cooling", "call_back_later", "declined", "vacant",
        "group_let",
    ]  # fmt: skip
    assert tablet.state_of(doors[10]) == "todo"  # taken back

    running.wire.faults = list(FAULTS)
    running.start()
    tablet.send_everything()
    assert running.wire.spent == FAULTS
    tablet.stop()
    assert tablet.faults == []
    assert_rows(running.rows(WORKER, *doors[:11]), doors)  # other files visit the doors behind


def ten_visits(tablet: Tablet, doors: list[str], photo: Path) -> None:
    family = {
        CONSENT: "yes", OCCUPANCY: "owner_occupied", HAS_LIFT: "no", age("6_11"): 1, age("15_59"): 2,
        TYPE: "family_children", ORIGIN: "moved", HEALTH: "yes", NEEDS: ["learning", "health"],
        WEEK: ["learning"], ADDRESS_AS: "王阿姨", PHONE: "0571 8888 1234", PHOTO: photo,
    }  # fmt: skip
    visit(tablet, doors[0], family)
    killed_visit(tablet, doors[1], photo)
    alone = {
        CONSENT: "yes", OCCUPANCY: "rented", age("80"): 1, TYPE: "single", ORIGIN: "no_answer", HEALTH: "no",
        NEEDS: ["permits"], MONTH: ["permits"], PHOTO: photo,
    }  # fmt: skip
    visit(tablet, doors[2], alone)
    visit(tablet, doors[3], {CONSENT: "no"})
    tablet.outcome(doors[4], "[data-outcome=unchanged]")
    tablet.outcome(doors[5], "[data-outcome=no_one_in]")
    tablet.outcome(doors[6], "[data-slot=tomorrow_morning]")
    tablet.outcome(doors[7], "[data-outcome=declined]")
    tablet.outcome(doors[8], "[data-outcome=vacant]")
    tablet.outcome(doors[10], "[data-outcome=not_found]")
    tablet.tap(".toast .button")  # undo
    tablet.see(".toast:not(:has(.button))")
    tablet.outcome(doors[9], "[data-outcome=group_let]")


def visit(tablet: Tablet, code: str, answers: dict[str, Any]) -> None:
    tablet.show_list(code[:17])
    tablet.open_door(code)
    tablet.tap("[data-action=form]")
    tablet.fill(answers)
    tablet.finish()


def killed_visit(tablet: Tablet, code: str, photo: Path) -> None:
    """The tab dies after the counts of the household; the rest is answered after a restart."""
    first = {CONSENT: "yes", OCCUPANCY: "owner_occupied", age("60_79"): 2, PHOTO: photo}
    tablet.show_list(code[:17])
    tablet.open_door(code)
    tablet.tap("[data-action=form]")
    tablet.fill(first, until_path=age("60_79"))
    tablet.page.wait_for_timeout(700)  # the draft is written behind the finger, not under it
    tablet.crash()
    tablet.start()
    tablet.unlock()
    assert tablet.state_of(code) == "draft"
    tablet.open_door(code)
    tablet.tap("[data-action=form]")
    tablet.see(f'[data-path="{age("60_79")}"]')
    assert tablet.page.input_value(f'[data-path="{age("60_79")}"] input') == "2"
    tablet.fill({TYPE: "elderly_only", ORIGIN: "local", HEALTH: "yes", NEEDS: ["assistance"], PHOTO: photo})
    tablet.finish()


def assert_rows(rows: dict[str, Any], doors: list[str]) -> None:
    assert (rows["records"], rows["instance_ids"], rows["sealed"]) == (10, 10, 10)
    assert (rows["states"], rows["held"]) == (["applied"], [])
    assert set(rows["doors"]) == set(doors[:10])
    found = [rows["doors"][code] for code in doors[:10]]
    assert [one["outcomes"] for one in found] == [
        ["met"], ["met"], ["met"], ["declined"], ["unchanged"], ["no_one_in"], ["call_back"], ["declined"],
        ["vacant"], ["group_let"],
    ]  # fmt: skip
    assert [one["occupancy"] for one in found] == [
        ["owner_occupied"], ["owner_occupied"], ["rented"], [], [], [], [], [], ["vacant"], ["group_let"],
    ]  # fmt: skip
    assert [one["consent"] for one in found[:4]] == [[True, True], [True, True], [True, False], [False, None]]
    assert [one["requests"] for one in found[:3]] == [
        {"learning": "week", "health": "sometime"},
        {"assistance": "sometime"},
        {"permits": "month"},
    ]
    assert [one["composition"] for one in found[:3]] == [
        {"age_bands": {"6-11": 1, "15-59": 2}, "household_type": "family_children", "origin": "moved"},
        {"age_bands": {"60-79": 2}, "household_type": "elderly_only", "origin": "local"},
        {"age_bands": {"80+": 1}, "household_type": "single", "origin": ""},
    ]
    assert found[0]["contact"] == {"address_as": "王阿姨", "phone": "0571 8888 1234"}
    assert [one["photos"] for one in found] == [[["JPEG", 1600, False]]] * 3 + [[]] * 7
    slot, at = found[6]["call_backs"][0]
    assert slot == "tomorrow_morning"
    assert at.endswith("01:00:00+00:00")  # nine in the morning where the door is
