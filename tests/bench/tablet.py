"""`./dev bench tablet`: the tablet app as a cheap tablet feels it, with 5,000 doors in the day pack.

    python -m tests.bench.tablet [--rate 4] [--rounds 7] [--keep]

A real server, a real Chromium, the built app. The processor is slowed down by DevTools
(Emulation.setCPUThrottlingRate); "×4" is a cheap tablet beside this machine. The day pack, the draft and the
form are the product's own; the form has the sixty questions of tests/tablet/form/sixty.md.
"""

import argparse
import gzip
import json
import os
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

PACK_MB, OPEN_S, FIRST_RENDER_S, CHANGE_MS, FIRST_LOAD_KB = 10, 2.0, 2.0, 100, 500

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


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    import django

    django.setup()
    folder = Path(tempfile.mkdtemp(prefix="wangge-bench-tablet-"))
    site = _site(folder)
    try:
        site.prepare()
        site.start()
        rows = [*first_load(), *pack_rows(site), *tablet_rows(site, folder, options)]
    finally:
        site.kill()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(["| measured | result | goal | |", "|---|---|---|---|", *rows]))
    print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


def _site(folder: Path) -> Any:
    from tests.browser.tablet.site import TabletSite

    class BenchSite(TabletSite):
        def _world(self, *arguments: str) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(self._run("-m", "tests.bench.tablet_world", *arguments))
            return found

        def pack(self) -> dict[str, Any]:
            return self._world("pack")

    return BenchSite(folder / "site", "wangge_bench_tablet")


def row(name: str, value: float, goal: float | None, unit: str, note: str = "") -> str:
    digits = 2 if unit == "s" else 1 if unit == "MB" else 0
    verdict = "" if goal is None else "met" if value <= goal else "MISSED"
    wanted = "" if goal is None else f"≤ {goal:g} {unit}"
    return f"| {name} | {value:,.{digits}f} {unit}{note} | {wanted} | {verdict} |"


def first_load() -> list[str]:
    """What the browser fetches before the first screen, and all that the worker keeps for offline use."""
    from django.conf import settings

    folder = Path(settings.VAR_DIR) / "dist" / "tablet"
    shell = (folder / "index.html").read_text()
    first = {folder / "index.html", *_linked(folder, shell)}
    for script in sorted(first):
        if script.suffix == ".js":
            _follow(script, first)
    everything = [*(folder / "assets").glob("*.js"), *(folder / "assets").glob("*.css"), *first]
    kept = {path for path in everything if not path.name.startswith("preview-")}
    return [
        row("app, first load, gzip", _gzip_kb(first), FIRST_LOAD_KB, "KB"),
        row("app, everything kept for offline, gzip", _gzip_kb(kept), FIRST_LOAD_KB, "KB"),
    ]


def _linked(folder: Path, shell: str) -> set[Path]:
    names = re.findall(r'(?:src|href)="/static/tablet/([^"]+\.(?:js|css))"', shell)
    return {folder / name for name in names}


def _follow(script: Path, found: set[Path]) -> None:
    """Static imports only: what is imported on demand is not part of the first load."""
    for name in re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', script.read_text()):
        path = script.parent / name
        if path not in found:
            found.add(path)
            _follow(path, found)


def _gzip_kb(paths: set[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1000


def pack_rows(site: Any) -> list[str]:
    sizes = site.pack()
    stored, travelling = (sum(pair[i] for pair in sizes.values()) / 1e6 for i in (0, 1))
    largest = ", ".join(f"{name} {pair[0] / 1e6:.2f}" for name, pair in sizes.items() if pair[0] > 50_000)
    name = f"day pack, {site.world['doors']:,} doors ({largest})"
    return [row(name, stored, PACK_MB, "MB", f" ({travelling:.1f} MB gzip)")]


def tablet_rows(site: Any, folder: Path, options: argparse.Namespace) -> list[str]:
    from playwright.sync_api import sync_playwright

    from tests.bench.tablet_world import PASSWORD, WORKER
    from tests.browser.tablet.driver import Tablet

    rows: list[str] = []
    with sync_playwright() as playwright:
        tablet = Tablet(playwright.chromium, site.url, folder / "profile")
        tablet.start()
        tablet.page.set_default_timeout(120_000)
        tablet.sign_in(WORKER, PASSWORD)
        begun = time.perf_counter()
        tablet.download()
        rows.append(
            row("day pack fetched, checked, encrypted, stored, ×1", time.perf_counter() - begun, None, "s")
        )
        site.kill()
        for rate in dict.fromkeys([1, options.rate]):
            rows += opening_rows(tablet, rate)
        rows += form_rows(tablet, options)
        tablet.stop()
    return rows


def slow_down(tablet: Any, rate: int) -> None:
    session = tablet.context.new_cdp_session(tablet.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})


def opening_rows(tablet: Any, rate: int) -> list[str]:
    """A cold start with no server anywhere: the browser is new each time."""
    from tests.browser.tablet.driver import PASSPHRASE

    shells, lists = [], []
    for _ in range(3):
        tablet.stop()
        tablet.start()
        tablet.page.set_default_timeout(120_000)
        slow_down(tablet, rate)
        begun = time.perf_counter()
        tablet.page.goto(f"{tablet.url}/tablet/")
        tablet.see("#unlock")
        shells.append(time.perf_counter() - begun)
        tablet.page.fill("#unlock", PASSPHRASE)
        lists.append(
            painted(tablet, "document.querySelector('button[type=submit]').click()", ".house") / 1000
        )
    shell, doors = statistics.median(shells), statistics.median(lists)
    both = [a + b for a, b in zip(shells, lists, strict=True)]
    note = f" ({shell:.2f} to the lock, {doors:.2f} from the passphrase to the doors)"
    return [
        row(f"offline cold start to the list of doors, ×{rate}", statistics.median(both), OPEN_S, "s", note)
    ]


def form_rows(tablet: Any, options: argparse.Namespace) -> list[str]:
    """The last start was slowed down and offline, and still is."""
    rate = options.rate
    code = tablet.page.evaluate("document.querySelector('[data-door]')?.dataset.door") or _some_door(tablet)
    firsts: list[float] = []
    for _ in range(options.rounds):
        tablet.go("door", code)
        tablet.see("[data-action=form]")
        tablet.page.wait_for_timeout(600)
        firsts.append(
            painted(tablet, "document.querySelector('[data-action=form]').click()", ".form .question")
        )
        changes = changes_ms(tablet, options.rounds)
        tablet.tap(".bar .button-icon")
        tablet.see(".door-content")
    cold, warm = firsts[0] / 1000, statistics.median(firsts[1:]) / 1000
    middle, worst = statistics.median(changes), max(changes)
    return [
        row(f"form of 60 questions, first render after a cold start, ×{rate}", cold, FIRST_RENDER_S, "s"),
        row(f"the same at the next doors, ×{rate}", warm, FIRST_RENDER_S, "s"),
        row(f"relevance of 46 questions changes, ×{rate}", middle, CHANGE_MS, "ms", f" (worst {worst:.0f})"),
    ]


def changes_ms(tablet: Any, rounds: int) -> list[float]:
    """Consent given and taken back: what hangs on it appears and goes, the draft is kept each time."""
    met = tablet.page.locator("[data-value=met][aria-checked=false]")
    if met.count():
        met.first.click()
    tablet.see("[data-value=yes]")
    found = []
    for i in range(2 * rounds):
        value = "no" if i % 2 else "yes"
        found.append(painted(tablet, f"document.querySelector('[data-value={value}]').click()", ""))
        tablet.page.wait_for_timeout(400)
    return found


def _some_door(tablet: Any) -> str:
    tablet.page.locator(".house-head button").first.click()
    return str(tablet.see("[data-door]").get_attribute("data-door"))


def painted(tablet: Any, act: str, seen: str) -> float:
    return float(tablet.page.evaluate(PAINTED % act, seen))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=4, help="how many times slower the processor is made")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder for looking at")
    return parser.parse_args()


if __name__ == "__main__":
    main()
