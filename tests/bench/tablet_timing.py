"""How long the tablet's screens take: cold starts, first and later forms, changes of relevance."""

import argparse
import os
import statistics
import time
from typing import Any

OPEN_S, FIRST_RENDER_S, CHANGE_MS = 2.0, 2.0, 100
FIRST_FORMS = 3
READING_S = 5  # on the list before the first door is tapped
DOOR_S = 0.6  # at the door before the form is
CHANGES = 4  # at each door

#: How long an action takes until the screen that shows its effect has been painted.
PAINTED = """async (seen) => {
  const start = performance.now();
  (() => { %s })();
  while (seen && !document.querySelector(seen)) await new Promise((next) => setTimeout(next, 4));
  await new Promise((next) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = next;
    after.port2.postMessage(0);
  }));
  return performance.now() - start;
}"""

#: The vault's key out of a passphrase, as store/vault.ts derives it; part of every opening above.
DERIVE = """async () => {
  const base = await crypto.subtle.importKey("raw", new Uint8Array(20), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(16), iterations: 600000 };
  const start = performance.now();
  await crypto.subtle.deriveBits(how, base, 256);
  return performance.now() - start;
}"""


def row(name: str, value: float, goal: float | None, unit: str, note: str = "") -> str:
    digits = 2 if unit == "s" else 1 if unit == "MB" else 0
    verdict = "" if goal is None else "met" if value <= goal else "MISSED"
    wanted = "" if goal is None else f"≤ {goal:g} {unit}"
    return f"| {name} | {value:,.{digits}f} {unit}{note} | {wanted} | {verdict} |"


def slow_down(tablet: Any, rate: int) -> Any:
    session = tablet.context.new_cdp_session(tablet.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    session.send("Performance.enable")
    return session


def opening_rows(tablet: Any, rate: int) -> list[str]:
    """A cold start with no server anywhere: the browser is new each time. The key's 600,000 rounds count."""
    shells, lists, work = [], [], []
    for _ in range(3):
        shell, doors, processor = cold_start(tablet, rate)
        shells.append(shell)
        lists.append(doors)
        work.append(processor)
    shell, doors = statistics.median(shells), statistics.median(lists)
    both = [a + b for a, b in zip(shells, lists, strict=True)]
    derived = float(tablet.page.evaluate(DERIVE)) / 1000
    note = f" ({shell:.2f} to the lock, {doors:.2f} from the passphrase on, {derived:.2f} of it the key)"
    name = f"offline cold start to the list of doors, ×{rate}"
    return [row(name, statistics.median(both), OPEN_S, "s", note + beside(statistics.median(work)))]


def cold_start(tablet: Any, rate: int) -> tuple[float, float, float]:
    """Seconds to the lock, seconds from the passphrase to the doors, seconds of work on the page's thread."""
    from tests.browser.tablet.driver import PASSPHRASE

    tablet.stop()
    tablet.start()
    tablet.page.set_default_timeout(120_000)
    devtools = slow_down(tablet, rate)
    begun = time.perf_counter()
    tablet.page.goto(f"{tablet.url}/tablet/")
    tablet.see("#unlock")
    shell = time.perf_counter() - begun
    tablet.page.fill("#unlock", PASSPHRASE)
    doors = painted(tablet, "document.querySelector('button[type=submit]').click()", ".house")
    return shell, doors, busy_s(devtools)


def form_rows(tablet: Any, options: argparse.Namespace) -> list[str]:
    """The last start was slowed down and offline, and still is. First forms: each after a cold start."""
    rate = options.rate
    at_once = [first_form(tablet, rate, 0) for _ in range(FIRST_FORMS)]
    after_reading = [first_form(tablet, rate, READING_S) for _ in range(FIRST_FORMS)]
    cold_start(tablet, rate)  # from a door there is no list to pick one from
    code = some_door(tablet)
    later: list[float] = []
    changes: list[float] = []
    for _ in range(options.rounds):
        later.append(open_form(tablet, code))
        changes += changes_ms(tablet)
        leave_form(tablet)
    middle, worst = statistics.median(changes), max(changes)
    name = f"form of 60 questions, first after a cold start, tapped {{}}, ×{rate}"
    return [
        first_row(name.format("without a look at the list"), at_once),
        first_row(name.format(f"after {READING_S} s on the list"), after_reading),
        row(f"the same at the next doors, ×{rate}", statistics.median(later), FIRST_RENDER_S, "s", beside()),
        row(
            f"relevance of 46 questions changes, ×{rate}",
            middle,
            CHANGE_MS,
            "ms",
            f" (worst {worst:.0f} of {len(changes)}){beside()}",
        ),
    ]


def first_row(name: str, found: list[float]) -> str:
    return row(name, statistics.median(found), FIRST_RENDER_S, "s", f" (worst {max(found):.2f}){beside()}")


def first_form(tablet: Any, rate: int, reading_s: float) -> float:
    """The app makes the form ready while the worker reads: with no reading, most of that is still to come."""
    cold_start(tablet, rate)
    code = some_door(tablet)
    tablet.page.wait_for_timeout(reading_s * 1000)
    seconds = open_form(tablet, code)
    leave_form(tablet)
    return seconds


def open_form(tablet: Any, code: str) -> float:
    tablet.go("door", code)
    tablet.see("[data-action=form]")
    tablet.page.wait_for_timeout(DOOR_S * 1000)
    return painted(tablet, "document.querySelector('[data-action=form]').click()", ".form .question")


def leave_form(tablet: Any) -> None:
    tablet.tap(".bar .button-icon")
    tablet.see(".door-content")


def changes_ms(tablet: Any) -> list[float]:
    """Consent given and taken back: what hangs on it appears and goes, the draft is kept each time."""
    met = tablet.page.locator("[data-value=met][aria-checked=false]")
    if met.count():
        met.first.click()
    tablet.see("[data-value=yes]")
    found = []
    for i in range(CHANGES):
        value = "no" if i % 2 else "yes"
        act = f"document.querySelector('[data-value={value}]').click()"
        found.append(float(tablet.page.evaluate(PAINTED % act, "")))
        tablet.page.wait_for_timeout(400)
    return found


def some_door(tablet: Any) -> str:
    if not tablet.page.locator("[data-door]").count():
        tablet.page.locator(".house-head button").first.click()
    return str(tablet.see("[data-door]").get_attribute("data-door"))


def painted(tablet: Any, act: str, seen: str) -> float:
    """Seconds by the clock outside: what the page was still busy with before the tap is waiting too."""
    begun = time.perf_counter()
    tablet.page.evaluate(PAINTED % act, seen)
    return time.perf_counter() - begun


def busy_s(devtools: Any) -> float:
    """Work of the page's own thread since it was slowed down, as the browser counts it."""
    found = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def beside(processor_s: float | None = None) -> str:
    """What a figure has to be read with."""
    work = "" if processor_s is None else f", page's thread busy {processor_s:.2f} s"
    return f"{work}; load {os.getloadavg()[0]:.1f}"
