import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.utils import DatabaseError

from gis_core.daily_jobs import queue_daily_jobs
from gis_core.jobs import recover_lost_jobs
from gis_core.recoveries import run_recoveries

log = logging.getLogger("gis_core.jobs")


class Command(BaseCommand):
    """django-tasks' database worker, and beside it the loop that queues lost jobs again and daily ones."""

    help = "运行后台工作 · run queued jobs until stopped, and recover those whose worker died"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--batch", action="store_true", help="做完排队的工作就结束 · stop when the queue is empty"
        )

    def handle(self, *args: Any, batch: bool, **options: Any) -> None:
        call_command("clearsessions")  # ended sessions go at every start
        run_recoveries()
        recover_lost_jobs()
        queue_daily_jobs()
        is_over = threading.Event()
        threading.Thread(target=_look_now_and_then, args=(is_over,), daemon=True).start()
        try:
            call_command("db_worker", interval=1, batch=batch, reload=False, verbosity=options["verbosity"])
        finally:
            is_over.set()


def _look_now_and_then(is_over: threading.Event) -> None:
    while not is_over.wait(settings.JOB_LOST_AFTER_S / 2):
        try:
            run_recoveries()
            recover_lost_jobs()
            queue_daily_jobs()
        except DatabaseError:  # the database restarts: the next round tries again
            log.warning("lost and daily jobs could not be looked for", exc_info=True)
        finally:
            connection.close()
