"""The public archive: what it proves, what it does not tell, and that every change of it is found."""

import copy
import hashlib
import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from grids.models import Applicant, Draw
from grids.placement import draw_steps
from grids.placement.drawing import ClassStock, Entry, Terms, full_archive
from grids.placement.public_archive import (
    archive_so_far,
    full_archive_file,
    public_archive,
    public_file_names,
    public_file_texts,
    row_hash,
    salted_rows,
)
from grids.placement.public_check import belong_together, public_findings
from tests.grids.placement.draw_projects import (
    BEACON,
    NONCES,
    Clock,
    closed,
    committed,
    drawn,
    drawn_project,
    published,
    revealed,
)

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
TAMPER = ROOT / "tests" / "desk" / "verify" / "tamper.js"


def lp(text: str) -> bytes:
    return len(text.encode()).to_bytes(8, "big") + text.encode()


def tampered(archive: dict[str, Any], folder: Path, *more: str) -> dict[str, Any]:
    file = folder / "public.json"
    file.write_text(json.dumps(archive, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        ["node", TAMPER, file, "1000", *more], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_thousand_changes_of_one_field_are_all_found_by_the_pages_module(clock: Clock, tmp_path: Path):
    answer = tampered(published(clock).public_archive, tmp_path, "sealed")
    assert (answer["tried"], answer["missed"]) == (1000, [])
    assert len(answer["findings"]) == 6 + 1 + 3 + 2 + 3 + 1  # nothing was skipped


def test_they_are_found_by_what_follows_from_what_not_only_by_the_seal(clock: Clock, tmp_path: Path):
    assert tampered(published(clock).public_archive, tmp_path)["missed"] == []


def test_python_and_the_page_agree_that_nothing_is_wrong(clock: Clock):
    findings = public_findings(published(clock).public_archive)
    assert len(findings) == 14
    assert all(agrees for _what, agrees in findings)


def test_an_applicant_finds_the_own_row_by_hand(clock: Clock):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    secret = Applicant.objects.get(receipt="R004").secret
    archive = draw_steps.publish(draw, by=None).public_archive
    cell = draw.full_archive["places"]["R004"][0]
    label = draw.full_archive["labels"]["two"]
    row = hashlib.sha256(lp(secret) + lp("R004") + lp(label) + lp(cell)).hexdigest()
    assert {"row": row, "class": label, "building": cell} in archive["results"]


def test_no_row_is_written_without_a_secret():
    with pytest.raises(ValueError, match="without a secret"):
        row_hash("", "R1", "A", "B")


def words_in(value: Any) -> set[str]:
    return set(json.dumps(value, ensure_ascii=False).replace("\\", "").split('"'))


def test_the_public_archive_names_no_flat_no_class_no_tenure_of_anybody_and_no_secret(clock: Clock):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    secrets = set(Applicant.objects.values_list("secret", flat=True))
    draw = draw_steps.publish(draw, by=None)
    flats = {flat for _cell, flat in draw.full_archive["places"].values()}
    hidden = flats | secrets | set(draw.full_archive["classes"]) | {draw.full_archive["salt"]}
    files = {name: content.decode() for name, content in public_file_texts(draw).items()}
    assert list(files) == public_file_names(draw)
    for content in files.values():
        assert not words_in(content) & hidden
        assert not any(flat in content for flat in flats)
    rows = {json.dumps(sorted(one)) for one in draw.public_archive["list"]}
    assert rows == {'["id", "priority"]'}


def exchanged(full: dict[str, Any], one: str, other: str) -> dict[str, Any]:
    """The same draw, had these two got each other's class and flat."""
    again = copy.deepcopy(full)
    by_id = {row["id"]: row for row in again["applicants"]}
    by_id[one]["class"], by_id[other]["class"] = by_id[other]["class"], by_id[one]["class"]
    places = again["places"]
    places[one], places[other] = places[other], places[one]
    return again


def test_any_two_applicants_could_have_each_others_flat_for_all_the_public_can_see(clock: Clock):
    # Exchange any two: the public archive stays the same but for the salted rows, and what is beside the
    # rows (class, building: how often) stays the same too. So whoever cannot open a row learns nothing.
    draw = published(clock)
    full, public = draw.full_archive, draw.public_archive
    seen = sorted((row["class"], row["building"]) for row in public["results"])
    for one, other in itertools.combinations(full["order"], 2):
        again = exchanged(full, one, other)
        rows = salted_rows(again, {receipt: f"secret of {receipt}" for receipt in full["order"]})
        assert sorted((row["class"], row["building"]) for row in rows) == seen
        assert [row["row"] for row in rows] == sorted(row["row"] for row in rows)


def guessed_secrets(public: dict[str, Any], receipt: str) -> list[str]:
    """Everything in the archive that a lazy program might have taken for a secret."""
    words = [public[key] for key in ("list_hash", "rules_hash", "seed", "beacon", "draw", "spec")]
    return ["", receipt, receipt.lower(), "0" * 20, *words, *public["nonces"]]


def test_rows_cannot_be_opened_by_trying_all_receipts_classes_and_buildings(clock: Clock):
    public = published(clock).public_archive
    rows = {one["row"] for one in public["results"]}
    stock = json.loads(public["rules"])["facts"]["stock"]
    places = [(label, building) for label in stock for building in ["", *stock[label]]]
    for one, (label, building) in itertools.product(public["list"], places):
        for secret in guessed_secrets(public, one["id"]):
            parts = (secret, one["id"], label, building)
            assert hashlib.sha256(b"".join(map(lp, parts))).hexdigest() not in rows
            assert hashlib.sha256("".join(parts).encode()).hexdigest() not in rows


def test_the_order_does_not_say_who_got_the_first_flat_even_to_who_knows_all_flats():
    # One class, one building: the first in the order gets the first flat of the drawn row of flats. Without
    # the salt everybody could draw that row; with it, the guess is right as often as chance has it: 1 in 20.
    flats = tuple(f"{number:023d}" for number in range(20))
    hits = 0
    for turn in range(300):
        salt = hashlib.sha256(f"salt {turn}".encode()).hexdigest()[:32]
        terms = Terms(
            {"two": ClassStock({"b": flats}, {"rent": {"b": 20}})}, ("a", "b"), "", {}, {"two": "A"}, salt
        )
        entries = [Entry(f"R{number:02d}", 1, "two", "rent", ("b",), True) for number in range(20)]
        full = full_archive(terms, entries, ["n", "m"], f"beacon {turn}")
        guess = min(flats, key=lambda flat: hashlib.sha256(f"{full['seed']}:{flat}".encode()).digest())
        hits += full["places"][full["order"][0]][1] == guess
    assert hits < 40  # 15 expected; 40 would be more than six deviations above


def test_rows_lie_in_an_order_that_has_nothing_to_do_with_the_list(clock: Clock):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    random = np.random.default_rng(1)
    receipts = sorted(draw.full_archive["order"])
    first = []
    for _ in range(400):
        secret_of = {one: random.bytes(16).hex() for one in receipts}
        rows = salted_rows(draw.full_archive, secret_of)
        label_of = {
            one["id"]: draw.full_archive["labels"][one["class"]] for one in draw.full_archive["applicants"]
        }
        hashes = {
            row_hash(secret_of[one], one, label_of[one], draw.full_archive["places"][one][0]): one
            for one in receipts
        }
        first.append(hashes[rows[0]["row"]])
    counts = np.array([first.count(one) for one in receipts])
    expected = 400 / len(receipts)
    assert ((counts - expected) ** 2 / expected).sum() < 34.5  # chi-square, 13 degrees, p = 0.001


def test_each_step_makes_public_what_it_should_and_no_more(clock: Clock):
    draw = closed(*drawn_project())
    first = archive_so_far(draw)
    assert (first["commitments"], first["nonces"], "seed" in first) == ([], [], False)
    draw = committed(draw)
    assert len(archive_so_far(draw)["commitments"]) == 3
    draw = draw_steps.reveal(draw, "公证员", NONCES["公证员"], by=None)
    assert archive_so_far(draw)["nonces"] == [NONCES["公证员"]]
    draw = drawn(revealed(draw), clock)
    assert public_archive(draw)["beacon"] == BEACON
    assert "results" not in public_archive(draw)


def test_the_command_checks_both_archives_and_that_they_belong_together(
    clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    draw = published(clock)
    full, public = tmp_path / "full.json", tmp_path / "public.json"
    full.write_bytes(full_archive_file(draw))
    public.write_bytes(public_file_texts(draw)["public.json"])
    call_command("verify_draw", str(full), str(public))
    printed = capsys.readouterr().out
    assert "WRONG" not in printed
    assert "14 applicants, 14 places: as stated" in printed
    public.write_text(public.read_text().replace('"beacon_proof":"中国', '"beacon_proof":"外国'))
    with pytest.raises(SystemExit):
        call_command("verify_draw", str(public))
    public.write_text("{}")
    with pytest.raises(CommandError):
        call_command("verify_draw", str(public))


def test_a_public_archive_of_other_results_does_not_belong_to_the_full_one(clock: Clock):
    draw: Draw = published(clock)
    wrong = copy.deepcopy(draw.public_archive)
    wrong["results"][0]["building"] = ""
    found = dict(belong_together(draw.full_archive, wrong))
    assert [what for what, agrees in found.items() if not agrees] == ["results"]
