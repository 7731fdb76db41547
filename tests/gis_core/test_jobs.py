"""Jobs: progress that others see, failures with a code, a dead worker's job queued again, cancelling."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gis_core import jobs
from gis_core.errors import Conflict, MissingColumn
from gis_core.jobs import Progress, cancel_job, job, recover_lost_jobs, run_now, run_queued_job, start_job
from gis_core.models import Job, User
from tests.people import client_for, make_person

Person = Callable[..., User]


@pytest.fixture
def kind() -> Iterator[Callable[[Callable[..., None]], str]]:
    """Register a function as a kind of job for one test."""
    made: list[str] = []

    def register(function: Callable[..., None]) -> str:
        name = f"test_{len(made)}"
        job(name, label="试验")(function)
        made.append(name)
        return name

    yield register
    for name in made:
        jobs._kinds.pop(name)


@pytest.fixture
def seen_within_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "WRITE_EVERY_S", 0.01)


def work_off() -> None:
    """What the worker does with every message that waits; in this process."""
    for message in DBTaskResult.objects.ready():
        run_queued_job.call(*message.args_kwargs["args"])
        message.set_successful(None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("seen_within_half_a_second")
def test_progress_is_seen_by_others_while_the_work_is_in_one_transaction(kind: Any):
    seen: list[tuple[str, int, int]] = []
    is_looked_at = threading.Event()

    def look_from_outside() -> None:
        try:
            while not is_looked_at.is_set():
                row = Job.objects.get()
                if row.done_count == 3:
                    seen.append((row.step, row.done_count, row.total_count))
                    is_looked_at.set()
        finally:
            connection.close()

    def work(progress: Progress) -> None:
        with transaction.atomic():
            progress.step("数房子", 4)
            progress.advance(3)
            assert is_looked_at.wait(timeout=10)

    start_job(kind(work), owner=None)
    looking = threading.Thread(target=look_from_outside)
    looking.start()
    work_off()
    looking.join()
    assert seen == [("数房子", 3, 4)]
    done = Job.objects.get()
    assert (done.state, done.done_count, done.attempt_count) == ("done", 4, 1)


@pytest.mark.django_db(transaction=True)
def test_arguments_reach_the_function_and_its_result_the_row(kind: Any):
    def work(progress: Progress, *, town_id: int) -> None:
        progress.result(f"/data/?town={town_id}")

    made = start_job(kind(work), owner=None, area_code="3201", town_id=7)
    work_off()
    made.refresh_from_db()
    assert (made.state, made.result_url, made.area_code) == ("done", "/data/?town=7", "3201")


@pytest.mark.django_db(transaction=True)
def test_a_refusal_keeps_its_code_sentence_and_details(kind: Any):
    def work(progress: Progress) -> None:
        raise MissingColumn("缺少列“经度”。", column="经度")

    made = start_job(kind(work), owner=None)
    work_off()
    made.refresh_from_db()
    assert (made.state, made.error_code, made.error_sentence) == (
        "failed",
        "missing_column",
        "缺少列“经度”。",
    )
    assert made.error_details == {"column": "经度"}


@pytest.mark.django_db(transaction=True)
def test_a_programmers_error_tells_a_number_and_no_content(kind: Any):
    def work(progress: Progress) -> None:
        raise ValueError("secret of flat 4-117")

    owner = make_person("english", "planner", language="en")
    made = start_job(kind(work), owner=owner)
    work_off()
    made.refresh_from_db()
    assert (made.state, made.error_code) == ("failed", "internal_error")
    assert "secret" not in made.error_sentence
    assert str(made.pk) in made.error_sentence
    assert made.error_sentence.startswith("Something went wrong")  # in the owner's language


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_died_is_queued_again_and_given_up_after_three(kind: Any):
    runs: list[int] = []
    made = start_job(kind(lambda progress: runs.append(1)), owner=None)
    DBTaskResult.objects.all().delete()  # the message went with its worker
    for attempt in (1, 2):
        long_ago = timezone.now() - timedelta(seconds=61)
        Job.objects.update(state="running", attempt_count=attempt, heartbeat_at=long_ago)
        assert recover_lost_jobs() == 1
        assert Job.objects.get().state == "queued"
        assert DBTaskResult.objects.ready().count() == attempt
    work_off()
    made.refresh_from_db()
    assert (made.state, made.attempt_count, runs) == ("done", 3, [1])  # two messages, one run

    Job.objects.update(state="running", attempt_count=3, heartbeat_at=timezone.now() - timedelta(seconds=61))
    recover_lost_jobs()
    made.refresh_from_db()
    assert (made.state, made.error_code) == ("failed", "worker_lost")


@pytest.mark.django_db(transaction=True)
def test_a_beating_job_is_left_alone(kind: Any):
    start_job(kind(lambda progress: None), owner=None)
    Job.objects.update(state="running", attempt_count=1, heartbeat_at=timezone.now() - timedelta(seconds=59))
    assert recover_lost_jobs() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_that_waits_without_a_message_gets_one(kind: Any):
    start_job(kind(lambda progress: None), owner=None)
    DBTaskResult.objects.all().delete()
    assert recover_lost_jobs() == 0  # it may be in somebody's hand right now
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert recover_lost_jobs() == 1
    work_off()
    assert Job.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("seen_within_half_a_second")
def test_the_late_end_of_a_superseded_attempt_changes_nothing(kind: Any):
    def work(progress: Progress) -> None:
        Job.objects.update(attempt_count=2)  # meanwhile another worker took the job over
        while True:
            progress.check_cancelled()

    start_job(kind(work), owner=None)
    work_off()
    row = Job.objects.get()
    assert (row.state, row.attempt_count) == ("running", 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("seen_within_half_a_second")
def test_a_running_job_stops_at_its_next_safe_point(kind: Any):
    def work(progress: Progress) -> None:
        cancel_job(Job.objects.get())
        while True:
            progress.advance()

    start_job(kind(work), owner=None)
    work_off()
    assert Job.objects.get().state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_is_cancelled_at_once_and_never_runs(kind: Any):
    runs: list[int] = []
    made = start_job(kind(lambda progress: runs.append(1)), owner=None)
    cancel_job(made)
    work_off()
    made.refresh_from_db()
    assert (made.state, runs) == ("cancelled", [])
    with pytest.raises(Conflict):
        cancel_job(made)


@pytest.mark.django_db(transaction=True)
def test_the_worker_command_runs_what_waits(kind: Any):
    made = start_job(kind(lambda progress: None), owner=None)
    call_command("run_worker", batch=True, verbosity=0)
    made.refresh_from_db()
    assert made.state == "done"
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}  # daily ones too


def test_run_now_needs_no_row(kind: Any):
    progress = run_now(kind(lambda progress, n: progress.step("一", n)), progress=Progress(), n=5)
    assert (progress.sentence, progress.total_count) == ("一", 5)


@pytest.mark.django_db
def test_jobs_are_seen_by_their_owner_and_by_those_on_the_place(person: Person):
    owner, neighbour = person("planner", "3201"), person("planner", "3202")
    director, auditor = person("community_director", "3201"), person("auditor", "3201")
    made = Job.objects.create(kind="backup", owner=owner, area_code="320102")
    for someone, status in [(owner, 200), (director, 200), (neighbour, 404), (auditor, 404)]:
        for address in (f"/jobs/{made.pk}/", f"/jobs/{made.pk}/part/", f"/api/v1/jobs/{made.pk}/"):
            assert client_for(someone).get(address).status_code == status, (someone, address)
    assert client_for(director).post(f"/jobs/{made.pk}/cancel/").status_code == 403
    assert client_for(owner).post(f"/jobs/{made.pk}/cancel/").status_code == 302
    listed = client_for(owner).get("/api/v1/jobs/").json()["results"]
    assert [(row["id"], row["state"], row["label"]) for row in listed] == [
        (str(made.pk), "cancelled", "备份")
    ]
    assert client_for(neighbour).get("/api/v1/jobs/").json()["count"] == 0
