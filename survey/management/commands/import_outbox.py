"""`import_outbox FILE --as USER`: what a tablet exported because the network never came."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.models import User
from survey.outbox_files import import_outbox


class Command(BaseCommand):
    help = "导入平板导出的待上传文件 · take in a file that a tablet exported"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="worker", required=True, help="user name of the worker who made it")
        parser.add_argument("--drafts", action="store_true", help="take unfinished visits too")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = User.objects.filter(username=options["worker"]).first()
        if worker is None:
            raise CommandError(f"没有用户 {options['worker']} · no such user")
        try:
            with options["file"].open("rb") as file:
                found = import_outbox(file, by=worker, with_drafts=options["drafts"])
        except OSError as err:
            raise CommandError(str(err)) from err
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        log_access(
            None, "import_outbox", f"user {worker.pk}", reason=f"{found.taken_count} records, by command"
        )
        for state, count in sorted(found.states.items()):
            self.stdout.write(f"  {state:<18} {count}")
        self.stdout.write(f"  读不出的行 · damaged lines: {found.damaged_lines or 0}")
        self.stdout.write(f"  缺少的记录 · missing records: {found.missing_count}")
        self.stdout.write(f"  未取的草稿 · drafts left out: {found.drafts_left}")
