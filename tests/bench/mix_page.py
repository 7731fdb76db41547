"""`./dev bench mix --page`: first paint of the mix map beside the coverage map with 500,000 buildings.

    python -m tests.bench.mix_page [--size "1.05 M"] [--rounds 5]

The metropolis of `./dev bench coverage` gets a register of 4 million dwellings. The same person opens both
pages in a real Chromium, in turn, each in a fresh browser: the whole town in view (cells), then the zoom of
footprints. Painted: figures on the map, every tile of the view here and drawn. Goal: 1.5 times coverage.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.coverage import DATABASE, use_own_database

ROOT = Path(__file__).resolve().parents[2]
PORT = 8396
GOAL = 1.5
PASSWORD = "wangge-bench-2026"
VIEWS = {"whole town (cells)": "", "footprints": "&z=15&lon={lon}&lat={lat}"}

# Set at the first frame in which a page's figures and all tiles of the view are painted.
WATCH = """
(() => {
  const isPainted = () => {
    const page = window.coveragePage ?? window.mixPage;
    const view = page?.mapView ?? page?.map;
    const hasFigures = window.coveragePage ? Boolean(page?.last) : Boolean(page?.counts && page?.bytes);
    if (!hasFigures || !view.style || view.store.isBusy) return false;
    return !view.base.isLoading() && !view.buildings.isLoading();
  };
  const note = () => (window.__paintedMs = performance.now());
  const look = () => requestAnimationFrame(isPainted() ? note : look);
  requestAnimationFrame(look);
})();
"""


def main() -> None:
    options = _options()
    use_own_database()
    print("\n".join(page_rows(options.size, options.rounds)), flush=True)


def page_rows(size: str, rounds: int) -> list[str]:
    """A table of medians, and what the very first reader of a new stock waits for."""
    from django.conf import settings

    from tests.bench.metropolis import SIDES
    from tests.bench.town_loader import metropolis_town

    cache = Path(settings.VAR_DIR) / "bench"
    settings.ARRAYS_DIR, settings.TILES_DIR = cache / "arrays", cache / "tiles"
    town = metropolis_town(SIDES[size])
    add_register(town)
    _make_ready(town)
    first_s = _first_values_s(town)
    _make_reader(town)
    server = _serve(cache)
    try:
        return _table(town, _measure(town, rounds), first_s)
    finally:
        server.terminate()


def add_register(town: Any) -> None:
    """One dwelling row for every dwelling the buildings count; tenures mixed by arithmetic, not by chance."""
    from django.db import connection

    from grids.models import Dwelling

    stock = town.stocks.get(state="active")
    if Dwelling.objects.filter(building__stock=stock).exists():
        return
    print("writing the register of dwellings …", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO grids_dwelling (building_id, code, unit, floor, door, tenure, room_class, source)
            SELECT b.id,
                   b.code || '01' || lpad((1 + i / 99)::text, 2, '0') || lpad((1 + i %% 99)::text, 2, '0'),
                   1, 1 + i / 99, 1 + i %% 99,
                   (ARRAY['market', 'public_rental', 'affordable_rental', 'talent', 'resettlement'])
                     [1 + CASE WHEN (b.number * 31 + i * 17) %% 100 < 40 + b.number %% 60 THEN 0
                               ELSE (b.number * 7 + i * 3) %% 5 END],
                   (ARRAY['一室', '两室', '三室', '四室'])[1 + (b.number * 5 + i * 11) %% 4],
                   'register'
            FROM grids_building AS b
            CROSS JOIN LATERAL generate_series(0, b.dwelling_count - 1) AS dwelling(i)
            WHERE b.stock_id = %s
            """,
            [stock.pk],
        )


def _make_ready(town: Any) -> None:
    """A coverage run with its tiles and files, as after `run_coverage`; made once."""
    from grids.coverage.results import current_run
    from grids.coverage.runs import run_coverage
    from grids.maps.tiles import bake, tile_set_of
    from grids.maps.values import publish_values

    run = current_run(town) or run_coverage(town, force=True)
    bake(tile_set_of(run))
    publish_values(run)


def _first_values_s(town: Any) -> float:
    """From the tables to the first value file, nothing kept."""
    from grids.arrays import read_dwellings
    from grids.maps.mix_values import value_bytes

    stock = town.stocks.get(state="active")
    begun = perf_counter()
    read_dwellings(stock.pk)
    read_s = perf_counter() - begun
    value_bytes(stock, "tenure", "w")  # compiles and fills what the process keeps
    begun = perf_counter()
    value_bytes(stock, "tenure", "w")
    return read_s + perf_counter() - begun


def _make_reader(town: Any) -> None:
    from gis_core.models import Duty, Role, User

    reader, _ = User.objects.get_or_create(username="bench-reader", defaults={"is_demo": True})
    reader.set_password(PASSWORD)
    reader.is_demo = True
    reader.save()
    Duty.objects.get_or_create(
        user=reader, role=Role.PLANNER, area_code=town.root_code, defaults={"valid_from": "2026-01-01"}
    )


def _serve(cache: Path) -> subprocess.Popen[bytes]:
    command = ["gunicorn", "gis_core.wsgi", "--bind", f"127.0.0.1:{PORT}", "--threads", "6", "--workers", "1"]
    environment = {**os.environ, "WANGGE_DB": DATABASE, "WANGGE_CACHE": str(cache)}
    server = subprocess.Popen(
        [sys.executable, "-m", *command, "--no-control-socket", "--log-level", "warning"],
        cwd=ROOT,
        env=environment,
    )
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/sign-in/", timeout=5)
        except OSError:
            time.sleep(0.25)
        else:
            return server
    server.terminate()
    raise SystemExit("the server does not answer")


def _measure(town: Any, rounds: int) -> dict[tuple[str, str, str], list[float]]:
    """{(view, page, cold | warm): milliseconds}; the pages take turns, the first round is not counted."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS

    lon, lat = _busiest_place(town)
    taken: dict[tuple[str, str, str], list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        cookies = _sign_in(browser)
        for count in range(rounds + 1):
            for view, place in VIEWS.items():
                for page in ("coverage", "mix"):
                    address = f"http://localhost:{PORT}/{page}/?town={town.slug}" + place.format(
                        lon=lon, lat=lat
                    )
                    for state, ms in _open_twice(browser, cookies, address).items():
                        if count:
                            taken.setdefault((view, page, state), []).append(ms)
        browser.close()
    return taken


def _busiest_place(town: Any) -> tuple[float, float]:
    """The median building: in the middle of where most stand."""
    import numpy as np

    from grids.arrays import stock_arrays

    lonlat = stock_arrays(town.stocks.get(state="active")).lonlat
    lon, lat = np.median(lonlat, axis=0).tolist()
    return round(lon, 5), round(lat, 5)


def _sign_in(browser: Any) -> list[Any]:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"http://localhost:{PORT}/sign-in/")
    page.fill("input[name=username]", "bench-reader")
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(f"http://localhost:{PORT}/")
    cookies: list[Any] = context.cookies()
    context.close()
    return cookies


def _open_twice(browser: Any, cookies: list[Any], address: str) -> dict[str, float]:
    """With an empty browser cache, then again with what the first opening left in it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies(cookies)
    context.add_init_script(WATCH)
    page = context.new_page()
    found = {}
    for state in ("cold", "warm"):
        page.goto(address)
        end = time.monotonic() + 120
        while not page.evaluate("() => window.__paintedMs"):
            if time.monotonic() > end:
                raise SystemExit(f"not painted after two minutes: {address}")
            page.wait_for_timeout(20)
        found[state] = float(page.evaluate("() => window.__paintedMs"))
    context.close()
    return found


def _table(town: Any, taken: dict[tuple[str, str, str], list[float]], first_s: float) -> list[str]:
    stock = town.stocks.get(state="active")
    rows, worst = [], 0.0
    for view in VIEWS:
        for state in ("cold", "warm"):
            coverage, mix = (statistics.median(taken[view, page, state]) for page in ("coverage", "mix"))
            worst = max(worst, mix / coverage)
            rows.append(f"| {view}, {state} | {coverage:,.0f} | {mix:,.0f} | {mix / coverage:.2f} |")
    return [
        f"## First paint: {stock.building_count:,} buildings, {stock.dwelling_count:,} dwellings",
        "",
        "| view, browser cache | coverage ms | mix ms | ratio |",
        "|---|---|---|---|",
        *rows,
        "",
        f"Goal {GOAL}: {'met' if worst <= GOAL else 'MISSED'}, worst {worst:.2f}. Median of "
        f"{len(next(iter(taken.values())))} openings each, in turn. "
        f"Load at the end: {os.getloadavg()[0]:.1f}.",
        f"The first reader of a new stock waits {first_s:.1f} s more, once, for its value file.",
        "",
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="1.05 M", help='"10 k" or "1.05 M" nodes')
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
