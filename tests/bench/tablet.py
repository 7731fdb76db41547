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
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.tablet_timing import form_rows, opening_rows, row

PACK_MB, FIRST_LOAD_KB = 10, 500


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
