"""Long work: registered by name, queued through django-tasks, watched on its own row.

    @job("import_osm", label=_("导入 OSM"))
    def import_osm(progress: Progress, *, upload_id: int) -> None: ...

A job whose worker died stops beating and is queued again, so every job must be safe to run twice.
Arguments are ids only. `run_now` runs the same function in this process: commands and tests use it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gis_core.errors import Conflict, Refusal
from gis_core.models import Job, User
from gis_core.progress import Cancelled, NoProgress, Progress, TerminalProgress, WatchedProgress

__all__ = ["Cancelled", "NoProgress", "Progress", "TerminalProgress", "job", "run_now", "start_job"]

log = logging.getLogger("gis_core.jobs")
ATTEMPTS_ALLOWED = 3
WRITE_EVERY_S = 0.5

JobFunction = Callable[..., None]


@dataclass(frozen=True)
class JobKind:
    kind: str
    run: JobFunction
    label: Any


_kinds: dict[str, JobKind] = {}


def job(kind: str, *, label: Any = "") -> Callable[[JobFunction], JobFunction]:
    """Register a function as a kind of job; `label` is what people read in lists."""

    def register(function: JobFunction) -> JobFunction:
        _kinds[kind] = JobKind(kind, function, label or kind)
        return function

    return register


def label_of(kind: str) -> str:
    return str(_kinds[kind].label) if kind in _kinds else kind


@transaction.atomic
def start_job(kind: str, *, owner: User | None, area_code: str = "", **arguments: Any) -> Job:
    """Queue one job; the row and its place in the queue appear together."""
    if kind not in _kinds:
        raise ValueError(f"no job is registered as {kind!r}")
    made = Job.objects.create(kind=kind, owner=owner, area_code=area_code, arguments=arguments)
    run_queued_job.enqueue(str(made.pk))
    return made


def run_now(kind: str, *, progress: Progress | None = None, **arguments: Any) -> Progress:
    """Run a job's function here and now, without a row; errors come out as they are."""
    progress = progress or TerminalProgress()
    _kinds[kind].run(progress, **arguments)
    if isinstance(progress, TerminalProgress):
        progress.finish()
    return progress


@task()
def run_queued_job(job_id: str) -> None:
    """What the queue's worker runs. Whatever happens is written on the job's row."""
    claimed = _claim(job_id)
    if claimed is None:
        return  # cancelled while it waited, or a second copy of the message
    language = claimed.owner.language if claimed.owner else settings.LANGUAGE_CODE
    with translation.override(language):
        _run_claimed(claimed)


def _claim(job_id: str) -> Job | None:
    with transaction.atomic():
        found = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.QUEUED).first()
        if found is None:
            return None
        found.state = Job.State.RUNNING
        found.attempt_count += 1
        found.started_at = found.heartbeat_at = timezone.now()
        found.step, found.done_count, found.total_count = "", 0, 0
        found.save()
        return found


def _run_claimed(claimed: Job) -> None:
    progress = WatchedProgress()
    ending: dict[str, Any]
    try:
        with _heartbeat(claimed, progress):
            _kinds[claimed.kind].run(progress, **claimed.arguments)
        ending = {"state": Job.State.DONE, "result_url": progress.result_url, "step": ""}
    except Cancelled:
        ending = {"state": Job.State.CANCELLED}
    except Refusal as refusal:
        ending = _failure(refusal.code, refusal.sentence, refusal.details)
    except Exception:
        log.exception("job %s (%s) failed", claimed.pk, claimed.kind)
        sentence = _("程序出错，工作没有完成，数据没有改变。请把编号 %(id)s 告诉管理员。") % {
            "id": claimed.pk
        }
        ending = _failure("internal_error", sentence, {})
    if ending["state"] == Job.State.DONE and progress.total_count:
        ending["done_count"] = ending["total_count"] = progress.total_count
    _attempt(claimed).update(ended_at=timezone.now(), **ending)


def _failure(code: str, sentence: str, details: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": Job.State.FAILED,
        "error_code": code[:60],
        "error_sentence": sentence,
        "error_details": details,
    }


def _attempt(claimed: Job) -> Any:
    """This attempt's row: empty once another worker has taken the job over."""
    return Job.objects.filter(pk=claimed.pk, state=Job.State.RUNNING, attempt_count=claimed.attempt_count)


@contextmanager
def _heartbeat(claimed: Job, progress: WatchedProgress) -> Iterator[None]:
    """While the work runs, a thread with its own connection writes its progress and its heartbeat."""
    is_over = threading.Event()
    thread = threading.Thread(target=_beat, args=(claimed, progress, is_over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(timeout=10)


def _beat(claimed: Job, progress: WatchedProgress, is_over: threading.Event) -> None:
    try:
        beaten_at = 0.0
        while not is_over.wait(WRITE_EVERY_S):
            is_due = time.monotonic() - beaten_at >= settings.JOB_HEARTBEAT_S
            if progress.is_changed.is_set() or is_due:
                progress.is_changed.clear()
                beaten_at = time.monotonic()
                _write_progress(claimed, progress)
    finally:
        connection.close()


def _write_progress(claimed: Job, progress: WatchedProgress) -> None:
    written = _attempt(claimed).update(
        step=progress.sentence[:120],
        done_count=progress.done_count,
        total_count=progress.total_count,
        heartbeat_at=timezone.now(),
    )
    if not written or Job.objects.filter(pk=claimed.pk, cancel_asked=True).exists():
        progress.is_stopped.set()


@transaction.atomic
def cancel_job(asked: Job) -> Job:
    """Stop a job: at once while it waits, at its next safe point while it runs."""
    found = Job.objects.select_for_update().get(pk=asked.pk)
    if found.state == Job.State.QUEUED:
        found.state, found.ended_at = Job.State.CANCELLED, timezone.now()
    elif found.state == Job.State.RUNNING:
        found.cancel_asked = True
    else:
        raise Conflict(_("这项工作已经结束，不能取消。"), state=found.state)
    found.save()
    return found


def recover_lost_jobs() -> int:
    """Queue again what a dead worker left behind; give up after three attempts."""
    return _recover_running() + _recover_unqueued()


@transaction.atomic
def _recover_running() -> int:
    lost_before = timezone.now() - timedelta(seconds=settings.JOB_LOST_AFTER_S)
    lost = Job.objects.select_for_update(skip_locked=True).filter(
        state=Job.State.RUNNING, heartbeat_at__lt=lost_before
    )
    count = 0
    for found in lost:
        count += 1
        if found.cancel_asked:
            found.state, found.ended_at = Job.State.CANCELLED, timezone.now()
        elif found.attempt_count >= ATTEMPTS_ALLOWED:
            found.state, found.ended_at = Job.State.FAILED, timezone.now()
            found.error_code = "worker_lost"
            with _owner_language(found):
                found.error_sentence = _(
                    "处理程序 %(count)d 次中途停止，工作没有完成。请把编号 %(id)s 告诉管理员。"
                ) % {"count": found.attempt_count, "id": found.pk}
        else:
            found.state = Job.State.QUEUED
            run_queued_job.enqueue(str(found.pk))
        found.save()
    return count


def _owner_language(found: Job) -> Any:
    return translation.override(found.owner.language) if found.owner else nullcontext()


@transaction.atomic
def _recover_unqueued() -> int:
    """A worker may die between taking the message and claiming the job: the job waits, nobody comes."""
    lost_before = timezone.now() - timedelta(seconds=settings.JOB_LOST_AFTER_S)
    waiting = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=Job.State.QUEUED, created_at__lt=lost_before
    )
    count = 0
    for found in waiting:
        messages = DBTaskResult.objects.filter(args_kwargs__args__contains=[str(found.pk)])
        if not messages.filter(status=TaskResultStatus.READY).exists():
            run_queued_job.enqueue(str(found.pk))
            count += 1
    return count
