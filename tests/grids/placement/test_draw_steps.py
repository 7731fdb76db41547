"""The steps of the one draw: in order, once, and with everything fixed before the public value exists."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from gis_core.models import AccessLog
from grids.models import Applicant, Draw, Flat, Offer, PlacementProject
from grids.placement import draw_steps, verify_draw
from grids.placement.draw_refusals import (
    ListChanged,
    Stopped,
    TooEarly,
    WrongBeacon,
    WrongCommitment,
    WrongNonce,
    WrongPlan,
    WrongStep,
)
from grids.placement.inclusion import inclusion
from grids.placement.lottery import commitment
from grids.placement.public_archive import full_archive_file
from tests.grids.placement.draw_projects import (
    BEACON,
    CLOSED_AT,
    DUE_AT,
    NONCES,
    PROOF,
    Clock,
    closed,
    committed,
    drawn,
    drawn_project,
    published,
    revealed,
)

pytestmark = pytest.mark.django_db


def test_the_whole_path_ends_in_an_archive_that_the_script_draws_again(clock: Clock, tmp_path: Path, person):
    official = person("housing_official", "99")
    draw = published(clock, official)
    assert draw.project.state == "published"
    file = tmp_path / "full.json"
    file.write_bytes(full_archive_file(draw))
    command = [sys.executable, "-I", "-S", verify_draw.__file__, file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    places = draw.full_archive["places"]
    assert Offer.objects.filter(draw=draw).count() == len(places) == 14
    assert len({flat for _cell, flat in places.values()}) == 14
    written = AccessLog.objects.filter(user=official, subject=f"draw {draw.uid}").order_by("pk")
    assert list(written.values_list("action", flat=True)) == [
        "draw_close",
        *["draw_commit"] * 3,
        *["draw_reveal"] * 3,
        "draw_run",
        "draw_publish",
    ]
    assert set(written.values_list("area_code", flat=True)) == {draw.project.area_code}


def test_who_needs_an_accessible_flat_gets_the_accessible_one(clock: Clock):
    draw = published(clock)
    only = Flat.objects.get(is_accessible=True).code
    assert draw.full_archive["places"]["R010"][1] == only


def test_closing_takes_no_more_statements_for_a_longer_list(clock: Clock, django_assert_max_num_queries):
    project, rules = drawn_project()
    with django_assert_max_num_queries(14):  # fewer than one for each of the 14 applicants
        closed(project, rules)


def test_secrets_are_made_at_the_closing_and_forgotten_at_the_publication(clock: Clock):
    draw = closed(*drawn_project())
    words = set(Applicant.objects.values_list("secret", flat=True))
    assert len(words) == 14
    assert all(len(word) == 20 for word in words)
    draw_steps.publish(drawn(revealed(committed(draw)), clock), by=None)
    assert set(Applicant.objects.values_list("secret", flat=True)) == {""}
    stored = json.dumps(Draw.objects.values("full_archive", "public_archive", "rules_text")[0])
    assert not any(word in stored for word in words)


@pytest.mark.parametrize("reached", ["closed", "committed", "revealed", "drawn", "published"])
def test_no_step_is_taken_before_its_turn_or_a_second_time(reached: str, clock: Clock):
    project, rules = drawn_project()
    draw = closed(project, rules)
    moves = {
        "committed": committed,
        "revealed": revealed,
        "drawn": lambda draw: drawn(draw, clock),
        "published": lambda draw: draw_steps.publish(draw, by=None),
    }
    if reached != "closed":
        for name, move in moves.items():
            draw = move(draw)
            if name == reached:
                break
    before = Draw.objects.filter(pk=draw.pk).values()[0]
    attempts = {
        "closed": lambda: closed(project, rules),
        "committed": lambda: draw_steps.commit(draw, "公证员", commitment("another"), by=None),
        "revealed": lambda: draw_steps.reveal(draw, "公证员", NONCES["公证员"] + " ", by=None),
        "drawn": lambda: draw_steps.draw_now(draw, "another beacon", PROOF, by=None),
        "published": lambda: draw_steps.publish(draw, by=None),
    }
    steps = list(attempts)
    nexts = steps[steps.index(reached) + 1 :][:1] + (["published"] if reached == "published" else [])
    for name, attempt in attempts.items():
        if name in nexts:
            continue
        with pytest.raises(WrongStep):
            attempt()
    assert Draw.objects.filter(pk=draw.pk).values()[0] == before


def test_a_step_asked_for_again_answers_as_the_first_time(clock: Clock):
    draw = published(clock)
    before, rows = Draw.objects.filter(pk=draw.pk).values()[0], AccessLog.objects.count()
    committed(draw)
    revealed(draw)
    assert draw_steps.draw_now(draw, BEACON, PROOF, by=None).seed == draw.seed
    assert draw_steps.publish(draw, by=None).public_archive == draw.public_archive
    assert Draw.objects.filter(pk=draw.pk).values()[0] == before
    assert (AccessLog.objects.count(), Offer.objects.count()) == (rows, 14)


@pytest.mark.parametrize(
    "plan",
    [
        {"parties": ["经办人"]},
        {"parties": ["经办人", "经办人 "]},
        {"parties": ["经办人", ""]},
        {"beacon_source": " "},
        {"beacon_fallback": ""},
        {"beacon_fallback": "双色球第 2026136 期开奖号码"},
        {"beacon_due_at": CLOSED_AT},
    ],
)
def test_a_list_is_not_closed_on_a_plan_that_proves_nothing(plan: dict[str, object], clock: Clock):
    project, rules = drawn_project()
    with pytest.raises(WrongPlan):
        closed(project, rules, **plan)
    project.refresh_from_db()
    assert project.state == "preparing"
    assert not Draw.objects.exists()


@pytest.mark.parametrize("word", ["", "abc", "g" * 64, "a" * 65])
def test_a_commitment_is_a_sha256(word: str, clock: Clock):
    draw = closed(*drawn_project())
    with pytest.raises(WrongCommitment):
        draw_steps.commit(draw, "公证员", word, by=None)


def test_a_commitment_is_not_copied_and_not_given_by_a_stranger(clock: Clock):
    draw = closed(*drawn_project())
    draw_steps.commit(draw, "公证员", commitment("the same"), by=None)
    for party in ("经办人", "路人"):
        with pytest.raises(WrongCommitment):
            draw_steps.commit(draw, party, commitment("the same"), by=None)


def test_a_nonce_other_than_the_committed_one_is_refused(clock: Clock):
    draw = committed(closed(*drawn_project()))
    for nonce in ("", "officer-nonce-0002", "officer-nonce-0001 ", "x" * 300, "a\0b"):
        with pytest.raises(WrongNonce):
            draw_steps.reveal(draw, "经办人", nonce, by=None)
    assert Draw.objects.get().nonces == ["", "", ""]


def test_the_beacon_is_refused_before_its_time_and_without_its_source(clock: Clock):
    draw = revealed(committed(closed(*drawn_project())))
    clock.now = DUE_AT - timedelta(seconds=1)
    with pytest.raises(TooEarly):
        draw_steps.draw_now(draw, BEACON, PROOF, by=None)
    clock.now = DUE_AT
    for beacon, proof in [("", PROOF), (BEACON, " "), ("x" * 201, PROOF), (BEACON, "x" * 301), ("\0", PROOF)]:
        with pytest.raises(WrongBeacon):
            draw_steps.draw_now(draw, beacon, proof, by=None)
    assert draw_steps.draw_now(draw, BEACON, PROOF, by=None).drawn_at == DUE_AT


@pytest.mark.parametrize("given", [0, 1, 2])
def test_a_nonce_missing_when_the_beacon_is_due_stops_the_draw_for_good(given: int, clock: Clock):
    draw = committed(closed(*drawn_project()))
    for party in list(NONCES)[:given]:
        draw_steps.reveal(draw, party, NONCES[party], by=None)
    assert not draw_steps.stop_if_overdue(draw)
    clock.now = DUE_AT
    late = list(NONCES)[given]
    with pytest.raises(Stopped):
        draw_steps.reveal(draw, late, NONCES[late], by=None)
    assert draw_steps.stop_if_overdue(draw)
    stored = Draw.objects.select_related("project").get()
    assert stored.project.state == "stopped"
    assert late in stored.stop_reason
    clock.now = CLOSED_AT  # not even a clock set back opens it again
    for step in (
        lambda: draw_steps.reveal(draw, late, NONCES[late], by=None),
        lambda: draw_steps.draw_now(draw, BEACON, PROOF, by=None),
        lambda: draw_steps.publish(draw, by=None),
    ):
        with pytest.raises(Stopped):
            step()
    with pytest.raises(WrongStep):
        closed(stored.project, stored.rules)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.create(
            project=stored.project, rules=stored.rules, closed_at=DUE_AT, beacon_due_at=DUE_AT
        )


def test_nobody_stops_a_draw_whose_outcome_could_be_known(clock: Clock):
    draw = committed(closed(*drawn_project()))
    draw_steps.reveal(draw, "经办人", NONCES["经办人"], by=None)
    draw = revealed(draw)
    with pytest.raises(WrongStep):
        draw_steps.stop(draw, "不喜欢这个结果", by=None)


def test_stopping_says_why(clock: Clock):
    draw = closed(*drawn_project())
    with pytest.raises(WrongStep):
        draw_steps.stop(draw, " ", by=None)
    draw_steps.stop(draw, "名单有误", by=None)
    assert PlacementProject.objects.get().state == "stopped"


def test_what_was_closed_is_drawn_whatever_happens_to_the_tables(clock: Clock):
    draw = revealed(committed(closed(*drawn_project())))
    expected = draw.full_archive["applicants"]
    Applicant.objects.filter(receipt="R003").update(priority=1, choices=[])
    Flat.objects.filter(room_class="one").delete()
    draw = drawn(draw, clock)
    assert draw.full_archive["applicants"] == expected
    assert len(draw.full_archive["places"]) == 14


@pytest.mark.parametrize("part", ["applicants", "classes", "salt", "labels", "rules"])
def test_frozen_lists_changed_by_hand_are_not_drawn(part: str, clock: Clock):
    draw = revealed(committed(closed(*drawn_project())))
    frozen = draw.full_archive
    if part == "applicants":
        frozen[part][0]["priority"] = 9
    elif part == "classes":
        next(iter(next(iter(frozen[part].values()))["flats"].values())).pop()
    elif part == "labels":
        frozen[part] = {name: label + "X" for name, label in frozen[part].items()}
    elif part == "salt":
        frozen[part] = "0" * 32
    else:
        frozen[part] = frozen[part].replace("双色球", "三色球")
    Draw.objects.filter(pk=draw.pk).update(full_archive=frozen)
    with pytest.raises(ListChanged):
        drawn(draw, clock)
    assert Draw.objects.get().drawn_at is None


def test_the_database_itself_refuses_a_beacon_without_every_nonce_before_it(clock: Clock):
    draw = committed(closed(*drawn_project()))
    for revealed_at in (None, DUE_AT, DUE_AT + timedelta(seconds=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(beacon=BEACON, revealed_at=revealed_at)


def test_everybody_finds_the_own_receipt_in_the_list_and_later_in_the_order(clock: Clock):
    draw = closed(*drawn_project())
    assert inclusion(draw, " R000 ").line == 1
    assert inclusion(draw, "R013").line == 14
    assert not inclusion(draw, "R014").is_listed
    assert inclusion(draw, "R013").place is None
    draw = drawn(revealed(committed(draw)), clock)
    placed = {inclusion(draw, one["id"]).place for one in draw.full_archive["applicants"]}
    assert placed == set(range(1, 15))
    first = list(draw.full_archive["order"][:3])
    assert set(first) == {"R000", "R005", "R010"}  # priority 1
