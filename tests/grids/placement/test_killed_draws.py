"""A draw that is killed: at every statement of every step, with SIGKILL, on a real database."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

import pytest
from django.db import connection, connections

from gis_core.models import AccessLog
from grids.models import Applicant, Draw, Offer, PlacementProject
from grids.placement import draw_steps
from grids.placement.draw_refusals import WrongStep
from grids.placement.lottery import commitment
from tests.grids.placement.draw_projects import (
    BEACON,
    DUE_AT,
    NONCES,
    PROOF,
    Clock,
    closed,
    committed,
    drawn,
    drawn_project,
    revealed,
)

pytestmark = pytest.mark.django_db(transaction=True)
LAST = list(NONCES)[-1]


def in_a_thread(test: Callable[[Clock], None]) -> Callable[[Clock], None]:
    """Playwright leaves a running event loop in the main thread; Django keeps another connection under one,
    and a forked child has none: parent and child would not speak through the same connection."""

    @wraps(test)
    def run(clock: Clock) -> None:
        def alone() -> None:
            try:
                test(clock)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(alone).result()

    return run


def all_but_last(step: Callable[..., Draw], draw: Draw, word_of: Callable[[str], str]) -> Draw:
    for party in list(NONCES)[:-1]:
        draw = step(draw, party, word_of(NONCES[party]), by=None)
    return draw


def stored() -> dict[str, Any]:
    """Everything that a step may write, except what is random or counted up."""
    draws = list(Draw.objects.values())
    return {
        "draws": draws,
        "states": list(PlacementProject.objects.values_list("state", flat=True)),
        "offers": sorted(Offer.objects.values_list("receipt", "flat_code", "state")),
        "has_secret": sorted((one.receipt, bool(one.secret)) for one in Applicant.objects.all()),
        "log": list(AccessLog.objects.order_by("pk").values_list("action", flat=True)),
    }


def killed_at(statement: int, step: Callable[[], Any]) -> bool:
    """Run the step in a process of its own that kills itself before that statement; False if it finished."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        seen = 0

        def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        code = 1
        try:
            with connection.execute_wrapper(die):
                step()
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the step failed by itself"
    return os.WIFSIGNALED(status)


def survive(step: Callable[[], Any], after: Callable[[dict[str, Any]], None]) -> int:
    """Kill at the first, second, … statement: each time nothing is left; then let it finish."""
    before, statement = stored(), 1
    while killed_at(statement, step):
        assert stored() == before, f"killed before statement {statement}"
        statement += 1
    after(stored())
    return statement - 1


@in_a_thread
def test_closing_killed_anywhere_leaves_an_open_list(clock: Clock):
    project, rules = drawn_project()

    def after(found: dict[str, Any]) -> None:
        assert found["states"] == ["closed"]
        assert len(found["draws"]) == 1
        assert all(has_secret for _receipt, has_secret in found["has_secret"])

    assert survive(lambda: closed(project, rules), after) >= 8


@in_a_thread
def test_committing_killed_anywhere_commits_nothing(clock: Clock):
    draw = all_but_last(draw_steps.commit, closed(*drawn_project()), commitment)

    def after(found: dict[str, Any]) -> None:
        assert found["states"] == ["committed"]
        assert found["log"].count("draw_commit") == 3

    word = commitment(NONCES[LAST])
    assert survive(lambda: draw_steps.commit(draw, LAST, word, by=None), after) >= 4


@in_a_thread
def test_revealing_killed_anywhere_reveals_nothing(clock: Clock):
    draw = all_but_last(draw_steps.reveal, committed(closed(*drawn_project())), str)

    def after(found: dict[str, Any]) -> None:
        assert found["states"] == ["revealed"]
        assert found["draws"][0]["nonces"] == list(NONCES.values())

    assert survive(lambda: draw_steps.reveal(draw, LAST, NONCES[LAST], by=None), after) >= 4


@in_a_thread
def test_drawing_killed_anywhere_gives_the_same_draw_when_taken_up_again(clock: Clock):
    draw = revealed(committed(closed(*drawn_project())))
    clock.now = DUE_AT

    def after(found: dict[str, Any]) -> None:
        assert found["states"] == ["drawn"]
        assert found["log"].count("draw_run") == 1
        seed = found["draws"][0]["seed"]
        assert draw_steps.draw_now(draw, BEACON, PROOF, by=None).seed == seed
        with pytest.raises(WrongStep):
            draw_steps.draw_now(draw, BEACON + "0", PROOF, by=None)
        assert stored() == found

    assert survive(lambda: draw_steps.draw_now(draw, BEACON, PROOF, by=None), after) >= 4


@in_a_thread
def test_publishing_killed_anywhere_forgets_no_secret_and_offers_nothing(clock: Clock):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)

    def after(found: dict[str, Any]) -> None:
        assert found["states"] == ["published"]
        assert len(found["offers"]) == 14
        assert not any(has_secret for _receipt, has_secret in found["has_secret"])

    assert survive(lambda: draw_steps.publish(draw, by=None), after) >= 6


def test_two_who_draw_at_the_same_moment_with_different_beacons_draw_once(clock: Clock):
    draw = revealed(committed(closed(*drawn_project())))
    clock.now = DUE_AT
    gate, outcomes = threading.Barrier(4), []

    def run(beacon: str) -> None:
        gate.wait()
        try:
            outcomes.append(draw_steps.draw_now(draw, beacon, PROOF, by=None).beacon)
        except WrongStep:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(f"beacon {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[1:] == ["refused"] * 3
    assert Draw.objects.get().beacon == sorted(outcomes)[0]
    assert AccessLog.objects.filter(action="draw_run").count() == 1
