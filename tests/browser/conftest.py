"""A real Chromium against the product as a user starts it.

One database with both demo towns and one gunicorn per test session; pages are the built ones, with their real
headers. Every page fixture fails its test on a console error, a failed request or an uncaught exception.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("WANGGE_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "upright": (768, 1024), "phone": (390, 844)}


@dataclass(frozen=True)
class Site:
    """A running product: where it answers and the database behind it."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def own_database(suffix: str) -> str:
    """A name that no other test process uses: pytest may run several side by side."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "")
    return os.environ.get("WANGGE_TEST_DB", "test_wangge") + suffix + process


def connect(name: str) -> psycopg2.extensions.connection:
    from django.conf import settings

    database = settings.DATABASES["default"]
    return psycopg2.connect(
        host=database["HOST"] or None,
        port=database.get("PORT") or None,
        user=database["USER"],
        password=database.get("PASSWORD") or None,
        dbname=name,
    )


def new_database(name: str) -> None:
    connection = connect("postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        # WITH (FORCE) would need rights over an autovacuum worker; a plain drop sends that away by itself.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    name = own_database("_site")
    new_database(name)
    port = _free_port()
    cache = tmp_path_factory.mktemp("site")
    log = (cache / "server.log").open("w")
    environment = {**os.environ, "WANGGE_DB": name, "WANGGE_CACHE": str(cache)}
    running = Site(f"http://localhost:{port}", environment)
    running.manage("migrate", "--noinput", "-v", "0")
    running.manage("load_demo")
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "gis_core.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "6",
            "--no-control-socket",
        ],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        _wait_until_answering(running.url, server)
        yield running
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(autouse=True, scope="module")
def accounts_speak_chinese(request: pytest.FixtureRequest) -> None:
    """An account keeps the language that it chose: each file starts from Chinese, whatever ran before it."""
    if any("site" in item.fixturenames for item in request.session.items if item.path == request.path):
        site: Site = request.getfixturevalue("site")
        with connect(site.environment["WANGGE_DB"]) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE gis_core_user SET language = 'zh-hans'")
        connection.close()


def _wait_until_answering(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(f"{url}/sign-in/", timeout=5)  # noqa: S310  # our own address
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError("the server does not answer")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright's event loop would make Django refuse the database in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    playwright: Playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()
    playwright.stop()


def watch(page: Page) -> list[str]:
    """Collect everything on a page that a user would call broken."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "response",
        lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
    )
    return faults


def open_context(
    chromium: Browser, *, size: str = "desk", language: str = "zh-CN", dark: bool = False
) -> BrowserContext:
    width, height = SIZES[size]
    return chromium.new_context(
        viewport={"width": width, "height": height}, locale=language, color_scheme="dark" if dark else "light"
    )
