"""The public pages of a draw: open to anyone at every step, and the copied commands find the draw again."""

import hashlib
import html
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from gis_core.models import AccessLog
from grids.models import Applicant, Draw
from grids.placement import draw_steps
from tests.grids.placement.draw_projects import (
    DUE_AT,
    Clock,
    closed,
    committed,
    drawn,
    drawn_project,
    published,
    revealed,
)
from tests.people import client_for

pytestmark = pytest.mark.django_db
OTHERS = ("print/", "without-us/", "files/public.json", "files/receipts.txt", "files/verify_draw.py")


def test_everything_public_opens_without_signing_in_at_every_step(clock: Clock):
    draw = closed(*drawn_project())
    steps = [committed, revealed, lambda one: drawn(one, clock), lambda one: draw_steps.publish(one, by=None)]
    for step in [lambda one: one, *steps]:
        draw = step(draw)
        for page in ("", *OTHERS):
            assert Client().get(f"/verify/{draw.uid}/{page}").status_code == 200, (draw.project.state, page)
    assert Client().get(f"/verify/{draw.uid}/files/full.json").status_code == 404
    assert Client().get(f"/verify/{draw.project.uid}/").status_code == 404


def test_no_public_page_holds_a_flat_or_a_secret(clock: Clock):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    secrets = list(Applicant.objects.values_list("secret", flat=True))
    draw = draw_steps.publish(draw, by=None)
    hidden = [
        *secrets,
        *(flat for _cell, flat in draw.full_archive["places"].values()),
        draw.full_archive["salt"],
    ]
    for page in ("", *OTHERS, "files/results.txt", "files/list.txt", "files/order.txt", "files/rules.json"):
        text = Client().get(f"/verify/{draw.uid}/{page}").content.decode()
        assert not [word for word in hidden if word in text], page


def test_somebody_who_looks_stops_a_draw_that_missed_its_time(clock: Clock):
    draw = committed(closed(*drawn_project()))
    clock.now = DUE_AT
    text = Client().get(f"/verify/{draw.uid}/").content.decode()
    assert "摇号已中止" in text
    assert "经办人、公证员、居民代表" in text
    assert Draw.objects.get().stopped_at == DUE_AT


def commands_of(text: str) -> list[str]:
    found = re.findall(r'<pre class="command" tabindex="0"><code>(.*?)</code></pre>', text, re.S)
    return [html.unescape(one) for one in found]


def in_bash(commands: list[str], folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", "\n".join(commands)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


def downloaded(draw: Draw, folder: Path, command: str) -> None:
    """What the page's first command fetches, fetched without a network."""
    names = re.match(r"for f in (.*?); do", command).group(1).split()
    assert "curl -fsSO http://testserver/verify/" in command
    for name in names:
        (folder / name).write_bytes(Client().get(f"/verify/{draw.uid}/files/{name}").content)


def test_the_commands_of_the_page_work_when_copied(clock: Clock, tmp_path: Path):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    secret = Applicant.objects.get(receipt="R007").secret
    draw = draw_steps.publish(draw, by=None)
    first, *checks, own = commands_of(Client().get(f"/verify/{draw.uid}/without-us/").content.decode())[:7]
    downloaded(draw, tmp_path, first)
    printed = in_bash(checks, tmp_path).split("\n")
    assert printed == [
        *(f"{name}: OK" for name in ("receipts.txt", "rules.json", "list.txt", "results.txt")),
        *["OK"] * 5,  # three nonces, the seed, the order
        "",
    ]
    typed = own.replace("回执号", "R007").replace("密语", secret)
    opened = in_bash([checks[1], typed], tmp_path)
    assert opened.split()[2] == draw.full_archive["places"]["R007"][0]


@pytest.mark.parametrize("file", ["receipts.txt", "rules.json", "list.txt", "results.txt", "order.txt"])
def test_the_copied_commands_find_a_changed_file(file: str, clock: Clock, tmp_path: Path):
    draw = published(clock)
    first, *checks, _own = commands_of(Client().get(f"/verify/{draw.uid}/without-us/").content.decode())[:7]
    downloaded(draw, tmp_path, first)
    kept = tmp_path / file
    kept.write_bytes(kept.read_bytes().replace(b"1", b"2", 1))
    done = subprocess.run(["bash", "-c", "\n".join(checks)], cwd=tmp_path, capture_output=True, check=False)
    assert done.stdout.count(b"OK") < 9


def test_only_the_official_of_the_place_takes_the_full_archive_and_it_is_written_down(clock: Clock, person):
    draw = published(clock)
    address = f"/placement/draws/{draw.uid}/full-archive/"
    official = person("housing_official", draw.project.area_code)
    answer = client_for(official).get(address)
    digest = hashlib.sha256(answer.content).hexdigest()
    assert digest == draw.public_archive["full_archive_sha256"]
    assert AccessLog.objects.get(action="read_full_archive").user == official
    for role in ("auditor", "planner", "administrator"):
        assert client_for(person(role, draw.project.area_code)).get(address).status_code == 403
    assert client_for(person("housing_official", "88")).get(address).status_code == 404


def test_receipts_are_printed_with_their_secrets_until_the_publication(clock: Clock, person):
    draw = closed(*drawn_project())
    official = person("housing_official", draw.project.area_code)
    text = client_for(official).get(f"/placement/draws/{draw.uid}/slips/").content.decode().replace("-", "")
    for receipt, secret in Applicant.objects.values_list("receipt", "secret"):
        assert receipt in text
        assert secret in text
    draw_steps.publish(drawn(revealed(committed(draw)), clock), by=None)
    assert client_for(official).get(f"/placement/draws/{draw.uid}/slips/").status_code == 404


def test_the_printed_list_shows_everybody_in_order_and_results_to_the_building(clock: Clock):
    draw = published(clock)
    text = Client().get(f"/verify/{draw.uid}/print/").content.decode()
    shown = re.findall(r'<li><span class="code">(.*?)</span>', text)
    assert shown == draw.full_archive["order"]
    assert text.count("号楼</td>") == 14
    assert draw.public_archive["archive_sha256"] in text
