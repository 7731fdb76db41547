from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_core.access_log import log_access
from gis_core.backups import copy_keys, make_backup
from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress


class Command(BaseCommand):
    help = "把数据库备份成一个文件 · dump the database into one file (keys are not part of it)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--output", type=Path, help="文件夹，默认 var/backups · folder, default var/backups"
        )
        parser.add_argument(
            "--keys",
            action="store_true",
            help="另外复制密钥，七天后删除 · also copy the keys, apart, for 7 days",
        )

    def handle(self, *args: Any, output: Path | None, keys: bool, **options: Any) -> None:
        progress = TerminalProgress(self.stderr._out)
        try:
            made = make_backup(folder=output, progress=progress)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        log_access(None, "make_backup", made.name)
        self.stdout.write(f"{made.path}")
        size_mb = made.size_bytes / 1e6
        self.stdout.write(f"{len(made.manifest['rows'])} tables, {made.row_count:,} rows, {size_mb:.1f} MB")
        self.stdout.write(f"sha256 {made.manifest['sha256']}")
        if keys:
            self.stdout.write(f"{copy_keys(output)}")
