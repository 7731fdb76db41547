"""How many taps five ordinary visits cost, from the list of doors to the record being kept.

Every tap counts, and every key typed; a photo is not part of an ordinary visit. Run with `-s` for the table.
"""

from collections.abc import Callable, Mapping

import pytest

from tests.browser.tablet.driver import Tablet
from tests.browser.tablet.site import TabletSite
from tests.browser.tablet.test_day import CONSENT, HEALTH, NEEDS, OCCUPANCY, ORIGIN, TYPE, age
from tests.browser.tablet.world import COLLEAGUE, PASSWORD

pytestmark = pytest.mark.browser

ONE_NEED = {CONSENT: "yes", HEALTH: "no", NEEDS: ["permits"]}
EVERYTHING = {
    CONSENT: "yes",
    OCCUPANCY: "owner_occupied",
    age("6_11"): 1,
    age("15_59"): 2,
    TYPE: "family_children",
    ORIGIN: "local",
    HEALTH: "yes",
    NEEDS: ["learning"],
}
MOST_TAPS = 4  # for a visit without a form


def test_ordinary_visits_cost_few_taps(running: TabletSite, tablets: Callable[..., Tablet]) -> None:
    doors = running.world[COLLEAGUE][8:]
    tablet = tablets()
    tablet.sign_in(COLLEAGUE, PASSWORD)
    tablet.download()
    visits: dict[str, Callable[[str], None]] = {
        "没有变化 nothing changed": lambda code: _outcome(tablet, code, "[data-outcome=unchanged]"),
        "没人在家 no one in": lambda code: _outcome(tablet, code, "[data-outcome=no_one_in]"),
        "约时间再来 call back": lambda code: _outcome(tablet, code, "[data-slot=weekend]"),
        "全部登记 full form": lambda code: _form(tablet, code, EVERYTHING),
        "一项需求 one need": lambda code: _form(tablet, code, ONE_NEED),
    }
    counts = {
        name: _taps(tablet, make, code) for (name, make), code in zip(visits.items(), doors, strict=False)
    }
    print("\n" + "\n".join(f"{count:3d}  {name}" for name, count in counts.items()))  # the table
    assert all(count <= MOST_TAPS for count in list(counts.values())[:3]), counts
    assert tablet.faults == []


def _taps(tablet: Tablet, make: Callable[[str], None], code: str) -> int:
    tablet.show_list(code[:17])
    before = tablet.taps
    make(code)
    return tablet.taps - before


def _outcome(tablet: Tablet, code: str, selector: str) -> None:
    tablet.open_door(code)
    tablet.tap(selector)
    tablet.see(".toast")


def _form(tablet: Tablet, code: str, answers: Mapping[str, object]) -> None:
    tablet.open_door(code)
    tablet.tap("[data-action=form]")
    tablet.fill(answers)
    tablet.finish()
