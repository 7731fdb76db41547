from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from gis_core.restoring import restore_backup


class Command(BaseCommand):
    help = "恢复备份：先载入新数据库并核对，再换名 · load a backup beside the database, check it, swap names"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="现有数据库改名保留，换成备份 · replace a database that holds data (kept, renamed)",
        )

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        progress = TerminalProgress(self.stderr._out)
        try:
            done = restore_backup(file.resolve(), replace=replace, progress=progress)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        self.stdout.write(f"{done.database}: {done.row_count:,} rows")
        if done.kept_as:
            self.stdout.write(f"{done.kept_as} = 之前的数据库 · the database that was there before")
