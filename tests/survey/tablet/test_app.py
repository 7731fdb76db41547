"""The app's shell is the same for everyone, whatever the browser says about itself."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db

SHELL = b"<!doctype html><title>shell</title>"


@pytest.fixture(autouse=True)
def built(settings: LazySettings, tmp_path: Path) -> Path:
    """A build of its own, so that these tests need none."""
    folder = tmp_path / "dist" / "tablet"
    folder.mkdir(parents=True)
    (folder / "index.html").write_bytes(SHELL)
    (folder / "sw.js").write_text("self.addEventListener('fetch', () => {});")
    settings.VAR_DIR = tmp_path
    return folder


def answers() -> list[Any]:
    worker, planner = make_person("wang", "grid_worker", language="en"), make_person("chen", "planner")
    clients = [Client(), client_for(worker), client_for(planner)]
    languages = ["zh-CN", "en-GB", "de"]
    return [
        client.get("/tablet/", headers={"accept-language": language})
        for client in clients
        for language in languages
    ]


def test_everyone_gets_the_same_bytes_and_no_vary():
    found = answers()
    assert {answer.content for answer in found} == {SHELL}
    assert all("Vary" not in answer for answer in found)
    assert all(not answer.cookies for answer in found)
    assert {answer["Cache-Control"] for answer in found} == {"no-cache"}


def test_the_worker_script_is_asked_for_each_time_and_does_not_vary_either():
    answer = Client().get("/tablet/sw.js", headers={"accept-language": "en"})
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "Vary" not in answer


def test_only_the_app_may_compile_wasm_and_nobody_may_eval():
    policy = Client().get("/tablet/")["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert rules["connect-src"] == ["'self'", "data:"]
    assert rules["style-src"] == ["'self'"]
    assert "unsafe-eval" not in Client().get("/sign-in/")["Content-Security-Policy"]


def test_the_launchers_name_follows_the_language():
    names = {
        language: json.loads(
            Client().get("/tablet/manifest.webmanifest", headers={"accept-language": language}).content
        )
        for language in ("zh-CN", "en")
    }
    assert names["zh-CN"]["name"] == "网格走访"
    assert names["en"]["name"] == "Wangge visits"
    assert {icon["sizes"] for icon in names["en"]["icons"]} == {"192x192", "512x512"}


def test_without_a_build_it_says_what_to_run(built: Path):
    (built / "index.html").unlink()
    answer = Client().get("/tablet/")
    assert answer.status_code == 503
    assert "./dev setup" in answer.content.decode()


def test_nothing_but_reading_is_accepted():
    assert Client().post("/tablet/").status_code == 405
